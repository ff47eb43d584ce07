/* The differences of a report page: every other run against the first. */
#include <math.h>
#include <stdlib.h>

#include "report/compare.h"
#include "report/html.h"
#include "report/page_parts.h"
#include "seqeval_metric.h"

#define LEVEL 0.05

/* What a row says of the second run, in a word. */
static const char *reading(const struct sq_compare_line *l)
{
    bool lower = sq_metric_find(l->group->metric)->lower;
    if (isnan(l->holm) || l->holm >= LEVEL)
        return "not told apart";
    return (l->diff > 0) != lower ? "better" : "worse";
}

/* As reports order metrics. */
static int by_metric(const void *pa, const void *pb)
{
    const struct sq_compare_line *a = pa, *b = pb;
    const struct sq_metric *x = sq_metric_find(a->group->metric);
    const struct sq_metric *y = sq_metric_find(b->group->metric);
    int c = (x > y) - (x < y);
    return c ? c : sq_str_cmp(a->group->metric, b->group->metric);
}

static sq_str number(struct sq_page *p, double v, bool difference)
{
    struct sq_arena *a = &p->arena;
    if (isnan(v))
        return (sq_str){NULL, 0};
    return sq_str_from(difference ? sq_arena_printf(a, "%+.4f", v)
                                  : sq_arena_printf(a, "%.4f", v));
}

static void add_table(struct sq_page *p, const struct sq_page_run *a,
                      const struct sq_page_run *b, sq_str suite,
                      const struct sq_compare_line *lines, size_t n)
{
    static const struct sq_grid_column columns[] = {
        {"metric", false},    {"is", false},
        {"difference", true}, {"from", true},
        {"to", true},         {"p (Holm)", true},
        {"samples", true},    {"the first run", true},
        {"this run", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 9};
    for (size_t i = 0; i < n; i++) {
        const struct sq_compare_line *l = &lines[i];
        sq_str cells[] = {
            l->group->metric,
            sq_str_from(reading(l)),
            number(p, l->diff, true),
            number(p, l->interval.lo, true),
            number(p, l->interval.hi, true),
            sq_grid_p(&p->arena, l->holm),
            sq_str_from(sq_arena_printf(&p->arena, "%zu", l->group->both)),
            number(p, l->a, false),
            number(p, l->b, false)};
        sq_grid_add(&g, cells);
    }
    sq_html_grid(&g,
                 sq_str_from(sq_arena_printf(
                     &p->arena, "%.*s against %.*s, %.*s", SQ_STR_ARG(b->label),
                     SQ_STR_ARG(a->label), SQ_STR_ARG(suite))),
                 p->out);
    sq_grid_release(&g);
}

/* The suites that both have and that are the same in both. */
static enum sq_status add_pair(struct sq_page *p, const struct sq_scores *a,
                               const struct sq_page_run *run, bool *any,
                               struct sq_err *err)
{
    struct sq_scores b = {0};
    enum sq_status st = sq_scores_read(p->store, run->id.p, &b, err);
    for (size_t i = 0; i < a->nsuites && st == SQ_OK; i++) {
        struct sq_compare_line *lines = NULL;
        struct sq_buf why;
        size_t n = 0;
        sq_buf_init(&why, SQ_MAX_MESSAGE);
        sq_scores_differ(a, &b, (struct sq_scores_names){"a", "b"},
                         a->suites[i].label.p, &why);
        if (!why.n)
            st = sq_compare_lines(a, &b, a->suites[i].label.p, NULL, true,
                                  &p->arena, &lines, &n, err);
        if (st == SQ_OK && n) {
            qsort(lines, n, sizeof *lines, by_metric);
            add_table(p, &p->runs[0], run, a->suites[i].label, lines, n);
            *any = true;
        }
        sq_buf_release(&why);
        free(lines);
    }
    sq_scores_release(&b);
    return st;
}

enum sq_status sq_page_compare(struct sq_page *p, struct sq_err *err)
{
    struct sq_scores first = {0};
    enum sq_status st = SQ_OK;
    bool any = false;
    if (p->nruns < 2)
        return SQ_OK;
    sq_buf_adds(
        p->out,
        "<section id=\"differences\"><h2>Differences</h2>\n"
        "<p class=\"note\">On the samples for which both runs have a value, "
        "with the 95% interval of the difference. Better or worse: p is below "
        "0.05, Holm's over the rows of a table. Not told apart: it may be "
        "chance, even where the interval over a few samples leaves out 0. "
        "Which samples differ: &#8220;Runs differ&#8221; among the "
        "<a href=\"#samples-section\">samples</a>.</p>\n");
    st = sq_scores_read(p->store, p->runs[0].id.p, &first, err);
    for (size_t i = 1; i < p->nruns && st == SQ_OK; i++)
        st = add_pair(p, &first, &p->runs[i], &any, err);
    if (!any)
        sq_buf_adds(p->out, "<p>No other run may be compared with the first: "
                            "the results say why.</p>\n");
    sq_buf_adds(p->out, "</section>\n");
    sq_scores_release(&first);
    return st;
}
