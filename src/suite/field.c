#include "suite/field.h"

#include <string.h>

enum sq_status sq_field_text(const struct sq_json *record, const char *key,
                             const char *where, struct sq_arena *arena,
                             sq_str *out, struct sq_err *err)
{
    const struct sq_json *v = sq_json_get(record, key);
    long long whole;

    if (!v)
        return sq_err_set(err, SQ_INPUT, "%s: %s: missing", where, key);
    if (sq_json_type(v) == SQ_JSON_STRING) {
        if (sq_json_str(v).n == 0)
            return sq_err_set(err, SQ_INPUT, "%s: %s: is empty", where, key);
        *out = sq_arena_str(arena, sq_json_str(v));
        return SQ_OK;
    }
    if (sq_json_int(v, &whole)) {
        *out = sq_str_from(sq_arena_printf(arena, "%lld", whole));
        return SQ_OK;
    }
    return sq_err_set(err, SQ_INPUT,
                      "%s: %s: want a string or a whole number, found %s",
                      where, key, sq_json_type_name(v));
}

bool sq_field_is_name(sq_str s)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t i;

    for (i = 0; i < s.n; i++)
        if (!memchr(set, s.p[i], sizeof(set) - 1))
            return false;
    return s.n > 0 && s.n <= 64;
}
