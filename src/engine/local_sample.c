#include "engine/local_sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* Index of the greatest, of equals the first; -1 when none is a number. */
static int32_t greatest(const float *v, size_t n)
{
    int32_t best = -1;
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]) && (best < 0 || v[i] > v[best]))
            best = (int32_t)i;
    return best >= 0 && isfinite(v[best]) ? best : -1;
}

static int descending(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? 1 : a > b ? -1 : 0;
}

/* The least weight that belongs to the nucleus: weights of at least that much
 * add up to top_p of them all. What is lighter than its share of the rest can
 * not be needed, so few are sorted. */
static double nucleus_floor(const double *w, size_t n, double total,
                            double top_p)
{
    double light = (1 - top_p) * total / (double)n, sum = 0, floor_ = 0;
    size_t m = 0;
    double *heavy = sq_xcalloc(n, sizeof *heavy);
    for (size_t i = 0; i < n; i++)
        if (w[i] >= light)
            heavy[m++] = w[i];
    qsort(heavy, m, sizeof *heavy, descending);
    for (size_t i = 0; i < m && (i == 0 || sum < top_p * total); i++) {
        floor_ = heavy[i];
        sum += heavy[i];
    }
    free(heavy);
    return floor_;
}

int32_t sq_local_pick(const float *logits, size_t n, double temperature,
                      double top_p, struct sq_rng *rng)
{
    int32_t best = greatest(logits, n);
    if (best < 0 || isnan(temperature) || temperature <= 0)
        return best;
    double *w = sq_xcalloc(n, sizeof *w);
    double total = 0, least = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)logits[i] - (double)logits[best];
        w[i] = isnan(d) ? 0 : exp(d / temperature);
        total += w[i];
    }
    if (top_p < 1) {
        least = nucleus_floor(w, n, total, top_p);
        total = 0;
        for (size_t i = 0; i < n; i++) {
            w[i] = w[i] >= least ? w[i] : 0;
            total += w[i];
        }
    }
    double left = sq_rng_unit(rng) * total;
    int32_t picked = best;
    for (size_t i = 0; i < n; i++) {
        if (w[i] <= 0)
            continue;
        picked = (int32_t)i;
        left -= w[i];
        if (left < 0)
            break;
    }
    free(w);
    return picked;
}

size_t sq_local_logprobs(const float *logits, size_t n, int32_t token,
                         double *own, struct sq_local_logprob *top, size_t k)
{
    int32_t best = greatest(logits, n);
    size_t m = 0;
    double sum = 0;
    *own = -INFINITY;
    if (best < 0)
        return 0;
    double high = (double)logits[best];
    for (size_t i = 0; i < n; i++)
        if (!isnan(logits[i]))
            sum += exp((double)logits[i] - high);
    double log_sum = high + log(sum);
    for (size_t i = 0; i < n && k > 0; i++) {
        double p = (double)logits[i] - log_sum;
        if (isnan(p) || (m == k && p <= top[m - 1].logprob))
            continue;
        size_t at = m < k ? m++ : m - 1;
        for (; at > 0 && top[at - 1].logprob < p; at--)
            top[at] = top[at - 1];
        top[at] = (struct sq_local_logprob){(int32_t)i, p};
    }
    *own = (double)logits[token] - log_sum;
    return m;
}
