#ifndef SQ_SUITE_DATA_H
#define SQ_SUITE_DATA_H
/*
 * A suite's data files: where each one lies and whether it is the right one.
 * Getting them is pull.h's.
 */
#include "seqeval.h"

struct sq_data_file {
    sq_str file;   /* relative to the data folder: "seqeval/seqEval.json" */
    sq_str url;    /* http://, https:// or file:// */
    sq_str sha256; /* of the file as stored */
    long long bytes;
    sq_str licence;
    sq_str set; /* what it is for: "test" (samples), "examples", ... */
    const struct sq_field *constants; /* fields that all its records have */
    size_t nconstants;
};

enum sq_data_state {
    SQ_DATA_OK,
    SQ_DATA_MISSING,
    SQ_DATA_WRONG_SIZE, /* and so, a wrong digest */
    SQ_DATA_WRONG_DIGEST
};
/* "ok", "missing", "wrong size", "wrong digest" */
const char *sq_data_state_name(enum sq_data_state state);

/* Where the file lies below data_dir; yours. */
char *sq_data_path(const struct sq_data_file *f, const char *data_dir);
/* The same, or that name with .gz behind it where only the packed file is
 * there, as in a mirror; yours. */
char *sq_data_found(const struct sq_data_file *f, const char *data_dir);
/* Compares the file below data_dir with its size and digest (those of what it
 * unpacks to, where only FILE.gz is there); found gets its own digest, "" when
 * it is missing. A file that cannot be read is SQ_INPUT. */
enum sq_status sq_data_verify(const struct sq_data_file *f,
                              const char *data_dir, enum sq_data_state *state,
                              char found[65], struct sq_err *err) SQ_CHECKED;

#endif
