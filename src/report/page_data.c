#include "report/page_parts.h"

#include <stdlib.h>
#include <string.h>

#include "report/query_columns.h"

/* The rows of a query of one run, copied. */
struct rows {
    struct sq_arena *arena;
    size_t ncols;
    sq_str *cells;
    size_t n, cap;
};

static void keep_row(void *ctx, const struct sq_store_row *row)
{
    struct rows *r = ctx;
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 256;
        r->cells = sq_xrealloc(r->cells, r->cap * r->ncols, sizeof *r->cells);
    }
    for (size_t i = 0; i < r->ncols; i++)
        r->cells[r->n * r->ncols + i] = sq_arena_str(r->arena, row->cols[i]);
    r->n++;
}

static const sq_str *row_at(const struct rows *r, size_t i)
{
    return r->cells + i * r->ncols;
}

struct run_rows {
    struct rows samples, steps, verdicts;
};

/* What one run gave for one (sample, epoch): ranges of its rows. */
struct answer {
    size_t suite, run, order; /* of samples with that suite in that run */
    const sq_str *sample;
    size_t steps_from, steps_to, verdicts_from, verdicts_to;
};

struct gathering {
    struct sq_page *page;
    struct run_rows *runs;
    struct answer *answers;
    size_t nanswers;
    /* One entry for each set of digests: what samples may stand together. */
    const struct sq_board_entry **suites;
    size_t nsuites;
};

static bool same_data(const struct sq_board_entry *a,
                      const struct sq_board_entry *b)
{
    return sq_str_eq(a->suite, b->suite) && sq_str_eq(a->data, b->data) &&
           sq_str_eq(a->definition, b->definition) &&
           sq_str_eq(a->steps, b->steps);
}

/* The number of a run's suite among those of the page. */
static size_t suite_of(struct gathering *g, size_t run, sq_str label)
{
    const struct sq_board *b = &g->page->board;
    const struct sq_board_entry *e = NULL;
    for (size_t i = 0; i < b->nentries && !e; i++)
        if (sq_str_eq(b->entries[i].run, g->page->runs[run].id) &&
            sq_str_eq(b->entries[i].suite, label))
            e = &b->entries[i];
    for (size_t i = 0; i < g->nsuites; i++)
        if (e && g->suites[i] && same_data(g->suites[i], e))
            return i;
    g->suites = sq_xrealloc(g->suites, g->nsuites + 1, sizeof(void *));
    g->suites[g->nsuites] = e;
    return g->nsuites++;
}

static enum sq_status read_run(struct gathering *g, size_t run,
                               struct sq_err *err)
{
    struct run_rows *r = &g->runs[run];
    struct sq_store *store = g->page->store;
    sq_str id = g->page->runs[run].id;
    r->samples = (struct rows){&g->page->arena, SAMPLE_COLS, NULL, 0, 0};
    r->steps = (struct rows){&g->page->arena, STEP_COLS, NULL, 0, 0};
    r->verdicts = (struct rows){&g->page->arena, VERDICT_COLS, NULL, 0, 0};
    enum sq_status st = sq_store_each(store, SQ_QUERY_SAMPLE, &id, 1, keep_row,
                                      &r->samples, err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_SAMPLE_STEPS, &id, 1, keep_row,
                           &r->steps, err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_SAMPLE_VERDICTS, &id, 1, keep_row,
                           &r->verdicts, err);
    return st;
}

/* Rows from *at on that belong to the sample; *at moves behind them. */
static void take_range(const struct rows *r, size_t suite, size_t sample,
                       size_t epoch, const sq_str *s, size_t *at, size_t *from,
                       size_t *to)
{
    *from = *at;
    while (*at < r->n && sq_str_eq(row_at(r, *at)[suite], s[SAMPLE_SUITE]) &&
           sq_str_eq(row_at(r, *at)[sample], s[SAMPLE_ID]) &&
           sq_str_eq(row_at(r, *at)[epoch], s[SAMPLE_EPOCH]))
        ++*at;
    *to = *at;
}

