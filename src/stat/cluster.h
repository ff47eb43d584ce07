#ifndef SQ_STAT_CLUSTER_H
#define SQ_STAT_CLUSTER_H
/* The mean of values that come in clusters: one question in many languages,
 * many questions on one passage. Pure. */
#include "stat/stat.h"

/* Mean of n values, of which value i is that of weights[i] units (NULL: of one
 * each) and those with the same cluster[i] are not independent of each other.
 * n of the estimate counts units.
 *
 * Standard error: sqrt(G/(G-1) sum over the G clusters (sum of w (v - mean))^2)
 * / sum w (Liang, Zeger, Biometrika 73 (1986) 13-22; Miller 2024,
 * arXiv:2411.00640, s. 2.2, without the factor, which makes it s / sqrt(n) when
 * each value is a cluster). 95% interval: mean -+ t SE with Student's t on G -
 * 1 degrees of freedom (Cameron, Miller, J. Hum. Resour. 50 (2015) 317-372, s.
 * VI.D), cut to [min, max]; where zeros and ones show no spread, Wilson's with
 * G for n. G < 2: NaN but for the mean. Below about ten clusters the standard
 * error comes out too small still, the more so the less they are of one size.
 *
 * Memory: of the largest cluster[i]. */
struct sq_estimate sq_stat_clustered(const double *values,
                                     const double *weights,
                                     const size_t *cluster, size_t n,
                                     double min, double max);

#endif
