/* What a report page says of the runs beside their metrics: states of steps,
 * usage, provenance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/page_parts.h"
#include "seqeval.h"

/* Rows of a query into a grid, the run's label in front. */
struct listing {
    struct sq_page *page;
    const struct sq_page_run *run;
    struct sq_grid *grid;
};

static void add_row(void *ctx, const struct sq_store_row *row)
{
    struct listing *l = ctx;
    sq_str *cells =
        sq_arena_array(&l->page->arena, l->grid->ncolumns, sizeof *cells);
    cells[0] = l->run->label;
    for (size_t i = 1; i < l->grid->ncolumns; i++)
        cells[i] = sq_arena_str(&l->page->arena, row->cols[i - 1]);
    sq_grid_add(l->grid, cells);
}

static enum sq_status list_runs(struct sq_page *p, enum sq_store_query query,
                                struct sq_grid *g, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < p->nruns && st == SQ_OK; i++) {
        struct listing l = {p, &p->runs[i], g};
        st =
            sq_store_each(p->store, query, &p->runs[i].id, 1, add_row, &l, err);
    }
    return st;
}

/* ---- states -------------------------------------------------------------- */

enum { STATE_RUN, STATE_SUITE, STATE_UNIT, STATE_GRADER, STATE_NAME, STATE_N };

/* Of the steps of one suite: a bar for each run and grader, parted by state. */
static void chart_states(struct sq_page *p, const struct sq_grid *g,
                         sq_str suite)
{
    struct sq_arena *a = &p->arena;
    sq_str *labels = sq_arena_array(a, g->nrows, sizeof *labels);
    double(*values)[SQ_STATE_COUNT] =
        sq_arena_array(a, g->nrows, sizeof *values);
    size_t n = 0;
    for (size_t r = 0; r < g->nrows; r++) {
        const sq_str *c = g->cells + r * g->ncolumns;
        enum sq_state s = sq_state_from_name(c[STATE_NAME]);
        if (!sq_str_eq(c[STATE_SUITE], suite) || s == SQ_STATE_COUNT ||
            !sq_str_eq(c[STATE_UNIT], SQ_STR("step")))
            continue;
        const char *label = sq_arena_printf(
            a, c[STATE_GRADER].n ? "%.*s, %.*s" : "%.*s",
            SQ_STR_ARG(c[STATE_RUN]), SQ_STR_ARG(c[STATE_GRADER]));
        if (!n || strcmp(labels[n - 1].p, label) != 0)
            labels[n++] = sq_str_from(label);
        (void)sq_str_to_num(c[STATE_N], &values[n - 1][s]);
    }
    struct sq_page_series series[SQ_STATE_COUNT];
    size_t nseries = 0;
    for (int s = 0; s < SQ_STATE_COUNT; s++) {
        double *v = sq_arena_array(a, n, sizeof *v), sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += v[i] = values[i][s];
        if (sum > 0)
            series[nseries++] = (struct sq_page_series){
                .name = sq_str_from(sq_state_name((enum sq_state)s)),
                .values = v};
    }
    struct sq_page_chart c = {"stack", suite,   labels, n,
                              series,  nseries, NAN,    NAN};
    if (nseries)
        sq_buf_addf(p->out, "%zu ", sq_page_add_chart(p, &c));
}