/* All three queries are in the same order. */
static void take_answers(struct gathering *g, size_t run)
{
    const struct run_rows *r = &g->runs[run];
    size_t step = 0, verdict = 0;
    g->answers = sq_xrealloc(g->answers, g->nanswers + r->samples.n + 1,
                             sizeof *g->answers);
    for (size_t i = 0; i < r->samples.n; i++) {
        const sq_str *s = row_at(&r->samples, i);
        struct answer *a = &g->answers[g->nanswers++];
        *a = (struct answer){.suite = suite_of(g, run, s[SAMPLE_SUITE]),
                             .run = run,
                             .order = i,
                             .sample = s};
        take_range(&r->steps, STEP_SUITE, STEP_SAMPLE, STEP_EPOCH, s, &step,
                   &a->steps_from, &a->steps_to);
        take_range(&r->verdicts, VERDICT_SUITE, VERDICT_SAMPLE, VERDICT_EPOCH,
                   s, &verdict, &a->verdicts_from, &a->verdicts_to);
    }
}

/* Answers to one sample together, by run and epoch. */
static int by_sample(const void *pa, const void *pb)
{
    const struct answer *a = pa, *b = pb;
    int c = (a->suite > b->suite) - (a->suite < b->suite);
    c = c ? c : sq_str_cmp(a->sample[SAMPLE_ID], b->sample[SAMPLE_ID]);
    c = c ? c : (a->run > b->run) - (a->run < b->run);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *pa, const void *pb)
{
    const struct answer *a = pa, *b = pb;
    int c = (a->suite > b->suite) - (a->suite < b->suite);
    c = c ? c : (a->order > b->order) - (a->order < b->order);
    c = c ? c : sq_str_cmp(a->sample[SAMPLE_ID], b->sample[SAMPLE_ID]);
    return c ? c : (a->run > b->run) - (a->run < b->run);
}

/* ---- writing ------------------------------------------------------------- */

static void put_str(struct sq_buf *out, const char *key, sq_str v)
{
    sq_buf_addf(out, "\"%s\":", key);
    sq_json_quote(v, out);
}

/* A number of the database, or null. */
static void put_num(struct sq_buf *out, const char *key, sq_str v)
{
    sq_buf_addf(out, "\"%s\":%.*s", key, v.n ? (int)v.n : 4,
                v.n ? v.p : "null");
}

/* Bytes to UTF-16 code units. */
static size_t utf16_offset(sq_str text, size_t bytes)
{
    size_t units = 0;
    for (size_t pos = 0; pos < text.n && pos < bytes;)
        units += sq_utf8_next(text, &pos) > 0xffff ? 2 : 1;
    return units;
}

static size_t to_size(sq_str s)
{
    long long v = 0;
    (void)sq_str_to_int(s, &v);
    return v > 0 ? (size_t)v : 0;
}

/* The steps of a sample, each once however many graders there are. */
static void put_steps(const struct rows *steps, const struct answer *a,
                      struct sq_buf *out)
{
    sq_str query = a->sample[SAMPLE_QUERY], last = {NULL, 0};
    sq_buf_adds(out, ",\"steps\":[");
    for (size_t i = a->steps_from; i < a->steps_to; i++) {
        const sq_str *s = row_at(steps, i);
        if (i > a->steps_from && sq_str_eq(s[STEP_NUMBER], last))
            continue;
        last = s[STEP_NUMBER];
        sq_buf_addf(out, "%s{\"start\":%zu,\"end\":%zu,",
                    i > a->steps_from ? "," : "",
                    utf16_offset(query, to_size(s[STEP_START])),
                    utf16_offset(query, to_size(s[STEP_END])));
        put_str(out, "kind", s[STEP_KIND]);
        sq_buf_addf(out, ",\"depends\":%.*s,",
                    s[STEP_DEPENDS].n ? (int)s[STEP_DEPENDS].n : 2,
                    s[STEP_DEPENDS].n ? s[STEP_DEPENDS].p : "[]");
        put_str(out, "rules", s[STEP_RULES]);
        sq_buf_addc(out, '}');
    }
    sq_buf_addc(out, ']');
}

