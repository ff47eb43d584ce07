/* The metrics of a report page: overall, and by slice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/page_parts.h"
#include "seqeval_metric.h"

static sq_str rounded(struct sq_arena *a, sq_str text)
{
    return sq_grid_rounded(a, text);
}

static sq_str interval(struct sq_arena *a, const struct sq_board_row *r)
{
    if (!r->lo_text.n)
        return (sq_str){NULL, 0};
    return sq_str_from(sq_arena_printf(a, "%.*s to %.*s",
                                       SQ_STR_ARG(rounded(a, r->lo_text)),
                                       SQ_STR_ARG(rounded(a, r->hi_text))));
}

static const struct sq_page_run *run_of(const struct sq_page *p,
                                        const struct sq_board_entry *e)
{
    for (size_t i = 0; i < p->nruns; i++)
        if (sq_str_eq(p->runs[i].id, e->run))
            return &p->runs[i];
    return &p->runs[0]; /* cannot be: entries are of these runs */
}

/* By suite, group, metric as reports order them; the best first. */
static int by_metric(const void *pa, const void *pb)
{
    const struct sq_board_row *a = pa, *b = pb;
    const struct sq_metric *ma = sq_metric_find(a->metric);
    const struct sq_metric *mb = sq_metric_find(b->metric);
    size_t ga = a->entry->group, gb = b->entry->group;
    int c = sq_str_cmp(a->entry->suite, b->entry->suite);
    c = c ? c : (ga > gb) - (ga < gb);
    c = c ? c : (ma > mb) - (ma < mb);
    c = c ? c : sq_str_cmp(a->metric, b->metric);
    c = c ? c : sq_board_better(a, b);
    return c ? c : sq_str_cmp(a->entry->run, b->entry->run);
}

static bool same_group(const struct sq_board_row *a,
                       const struct sq_board_row *b)
{
    return sq_str_eq(a->entry->suite, b->entry->suite) &&
           a->entry->group == b->entry->group;
}

static bool in_overview(const struct sq_board_row *r)
{
    const struct sq_metric *m = sq_metric_find(r->metric);
    return m && !m->detail;
}

static void heading(const struct sq_board_row *r, struct sq_buf *out)
{
    sq_buf_adds(out, "<h3>");
    sq_html_text(r->entry->suite, out);
    sq_buf_adds(out, "</h3>\n");
    if (!r->entry->apart.n)
        return;
    sq_buf_adds(out, "<p class=\"note\">Ranked apart, not comparable with "
                     "those above: ");
    sq_html_text(r->entry->apart, out);
    sq_buf_adds(out, ".</p>\n");
}

/* One chart of the rows' metrics whose range is [min, max]: a label for each
 * metric, a series for each run. */
static void chart_metrics(struct sq_page *p, const struct sq_board_row *rows,
                          size_t n, double min, double max)
{
    struct sq_arena *a = &p->arena;
    sq_str *labels = sq_arena_array(a, n, sizeof *labels);
    struct sq_page_series *series = sq_arena_array(a, p->nruns, sizeof *series);
    size_t nlabels = 0, nseries = 0;
    for (size_t run = 0; run < p->nruns; run++) {
        struct sq_page_series *s = &series[nseries];
        double *v = sq_arena_array(a, 3 * n, sizeof *v);
        bool any = false;
        *s = (struct sq_page_series){p->runs[run].label, run, v, v + n,
                                     v + 2 * n};
        for (size_t i = 0; i < 3 * n; i++)
            v[i] = NAN;
        for (size_t i = 0; i < n; i++) {
            const struct sq_metric *m = sq_metric_find(rows[i].metric);
            size_t k = 0;
            if (!in_overview(&rows[i]) || m->min != min || m->max != max)
                continue;
            while (k < nlabels && !sq_str_eq(labels[k], rows[i].metric))
                k++;
            if (k == nlabels)
                labels[nlabels++] = rows[i].metric;
            if (run_of(p, rows[i].entry) != &p->runs[run])
                continue;
            s->values[k] = rows[i].value;
            s->lo[k] = rows[i].lo;
            s->hi[k] = rows[i].hi;
            any = true;
        }
        nseries += any;
    }
    struct sq_page_chart c = {.kind = "bar",
                              .labels = labels,
                              .nlabels = nlabels,
                              .series = series,
                              .nseries = nseries,
                              .min = min,
                              .max = max};
    c.title = sq_str_from(
        sq_arena_printf(a, "From %g to %g, with 95%% intervals", min, max));
    if (nlabels && nseries)
        sq_buf_addf(p->out, "%zu ", sq_page_add_chart(p, &c));
}

/* Charts for each range that the rows' metrics have. */
static void chart_group(struct sq_page *p, const struct sq_board_row *rows,
                        size_t n)
{
    sq_buf_adds(p->out, "<div class=\"charts\" data-charts=\"");
    for (size_t i = 0; i < n; i++) {
        const struct sq_metric *m = sq_metric_find(rows[i].metric);
        bool seen = !in_overview(&rows[i]);
        for (size_t k = 0; k < i && !seen; k++) {
            const struct sq_metric *q = sq_metric_find(rows[k].metric);
            seen =
                in_overview(&rows[k]) && q->min == m->min && q->max == m->max;
        }
        if (!seen)
            chart_metrics(p, rows, n, m->min, m->max);
    }
    sq_buf_adds(p->out, "\"></div>\n");
}

