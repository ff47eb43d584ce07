#include "report/scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "report/terms.h"
#include "seqeval_metric.h"
#include "stat/stat.h"

static void on_run(void *ctx, const struct sq_store_row *row)
{
    struct sq_scores *s = ctx;
    s->run = sq_arena_str(&s->arena, row->cols[0]);
    s->created = sq_arena_str(&s->arena, row->cols[1]);
    s->status = sq_arena_str(&s->arena, row->cols[3]);
    s->model = sq_arena_str(&s->arena, row->cols[4]);
    s->judge = sq_arena_str(&s->arena, row->cols[5]);
    s->version = sq_arena_str(&s->arena, row->cols[6]);
    s->settings = sq_terms_of(row->cols[7]);
}

static void on_suite(void *ctx, const struct sq_store_row *row)
{
    struct sq_scores *s = ctx;
    s->suites = sq_xrealloc(s->suites, s->nsuites + 1, sizeof *s->suites);
    s->suites[s->nsuites++] =
        (struct sq_scores_suite){sq_arena_str(&s->arena, row->cols[0]),
                                 sq_arena_str(&s->arena, row->cols[2]),
                                 sq_arena_str(&s->arena, row->cols[3]),
                                 sq_arena_str(&s->arena, row->cols[4])};
}

void sq_scores_add(struct sq_scores *s, struct sq_score value)
{
    if (s->nvalues == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 1024;
        s->values = sq_xrealloc(s->values, s->cap, sizeof *s->values);
    }
    s->values[s->nvalues++] = value;
}

/* Names of suites and metrics repeat: most rows have those of another. */
static sq_str repeated(struct sq_scores *s, sq_str text, sq_str last)
{
    return sq_str_eq(text, last) ? last : sq_arena_str(&s->arena, text);
}

static void on_value(void *ctx, const struct sq_store_row *row)
{
    struct sq_scores *s = ctx;
    struct sq_score v = {0}, last = {0};
    if (s->nvalues)
        last = s->values[s->nvalues - 1];
    v.suite = repeated(s, row->cols[0], last.suite);
    v.metric = repeated(s, row->cols[1], last.metric);
    v.sample = repeated(s, row->cols[2], last.sample);
    if (sq_str_to_num(row->cols[3], &v.value))
        sq_scores_add(s, v);
}

enum sq_status sq_scores_read(struct sq_store *store, const char *run,
                              struct sq_scores *out, struct sq_err *err)
{
    sq_str id = sq_str_from(run);
    *out = (struct sq_scores){0};
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_RUN, &id, 1, on_run, out, err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_RUN_SUITES, &id, 1, on_suite, out,
                           err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_RUN_VALUES, &id, 1, on_value, out,
                           err);
    return st == SQ_OK ? sq_scores_sort(out, err) : st;
}

void sq_scores_release(struct sq_scores *s)
{
    free(s->suites);
    free(s->values);
    sq_json_free(s->settings);
    sq_arena_release(&s->arena);
    *s = (struct sq_scores){0};
}

static int compare_names(const struct sq_score *a, const struct sq_score *b)
{
    int c = a->suite.p == b->suite.p ? 0 : sq_str_cmp(a->suite, b->suite);
    return c ? c : sq_str_cmp(a->metric, b->metric);
}

static int compare_scores(const void *pa, const void *pb)
{
    const struct sq_score *a = pa, *b = pb;
    int c = compare_names(a, b);
    return c ? c : sq_str_cmp(a->sample, b->sample);
}

enum sq_status sq_scores_sort(struct sq_scores *s, struct sq_err *err)
{
    if (s->nvalues)
        qsort(s->values, s->nvalues, sizeof *s->values, compare_scores);
    for (size_t i = 1; i < s->nvalues; i++)
        if (compare_scores(&s->values[i - 1], &s->values[i]) == 0)
            return sq_err_set(err, SQ_INPUT,
                              "%.*s: sample '%.*s' is there twice",
                              SQ_STR_ARG(s->values[i].suite),
                              SQ_STR_ARG(s->values[i].sample));
    return SQ_OK;
}

/* ---- may they be compared? ---------------------------------------------- */

static const struct sq_scores_suite *find_suite(const struct sq_scores *s,
                                                sq_str label)
{
    for (size_t i = 0; i < s->nsuites; i++)
        if (sq_str_eq(s->suites[i].label, label))
            return &s->suites[i];
    return NULL;
}

static void reason(struct sq_buf *why)
{
    if (why->n)
        sq_buf_adds(why, "; ");
}

static void differ_digest(const char *what, sq_str suite, sq_str a, sq_str b,
                          struct sq_buf *why)
{
    if (sq_str_eq(a, b))
        return;
    reason(why);
    sq_buf_addf(why, "%.*s: %s differs (%.12s, %.12s)", SQ_STR_ARG(suite), what,
                a.n ? a.p : "none", b.n ? b.p : "none");
}

/* Suites of a that b has not or has otherwise; those in both only once. */
static void differ_suites(const struct sq_scores *a, const struct sq_scores *b,
                          const char *only, const char *name_b, bool second,
                          struct sq_buf *why)
{
    for (size_t i = 0; i < a->nsuites; i++) {
        const struct sq_scores_suite *u = &a->suites[i];
        const struct sq_scores_suite *v = find_suite(b, u->label);
        if (only && !sq_str_eq(u->label, sq_str_from(only)))
            continue;
        if (!v) {
            reason(why);
            sq_buf_addf(why, "suite %.*s is not in %s", SQ_STR_ARG(u->label),
                        name_b);
        } else if (!second) {
            differ_digest("data", u->label, u->data, v->data, why);
            differ_digest("definition or template", u->label, u->definition,
                          v->definition, why);
            differ_digest("step annotation", u->label, u->steps, v->steps, why);
        }
    }
}