static void put_scores(const struct rows *steps, const struct answer *a,
                       struct sq_buf *out)
{
    const char *sep = "";
    sq_buf_adds(out, ",\"scores\":[");
    for (size_t i = a->steps_from; i < a->steps_to; i++) {
        const sq_str *s = row_at(steps, i);
        if (!s[STEP_STATE].n)
            continue;
        sq_buf_addf(out, "%s{", sep);
        sep = ",";
        put_num(out, "step", s[STEP_NUMBER]);
        sq_buf_addc(out, ',');
        put_str(out, "grader", s[STEP_GRADER]);
        sq_buf_addc(out, ',');
        put_str(out, "state", s[STEP_STATE]);
        sq_buf_addc(out, ',');
        put_num(out, "judge", s[STEP_JUDGE_PASS]);
        sq_buf_addc(out, ',');
        put_str(out, "why", s[STEP_EXPLANATION]);
        sq_buf_addc(out, ',');
        put_str(out, "evidence", s[STEP_EVIDENCE]);
        sq_buf_addc(out, '}');
    }
    sq_buf_addc(out, ']');
}

static void put_verdicts(const struct rows *verdicts, const struct answer *a,
                         struct sq_buf *out)
{
    const char *sep = "";
    sq_buf_adds(out, ",\"verdicts\":[");
    for (size_t i = a->verdicts_from; i < a->verdicts_to; i++) {
        const sq_str *v = row_at(verdicts, i);
        bool asked = !sq_str_eq(v[VERDICT_FOLLOWING], SQ_STR("not_judged"));
        bool compares =
            !sq_str_eq(v[VERDICT_PREFERENCE_STATE], SQ_STR("not_judged"));
        if (!asked && !compares && !v[VERDICT_QUALITY].n)
            continue; /* it judged the steps */
        sq_buf_addf(out, "%s{", sep);
        sep = ",";
        put_str(out, "template", v[VERDICT_TEMPLATE]);
        sq_buf_addc(out, ',');
        put_str(out, "judge", v[VERDICT_JUDGE]);
        struct sq_buf found;
        sq_buf_init(&found, SQ_MAX_MESSAGE);
        if (asked)
            sq_buf_addf(&found, "following %.*s",
                        SQ_STR_ARG(v[VERDICT_FOLLOWING]));
        if (v[VERDICT_QUALITY].n)
            sq_buf_addf(&found, "%squality %.*s", asked ? ", " : "",
                        SQ_STR_ARG(v[VERDICT_QUALITY]));
        if (compares)
            sq_buf_addf(&found, "preference %.*s",
                        SQ_STR_ARG(v[VERDICT_PREFERENCE].n
                                       ? v[VERDICT_PREFERENCE]
                                       : v[VERDICT_PREFERENCE_STATE]));
        sq_buf_addc(out, ',');
        put_str(out, "found", sq_buf_str(&found));
        sq_buf_release(&found);
        sq_buf_addc(out, ',');
        put_str(out, "why", v[VERDICT_EXPLANATION]);
        sq_buf_addc(out, '}');
    }
    sq_buf_addc(out, ']');
}

static void put_answer(const struct gathering *g, const struct answer *a,
                       struct sq_buf *out)
{
    const sq_str *s = a->sample;
    sq_buf_addf(out, "{\"run\":%zu,", a->run);
    put_num(out, "epoch", s[SAMPLE_EPOCH]);
    sq_buf_addc(out, ',');
    put_str(out, "state", s[SAMPLE_STATE]);
    sq_buf_addc(out, ',');
    put_str(out, "error", s[SAMPLE_ERROR]);
    sq_buf_addc(out, ',');
    put_str(out, "text", s[SAMPLE_RESPONSE]);
    sq_buf_addc(out, ',');
    put_num(out, "ms", s[SAMPLE_LATENCY]);
    sq_buf_addc(out, ',');
    put_num(out, "tokens", s[SAMPLE_COMPLETION_TOKENS]);
    sq_buf_addc(out, ',');
    put_str(out, "attack", s[SAMPLE_ATTACK]);
    put_scores(&g->runs[a->run].steps, a, out);
    put_verdicts(&g->runs[a->run].verdicts, a, out);
    sq_buf_addc(out, '}');
}

