#include "run/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"
#include "stat/sequence.h"

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

/* ---- sequences --------------------------------------------------------- */

/* The chain that is being read. */
struct chains {
    struct sq_sequence sequence;
    struct sq_arena arena; /* of this chain */
    struct sq_chain_step *steps;
    size_t n, cap;
    size_t sample, epoch;
};

/* "[0,1]" */
static void read_depends(sq_str list, struct sq_arena *arena,
                         struct sq_chain_step *step)
{
    sq_str rest = sq_str_sub(list, 1, list.n ? list.n - 1 : 0), piece;
    size_t *depends = sq_arena_array(arena, list.n, sizeof *depends);

    step->depends = depends;
    while (list.n > 2 && sq_str_split(&rest, ',', &piece)) {
        long long index;

        if (sq_str_to_int(sq_str_trim(piece), &index) && index >= 0)
            depends[step->ndepends++] = (size_t)index;
    }
}

static void end_chain(struct chains *c)
{
    sq_sequence_add(&c->sequence, c->sample, c->steps, c->n);
    sq_arena_release(&c->arena);
    c->n = 0;
}

static void on_step(void *ctx, const struct sq_chain_row *row)
{
    struct chains *c = ctx;

    if (c->n && (row->sample != c->sample || row->epoch != c->epoch))
        end_chain(c);
    c->sample = row->sample;
    c->epoch = row->epoch;
    if (c->n == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 16;
        c->steps = sq_xrealloc(c->steps, c->cap, sizeof *c->steps);
    }
    /* A step that another grader scores leaves its place empty. */
    while (c->n < row->step && c->n < c->cap)
        c->steps[c->n++] = (struct sq_chain_step){.done = -1};
    if (c->n == c->cap)
        return;
    struct sq_chain_step *step = &c->steps[c->n++];
    *step = (struct sq_chain_step){.answerable = row->answerable,
                                   .kind = sq_arena_str(&c->arena, row->kind),
                                   .done = !sq_state_decided(row->state)
                                               ? -1
                                               : row->state == SQ_STATE_PASS};
    read_depends(row->depends, &c->arena, step);
}

/* Where the metrics of sequences go. */
struct put {
    struct sq_session *s;
    int64_t suite;
    enum sq_status st;
    struct sq_err *err;
};

static void on_metric(void *ctx, const char *metric, const char *slice,
                      const struct sq_estimate *e)
{
    struct put *p = ctx;

    if (p->st == SQ_OK)
        p->st = sq_store_metric_put(p->s->store, &p->s->run, p->suite, slice,
                                    metric, e->value, e->stderr_, e->lo, e->hi,
                                    e->n, p->err);
}

static enum sq_status put_sequences(struct sq_session *s, int64_t suite,
                                    struct sq_err *err)
{
    struct chains c = {.arena = SQ_ARENA_INIT};
    struct put p = {.s = s, .suite = suite, .err = err};

    p.st = sq_store_chain_each(s->store, &s->run, suite, on_step, &c, err);
    if (c.n)
        end_chain(&c);
    if (p.st == SQ_OK)
        sq_sequence_each(&c.sequence, on_metric, &p);
    sq_sequence_release(&c.sequence);
    free(c.steps);
    return p.st;
}

enum sq_status sq_metrics_put(struct sq_session *s, struct sq_err *err)
{
    enum sq_status st = sq_store_begin(s->store, err);
    for (size_t i = 0; i < s->nsuites && st == SQ_OK; i++)
        st = put_suite(s, s->suite_rows[i], err);
    for (size_t i = 0; i < s->nsuites && st == SQ_OK; i++)
        st = put_sequences(s, s->suite_rows[i], err);
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}
