#include "report/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "seqeval_metric.h"

/* The 97.5% point of the normal distribution. */
#define Z 1.959963984540054

struct column {
    sq_str suite, metric;
};

/* A model and its value in each column. */
struct line {
    sq_str model, newest;
    const struct sq_board_row **cells; /* NULL = it has none */
    struct sq_board_row macro;         /* value NaN = none; to be ranked */
};

struct table {
    struct sq_board *board;
    struct column *columns;
    size_t ncolumns;
    bool averaged; /* the columns' metrics can be averaged */
    struct line *lines;
    size_t nlines;
};

/* ---- which columns ------------------------------------------------------- */

/* The first metric that group 1 of the suite has, in the order of reports. */
static sq_str first_metric(const struct sq_board *b, sq_str suite)
{
    sq_str best = {NULL, 0};
    for (size_t i = 0; i < b->nrows; i++) {
        const struct sq_board_row *r = &b->rows[i];
        const struct sq_metric *m = sq_metric_find(r->metric);
        if (!m || r->entry->group != 1 || !sq_str_eq(r->entry->suite, suite))
            continue;
        if (!best.n || m < sq_metric_find(best) ||
            (m == sq_metric_find(best) && sq_str_cmp(r->metric, best) < 0))
            best = r->metric;
    }
    return best;
}

static void add_column(struct table *t, sq_str suite, sq_str metric)
{
    for (size_t i = 0; i < t->ncolumns; i++)
        if (sq_str_eq(t->columns[i].suite, suite) &&
            sq_str_eq(t->columns[i].metric, metric))
            return;
    t->columns = sq_xrealloc(t->columns, t->ncolumns + 1, sizeof *t->columns);
    t->columns[t->ncolumns++] = (struct column){suite, metric};
}

static void add_all(struct table *t)
{
    const struct sq_board *b = t->board;
    for (size_t i = 0; i < b->nentries; i++) {
        sq_str metric = first_metric(b, b->entries[i].suite);
        if (metric.n)
            add_column(t, b->entries[i].suite, metric);
    }
}

/* "METRIC@SUITE" or "SUITE". */
static enum sq_status add_named(struct table *t, const char *name,
                                struct sq_err *err)
{
    const struct sq_board *b = t->board;
    sq_str suite = sq_str_from(name), metric = {NULL, 0};
    size_t at = sq_str_find(suite, SQ_STR("@"), 0);
    if (at != SIZE_MAX) {
        metric = sq_str_sub(suite, 0, at);
        suite = sq_str_sub(suite, at + 1, suite.n);
    } else {
        metric = first_metric(b, suite);
    }
    for (size_t i = 0; i < b->nrows; i++)
        if (b->rows[i].entry->group == 1 &&
            sq_str_eq(b->rows[i].entry->suite, suite) &&
            sq_str_eq(b->rows[i].metric, metric)) {
            add_column(t, suite, metric);
            return SQ_OK;
        }
    return sq_err_set(err, SQ_NOT_FOUND,
                      "--column: no scores for '%s'; give SUITE or "
                      "METRIC@SUITE as in --format csv, or all",
                      name);
}

static enum sq_status choose_columns(struct table *t,
                                     const struct sq_leaderboard_options *how,
                                     struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < how->ncolumns && st == SQ_OK; i++) {
        if (strcmp(how->columns[i], "all") == 0)
            add_all(t);
        else
            st = add_named(t, how->columns[i], err);
    }
    t->averaged = t->ncolumns > 0;
    for (size_t i = 1; i < t->ncolumns; i++) {
        const struct sq_metric *a = sq_metric_find(t->columns[0].metric);
        const struct sq_metric *b = sq_metric_find(t->columns[i].metric);
        t->averaged = t->averaged && a && b && a->min == b->min &&
                      a->max == b->max && a->lower == b->lower;
    }
    return st;
}

/* ---- the models' values ---------------------------------------------------
 */

static struct line *line_of(struct table *t, sq_str model)
{
    for (size_t i = 0; i < t->nlines; i++)
        if (sq_str_eq(t->lines[i].model, model))
            return &t->lines[i];
    t->lines = sq_xrealloc(t->lines, t->nlines + 1, sizeof *t->lines);
    struct line *l = &t->lines[t->nlines++];
    *l = (struct line){.model = model,
                       .cells = sq_arena_array(&t->board->arena, t->ncolumns,
                                               sizeof *l->cells)};
    return l;
}

