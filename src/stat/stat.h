#ifndef SQ_STAT_STAT_H
#define SQ_STAT_STAT_H
/* Statistics over scores; pure. Formulas with their source at each. */
#include <stdbool.h>
#include <stddef.h>

struct sq_estimate {
    size_t n;                      /* samples; steps, where pooled */
    double value, stderr_, lo, hi; /* NaN where n is too small to say */
};

/* Wilson's score interval for a proportion of k in n at 95% (Wilson 1927);
 * n = 0: NaN. */
void sq_stat_wilson(double k, double n, double *lo, double *hi);

/* Mean of n values; standard error s/sqrt(n) with s over n-1 (n = 1: NaN).
 * 95% interval: Wilson's when the range is [0, 1] and every value is 0 or 1,
 * else mean -+ 1.96 SE (n = 1: NaN) cut to [min, max], the range that the
 * metric can take. n = 0: all NaN. */
struct sq_estimate sq_stat_mean(const double *values, size_t n, double min,
                                double max);

/* Mean of all units of n clusters, of which cluster i has weights[i] with the
 * mean values[i]: sum w v / sum w. Standard error clustered: sqrt(sum (w (v -
 * mean))^2) / sum w (Miller, arXiv 2411.00640); 95% interval mean -+ 1.96 SE
 * cut to [min, max]. n of the estimate is the number of units, sum w. One
 * cluster: NaN but for the mean. */
struct sq_estimate sq_stat_pooled(const double *values, const double *weights,
                                  size_t n, double min, double max);

#endif
