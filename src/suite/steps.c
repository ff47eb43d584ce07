#include "suite/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/records.h"
#include "check/check.h"
#include "suite/field.h"

/* Hex digits of the query's digest that a line holds. */
#define PREFIX 16

struct line {
    sq_str id;
    sq_str sha256;
    const char *where; /* "steps.jsonl:12" */
    const struct sq_step *steps;
    size_t nsteps;
};

struct sq_steps {
    struct line *lines; /* in the order of their ids */
    size_t n;
    size_t count; /* steps in all lines */
};

/* ---- one step ---------------------------------------------------------- */

/* [start, end), whole numbers that do not run into the step before. */
static enum sq_status load_span(const struct sq_json *json, const char *where,
                                size_t from, struct sq_step *step,
                                struct sq_err *err)
{
    const struct sq_json *span;
    long long v[2] = {0, 0};
    size_t i = 0;
    enum sq_status st = sq_json_need_array(json, "span", where, &span, err);

    if (st != SQ_OK)
        return st;
    if (sq_json_count(span) != 2)
        return sq_err_set(err, SQ_INPUT, "%s: span: want [start, end]", where);
    for (span = sq_json_first(span); span; span = sq_json_next(span), i++) {
        if (!sq_json_int(span, &v[i]) || v[i] < 0)
            return sq_err_set(err, SQ_INPUT,
                              "%s: span[%zu]: want a byte offset", where, i);
    }
    if (v[0] >= v[1])
        return sq_err_set(err, SQ_INPUT, "%s: span: is empty: [%lld, %lld]",
                          where, v[0], v[1]);
    step->start = (size_t)v[0];
    step->end = (size_t)v[1];
    if (step->start < from)
        return sq_err_set(err, SQ_INPUT,
                          "%s: span: starts at %zu, before the end of the "
                          "step before it, %zu: steps stand in the order of "
                          "the text and do not overlap",
                          where, step->start, from);
    return SQ_OK;
}

/* An array member that may be left out: *out is its first element. */
static enum sq_status opt_array(const struct sq_json *json, const char *key,
                                const char *where, const struct sq_json **out,
                                size_t *n, struct sq_err *err)
{
    const struct sq_json *list;
    enum sq_status st;

    *out = NULL;
    *n = 0;
    if (!sq_json_get(json, key))
        return SQ_OK;
    st = sq_json_need_array(json, key, where, &list, err);
    if (st != SQ_OK)
        return st;
    *out = sq_json_first(list);
    *n = sq_json_count(list);
    return SQ_OK;
}

static enum sq_status load_depends(const struct sq_json *json,
                                   const char *where, size_t index,
                                   struct sq_arena *arena, struct sq_step *step,
                                   struct sq_err *err)
{
    const struct sq_json *item;
    size_t *depends;
    size_t i, n;
    enum sq_status st = opt_array(json, "depends", where, &item, &n, err);

    if (st != SQ_OK)
        return st;
    depends = sq_arena_array(arena, n, sizeof(*depends));
    for (i = 0; item; item = sq_json_next(item), i++) {
        long long v;

        if (!sq_json_int(item, &v) || v < 0 || (size_t)v >= index)
            return sq_err_set(err, SQ_INPUT,
                              "%s: depends[%zu]: want the index of an earlier "
                              "step",
                              where, i);
        depends[i] = (size_t)v;
        if (i > 0 && depends[i] <= depends[i - 1])
            return sq_err_set(err, SQ_INPUT,
                              "%s: depends[%zu]: want rising indices, each "
                              "once",
                              where, i);
    }
    step->depends = depends;
    step->ndepends = n;
    return SQ_OK;
}

static enum sq_status load_rules(const struct sq_json *json, const char *where,
                                 struct sq_arena *arena, struct sq_step *step,
                                 struct sq_err *err)
{
    const struct sq_json *item;
    struct sq_rule *rules;
    size_t i, n;
    enum sq_status st = opt_array(json, "rules", where, &item, &n, err);

