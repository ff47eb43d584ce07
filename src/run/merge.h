#ifndef SQ_RUN_MERGE_H
#define SQ_RUN_MERGE_H
/* Databases of several machines into one; the rules are those of
 * store/store_merge.h. */
#include "base/buf.h"
#include "base/err.h"

/* Merges n files into `out`, which is made if need be, computes the results of
 * runs whose shards came, and appends to *text what was done, a line each. A
 * file that cannot be taken ends it; those before it are merged. */
enum sq_status sq_merge(const char *out, const char *const *files, size_t n,
                        struct sq_buf *text, struct sq_err *err) SQ_CHECKED;

#endif
