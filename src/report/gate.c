#include "report/gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/grid.h"

enum sq_status sq_gate_limit_parse(const char *text, bool floor,
                                   struct sq_gate_limit *out,
                                   struct sq_err *err)
{
    const char *flag = floor ? "--min" : "--max-drop";
    sq_str all = sq_str_from(text);
    const char *last = strrchr(text, '='); /* a suite's label may have some */
    size_t at = last ? (size_t)(last - text) : 0, suite;
    *out = (struct sq_gate_limit){.floor = floor};
    if (at == 0 || !sq_str_to_num(sq_str_sub(all, at + 1, all.n), &out->value))
        return sq_err_set(err, SQ_USAGE, "%s: '%s' is not METRIC[@SUITE]=%s",
                          flag, text, floor ? "VALUE" : "POINTS");
    out->metric = sq_str_sub(all, 0, at);
    /* the one metric with the sign in its name */
    suite = sq_str_starts(out->metric, SQ_STR("pass@")) ? 5 : 0;
    suite = sq_str_find(out->metric, SQ_STR("@"), suite);
    if (suite != SIZE_MAX) {
        out->suite = sq_str_sub(out->metric, suite + 1, at);
        out->metric = sq_str_sub(out->metric, 0, suite);
    }
    if (!floor && !(out->value > 0 && out->value <= 100))
        return sq_err_set(err, SQ_USAGE,
                          "%s: '%s': want points above 0, up to 100: no number "
                          "of samples can show a drop of nothing",
                          flag, text);
    return SQ_OK;
}

static double point(const struct sq_pair_group *g)
{
    return (g->max - g->min) / 100;
}

static void means(struct sq_gate_row *row)
{
    const struct sq_pair_group *g = row->group;
    double sum = 0;
    size_t n = 0;
    sq_pair_means(g, &row->baseline, &row->candidate);
    row->lost = g->npairs - g->both;
    if (!row->limit.floor)
        return;
    for (size_t i = 0; i < g->npairs; i++) {
        sum += isnan(g->pairs[i].b) ? 0 : g->pairs[i].b;
        n += !isnan(g->pairs[i].b);
    }
    row->test.n = n;
    row->candidate = sum / (double)n;
}

/* Measures the drop, with lost samples left out or counted as the worst. */
static struct sq_gate_test measure(const struct sq_gate_row *row, bool lost)
{
    const struct sq_pair_group *g = row->group;
    struct sq_gate_test t = {.allowed = row->limit.value * point(g),
                             .range = g->max - g->min};
    size_t n = 0;
    double *d = sq_pair_differences(g, lost, &n);
    for (size_t i = 0; i < n; i++)
        d[i] = -d[i];
    sq_gate_measure(&t, d, n, sq_pair_seed(g));
    free(d);
    return t;
}

static void judge_floor(struct sq_gate_row *row)
{
    const struct sq_pair_group *g = row->group;
    size_t gone = g->npairs - row->test.n;
    double n = (double)row->test.n;
    double worst =
        (row->candidate * n + (double)gone * g->min) / (double)g->npairs;
    if (row->test.n == 0) {
        row->verdict = SQ_GATE_INCONCLUSIVE;
        (void)snprintf(row->why, sizeof row->why,
                       "no sample of the candidate has a value");
    } else if (row->candidate < row->limit.value) {
        row->verdict = SQ_GATE_FAIL;
        (void)snprintf(row->why, sizeof row->why, "%.4f is below %g",
                       row->candidate, row->limit.value);
    } else if (gone && worst < row->limit.value) {
        row->verdict = SQ_GATE_INCONCLUSIVE;
        (void)snprintf(row->why, sizeof row->why,
                       "%.4f, but below %g were the %zu samples without a "
                       "value counted as the worst",
                       row->candidate, row->limit.value, gone);
    } else {
        row->verdict = SQ_GATE_PASS;
        (void)snprintf(row->why, sizeof row->why, "%.4f is at least %g",
                       row->candidate, row->limit.value);
    }
}

static void judge_drop(struct sq_gate_row *row,
                       const struct sq_gate_test *worst)
{
    const struct sq_gate_test *t = &row->test;
    double unit = point(row->group);
    row->verdict = t->verdict;
    if (t->verdict == SQ_GATE_FAIL)
        (void)snprintf(row->why, sizeof row->why,
                       "dropped by %.2f points, %g allowed (p %.2g, %zu "
                       "samples)",
                       t->drop / unit, row->limit.value, t->p, t->n);
    else if (t->verdict == SQ_GATE_INCONCLUSIVE)
        (void)snprintf(row->why, sizeof row->why,
                       "too few samples: %zu show a drop of %g points with "
                       "chance %.2f, about %zu would with %.2g",
                       t->n, row->limit.value, t->n ? t->power : 0, t->needed,
                       SQ_GATE_POWER);
    else if (worst->verdict == SQ_GATE_FAIL) {
        row->verdict = SQ_GATE_INCONCLUSIVE;
        (void)snprintf(row->why, sizeof row->why,
                       "%zu samples have a value on one side only; counted as "
                       "the worst they drop it by %.2f points",
                       row->lost, worst->drop / unit);
    } else if (t->drop > t->allowed) {
        (void)snprintf(row->why, sizeof row->why,
                       "a drop of %.2f points, which may be chance (p %.2g)",
                       t->drop / unit, t->p);
    } else {
        (void)snprintf(row->why, sizeof row->why,
                       "changed by %+.2f points, a drop of %g is allowed",
                       0 - t->drop / unit, row->limit.value);
    }
}

