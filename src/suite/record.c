#include "suite/record.h"

#include <stdio.h>
#include <string.h>

/* Derived fields of derived fields: deeper is a circle. */
#define MAX_DEPTH 16

/* ---- values ------------------------------------------------------------ */

/* A name's record and its name there. */
static const struct sq_record *owner(const struct sq_record *r, sq_str *name)
{
    if (r->beside && name->n > r->prefix.n + 1 &&
        sq_str_starts(*name, r->prefix) && name->p[r->prefix.n] == '.') {
        *name = sq_str_sub(*name, r->prefix.n + 1, name->n);
        return r->beside;
    }
    return r;
}

const struct sq_json *sq_record_json(const struct sq_record *r, sq_str name)
{
    r = owner(r, &name);
    for (const struct sq_json *m = sq_json_first(r->json); m;
         m = sq_json_next(m))
        if (sq_str_eq(sq_json_key(m), name))
            return m;
    return NULL;
}

static bool add_value(const struct sq_json *v, struct sq_buf *out)
{
    long long whole;

    switch (sq_json_type(v)) {
    case SQ_JSON_STRING:
        sq_buf_add(out, sq_json_str(v));
        return true;
    case SQ_JSON_NUMBER:
        if (sq_json_int(v, &whole))
            sq_buf_addf(out, "%lld", whole);
        else
            sq_buf_addf(out, "%.17g", sq_json_num(v));
        return true;
    case SQ_JSON_BOOL:
        sq_buf_adds(out, sq_json_bool(v) ? "true" : "false");
        return true;
    default:
        return false;
    }
}

static bool add_text(const struct sq_json *v, struct sq_buf *out)
{
    bool first = true, ok = true;

    if (sq_json_type(v) != SQ_JSON_ARRAY)
        return add_value(v, out);
    for (v = sq_json_first(v); v && ok; v = sq_json_next(v), first = false) {
        if (!first)
            sq_buf_addc(out, '\n');
        ok = add_value(v, out);
    }
    return ok;
}

static enum sq_status own_text(const struct sq_record *r, sq_str name,
                               struct sq_arena *arena, sq_str *out,
                               struct sq_err *err)
{
    const struct sq_json *v = sq_record_json(r, name);
    enum sq_status st = SQ_OK;
    struct sq_buf text;

    if (!v)
        return sq_err_set(err, SQ_INPUT, "%s: %.*s: missing", r->where,
                          SQ_STR_ARG(name));
    if (sq_json_type(v) == SQ_JSON_STRING) {
        *out = sq_arena_str(arena, sq_json_str(v));
        return SQ_OK;
    }
    sq_buf_init(&text, SQ_MAX_RECORD);
    if (add_text(v, &text))
        *out = sq_arena_str(arena, sq_buf_str(&text));
    else
        st = sq_err_set(err, SQ_INPUT,
                        "%s: %.*s: want a text, a number or an array of them, "
                        "found %s",
                        r->where, SQ_STR_ARG(name), sq_json_type_name(v));
    sq_buf_release(&text);
    return st;
}

static enum sq_status find_text(const struct sq_record *r, sq_str name,
                                size_t depth, struct sq_arena *arena,
                                sq_str *out, struct sq_err *err);

static enum sq_status derived_text(const struct sq_record *r,
                                   const struct sq_derived *d, size_t depth,
                                   struct sq_arena *arena, sq_str *out,
                                   struct sq_err *err)
{
    struct sq_buf why;
    enum sq_status st;
    sq_str from;

    if (depth == MAX_DEPTH)
        return sq_err_set(err, SQ_INPUT, "%s: %.*s: is derived from itself",
                          r->where, SQ_STR_ARG(d->name));
    st = find_text(r, d->of, depth + 1, arena, &from, err);
    if (st != SQ_OK || sq_cut_apply(d->cut, from, arena, out))
        return st;
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_cut_describe(d->cut, &why);
    st = sq_err_set(err, SQ_INPUT, "%s: %.*s: %s in '%.*s'", r->where,
                    SQ_STR_ARG(d->name), why.p, SQ_STR_ARG(d->of));
    sq_buf_release(&why);
    return st;
}

static enum sq_status find_text(const struct sq_record *r, sq_str name,
                                size_t depth, struct sq_arena *arena,
                                sq_str *out, struct sq_err *err)
{
    r = owner(r, &name);
    if (sq_str_eq(name, SQ_STR("index"))) {
        *out = sq_str_from(sq_arena_printf(arena, "%zu", r->index));
        return SQ_OK;
    }
    for (size_t i = 0; i < r->nderived; i++)
        if (sq_str_eq(r->derived[i].name, name))
            return derived_text(r, &r->derived[i], depth, arena, out, err);
    for (size_t i = 0; i < r->nconstants; i++)
        if (sq_str_eq(r->constants[i].name, name)) {
            *out = r->constants[i].value;
            return SQ_OK;
        }
    return own_text(r, name, arena, out, err);
}

bool sq_record_made(const struct sq_record *r, sq_str name)
{
    bool made = owner(r, &name) != r || sq_str_eq(name, SQ_STR("index"));

    for (size_t i = 0; i < r->nderived; i++)
        made = made || sq_str_eq(r->derived[i].name, name);
    for (size_t i = 0; i < r->nconstants; i++)
        made = made || sq_str_eq(r->constants[i].name, name);
    return made;
}