enum sq_status sq_page_states(struct sq_page *p, struct sq_err *err)
{
    static const struct sq_grid_column columns[] = {
        {"run", false},    {"suite", false}, {"of", false},
        {"grader", false}, {"state", false}, {"n", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 6};
    enum sq_status st = list_runs(p, SQ_QUERY_RUN_STATES, &g, err);
    sq_buf_adds(p->out, "<section id=\"states\"><h2>States</h2>\n"
                        "<p class=\"note\">Every step ends in exactly one "
                        "state. Rates are over pass and fail alone.</p>\n"
                        "<div class=\"charts\" data-charts=\"");
    const struct sq_board *b = &p->board;
    for (size_t i = 0; i < b->nentries; i++)
        if (!i || !sq_str_eq(b->entries[i - 1].suite, b->entries[i].suite))
            chart_states(p, &g, b->entries[i].suite);
    sq_buf_adds(p->out, "\"></div>\n<details><summary>Table of states"
                        "</summary>\n");
    sq_html_grid(&g, SQ_STR("How many ended in which state"), p->out);
    sq_buf_adds(p->out, "</details></section>\n");
    sq_grid_release(&g);
    return st;
}

/* ---- judges -------------------------------------------------------------- */

enum sq_status sq_page_audit(struct sq_page *p, struct sq_err *err)
{
    static const struct sq_grid_column columns[] = {
        {"run", false},     {"judge", false}, {"template", false},
        {"measure", false}, {"value", true},  {"lo", true},
        {"hi", true},       {"n", true}};
    struct sq_grid g = {.columns = columns, .ncolumns = 8};
    enum sq_status st = list_runs(p, SQ_QUERY_RUN_AUDIT, &g, err);
    for (size_t i = 0; i < g.nrows; i++)
        for (size_t c = 4; c < 7; c++)
            g.cells[i * 8 + c] = sq_grid_rounded(&p->arena, g.cells[i * 8 + c]);
    if (g.nrows) {
        sq_buf_adds(p->out,
                    "<section id=\"judges\"><h2>Judges</h2>\n<p class=\"note\">"
                    "What each judge made of answers whose verdict is known, "
                    "and of the same answer twice.</p>\n");
        sq_html_grid(&g, SQ_STR("Audit of the judges, with 95% intervals"),
                     p->out);
        sq_buf_adds(p->out, "</section>\n");
    }
    sq_grid_release(&g);
    return st;
}

/* ---- usage --------------------------------------------------------------- */

struct latencies {
    struct sq_arena *arena;
    struct sq_grid *grid;
    const struct sq_page_run *run;
    sq_str role;
    long long *ms; /* ascending, as they come */
    size_t n, cap;
};

/* The smallest value that at least a share q of all does not exceed. */
static long long quantile(const struct latencies *l, double q)
{
    size_t rank = (size_t)ceil(q * (double)l->n);
    return l->ms[rank ? rank - 1 : 0];
}

static void end_role(struct latencies *l)
{
    if (!l->n)
        return;
    long long values[] = {(long long)l->n, quantile(l, 0.5), quantile(l, 0.9),
                          quantile(l, 0.99), l->ms[l->n - 1]};
    sq_str cells[7] = {l->run->label, l->role};
    for (int i = 0; i < 5; i++)
        cells[2 + i] =
            sq_str_from(sq_arena_printf(l->arena, "%lld", values[i]));
    sq_grid_add(l->grid, cells);
    l->n = 0;
}

static void on_latency(void *ctx, const struct sq_store_row *row)
{
    struct latencies *l = ctx;
    if (!sq_str_eq(row->cols[0], l->role)) {
        end_role(l);
        l->role = sq_arena_str(l->arena, row->cols[0]);
    }
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 1024;
        l->ms = sq_xrealloc(l->ms, l->cap, sizeof *l->ms);
    }
    l->ms[l->n] = 0;
    (void)sq_str_to_int(row->cols[1], &l->ms[l->n]);
    l->n++;
}

static enum sq_status add_latencies(struct sq_page *p, struct sq_grid *g,
                                    struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < p->nruns && st == SQ_OK; i++) {
        struct latencies l = {
            .arena = &p->arena, .grid = g, .run = &p->runs[i]};
        st = sq_store_each(p->store, SQ_QUERY_RUN_LATENCIES, &p->runs[i].id, 1,
                           on_latency, &l, err);
        end_role(&l);
        free(l.ms);
    }
    return st;
}

