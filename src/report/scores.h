#ifndef SQ_REPORT_SCORES_H
#define SQ_REPORT_SCORES_H
/*
 * The scores of one run, sample by sample, and two such sets side by side:
 * what compare, gate and an exported baseline are made of. They come from a
 * database or, the same, from a baseline file (report/baseline.h).
 *
 * Life cycle: zero it, read or load, release. All texts are in its arena.
 */
#include "store/store.h"

struct sq_scores_suite {
    sq_str label, definition, data, steps; /* digests */
};

/* One sample's value of one metric, the mean over its epochs. */
struct sq_score {
    sq_str suite, metric, sample;
    double value;
};

struct sq_scores {
    struct sq_arena arena;
    sq_str run, model, judge, created, version, status;
    struct sq_json *settings;       /* its terms (report/terms.h) */
    struct sq_scores_suite *suites; /* by label */
    size_t nsuites;
    struct sq_score *values; /* by suite, metric, sample */
    size_t nvalues, cap;
};

enum sq_status sq_scores_read(struct sq_store *store, const char *run,
                              struct sq_scores *out,
                              struct sq_err *err) SQ_CHECKED;
void sq_scores_release(struct sq_scores *s);
/* Adds a value; texts are borrowed. */
void sq_scores_add(struct sq_scores *s, struct sq_score value);
/* Puts values into their order; SQ_INPUT names one that is there twice. */
enum sq_status sq_scores_sort(struct sq_scores *s,
                              struct sq_err *err) SQ_CHECKED;

/* What two sets are called in messages. */
struct sq_scores_names {
    const char *a, *b;
};
/* Appends why a and b may not be compared, "; " between the reasons: a suite
 * that only one has, other digests, other settings. Nothing when they may. A
 * suite given (not NULL) is the only one that counts. */
void sq_scores_differ(const struct sq_scores *a, const struct sq_scores *b,
                      struct sq_scores_names names, const char *suite,
                      struct sq_buf *why);

/* ---- side by side ------------------------------------------------------- */

struct sq_pair {
    sq_str sample;
    double a, b; /* NaN where that side has no value */
};
/* A metric of a suite; pairs by sample, each with a value on one side at least.
 */
struct sq_pair_group {
    sq_str suite, metric;
    struct sq_pair *pairs;
    size_t npairs, both; /* both: pairs with two values */
    double min, max;     /* the metric's range */
};
/* Groups of the suites that both have (or of the one suite given), in the
 * arena, with texts of a and b. A metric that this seqeval does not know is
 * SQ_INPUT. */
enum sq_status sq_scores_pair(const struct sq_scores *a,
                              const struct sq_scores *b, const char *suite,
                              struct sq_arena *arena,
                              struct sq_pair_group **groups, size_t *n,
                              struct sq_err *err) SQ_CHECKED;
/* b - a of the pairs with two values; where `lost` is set, a side without one
 * counts as the worst value instead of being left out. Yours; *n of them. */
double *sq_pair_differences(const struct sq_pair_group *g, bool lost,
                            size_t *n);
/* Means of both sides over the pairs with two values, NaN without any. */
void sq_pair_means(const struct sq_pair_group *g, double *a, double *b);
/* A seed for random numbers that depends on the names alone. */
uint64_t sq_pair_seed(const struct sq_pair_group *g);

#endif
