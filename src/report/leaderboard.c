#include "report/leaderboard.h"

#include <stdlib.h>
#include <string.h>

#include "report/columns.h"
#include "report/grid.h"
#include "report/html.h"
#include "report/wrap.h"
#include "seqeval_metric.h"

/* How a section of the board looks in each format for people. */
static void table_section(sq_str heading, const struct sq_grid *g, sq_str note,
                          struct sq_buf *out)
{
    sq_buf_addf(out, "%.*s\n", SQ_STR_ARG(heading));
    sq_grid_table(g, out);
    if (note.n)
        sq_buf_addf(out, "%.*s\n", SQ_STR_ARG(note));
}

static void markdown_section(sq_str heading, const struct sq_grid *g,
                             sq_str note, struct sq_buf *out)
{
    sq_buf_adds(out, "### ");
    sq_grid_markdown_text(heading, out);
    sq_buf_adds(out, "\n\n");
    sq_grid_markdown(g, out);
    if (!note.n)
        return;
    sq_buf_addc(out, '\n');
    sq_grid_markdown_text(note, out);
    sq_buf_addc(out, '\n');
}

static void html_section(sq_str heading, const struct sq_grid *g, sq_str note,
                         struct sq_buf *out)
{
    sq_html_grid(g, heading, out);
    if (!note.n)
        return;
    sq_buf_adds(out, "<p>");
    sq_html_text(note, out);
    sq_buf_adds(out, "</p>\n");
}

static const struct {
    const char *name;
    void (*section)(sq_str heading, const struct sq_grid *g, sq_str note,
                    struct sq_buf *out); /* NULL: for programs */
} formats[] = {
    {"table", table_section}, {"markdown", markdown_section},
    {"html", html_section},   {"csv", NULL},
    {"json", NULL},
};
#define NFORMATS (sizeof formats / sizeof *formats)

static size_t format_index(const char *name)
{
    size_t i = 0;
    while (i < NFORMATS && strcmp(formats[i].name, name) != 0)
        i++;
    return i;
}

/* ---- order --------------------------------------------------------------- */

/* Rows that are ranked together are neighbours, by suite, group, metric (in the
 * order of the table of metrics, families by name), slice. */
static int compare_sections(const struct sq_board_row *a,
                            const struct sq_board_row *b)
{
    const struct sq_metric *ma = sq_metric_find(a->metric);
    const struct sq_metric *mb = sq_metric_find(b->metric);
    size_t ga = a->entry->group, gb = b->entry->group;
    int c = sq_str_cmp(a->entry->suite, b->entry->suite);
    if (!c)
        c = (ga > gb) - (ga < gb);
    if (!c)
        c = (ma > mb) - (ma < mb);
    c = c ? c : sq_str_cmp(a->metric, b->metric);
    return c ? c : sq_str_cmp(a->slice, b->slice);
}

static int by_value(const void *pa, const void *pb)
{
    const struct sq_board_row *a = pa, *b = pb;
    int c = compare_sections(a, b);
    c = c ? c : sq_board_better(a, b);
    c = c ? c : sq_str_cmp(a->entry->model, b->entry->model);
    return c ? c : sq_str_cmp(a->entry->run, b->entry->run);
}

static int by_model(const void *pa, const void *pb)
{
    const struct sq_board_row *a = pa, *b = pb;
    int c = compare_sections(a, b);
    c = c ? c : sq_str_cmp(a->entry->model, b->entry->model);
    return c ? c : sq_str_cmp(b->entry->created, a->entry->created);
}

static int by_date(const void *pa, const void *pb)
{
    const struct sq_board_row *a = pa, *b = pb;
    int c = compare_sections(a, b);
    c = c ? c : sq_str_cmp(b->entry->created, a->entry->created);
    return c ? c : sq_str_cmp(a->entry->model, b->entry->model);
}

static const struct {
    const char *name;
    int (*compare)(const void *, const void *);
} orders[] = {{"value", by_value}, {"model", by_model}, {"date", by_date}};
#define NORDERS (sizeof orders / sizeof *orders)

static size_t order_index(const char *name)
{
    size_t i = 0;
    while (i < NORDERS && strcmp(orders[i].name, name) != 0)
        i++;
    return i;
}

