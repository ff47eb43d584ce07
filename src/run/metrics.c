#include "run/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"
#include "stat/sequence.h"

/* What becomes a row of the leaderboard. */
struct result {
    char *metric, *slice;
    struct sq_estimate estimate;
};

/* The values of one (metric, slice), which come one after another, and the
 * results of those before. */
struct fold {
    char *metric, *slice; /* NULL = none yet */
    double *values, *weights;
    size_t n, cap;
    struct result *results;
    size_t nresults;
};

/* A count has no error of its own. */
static struct sq_estimate sum_of(const double *values, size_t n)
{
    struct sq_estimate e = {n, 0, NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++)
        e.value += values[i];
    return e;
}

static struct sq_estimate estimate(const struct sq_metric *m,
                                   const struct fold *f)
{
    if (m->sum)
        return sum_of(f->values, f->n);
    if (m->pooled)
        return sq_stat_pooled(f->values, f->weights, f->n, m->min, m->max);
    return sq_stat_mean(f->values, f->n, m->min, m->max);
}

static void end_group(struct fold *f)
{
    const struct sq_metric *m =
        f->metric ? sq_metric_find(sq_str_from(f->metric)) : NULL;
    if (m) {
        f->results =
            sq_xrealloc(f->results, f->nresults + 1, sizeof *f->results);
        f->results[f->nresults++] =
            (struct result){f->metric, f->slice, estimate(m, f)};
    } else {
        free(f->metric);
        free(f->slice);
    }
    f->metric = f->slice = NULL;
    f->n = 0;
}

static void on_value(void *ctx, const struct sq_metric_row *row)
{
    struct fold *f = ctx;
    if (!f->metric || strcmp(f->metric, row->metric) != 0 ||
        strcmp(f->slice, row->slice) != 0) {
        end_group(f);
        f->metric = sq_xstrdup(row->metric);
        f->slice = sq_xstrdup(row->slice);
    }
    if (f->n == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 256;
        f->values = sq_xrealloc(f->values, f->cap, sizeof *f->values);
        f->weights = sq_xrealloc(f->weights, f->cap, sizeof *f->weights);
    }
    f->weights[f->n] = (double)row->steps;
    f->values[f->n++] = row->value;
}

static enum sq_status put_suite(struct sq_session *s, int64_t suite,
                                struct sq_err *err)
{
    struct fold f = {0};
    enum sq_status st =
        sq_store_metric_each(s->store, &s->run, suite, on_value, &f, err);
    end_group(&f);
    for (size_t i = 0; i < f.nresults; i++) {
        struct result *r = &f.results[i];
        const struct sq_estimate *e = &r->estimate;
        if (st == SQ_OK)
            st = sq_store_metric_put(s->store, &s->run, suite, r->slice,
                                     r->metric, e->value, e->stderr_, e->lo,
                                     e->hi, e->n, err);
        free(r->metric);
        free(r->slice);
    }
    free(f.results);
    free(f.values);
    free(f.weights);
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