/* Decides the drops of all rows together, so that alpha is the gate's. */
static void judge(struct sq_gate_result *r, double alpha)
{
    struct sq_gate_test *t = sq_xcalloc(2 * r->n + 1, sizeof *t);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += !r->rows[i].limit.floor;
    struct sq_gate_test *worst = t + n;
    for (size_t i = 0, k = 0; i < r->n; i++)
        if (!r->rows[i].limit.floor) {
            t[k] = measure(&r->rows[i], false);
            worst[k] = r->rows[i].lost ? measure(&r->rows[i], true) : t[k];
            k++;
        }
    sq_gate_decide(t, n, alpha);
    sq_gate_decide(worst, n, alpha);
    r->verdict = SQ_GATE_PASS;
    for (size_t i = 0, k = 0; i < r->n; i++) {
        struct sq_gate_row *row = &r->rows[i];
        if (row->limit.floor) {
            judge_floor(row);
        } else {
            row->test = t[k];
            judge_drop(row, &worst[k++]);
        }
        if (row->verdict == SQ_GATE_FAIL || r->verdict == SQ_GATE_PASS)
            r->verdict = row->verdict;
    }
    free(t);
}

/* One row for each suite that has the limit's metric. */
static enum sq_status add_rows(struct sq_gate_result *r,
                               const struct sq_gate_limit *limit,
                               const struct sq_pair_group *groups, size_t n,
                               struct sq_err *err)
{
    size_t before = r->n;
    for (size_t i = 0; i < n; i++) {
        const struct sq_pair_group *g = &groups[i];
        if (!sq_str_eq(g->metric, limit->metric) ||
            (limit->suite.n && !sq_str_eq(g->suite, limit->suite)))
            continue;
        if (limit->floor && (limit->value < g->min || limit->value > g->max))
            return sq_err_set(err, SQ_USAGE,
                              "--min: %.*s lies between %g and %g, %g does not",
                              SQ_STR_ARG(limit->metric), g->min, g->max,
                              limit->value);
        struct sq_gate_row *row = &r->rows[r->n++];
        *row = (struct sq_gate_row){.limit = *limit, .group = g};
        means(row);
    }
    if (r->n > before)
        return SQ_OK;
    return sq_err_set(err, SQ_NOT_FOUND,
                      "%s: no suite%s%.*s of these runs has a metric '%.*s'; "
                      "seqeval show RUN lists what there is",
                      limit->floor ? "--min" : "--max-drop",
                      limit->suite.n ? " " : "", SQ_STR_ARG(limit->suite),
                      SQ_STR_ARG(limit->metric));
}

enum sq_status sq_gate_evaluate(const struct sq_scores *baseline,
                                const struct sq_scores *candidate,
                                const struct sq_gate_options *how,
                                struct sq_gate_result *out, struct sq_err *err)
{
    struct sq_pair_group *groups = NULL;
    struct sq_buf why;
    size_t n = 0;
    enum sq_status st = SQ_OK;
    *out = (struct sq_gate_result){.baseline_run = baseline->run,
                                   .baseline_model = baseline->model,
                                   .candidate_run = candidate->run,
                                   .candidate_model = candidate->model};
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_scores_differ(baseline, candidate,
                     (struct sq_scores_names){"the baseline", "the candidate"},
                     how->suite, &why);
    if (why.n)
        st =
            sq_err_set(err, SQ_INPUT,
                       "baseline and candidate are not of the same: %s", why.p);
    sq_buf_release(&why);
    if (st == SQ_OK)
        st = sq_scores_pair(baseline, candidate, how->suite, &out->arena,
                            &groups, &n, err);
    out->rows =
        sq_arena_array(&out->arena, n * how->nlimits + 1, sizeof *out->rows);
    for (size_t i = 0; i < how->nlimits && st == SQ_OK; i++)
        st = add_rows(out, &how->limits[i], groups, n, err);
    if (st == SQ_OK)
        judge(out, how->alpha);
    return st;
}

void sq_gate_release(struct sq_gate_result *r)
{
    sq_arena_release(&r->arena);
    *r = (struct sq_gate_result){0};
}

/* ---- rendering ---------------------------------------------------------- */