enum sq_status sq_leaderboard_check(const struct sq_leaderboard_options *how,
                                    struct sq_err *err)
{
    if (format_index(how->format) == NFORMATS)
        return sq_err_set(err, SQ_USAGE,
                          "--format: '%s' is none of table, markdown, html, "
                          "csv, json",
                          how->format);
    if (order_index(how->sort) == NORDERS)
        return sq_err_set(err, SQ_USAGE,
                          "--sort: '%s' is none of value, model, date",
                          how->sort);
    if (how->ncolumns && (how->suite || how->metric))
        return sq_err_set(err, SQ_USAGE,
                          "--column names suites and metrics itself: leave "
                          "--suite and --metric out");
    if (how->ncolumns && how->slice && strcmp(how->slice, "all") == 0)
        return sq_err_set(err, SQ_USAGE,
                          "--column shows one slice: name it instead of all");
    return SQ_OK;
}

/* ---- for people ---------------------------------------------------------- */

/* At most this many characters of a name in a table for a terminal. */
#define LONGEST_NAME 38
#define NAME_TAIL 4

/* A long name keeps its two ends. */
static sq_str shortened(struct sq_arena *a, sq_str name)
{
    size_t n = sq_utf8_count(name), at = 0, cut = 0;
    if (n <= LONGEST_NAME)
        return name;
    for (size_t i = 0; i < n - NAME_TAIL; i++) {
        (void)sq_utf8_next(name, &at);
        if (i + 1 == LONGEST_NAME - NAME_TAIL - 2)
            cut = at;
    }
    return sq_str_from(
        sq_arena_printf(a, "%.*s..%.*s", SQ_STR_ARG(sq_str_sub(name, 0, cut)),
                        SQ_STR_ARG(sq_str_sub(name, at, name.n))));
}

/* May the names of n rows be shortened? Not when two would look the same. */
static bool can_shorten(struct sq_arena *a, const struct sq_board_row *rows,
                        size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            sq_str x = rows[i].entry->model, y = rows[j].entry->model;
            if (x.n > LONGEST_NAME && y.n > LONGEST_NAME && !sq_str_eq(x, y) &&
                sq_str_eq(shortened(a, x), shortened(a, y)))
                return false;
        }
    return true;
}

enum { CELL_RANK, CELL_MODEL, CELL_VALUE, CELL_SE, CELL_RANGE, CELL_N, NCELLS };

/* One row as cells; tags and judge stand last, where any row has them. */
static void section_cells(struct sq_arena *a, const struct sq_board_row *r,
                          bool narrow, const bool *more, sq_str *cells)
{
    const struct sq_board_entry *e = r->entry;
    size_t n = NCELLS;
    cells[CELL_RANK] = sq_board_rank_text(a, r);
    cells[CELL_MODEL] = narrow ? shortened(a, e->model) : e->model;
    cells[CELL_VALUE] = sq_grid_rounded(a, r->value_text);
    cells[CELL_SE] = sq_grid_rounded(a, r->stderr_text);
    cells[CELL_RANGE] = (sq_str){NULL, 0};
    if (r->lo_text.n)
        cells[CELL_RANGE] = sq_str_from(sq_arena_printf(
            a, "%.*s to %.*s", SQ_STR_ARG(sq_grid_rounded(a, r->lo_text)),
            SQ_STR_ARG(sq_grid_rounded(a, r->hi_text))));
    cells[CELL_N] = r->n_text;
    if (more[0])
        cells[n++] = narrow ? shortened(a, e->judge) : e->judge;
    if (more[1])
        cells[n++] = e->tags;
}

