#ifndef SQ_STAT_AGREEMENT_H
#define SQ_STAT_AGREEMENT_H
/*
 * How far raters agree on the same units beyond chance: judges among each
 * other, or a judge with people. Pure. Figures that are not defined (no units,
 * or no variation at all) are NaN.
 */
#include <stddef.h>
#include <stdint.h>

enum sq_kappa_weights {
    SQ_KAPPA_PLAIN,    /* any two different categories disagree fully */
    SQ_KAPPA_LINEAR,   /* by |i - j| / (k - 1) */
    SQ_KAPPA_QUADRATIC /* by (i - j)^2 / (k - 1)^2 */
};

#define SQ_KAPPA_MAX 16 /* categories */

struct sq_kappa {
    size_t n;         /* units that both rated */
    double agreement; /* observed; with weights, the weighted share */
    double expected;  /* the same by chance, from the raters' own totals */
    double kappa;     /* (agreement - expected) / (1 - expected) */
    double se;        /* of kappa */
    double lo, hi;    /* kappa -+ 1.96 se, cut to [-1, 1] */
};

/* Two raters, categories 0 .. k - 1 (k at most SQ_KAPPA_MAX) in their order; a
 * unit with any other number in a or b is left out. Cohen, Educ. Psychol. Meas.
 * 20 (1960) 37-46; weights: Psychol. Bull. 70 (1968) 213-220, linear after
 * Cicchetti, Allison, Am. J. EEG Technol. 11 (1971) 101-109. Standard error:
 * Fleiss, Cohen, Everitt, Psychol. Bull. 72 (1969) 323-327. */
struct sq_kappa sq_stat_kappa(const int *a, const int *b, size_t n, int k,
                              enum sq_kappa_weights weights);

enum sq_alpha_level {
    SQ_ALPHA_NOMINAL, /* names: yes, no */
    SQ_ALPHA_ORDINAL, /* ranks */
    SQ_ALPHA_INTERVAL /* numbers whose differences mean something */
};

struct sq_alpha {
    size_t units;   /* rated by two raters or more */
    size_t ratings; /* of these units */
    double alpha;
    double lo, hi; /* 95%, percentiles of the bootstrap over units */
};

/* Any number of raters; ratings[u * nraters + r] is rater r's of unit u, NaN
 * where there is none. Krippendorff, Content Analysis (2004), ch. 11;
 * "Computing Krippendorff's Alpha-Reliability" (2011). resamples 0: no interval
 * (lo and hi NaN); a resample without variation counts as perfect agreement.
 * Time: resamples times units. */
struct sq_alpha sq_stat_alpha(const double *ratings, size_t nunits,
                              size_t nraters, enum sq_alpha_level level,
                              size_t resamples, uint64_t seed);

#endif
