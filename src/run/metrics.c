#include "run/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"
#include "stat/cluster.h"
#include "stat/passk.h"
#include "stat/sequence.h"
#include "stat/stat.h"

/* What a sample's epochs passed is stored as this metric; the others, pass@10,
 * are made of it. */
static const char pass_1[] = "pass@1";

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
    long long *epochs, *ones;
    size_t *clusters;
    size_t n, cap;
    bool clustered;          /* two of them at least are in one cluster */
    const long long *pass_k; /* 0 ends them */
    struct result *results;
    size_t nresults;
};

static void put_result(struct fold *f, const char *metric,
                       struct sq_estimate estimate)
{
    f->results = sq_xrealloc(f->results, f->nresults + 1, sizeof *f->results);
    f->results[f->nresults++] =
        (struct result){sq_xstrdup(metric), sq_xstrdup(f->slice), estimate};
}

/* Of the values as they now are; weights NULL: all of one. */
static struct sq_estimate mean_of(const struct fold *f, const double *weights,
                                  double min, double max)
{
    if (f->clustered)
        return sq_stat_clustered(f->values, weights, f->clusters, f->n, min,
                                 max);
    if (weights)
        return sq_stat_pooled(f->values, weights, f->n, min, max);
    return sq_stat_mean(f->values, f->n, min, max);
}

/* pass@k, unless a sample has fewer epochs than k. */
static void put_pass_k(struct fold *f, long long k)
{
    char name[32];
    for (size_t i = 0; i < f->n; i++) {
        if (f->epochs[i] < k)
            return;
        f->values[i] = sq_stat_pass_k(f->epochs[i], f->ones[i], k);
    }
    struct sq_estimate e = mean_of(f, NULL, 0, 1);
    /* One sample says nothing of others, its epochs something of itself. */
    if (f->n == 1)
        e.stderr_ =
            sqrt(fmax(0, sq_stat_pass_k_variance(f->epochs[0], f->ones[0], k)));
    (void)snprintf(name, sizeof name, "pass@%lld", k);
    put_result(f, name, e);
}

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
    return mean_of(f, m->pooled ? f->weights : NULL, m->min, m->max);
}

/* Are two of them in one cluster? */
static bool any_repeats(const size_t *clusters, size_t n)
{
    size_t largest = 0;
    bool found = false;
    for (size_t i = 0; i < n; i++)
        largest = clusters[i] > largest ? clusters[i] : largest;
    bool *seen = sq_xcalloc(largest + 1, sizeof *seen);
    for (size_t i = 0; i < n && !found; i++) {
        found = seen[clusters[i]];
        seen[clusters[i]] = true;
    }
    free(seen);
    return found;
}

static void end_group(struct fold *f)
{
    f->clustered = any_repeats(f->clusters, f->n);
    const struct sq_metric *m =
        f->metric ? sq_metric_find(sq_str_from(f->metric)) : NULL;
    if (m && strcmp(f->metric, pass_1) == 0)
        for (size_t i = 0; i < SQ_PASS_K_MAX && f->pass_k[i]; i++)
            put_pass_k(f, f->pass_k[i]);
    else if (m)
        put_result(f, f->metric, estimate(m, f));
    free(f->metric);
    free(f->slice);
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
        f->epochs = sq_xrealloc(f->epochs, f->cap, sizeof *f->epochs);
        f->ones = sq_xrealloc(f->ones, f->cap, sizeof *f->ones);
        f->clusters = sq_xrealloc(f->clusters, f->cap, sizeof *f->clusters);
    }
    f->clusters[f->n] = row->cluster;
    f->weights[f->n] = (double)row->steps;
    f->epochs[f->n] = row->epochs;
    f->ones[f->n] = row->ones;
    f->values[f->n++] = row->value;
}

static enum sq_status put_suite(struct sq_session *s, int64_t suite,
                                struct sq_err *err)
{
    static const long long usual[SQ_PASS_K_MAX] = {1, 10, 100};
    const long long *k = s->options->pass_k;
    struct fold f = {.pass_k = k[0] ? k : usual};
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
    free(f.epochs);
    free(f.ones);
    free(f.clusters);
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
        st = sq_store_ranges_put(s->store, &s->run, err);
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}