/* One ranked section: n rows of one suite, group, metric and slice. */
static void render_section(struct sq_arena *a, const struct sq_board_row *rows,
                           size_t n, size_t format, bool first_of_group,
                           struct sq_buf *out)
{
    static const struct sq_grid_column all[] = {
        {"#", true},      {"model", false},        {"value", true},
        {"se", true},     {"95% interval", false}, {"n", true},
        {"judge", false}, {"tags", false}};
    struct sq_grid_column columns[NCELLS + 2];
    struct sq_grid g = {.columns = columns, .ncolumns = NCELLS};
    bool narrow =
        strcmp(formats[format].name, "table") == 0 && can_shorten(a, rows, n);
    bool more[2] = {false, false};
    for (size_t i = 0; i < n; i++) {
        more[0] = more[0] || rows[i].entry->judge.n;
        more[1] = more[1] || rows[i].entry->tags.n;
    }
    memcpy(columns, all, NCELLS * sizeof *columns);
    for (size_t i = 0; i < 2; i++)
        if (more[i])
            columns[g.ncolumns++] = all[NCELLS + i];
    for (size_t i = 0; i < n; i++) {
        sq_str cells[NCELLS + 2];
        section_cells(a, &rows[i], narrow, more, cells);
        sq_grid_add(&g, cells);
    }
    const struct sq_board_entry *e = rows->entry;
    sq_str heading = sq_str_from(sq_arena_printf(
        a, "%.*s  %.*s%s%.*s", SQ_STR_ARG(e->suite), SQ_STR_ARG(rows->metric),
        rows->slice.n ? "  " : "", SQ_STR_ARG(rows->slice)));
    sq_str note = {NULL, 0};
    if (e->apart.n && first_of_group)
        note = sq_str_from(sq_arena_printf(
            a, "Ranked apart, not comparable with those above: %.*s.",
            SQ_STR_ARG(e->apart)));
    formats[format].section(heading, &g, note, out);
    sq_grid_release(&g);
}

/* Metrics of detail are left out, unless asked for. */
static bool shown(const struct sq_leaderboard_options *how,
                  const struct sq_board_row *r)
{
    const struct sq_metric *m = sq_metric_find(r->metric);
    return how->metric || !m || !m->detail;
}

static void say_hidden(const struct sq_board *b,
                       const struct sq_leaderboard_options *how,
                       struct sq_buf *out)
{
    struct sq_buf names;
    sq_buf_init(&names, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < b->nrows; i++) {
        sq_str name = b->rows[i].metric;
        if (!shown(how, &b->rows[i]) &&
            (!i || !sq_str_eq(name, b->rows[i - 1].metric)) &&
            sq_str_find(sq_buf_str(&names), name, 0) == SIZE_MAX)
            sq_buf_addf(&names, "%s%.*s", names.n ? ", " : "",
                        SQ_STR_ARG(name));
    }
    if (names.n)
        sq_buf_addf(out, "\nMore with --metric NAME or all: %s\n", names.p);
    sq_buf_release(&names);
}

/* One line for each run with notes, whatever it is shown for. */
static void say_notes(const struct sq_board *b, sq_str only, bool html,
                      struct sq_buf *out)
{
    struct sq_buf line;
    sq_buf_init(&line, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < b->nentries; i++) {
        const struct sq_board_entry *e = &b->entries[i];
        bool again = false;
        for (size_t k = 0; k < i && !again; k++)
            again = sq_str_eq(b->entries[k].run, e->run);
        if (again || !e->notes.n || (only.n && !sq_str_eq(e->suite, only)))
            continue;
        sq_buf_reset(&line);
        sq_buf_addf(&line, "note: %.*s (run %.*s): %.*s", SQ_STR_ARG(e->model),
                    SQ_STR_ARG(e->run), SQ_STR_ARG(e->notes));
        sq_buf_adds(out, html ? "<p>" : "\n");
        if (html)
            sq_html_text(sq_buf_str(&line), out);
        else
            sq_wrap(out, sq_buf_str(&line), 0);
        sq_buf_adds(out, html ? "</p>\n" : "");
    }
    sq_buf_release(&line);
}

static void render_people(struct sq_board *b,
                          const struct sq_leaderboard_options *how,
                          size_t format, struct sq_buf *out)
{
    const struct sq_board_entry *last = NULL;
    for (size_t from = 0, to; from < b->nrows; from = to) {
        struct sq_board_row *r = &b->rows[from];
        for (to = from + 1;
             to < b->nrows && compare_sections(r, &b->rows[to]) == 0; to++)
            ;
        if (!shown(how, r))
            continue;
        if (last)
            sq_buf_addc(out, '\n');
        bool new_group = !last || last->group != r->entry->group ||
                         !sq_str_eq(last->suite, r->entry->suite);
        last = r->entry;
        render_section(&b->arena, r, to - from, format, new_group, out);
    }
    if (!last)
        sq_buf_adds(out, "no scores that fit\n");
    else if (strcmp(formats[format].name, "table") == 0)
        say_hidden(b, how, out);
    say_notes(b, sq_str_from(how->suite),
              strcmp(formats[format].name, "html") == 0, out);
}

