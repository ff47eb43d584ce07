#include "report/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/grid.h"
#include "report/moved.h"
#include "report/notes.h"
#include "seqeval_metric.h"

#define RESAMPLES 10000

struct comparison {
    struct sq_store *store;
    const struct sq_compare_options *how;
    struct sq_arena arena;
    struct sq_compare_line *lines;
    size_t n;
    bool people;
};

/* Are all values 0 or 1? Counts those that went up and down. */
static bool binary(const struct sq_pair_group *g, size_t *up, size_t *down)
{
    *up = *down = 0;
    for (size_t i = 0; i < g->npairs; i++) {
        const struct sq_pair *p = &g->pairs[i];
        if (isnan(p->a) || isnan(p->b))
            continue;
        if ((p->a != 0 && p->a != 1) || (p->b != 0 && p->b != 1))
            return false;
        *up += p->b > p->a;
        *down += p->b < p->a;
    }
    return g->min == 0 && g->max == 1;
}

static void measure(const struct sq_pair_group *g, struct sq_compare_line *l)
{
    size_t n = 0, up, down;
    double *d = sq_pair_differences(g, false, &n);
    struct sq_paired_t t = sq_stat_paired_t(d, n);
    *l = (struct sq_compare_line){.group = g};
    sq_pair_means(g, &l->a, &l->b);
    l->diff = l->b - l->a;
    l->interval = sq_stat_bootstrap(d, n, RESAMPLES, sq_pair_seed(g));
    l->p = binary(g, &up, &down) && n ? sq_stat_mcnemar(up, down).mid : t.p;
    free(d);
}

static void adjust(struct sq_compare_line *lines, size_t n)
{
    double *p = sq_xcalloc(2 * n + 1, sizeof *p), *holm = p + n;
    for (size_t i = 0; i < n; i++)
        p[i] = isnan(lines[i].p) ? 1 : lines[i].p;
    sq_stat_holm(p, n, holm);
    for (size_t i = 0; i < n; i++)
        lines[i].holm = isnan(lines[i].p) ? NAN : holm[i];
    free(p);
}

enum sq_status sq_compare_lines(const struct sq_scores *a,
                                const struct sq_scores *b, const char *suite,
                                const char *metric, bool overview,
                                struct sq_arena *arena,
                                struct sq_compare_line **lines, size_t *n,
                                struct sq_err *err)
{
    struct sq_pair_group *groups = NULL;
    size_t ngroups = 0;
    enum sq_status st =
        sq_scores_pair(a, b, suite, arena, &groups, &ngroups, err);
    *lines = sq_xcalloc(ngroups + 1, sizeof **lines);
    *n = 0;
    for (size_t i = 0; i < ngroups && st == SQ_OK; i++) {
        const struct sq_metric *m = sq_metric_find(groups[i].metric);
        if (metric && !sq_str_eq(groups[i].metric, sq_str_from(metric)))
            continue;
        if (!overview || !m->detail)
            measure(&groups[i], &(*lines)[(*n)++]);
    }
    adjust(*lines, *n);
    return st;
}

/* Three places for people, all of them for programs; empty for NaN. */
static sq_str number(struct comparison *c, double v, const char *people)
{
    if (isnan(v))
        return (sq_str){NULL, 0};
    if (c->people)
        return sq_str_from(
            sq_arena_printf(&c->arena, *people == '+' ? "%+.3f" : "%.3f", v));
    return sq_grid_number(&c->arena, v);
}

static sq_str count(struct comparison *c, size_t n)
{
    return sq_str_from(sq_arena_printf(&c->arena, "%zu", n));
}

