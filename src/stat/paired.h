#ifndef SQ_STAT_PAIRED_H
#define SQ_STAT_PAIRED_H
/*
 * Two models on the same samples: tests, intervals and power of the mean of
 * their differences d. Pure; what draws random numbers takes a seed and gives
 * the same result for the same input everywhere.
 */
#include <stddef.h>
#include <stdint.h>

struct sq_interval {
    double lo, hi;
};

/* Paired t: t = mean / (s / sqrt(n)) on n - 1 degrees of freedom, two-sided p
 * (Student 1908). n < 2: NaN. No spread: p is 1 for a mean of 0, else 0. */
struct sq_paired_t {
    double mean, se, t, p;
};
struct sq_paired_t sq_stat_paired_t(const double *d, size_t n);

/* McNemar's test of b against c discordant pairs: two-sided, exact and mid-p
 * (Fagerland, Lydersen, Laake, BMC Med. Res. Methodol. 13 (2013) 91). */
struct sq_mcnemar {
    double exact, mid;
};
struct sq_mcnemar sq_stat_mcnemar(size_t b, size_t c);

/* Percentile interval of the mean at 95% from `resamples` bootstrap samples of
 * the differences (Efron, Tibshirani, An Introduction to the Bootstrap, 1993,
 * ch. 13); n < 2: NaN. n < 2^32. */
struct sq_interval sq_stat_bootstrap(const double *d, size_t n,
                                     size_t resamples, uint64_t seed);

/* One-sided p of a mean this large when each difference had had either sign
 * with the same chance, as between two equal models: the share of the sign
 * patterns (Fisher, The Design of Experiments, 1935, s. 21). Exact when all
 * differences are of one size (McNemar's one-sided exact test is that); else
 * from `resamples` random patterns, the observed one counted among them, which
 * keeps the level exact (Phipson, Smyth, Stat. Appl. Genet. Mol. Biol. 9
 * (2010) 39). */
double sq_stat_sign_flip(const double *d, size_t n, size_t resamples,
                         uint64_t seed);

/* Holm's step-down adjusted p-values (Scand. J. Stat. 6 (1979) 65-70): below
 * alpha where the hypothesis is rejected with family-wise level alpha. */
void sq_stat_holm(const double *p, size_t n, double *adjusted);

/* ---- power, one-sided level alpha, normal approximation ----------------- */

/* Chance to find a true difference of delta with standard error se:
 * Phi(delta/se - z_alpha). */
double sq_stat_power(double delta, double se, double alpha);
/* Smallest difference found with that power: (z_alpha + z_power) se (Miller
 * 2024, s. 5). */
double sq_stat_mde(double se, double alpha, double power);

#endif