    if (st != SQ_OK)
        return st;
    if (n > 0 && !step->answerable)
        return sq_err_set(err, SQ_INPUT,
                          "%s: rules: a step that is not answerable is never "
                          "scored and takes none",
                          where);
    rules = sq_arena_array(arena, n, sizeof(*rules));
    for (i = 0; item; item = sq_json_next(item), i++) {
        char place[512];

        snprintf(place, sizeof(place), "%s: rules[%zu]", where, i);
        st = sq_rule_compile(item, place, arena, &rules[i], err);
        if (st != SQ_OK)
            return st;
    }
    step->rules = rules;
    step->nrules = n;
    return SQ_OK;
}

static enum sq_status load_step(const struct sq_json *json, const char *where,
                                size_t index, struct sq_arena *arena,
                                struct sq_step *steps, struct sq_err *err)
{
    static const char *const keys[] = {"span",    "kind",  "answerable",
                                       "depends", "rules", NULL};
    struct sq_step *step = &steps[index];
    size_t from = index > 0 ? steps[index - 1].end : 0;
    enum sq_status st = sq_json_only(json, keys, where, err);

    step->answerable = true;
    if (st == SQ_OK)
        st = load_span(json, where, from, step, err);
    if (st == SQ_OK)
        st = sq_json_need_str(json, "kind", where, &step->kind, err);
    if (st == SQ_OK && step->kind.n == 0)
        st = sq_err_set(err, SQ_INPUT, "%s: kind: is empty", where);
    if (st == SQ_OK)
        st =
            sq_json_opt_bool(json, "answerable", where, &step->answerable, err);
    if (st == SQ_OK)
        st = load_depends(json, where, index, arena, step, err);
    if (st == SQ_OK)
        st = load_rules(json, where, arena, step, err);
    if (st == SQ_OK)
        step->kind = sq_arena_str(arena, step->kind);
    return st;
}

/* ---- lines ------------------------------------------------------------- */

static bool is_prefix(sq_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if (!memchr("0123456789abcdef", s.p[i], 16))
            return false;
    return s.n == PREFIX;
}

static enum sq_status load_line(const struct sq_json *json,
                                struct sq_arena *arena, struct line *line,
                                struct sq_err *err)
{
    static const char *const keys[] = {"id", "sha256", "steps", NULL};
    const struct sq_json *list;
    struct sq_step *steps;
    size_t i = 0;
    enum sq_status st = sq_json_only(json, keys, line->where, err);

    if (st == SQ_OK)
        st = sq_field_text(json, "id", line->where, arena, &line->id, err);
    if (st == SQ_OK)
        st = sq_json_need_str(json, "sha256", line->where, &line->sha256, err);
    if (st == SQ_OK && !is_prefix(line->sha256))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: sha256: want the first %d lower-case hex digits "
                        "of the query's SHA-256",
                        line->where, PREFIX);
    if (st == SQ_OK)
        st = sq_json_need_array(json, "steps", line->where, &list, err);
    if (st != SQ_OK)
        return st;
    line->sha256 = sq_arena_str(arena, line->sha256);
    line->nsteps = sq_json_count(list);
    steps = sq_arena_array(arena, line->nsteps, sizeof(*steps));
    for (list = sq_json_first(list); list; list = sq_json_next(list), i++) {
        char where[448];

        snprintf(where, sizeof(where), "%s: steps[%zu]", line->where, i);
        st = load_step(list, where, i, arena, steps, err);
        if (st != SQ_OK)
            return st;
    }
    line->steps = steps;
    return SQ_OK;
}

static int by_id(const void *a, const void *b)
{
    sq_str x = ((const struct line *)a)->id;
    sq_str y = ((const struct line *)b)->id;
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

    if (order != 0)
        return order;
    return (x.n > y.n) - (x.n < y.n);
}

static enum sq_status refuse_twice(const struct line *lines, size_t n,
                                   struct sq_err *err)
{
    size_t i;

    for (i = 1; i < n; i++)
        if (sq_str_eq(lines[i - 1].id, lines[i].id))
            return sq_err_set(
                err, SQ_INPUT, "%s: id: '%.*s' stands at %s as well",
                lines[i].where, SQ_STR_ARG(lines[i].id), lines[i - 1].where);
    return SQ_OK;
}

