#ifndef SQ_STAT_SEQUENCE_H
#define SQ_STAT_SEQUENCE_H
/*
 * Metrics of sequences: how far a model gets in a chain of steps, in which
 * order it answers, and what a failed step does to those that build on it.
 * Pure; docs/scoring.md says the same for readers.
 *
 * A step is done, not done, or not decided. Positions count answerable steps,
 * from 1. Nothing is assumed of a step that is not decided: what hangs on it is
 * left out.
 */
#include "base/mem.h"
#include "base/str.h"
#include "stat/stat.h"

/* ---- the order of the answers in one response -------------------------- */

/* An answerable step of a response. */
struct sq_place {
    int done;       /* 1, 0, -1 not decided */
    size_t at, len; /* its evidence in the response; len 0 = none */
};

/* NaN where there is nothing to compute it from. */
struct sq_order {
    /* Kendall's tau-b (Kendall, Biometrika 33, 1945) between the order of the
     * steps and that of the starts of their evidence, over done steps with
     * evidence: 1 in order, -1 backwards. Two at least, not all in one place.
     */
    double tau;
    /* Of the decided steps, those that are not done and of which there is no
     * evidence. */
    double skipped;
    /* Of the done steps with evidence (two at least), those whose evidence
     * overlaps that of another one by half of the shorter or more; and those
     * that start before an earlier one. */
    double merged, out_of_order;
};
struct sq_order sq_order_of(const struct sq_place *places, size_t n);

/* ---- many responses ---------------------------------------------------- */

struct sq_chain_step {
    bool answerable;
    int done; /* 1, 0, -1 not decided */
    sq_str kind;
    const size_t *depends; /* indices of earlier steps of the chain */
    size_t ndepends;
};

/* Gathers the chains of a suite. Life cycle: zero, add..., each, release. */
struct sq_sequence {
    struct sq_arena arena;
    struct sq_group *groups; /* private */
    size_t ngroups, cap;
    struct sq_group *first; /* private: where chains first failed */
};
/* One response's chain; those of one sample come one after another and are one
 * cluster. */
void sq_sequence_add(struct sq_sequence *s, size_t sample,
                     const struct sq_chain_step *steps, size_t n);
/*
 * Every metric, with its slice:
 *   survival            of the chains in which all steps before are done (and
 *                       the step is decided), those in which it is done too;
 *                       slices '' (all positions), position=K, length=L
 *   first_fail          of the chains whose first failure is known, those that
 *                       first fail at K; slices position=K and position=none
 *   step_rate           slice kind=K: done / decided in a sample, steps of the
 *                       kind alone; a mean over samples
 *   fail_rate           not done / decided, over steps that build on others;
 *                       slices depends=failed (one of those failed) and
 *                       depends=done (all of them are done)
 *   dependency_damage   the first fail_rate minus the second; its standard
 * error is that of the difference of two ratios over the same clusters
 * (linearised; Cochran, Sampling Techniques, 1977, 6.4 and 11.5) survival,
 * first_fail and fail_rate are pooled; n counts chains or steps.
 */
typedef void sq_sequence_fn(void *ctx, const char *metric, const char *slice,
                            const struct sq_estimate *e);
void sq_sequence_each(const struct sq_sequence *s, sq_sequence_fn *fn,
                      void *ctx);
void sq_sequence_release(struct sq_sequence *s);

#endif
