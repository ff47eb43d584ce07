#ifndef SQ_STORE_STORE_MERGE_H
#define SQ_STORE_STORE_MERGE_H
/*
 * Merging databases.
 *
 * What is the same in both (suites by their digests, samples, templates,
 * responses by their key) is one afterwards. A whole run keeps its id; where
 * both files have it, the one finished later stays, and of two finished at the
 * same time nothing is changed. The shards of a plan (run --shard) become one
 * run, "shards-" and 12 digits of the plan's digest: of a (sample, epoch) that
 * several shards hold, what was there stays, unless it was not final and the
 * other is. The audit of its judges is that of the shard that came first. So
 * merging is idempotent, and files may come in any order and at
 * different times.
 */
#include "store/store.h"

struct sq_merged {
    size_t runs, shards; /* taken from the file, or brought up to date */
};
/* Copies all runs of the file `from`, a database of this schema version, in one
 * transaction. Results over shards are left to be made (sq_store_sharded). */
enum sq_status sq_store_merge(struct sq_store *s, const char *from,
                              struct sq_merged *out,
                              struct sq_err *err) SQ_CHECKED;

/* A run that is made of shards. */
struct sq_sharded {
    struct sq_run run; /* row 0: there is none */
    bool whole;        /* all its shards are there and complete */
    char *shards;      /* "1/2 complete, 2/2 incomplete"; free() it */
};
/* The next one behind the run with that row. */
enum sq_status sq_store_sharded(struct sq_store *s, int64_t after,
                                struct sq_sharded *out,
                                struct sq_err *err) SQ_CHECKED;
/* Sets its status by that. */
enum sq_status sq_store_sharded_finish(struct sq_store *s,
                                       const struct sq_sharded *sharded,
                                       struct sq_err *err) SQ_CHECKED;
/* Rows of a run's suites; free(*suites). */
enum sq_status sq_store_run_suites(struct sq_store *s, const struct sq_run *run,
                                   int64_t **suites, size_t *n,
                                   struct sq_err *err) SQ_CHECKED;

#endif
