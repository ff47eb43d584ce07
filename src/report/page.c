#include "report/page.h"

#include <math.h>

#include "report/assets.h"
#include "report/html.h"
#include "report/page_parts.h"

/* ---- charts -------------------------------------------------------------- */

static void put_values(struct sq_buf *out, const char *key, const double *v,
                       size_t n)
{
    sq_buf_addf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        sq_buf_adds(out, i ? "," : "");
        if (isfinite(v[i]))
            sq_buf_addf(out, "%.6g", v[i]);
        else
            sq_buf_adds(out, "null");
    }
    sq_buf_addc(out, ']');
}

size_t sq_page_add_chart(struct sq_page *p, const struct sq_page_chart *c)
{
    struct sq_buf *out = &p->charts;
    sq_buf_addf(out, "%s{\"kind\":\"%s\",\"title\":", p->ncharts ? ",\n" : "",
                c->kind);
    sq_json_quote(c->title, out);
    if (isfinite(c->min))
        sq_buf_addf(out, ",\"min\":%g,\"max\":%g", c->min, c->max);
    sq_buf_adds(out, ",\"labels\":[");
    for (size_t i = 0; i < c->nlabels; i++) {
        sq_buf_adds(out, i ? "," : "");
        sq_json_quote(c->labels[i], out);
    }
    sq_buf_adds(out, "],\"series\":[");
    for (size_t i = 0; i < c->nseries; i++) {
        const struct sq_page_series *s = &c->series[i];
        sq_buf_adds(out, i ? ",{\"name\":" : "{\"name\":");
        sq_json_quote(s->name, out);
        sq_buf_addf(out, ",\"colour\":%zu", s->colour);
        put_values(out, "values", s->values, c->nlabels);
        if (s->lo) {
            put_values(out, "lo", s->lo, c->nlabels);
            put_values(out, "hi", s->hi, c->nlabels);
        }
        sq_buf_addc(out, '}');
    }
    sq_buf_adds(out, "]}");
    return p->ncharts++;
}

/* ---- the runs ------------------------------------------------------------ */

struct heading {
    struct sq_arena *arena;
    struct sq_page_run *run;
};

static void on_run(void *ctx, const struct sq_store_row *row)
{
    struct heading *h = ctx;
    sq_str *fields[] = {
        &h->run->id,      &h->run->created,  &h->run->finished,
        &h->run->status,  &h->run->model,    &h->run->judge,
        &h->run->version, &h->run->settings, &h->run->provenance};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = sq_arena_str(h->arena, row->cols[i]);
}

static enum sq_status read_runs(struct sq_page *p, const char *const *ids,
                                struct sq_err *err)
{
    struct sq_page_run *runs =
        sq_arena_array(&p->arena, p->nruns, sizeof *runs);
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < p->nruns && st == SQ_OK; i++) {
        struct heading h = {&p->arena, &runs[i]};
        sq_str id = sq_str_from(ids[i]);
        st = sq_store_each(p->store, SQ_QUERY_RUN, &id, 1, on_run, &h, err);
    }
    for (size_t i = 0; i < p->nruns; i++) {
        bool twice = false;
        for (size_t k = 0; k < p->nruns; k++)
            twice =
                twice || (k != i && sq_str_eq(runs[i].model, runs[k].model));
        runs[i].label = runs[i].model;
        if (twice)
            runs[i].label = sq_str_from(sq_arena_printf(
                &p->arena, "%.*s (%.*s)", SQ_STR_ARG(runs[i].model),
                SQ_STR_ARG(runs[i].id)));
    }
    p->runs = runs;
    return st;
}

/* ---- the page ------------------------------------------------------------ */

static void add_menu(const struct sq_page *p)
{
    static const struct {
        const char *id, *title;
        size_t runs; /* for so many, or more */
    } entries[] = {
        {"results", "Results", 1},      {"differences", "Differences", 2},
        {"slices", "By slice", 1},      {"states", "States", 1},
        {"usage", "Cost and time", 1},  {"samples-section", "Samples", 1},
        {"provenance", "Provenance", 1}};
    sq_buf_adds(p->out, "<nav aria-label=\"Sections\"><ul>\n");
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (p->nruns >= entries[i].runs)
            sq_buf_addf(p->out, "<li><a href=\"#%s\">%s</a></li>\n",
                        entries[i].id, entries[i].title);
    sq_buf_adds(p->out, "</ul></nav>\n");
}

static const char samples[] =
    "<section id=\"samples-section\"><h2>Samples</h2>\n"
    "<noscript><p>The list of samples needs scripts; <code>seqeval show RUN "
    "SAMPLE</code> prints them.</p></noscript>\n"
    "<form id=\"filter\" role=\"search\" hidden>\n"
    "<label>Suite <select name=\"suite\"><option value=\"\">all</option>"
    "</select></label>\n"
    "<label>Step in state <select name=\"state\"><option value=\"\">any"
    "</option></select></label>\n"
    "<label>Step of kind <select name=\"kind\"><option value=\"\">any</option>"
    "</select></label>\n"
    "<label>Slice <select name=\"facet\"><option value=\"\">all</option>"
    "</select></label>\n"
    "<label>Text <input name=\"text\" type=\"search\"></label>\n"
    "<label>Runs differ <input name=\"differ\" type=\"checkbox\"></label>\n"
    "<label>&#160;<button type=\"reset\">Show all</button></label>\n"
    "</form>\n<p id=\"shown\" role=\"status\"></p>\n"
    "<div id=\"samples\"></div></section>\n";

