#include "report/show.h"

#include <stdlib.h>

#include "report/grid.h"
#include "report/notes.h"
#include "report/query_columns.h"
#include "report/wrap.h"
#include "seqeval_metric.h"

/* ---- one run ----------------------------------------------------------- */

/* The columns of a query as a grid; those without a name are left out. */
struct listing {
    struct sq_arena arena;
    const struct sq_grid_column *source;
    size_t nsource;
    struct sq_grid_column columns[12];
    struct sq_grid grid;
    int metric; /* column of a metric's name, of which details are left out; -1
                   = none */
};

static void take_cells(void *ctx, const struct sq_store_row *row)
{
    struct listing *l = ctx;
    const struct sq_metric *m =
        l->metric < 0 ? NULL : sq_metric_find(row->cols[l->metric]);
    if (m && m->detail)
        return;
    sq_str cells[12];
    size_t n = 0;
    for (size_t i = 0; i < l->nsource; i++)
        if (l->source[i].name)
            cells[n++] = l->source[i].number
                             ? sq_grid_rounded(&l->arena, row->cols[i])
                             : sq_arena_str(&l->arena, row->cols[i]);
    sq_grid_add(&l->grid, cells);
}

/* Takes a column out that says nothing in any row. */
static void drop_empty_columns(struct listing *l)
{
    struct sq_grid *g = &l->grid;
    for (size_t c = g->ncolumns; c-- > 0;) {
        bool empty = true;
        for (size_t r = 0; r < g->nrows && empty; r++)
            empty = g->cells[r * g->ncolumns + c].n == 0;
        if (!empty)
            continue;
        size_t kept = 0;
        for (size_t i = 0; i < g->nrows * g->ncolumns; i++)
            if (i % g->ncolumns != c)
                g->cells[kept++] = g->cells[i];
        for (size_t i = c; i + 1 < g->ncolumns; i++)
            l->columns[i] = l->columns[i + 1];
        g->ncolumns--;
    }
}

static enum sq_status
add_listing(struct sq_store *store, enum sq_store_query query, sq_str run,
            const char *title, const struct sq_grid_column *columns,
            size_t ncolumns, struct sq_buf *out, struct sq_err *err)
{
    struct listing l = {.source = columns,
                        .nsource = ncolumns,
                        .metric = query == SQ_QUERY_RUN_METRICS ? 2 : -1};
    for (size_t i = 0; i < ncolumns; i++)
        if (columns[i].name)
            l.columns[l.grid.ncolumns++] = columns[i];
    l.grid.columns = l.columns;
    enum sq_status st =
        sq_store_each(store, query, &run, 1, take_cells, &l, err);
    if (st == SQ_OK && l.grid.nrows) {
        drop_empty_columns(&l);
        sq_buf_addf(out, "\n%s\n", title);
        sq_grid_table(&l.grid, out);
    }
    sq_grid_release(&l.grid);
    sq_arena_release(&l.arena);
    return st;
}

/* SQ_QUERY_RUN's columns; label for people. */
static const char *const run_labels[] = {"run",     "begun",    "finished",
                                         "status",  "model",    "judge",
                                         "seqeval", "settings", "provenance"};

static void take_run(void *ctx, const struct sq_store_row *row)
{
    struct sq_buf *out = ctx;
    for (int i = 0; i < row->ncols; i++) {
        if (!row->cols[i].n)
            continue;
        struct sq_buf line;
        sq_buf_init(&line, SQ_MAX_CONFIG);
        sq_buf_addf(&line, "%-11s%.*s", run_labels[i],
                    SQ_STR_ARG(row->cols[i]));
        sq_wrap(out, sq_buf_str(&line), 0);
        sq_buf_release(&line);
    }
}

static enum sq_status add_notes(struct sq_store *store, const char *run_id,
                                struct sq_buf *out, struct sq_err *err)
{
    struct sq_buf line;
    sq_buf_init(&line, SQ_MAX_MESSAGE);
    enum sq_status st = sq_notes_render(store, run_id, &line, err);
    if (st == SQ_OK && line.n) {
        sq_buf_adds(out, "notes      ");
        sq_wrap(out, sq_buf_str(&line), 0);
    }
    sq_buf_release(&line);
    return st;
}

