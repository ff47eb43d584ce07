#include "report/leaderboard.h"

#include <stdlib.h>
#include <string.h>

#include "report/grid.h"
#include "seqeval_metric.h"

/* The view's columns, in its order. */
enum {
    COL_RUN,
    COL_CREATED,
    COL_MODEL,
    COL_JUDGE,
    COL_SUITE,
    COL_SLICE,
    COL_METRIC,
    COL_VALUE,
    COL_STDERR,
    COL_LO,
    COL_HI,
    COL_N,
    NCOLS
};

static const struct sq_grid_column view_columns[NCOLS] = {
    {"run_id", false}, {"created_at", false}, {"model", false},
    {"judge", false},  {"suite", false},      {"slice", false},
    {"metric", false}, {"value", true},       {"stderr", true},
    {"lo", true},      {"hi", true},          {"n", true}};

struct row {
    sq_str col[NCOLS];
    double value;
};

struct board {
    const struct sq_leaderboard_options *how;
    struct sq_arena arena;
    struct row *rows;
    size_t n, cap;
};

typedef void (*grid_renderer)(const struct sq_grid *g, struct sq_buf *out);

static const struct {
    const char *name;
    grid_renderer render;
    bool people; /* rounded and ranked */
} formats[] = {
    {"table", sq_grid_table, true},
    {"markdown", sq_grid_markdown, true},
    {"csv", sq_grid_csv, false},
    {"json", sq_grid_json, false},
};
#define NFORMATS (sizeof formats / sizeof *formats)

static size_t format_index(const char *name)
{
    size_t i = 0;
    while (i < NFORMATS && strcmp(formats[i].name, name) != 0)
        i++;
    return i;
}

enum sq_status sq_report_format_check(const char *format, struct sq_err *err)
{
    if (format_index(format) < NFORMATS)
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "--format: '%s' is none of table, markdown, csv, json",
                      format);
}

static bool wanted(const struct board *b, const struct sq_store_row *row)
{
    const struct sq_leaderboard_options *how = b->how;
    bool people = formats[format_index(how->format)].people;
    if (how->suite && !sq_str_eq(row->cols[COL_SUITE], sq_str_from(how->suite)))
        return false;
    if (how->metric &&
        !sq_str_eq(row->cols[COL_METRIC], sq_str_from(how->metric)))
        return false;
    if (!how->slice)
        return !people || row->cols[COL_SLICE].n == 0;
    return strcmp(how->slice, "all") == 0 ||
           sq_str_eq(row->cols[COL_SLICE], sq_str_from(how->slice));
}

static void take_row(void *ctx, const struct sq_store_row *row)
{
    struct board *b = ctx;
    if (!wanted(b, row))
        return;
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 64;
        b->rows = sq_xrealloc(b->rows, b->cap, sizeof *b->rows);
    }
    struct row *r = &b->rows[b->n++];
    for (int i = 0; i < NCOLS; i++)
        r->col[i] = sq_arena_str(&b->arena, row->cols[i]);
    r->value = 0;
    (void)sq_str_to_num(r->col[COL_VALUE], &r->value);
}

