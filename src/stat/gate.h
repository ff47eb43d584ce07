#ifndef SQ_STAT_GATE_H
#define SQ_STAT_GATE_H
/*
 * How a gate decides whether a candidate is worse than a baseline; pure.
 * docs/gate.md says the same at length.
 *
 * Each test is of one metric on the same n samples; its drops d are baseline
 * minus candidate, M > 0 is the drop that is allowed.
 *   FAIL          the mean drop is larger than M, and larger than 0 at level
 *                 alpha: one-sided sign-flip test, Holm over the gate's tests.
 *   PASS          else, when a true drop of M would be told from none with
 *                 chance POWER, or the upper bound of the drop at level alpha
 *                 is not above M.
 *   INCONCLUSIVE  else: too few samples to see a drop of M.
 * So two equal models fail in at most alpha of the gates, whatever n is.
 *
 * The standard error takes in half a pair more on either side that moved by
 * the metric's whole range, on two pairs more (Agresti, Min, Stat. Med. 24
 * (2005) 729-740): that nothing moved on a few samples does not mean that
 * nothing can. Quantiles are those of the normal distribution; with m tests
 * alpha / m stands for alpha.
 */
#include <stddef.h>
#include <stdint.h>

#define SQ_GATE_POWER 0.8
#define SQ_GATE_RESAMPLES 9999

enum sq_gate_verdict { SQ_GATE_PASS, SQ_GATE_FAIL, SQ_GATE_INCONCLUSIVE };
const char *sq_gate_verdict_name(enum sq_gate_verdict v);

struct sq_gate_test {
    /* given */
    double allowed; /* M, in the metric's unit */
    double range;   /* of the metric: 1 for a rate */
    /* found */
    size_t n;
    double drop, se;   /* mean; its standard error */
    double p;          /* one-sided; after decide adjusted by Holm */
    double upper;      /* one-sided bound of the true drop at level alpha / m */
    double detectable; /* smallest true drop that fails with chance POWER:
                          max(z_alpha se, M) + z_power se */
    double power;      /* chance to tell a true drop of M from none */
    size_t needed;     /* samples that give it POWER */
    enum sq_gate_verdict verdict;
};

/* Fills drop, se and p. n = 0: no drop, p is 1. */
void sq_gate_measure(struct sq_gate_test *t, const double *drops, size_t n,
                     uint64_t seed);
/* Decides all tests of one gate, which were measured. */
void sq_gate_decide(struct sq_gate_test *tests, size_t n, double alpha);

#endif