/* Reads all lines into *lines, the caller's to free whatever happens. */
static enum sq_status load_lines(struct sq_records *records,
                                 struct sq_arena *arena, struct line **lines,
                                 size_t *n, struct sq_err *err)
{
    size_t cap = 0;

    for (;;) {
        struct sq_json *json = NULL;
        enum sq_status st = sq_records_next(records, &json, err);

        if (st != SQ_OK || !json)
            return st;
        if (*n == cap) {
            cap = cap ? cap * 2 : 256;
            *lines = sq_xrealloc(*lines, cap, sizeof(**lines));
        }
        (*lines)[*n] = (struct line){0};
        (*lines)[*n].where = sq_arena_strdup(arena, sq_records_where(records));
        st = load_line(json, arena, &(*lines)[*n], err);
        sq_json_free(json);
        if (st != SQ_OK)
            return st;
        (*n)++;
    }
}

enum sq_status sq_steps_load(const struct sq_steps **out, const char *path,
                             struct sq_arena *arena, struct sq_err *err)
{
    struct sq_records *records = NULL;
    struct sq_steps *s = NULL;
    struct line *lines = NULL;
    size_t i, n = 0;
    enum sq_status st = sq_records_open(&records, path, err);

    if (st == SQ_OK)
        st = load_lines(records, arena, &lines, &n, err);
    if (st != SQ_OK)
        goto out;
    s = sq_arena_alloc(arena, sizeof(*s));
    s->n = n;
    s->lines = sq_arena_array(arena, n, sizeof(*lines));
    for (i = 0; i < n; i++) {
        s->lines[i] = lines[i];
        s->count += lines[i].nsteps;
    }
    qsort(s->lines, n, sizeof(*lines), by_id);
    st = refuse_twice(s->lines, n, err);
    if (st == SQ_OK)
        *out = s;
out:
    free(lines);
    sq_records_close(records);
    return st;
}

size_t sq_steps_lines(const struct sq_steps *s)
{
    return s->n;
}

size_t sq_steps_count(const struct sq_steps *s)
{
    return s->count;
}

sq_str sq_steps_id(const struct sq_steps *s, size_t line)
{
    return s->lines[line].id;
}

/* ---- binding ----------------------------------------------------------- */

/* Spans start and end between characters of the text. */
static bool on_boundary(sq_str text, size_t at)
{
    return at == text.n ||
           (at < text.n && ((unsigned char)text.p[at] & 0xC0) != 0x80);
}

enum sq_status sq_steps_bind(const struct sq_steps *s, struct sq_sample *sample,
                             const char *where, size_t *line,
                             struct sq_err *err)
{
    struct line key = {.id = sample->id};
    const struct line *found =
        bsearch(&key, s->lines, s->n, sizeof(*s->lines), by_id);
    char hex[SQ_DIGEST_HEX];
    size_t i;

    if (!found)
        return sq_err_set(err, SQ_INPUT,
                          "%s: sample '%.*s' has no line in the step "
                          "annotation",
                          where, SQ_STR_ARG(sample->id));
    sq_sha256_of(sample->query, hex);
    if (!sq_str_eq(sq_str_sub(sq_str_from(hex), 0, PREFIX), found->sha256))
        return sq_err_set(err, SQ_INPUT,
                          "%s: sample '%.*s' is other data than what %s "
                          "annotates: its text has the SHA-256 %.*s..., not "
                          "%.*s...",
                          where, SQ_STR_ARG(sample->id), found->where, PREFIX,
                          hex, SQ_STR_ARG(found->sha256));
    for (i = 0; i < found->nsteps; i++) {
        const struct sq_step *step = &found->steps[i];

        if (step->end > sample->query.n)
            return sq_err_set(err, SQ_INPUT,
                              "%s: steps[%zu]: span: ends at %zu, the query "
                              "has %zu bytes",
                              found->where, i, step->end, sample->query.n);
        if (!on_boundary(sample->query, step->start) ||
            !on_boundary(sample->query, step->end))
            return sq_err_set(err, SQ_INPUT,
                              "%s: steps[%zu]: span: [%zu, %zu) cuts a "
                              "character: offsets are in bytes of UTF-8",
                              found->where, i, step->start, step->end);
    }
    sample->steps = found->steps;
    sample->nsteps = found->nsteps;
    *line = (size_t)(found - s->lines);
    return SQ_OK;
}