/* The mean over the columns; independent errors add up by their squares. */
static void average(const struct table *t, struct line *l)
{
    double sum = 0, squares = 0, k = (double)t->ncolumns;
    for (size_t i = 0; i < t->ncolumns; i++) {
        sum += l->cells[i] ? l->cells[i]->value : NAN;
        squares +=
            l->cells[i] ? l->cells[i]->stderr_ * l->cells[i]->stderr_ : NAN;
    }
    struct sq_board_row *m = &l->macro;
    *m = (struct sq_board_row){.metric = t->columns[0].metric,
                               .value = t->averaged ? sum / k : NAN,
                               .stderr_ = sqrt(squares) / k};
    m->lo = m->value - Z * m->stderr_;
    m->hi = m->value + Z * m->stderr_;
}

static void fill(struct table *t)
{
    const struct sq_board *b = t->board;
    for (size_t i = 0; i < b->nrows; i++) {
        const struct sq_board_row *r = &b->rows[i];
        for (size_t c = 0; c < t->ncolumns && r->entry->group == 1; c++) {
            if (!sq_str_eq(r->entry->suite, t->columns[c].suite) ||
                !sq_str_eq(r->metric, t->columns[c].metric))
                continue;
            struct line *l = line_of(t, r->entry->model);
            l->cells[c] = r;
            if (sq_str_cmp(r->entry->created, l->newest) > 0)
                l->newest = r->entry->created;
        }
    }
    for (size_t i = 0; i < t->nlines; i++)
        average(t, &t->lines[i]);
}

/* ---- order and ranks ------------------------------------------------------
 */

static int by_value(const void *pa, const void *pb)
{
    const struct line *a = pa, *b = pb;
    int c = sq_board_better(&a->macro, &b->macro);
    return c ? c : sq_str_cmp(a->model, b->model);
}

static int by_model(const void *pa, const void *pb)
{
    const struct line *a = pa, *b = pb;
    return sq_str_cmp(a->model, b->model);
}

static int by_date(const void *pa, const void *pb)
{
    const struct line *a = pa, *b = pb;
    int c = sq_str_cmp(b->newest, a->newest);
    return c ? c : sq_str_cmp(a->model, b->model);
}

static void sort_and_rank(struct table *t, const char *sort)
{
    size_t ranked = 0;
    if (!t->nlines)
        return;
    qsort(t->lines, t->nlines, sizeof *t->lines, by_value);
    while (ranked < t->nlines && !isnan(t->lines[ranked].macro.value))
        ranked++;
    struct sq_board_row *rows = sq_xcalloc(ranked + 1, sizeof *rows);
    for (size_t i = 0; i < ranked; i++)
        rows[i] = t->lines[i].macro;
    sq_board_rank(rows, ranked);
    for (size_t i = 0; i < ranked; i++)
        t->lines[i].macro = rows[i];
    free(rows);
    if (strcmp(sort, "value") != 0)
        qsort(t->lines, t->nlines, sizeof *t->lines,
              strcmp(sort, "model") == 0 ? by_model : by_date);
}

/* ---- cells ----------------------------------------------------------------
 */

static sq_str people_cell(struct sq_arena *a, double v, double se)
{
    if (isnan(v))
        return SQ_STR("-");
    if (isnan(se))
        return sq_str_from(sq_arena_printf(a, "%.4f", v));
    return sq_str_from(sq_arena_printf(a, "%.4f \xc2\xb1 %.4f", v, se));
}

static const char *column_name(struct sq_arena *a, const struct column *c,
                               const char *what)
{
    return sq_arena_printf(a, "%.*s@%.*s%s", SQ_STR_ARG(c->metric),
                           SQ_STR_ARG(c->suite), what);
}

