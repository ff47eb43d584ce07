#include "stat/agreement.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* The 97.5% point of the normal distribution. */
#define Z 1.959963984540054

/* ---- kappa ------------------------------------------------------------- */

/* The two raters' table in shares, and its margins. */
struct table {
    int k;
    double p[SQ_KAPPA_MAX][SQ_KAPPA_MAX];
    double row[SQ_KAPPA_MAX], col[SQ_KAPPA_MAX];
    double w[SQ_KAPPA_MAX][SQ_KAPPA_MAX]; /* weights of agreement */
};

static double weight(int i, int j, int k, enum sq_kappa_weights weights)
{
    double d = k > 1 ? fabs((double)(i - j)) / (double)(k - 1) : 0;
    switch (weights) {
    case SQ_KAPPA_LINEAR:
        return 1 - d;
    case SQ_KAPPA_QUADRATIC:
        return 1 - d * d;
    default:
        return i == j ? 1 : 0;
    }
}

/* Returns the number of units that both rated. */
static size_t fill(struct table *t, const int *a, const int *b, size_t n,
                   enum sq_kappa_weights weights)
{
    size_t both = 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i] < 0 || a[i] >= t->k || b[i] < 0 || b[i] >= t->k)
            continue;
        t->p[a[i]][b[i]]++;
        both++;
    }
    for (int i = 0; i < t->k && both; i++)
        for (int j = 0; j < t->k; j++) {
            t->p[i][j] /= (double)both;
            t->row[i] += t->p[i][j];
            t->col[j] += t->p[i][j];
            t->w[i][j] = weight(i, j, t->k, weights);
        }
    return both;
}

/* The large-sample variance of kappa times n (1 - pe)^2. */
static double spread(const struct table *t, double kappa, double pe)
{
    double sum = 0, last = kappa - pe * (1 - kappa);
    double by_row[SQ_KAPPA_MAX] = {0}, by_col[SQ_KAPPA_MAX] = {0};
    for (int i = 0; i < t->k; i++)
        for (int j = 0; j < t->k; j++) {
            by_row[i] += t->col[j] * t->w[i][j];
            by_col[j] += t->row[i] * t->w[i][j];
        }
    for (int i = 0; i < t->k; i++)
        for (int j = 0; j < t->k; j++) {
            double d = t->w[i][j] - (by_row[i] + by_col[j]) * (1 - kappa);
            sum += t->p[i][j] * d * d;
        }
    return fmax(0, sum - last * last);
}

struct sq_kappa sq_stat_kappa(const int *a, const int *b, size_t n, int k,
                              enum sq_kappa_weights weights)
{
    struct sq_kappa r = {0, NAN, NAN, NAN, NAN, NAN, NAN};
    struct table t = {.k = k < SQ_KAPPA_MAX ? k : SQ_KAPPA_MAX};
    r.n = fill(&t, a, b, n, weights);
    if (!r.n)
        return r;
    r.agreement = r.expected = 0;
    for (int i = 0; i < t.k; i++)
        for (int j = 0; j < t.k; j++) {
            r.agreement += t.w[i][j] * t.p[i][j];
            r.expected += t.w[i][j] * t.row[i] * t.col[j];
        }
    /* One category alone: chance would agree as well. */
    if (1 - r.expected < 1e-12)
        return r;
    r.kappa = (r.agreement - r.expected) / (1 - r.expected);
    r.se =
        sqrt(spread(&t, r.kappa, r.expected) / (double)r.n) / (1 - r.expected);
    r.lo = fmax(-1, r.kappa - Z * r.se);
    r.hi = fmin(1, r.kappa + Z * r.se);
    return r;
}

/* ---- alpha ------------------------------------------------------------- */

/* The ratings of the units that two raters or more rated: of each the indices
 * of its values in the sorted list of all values. */
struct coded {
    size_t nvalues, nunits, nratings;
    double *values;
    size_t *code;  /* unit by unit */
    size_t *begin; /* of unit u in code; nunits + 1 of them */
};

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t code_of(const struct coded *c, double v)
{
    const double *at =
        bsearch(&v, c->values, c->nvalues, sizeof v, compare_numbers);
    return (size_t)(at - c->values);
}

static size_t count_rated(const double *unit, size_t nraters)
{
    size_t n = 0;
    for (size_t r = 0; r < nraters; r++)
        n += !isnan(unit[r]);
    return n;
}

