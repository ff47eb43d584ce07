#ifndef SQ_SUITE_PULL_H
#define SQ_SUITE_PULL_H
/*
 * Getting a suite's data files: download with resume, or copy from a mirror
 * folder, always through FILE.part and a digest check, so that a file under its
 * final name is whole and right.
 */
#include "suite/suite.h"

enum sq_data_state { SQ_DATA_OK, SQ_DATA_MISSING, SQ_DATA_WRONG };

/* Compares the file below data_dir with its digest. */
enum sq_status sq_data_verify(const struct sq_data_file *f,
                              const char *data_dir, enum sq_data_state *state,
                              char found[65], struct sq_err *err) SQ_CHECKED;

struct sq_pull {
    const char *data_dir;
    const char *mirror; /* folder or URL prefix tried instead of f->url; NULL */
    const char *cacert; /* NULL = the system's */
    /* bytes so far and in all (-1 = unknown); may be NULL */
    void (*progress)(void *ctx, long long got, long long total);
    void *ctx;
    struct sq_log *log;
};

/* Does nothing when the right file is there. An interrupted pull leaves
 * FILE.part, from which the next one goes on; a wrong digest removes it. */
enum sq_status sq_data_pull(const struct sq_data_file *f,
                            const struct sq_pull *how,
                            struct sq_err *err) SQ_CHECKED;

#endif
