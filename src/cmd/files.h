#ifndef SQ_CMD_FILES_H
#define SQ_CMD_FILES_H
/*
 * What `seqeval data` and `seqeval model` share: list, pull and verify of files
 * that are known by their digest, as a table or as JSON. A kind says which
 * there are; files.c has the options, the progress, and the order of errors:
 * one file that cannot be had keeps no other from being got, the first failure
 * is the command's.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/opt.h"
#include "suite/pull.h"

/* One run of the command. */
struct sq_files {
    const struct sq_files_kind *kind;
    const char *verb; /* list, pull or verify */
    const char *format, *data, *mirror, *cacert, *config_path; /* options */
    bool quiet;
    int verbose;
    struct sq_log log;
    char *home, *data_dir;
    char *folder; /* where the files of the kind lie */
    struct sq_json *rows;
    struct sq_buf table;
    size_t nbad; /* files that are not ok */
};

struct sq_files_kind {
    const char *name; /* of the command */
    const struct sq_opt_usage *usage;
    const char *mirror_help;
    const char *header; /* of the table, with its newline */
    /* Yours. */
    char *(*folder)(const char *data_dir);
    /* Calls sq_files_do for each file of the n names, of all when n is 0; what
     * fails goes to sq_files_note. */
    enum sq_status (*each)(struct sq_files *c, int n, char **names,
                           struct sq_err *err);
    enum sq_status (*pull)(const void *what, const struct sq_pull *how,
                           struct sq_err *err);
    /* Adds a row to c->table and c->rows. found: SHA-256 of a wrong file, or
     * "". */
    void (*add_row)(struct sq_files *c, const void *what,
                    enum sq_data_state state, const char *found);
};

/* Does the verb to one file; what is handed to the kind's pull and add_row,
 * label stands in the progress line. */
enum sq_status sq_files_do(struct sq_files *c, const struct sq_data_file *file,
                           sq_str label, const void *what,
                           struct sq_err *err) SQ_CHECKED;
/* Keeps the first failure, with its reason in err; prints those after it. */
void sq_files_note(const struct sq_files *c, enum sq_status st,
                   const struct sq_err *why, enum sq_status *first,
                   struct sq_err *err);
bool sq_files_lists(const struct sq_files *c); /* the verb is list */

/* The whole command; its exit status. */
int sq_files_command(const struct sq_files_kind *kind, int argc, char **argv);

#endif
