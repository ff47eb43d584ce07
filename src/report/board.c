#include "report/board.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/notes.h"
#include "seqeval_metric.h"

/* ---- which runs ---------------------------------------------------------- */

/* The columns of SQ_QUERY_BOARD. */
enum {
    COL_RUN,
    COL_CREATED,
    COL_MODEL,
    COL_JUDGE,
    COL_TAGS,
    COL_SETTINGS,
    COL_SUITE,
    COL_DEFINITION,
    COL_DATA,
    COL_STEPS
};

static const char *const fields[] = {"model", "judge", "tag",
                                     "suite", "date",  NULL};
enum { FIELD_MODEL, FIELD_JUDGE, FIELD_TAG, FIELD_SUITE, FIELD_DATE };

struct condition {
    int field;
    char op[3];
    const char *value;
};

static enum sq_status parse_condition(const char *text, struct condition *c,
                                      struct sq_err *err)
{
    size_t name = strcspn(text, "=!<>"), op = strspn(text + name, "=!<>");
    *c = (struct condition){.value = text + name + op};
    for (c->field = 0; fields[c->field]; c->field++)
        if (sq_str_eq(sq_str_from(fields[c->field]), (sq_str){text, name}))
            break;
    bool known = op == 1 || op == 2;
    if (known)
        memcpy(c->op, text + name, op);
    known = known &&
            (strcmp(c->op, "=") == 0 || strcmp(c->op, "!=") == 0 ||
             (c->field == FIELD_DATE && (c->op[0] == '<' || c->op[0] == '>') &&
              (c->op[1] == '\0' || c->op[1] == '=')));
    if (fields[c->field] && known && *c->value)
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "--where: '%s' is none of model=, judge=, tag=, suite= "
                      "(or !=) with a pattern, or date>=YYYY-MM-DD (<, =)",
                      text);
}

static bool tag_fits(sq_str tags, const char *pattern, struct sq_arena *a)
{
    sq_str tag;
    while (tags.n && sq_str_split(&tags, ',', &tag))
        if (fnmatch(pattern, sq_arena_str(a, tag).p, 0) == 0)
            return true;
    return false;
}

static bool date_fits(const char *created, const struct condition *c)
{
    int d = strncmp(created, c->value, strlen(c->value));
    switch (c->op[0]) {
    case '<':
        return d < 0 || (c->op[1] && d == 0);
    case '>':
        return d > 0 || (c->op[1] && d == 0);
    default:
        return (d == 0) == (c->op[0] == '=');
    }
}

static bool fits(const struct sq_board_entry *e, const struct condition *c,
                 struct sq_arena *a)
{
    const sq_str texts[] = {[FIELD_MODEL] = e->model,
                            [FIELD_JUDGE] = e->judge,
                            [FIELD_SUITE] = e->suite};
    if (c->field == FIELD_DATE)
        return date_fits(e->created.p, c);
    bool match = c->field == FIELD_TAG
                     ? tag_fits(e->tags, c->value, a)
                     : fnmatch(c->value, texts[c->field].p, 0) == 0;
    return match == (c->op[0] == '=');
}

struct reading {
    struct sq_board *board;
    const struct condition *where;
    size_t nwhere, cap;
    struct sq_arena scratch;
    sq_str settings, terms; /* of the last run: its suites share them */
};

static sq_str terms_text(struct reading *r, sq_str settings)
{
    if (r->settings.p && sq_str_eq(settings, r->settings))
        return r->terms;
    struct sq_json *terms = sq_terms_of(settings);
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_CONFIG);
    sq_json_render(terms, &text);
    r->settings = sq_arena_str(&r->scratch, settings);
    r->terms = sq_arena_str(&r->board->arena, sq_buf_str(&text));
    sq_buf_release(&text);
    sq_json_free(terms);
    return r->terms;
}

static void on_entry(void *ctx, const struct sq_store_row *row)
{
    struct reading *r = ctx;
    struct sq_board *b = r->board;
    struct sq_arena *a = &b->arena;
    const sq_str *c = row->cols;
    struct sq_board_entry e = {.run = sq_arena_str(a, c[COL_RUN]),
                               .created = sq_arena_str(a, c[COL_CREATED]),
                               .model = sq_arena_str(a, c[COL_MODEL]),
                               .judge = sq_arena_str(a, c[COL_JUDGE]),
                               .tags = sq_arena_str(a, c[COL_TAGS]),
                               .suite = sq_arena_str(a, c[COL_SUITE]),
                               .definition = sq_arena_str(a, c[COL_DEFINITION]),
                               .data = sq_arena_str(a, c[COL_DATA]),
                               .steps = sq_arena_str(a, c[COL_STEPS])};
    for (size_t i = 0; i < r->nwhere; i++)
        if (!fits(&e, &r->where[i], &r->scratch))
            return;
    e.terms = terms_text(r, c[COL_SETTINGS]);
    if (b->nentries == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 64;
        b->entries = sq_xrealloc(b->entries, r->cap, sizeof *b->entries);
    }
    b->entries[b->nentries++] = e;
}