static void people_grid(struct table *t, struct sq_grid *g)
{
    struct sq_arena *a = &t->board->arena;
    size_t n = t->ncolumns + 3;
    struct sq_grid_column *columns = sq_arena_array(a, n, sizeof *columns);
    sq_str *cells = sq_arena_array(a, n, sizeof *cells);
    columns[0] = (struct sq_grid_column){"#", true};
    columns[1] = (struct sq_grid_column){"model", false};
    columns[2] = (struct sq_grid_column){"macro average", true};
    for (size_t c = 0; c < t->ncolumns; c++)
        columns[3 + c] =
            (struct sq_grid_column){column_name(a, &t->columns[c], ""), true};
    *g = (struct sq_grid){.columns = columns, .ncolumns = n};
    for (size_t i = 0; i < t->nlines; i++) {
        const struct line *l = &t->lines[i];
        cells[0] = isnan(l->macro.value) ? SQ_STR("-")
                                         : sq_board_rank_text(a, &l->macro);
        cells[1] = l->model;
        cells[2] = people_cell(a, l->macro.value, l->macro.stderr_);
        for (size_t c = 0; c < t->ncolumns; c++)
            cells[3 + c] = l->cells[c] ? people_cell(a, l->cells[c]->value,
                                                     l->cells[c]->stderr_)
                                       : SQ_STR("-");
        sq_grid_add(g, cells);
    }
}

static void program_grid(struct table *t, struct sq_grid *g)
{
    struct sq_arena *a = &t->board->arena;
    static const struct sq_grid_column fixed[] = {{"model", false},
                                                  {"rank_lo", true},
                                                  {"rank_hi", true},
                                                  {"macro", true},
                                                  {"macro_se", true}};
    const size_t nfixed = sizeof fixed / sizeof *fixed;
    size_t n = nfixed + 3 * t->ncolumns;
    struct sq_grid_column *columns = sq_arena_array(a, n, sizeof *columns);
    sq_str *cells = sq_arena_array(a, n, sizeof *cells);
    static const char *const parts[] = {"", " stderr", " n"};
    memcpy(columns, fixed, sizeof fixed);
    for (size_t c = 0; c < 3 * t->ncolumns; c++)
        columns[nfixed + c] = (struct sq_grid_column){
            column_name(a, &t->columns[c / 3], parts[c % 3]), true};
    *g = (struct sq_grid){.columns = columns, .ncolumns = n};
    for (size_t i = 0; i < t->nlines; i++) {
        const struct line *l = &t->lines[i];
        memset(cells, 0, n * sizeof *cells);
        cells[0] = l->model;
        if (!isnan(l->macro.value)) {
            cells[1] = sq_grid_number(a, (double)l->macro.rank_lo);
            cells[2] = sq_grid_number(a, (double)l->macro.rank_hi);
        }
        cells[3] = sq_grid_number(a, l->macro.value);
        cells[4] = sq_grid_number(a, l->macro.stderr_);
        for (size_t c = 0; c < t->ncolumns; c++) {
            const struct sq_board_row *r = l->cells[c];
            cells[nfixed + 3 * c] = r ? r->value_text : (sq_str){NULL, 0};
            cells[nfixed + 3 * c + 1] = r ? r->stderr_text : (sq_str){NULL, 0};
            cells[nfixed + 3 * c + 2] = r ? r->n_text : (sq_str){NULL, 0};
        }
        sq_grid_add(g, cells);
    }
}

/* Runs of the columns' suites that are not comparable with the others. */
static sq_str left_out(const struct table *t)
{
    struct sq_buf text;
    const struct sq_board *b = t->board;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < b->nentries; i++) {
        const struct sq_board_entry *e = &b->entries[i];
        bool in = false;
        for (size_t c = 0; c < t->ncolumns; c++)
            in = in || sq_str_eq(e->suite, t->columns[c].suite);
        if (in && e->group != 1)
            sq_buf_addf(&text,
                        "%sLeft out, not comparable: %.*s, run %.*s of %.*s "
                        "(%.*s).",
                        text.n ? "\n" : "", SQ_STR_ARG(e->suite),
                        SQ_STR_ARG(e->run), SQ_STR_ARG(e->model),
                        SQ_STR_ARG(e->apart));
    }
    sq_str note = sq_arena_str(&t->board->arena, sq_buf_str(&text));
    sq_buf_release(&text);
    return note;
}

enum sq_status sq_columns_grid(struct sq_board *b,
                               const struct sq_leaderboard_options *how,
                               bool people, struct sq_grid *g, sq_str *note,
                               struct sq_err *err)
{
    struct table t = {.board = b};
    *g = (struct sq_grid){0};
    enum sq_status st = choose_columns(&t, how, err);
    if (st == SQ_OK) {
        fill(&t);
        sort_and_rank(&t, how->sort);
        *note = left_out(&t);
        (people ? people_grid : program_grid)(&t, g);
    }
    free(t.columns);
    free(t.lines);
    return st;
}