static int compare_text(sq_str a, sq_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Suite, metric, slice, then the best value first. */
static int compare_rows(const void *pa, const void *pb)
{
    const struct row *a = pa, *b = pb;
    int c = compare_text(a->col[COL_SUITE], b->col[COL_SUITE]);
    const struct sq_metric *ma = sq_metric_find(a->col[COL_METRIC]);
    const struct sq_metric *mb = sq_metric_find(b->col[COL_METRIC]);
    if (!c)
        c = (ma > mb) - (ma < mb);
    if (!c)
        c = compare_text(a->col[COL_METRIC], b->col[COL_METRIC]);
    if (!c)
        c = compare_text(a->col[COL_SLICE], b->col[COL_SLICE]);
    if (!c)
        c = (a->value < b->value) - (a->value > b->value);
    return c ? c : compare_text(a->col[COL_RUN], b->col[COL_RUN]);
}

static bool same_board(const struct row *a, const struct row *b)
{
    return sq_str_eq(a->col[COL_SUITE], b->col[COL_SUITE]) &&
           sq_str_eq(a->col[COL_METRIC], b->col[COL_METRIC]) &&
           sq_str_eq(a->col[COL_SLICE], b->col[COL_SLICE]);
}

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

/* May the names of a board be shortened? Not when two would look the same. */
static bool can_shorten(struct board *b, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        for (size_t j = from; j < i; j++) {
            sq_str x = b->rows[i].col[COL_MODEL], y = b->rows[j].col[COL_MODEL];
            if (!sq_str_eq(x, y) &&
                sq_str_eq(shortened(&b->arena, x), shortened(&b->arena, y)))
                return false;
        }
    return true;
}

/* One row as cells; the judge's stands last, where it can be left out. */
static void board_cells(struct board *b, const struct row *r, size_t rank,
                        bool narrow, sq_str *cells)
{
    struct sq_arena *a = &b->arena;
    sq_str names[] = {r->col[COL_MODEL], r->col[COL_JUDGE]};
    for (int i = 0; i < 2 && narrow; i++)
        names[i] = shortened(a, names[i]);
    cells[0] = sq_str_from(sq_arena_printf(a, "%zu", rank));
    cells[1] = names[0];
    cells[2] = sq_grid_rounded(a, r->col[COL_VALUE]);
    cells[3] = sq_grid_rounded(a, r->col[COL_STDERR]);
    cells[4] = (sq_str){NULL, 0};
    if (r->col[COL_LO].n)
        cells[4] = sq_str_from(sq_arena_printf(
            a, "%.*s to %.*s", SQ_STR_ARG(sq_grid_rounded(a, r->col[COL_LO])),
            SQ_STR_ARG(sq_grid_rounded(a, r->col[COL_HI]))));
    cells[5] = r->col[COL_N];
    cells[6] = names[1];
}

/* One ranked board: rows [from, to) of one suite, metric and slice. */
static void render_board(struct board *b, size_t from, size_t to, size_t format,
                         struct sq_buf *out)
{
    static const struct sq_grid_column columns[] = {
        {"#", true},     {"model", false},        {"value", true},
        {"se", true},    {"95% interval", false}, {"n", true},
        {"judge", false}};
    struct sq_grid g = {.columns = columns, .ncolumns = 6};
    bool narrow =
        formats[format].render == sq_grid_table && can_shorten(b, from, to);
    size_t rank = 0;
    for (size_t i = from; i < to; i++)
        if (b->rows[i].col[COL_JUDGE].n)
            g.ncolumns = 7;
    for (size_t i = from; i < to; i++) {
        sq_str cells[7];
        if (i == from || b->rows[i].value < b->rows[i - 1].value)
            rank = i - from + 1;
        board_cells(b, &b->rows[i], rank, narrow, cells);
        sq_grid_add(&g, cells);
    }
    formats[format].render(&g, out);
    sq_grid_release(&g);
}

static void render_people(struct board *b, size_t format, struct sq_buf *out)
{
    for (size_t from = 0, to; from < b->n; from = to) {
        const struct row *r = &b->rows[from];
        for (to = from + 1; to < b->n && same_board(r, &b->rows[to]); to++)
            ;
        const char *mark =
            strcmp(formats[format].name, "markdown") == 0 ? "### " : "";
        sq_buf_addf(out, "%s%s%.*s  %.*s%s%.*s\n%s", from ? "\n" : "", mark,
                    SQ_STR_ARG(r->col[COL_SUITE]),
                    SQ_STR_ARG(r->col[COL_METRIC]),
                    r->col[COL_SLICE].n ? "  " : "",
                    SQ_STR_ARG(r->col[COL_SLICE]), *mark ? "\n" : "");
        render_board(b, from, to, format, out);
    }
    if (!b->n)
        sq_buf_adds(out, "no scores that fit\n");
}

static void render_view(const struct board *b, size_t format,
                        struct sq_buf *out)
{
    struct sq_grid g = {.columns = view_columns, .ncolumns = NCOLS};
    for (size_t i = 0; i < b->n; i++)
        sq_grid_add(&g, b->rows[i].col);
    formats[format].render(&g, out);
    sq_grid_release(&g);
}

enum sq_status sq_leaderboard_render(struct sq_store *store,
                                     const struct sq_leaderboard_options *how,
                                     struct sq_buf *out, struct sq_err *err)
{
    struct board b = {.how = how};
    size_t format = format_index(how->format);
    sq_str run = sq_str_from(how->run);
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_LEADERBOARD, &run, 1, take_row, &b, err);
    if (st == SQ_OK) {
        if (b.n)
            qsort(b.rows, b.n, sizeof *b.rows, compare_rows);
        if (formats[format].people)
            render_people(&b, format, out);
        else
            render_view(&b, format, out);
    }
    free(b.rows);
    sq_arena_release(&b.arena);
    return st;
}