enum sq_status sq_show_run(struct sq_store *store, const char *run_id,
                           struct sq_buf *out, struct sq_err *err)
{
    static const struct sq_grid_column suites[] = {
        {"suite", false},  {NULL, false},   {NULL, false},
        {NULL, false},     {NULL, false},   {"modified", true},
        {"samples", true}, {"epochs", true}};
    static const struct sq_grid_column states[] = {{"suite", false},
                                                   {"of", false},
                                                   {"grader", false},
                                                   {"state", false},
                                                   {"n", true}};
    static const struct sq_grid_column metrics[] = {
        {"suite", false}, {"slice", false}, {"metric", false}, {"value", true},
        {"se", true},     {"lo", true},     {"hi", true},      {"n", true}};
    static const struct sq_grid_column samples[] = {
        {"suite", false}, {"sample", false}, {"epoch", true},
        {"state", false}, {NULL, false},     {NULL, false},
        {NULL, false},    {"grader", false}, {"steps", true},
        {"pass", true},   {"fail", true},    {"unansw.", true}};
    static const struct sq_grid_column audit[] = {
        {"judge", false}, {"template", false}, {"measure", false},
        {"value", true},  {"lo", true},        {"hi", true},
        {"n", true}};
    static const struct {
        enum sq_store_query query;
        const char *title;
        const struct sq_grid_column *columns;
        size_t n;
    } listings[] = {{SQ_QUERY_RUN_SUITES, "Suites", suites, 8},
                    {SQ_QUERY_RUN_STATES, "Counts by state", states, 5},
                    {SQ_QUERY_RUN_METRICS, "Metrics", metrics, 8},
                    {SQ_QUERY_RUN_AUDIT, "Judges", audit, 7},
                    {SQ_QUERY_RUN_SAMPLES, "Samples", samples, 12}};
    sq_str run = sq_str_from(run_id);
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_RUN, &run, 1, take_run, out, err);
    if (st == SQ_OK)
        st = add_notes(store, run_id, out, err);
    for (size_t i = 0; i < sizeof listings / sizeof *listings && st == SQ_OK;
         i++)
        st = add_listing(store, listings[i].query, run, listings[i].title,
                         listings[i].columns, listings[i].n, out, err);
    return st;
}

/* ---- one sample -------------------------------------------------------- */

/* The rows of a query that belong to one suite (empty = any) and epoch. */
struct rows {
    struct sq_arena arena;
    size_t ncols, suite_col, epoch_col;
    sq_str suite;
    long long epoch;
    sq_str *cells;
    size_t n;
};

static void keep_row(void *ctx, const struct sq_store_row *row)
{
    struct rows *r = ctx;
    long long epoch = 0;
    (void)sq_str_to_int(row->cols[r->epoch_col], &epoch);
    if (epoch != r->epoch ||
        (r->suite.n && !sq_str_eq(row->cols[r->suite_col], r->suite)))
        return;
    r->cells = sq_xrealloc(r->cells, (r->n + 1) * r->ncols, sizeof *r->cells);
    for (size_t i = 0; i < r->ncols; i++)
        r->cells[r->n * r->ncols + i] = sq_arena_str(&r->arena, row->cols[i]);
    r->n++;
}

static void rows_release(struct rows *r)
{
    free(r->cells);
    sq_arena_release(&r->arena);
}

static const sq_str *row_at(const struct rows *r, size_t i)
{
    return r->cells + i * r->ncols;
}

static size_t to_size(sq_str s)
{
    long long v = 0;
    (void)sq_str_to_int(s, &v);
    return (size_t)v;
}

static void add_query(const struct rows *steps, sq_str query,
                      struct sq_buf *out)
{
    struct sq_buf marked;
    size_t at = 0, last = SIZE_MAX;
    sq_buf_init(&marked, SQ_MAX_PROMPT);
    for (size_t i = 0; i < steps->n; i++) {
        const sq_str *row = row_at(steps, i);
        size_t number = to_size(row[STEP_NUMBER]);
        size_t start = to_size(row[STEP_START]);
        size_t end = to_size(row[STEP_END]);
        /* The next grader of the same step, or a step without a span. */
        if (number == last || end == 0)
            continue;
        last = number;
        sq_buf_add(&marked, sq_str_sub(query, at, start));
        sq_buf_addf(&marked, "[%zu: ", number + 1);
        sq_buf_add(&marked, sq_str_sub(query, start, end));
        sq_buf_addc(&marked, ']');
        at = end;
    }
    sq_buf_add(&marked, sq_str_sub(query, at, query.n));
    sq_buf_adds(out, "\nQuery\n");
    if (query.n)
        sq_wrap(out, sq_buf_str(&marked), 2);
    else
        sq_buf_adds(out, "  (empty)\n");
    sq_buf_release(&marked);
}

