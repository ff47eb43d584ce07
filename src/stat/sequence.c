#include "stat/sequence.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the samples gave for one metric and slice. */
struct sq_group {
    const char *metric, *slice;
    size_t *sample;
    double *sum, *weight; /* one of each a sample */
    size_t n, cap;
};

static struct sq_group *group_of(struct sq_sequence *s, const char *metric,
                                 const char *slice)
{
    struct sq_group *g;

    for (size_t i = 0; i < s->ngroups; i++) {
        g = &s->groups[i];
        if (strcmp(g->metric, metric) == 0 && strcmp(g->slice, slice) == 0)
            return g;
    }
    if (s->ngroups == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 32;
        s->groups = sq_xrealloc(s->groups, s->cap, sizeof *s->groups);
    }
    g = &s->groups[s->ngroups++];
    *g = (struct sq_group){.metric = metric,
                           .slice = sq_arena_strdup(&s->arena, slice)};
    return g;
}

static void append(struct sq_group *g, size_t sample, double sum, double weight)
{
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 64;
        g->sample = sq_xrealloc(g->sample, g->cap, sizeof *g->sample);
        g->sum = sq_xrealloc(g->sum, g->cap, sizeof *g->sum);
        g->weight = sq_xrealloc(g->weight, g->cap, sizeof *g->weight);
    }
    g->sample[g->n] = sample;
    g->sum[g->n] = sum;
    g->weight[g->n++] = weight;
}

static void push(struct sq_group *g, size_t sample, double value)
{
    if (!g->n || g->sample[g->n - 1] != sample)
        append(g, sample, 0, 0);
    g->sum[g->n - 1] += value;
    g->weight[g->n - 1]++;
}

static void release_group(struct sq_group *g)
{
    free(g->sample);
    free(g->sum);
    free(g->weight);
}

static void push_at(struct sq_sequence *s, const char *metric, const char *name,
                    size_t number, size_t sample, double value)
{
    char slice[40];

    snprintf(slice, sizeof slice, "%s=%zu", name, number);
    push(group_of(s, metric, slice), sample, value);
}

/* ---- one chain --------------------------------------------------------- */

static void add_survival(struct sq_sequence *s, size_t sample,
                         const struct sq_chain_step *steps, size_t n,
                         size_t length)
{
    size_t position = 0;

    for (size_t i = 0; i < n; i++) {
        if (!steps[i].answerable)
            continue;
        position++;
        if (steps[i].done < 0)
            return;
        push(group_of(s, "survival", ""), sample, steps[i].done);
        push_at(s, "survival", "position", position, sample, steps[i].done);
        push_at(s, "survival", "length", length, sample, steps[i].done);
        if (steps[i].done)
            continue;
        append(s->first, sample, (double)position, 1);
        return;
    }
    append(s->first, sample, 0, 1); /* none failed */
}

static void add_kinds(struct sq_sequence *s, size_t sample,
                      const struct sq_chain_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t done = 0, decided = 0;
        bool seen = false;
        char slice[80];

        for (size_t k = 0; k < i; k++)
            seen = seen || sq_str_eq(steps[k].kind, steps[i].kind);
        for (size_t k = i; k < n && !seen; k++) {
            if (!steps[k].answerable || steps[k].done < 0 ||
                !sq_str_eq(steps[k].kind, steps[i].kind))
                continue;
            decided++;
            done += steps[k].done == 1;
        }
        if (!decided || !steps[i].kind.n)
            continue;
        snprintf(slice, sizeof slice, "kind=%.60s", steps[i].kind.p);
        push(group_of(s, "step_rate", slice), sample,
             (double)done / (double)decided);
    }
}

static void add_damage(struct sq_sequence *s, size_t sample,
                       const struct sq_chain_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool failed = false, unknown = false, any = false;

        if (!steps[i].answerable || steps[i].done < 0)
            continue;
        for (size_t k = 0; k < steps[i].ndepends; k++) {
            size_t on = steps[i].depends[k];

            if (on >= i || !steps[on].answerable)
                continue;
            any = true;
            failed = failed || steps[on].done == 0;
            unknown = unknown || steps[on].done < 0;
        }
        if (!any || (unknown && !failed))
            continue;
        push(group_of(s, "fail_rate",
                      failed ? "depends=failed" : "depends=done"),
             sample, 1 - steps[i].done);
    }
}