/* Rows [from, to) without their suite, which stands above them. */
static void people_rows(struct comparison *c, size_t from, size_t to,
                        struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"metric", false},       {"A", true}, {"B", true},    {"B - A", true},
        {"95% interval", false}, {"p", true}, {"Holm", true}, {"n", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 8};
    for (size_t i = from; i < to; i++) {
        const struct sq_compare_line *l = &c->lines[i];
        sq_str range = {NULL, 0};
        if (!isnan(l->interval.lo))
            range = sq_str_from(sq_arena_printf(
                &c->arena, "%+.3f to %+.3f", l->interval.lo, l->interval.hi));
        sq_str cells[8] = {l->group->metric,
                           number(c, l->a, ""),
                           number(c, l->b, ""),
                           number(c, l->diff, "+"),
                           range,
                           sq_grid_p(&c->arena, l->p),
                           sq_grid_p(&c->arena, l->holm),
                           count(c, l->group->both)};
        sq_grid_add(&g, cells);
    }
    sq_grid_render(&g, c->how->format, out);
    sq_grid_release(&g);
}

static void program_rows(struct comparison *c, struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"run_a", false},  {"run_b", false}, {"suite", false},
        {"metric", false}, {"a", true},      {"b", true},
        {"diff", true},    {"lo", true},     {"hi", true},
        {"p", true},       {"p_holm", true}, {"n", true},
        {"unpaired", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 13};
    for (size_t i = 0; i < c->n; i++) {
        const struct sq_compare_line *l = &c->lines[i];
        const struct sq_pair_group *p = l->group;
        sq_str cells[13] = {sq_str_from(c->how->a),
                            sq_str_from(c->how->b),
                            p->suite,
                            p->metric,
                            number(c, l->a, ""),
                            number(c, l->b, ""),
                            number(c, l->diff, ""),
                            number(c, l->interval.lo, ""),
                            number(c, l->interval.hi, ""),
                            number(c, l->p, ""),
                            number(c, l->holm, ""),
                            count(c, p->both),
                            count(c, p->npairs - p->both)};
        sq_grid_add(&g, cells);
    }
    sq_grid_render(&g, c->how->format, out);
    sq_grid_release(&g);
}

static const struct sq_grid_column moved_columns[] = {
    {"suite", false}, {"metric", false}, {"sample_id", false},
    {"a", true},      {"b", true},       {"steps", false}};

/* Adds the samples of one line that moved most. */
static enum sq_status moved_rows(struct comparison *c,
                                 const struct sq_compare_line *l,
                                 struct sq_grid *g, size_t skip,
                                 struct sq_err *err)
{
    size_t top = (size_t)c->how->top;
    size_t *at = sq_xcalloc(top + 1, sizeof *at);
    size_t n = sq_moved_pick(l->group, false, top, at);
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        const struct sq_pair *p = &l->group->pairs[at[i]];
        struct sq_buf steps;
        sq_buf_init(&steps, SQ_MAX_MESSAGE);
        st = sq_moved_steps(c->store, c->how->a, c->how->b, l->group->suite,
                            p->sample, &steps, err);
        sq_str cells[6] = {
            l->group->suite,     l->group->metric,
            p->sample,           number(c, p->a, ""),
            number(c, p->b, ""), sq_arena_str(&c->arena, sq_buf_str(&steps))};
        sq_grid_add(g, cells + skip);
        sq_buf_release(&steps);
    }
    free(at);
    return st;
}

/* The samples of rows [from, to), the suite left out. */
static enum sq_status people_moved(struct comparison *c, size_t from, size_t to,
                                   struct sq_buf *out, struct sq_err *err)
{
    struct sq_grid g = {.columns = moved_columns + 1, .ncolumns = 5};
    enum sq_status st = SQ_OK;
    for (size_t i = from; i < to && st == SQ_OK; i++)
        st = moved_rows(c, &c->lines[i], &g, 1, err);
    if (st == SQ_OK && g.nrows) {
        sq_buf_adds(out, "\nmoved most, and the steps that changed\n\n");
        sq_grid_render(&g, c->how->format, out);
    }
    sq_grid_release(&g);
    return st;
}