enum sq_status sq_page_usage(struct sq_page *p, struct sq_err *err)
{
    static const struct sq_grid_column spent[] = {{"run", false},
                                                  {"role", false},
                                                  {"requests", true},
                                                  {"from the database", true},
                                                  {"retries", true},
                                                  {"prompt tokens", true},
                                                  {"of them cached", true},
                                                  {"completion tokens", true},
                                                  {"of them reasoning", true},
                                                  {"cost, USD", true}};
    static const struct sq_grid_column times[] = {
        {"run", false},      {"role", false},      {"responses", true},
        {"median ms", true}, {"90% within", true}, {"99% within", true},
        {"longest", true}};
    struct sq_grid g = {.columns = spent, .ncolumns = 10};
    struct sq_grid t = {.columns = times, .ncolumns = 7};
    enum sq_status st = list_runs(p, SQ_QUERY_RUN_USAGE, &g, err);
    if (st == SQ_OK)
        st = add_latencies(p, &t, err);
    sq_buf_adds(p->out, "<section id=\"usage\"><h2>Cost and time</h2>\n");
    sq_html_grid(&g, SQ_STR("Requests, tokens, cost"), p->out);
    if (t.nrows)
        sq_html_grid(&t, SQ_STR("Latency of responses"), p->out);
    sq_buf_adds(p->out, "</section>\n");
    sq_grid_release(&g);
    sq_grid_release(&t);
    return st;
}

/* ---- provenance ---------------------------------------------------------- */

static void add_fact(struct sq_grid *g, const char *name, sq_str value)
{
    sq_str cells[2] = {sq_str_from(name), value};
    if (value.n)
        sq_grid_add(g, cells);
}

/* The members of a JSON object as facts. */
static void add_json(struct sq_page *p, struct sq_grid *g, sq_str json)
{
    struct sq_json *all = sq_json_parse(json, "settings", 1, NULL);
    for (const struct sq_json *i = sq_json_first(all); i; i = sq_json_next(i)) {
        struct sq_buf text;
        sq_buf_init(&text, SQ_MAX_CONFIG);
        if (sq_json_type(i) == SQ_JSON_STRING)
            sq_buf_add(&text, sq_json_str(i));
        else
            sq_json_render(i, &text);
        add_fact(g, sq_arena_str(&p->arena, sq_json_key(i)).p,
                 sq_arena_str(&p->arena, sq_buf_str(&text)));
        sq_buf_release(&text);
    }
    sq_json_free(all);
}

enum sq_status sq_page_provenance(struct sq_page *p, struct sq_err *err)
{
    static const struct sq_grid_column columns[] = {{"what", false},
                                                    {"value", false}};
    static const struct sq_grid_column suites[] = {
        {"run", false},         {"suite", false},  {"name", false},
        {"definition", false},  {"data", false},   {"step annotation", false},
        {"data changed", true}, {"samples", true}, {"epochs", true}};
    struct sq_grid s = {.columns = suites, .ncolumns = 9};
    sq_buf_adds(p->out, "<section id=\"provenance\"><h2>Provenance</h2>\n");
    for (size_t i = 0; i < p->nruns; i++) {
        const struct sq_page_run *r = &p->runs[i];
        struct sq_grid g = {.columns = columns, .ncolumns = 2};
        add_fact(&g, "run", r->id);
        add_fact(&g, "begun", r->created);
        add_fact(&g, "finished", r->finished);
        add_fact(&g, "status", r->status);
        add_fact(&g, "model", r->model);
        add_fact(&g, "judge", r->judge);
        add_fact(&g, "seqeval", r->version);
        add_json(p, &g, r->settings);
        add_json(p, &g, r->provenance);
        sq_buf_adds(p->out, "<details><summary>");
        sq_html_text(r->label, p->out);
        sq_buf_adds(p->out, "</summary>\n");
        sq_html_grid(&g, SQ_STR("How it was run"), p->out);
        sq_buf_adds(p->out, "</details>\n");
        sq_grid_release(&g);
    }
    enum sq_status st = list_runs(p, SQ_QUERY_RUN_SUITES, &s, err);
    sq_html_grid(&s, SQ_STR("Suites, with the digests of their parts"), p->out);
    sq_buf_adds(p->out, "</section>\n");
    sq_grid_release(&s);
    return st;
}