enum sq_status sq_record_text(const struct sq_record *r, sq_str name,
                              struct sq_arena *arena, sq_str *out,
                              struct sq_err *err)
{
    return find_text(r, name, 0, arena, out, err);
}

/* ---- templates --------------------------------------------------------- */

/* The next piece of a template: a text, or a field's name. False at the end or
 * at a mistake, which *bad tells. */
static bool next_piece(sq_str t, size_t *pos, sq_str *piece, bool *field,
                       bool *bad)
{
    size_t at = *pos, end;

    *bad = false;
    if (at >= t.n)
        return false;
    *field = t.p[at] == '{' && !(at + 1 < t.n && t.p[at + 1] == '{');
    if (*field) {
        end = sq_str_find(t, SQ_STR("}"), at);
        *bad = end == SIZE_MAX || end == at + 1 ||
               memchr(t.p + at + 1, '{', end - at - 1);
        *piece = sq_str_sub(t, at + 1, end);
        *pos = end + 1;
        return !*bad;
    }
    if (t.p[at] == '{' || t.p[at] == '}') { /* doubled: one of it */
        *bad = at + 1 >= t.n || t.p[at + 1] != t.p[at];
        *piece = sq_str_sub(t, at, at + 1);
        *pos = at + 2;
        return !*bad;
    }
    for (end = at; end < t.n && t.p[end] != '{' && t.p[end] != '}';)
        end++;
    *piece = sq_str_sub(t, at, end);
    *pos = end;
    return true;
}

enum sq_status sq_template_check(sq_str t, const char *where,
                                 struct sq_err *err)
{
    size_t pos = 0, at = 0;
    bool field, bad = false;
    sq_str piece;

    while (next_piece(t, &pos, &piece, &field, &bad))
        at = pos;
    if (!bad)
        return SQ_OK;
    return sq_err_set(err, SQ_INPUT,
                      "%s: a brace at byte %zu that is no {field}; write {{ or "
                      "}} for the brace itself",
                      where, at);
}

enum sq_status sq_template_render(sq_str t, const struct sq_record *r,
                                  struct sq_arena *arena, struct sq_buf *out,
                                  struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    bool field, bad;
    size_t pos = 0;
    sq_str piece;

    while (st == SQ_OK && next_piece(t, &pos, &piece, &field, &bad)) {
        if (field)
            st = sq_record_text(r, piece, arena, &piece, err);
        if (st == SQ_OK)
            sq_buf_add(out, piece);
    }
    if (st == SQ_OK && out->over)
        st = sq_err_set(err, SQ_INPUT, "%s: a template of more than %zu bytes",
                        r->where, out->max);
    return st;
}

enum sq_status sq_template_text(sq_str t, const struct sq_record *r,
                                struct sq_arena *arena, sq_str *out,
                                struct sq_err *err)
{
    struct sq_buf text;
    enum sq_status st;

    sq_buf_init(&text, SQ_MAX_PROMPT);
    st = sq_template_render(t, r, arena, &text, err);
    if (st == SQ_OK)
        *out = sq_arena_str(arena, sq_buf_str(&text));
    sq_buf_release(&text);
    return st;
}

/* The array that a template of one field alone stands for, or NULL. */
static const struct sq_json *lone_array(sq_str t, const struct sq_record *r)
{
    const struct sq_json *v;
    bool field, bad;
    size_t pos = 0;
    sq_str piece;

    if (!next_piece(t, &pos, &piece, &field, &bad) || !field || pos < t.n)
        return NULL;
    v = sq_record_json(r, piece);
    return v && sq_json_type(v) == SQ_JSON_ARRAY ? v : NULL;
}

static enum sq_status fill_string(sq_str t, const struct sq_record *r,
                                  struct sq_json *to, const char *key,
                                  struct sq_err *err)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_json *array = lone_array(t, r);
    enum sq_status st = SQ_OK;
    sq_str text;

    if (array) {
        sq_json_put(to, key, sq_json_copy(array));
        return SQ_OK;
    }
    st = sq_template_text(t, r, &arena, &text, err);
    if (st == SQ_OK)
        sq_json_put_str(to, key, text);
    sq_arena_release(&arena);
    return st;
}

enum sq_status sq_template_fill(const struct sq_json *j,
                                const struct sq_record *r, struct sq_json **out,
                                struct sq_err *err)
{
    bool object = sq_json_type(j) == SQ_JSON_OBJECT;
    struct sq_json *made = object ? sq_json_object() : sq_json_array();
    enum sq_status st = SQ_OK;

    for (j = sq_json_first(j); j && st == SQ_OK; j = sq_json_next(j)) {
        const char *key = object ? sq_json_key(j).p : NULL;
        enum sq_json_type type = sq_json_type(j);
        struct sq_json *inner = NULL;

        if (type == SQ_JSON_STRING) {
            st = fill_string(sq_json_str(j), r, made, key, err);
            continue;
        }
        if (type == SQ_JSON_OBJECT || type == SQ_JSON_ARRAY)
            st = sq_template_fill(j, r, &inner, err);
        else
            inner = sq_json_copy(j);
        if (st == SQ_OK)
            sq_json_put(made, key, inner);
    }
    if (st == SQ_OK)
        *out = made;
    else
        sq_json_free(made);
    return st;
}