void sq_sequence_add(struct sq_sequence *s, size_t sample,
                     const struct sq_chain_step *steps, size_t n)
{
    size_t length = 0;

    for (size_t i = 0; i < n; i++)
        length += steps[i].answerable;
    if (!length)
        return;
    if (!s->first)
        s->first = sq_xcalloc(1, sizeof *s->first);
    add_survival(s, sample, steps, n, length);
    add_kinds(s, sample, steps, n);
    add_damage(s, sample, steps, n);
}

/* ---- what they come to ------------------------------------------------- */

/* Pooled; where every sample weighs 1 by the interval of a mean, which is
 * Wilson's for zeros and ones. */
static struct sq_estimate estimate(const struct sq_group *g, bool pooled)
{
    double *means = sq_xcalloc(g->n + 1, sizeof *means);
    struct sq_estimate e;
    bool ones = true;

    for (size_t i = 0; i < g->n; i++) {
        means[i] = g->sum[i] / g->weight[i];
        ones = ones && g->weight[i] == 1;
    }
    e = pooled && !ones ? sq_stat_pooled(means, g->weight, g->n, 0, 1)
                        : sq_stat_mean(means, g->n, 0, 1);
    free(means);
    return e;
}

/* Chains that first fail at a position; s->first has one entry a chain. */
static void each_first(const struct sq_sequence *s, sq_sequence_fn *fn,
                       void *ctx)
{
    const struct sq_group *f = s->first;
    size_t last = 0;

    for (size_t i = 0; i < f->n; i++)
        last = (size_t)f->sum[i] > last ? (size_t)f->sum[i] : last;
    for (size_t k = 0; k <= last && f->n; k++) {
        struct sq_group is = {0};
        struct sq_estimate e;
        char slice[40] = "position=none";

        for (size_t i = 0; i < f->n; i++)
            push(&is, f->sample[i], (size_t)f->sum[i] == k);
        e = estimate(&is, true);
        if (k)
            snprintf(slice, sizeof slice, "position=%zu", k);
        fn(ctx, "first_fail", slice, &e);
        release_group(&is);
    }
}

/* a's ratio minus b's, over clusters that may have a part in both. */
static struct sq_estimate difference(const struct sq_group *a,
                                     const struct sq_group *b)
{
    struct sq_estimate p = estimate(a, true), q = estimate(b, true);
    struct sq_estimate e = {p.n + q.n, p.value - q.value, NAN, NAN, NAN};
    double squares = 0, na = 0, nb = 0;
    size_t i = 0, k = 0;

    for (size_t j = 0; j < a->n; j++)
        na += a->weight[j];
    for (size_t j = 0; j < b->n; j++)
        nb += b->weight[j];
    while (i < a->n || k < b->n) {
        size_t x = i < a->n ? a->sample[i] : SIZE_MAX;
        size_t y = k < b->n ? b->sample[k] : SIZE_MAX;
        double z = 0;

        if (x <= y) {
            z += (a->sum[i] - p.value * a->weight[i]) / na;
            i++;
        }
        if (y <= x) {
            z -= (b->sum[k] - q.value * b->weight[k]) / nb;
            k++;
        }
        squares += z * z;
    }
    if (a->n > 1 && b->n > 1) {
        e.stderr_ = sqrt(squares);
        e.lo = fmax(-1, e.value - 1.959963984540054 * e.stderr_);
        e.hi = fmin(1, e.value + 1.959963984540054 * e.stderr_);
    }
    return e;
}

void sq_sequence_each(const struct sq_sequence *s, sq_sequence_fn *fn,
                      void *ctx)
{
    const struct sq_group *failed = NULL, *done = NULL;

    for (size_t i = 0; i < s->ngroups; i++) {
        const struct sq_group *g = &s->groups[i];
        struct sq_estimate e = estimate(g, strcmp(g->metric, "step_rate") != 0);

        fn(ctx, g->metric, g->slice, &e);
        if (strcmp(g->slice, "depends=failed") == 0)
            failed = g;
        if (strcmp(g->slice, "depends=done") == 0)
            done = g;
    }
    if (s->first)
        each_first(s, fn, ctx);
    if (failed && done) {
        struct sq_estimate e = difference(failed, done);

        fn(ctx, "dependency_damage", "", &e);
    }
}

void sq_sequence_release(struct sq_sequence *s)
{
    for (size_t i = 0; i < s->ngroups; i++)
        release_group(&s->groups[i]);
    if (s->first)
        release_group(s->first);
    free(s->first);
    free(s->groups);
    sq_arena_release(&s->arena);
    *s = (struct sq_sequence){0};
}