void sq_gate_limit_name(const struct sq_gate_limit *l, struct sq_buf *out)
{
    sq_buf_addf(out, "%s %.*s=%g", l->floor ? "min" : "max-drop",
                SQ_STR_ARG(l->metric), l->value);
}

void sq_gate_headline(const struct sq_gate_result *r, struct sq_buf *out)
{
    size_t bad = 0;
    for (size_t i = 0; i < r->n; i++)
        bad += r->rows[i].verdict == r->verdict;
    sq_buf_addf(out, "gate: %s: ", sq_gate_verdict_name(r->verdict));
    if (r->verdict == SQ_GATE_PASS)
        sq_buf_addf(out, "all %zu limits hold", r->n);
    else
        sq_buf_addf(out, "%zu of %zu limits", bad, r->n);
}

static sq_str rounded(struct sq_gate_result *r, double v, int places)
{
    if (!isfinite(v))
        return (sq_str){NULL, 0};
    return sq_str_from(sq_arena_printf(&r->arena, "%.*f", places, v));
}

static sq_str limit_name(struct sq_gate_result *r,
                         const struct sq_gate_limit *l)
{
    struct sq_buf name;
    sq_buf_init(&name, SQ_MAX_MESSAGE);
    sq_gate_limit_name(l, &name);
    sq_str s = sq_arena_str(&r->arena, sq_buf_str(&name));
    sq_buf_release(&name);
    return s;
}

static void people(struct sq_gate_result *r, const char *format,
                   struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"verdict", false},  {"limit", false}, {"baseline", true},
        {"candidate", true}, {"drop", true},   {"p", true},
        {"detectable", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 7};
    for (size_t i = 0; i < r->n; i++) {
        const struct sq_gate_row *row = &r->rows[i];
        double unit = point(row->group);
        bool floor = row->limit.floor;
        sq_str cells[7] = {
            sq_str_from(sq_gate_verdict_name(row->verdict)),
            limit_name(r, &row->limit),
            rounded(r, row->baseline, 4),
            rounded(r, row->candidate, 4),
            rounded(r, floor ? NAN : row->test.drop / unit, 2),
            sq_grid_p(&r->arena, floor ? NAN : row->test.p),
            rounded(r, floor ? NAN : row->test.detectable / unit, 2)};
        sq_grid_add(&g, cells);
    }
    sq_grid_render(&g, format, out);
    sq_grid_release(&g);
}

/* The reasons, each with its suite: they are too long for the first table. */
static void reasons(struct sq_gate_result *r, const char *format,
                    struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"suite", false}, {"metric", false}, {"why", false}};
    struct sq_grid g = {.columns = columns, .ncolumns = 3};
    for (size_t i = 0; i < r->n; i++) {
        const struct sq_gate_row *row = &r->rows[i];
        sq_str cells[3] = {row->group->suite, row->group->metric,
                           sq_str_from(row->why)};
        sq_grid_add(&g, cells);
    }
    sq_buf_addc(out, '\n');
    sq_grid_render(&g, format, out);
    sq_grid_release(&g);
}

static void programs(struct sq_gate_result *r, const char *format,
                     struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {{"suite", false},
                                                    {"metric", false},
                                                    {"limit", false},
                                                    {"verdict", false},
                                                    {"baseline", true},
                                                    {"candidate", true},
                                                    {"drop_points", true},
                                                    {"p", true},
                                                    {"n", true},
                                                    {"lost", true},
                                                    {"detectable_points", true},
                                                    {"power", true},
                                                    {"needed_n", true},
                                                    {"why", false}};
    struct sq_grid g = {.columns = columns, .ncolumns = 14};
    for (size_t i = 0; i < r->n; i++) {
        const struct sq_gate_row *row = &r->rows[i];
        const struct sq_gate_test *t = &row->test;
        double unit = point(row->group), none = row->limit.floor ? NAN : 0;
        sq_str cells[14] = {
            row->group->suite,
            row->group->metric,
            limit_name(r, &row->limit),
            sq_str_from(sq_gate_verdict_name(row->verdict)),
            sq_grid_number(&r->arena, row->baseline),
            sq_grid_number(&r->arena, row->candidate),
            sq_grid_number(&r->arena, none + t->drop / unit),
            sq_grid_number(&r->arena, none + t->p),
            sq_grid_number(&r->arena, (double)t->n),
            sq_grid_number(&r->arena, (double)row->lost),
            sq_grid_number(&r->arena, none + t->detectable / unit),
            sq_grid_number(&r->arena, none + t->power),
            sq_grid_number(&r->arena, none + (double)t->needed),
            sq_str_from(row->why)};
        sq_grid_add(&g, cells);
    }
    sq_grid_render(&g, format, out);
    sq_grid_release(&g);
}

void sq_gate_render(struct sq_gate_result *r, const char *format,
                    struct sq_buf *out)
{
    if (strcmp(format, "csv") == 0 || strcmp(format, "json") == 0) {
        programs(r, format, out);
        return;
    }
    people(r, format, out);
    reasons(r, format, out);
}
