#ifndef SQ_REPORT_SHOW_H
#define SQ_REPORT_SHOW_H
/*
 * One run, or one sample of it, for a person at a terminal of 80 columns. All
 * of it is read from the store; no check is made again.
 */
#include "store/store.h"

/* Provenance, counts by state that add up to the plan, metrics with their
 * slices, and a line for each sample. */
enum sq_status sq_show_run(struct sq_store *store, const char *run_id,
                           struct sq_buf *out, struct sq_err *err) SQ_CHECKED;

struct sq_show_sample {
    const char *run_id, *sample_id;
    const char *suite; /* NULL = any; needed when two suites have that id */
    long long epoch;
};
/* The query with its steps marked, the response, each step's state with the
 * checks and verdicts behind it, and the verdicts on the whole. */
enum sq_status sq_show_sample(struct sq_store *store,
                              const struct sq_show_sample *what,
                              struct sq_buf *out,
                              struct sq_err *err) SQ_CHECKED;

#endif
