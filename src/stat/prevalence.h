#ifndef SQ_STAT_PREVALENCE_H
#define SQ_STAT_PREVALENCE_H
/*
 * The true rate behind one that an imperfect rater found. Pure. What cannot be
 * told is NaN.
 */
#include <stddef.h>

/* How a rater did on units whose answer is known. */
struct sq_rater_known {
    size_t yes, yes_right; /* units that are yes; of these found to be */
    size_t no, no_right;   /* likewise */
};

struct sq_prevalence {
    double value;  /* (rate + sp - 1) / (se + sp - 1), cut to [0, 1] */
    double lo, hi; /* 95% */
};

/* rate: the share of yes that the rater found; se: its standard error (the
 * variance of a sample of rate (1 - rate) / se^2 units; 0 or NaN: of n).
 * NaN throughout when the known units are all yes or all no, or when the rater
 * does no better on them than chance (se + sp <= 1).
 * Value: Rogan, Gladen, Am. J. Epidemiol. 107 (1978) 71-76. Interval, which
 * carries the uncertainty of rate, sensitivity and specificity along: Lang,
 * Reiczigel, Prev. Vet. Med. 113 (2014) 13-22 (an adjusted delta method, good
 * for small samples and for shares of 0 and 1). */
struct sq_prevalence sq_stat_prevalence(double rate, double se, size_t n,
                                        const struct sq_rater_known *known);

#endif