/* What a reader must know of the run: its entries share its notes. */
static void add_notes(struct sq_page *p, const struct sq_page_run *r)
{
    const struct sq_board *b = &p->board;
    for (size_t i = 0; i < b->nentries; i++) {
        const struct sq_board_entry *e = &b->entries[i];
        if (!sq_str_eq(e->run, r->id) || !e->notes.n)
            continue;
        sq_buf_adds(p->out, "<p class=\"bad\">");
        sq_html_text(r->label, p->out);
        sq_buf_adds(p->out, ": ");
        sq_html_text(e->notes, p->out);
        sq_buf_adds(p->out, "</p>\n");
        return;
    }
}

static void add_overview(struct sq_page *p)
{
    struct sq_arena *a = &p->arena;
    static const struct sq_grid_column columns[] = {
        {"run", false},   {"model", false},  {"judge", false},
        {"begun", false}, {"status", false}, {"seqeval", false}};
    struct sq_grid g = {.columns = columns, .ncolumns = 6};
    bool whole = true;
    for (size_t i = 0; i < p->nruns; i++) {
        const struct sq_page_run *r = &p->runs[i];
        /* 2026-01-31T23:59:59.123Z, to the minute. */
        sq_str begun = sq_str_from(sq_arena_printf(
            a, "%.*s %.*s UTC", SQ_STR_ARG(sq_str_sub(r->created, 0, 10)),
            SQ_STR_ARG(sq_str_sub(r->created, 11, 16))));
        sq_str cells[] = {r->id, r->model,  r->judge,
                          begun, r->status, r->version};
        whole = whole && sq_str_eq(r->status, SQ_STR("complete"));
        sq_grid_add(&g, cells);
    }
    sq_html_grid(&g, SQ_STR("Runs"), p->out);
    sq_grid_release(&g);
    for (size_t i = 0; i < p->nruns; i++)
        add_notes(p, &p->runs[i]);
    if (!whole)
        sq_buf_adds(
            p->out,
            "<p class=\"bad\">Not every run is complete: responses or "
            "verdicts are missing, and what is shown may change.</p>\n");
}

/* Scripts and what they read; in a script element nothing is escaped. */
static void add_script(struct sq_buf *out, sq_str script)
{
    sq_buf_adds(out, "<script>");
    sq_buf_add(out, script);
    sq_buf_adds(out, "</script>\n");
}

static void add_licence(struct sq_buf *out)
{
    sq_buf_adds(out, "<details><summary>Licence of Chart.js, which draws the "
                     "charts</summary><pre>");
    sq_html_text(sq_asset_charts_licence(), out);
    sq_buf_adds(out, "</pre></details>\n");
}

static enum sq_status render(struct sq_page *p, struct sq_err *err)
{
    static enum sq_status (*const parts[])(
        struct sq_page *, struct sq_err *) = {sq_page_results, sq_page_compare,
                                              sq_page_slices,  sq_page_states,
                                              sq_page_audit,   sq_page_usage};
    const sq_str scripts[] = {sq_asset_script(), sq_asset_charts()};
    size_t nscripts = scripts[1].n ? 2 : 1;
    enum sq_status st = SQ_OK;
    sq_html_begin("seqeval report", scripts, nscripts, p->out);
    add_menu(p);
    add_overview(p);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && st == SQ_OK; i++)
        st = parts[i](p, err);
    sq_buf_adds(p->out, samples);
    if (st == SQ_OK)
        st = sq_page_provenance(p, err);
    if (nscripts > 1)
        add_licence(p->out);
    sq_buf_adds(p->out, "<script type=\"application/json\" id=\"data\">");
    if (st == SQ_OK)
        st = sq_page_data(p, err);
    sq_buf_adds(p->out, "</script>\n");
    for (size_t i = nscripts; i-- > 0;)
        add_script(p->out, scripts[i]);
    sq_html_end(p->out);
    return st;
}

enum sq_status sq_page_render(struct sq_store *store, const char *const *runs,
                              size_t nruns, struct sq_buf *out,
                              struct sq_err *err)
{
    struct sq_page p = {.store = store, .nruns = nruns, .out = out};
    struct sq_board_choice choice = {.runs = runs, .nruns = nruns};
    sq_buf_init(&p.charts, SQ_MAX_REPORT);
    enum sq_status st = read_runs(&p, runs, err);
    if (st == SQ_OK)
        st = sq_board_open(&p.board, store, &choice, err);
    if (st == SQ_OK)
        st = render(&p, err);
    sq_board_release(&p.board);
    sq_buf_release(&p.charts);
    sq_arena_release(&p.arena);
    return st;
}
