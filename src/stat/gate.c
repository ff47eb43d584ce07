#include "stat/gate.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stat/dist.h"
#include "stat/paired.h"

const char *sq_gate_verdict_name(enum sq_gate_verdict v)
{
    static const char *const names[] = {"pass", "fail", "inconclusive"};
    return names[v];
}

/* Variance of a drop, from what n drops showed and the half pairs. */
static double variance(double spread, double range, double n)
{
    return (spread * n + range * range) / (n + 2);
}

void sq_gate_measure(struct sq_gate_test *t, const double *drops, size_t n,
                     uint64_t seed)
{
    double sum = 0, squares = 0, count = (double)n;
    for (size_t i = 0; i < n; i++)
        sum += drops[i];
    t->n = n;
    t->drop = n ? sum / count : 0;
    for (size_t i = 0; i < n; i++)
        squares += (drops[i] - t->drop) * (drops[i] - t->drop);
    t->se = sqrt(variance(n ? squares / count : 0, t->range, count) /
                 (n ? count : 1));
    t->p = sq_stat_sign_flip(drops, n, SQ_GATE_RESAMPLES, seed);
}

/* Smallest n with z sqrt(variance(n) / n) <= allowed: the root of
 * allowed^2 n^2 + (2 allowed^2 - z^2 spread) n - z^2 range^2. */
static size_t needed(const struct sq_gate_test *t, double z)
{
    double n = (double)(t->n ? t->n : 1);
    double total = t->se * t->se * n * (n + 2) - t->range * t->range;
    double spread = fmax(0, total / n);
    double a = t->allowed * t->allowed, b = 2 * a - z * z * spread;
    double c = -z * z * t->range * t->range;
    return (size_t)ceil((-b + sqrt(b * b - 4 * a * c)) / (2 * a));
}

static void decide(struct sq_gate_test *t, double alpha, double share)
{
    double z = sq_normal_quantile(1 - share);
    double least = sq_stat_mde(t->se, share, SQ_GATE_POWER);
    t->upper = t->drop + z * t->se;
    t->detectable =
        fmax(z * t->se, t->allowed) + sq_normal_quantile(SQ_GATE_POWER) * t->se;
    t->power = sq_stat_power(t->allowed, t->se, share);
    t->needed = needed(t, z + sq_normal_quantile(SQ_GATE_POWER));
    if (t->n > 0 && t->p <= alpha && t->drop > t->allowed)
        t->verdict = SQ_GATE_FAIL;
    else if (t->n > 0 && (least <= t->allowed || t->upper <= t->allowed))
        t->verdict = SQ_GATE_PASS;
    else
        t->verdict = SQ_GATE_INCONCLUSIVE;
}

void sq_gate_decide(struct sq_gate_test *tests, size_t n, double alpha)
{
    double *p = sq_xcalloc(2 * n + 1, sizeof *p), *adjusted = p + n;
    for (size_t i = 0; i < n; i++)
        p[i] = tests[i].p;
    sq_stat_holm(p, n, adjusted);
    for (size_t i = 0; i < n; i++) {
        tests[i].p = adjusted[i];
        decide(&tests[i], alpha, alpha / (double)n);
    }
    free(p);
}