static enum sq_status render_people(struct comparison *c, struct sq_buf *out,
                                    struct sq_err *err)
{
    bool markdown = strcmp(c->how->format, "markdown") == 0;
    enum sq_status st = SQ_OK;
    for (size_t from = 0, to; from < c->n && st == SQ_OK; from = to) {
        sq_str suite = c->lines[from].group->suite;
        for (to = from + 1;
             to < c->n && sq_str_eq(c->lines[to].group->suite, suite); to++)
            ;
        sq_buf_addf(out, "%s%s%.*s\n\n", from ? "\n" : "",
                    markdown ? "### " : "", SQ_STR_ARG(suite));
        people_rows(c, from, to, out);
        st = people_moved(c, from, to, out, err);
    }
    if (!c->n)
        sq_buf_adds(out, "no scores that both have\n");
    return st;
}

static enum sq_status render(struct comparison *c, struct sq_buf *out,
                             struct sq_err *err)
{
    if (c->people)
        return render_people(c, out, err);
    if (!c->how->moved) {
        program_rows(c, out);
        return SQ_OK;
    }
    struct sq_grid g = {.columns = moved_columns, .ncolumns = 6};
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < c->n && st == SQ_OK; i++)
        st = moved_rows(c, &c->lines[i], &g, 0, err);
    if (st == SQ_OK)
        sq_grid_render(&g, c->how->format, out);
    sq_grid_release(&g);
    return st;
}

static void note_status(const struct sq_scores *s, struct sq_buf *notes)
{
    if (!sq_str_eq(s->status, SQ_STR("complete")))
        sq_buf_addf(notes, "run %.*s is %.*s\n", SQ_STR_ARG(s->run),
                    SQ_STR_ARG(s->status));
}

/* Refuses what may not be compared, or notes it. */
static enum sq_status check(const struct sq_scores *a,
                            const struct sq_scores *b,
                            const struct sq_compare_options *how,
                            struct sq_buf *notes, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    struct sq_buf why;
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_scores_differ(a, b, (struct sq_scores_names){how->a, how->b}, how->suite,
                     &why);
    note_status(a, notes);
    note_status(b, notes);
    if (why.n && how->allow_different)
        sq_buf_addf(notes, "not the same in both: %s\n", why.p);
    else if (why.n)
        st = sq_err_set(err, SQ_USAGE,
                        "not the same in both: %s; --allow-different compares "
                        "them nevertheless",
                        why.p);
    sq_buf_release(&why);
    return st;
}

static enum sq_status compare(struct comparison *c, const struct sq_scores *a,
                              const struct sq_scores *b, struct sq_buf *out,
                              struct sq_err *err)
{
    enum sq_status st =
        sq_compare_lines(a, b, c->how->suite, c->how->metric, false, &c->arena,
                         &c->lines, &c->n, err);
    if (st == SQ_OK && c->how->metric && !c->n)
        st = sq_err_set(err, SQ_NOT_FOUND, "--metric: no score named '%s'",
                        c->how->metric);
    return st == SQ_OK ? render(c, out, err) : st;
}

enum sq_status sq_compare_render(struct sq_store *store,
                                 const struct sq_compare_options *how,
                                 struct sq_buf *out, struct sq_buf *notes,
                                 struct sq_err *err)
{
    struct sq_scores a = {0}, b = {0};
    struct comparison c = {.store = store, .how = how};
    c.people = strcmp(how->format, "table") == 0 ||
               strcmp(how->format, "markdown") == 0;
    enum sq_status st = sq_scores_read(store, how->a, &a, err);
    if (st == SQ_OK)
        st = sq_scores_read(store, how->b, &b, err);
    if (st == SQ_OK)
        st = check(&a, &b, how, notes, err);
    if (st == SQ_OK)
        st = sq_notes_line(store, how->a, notes, err);
    if (st == SQ_OK)
        st = sq_notes_line(store, how->b, notes, err);
    if (st == SQ_OK)
        st = compare(&c, &a, &b, out, err);
    free(c.lines);
    sq_arena_release(&c.arena);
    sq_scores_release(&a);
    sq_scores_release(&b);
    return st;
}