/* ---- which belong together ----------------------------------------------- */

/* 0 when the two may be ranked together. */
static int compare_groups(const struct sq_board_entry *a,
                          const struct sq_board_entry *b)
{
    int c = sq_str_cmp(a->suite, b->suite);
    c = c ? c : sq_str_cmp(a->definition, b->definition);
    c = c ? c : sq_str_cmp(a->data, b->data);
    c = c ? c : sq_str_cmp(a->steps, b->steps);
    return c ? c : sq_str_cmp(a->terms, b->terms);
}

static int compare_newest(const struct sq_board_entry *a,
                          const struct sq_board_entry *b)
{
    int c = sq_str_cmp(b->created, a->created);
    return c ? c : sq_str_cmp(b->run, a->run);
}

/* Groups together, in them the runs of a model, the newest first. */
static int compare_models(const void *pa, const void *pb)
{
    const struct sq_board_entry *a = pa, *b = pb;
    int c = compare_groups(a, b);
    c = c ? c : sq_str_cmp(a->model, b->model);
    return c ? c : compare_newest(a, b);
}

static int compare_shown(const void *pa, const void *pb)
{
    const struct sq_board_entry *a = pa, *b = pb;
    int c = sq_str_cmp(a->suite, b->suite);
    if (!c)
        c = (a->group > b->group) - (a->group < b->group);
    return c ? c : compare_newest(a, b);
}

static void keep_latest(struct sq_board *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->nentries; i++)
        if (!n || compare_groups(&b->entries[n - 1], &b->entries[i]) ||
            !sq_str_eq(b->entries[n - 1].model, b->entries[i].model))
            b->entries[n++] = b->entries[i];
    b->nentries = n;
}

static void differ(const char *what, sq_str a, sq_str b, struct sq_buf *why)
{
    if (!sq_str_eq(a, b))
        sq_buf_addf(why, "%s%s differs (%.12s, %.12s)", why->n ? "; " : "",
                    what, a.n ? a.p : "none", b.n ? b.p : "none");
}

static sq_str how_apart(struct sq_board *b, const struct sq_board_entry *first,
                        const struct sq_board_entry *e)
{
    struct sq_json *x = sq_json_parse(first->terms, "terms", 1, NULL);
    struct sq_json *y = sq_json_parse(e->terms, "terms", 1, NULL);
    struct sq_buf why;
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    differ("data", first->data, e->data, &why);
    differ("definition", first->definition, e->definition, &why);
    differ("step annotation", first->steps, e->steps, &why);
    sq_terms_differ(x, y, &why);
    sq_str text = sq_arena_str(&b->arena, sq_buf_str(&why));
    sq_buf_release(&why);
    sq_json_free(x);
    sq_json_free(y);
    return text;
}

/* A group while it gets its number: entries [from, to). */
struct span {
    size_t from, to;
    const struct sq_board_entry *newest;
};

static int compare_spans(const void *pa, const void *pb)
{
    const struct span *a = pa, *b = pb;
    size_t na = a->to - a->from, nb = b->to - b->from;
    int c = sq_str_cmp(a->newest->suite, b->newest->suite);
    if (!c)
        c = (na < nb) - (na > nb);
    return c ? c : compare_newest(a->newest, b->newest);
}

static void number_groups(struct sq_board *b)
{
    struct span *spans = sq_xcalloc(b->nentries + 1, sizeof *spans);
    size_t n = 0;
    for (size_t i = 0; i < b->nentries; i++) {
        const struct sq_board_entry *e = &b->entries[i];
        if (!i || compare_groups(&b->entries[i - 1], e))
            spans[n++] = (struct span){i, i, e};
        struct span *s = &spans[n - 1];
        s->to++;
        s->newest = compare_newest(s->newest, e) <= 0 ? s->newest : e;
    }
    qsort(spans, n, sizeof *spans, compare_spans);
    const struct sq_board_entry *first = NULL;
    size_t number = 0;
    for (size_t i = 0; i < n; i++) {
        struct sq_board_entry *e = &b->entries[spans[i].from];
        bool new_suite = !first || !sq_str_eq(first->suite, e->suite);
        first = new_suite ? e : first;
        number = new_suite ? 1 : number + 1;
        sq_str apart = {NULL, 0};
        if (!new_suite)
            apart = how_apart(b, first, e);
        for (size_t k = spans[i].from; k < spans[i].to; k++) {
            b->entries[k].group = number;
            b->entries[k].apart = apart;
        }
    }
    free(spans);
}

/* Entries of one run share its notes. */
static enum sq_status read_notes(struct sq_board *b, struct sq_store *store,
                                 struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < b->nentries && st == SQ_OK; i++) {
        struct sq_board_entry *e = &b->entries[i];
        struct sq_buf text;
        size_t k = 0;
        while (k < i && !sq_str_eq(b->entries[k].run, e->run))
            k++;
        if (k < i) {
            e->notes = b->entries[k].notes;
            continue;
        }
        sq_buf_init(&text, SQ_MAX_MESSAGE);
        st = sq_notes_render(store, e->run.p, &text, err);
        e->notes = sq_arena_str(&b->arena, sq_buf_str(&text));
        sq_buf_release(&text);
    }
    return st;
}