/* ---- for programs -------------------------------------------------------- */

static void render_view(struct sq_board *b, const char *format,
                        struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"run_id", false}, {"created_at", false}, {"model", false},
        {"judge", false},  {"suite", false},      {"slice", false},
        {"metric", false}, {"value", true},       {"stderr", true},
        {"lo", true},      {"hi", true},          {"n", true},
        {"tags", false},   {"group", true},       {"rank_lo", true},
        {"rank_hi", true}, {"notes", false}};
    struct sq_grid g = {.columns = columns,
                        .ncolumns = sizeof columns / sizeof *columns};
    for (size_t i = 0; i < b->nrows; i++) {
        const struct sq_board_row *r = &b->rows[i];
        const struct sq_board_entry *e = r->entry;
        size_t numbers[3] = {e->group, r->rank_lo, r->rank_hi};
        sq_str texts[3];
        for (int k = 0; k < 3; k++)
            texts[k] =
                sq_str_from(sq_arena_printf(&b->arena, "%zu", numbers[k]));
        sq_str cells[] = {e->run,         e->created, e->model,   e->judge,
                          e->suite,       r->slice,   r->metric,  r->value_text,
                          r->stderr_text, r->lo_text, r->hi_text, r->n_text,
                          e->tags,        texts[0],   texts[1],   texts[2],
                          e->notes};
        sq_grid_add(&g, cells);
    }
    sq_grid_render(&g, format, out);
    sq_grid_release(&g);
}

/* ---- all of it ----------------------------------------------------------- */

static void sort_and_rank(struct sq_board *b, const char *sort)
{
    if (!b->nrows)
        return;
    qsort(b->rows, b->nrows, sizeof *b->rows,
          orders[order_index(sort)].compare);
    for (size_t from = 0, to; from < b->nrows; from = to) {
        for (to = from + 1; to < b->nrows &&
                            compare_sections(&b->rows[from], &b->rows[to]) == 0;
             to++)
            ;
        sq_board_rank(&b->rows[from], to - from);
    }
}

static enum sq_status render(struct sq_board *b, struct sq_store *store,
                             const struct sq_leaderboard_options *how,
                             struct sq_buf *out, struct sq_err *err)
{
    size_t format = format_index(how->format);
    bool people = formats[format].section != NULL;
    bool all_metrics = !how->metric || strcmp(how->metric, "all") == 0;
    bool overall = people || how->ncolumns;
    const char *slice = how->slice ? how->slice : overall ? "" : "all";
    enum sq_status st =
        sq_board_read(b, store, how->suite, all_metrics ? NULL : how->metric,
                      strcmp(slice, "all") == 0 ? NULL : slice, err);
    if (st != SQ_OK)
        return st;
    if (how->ncolumns) {
        struct sq_grid g = {0};
        sq_str note = {NULL, 0};
        st = sq_columns_grid(b, how, people, &g, &note, err);
        if (st == SQ_OK && people)
            formats[format].section(SQ_STR("macro average"), &g, note, out);
        else if (st == SQ_OK)
            sq_grid_render(&g, how->format, out);
        sq_grid_release(&g);
        return st;
    }
    sort_and_rank(b, how->sort);
    if (people)
        render_people(b, how, format, out);
    else
        render_view(b, how->format, out);
    return SQ_OK;
}

enum sq_status sq_leaderboard_render(struct sq_store *store,
                                     const struct sq_leaderboard_options *how,
                                     struct sq_buf *out, struct sq_err *err)
{
    struct sq_board b = {0};
    bool html = strcmp(how->format, "html") == 0;
    enum sq_status st = sq_board_open(&b, store, &how->choice, err);
    if (html)
        sq_html_begin("Leaderboard", NULL, 0, out);
    if (st == SQ_OK)
        st = render(&b, store, how, out, err);
    if (html)
        sq_html_end(out);
    sq_board_release(&b);
    return st;
}