static void encode(struct coded *c, const double *ratings, size_t nunits,
                   size_t nraters)
{
    c->values = sq_xcalloc(nunits * nraters + 1, sizeof *c->values);
    c->code = sq_xcalloc(nunits * nraters + 1, sizeof *c->code);
    c->begin = sq_xcalloc(nunits + 1, sizeof *c->begin);
    for (size_t i = 0; i < nunits * nraters; i++)
        if (!isnan(ratings[i]))
            c->values[c->nvalues++] = ratings[i];
    qsort(c->values, c->nvalues, sizeof *c->values, compare_numbers);
    size_t kept = 0;
    for (size_t i = 0; i < c->nvalues; i++)
        if (!kept || c->values[i] > c->values[kept - 1])
            c->values[kept++] = c->values[i];
    c->nvalues = kept;
    for (size_t u = 0; u < nunits; u++) {
        const double *unit = ratings + u * nraters;
        if (count_rated(unit, nraters) < 2)
            continue;
        for (size_t r = 0; r < nraters; r++)
            if (!isnan(unit[r]))
                c->code[c->nratings++] = code_of(c, unit[r]);
        c->begin[++c->nunits] = c->nratings;
    }
}

/* Squared difference of two values, c < k: the metric of the level. n[g] is
 * how often value g was given. */
static double delta2(const struct coded *c, const double *n, size_t from,
                     size_t to, enum sq_alpha_level level)
{
    double d = 0;
    switch (level) {
    case SQ_ALPHA_INTERVAL:
        d = c->values[to] - c->values[from];
        return d * d;
    case SQ_ALPHA_ORDINAL:
        for (size_t g = from; g <= to; g++)
            d += n[g];
        d -= (n[from] + n[to]) / 2;
        return d * d;
    default:
        return 1;
    }
}

/* Adds the coincidences of one unit to o (nvalues squared) and n. */
static void add_unit(const struct coded *c, size_t u, double *o, double *n)
{
    size_t from = c->begin[u], to = c->begin[u + 1];
    double share = 1 / (double)(to - from - 1);
    for (size_t i = from; i < to; i++) {
        n[c->code[i]]++;
        for (size_t j = from; j < to; j++)
            if (i != j)
                o[c->code[i] * c->nvalues + c->code[j]] += share;
    }
}

/* 1 - (N - 1) sum o d2 / sum n n d2, over pairs of different values; NaN
 * without variation. */
static double alpha_of(const struct coded *c, const double *o, const double *n,
                       enum sq_alpha_level level)
{
    double observed = 0, expected = 0, total = 0;
    for (size_t i = 0; i < c->nvalues; i++) {
        total += n[i];
        for (size_t j = i + 1; j < c->nvalues; j++) {
            double d2 = delta2(c, n, i, j, level);
            observed += o[i * c->nvalues + j] * d2;
            expected += n[i] * n[j] * d2;
        }
    }
    return expected > 0 ? 1 - (total - 1) * observed / expected : NAN;
}

static void bootstrap(const struct coded *c, enum sq_alpha_level level,
                      size_t resamples, uint64_t seed, double *o, double *n,
                      struct sq_alpha *out)
{
    double *found = sq_xcalloc(resamples, sizeof *found);
    struct sq_rng rng;
    sq_rng_seed(&rng, seed);
    for (size_t b = 0; b < resamples; b++) {
        memset(o, 0, c->nvalues * c->nvalues * sizeof *o);
        memset(n, 0, c->nvalues * sizeof *n);
        for (size_t u = 0; u < c->nunits; u++)
            add_unit(c, (size_t)sq_rng_below(&rng, c->nunits), o, n);
        found[b] = alpha_of(c, o, n, level);
        if (isnan(found[b]))
            found[b] = 1;
    }
    qsort(found, resamples, sizeof *found, compare_numbers);
    out->lo = found[(size_t)(0.025 * (double)(resamples - 1))];
    out->hi = found[(size_t)(0.975 * (double)(resamples - 1) + 0.5)];
    free(found);
}

struct sq_alpha sq_stat_alpha(const double *ratings, size_t nunits,
                              size_t nraters, enum sq_alpha_level level,
                              size_t resamples, uint64_t seed)
{
    struct coded c = {0};
    encode(&c, ratings, nunits, nraters);
    struct sq_alpha out = {c.nunits, c.nratings, NAN, NAN, NAN};
    double *o = sq_xcalloc(c.nvalues * c.nvalues + 1, sizeof *o);
    double *n = sq_xcalloc(c.nvalues + 1, sizeof *n);
    for (size_t u = 0; u < c.nunits; u++)
        add_unit(&c, u, o, n);
    out.alpha = alpha_of(&c, o, n, level);
    if (!isnan(out.alpha) && resamples)
        bootstrap(&c, level, resamples, seed, o, n, &out);
    free(o);
    free(n);
    free(c.values);
    free(c.code);
    free(c.begin);
    return out;
}
