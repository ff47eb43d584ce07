#include "run/agree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat/agreement.h"
#include "stat/stat.h"

#define RESAMPLES 1000
#define SEED 20250101
#define QUALITIES 5

/* The answers to one question of one template: a row of njudges for each unit,
 * 1 and 0 or the quality, NaN = none. */
struct matrix {
    char *template_, *question, *unit;
    double *ratings;
    size_t nunits, cap;
};

struct fold {
    struct sq_session *session;
    struct matrix *list;
    size_t n;
};

static bool same(const char *a, sq_str b)
{
    return a && sq_str_eq(sq_str_from(a), b);
}

static struct matrix *matrix_of(struct fold *f, const struct sq_store_row *row)
{
    struct matrix *m = f->n ? &f->list[f->n - 1] : NULL;
    if (m && same(m->template_, row->cols[0]) &&
        same(m->question, row->cols[1]))
        return m;
    f->list = sq_xrealloc(f->list, f->n + 1, sizeof *f->list);
    m = &f->list[f->n++];
    *m = (struct matrix){.template_ = sq_str_dup(row->cols[0]),
                         .question = sq_str_dup(row->cols[1])};
    return m;
}

static void add_unit(struct matrix *m, sq_str unit, size_t njudges)
{
    if (m->nunits == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 64;
        m->ratings =
            sq_xrealloc(m->ratings, m->cap * njudges, sizeof *m->ratings);
    }
    for (size_t i = 0; i < njudges; i++)
        m->ratings[m->nunits * njudges + i] = NAN;
    m->nunits++;
    free(m->unit);
    m->unit = sq_str_dup(unit);
}

/* SQ_QUERY_RUN_FINDINGS */
static void on_finding(void *ctx, const struct sq_store_row *row)
{
    struct fold *f = ctx;
    const struct sq_session *s = f->session;
    struct matrix *m = matrix_of(f, row);
    size_t judge = 0;
    if (!same(m->unit, row->cols[2]))
        add_unit(m, row->cols[2], s->njudges);
    while (judge < s->njudges && !same(s->judges[judge].name, row->cols[3]))
        judge++;
    enum sq_state state = sq_state_from_name(row->cols[4]);
    if (judge == s->njudges || !sq_state_decided(state))
        return;
    double *at = &m->ratings[(m->nunits - 1) * s->njudges + judge];
    *at = state == SQ_STATE_PASS;
    (void)sq_str_to_num(row->cols[5], at);
}

static bool is_quality(const struct matrix *m)
{
    return strcmp(m->question, "quality") == 0;
}

/* As a category; -1 = none. */
static int category(const struct matrix *m, double v)
{
    if (isnan(v))
        return -1;
    return is_quality(m) ? (int)floor(v + 0.5) - 1 : (int)v;
}

static enum sq_status put(struct sq_session *s, const struct matrix *m,
                          struct sq_audit row, struct sq_err *err)
{
    /* A template with two questions has each measure twice. */
    row.judge_template = m->template_;
    row.measure = sq_arena_printf(&s->arena, "%s_%s", m->question, row.measure);
    return sq_store_audit_put(s->store, &s->run, &row, err);
}

static enum sq_status put_pair(struct sq_session *s, const struct matrix *m,
                               size_t a, size_t b, struct sq_err *err)
{
    int *x = sq_xcalloc(m->nunits, sizeof *x);
    int *y = sq_xcalloc(m->nunits, sizeof *y);
    size_t n = 0, equal = 0;
    for (size_t i = 0; i < m->nunits; i++) {
        x[i] = category(m, m->ratings[i * s->njudges + a]);
        y[i] = category(m, m->ratings[i * s->njudges + b]);
        n += x[i] >= 0 && y[i] >= 0;
        equal += x[i] >= 0 && x[i] == y[i];
    }
    struct sq_kappa k =
        sq_stat_kappa(x, y, m->nunits, is_quality(m) ? QUALITIES : 2,
                      is_quality(m) ? SQ_KAPPA_QUADRATIC : SQ_KAPPA_PLAIN);
    struct sq_audit row = {.judge = sq_arena_printf(&s->arena, "%s + %s",
                                                    s->judges[a].name,
                                                    s->judges[b].name),
                           .measure = "agreement",
                           .value = n ? (double)equal / (double)n : NAN,
                           .n = n};
    sq_stat_wilson((double)equal, (double)n, &row.lo, &row.hi);
    enum sq_status st = put(s, m, row, err);
    row = (struct sq_audit){row.judge, NULL, "kappa", k.kappa, k.lo, k.hi, k.n};
    if (st == SQ_OK)
        st = put(s, m, row, err);
    free(x);
    free(y);
    return st;
}

static enum sq_status put_matrix(struct sq_session *s, const struct matrix *m,
                                 struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t a = 0; a < s->njudges; a++)
        for (size_t b = a + 1; b < s->njudges && st == SQ_OK; b++)
            st = put_pair(s, m, a, b, err);
    if (st != SQ_OK)
        return st;
    struct sq_alpha all = sq_stat_alpha(
        m->ratings, m->nunits, s->njudges,
        is_quality(m) ? SQ_ALPHA_INTERVAL : SQ_ALPHA_NOMINAL, RESAMPLES, SEED);
    struct sq_audit row = {"",     NULL,   "alpha",  all.alpha,
                           all.lo, all.hi, all.units};
    return put(s, m, row, err);
}

enum sq_status sq_agree_put(struct sq_session *s, struct sq_err *err)
{
    struct fold f = {.session = s};
    sq_str run = sq_str_from(s->run.id);
    enum sq_status st = sq_store_each(s->store, SQ_QUERY_RUN_FINDINGS, &run, 1,
                                      on_finding, &f, err);
    for (size_t i = 0; i < f.n; i++) {
        struct matrix *m = &f.list[i];
        if (st == SQ_OK)
            st = put_matrix(s, m, err);
        free(m->template_);
        free(m->question);
        free(m->unit);
        free(m->ratings);
    }
    free(f.list);
    return st;
}
