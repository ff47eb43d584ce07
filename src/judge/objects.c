#include "judge/internal.h"

#include <string.h>

/* Where the scan of a reply stands. */
struct scan {
    sq_str reply;
    sq_str key;
    struct sq_arena *arena;
    size_t wasted; /* bytes read in vain, for braces that open no object */
    const struct sq_json **found;
    size_t n;
};

static void free_json(void *j)
{
    sq_json_free(j);
}

/* Bytes of the object that opens at s.p[0], by its braces outside strings;
 * 0 when it does not close. */
static size_t extent(sq_str s)
{
    bool in_string = false;
    size_t depth = 0, i;

    for (i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* A comma at s.p[i] before a closing bracket. */
static bool is_trailing_comma(sq_str s, size_t i)
{
    for (i++; i < s.n && sq_is_space(s.p[i]); i++) {
    }
    return i < s.n && (s.p[i] == '}' || s.p[i] == ']');
}

/* Strict JSON of the object s: without trailing commas, raw control characters
 * in strings escaped. */
static void make_strict(sq_str s, struct sq_buf *out)
{
    bool in_string = false;
    size_t i;

    for (i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (in_string) {
            if (c == '\\') {
                sq_buf_addc(out, c);
                c = s.p[++i];
            } else if (c == '"') {
                in_string = false;
            } else if ((unsigned char)c < 0x20) {
                sq_buf_addf(out, "\\u%04x", (unsigned)c);
                continue;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == ',' && is_trailing_comma(s, i)) {
            continue;
        }
        sq_buf_addc(out, c);
    }
}

/* Notes every object in j, at any depth, that has the key. */
static void collect(struct scan *sc, const struct sq_json *j)
{
    const struct sq_json *item = sq_json_first(j);

    if (sq_json_type(j) == SQ_JSON_OBJECT &&
        sq_judge_member(item, sc->key.p) != NULL) {
        sc->found[sc->n++] = j;
    }
    for (; item != NULL; item = sq_json_next(item)) {
        collect(sc, item);
    }
}

/* Reads the object at pos, if there is one; returns the bytes it takes. */
static size_t read_object(struct scan *sc, size_t pos)
{
    sq_str rest = sq_str_sub(sc->reply, pos, sc->reply.n);
    struct sq_json *j = NULL;
    struct sq_buf strict;
    size_t n;

    /* Braces in prose cost little; a reply made to cost time is cut short, and
     * what follows counts as unread. */
    if (sc->wasted > 8 * sc->reply.n) {
        return 0;
    }
    n = extent(rest);
    if (n > 0) {
        sq_buf_init(&strict, 6 * n + 1);
        make_strict(sq_str_sub(rest, 0, n), &strict);
        j = sq_json_parse(sq_buf_str(&strict), "reply", 1, NULL);
        sq_buf_release(&strict);
    }
    if (j == NULL) {
        sc->wasted += n > 0 ? n : rest.n;
        return 0;
    }
    sq_arena_on_release(sc->arena, free_json, j);
    collect(sc, j);
    return n;
}

/* A member's name at pos: the key, a quotation mark, a colon. */
static bool is_stray_key(const struct scan *sc, size_t pos)
{
    sq_str s = sc->reply;
    size_t i = pos + sc->key.n;

    if (!sq_str_eq_nocase(sq_str_sub(s, pos, i), sc->key)) {
        return false;
    }
    while (i < s.n && s.p[i] == '\\') {
        i++;
    }
    if (i >= s.n || (s.p[i] != '"' && s.p[i] != '\'')) {
        return false;
    }
    for (i++; i < s.n && sq_is_space(s.p[i]); i++) {
    }
    return i < s.n && s.p[i] == ':';
}

size_t sq_judge_objects(sq_str reply, const char *key, struct sq_arena *arena,
                        const struct sq_json ***out, sq_str *why)
{
    struct scan sc = {.reply = reply, .key = sq_str_from(key), .arena = arena};
    size_t depth = 0, pos = 0;

    /* Each object with the key takes at least "key":0 of the reply. */
    sc.found = sq_arena_array(arena, reply.n / (sc.key.n + 4) + 1,
                              sizeof(struct sq_json *));
    *out = sc.found;
    while (pos < reply.n) {
        size_t n = 0;

        /* Within braces that are no object nothing is read: it may be quoted
         * text of the response in a verdict that lost its quotes. */
        if (reply.p[pos] == '{' && depth == 0) {
            n = read_object(&sc, pos);
        }
        if (n == 0) {
            if (is_stray_key(&sc, pos)) {
                *why = SQ_STR("a verdict in the reply is broken JSON");
                return 0;
            }
            depth += reply.p[pos] == '{';
            depth -= reply.p[pos] == '}' && depth > 0;
            n = 1;
        }
        pos += n;
    }
    if (sc.n == 0) {
        *why = sq_str_from(sq_arena_printf(
            arena, "the reply has no JSON object with \"%s\"", key));
    }
    return sc.n;
}

const struct sq_json *sq_judge_member(const struct sq_json *at, const char *key)
{
    while (at != NULL && !sq_str_eq_nocase(sq_json_key(at), sq_str_from(key))) {
        at = sq_json_next(at);
    }
    return at;
}

bool sq_judge_read_bool(const struct sq_json *j, bool *out)
{
    sq_str s;

    if (j == NULL) {
        return false;
    }
    s = sq_str_trim(sq_json_str(j));
    if (sq_json_type(j) == SQ_JSON_BOOL) {
        *out = sq_json_bool(j);
    } else if (sq_str_eq_nocase(s, SQ_STR("yes"))) {
        *out = true;
    } else if (sq_str_eq_nocase(s, SQ_STR("no"))) {
        *out = false;
    } else {
        return false;
    }
    return true;
}

bool sq_judge_read_num(const struct sq_json *j, double *out)
{
    if (j == NULL) {
        return false;
    }
    if (sq_json_type(j) == SQ_JSON_NUMBER) {
        *out = sq_json_num(j);
        return true;
    }
    return sq_str_to_num(sq_str_trim(sq_json_str(j)), out);
}
