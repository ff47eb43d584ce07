#include "base/json.h"

#include <math.h>

/* The typed members: each names the place, the key, what was wanted and what
 * stands there. */

static enum sq_status wrong_type(const struct sq_json *j, const char *key,
                                 const char *where, const char *wanted,
                                 struct sq_err *err)
{
    return sq_err_set(err, SQ_INPUT, "%s: %s: expected %s, found %s", where,
                      key, wanted, sq_json_type_name(j));
}

/* *member is NULL when it is absent, or null and `optional`. */
static enum sq_status member(const struct sq_json *obj, const char *key,
                             const char *where, bool optional,
                             const struct sq_json **out, struct sq_err *err)
{
    *out = NULL;
    if (!obj || sq_json_type(obj) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_INPUT, "%s: expected an object, found %s",
                          where, obj ? sq_json_type_name(obj) : "nothing");
    *out = sq_json_get(obj, key);
    if (!*out && !optional)
        return sq_err_set(err, SQ_INPUT, "%s: %s: missing", where, key);
    if (*out && optional && sq_json_type(*out) == SQ_JSON_NULL)
        *out = NULL;
    return SQ_OK;
}

static enum sq_status typed(const struct sq_json *obj, const char *key,
                            const char *where, enum sq_json_type type,
                            const char *wanted, bool optional,
                            const struct sq_json **out, struct sq_err *err)
{
    enum sq_status status = member(obj, key, where, optional, out, err);
    if (!status && *out && sq_json_type(*out) != type)
        status = wrong_type(*out, key, where, wanted, err);
    return status;
}

static enum sq_status get_str(const struct sq_json *obj, const char *key,
                              const char *where, bool optional, sq_str *out,
                              struct sq_err *err)
{
    const struct sq_json *j;
    enum sq_status status =
        typed(obj, key, where, SQ_JSON_STRING, "a string", optional, &j, err);
    if (!status && j)
        *out = sq_json_str(j);
    return status;
}

static enum sq_status get_num(const struct sq_json *obj, const char *key,
                              const char *where, bool optional, double *out,
                              struct sq_err *err)
{
    const struct sq_json *j;
    enum sq_status status =
        typed(obj, key, where, SQ_JSON_NUMBER, "a number", optional, &j, err);
    if (status || !j)
        return status;
    if (!isfinite(sq_json_num(j)))
        return sq_err_set(err, SQ_INPUT, "%s: %s: the number is too large",
                          where, key);
    *out = sq_json_num(j);
    return SQ_OK;
}

struct range {
    long long min, max;
};

static enum sq_status get_int(const struct sq_json *obj, const char *key,
                              const char *where, bool optional,
                              struct range range, long long *out,
                              struct sq_err *err)
{
    const struct sq_json *j;
    long long v;
    enum sq_status status = typed(obj, key, where, SQ_JSON_NUMBER,
                                  "a whole number", optional, &j, err);
    if (status || !j)
        return status;
    if (!sq_json_int(j, &v))
        return sq_err_set(err, SQ_INPUT,
                          "%s: %s: expected a whole number, found %.17g", where,
                          key, sq_json_num(j));
    if (v < range.min || v > range.max)
        return sq_err_set(err, SQ_INPUT,
                          "%s: %s: %lld is not within %lld to %lld", where, key,
                          v, range.min, range.max);
    *out = v;
    return SQ_OK;
}

static enum sq_status get_bool(const struct sq_json *obj, const char *key,
                               const char *where, bool optional, bool *out,
                               struct sq_err *err)
{
    const struct sq_json *j;
    enum sq_status status = typed(obj, key, where, SQ_JSON_BOOL,
                                  "true or false", optional, &j, err);
    if (!status && j)
        *out = sq_json_bool(j);
    return status;
}

enum sq_status sq_json_need_str(const struct sq_json *obj, const char *key,
                                const char *where, sq_str *out,
                                struct sq_err *err)
{
    return get_str(obj, key, where, false, out, err);
}

enum sq_status sq_json_need_num(const struct sq_json *obj, const char *key,
                                const char *where, double *out,
                                struct sq_err *err)
{
    return get_num(obj, key, where, false, out, err);
}

enum sq_status sq_json_need_int(const struct sq_json *obj, const char *key,
                                const char *where, long long min, long long max,
                                long long *out, struct sq_err *err)
{
    return get_int(obj, key, where, false, (struct range){min, max}, out, err);
}

enum sq_status sq_json_need_bool(const struct sq_json *obj, const char *key,
                                 const char *where, bool *out,
                                 struct sq_err *err)
{
    return get_bool(obj, key, where, false, out, err);
}

enum sq_status sq_json_need_array(const struct sq_json *obj, const char *key,
                                  const char *where, const struct sq_json **out,
                                  struct sq_err *err)
{
    return typed(obj, key, where, SQ_JSON_ARRAY, "an array", false, out, err);
}

enum sq_status sq_json_need_object(const struct sq_json *obj, const char *key,
                                   const char *where,
                                   const struct sq_json **out,
                                   struct sq_err *err)
{
    return typed(obj, key, where, SQ_JSON_OBJECT, "an object", false, out, err);
}

enum sq_status sq_json_opt_str(const struct sq_json *obj, const char *key,
                               const char *where, sq_str *out,
                               struct sq_err *err)
{
    return get_str(obj, key, where, true, out, err);
}

enum sq_status sq_json_opt_num(const struct sq_json *obj, const char *key,
                               const char *where, double *out,
                               struct sq_err *err)
{
    return get_num(obj, key, where, true, out, err);
}

enum sq_status sq_json_opt_int(const struct sq_json *obj, const char *key,
                               const char *where, long long min, long long max,
                               long long *out, struct sq_err *err)
{
    return get_int(obj, key, where, true, (struct range){min, max}, out, err);
}

enum sq_status sq_json_opt_bool(const struct sq_json *obj, const char *key,
                                const char *where, bool *out,
                                struct sq_err *err)
{
    return get_bool(obj, key, where, true, out, err);
}

static bool is_listed(sq_str key, const char *const *list)
{
    for (; *list; list++)
        if (sq_str_eq(key, sq_str_from(*list)))
            return true;
    return false;
}

enum sq_status sq_json_only(const struct sq_json *obj,
                            const char *const *allowed, const char *where,
                            struct sq_err *err)
{
    if (!obj || sq_json_type(obj) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_INPUT, "%s: expected an object, found %s",
                          where, obj ? sq_json_type_name(obj) : "nothing");
    for (const struct sq_json *i = sq_json_first(obj); i; i = sq_json_next(i)) {
        sq_str key = sq_json_key(i);
        if (is_listed(key, allowed))
            continue;
        struct sq_buf names;
        sq_buf_init(&names, SQ_MAX_MESSAGE);
        for (const char *const *a = allowed; *a; a++)
            sq_buf_addf(&names, "%s%s", a == allowed ? "" : ", ", *a);
        (void)sq_err_set(err, SQ_INPUT, "%s: unknown key \"%.*s\"; known: %s",
                         where, SQ_STR_ARG(key), names.p);
        sq_buf_release(&names);
        return SQ_INPUT;
    }
    return SQ_OK;
}