enum sq_status sq_board_open(struct sq_board *b, struct sq_store *store,
                             const struct sq_board_choice *choice,
                             struct sq_err *err)
{
    struct condition *where = sq_xcalloc(choice->nwhere + 1, sizeof *where);
    struct reading r = {.board = b, .where = where, .nwhere = choice->nwhere};
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < choice->nwhere && st == SQ_OK; i++)
        st = parse_condition(choice->where[i], &where[i], err);
    for (size_t i = 0; (i < choice->nruns || !i) && st == SQ_OK; i++) {
        sq_str run = sq_str_from(choice->nruns ? choice->runs[i] : "");
        st = sq_store_each(store, SQ_QUERY_BOARD, &run, 1, on_entry, &r, err);
    }
    if (st == SQ_OK && b->nentries) {
        qsort(b->entries, b->nentries, sizeof *b->entries, compare_models);
        if (!choice->nruns)
            keep_latest(b);
        number_groups(b);
        qsort(b->entries, b->nentries, sizeof *b->entries, compare_shown);
        st = read_notes(b, store, err);
    }
    sq_arena_release(&r.scratch);
    free(where);
    return st;
}

void sq_board_release(struct sq_board *b)
{
    free(b->entries);
    free(b->rows);
    sq_arena_release(&b->arena);
    *b = (struct sq_board){0};
}

/* ---- their results ------------------------------------------------------- */

struct results {
    struct sq_board *board;
    const struct sq_board_entry *entry;
    const char *metric;
};

static double number(sq_str text)
{
    double v = NAN;
    (void)sq_str_to_num(text, &v);
    return v;
}

static void on_result(void *ctx, const struct sq_store_row *row)
{
    struct results *r = ctx;
    struct sq_board *b = r->board;
    const sq_str *c = row->cols;
    if (r->metric && !sq_str_eq(c[2], sq_str_from(r->metric)))
        return;
    if (b->nrows == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 256;
        b->rows = sq_xrealloc(b->rows, b->cap, sizeof *b->rows);
    }
    struct sq_arena *a = &b->arena;
    b->rows[b->nrows++] =
        (struct sq_board_row){.entry = r->entry,
                              .slice = sq_arena_str(a, c[1]),
                              .metric = sq_arena_str(a, c[2]),
                              .value_text = sq_arena_str(a, c[3]),
                              .stderr_text = sq_arena_str(a, c[4]),
                              .lo_text = sq_arena_str(a, c[5]),
                              .hi_text = sq_arena_str(a, c[6]),
                              .n_text = sq_arena_str(a, c[7]),
                              .value = number(c[3]),
                              .stderr_ = number(c[4]),
                              .lo = number(c[5]),
                              .hi = number(c[6])};
}

enum sq_status sq_board_read(struct sq_board *b, struct sq_store *store,
                             const char *suite, const char *metric,
                             const char *slice, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    b->nrows = 0;
    for (size_t i = 0; i < b->nentries && st == SQ_OK; i++) {
        struct results r = {b, &b->entries[i], metric};
        if (suite && !sq_str_eq(r.entry->suite, sq_str_from(suite)))
            continue;
        sq_str params[3] = {r.entry->run, r.entry->suite, {NULL, 0}};
        int n = 2;
        if (slice)
            params[n++] = sq_str_from(slice);
        st = sq_store_each(store, SQ_QUERY_RUN_METRICS, params, n, on_result,
                           &r, err);
    }
    return st;
}

/* ---- ranks --------------------------------------------------------------- */

int sq_board_better(const struct sq_board_row *a, const struct sq_board_row *b)
{
    const struct sq_metric *m = sq_metric_find(a->metric);
    double x = a->value, y = b->value;
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    int c = (x < y) - (x > y);
    return m && m->lower ? -c : c;
}

/* Is a better than b beyond what chance may have done? */
static bool surely_better(const struct sq_board_row *a,
                          const struct sq_board_row *b)
{
    return (a->lo > b->hi || a->hi < b->lo) && sq_board_better(a, b) < 0;
}

void sq_board_rank(struct sq_board_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t above = 0, below = 0;
        for (size_t k = 0; k < n; k++) {
            above += surely_better(&rows[k], &rows[i]);
            below += surely_better(&rows[i], &rows[k]);
        }
        rows[i].rank_lo = 1 + above;
        rows[i].rank_hi = n - below;
    }
}

sq_str sq_board_rank_text(struct sq_arena *arena,
                          const struct sq_board_row *row)
{
    const char *text =
        row->rank_lo == row->rank_hi
            ? sq_arena_printf(arena, "%zu", row->rank_lo)
            : sq_arena_printf(arena, "%zu-%zu", row->rank_lo, row->rank_hi);
    return sq_str_from(text);
}
