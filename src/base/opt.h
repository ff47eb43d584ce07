#ifndef SQ_BASE_OPT_H
#define SQ_BASE_OPT_H
/*
 * Options as data: one table row is the flag, its environment twin
 * (--max-tokens and SEQEVAL_MAX_TOKENS), its key in a --config file
 * ("max-tokens") and its line of help. Command line beats environment beats
 * config file beats the value that *dest holds before. An empty variable is as
 * good as none; a flag's holds 1 or 0 (true, yes, on; false, no, off); a list's
 * holds one element, a list's key in a config file a string or an array.
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum sq_opt_type {
    SQ_OPT_FLAG,  /* bool *: --name sets it, --no-name clears it */
    SQ_OPT_COUNT, /* int *: each -v adds one */
    SQ_OPT_STR,   /* const char **: borrowed from argv, environment or config */
    SQ_OPT_INT,   /* long long *: within [min, max] */
    SQ_OPT_NUM,   /* double *: within [min, max] */
    SQ_OPT_LIST   /* struct sq_opt_list *: may be given several times */
};

struct sq_opt_list {
    const char **v; /* release with free(); the strings are borrowed */
    size_t n;
};

struct sq_opt {
    const char *name; /* without dashes; NULL ends the table */
    char letter;      /* short form, 0 = none */
    enum sq_opt_type type;
    void *dest;
    const char *arg;  /* what the value is called in the help, as "FILE" */
    const char *help; /* one line */
    double min, max;  /* for INT and NUM; both 0 = no bounds */
};

/* What a command is, for its help text. */
struct sq_opt_usage {
    const char *name;     /* "run" */
    const char *operands; /* "RUN [SAMPLE]", "" = none */
    const char *about;    /* one line */
    const char *details; /* paragraphs printed under the options, may be NULL */
};

/* Parses argv[1..argc). Operands are moved to the front of argv + 1, *noperands
 * gets their number. config may be NULL; it must outlive what is read from it.
 * -h and --help set *help. Unknown flags name the closest known one. */
enum sq_status sq_opt_parse(const struct sq_opt *table, int argc, char **argv,
                            const struct sq_json *config, int *noperands,
                            bool *help, struct sq_err *err) SQ_CHECKED;
/* Value of --config FILE in argv (or SEQEVAL_CONFIG), NULL when not given. */
const char *sq_opt_config_path(int argc, char **argv);
/* The name of the NULL-terminated list that is closest to a misspelt one; NULL
 * when none is near. */
const char *sq_opt_nearest(const char *name, const char *const *names);
void sq_opt_help(const struct sq_opt_usage *usage, const struct sq_opt *table,
                 struct sq_buf *out);

#endif
