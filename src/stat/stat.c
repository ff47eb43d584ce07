#include "stat/stat.h"
#include <math.h>

/* The 97.5% point of the normal distribution. */
#define Z 1.959963984540054

/* (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n); Wilson, "Probable
 * inference, the law of succession, and statistical inference", J. Am. Stat.
 * Assoc. 22 (1927) 209-212; without continuity correction. */
void sq_stat_wilson(double k, double n, double *lo, double *hi)
{
    double p = k / n, z2 = Z * Z;
    double centre = p + z2 / (2 * n);
    double half = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    double scale = 1 + z2 / n;

    if (!(n > 0)) {
        *lo = *hi = NAN;
        return;
    }
    /* At the ends the formula gives 0 and 1 but for rounding. */
    *lo = k > 0 ? fmax(0, (centre - half) / scale) : 0;
    *hi = k < n ? fmin(1, (centre + half) / scale) : 1;
}

/* Neumaier's sum: what an addition rounds off is kept (Z. angew. Math. Mech.
 * 54, 1974), so that k ones in n are k / n to the last bit. */
static double mean_of(const double *values, size_t n)
{
    double sum = 0, rest = 0;

    for (size_t i = 0; i < n; i++) {
        double next = sum + values[i];

        if (fabs(sum) >= fabs(values[i]))
            rest += sum - next + values[i];
        else
            rest += values[i] - next + sum;
        sum = next;
    }
    return (sum + rest) / (double)n;
}

struct sq_estimate sq_stat_mean(const double *values, size_t n, double min,
                                double max)
{
    struct sq_estimate e = {n, NAN, NAN, NAN, NAN};
    double squares = 0;
    size_t ones = 0, zeros = 0;

    if (n == 0)
        return e;
    e.value = mean_of(values, n);
    for (size_t i = 0; i < n; i++) {
        squares += (values[i] - e.value) * (values[i] - e.value);
        ones += values[i] == 1;
        zeros += values[i] == 0;
    }
    if (n > 1)
        e.stderr_ = sqrt(squares / (double)(n - 1) / (double)n);
    if (min == 0 && max == 1 && ones + zeros == n) {
        sq_stat_wilson((double)ones, (double)n, &e.lo, &e.hi);
    } else if (n > 1) {
        e.lo = fmax(min, e.value - Z * e.stderr_);
        e.hi = fmin(max, e.value + Z * e.stderr_);
    }
    return e;
}

struct sq_estimate sq_stat_pooled(const double *values, const double *weights,
                                  size_t n, double min, double max)
{
    struct sq_estimate e = {0, NAN, NAN, NAN, NAN};
    double sum = 0, units = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        units += weights[i];
        sum += weights[i] * values[i];
    }
    if (!(units > 0))
        return e;
    e.n = (size_t)units;
    e.value = sum / units;
    if (n < 2)
        return e;
    for (size_t i = 0; i < n; i++) {
        double d = weights[i] * (values[i] - e.value);

        squares += d * d;
    }
    e.stderr_ = sqrt(squares) / units;
    e.lo = fmax(min, e.value - Z * e.stderr_);
    e.hi = fmin(max, e.value + Z * e.stderr_);
    return e;
}
