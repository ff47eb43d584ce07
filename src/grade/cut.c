#include "grade/cut.h"

#include <string.h>

#include "grade/latex.h"

enum end { AFTER, AFTER_LAST, BEFORE, BEFORE_LAST, NENDS };
static const char *const names[NENDS] = {"after", "after_last", "before",
                                         "before_last"};

struct markers {
    const sq_str *v;
    size_t n;
};

struct sq_cut {
    struct markers ends[NENDS];
    bool boxed, line, nocase;
    sq_str without;
};

static bool listed(const char *const *list, sq_str name)
{
    for (size_t i = 0; list && list[i]; i++)
        if (sq_str_eq(name, sq_str_from(list[i])))
            return true;
    return false;
}

/* A string, or an array of strings; none of them empty. */
static enum sq_status load_markers(const struct sq_json *v, const char *key,
                                   const char *where, struct sq_arena *arena,
                                   struct markers *out, struct sq_err *err)
{
    bool many = sq_json_type(v) == SQ_JSON_ARRAY;
    sq_str *list =
        sq_arena_array(arena, many ? sq_json_count(v) : 1, sizeof(*list));
    const struct sq_json *item = many ? sq_json_first(v) : v;

    for (; item; item = many ? sq_json_next(item) : NULL) {
        list[out->n] = sq_arena_str(arena, sq_json_str(item));
        if (list[out->n++].n == 0)
            return sq_err_set(err, SQ_INPUT,
                              "%s: %s: want a text, or an array of them", where,
                              key);
    }
    out->v = list;
    return SQ_OK;
}

enum sq_status sq_cut_compile(const struct sq_json *obj,
                              const char *const *more, const char *where,
                              struct sq_arena *arena, const struct sq_cut **out,
                              struct sq_err *err)
{
    static const char *const keys[] = {"after",       "after_last", "before",
                                       "before_last", "boxed",      "without",
                                       "line",        "nocase",     NULL};
    struct sq_cut *c = sq_arena_alloc(arena, sizeof(*c));
    enum sq_status st = SQ_OK;

    for (const struct sq_json *m = sq_json_first(obj); m; m = sq_json_next(m))
        if (!listed(keys, sq_json_key(m)) && !listed(more, sq_json_key(m)))
            return sq_err_set(err, SQ_INPUT, "%s: unknown key '%.*s'", where,
                              SQ_STR_ARG(sq_json_key(m)));
    for (int i = 0; i < NENDS && st == SQ_OK; i++)
        if (sq_json_get(obj, names[i]))
            st = load_markers(sq_json_get(obj, names[i]), names[i], where,
                              arena, &c->ends[i], err);
    if (st == SQ_OK)
        st = sq_json_opt_bool(obj, "boxed", where, &c->boxed, err);
    if (st == SQ_OK)
        st = sq_json_opt_bool(obj, "line", where, &c->line, err);
    if (st == SQ_OK)
        st = sq_json_opt_bool(obj, "nocase", where, &c->nocase, err);
    if (st == SQ_OK)
        st = sq_json_opt_str(obj, "without", where, &c->without, err);
    c->without = sq_arena_str(arena, c->without);
    *out = c;
    return st;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_at(sq_str s, size_t at, sq_str needle, bool nocase)
{
    for (size_t i = 0; i < needle.n; i++)
        if (nocase ? fold(s.p[at + i]) != fold(needle.p[i])
                   : s.p[at + i] != needle.p[i])
            return false;
    return true;
}

/* The first or last place of a marker, or SIZE_MAX. */
static size_t place_of(sq_str s, sq_str needle, bool nocase, bool last)
{
    if (needle.n > s.n)
        return SIZE_MAX;
    if (!nocase && !last)
        return sq_str_find(s, needle, 0);
    for (size_t i = 0; i <= s.n - needle.n; i++) {
        size_t at = last ? s.n - needle.n - i : i;

        if (is_at(s, at, needle, nocase))
            return at;
    }
    return SIZE_MAX;
}

static bool cut_end(const struct sq_cut *c, enum end end, sq_str *s)
{
    const struct markers *m = &c->ends[end];

    for (size_t i = 0; i < m->n; i++) {
        bool last = end == AFTER_LAST || end == BEFORE_LAST;
        size_t at = place_of(*s, m->v[i], c->nocase, last);

        if (at == SIZE_MAX)
            continue;
        *s = end == AFTER || end == AFTER_LAST
                 ? sq_str_sub(*s, at + m->v[i].n, s->n)
                 : sq_str_sub(*s, 0, at);
        return true;
    }
    return m->n == 0;
}

static sq_str remove_all(sq_str s, sq_str what, struct sq_arena *arena)
{
    char *copy = sq_arena_alloc(arena, s.n + 1);
    size_t from = 0, n = 0;

    while (from < s.n) {
        size_t at = sq_str_find(s, what, from);
        size_t end = at == SIZE_MAX ? s.n : at;

        memcpy(copy + n, s.p + from, end - from);
        n += end - from;
        from = at == SIZE_MAX ? s.n : at + what.n;
    }
    return (sq_str){copy, n};
}

bool sq_cut_apply(const struct sq_cut *c, sq_str text, struct sq_arena *arena,
                  sq_str *out)
{
    for (int i = 0; i < NENDS; i++)
        if (!cut_end(c, (enum end)i, &text))
            return false;
    if (c->line) {
        sq_str rest = sq_str_trim(text);

        if (!sq_str_line(&rest, &text))
            text = rest;
    }
    if (c->boxed && !sq_latex_boxed(text, &text))
        return false;
    if (c->without.n > 0)
        text = remove_all(text, c->without, arena);
    *out = sq_str_trim(text);
    return true;
}

void sq_cut_describe(const struct sq_cut *c, struct sq_buf *out)
{
    for (int i = 0; i < NENDS; i++)
        for (size_t k = 0; k < c->ends[i].n; k++)
            sq_buf_addf(out, "%s\"%.*s\"", out->n ? ", " : "no ",
                        SQ_STR_ARG(c->ends[i].v[k]));
    if (c->boxed)
        sq_buf_addf(out, "%s\\boxed{}", out->n ? ", " : "no ");
}
