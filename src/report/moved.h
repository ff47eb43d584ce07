#ifndef SQ_REPORT_MOVED_H
#define SQ_REPORT_MOVED_H
/* The samples that moved most between two runs, and by which step. */
#include "report/scores.h"

/* Indices into g->pairs of at most `most` pairs with two different values, the
 * largest move first (the largest drop first, and drops alone, with drops_only
 * set), ties in the order of the samples. Returns how many; at has room for
 * `most`. */
size_t sq_moved_pick(const struct sq_pair_group *g, bool drops_only,
                     size_t most, size_t *at);

/* Appends which steps of a sample changed their state from run a to run b, as
 * "3 sort: pass > fail"; with a NULL, which failed or have no state in b, as
 * "3 sort: fail". Counts steps from 1; of several epochs it names the epoch;
 * after three steps it says how many more. */
enum sq_status sq_moved_steps(struct sq_store *store, const char *a,
                              const char *b, sq_str suite, sq_str sample,
                              struct sq_buf *out,
                              struct sq_err *err) SQ_CHECKED;

#endif