/* "[0,2]" of the database -> "1, 3" for people. */
static void add_depends(sq_str depends, struct sq_buf *out)
{
    sq_str piece;
    if (depends.n >= 2)
        depends = sq_str_sub(depends, 1, depends.n - 1);
    const char *sep = ", builds on ";
    while (depends.n && sq_str_split(&depends, ',', &piece)) {
        sq_buf_addf(out, "%s%zu", sep, to_size(piece) + 1);
        sep = ", ";
    }
}

static void add_step(const sq_str *row, struct sq_buf *out)
{
    sq_buf_addf(out, "\n%3zu  %.*s  %.*s", to_size(row[STEP_NUMBER]) + 1,
                SQ_STR_ARG(row[STEP_STATE]), SQ_STR_ARG(row[STEP_KIND]));
    if (row[STEP_GRADER].n)
        sq_buf_addf(out, "  (%.*s)", SQ_STR_ARG(row[STEP_GRADER]));
    if (row[STEP_CORRECT].n)
        sq_buf_adds(out, sq_str_eq(row[STEP_CORRECT], SQ_STR("1"))
                             ? ", right"
                             : ", not right");
    add_depends(row[STEP_DEPENDS], out);
    sq_buf_addc(out, '\n');
    sq_wrap(out, row[STEP_EXPLANATION], 5);
    if (row[STEP_OWN_START].n)
        sq_buf_addf(out, "     read in its own text, bytes %.*s to %.*s\n",
                    SQ_STR_ARG(row[STEP_OWN_START]),
                    SQ_STR_ARG(row[STEP_OWN_END]));
    if (row[STEP_EVIDENCE].n) {
        struct sq_buf quote;
        sq_buf_init(&quote, SQ_MAX_REPLY);
        sq_buf_addf(&quote, "\"%.*s\"", SQ_STR_ARG(row[STEP_EVIDENCE]));
        sq_wrap(out, sq_buf_str(&quote), 5);
        sq_buf_release(&quote);
    }
}

static void add_verdict(const sq_str *row, struct sq_buf *out)
{
    if (!row[VERDICT_EXPLANATION].n && !row[VERDICT_QUALITY].n &&
        sq_str_eq(row[VERDICT_FOLLOWING], SQ_STR("not_judged")) &&
        sq_str_eq(row[VERDICT_PREFERENCE_STATE], SQ_STR("not_judged")))
        return; /* it judged the steps, above */
    if (row[VERDICT_JUDGE].n)
        sq_buf_addf(out, "\nJudge %.*s", SQ_STR_ARG(row[VERDICT_JUDGE]));
    else
        sq_buf_adds(out, "\nThe judges together");
    sq_buf_addf(out, ", %.*s:", SQ_STR_ARG(row[VERDICT_TEMPLATE]));
    if (!sq_str_eq(row[VERDICT_FOLLOWING], SQ_STR("not_judged")))
        sq_buf_addf(out, " following %.*s", SQ_STR_ARG(row[VERDICT_FOLLOWING]));
    if (row[VERDICT_QUALITY].n)
        sq_buf_addf(out, " quality %.*s", SQ_STR_ARG(row[VERDICT_QUALITY]));
    else if (!sq_str_eq(row[VERDICT_QUALITY_STATE], SQ_STR("not_judged")))
        sq_buf_addf(out, " quality %.*s",
                    SQ_STR_ARG(row[VERDICT_QUALITY_STATE]));
    if (row[VERDICT_PREFERENCE].n)
        sq_buf_addf(out, " preference %.*s",
                    SQ_STR_ARG(row[VERDICT_PREFERENCE]));
    else if (!sq_str_eq(row[VERDICT_PREFERENCE_STATE], SQ_STR("not_judged")))
        sq_buf_addf(out, " preference %.*s",
                    SQ_STR_ARG(row[VERDICT_PREFERENCE_STATE]));
    sq_buf_addc(out, '\n');
    sq_wrap(out, row[VERDICT_EXPLANATION], 5);
}

