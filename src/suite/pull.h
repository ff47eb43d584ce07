#ifndef SQ_SUITE_PULL_H
#define SQ_SUITE_PULL_H
/*
 * Getting a suite's data files: download with resume, or copy from a mirror
 * folder, always through FILE.part and a digest check, so that a file under its
 * final name is whole and right. FILE.part is locked while it is written: a
 * second pull of the same file waits for the first.
 */
#include "suite/data.h"

struct sq_http_api; /* src/engine/http.h */

struct sq_pull {
    const char *data_dir;
    const char *mirror; /* folder or URL asked for MIRROR/file; NULL = f->url */
    const char *cacert; /* NULL = the system's */
    const struct sq_http_api *http; /* NULL = sq_http_load's, when needed */
    /* bytes so far and in all; may be NULL */
    void (*progress)(void *ctx, long long got, long long total);
    void *ctx;
    struct sq_log *log;
};

/* Does nothing when the right file is there. A pull that is cut or interrupted
 * (sq_stop) leaves FILE.part, from which the next one goes on; content with a
 * wrong digest is removed: SQ_INPUT. */
enum sq_status sq_data_pull(const struct sq_data_file *f,
                            const struct sq_pull *how,
                            struct sq_err *err) SQ_CHECKED;

#endif