void sq_scores_differ(const struct sq_scores *a, const struct sq_scores *b,
                      struct sq_scores_names names, const char *suite,
                      struct sq_buf *why)
{
    if (suite && !find_suite(a, sq_str_from(suite)) &&
        !find_suite(b, sq_str_from(suite)))
        sq_buf_addf(why, "neither has suite %s", suite);
    differ_suites(a, b, suite, names.b, false, why);
    differ_suites(b, a, suite, names.a, true, why);
    sq_terms_differ(a->settings, b->settings, why);
}

/* ---- side by side ------------------------------------------------------- */

static bool wanted(const struct sq_scores *a, const struct sq_scores *b,
                   const char *only, sq_str suite)
{
    if (only && !sq_str_eq(suite, sq_str_from(only)))
        return false;
    return find_suite(a, suite) && find_suite(b, suite);
}

static bool same_group(const struct sq_pair_group *g, const struct sq_score *v)
{
    return sq_str_eq(g->suite, v->suite) && sq_str_eq(g->metric, v->metric);
}

static enum sq_status begin_group(const struct sq_score *v, size_t most,
                                  struct sq_arena *arena,
                                  struct sq_pair_group *g, struct sq_err *err)
{
    *g = (struct sq_pair_group){.suite = v->suite, .metric = v->metric};
    g->pairs = sq_arena_array(arena, most, sizeof *g->pairs);
    const struct sq_metric *m = sq_metric_find(v->metric);
    if (!m)
        return sq_err_set(err, SQ_INPUT,
                          "metric '%.*s' is not known to this seqeval; update "
                          "it",
                          SQ_STR_ARG(v->metric));
    g->min = m->min;
    g->max = m->max;
    return SQ_OK;
}

/* Values of the group that v begins: an upper bound of its pairs. */
static size_t run_length(const struct sq_scores *s, size_t from,
                         const struct sq_score *v)
{
    size_t n = 0;
    while (from + n < s->nvalues && compare_names(&s->values[from + n], v) == 0)
        n++;
    return n;
}

static size_t count_names(const struct sq_scores *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->nvalues; i++)
        n += i == 0 || compare_names(&s->values[i - 1], &s->values[i]) != 0;
    return n;
}

enum sq_status sq_scores_pair(const struct sq_scores *a,
                              const struct sq_scores *b, const char *suite,
                              struct sq_arena *arena,
                              struct sq_pair_group **groups, size_t *n,
                              struct sq_err *err)
{
    size_t i = 0, j = 0;
    *n = 0;
    *groups = sq_arena_array(arena, count_names(a) + count_names(b) + 1,
                             sizeof **groups);
    while (i < a->nvalues || j < b->nvalues) {
        int c = i == a->nvalues ? 1
                : j == b->nvalues
                    ? -1
                    : compare_scores(&a->values[i], &b->values[j]);
        const struct sq_score *v = c <= 0 ? &a->values[i] : &b->values[j];
        double x = c <= 0 ? a->values[i].value : NAN;
        double y = c >= 0 ? b->values[j].value : NAN;
        size_t at_i = i, at_j = j;
        i += c <= 0;
        j += c >= 0;
        if (!wanted(a, b, suite, v->suite))
            continue;
        if (!*n || !same_group(&(*groups)[*n - 1], v)) {
            size_t most = run_length(a, at_i, v) + run_length(b, at_j, v);
            enum sq_status st =
                begin_group(v, most, arena, &(*groups)[(*n)++], err);
            if (st != SQ_OK)
                return st;
        }
        struct sq_pair_group *g = &(*groups)[*n - 1];
        g->pairs[g->npairs++] = (struct sq_pair){v->sample, x, y};
        g->both += c == 0;
    }
    return SQ_OK;
}

double *sq_pair_differences(const struct sq_pair_group *g, bool lost, size_t *n)
{
    double *d = sq_xcalloc(g->npairs + 1, sizeof *d);
    *n = 0;
    for (size_t i = 0; i < g->npairs; i++) {
        const struct sq_pair *p = &g->pairs[i];
        if (!lost && (isnan(p->a) || isnan(p->b)))
            continue;
        d[(*n)++] =
            (isnan(p->b) ? g->min : p->b) - (isnan(p->a) ? g->min : p->a);
    }
    return d;
}

void sq_pair_means(const struct sq_pair_group *g, double *a, double *b)
{
    double *x = sq_xcalloc(2 * g->both + 1, sizeof *x), *y = x + g->both;
    size_t n = 0;
    for (size_t i = 0; i < g->npairs; i++) {
        const struct sq_pair *p = &g->pairs[i];
        if (isnan(p->a) || isnan(p->b))
            continue;
        x[n] = p->a;
        y[n++] = p->b;
    }
    *a = sq_stat_mean(x, n, g->min, g->max).value;
    *b = sq_stat_mean(y, n, g->min, g->max).value;
    free(x);
}

uint64_t sq_pair_seed(const struct sq_pair_group *g)
{
    uint64_t words[2] = {g->suite.n, g->metric.n};
    for (size_t i = 0; i < g->suite.n; i++)
        words[0] = words[0] * 31 + (unsigned char)g->suite.p[i];
    for (size_t i = 0; i < g->metric.n; i++)
        words[1] = words[1] * 31 + (unsigned char)g->metric.p[i];
    return sq_rng_mix(words, 2);
}