static void add_row(struct sq_page *p, const struct sq_board_row *r,
                    struct sq_grid *g)
{
    struct sq_arena *a = &p->arena;
    sq_str cells[] = {r->metric,
                      sq_board_rank_text(a, r),
                      run_of(p, r->entry)->model,
                      rounded(a, r->value_text),
                      rounded(a, r->stderr_text),
                      interval(a, r),
                      r->n_text,
                      r->entry->run};
    sq_grid_add(g, cells);
}

/* The metrics of an overview, and the others where they are asked for. */
static void table_group(struct sq_page *p, struct sq_board_row *rows, size_t n)
{
    static const struct sq_grid_column columns[] = {
        {"metric", false}, {"#", true},   {"model", false},
        {"value", true},   {"se", true},  {"95% interval", true},
        {"n", true},       {"run", false}};
    struct sq_grid first = {.columns = columns, .ncolumns = 8}, more = first;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1;
             to < n && sq_str_eq(rows[from].metric, rows[to].metric); to++)
            ;
        sq_board_rank(&rows[from], to - from);
        for (size_t i = from; i < to; i++)
            add_row(p, &rows[i], in_overview(&rows[i]) ? &first : &more);
    }
    if (first.nrows)
        sq_html_grid(&first, SQ_STR("Metrics over all samples"), p->out);
    if (more.nrows) {
        sq_buf_adds(p->out, "<details><summary>More metrics</summary>\n");
        sq_html_grid(&more, SQ_STR("Metrics over all samples, in detail"),
                     p->out);
        sq_buf_adds(p->out, "</details>\n");
    }
    sq_grid_release(&first);
    sq_grid_release(&more);
}

enum sq_status sq_page_results(struct sq_page *p, struct sq_err *err)
{
    struct sq_board *b = &p->board;
    enum sq_status st = sq_board_read(b, p->store, NULL, NULL, "", err);
    sq_buf_adds(p->out, "<section id=\"results\"><h2>Results</h2>\n");
    if (st == SQ_OK && b->nrows)
        qsort(b->rows, b->nrows, sizeof *b->rows, by_metric);
    for (size_t from = 0, to; from < b->nrows; from = to) {
        struct sq_board_row *r = &b->rows[from];
        for (to = from + 1; to < b->nrows && same_group(r, &b->rows[to]); to++)
            ;
        heading(r, p->out);
        chart_group(p, r, to - from);
        table_group(p, r, to - from);
    }
    sq_buf_adds(p->out, "</section>\n");
    return st;
}

/* ---- by slice ------------------------------------------------------------ */

static sq_str facet_of(sq_str slice)
{
    size_t at = sq_str_find(slice, SQ_STR("="), 0);
    return sq_str_sub(slice, 0, at == SIZE_MAX ? slice.n : at);
}

/* lang=de before lang=sw, length=2 before length=10. */
static int compare_slices(sq_str a, sq_str b)
{
    double x, y;
    sq_str va = sq_str_sub(a, facet_of(a).n + 1, a.n);
    sq_str vb = sq_str_sub(b, facet_of(b).n + 1, b.n);
    if (sq_str_to_num(va, &x) && sq_str_to_num(vb, &y) && x != y)
        return x < y ? -1 : 1;
    return sq_str_cmp(va, vb);
}

/* One row, of all samples: nothing to draw. */
static bool is_clustered(const struct sq_board_row *r)
{
    return sq_str_eq(facet_of(r->slice), SQ_STR(SQ_CLUSTERED));
}

/* By suite, group, facet, metric, slice, run. */
static int by_slice(const void *pa, const void *pb)
{
    const struct sq_board_row *a = pa, *b = pb;
    const struct sq_metric *ma = sq_metric_find(a->metric);
    const struct sq_metric *mb = sq_metric_find(b->metric);
    size_t ga = a->entry->group, gb = b->entry->group;
    int c = sq_str_cmp(a->entry->suite, b->entry->suite);
    c = c ? c : (ga > gb) - (ga < gb);
    c = c ? c : sq_str_cmp(facet_of(a->slice), facet_of(b->slice));
    c = c ? c : (ma > mb) - (ma < mb);
    c = c ? c : sq_str_cmp(a->metric, b->metric);
    c = c ? c : compare_slices(a->slice, b->slice);
    return c ? c : sq_str_cmp(a->entry->run, b->entry->run);
}

static bool same_facet(const struct sq_board_row *a,
                       const struct sq_board_row *b)
{
    return same_group(a, b) &&
           sq_str_eq(facet_of(a->slice), facet_of(b->slice));
}

/* Rows of one facet and metric: a chart of its slices, a series for each run.
 */