static void add_sample(const sq_str *s, struct sq_buf *out)
{
    struct sq_buf head;
    sq_buf_init(&head, SQ_MAX_MESSAGE);
    sq_buf_addf(&head, "%.*s  sample %.*s  epoch %.*s  %.*s",
                SQ_STR_ARG(s[SAMPLE_SUITE]), SQ_STR_ARG(s[SAMPLE_ID]),
                SQ_STR_ARG(s[SAMPLE_EPOCH]), SQ_STR_ARG(s[SAMPLE_FACETS]));
    sq_wrap(out, sq_buf_str(&head), 0);
    sq_buf_release(&head);
}

static void add_response(const sq_str *s, struct sq_buf *out)
{
    bool answered = sq_str_eq(s[SAMPLE_STATE], SQ_STR("pass"));
    sq_buf_addf(out, "\nResponse%s", answered ? "" : " (");
    if (!answered)
        sq_buf_addf(out, "%.*s)", SQ_STR_ARG(s[SAMPLE_STATE]));
    sq_buf_addc(out, '\n');
    sq_wrap(out, s[SAMPLE_ERROR], 2);
    if (s[SAMPLE_RESPONSE].n)
        sq_wrap(out, s[SAMPLE_RESPONSE], 2);
    else if (answered)
        sq_buf_adds(out, "  (empty)\n");
    if (s[SAMPLE_ATTACK].n) {
        struct sq_buf note;
        sq_buf_init(&note, SQ_MAX_MESSAGE);
        sq_buf_addf(&note, "It talks to the judge, which may not help it: %.*s",
                    SQ_STR_ARG(s[SAMPLE_ATTACK]));
        sq_buf_addc(out, '\n');
        sq_wrap(out, sq_buf_str(&note), 2);
        sq_buf_release(&note);
    }
}

static enum sq_status one_sample(const struct rows *found,
                                 const struct sq_show_sample *what,
                                 struct sq_err *err)
{
    if (found->n == 1)
        return SQ_OK;
    if (found->n == 0)
        return sq_err_set(err, SQ_NOT_FOUND,
                          "run %s has no sample '%s' with epoch %lld; "
                          "`seqeval show %s` lists them",
                          what->run_id, what->sample_id, what->epoch,
                          what->run_id);
    return sq_err_set(err, SQ_NOT_FOUND,
                      "several suites have a sample '%s': name one with "
                      "--suite, as --suite %.*s",
                      what->sample_id,
                      SQ_STR_ARG(row_at(found, 0)[SAMPLE_SUITE]));
}

static void render_sample(const sq_str *s, const struct rows *steps,
                          const struct rows *verdicts, struct sq_buf *out)
{
    add_sample(s, out);
    add_query(steps, s[SAMPLE_QUERY], out);
    add_response(s, out);
    sq_buf_adds(out, steps->n ? "\nSteps\n" : "");
    for (size_t i = 0; i < steps->n; i++)
        add_step(row_at(steps, i), out);
    for (size_t i = 0; i < verdicts->n; i++)
        add_verdict(row_at(verdicts, i), out);
}

enum sq_status sq_show_sample(struct sq_store *store,
                              const struct sq_show_sample *what,
                              struct sq_buf *out, struct sq_err *err)
{
    sq_str params[] = {sq_str_from(what->run_id), sq_str_from(what->sample_id)};
    struct rows found = {.ncols = SAMPLE_COLS,
                         .suite_col = SAMPLE_SUITE,
                         .epoch_col = SAMPLE_EPOCH,
                         .suite = sq_str_from(what->suite),
                         .epoch = what->epoch};
    struct rows steps = {.ncols = STEP_COLS,
                         .suite_col = STEP_SUITE,
                         .epoch_col = STEP_EPOCH,
                         .epoch = what->epoch};
    struct rows verdicts = {.ncols = VERDICT_COLS,
                            .suite_col = VERDICT_SUITE,
                            .epoch_col = VERDICT_EPOCH,
                            .epoch = what->epoch};
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_SAMPLE, params, 2, keep_row, &found, err);
    if (st == SQ_OK)
        st = one_sample(&found, what, err);
    if (st == SQ_OK) {
        steps.suite = verdicts.suite = row_at(&found, 0)[SAMPLE_SUITE];
        st = sq_store_each(store, SQ_QUERY_SAMPLE_STEPS, params, 2, keep_row,
                           &steps, err);
    }
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_SAMPLE_VERDICTS, params, 2, keep_row,
                           &verdicts, err);
    if (st == SQ_OK)
        render_sample(row_at(&found, 0), &steps, &verdicts, out);
    rows_release(&found);
    rows_release(&steps);
    rows_release(&verdicts);
    return st;
}
