#include "stat/cluster.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stat/dist.h"

static double weight_of(const double *weights, size_t i)
{
    return weights ? weights[i] : 1;
}

/* Sets the sum of the squares of the clusters' residuals; how many there are.
 */
static size_t between(const double *values, const double *weights,
                      const size_t *cluster, size_t n, double mean,
                      double *squares)
{
    size_t largest = 0, found = 0;

    for (size_t i = 0; i < n; i++)
        largest = cluster[i] > largest ? cluster[i] : largest;
    double *sum = sq_xcalloc(2 * (largest + 1), sizeof *sum);
    double *units = sum + largest + 1;
    for (size_t i = 0; i < n; i++) {
        sum[cluster[i]] += weight_of(weights, i) * (values[i] - mean);
        units[cluster[i]] += weight_of(weights, i);
    }
    *squares = 0;
    for (size_t c = 0; c <= largest; c++) {
        *squares += sum[c] * sum[c];
        found += units[c] > 0;
    }
    free(sum);
    return found;
}

struct sq_estimate sq_stat_clustered(const double *values,
                                     const double *weights,
                                     const size_t *cluster, size_t n,
                                     double min, double max)
{
    struct sq_estimate e = {0, NAN, NAN, NAN, NAN};
    double units = 0, sum = 0, squares;
    bool binary = min == 0 && max == 1;

    for (size_t i = 0; i < n; i++) {
        units += weight_of(weights, i);
        sum += weight_of(weights, i) * values[i];
        binary = binary && (values[i] == 0 || values[i] == 1);
    }
    if (!(units > 0))
        return e;
    e.n = (size_t)units;
    e.value = sum / units;
    double g = (double)between(values, weights, cluster, n, e.value, &squares);
    if (g < 2)
        return e;
    e.stderr_ = sqrt(g / (g - 1) * squares) / units;
    /* Sums that cancel leave what was rounded off. */
    if (binary && e.stderr_ < 1e-12) {
        e.stderr_ = 0;
        sq_stat_wilson(e.value * g, g, &e.lo, &e.hi);
    } else {
        double half = sq_student_quantile(0.975, g - 1) * e.stderr_;

        e.lo = fmax(min, e.value - half);
        e.hi = fmin(max, e.value + half);
    }
    return e;
}