static void chart_slices(struct sq_page *p, const struct sq_board_row *rows,
                         size_t n)
{
    struct sq_arena *a = &p->arena;
    const struct sq_metric *m = sq_metric_find(rows->metric);
    sq_str facet = facet_of(rows->slice), *labels;
    size_t nlabels = 0, nseries = 0;
    bool numbers = true;
    labels = sq_arena_array(a, n, sizeof *labels);
    for (size_t i = 0; i < n; i++) {
        double v;
        sq_str label = sq_str_sub(rows[i].slice, facet.n + 1, rows[i].slice.n);
        if (nlabels && sq_str_eq(labels[nlabels - 1], label))
            continue;
        labels[nlabels++] = label;
        numbers = numbers && sq_str_to_num(label, &v);
    }
    struct sq_page_series *series = sq_arena_array(a, p->nruns, sizeof *series);
    for (size_t run = 0; run < p->nruns; run++) {
        double *v = sq_arena_array(a, 3 * nlabels, sizeof *v);
        bool any = false;
        size_t k = 0;
        for (size_t i = 0; i < 3 * nlabels; i++)
            v[i] = NAN;
        for (size_t i = 0; i < n; i++) {
            k += i && !sq_str_eq(rows[i - 1].slice, rows[i].slice);
            if (run_of(p, rows[i].entry) != &p->runs[run])
                continue;
            v[k] = rows[i].value;
            v[nlabels + k] = rows[i].lo;
            v[2 * nlabels + k] = rows[i].hi;
            any = true;
        }
        if (any)
            series[nseries++] = (struct sq_page_series){
                p->runs[run].label, run, v, v + nlabels, v + 2 * nlabels};
    }
    struct sq_page_chart c = {.kind = numbers && nlabels > 1 ? "line" : "bar",
                              .labels = labels,
                              .nlabels = nlabels,
                              .series = series,
                              .nseries = nseries,
                              .min = m->min,
                              .max = m->max};
    c.title = sq_str_from(sq_arena_printf(
        a, "%.*s by %.*s", SQ_STR_ARG(rows->metric), SQ_STR_ARG(facet)));
    sq_buf_addf(p->out, "%zu ", sq_page_add_chart(p, &c));
}

static void slice_tables(struct sq_page *p, const struct sq_board_row *rows,
                         size_t n)
{
    static const struct sq_grid_column columns[] = {
        {"metric", false}, {"slice", false}, {"model", false},
        {"value", true},   {"se", true},     {"95% interval", true},
        {"n", true},       {"run", false}};
    struct sq_grid g = {.columns = columns, .ncolumns = 8};
    struct sq_arena *a = &p->arena;
    for (size_t i = 0; i < n; i++) {
        sq_str cells[] = {rows[i].metric,
                          rows[i].slice,
                          run_of(p, rows[i].entry)->model,
                          rounded(a, rows[i].value_text),
                          rounded(a, rows[i].stderr_text),
                          interval(a, &rows[i]),
                          rows[i].n_text,
                          rows[i].entry->run};
        sq_grid_add(&g, cells);
    }
    sq_str facet = facet_of(rows->slice);
    if (is_clustered(rows))
        facet = SQ_STR("clusters: the same means, other errors");
    sq_buf_adds(p->out, "<details><summary>Table by ");
    sq_html_text(facet, p->out);
    sq_buf_adds(p->out, "</summary>\n");
    sq_html_grid(&g,
                 sq_str_from(sq_arena_printf(a, "%.*s by %.*s",
                                             SQ_STR_ARG(rows->entry->suite),
                                             SQ_STR_ARG(facet))),
                 p->out);
    sq_buf_adds(p->out, "</details>\n");
    sq_grid_release(&g);
}

/* Keeps the rows of slices whose metric is known. */
static void keep_slices(struct sq_board *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->nrows; i++)
        if (b->rows[i].slice.n && sq_metric_find(b->rows[i].metric))
            b->rows[n++] = b->rows[i];
    b->nrows = n;
}

enum sq_status sq_page_slices(struct sq_page *p, struct sq_err *err)
{
    struct sq_board *b = &p->board;
    enum sq_status st = sq_board_read(b, p->store, NULL, NULL, NULL, err);
    const struct sq_board_row *last = NULL;
    keep_slices(b);
    if (st != SQ_OK || !b->nrows)
        return st;
    sq_buf_adds(p->out, "<section id=\"slices\"><h2>By slice</h2>\n");
    qsort(b->rows, b->nrows, sizeof *b->rows, by_slice);
    for (size_t from = 0, to; from < b->nrows; from = to) {
        struct sq_board_row *r = &b->rows[from];
        for (to = from + 1; to < b->nrows && same_facet(r, &b->rows[to]); to++)
            ;
        if (!last || !same_group(last, r))
            heading(r, p->out);
        last = r;
        sq_buf_adds(p->out, "<div class=\"charts\" data-charts=\"");
        for (size_t i = from, k; i < to && !is_clustered(r); i = k) {
            for (k = i + 1;
                 k < to && sq_str_eq(b->rows[i].metric, b->rows[k].metric); k++)
                ;
            chart_slices(p, &b->rows[i], k - i);
        }
        sq_buf_adds(p->out, "\"></div>\n");
        slice_tables(p, r, to - from);
    }
    sq_buf_adds(p->out, "</section>\n");
    return st;
}
