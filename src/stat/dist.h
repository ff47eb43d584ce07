#ifndef SQ_STAT_DIST_H
#define SQ_STAT_DIST_H
/* Distributions that tests need; pure. */

/* P(Z <= z) of the standard normal distribution. */
double sq_normal_cdf(double z);
/* Its inverse; p within (0, 1). */
double sq_normal_quantile(double p);
/* P(T > t) of Student's distribution with df > 0 degrees of freedom, by the
 * incomplete beta function (Abramowitz and Stegun, 26.7.1). */
double sq_student_tail(double t, double df);
/* The t with P(T <= t) = p; p within (0, 1). */
double sq_student_quantile(double p, double df);
/* P(X >= k) for X from the binomial distribution of n fair coins. */
double sq_coins_tail(double k, double n);
/* P(X = k) of the same. */
double sq_coins_at(double k, double n);

#endif
