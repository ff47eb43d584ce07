#ifndef SQ_REPORT_COMPARE_H
#define SQ_REPORT_COMPARE_H
/*
 * Two runs on the same samples. For each suite and metric: the means of both
 * over the samples that both have a value for, the difference b - a with its
 * 95% interval (percentile bootstrap over samples, 10,000 resamples, seeded by
 * the names), its two-sided p (McNemar's mid-p where every value is 0 or 1,
 * else the paired t-test), the same adjusted by Holm over all rows, n, and how
 * many samples have a value on one side only; then the samples that moved most
 * and the steps that changed.
 */
#include "report/scores.h"
#include "stat/paired.h"

/* One suite and metric; NaN where there are too few samples to say. */
struct sq_compare_line {
    const struct sq_pair_group *group;
    double a, b, diff, p, holm;
    struct sq_interval interval;
};
/* Of one suite or all that both have (NULL), of one metric, all (NULL) or those
 * of an overview alone; holm is over what is given back. *lines is yours, the
 * groups are the arena's. */
enum sq_status sq_compare_lines(const struct sq_scores *a,
                                const struct sq_scores *b, const char *suite,
                                const char *metric, bool overview,
                                struct sq_arena *arena,
                                struct sq_compare_line **lines, size_t *n,
                                struct sq_err *err) SQ_CHECKED;

struct sq_compare_options {
    const char *a, *b;    /* ids of runs */
    const char *suite;    /* NULL = all that both have */
    const char *metric;   /* NULL = all */
    bool allow_different; /* compare what is not the same, and say so */
    bool moved;           /* csv and json: the samples in place of the rows */
    long long top;        /* samples shown of each metric */
    const char *format;   /* table, markdown, csv, json */
};

/* Runs on other data, templates, limits or settings are SQ_USAGE unless
 * allowed; then `notes` says what differs, a line each. */
enum sq_status sq_compare_render(struct sq_store *store,
                                 const struct sq_compare_options *how,
                                 struct sq_buf *out, struct sq_buf *notes,
                                 struct sq_err *err) SQ_CHECKED;

#endif
