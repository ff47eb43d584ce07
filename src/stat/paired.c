#include "stat/paired.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stat/dist.h"

static double sum_of(const double *d, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += d[i];
    return sum;
}

struct sq_paired_t sq_stat_paired_t(const double *d, size_t n)
{
    struct sq_paired_t r = {NAN, NAN, NAN, NAN};
    double squares = 0;
    if (n < 2)
        return r;
    r.mean = sum_of(d, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (d[i] - r.mean) * (d[i] - r.mean);
    r.se = sqrt(squares / (double)(n - 1) / (double)n);
    r.t = r.mean / r.se;
    if (r.se > 0)
        r.p = fmin(1, 2 * sq_student_tail(fabs(r.t), (double)(n - 1)));
    else
        r.p = r.mean == 0;
    return r;
}

struct sq_mcnemar sq_stat_mcnemar(size_t b, size_t c)
{
    double n = (double)b + (double)c, more = (double)(b > c ? b : c);
    double tail = sq_coins_tail(more, n);
    struct sq_mcnemar r = {fmin(1, 2 * tail), 1};
    if (b == c)
        r.mid = n > 0 ? 1 - sq_coins_at(more, n) / 2 : 1;
    else
        r.mid = 2 * tail - sq_coins_at(more, n);
    return r;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value at a share of a sorted list, between neighbours in proportion. */
static double at_share(const double *sorted, size_t n, double share)
{
    double place = share * (double)(n - 1);
    size_t i = (size_t)place;
    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (place - (double)i) * (sorted[i + 1] - sorted[i]);
}

struct sq_interval sq_stat_bootstrap(const double *d, size_t n,
                                     size_t resamples, uint64_t seed)
{
    struct sq_interval r = {NAN, NAN};
    struct sq_rng rng;
    if (n < 2 || resamples < 2)
        return r;
    double *means = sq_xcalloc(resamples, sizeof *means);
    sq_rng_seed(&rng, seed);
    for (size_t k = 0; k < resamples; k++) {
        double sum = 0;
        /* Two indices from each draw: a multiply in place of a division; the
         * bias is below n / 2^32. */
        for (size_t i = 0; i < n; i += 2) {
            uint64_t bits = sq_rng_next(&rng);
            sum += d[((bits >> 32) * n) >> 32];
            if (i + 1 < n)
                sum += d[((bits & 0xffffffff) * n) >> 32];
        }
        means[k] = sum / (double)n;
    }
    qsort(means, resamples, sizeof *means, by_value);
    r.lo = at_share(means, resamples, 0.025);
    r.hi = at_share(means, resamples, 0.975);
    free(means);
    return r;
}

/* Sum of the sizes whose coin shows heads. */
static double flipped(const double *size, size_t n, struct sq_rng *rng)
{
    double sum = 0;
    for (size_t i = 0; i < n; i += 64) {
        uint64_t bits = sq_rng_next(rng);
        size_t end = n - i < 64 ? n : i + 64;
        for (size_t j = i; j < end; j++, bits >>= 1)
            sum += (double)(bits & 1) * size[j];
    }
    return sum;
}

double sq_stat_sign_flip(const double *d, size_t n, size_t resamples,
                         uint64_t seed)
{
    double *size = sq_xcalloc(n + 1, sizeof *size), total = 0, p;
    size_t m = 0, up = 0, as_large = 1;
    struct sq_rng rng;
    bool one_size = true;
    for (size_t i = 0; i < n; i++) {
        if (d[i] == 0)
            continue;
        size[m] = fabs(d[i]);
        total += d[i] > 0 ? size[m] : 0;
        up += d[i] > 0;
        one_size = one_size && size[m] == size[0];
        m++;
    }
    if (one_size) {
        p = sq_coins_tail((double)up, (double)m);
    } else {
        /* Equal sums may differ by rounding. */
        double least = total - 1e-9 * size[0];
        sq_rng_seed(&rng, seed);
        for (size_t k = 0; k < resamples; k++)
            as_large += flipped(size, m, &rng) >= least;
        p = (double)as_large / (double)(resamples + 1);
    }
    free(size);
    return p;
}

void sq_stat_holm(const double *p, size_t n, double *adjusted)
{
    size_t *order = sq_xcalloc(n + 1, sizeof *order);
    double worst = 0;
    /* By insertion: there are as many as suites and metrics. */
    for (size_t i = 0; i < n; i++) {
        size_t j = i;
        for (; j > 0 && p[order[j - 1]] > p[i]; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fmin(1, (double)(n - i) * p[order[i]]));
        adjusted[order[i]] = worst;
    }
    free(order);
}

double sq_stat_power(double delta, double se, double alpha)
{
    return sq_normal_cdf(delta / se - sq_normal_quantile(1 - alpha));
}

double sq_stat_mde(double se, double alpha, double power)
{
    return (sq_normal_quantile(1 - alpha) + sq_normal_quantile(power)) * se;
}
