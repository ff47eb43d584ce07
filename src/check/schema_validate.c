/* The half of schema.h that applies a schema to a value. */
#include "check/schema.h"
#include <math.h>
#include <stdio.h>
#include "check/schema_tree.h"

/* A pattern costs as much as this many comparisons. */
#define PATTERN_STEPS 500
#define MAX_STEPS 500000

struct validator {
    char *why;
    size_t size;
    size_t steps;
    char path[80];
    size_t depth; /* bytes of path */
};

static bool spent(struct validator *v)
{
    return v->steps > MAX_STEPS;
}

static bool bad(struct validator *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool bad(struct validator *v, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(v->why, v->size, "$%s: ", v->path);

    va_start(ap, fmt);
    if (n > 0 && (size_t)n < v->size)
        vsnprintf(v->why + n, v->size - (size_t)n, fmt, ap);
    va_end(ap);
    return false;
}

/* Deep equality as the standard has it: 1 equals 1.0, members in any order. */
static bool equal(struct validator *v, const struct sq_json *a,
                  const struct sq_json *b)
{
    enum sq_json_type t = sq_json_type(a);

    if (++v->steps > MAX_STEPS || t != sq_json_type(b))
        return false;
    if (t == SQ_JSON_NUMBER)
        return sq_json_num(a) == sq_json_num(b);
    if (t == SQ_JSON_STRING)
        return sq_str_eq(sq_json_str(a), sq_json_str(b));
    if (t == SQ_JSON_BOOL)
        return sq_json_bool(a) == sq_json_bool(b);
    if (t == SQ_JSON_NULL)
        return true;
    v->steps += sq_json_count(b);
    if (sq_json_count(a) != sq_json_count(b))
        return false;
    a = sq_json_first(a);
    if (t == SQ_JSON_ARRAY) {
        for (b = sq_json_first(b); a && b;
             a = sq_json_next(a), b = sq_json_next(b)) {
            if (!equal(v, a, b))
                return false;
        }
        return true;
    }
    for (; a; a = sq_json_next(a)) {
        const struct sq_json *other = sq_json_get(b, sq_json_key(a).p);

        v->steps += sq_json_count(b);
        if (spent(v) || !other || !equal(v, a, other))
            return false;
    }
    return true;
}

static bool check(struct validator *v, const struct sq_schema *s,
                  const struct sq_json *j);

/* A schema for a part of the value, at PATH.NAME or PATH[INDEX]. */
static bool check_part(struct validator *v, const struct sq_schema *s,
                       const struct sq_json *j, sq_str name, size_t index)
{
    size_t depth = v->depth, left = sizeof(v->path) - depth;
    bool ok;
    int n = name.p ? snprintf(v->path + depth, left, ".%.*s", SQ_STR_ARG(name))
                   : snprintf(v->path + depth, left, "[%zu]", index);

    v->depth += n > 0 && (size_t)n < left ? (size_t)n : left - 1;
    ok = check(v, s, j);
    v->depth = depth;
    if (ok)
        v->path[depth] = '\0';
    return ok;
}

static bool check_type(struct validator *v, const struct sq_schema *s,
                       const struct sq_json *j)
{
    enum sq_json_type t = sq_json_type(j);
    double x = sq_json_num(j);

    if (!s->types || s->types & (1u << t) ||
        (s->types & (1u << SCHEMA_INTEGER) && t == SQ_JSON_NUMBER &&
         x == floor(x)))
        return true;
    return bad(v, "%s is not of the type asked for", sq_schema_types[t]);
}

static bool check_values(struct validator *v, const struct sq_schema *s,
                         const struct sq_json *j)
{
    if (!s->one_of)
        return true;
    for (const struct sq_json *o = sq_json_first(s->one_of); o;
         o = sq_json_next(o)) {
        if (equal(v, j, o))
            return true;
    }
    return bad(v, "is none of %zu values", sq_json_count(s->one_of));
}

/* A number against two limits, `what` it is. */
static bool in_limits(struct validator *v, const struct sq_schema *s,
                      enum limit least, enum limit most, double x,
                      const char *what)
{
    if (s->has[least] && x < s->limit[least])
        return bad(v, "%s %.15g is below %.15g", what, x, s->limit[least]);
    if (s->has[most] && x > s->limit[most])
        return bad(v, "%s %.15g is above %.15g", what, x, s->limit[most]);
    return true;
}

static bool check_number(struct validator *v, const struct sq_schema *s,
                         const struct sq_json *j)
{
    double x = sq_json_num(j);

    if (!in_limits(v, s, LIMIT_MINIMUM, LIMIT_MAXIMUM, x, "number"))
        return false;
    if (s->has[LIMIT_ABOVE] && x <= s->limit[LIMIT_ABOVE])
        return bad(v, "number %.15g is not above %.15g", x,
                   s->limit[LIMIT_ABOVE]);
    if (s->has[LIMIT_BELOW] && x >= s->limit[LIMIT_BELOW])
        return bad(v, "number %.15g is not below %.15g", x,
                   s->limit[LIMIT_BELOW]);
    if (s->has[LIMIT_MULTIPLE]) {
        double times = x / s->limit[LIMIT_MULTIPLE];

        /* 0.3 is three times 0.1 to whoever wrote it. */
        if (fabs(times - round(times)) > 1e-9 * fmax(1, fabs(times)))
            return bad(v, "%.15g is no multiple of %.15g", x,
                       s->limit[LIMIT_MULTIPLE]);
    }
    return true;
}

static bool check_string(struct validator *v, const struct sq_schema *s,
                         const struct sq_json *j)
{
    sq_str text = sq_json_str(j);
    size_t at, end;

    if ((s->has[LIMIT_MIN_LENGTH] || s->has[LIMIT_MAX_LENGTH]) &&
        !in_limits(v, s, LIMIT_MIN_LENGTH, LIMIT_MAX_LENGTH,
                   (double)sq_utf8_count(text), "length"))
        return false;
    if (!s->pattern)
        return true;
    v->steps += PATTERN_STEPS + text.n;
    if (spent(v))
        return bad(v, "too many steps");
    switch (sq_regex_find(s->pattern, text, 0, &at, &end)) {
    case SQ_REGEX_FOUND:
        return true;
    case SQ_REGEX_NONE:
        return bad(v, "the string doesn't match the pattern");
    case SQ_REGEX_LIMIT:
        break;
    }
    v->steps = MAX_STEPS + 1;
    return bad(v, "too many steps");
}

static bool check_unique(struct validator *v, const struct sq_json *j)
{
    for (const struct sq_json *a = sq_json_first(j); a; a = sq_json_next(a)) {
        for (const struct sq_json *b = sq_json_next(a); b;
             b = sq_json_next(b)) {
            if (equal(v, a, b))
                return bad(v, "two items are equal");
            if (spent(v))
                return bad(v, "too many steps");
        }
    }
    return true;
}

static bool check_array(struct validator *v, const struct sq_schema *s,
                        const struct sq_json *j)
{
    const struct schemas *prefix = &s->group[GROUP_PREFIX];
    size_t i = 0;

    if (!in_limits(v, s, LIMIT_MIN_ITEMS, LIMIT_MAX_ITEMS,
                   (double)sq_json_count(j), "number of items"))
        return false;
    for (const struct sq_json *item = sq_json_first(j); item;
         item = sq_json_next(item), i++) {
        const struct sq_schema *sub = i < prefix->n ? prefix->s[i] : s->items;

        if (sub && !check_part(v, sub, item, (sq_str){NULL, 0}, i))
            return false;
    }
    return !s->unique || check_unique(v, j);
}

static const struct sq_schema *schema_for(const struct sq_schema *s, sq_str key)
{
    for (size_t i = 0; i < s->nproperties; i++) {
        if (sq_str_eq(key, sq_str_from(s->properties[i].name)))
            return s->properties[i].schema;
    }
    return s->additional;
}

static bool check_object(struct validator *v, const struct sq_schema *s,
                         const struct sq_json *j)
{
    size_t n = sq_json_count(j);

    if (!in_limits(v, s, LIMIT_MIN_PROPERTIES, LIMIT_MAX_PROPERTIES, (double)n,
                   "number of properties"))
        return false;
    v->steps += n * (s->nproperties + s->nrequired);
    if (spent(v))
        return bad(v, "too many steps");
    for (size_t i = 0; i < s->nrequired; i++) {
        if (!sq_json_get(j, s->required[i]))
            return bad(v, "\"%s\" is missing", s->required[i]);
    }
    for (const struct sq_json *m = sq_json_first(j); m; m = sq_json_next(m)) {
        const struct sq_schema *sub = schema_for(s, sq_json_key(m));

        if (sub && !check_part(v, sub, m, sq_json_key(m), 0))
            return false;
    }
    return true;
}

/* allOf, anyOf, oneOf, not. */
static bool check_groups(struct validator *v, const struct sq_schema *s,
                         const struct sq_json *j)
{
    static const struct {
        enum group group;
        const char *name;
    } some[] = {{GROUP_ANY, "anyOf"}, {GROUP_ONE, "oneOf"}};

    for (size_t i = 0; i < s->group[GROUP_ALL].n; i++) {
        if (!check(v, s->group[GROUP_ALL].s[i], j))
            return false;
    }
    for (size_t k = 0; k < 2; k++) {
        const struct schemas *g = &s->group[some[k].group];
        size_t fit = 0;

        for (size_t i = 0; i < g->n; i++) {
            size_t depth = v->depth;

            fit += check(v, g->s[i], j);
            v->depth = depth;
            v->path[depth] = '\0';
        }
        if (g->n && (fit == 0 || (fit > 1 && some[k].group == GROUP_ONE)))
            return bad(v, "%zu of the schemas of %s fit", fit, some[k].name);
    }
    if (s->not_ && check(v, s->not_, j))
        return bad(v, "the schema under not fits");
    v->path[v->depth] = '\0';
    return true;
}

static bool check(struct validator *v, const struct sq_schema *s,
                  const struct sq_json *j)
{
    bool ok;

    if (s->never)
        return bad(v, "is not allowed");
    if (++v->steps > MAX_STEPS)
        return bad(v, "too many steps");
    ok = check_type(v, s, j) && check_values(v, s, j);
    switch (sq_json_type(j)) {
    case SQ_JSON_NUMBER:
        ok = ok && check_number(v, s, j);
        break;
    case SQ_JSON_STRING:
        ok = ok && check_string(v, s, j);
        break;
    case SQ_JSON_ARRAY:
        ok = ok && check_array(v, s, j);
        break;
    case SQ_JSON_OBJECT:
        ok = ok && check_object(v, s, j);
        break;
    case SQ_JSON_NULL:
    case SQ_JSON_BOOL:
        break;
    }
    return ok && check_groups(v, s, j);
}

enum sq_schema_result sq_schema_validate(const struct sq_schema *s,
                                         const struct sq_json *value, char *why,
                                         size_t size)
{
    struct validator v = {.why = why, .size = size};
    bool ok = check(&v, s, value);

    if (spent(&v))
        return SQ_SCHEMA_LIMIT;
    return ok ? SQ_SCHEMA_VALID : SQ_SCHEMA_INVALID;
}
