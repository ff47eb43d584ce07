#include "run/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"
#include "stat/passk.h"
#include "stat/stat.h"

/* The values of one (metric, slice), which come one after another. */
struct group {
    char *metric, *slice;
    double *values, *weights;
    long long *epochs, *ones;
    size_t n, cap;
};

/* What a sample's epochs passed is stored as this metric; the others, pass@10,
 * are made of it. */
static const char pass_1[] = "pass@1";

struct fold {
    struct group *groups;
    size_t n;
};

static void on_value(void *ctx, const struct sq_metric_row *row)
{
    struct fold *f = ctx;
    struct group *g = f->n ? &f->groups[f->n - 1] : NULL;
    if (!g || strcmp(g->metric, row->metric) != 0 ||
        strcmp(g->slice, row->slice) != 0) {
        f->groups = sq_xrealloc(f->groups, f->n + 1, sizeof *f->groups);
        g = &f->groups[f->n++];
        *g = (struct group){.metric = sq_xstrdup(row->metric),
                            .slice = sq_xstrdup(row->slice)};
    }
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 256;
        g->values = sq_xrealloc(g->values, g->cap, sizeof *g->values);
        g->weights = sq_xrealloc(g->weights, g->cap, sizeof *g->weights);
        g->epochs = sq_xrealloc(g->epochs, g->cap, sizeof *g->epochs);
        g->ones = sq_xrealloc(g->ones, g->cap, sizeof *g->ones);
    }
    g->weights[g->n] = (double)row->steps;
    g->epochs[g->n] = row->epochs;
    g->ones[g->n] = row->ones;
    g->values[g->n++] = row->value;
}

static enum sq_status put_metric(struct sq_session *s, int64_t suite,
                                 const struct group *g, const char *metric,
                                 const struct sq_estimate *e,
                                 struct sq_err *err)
{
    return sq_store_metric_put(s->store, &s->run, suite, g->slice, metric,
                               e->value, e->stderr_, e->lo, e->hi, e->n, err);
}

/* pass@k from a group of pass@1, unless a sample has fewer epochs than k. */
static enum sq_status put_pass_k(struct sq_session *s, int64_t suite,
                                 struct group *g, long long k,
                                 struct sq_err *err)
{
    char name[32];
    for (size_t i = 0; i < g->n; i++) {
        if (g->epochs[i] < k)
            return SQ_OK;
        g->values[i] = sq_stat_pass_k(g->epochs[i], g->ones[i], k);
    }
    struct sq_estimate e = sq_stat_mean(g->values, g->n, 0, 1);
    /* One sample says nothing of others, its epochs something of itself. */
    if (g->n == 1)
        e.stderr_ =
            sqrt(fmax(0, sq_stat_pass_k_variance(g->epochs[0], g->ones[0], k)));
    (void)snprintf(name, sizeof name, "pass@%lld", k);
    return put_metric(s, suite, g, name, &e, err);
}

static enum sq_status put_all_pass_k(struct sq_session *s, int64_t suite,
                                     struct group *g, struct sq_err *err)
{
    static const long long usual[SQ_PASS_K_MAX] = {1, 10, 100};
    const long long *ks = s->options->pass_k;
    enum sq_status st = SQ_OK;
    if (!ks[0])
        ks = usual;
    for (size_t i = 0; i < SQ_PASS_K_MAX && ks[i] && st == SQ_OK; i++)
        st = put_pass_k(s, suite, g, ks[i], err);
    return st;
}

static enum sq_status put_suite(struct sq_session *s, int64_t suite,
                                struct sq_err *err)
{
    struct fold f = {0};
    enum sq_status st =
        sq_store_metric_each(s->store, &s->run, suite, on_value, &f, err);
    for (size_t i = 0; i < f.n; i++) {
        struct group *g = &f.groups[i];
        const struct sq_metric *m = sq_metric_find(sq_str_from(g->metric));
        if (st == SQ_OK && m && strcmp(g->metric, pass_1) == 0) {
            st = put_all_pass_k(s, suite, g, err);
        } else if (st == SQ_OK && m) {
            struct sq_estimate e =
                m->pooled ? sq_stat_pooled(g->values, g->weights, g->n, m->min,
                                           m->max)
                          : sq_stat_mean(g->values, g->n, m->min, m->max);
            st = put_metric(s, suite, g, g->metric, &e, err);
        }
        free(g->metric);
        free(g->slice);
        free(g->values);
        free(g->weights);
        free(g->epochs);
        free(g->ones);
    }
    free(f.groups);
    return st;
}

enum sq_status sq_metrics_put(struct sq_session *s, struct sq_err *err)
{
    enum sq_status st = sq_store_begin(s->store, err);
    for (size_t i = 0; i < s->nsuites && st == SQ_OK; i++)
        st = put_suite(s, s->suite_rows[i], err);
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}