/* The answers [from, to) to one sample. */
static void put_sample(const struct gathering *g, size_t from, size_t to,
                       struct sq_buf *out)
{
    const struct answer *a = &g->answers[from];
    const sq_str *s = a->sample;
    sq_buf_addc(out, '{');
    put_str(out, "id", s[SAMPLE_ID]);
    sq_buf_addc(out, ',');
    put_str(out, "facets", s[SAMPLE_FACETS]);
    sq_buf_addc(out, ',');
    put_str(out, "query", s[SAMPLE_QUERY]);
    put_steps(&g->runs[a->run].steps, a, out);
    sq_buf_adds(out, ",\"answers\":[");
    for (size_t i = from; i < to; i++) {
        if (i > from)
            sq_buf_addc(out, ',');
        put_answer(g, &g->answers[i], out);
    }
    sq_buf_adds(out, "]}");
}

static bool same_sample(const struct answer *a, const struct answer *b)
{
    return a->suite == b->suite &&
           sq_str_eq(a->sample[SAMPLE_ID], b->sample[SAMPLE_ID]);
}

/* A sample's answers get the place that it has in the data of its first run. */
static void put_in_order(struct gathering *g)
{
    struct answer *a = g->answers;
    if (!a)
        return;
    qsort(a, g->nanswers, sizeof *a, by_sample);
    for (size_t i = 1; i < g->nanswers; i++)
        if (same_sample(&a[i - 1], &a[i]))
            a[i].order = a[i - 1].order;
    qsort(a, g->nanswers, sizeof *a, by_order);
}

static void put_suites(struct gathering *g, struct sq_buf *out)
{
    size_t at = 0;
    sq_buf_adds(out, "\"suites\":[");
    for (size_t i = 0; i < g->nsuites; i++) {
        const struct sq_board_entry *e = g->suites[i];
        sq_buf_adds(out, i ? ",\n{" : "\n{");
        put_str(out, "label", e ? e->suite : (sq_str){NULL, 0});
        sq_buf_adds(out, ",\"samples\":[");
        for (size_t to; at < g->nanswers && g->answers[at].suite == i;
             at = to) {
            for (to = at + 1; to < g->nanswers &&
                              same_sample(&g->answers[at], &g->answers[to]);
                 to++)
                ;
            put_sample(g, at, to, out);
            if (to < g->nanswers && g->answers[to].suite == i)
                sq_buf_adds(out, ",\n");
        }
        sq_buf_adds(out, "]}");
    }
    sq_buf_addc(out, ']');
}

static void add_for_script(sq_str json, struct sq_buf *out)
{
    size_t from = 0, at;
    while ((at = sq_str_find(json, SQ_STR("<"), from)) != SIZE_MAX) {
        sq_buf_add(out, sq_str_sub(json, from, at));
        sq_buf_adds(out, "\\u003c");
        from = at + 1;
    }
    sq_buf_add(out, sq_str_sub(json, from, json.n));
}

static void put_all(struct gathering *g, struct sq_buf *json)
{
    sq_buf_adds(json, "{\"runs\":[");
    for (size_t i = 0; i < g->page->nruns; i++) {
        sq_buf_adds(json, i ? ",{" : "{");
        put_str(json, "id", g->page->runs[i].id);
        sq_buf_addc(json, ',');
        put_str(json, "label", g->page->runs[i].label);
        sq_buf_addc(json, '}');
    }
    sq_buf_adds(json, "],\n\"charts\":[");
    sq_buf_add(json, sq_buf_str(&g->page->charts));
    sq_buf_adds(json, "],\n");
    put_suites(g, json);
    sq_buf_adds(json, "}");
}

enum sq_status sq_page_data(struct sq_page *p, struct sq_err *err)
{
    struct gathering g = {.page = p};
    struct sq_buf json;
    enum sq_status st = SQ_OK;
    sq_buf_init(&json, SQ_MAX_REPORT);
    g.runs = sq_xcalloc(p->nruns, sizeof *g.runs);
    for (size_t i = 0; i < p->nruns && st == SQ_OK; i++)
        if ((st = read_run(&g, i, err)) == SQ_OK)
            take_answers(&g, i);
    if (st == SQ_OK) {
        put_in_order(&g);
        put_all(&g, &json);
        add_for_script(sq_buf_str(&json), p->out);
    }
    for (size_t i = 0; i < p->nruns; i++) {
        free(g.runs[i].samples.cells);
        free(g.runs[i].steps.cells);
        free(g.runs[i].verdicts.cells);
    }
    free(g.runs);
    free(g.answers);
    free(g.suites);
    sq_buf_release(&json);
    return st;
}
