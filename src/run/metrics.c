#include "run/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"
#include "stat/stat.h"

/* The values of one (metric, slice), which come one after another. */
struct group {
    char *metric, *slice;
    double *values, *weights;
    size_t n, cap;
};

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
    }
    g->weights[g->n] = (double)row->steps;
    g->values[g->n++] = row->value;
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
        if (st == SQ_OK && m) {
            struct sq_estimate e =
                m->pooled ? sq_stat_pooled(g->values, g->weights, g->n, m->min,
                                           m->max)
                          : sq_stat_mean(g->values, g->n, m->min, m->max);
            st = sq_store_metric_put(s->store, &s->run, suite, g->slice,
                                     g->metric, e.value, e.stderr_, e.lo, e.hi,
                                     e.n, err);
        }
        free(g->metric);
        free(g->slice);
        free(g->values);
        free(g->weights);
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
