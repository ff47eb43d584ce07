#include "check/schema.h"
#include <math.h>
#include "check/schema_tree.h"

#define MAX_LEVELS 16

const char *const sq_schema_types[SQ_JSON_OBJECT + 1] = {
    [SQ_JSON_NULL] = "null",     [SQ_JSON_BOOL] = "boolean",
    [SQ_JSON_NUMBER] = "number", [SQ_JSON_STRING] = "string",
    [SQ_JSON_ARRAY] = "array",   [SQ_JSON_OBJECT] = "object"};
#define NTYPES (sizeof(sq_schema_types) / sizeof(*sq_schema_types))

struct reader {
    struct sq_arena *arena;
    struct sq_err *err;
    size_t level;
};

typedef enum sq_status read_fn(struct reader *r, struct sq_schema *s, int which,
                               const struct sq_json *v, const char *where);

static enum sq_status read_schema(struct reader *r, const struct sq_json *j,
                                  const char *where,
                                  const struct sq_schema **out);

static enum sq_status wrong(struct reader *r, const char *where,
                            const char *want)
{
    return sq_err_set(r->err, SQ_INPUT, "%s: want %s", where, want);
}

static enum sq_status read_type_name(struct reader *r, struct sq_schema *s,
                                     const struct sq_json *v, const char *where)
{
    sq_str name = sq_json_str(v);

    for (unsigned i = 0; i < NTYPES; i++) {
        if (sq_str_eq(name, sq_str_from(sq_schema_types[i]))) {
            s->types |= 1u << i;
            return SQ_OK;
        }
    }
    if (!sq_str_eq(name, SQ_STR("integer")))
        return wrong(r, where,
                     "null, boolean, number, integer, string, array or object");
    s->types |= 1u << SCHEMA_INTEGER;
    return SQ_OK;
}

static enum sq_status read_type(struct reader *r, struct sq_schema *s,
                                int which, const struct sq_json *v,
                                const char *where)
{
    enum sq_status st = SQ_OK;

    (void)which;
    if (sq_json_type(v) != SQ_JSON_ARRAY)
        return read_type_name(r, s, v, where);
    if (!sq_json_count(v))
        return wrong(r, where, "one type at least");
    for (v = sq_json_first(v); v && !st; v = sq_json_next(v))
        st = read_type_name(r, s, v, where);
    return st;
}

static void free_json(void *p)
{
    sq_json_free(p);
}

/* enum (which 1) or const (0). Both at once are refused: no schema needs it. */
static enum sq_status read_values(struct reader *r, struct sq_schema *s,
                                  int which, const struct sq_json *v,
                                  const char *where)
{
    struct sq_json *list;

    if (s->one_of)
        return wrong(r, where, "one of enum and const");
    if (which && (sq_json_type(v) != SQ_JSON_ARRAY || !sq_json_count(v)))
        return wrong(r, where, "an array of values");
    if (which) {
        list = sq_json_copy(v);
    } else {
        list = sq_json_array();
        sq_json_put(list, NULL, sq_json_copy(v));
    }
    sq_arena_on_release(r->arena, free_json, list);
    s->one_of = list;
    return SQ_OK;
}

static enum sq_status read_limit(struct reader *r, struct sq_schema *s,
                                 int which, const struct sq_json *v,
                                 const char *where)
{
    double x = sq_json_num(v);

    if (sq_json_type(v) != SQ_JSON_NUMBER ||
        (which == LIMIT_MULTIPLE && x <= 0))
        return wrong(r, where,
                     which == LIMIT_MULTIPLE ? "a number above 0" : "a number");
    if (which >= LIMIT_MIN_LENGTH && (x < 0 || x != floor(x)))
        return wrong(r, where, "a whole number from 0");
    s->has[which] = true;
    s->limit[which] = x;
    return SQ_OK;
}

static enum sq_status read_pattern(struct reader *r, struct sq_schema *s,
                                   int which, const struct sq_json *v,
                                   const char *where)
{
    (void)which;
    if (sq_json_type(v) != SQ_JSON_STRING)
        return wrong(r, where, "a string");
    return sq_regex_compile(sq_json_str(v), 0, where, r->arena, &s->pattern,
                            r->err);
}

static enum sq_status read_unique(struct reader *r, struct sq_schema *s,
                                  int which, const struct sq_json *v,
                                  const char *where)
{
    (void)which;
    if (sq_json_type(v) != SQ_JSON_BOOL)
        return wrong(r, where, "true or false");
    s->unique = sq_json_bool(v);
    return SQ_OK;
}

static enum sq_status read_properties(struct reader *r, struct sq_schema *s,
                                      int which, const struct sq_json *v,
                                      const char *where)
{
    enum sq_status st = SQ_OK;

    (void)which;
    if (sq_json_type(v) != SQ_JSON_OBJECT)
        return wrong(r, where, "an object of schemas");
    s->properties =
        sq_arena_array(r->arena, sq_json_count(v), sizeof(*s->properties));
    for (v = sq_json_first(v); v && !st; v = sq_json_next(v)) {
        struct property *p = &s->properties[s->nproperties++];

        p->name = sq_arena_str(r->arena, sq_json_key(v)).p;
        st = read_schema(r, v,
                         sq_arena_printf(r->arena, "%s.%s", where, p->name),
                         &p->schema);
    }
    return st;
}

static enum sq_status read_required(struct reader *r, struct sq_schema *s,
                                    int which, const struct sq_json *v,
                                    const char *where)
{
    (void)which;
    if (sq_json_type(v) != SQ_JSON_ARRAY)
        return wrong(r, where, "an array of names");
    s->required =
        sq_arena_array(r->arena, sq_json_count(v), sizeof(*s->required));
    for (v = sq_json_first(v); v; v = sq_json_next(v)) {
        if (sq_json_type(v) != SQ_JSON_STRING)
            return wrong(r, where, "an array of names");
        s->required[s->nrequired++] = sq_arena_str(r->arena, sq_json_str(v)).p;
    }
    return SQ_OK;
}

enum { SUB_ITEMS, SUB_ADDITIONAL, SUB_NOT };

static enum sq_status read_sub(struct reader *r, struct sq_schema *s, int which,
                               const struct sq_json *v, const char *where)
{
    return read_schema(r, v, where,
                       which == SUB_ITEMS        ? &s->items
                       : which == SUB_ADDITIONAL ? &s->additional
                                                 : &s->not_);
}

static enum sq_status read_group(struct reader *r, struct sq_schema *s,
                                 int which, const struct sq_json *v,
                                 const char *where)
{
    struct schemas *g = &s->group[which];
    enum sq_status st = SQ_OK;

    if (sq_json_type(v) != SQ_JSON_ARRAY || !sq_json_count(v))
        return wrong(r, where, "an array of schemas");
    g->s = sq_arena_array(r->arena, sq_json_count(v), sizeof(*g->s));
    for (v = sq_json_first(v); v && !st; v = sq_json_next(v), g->n++)
        st =
            read_schema(r, v, sq_arena_printf(r->arena, "%s[%zu]", where, g->n),
                        &g->s[g->n]);
    return st;
}

static const struct {
    const char *key;
    read_fn *read; /* NULL: a note for people */
    int which;
} keywords[] = {
    {"$schema", NULL, 0},
    {"$comment", NULL, 0},
    {"title", NULL, 0},
    {"description", NULL, 0},
    {"default", NULL, 0},
    {"examples", NULL, 0},
    {"type", read_type, 0},
    {"enum", read_values, 1},
    {"const", read_values, 0},
    {"minimum", read_limit, LIMIT_MINIMUM},
    {"maximum", read_limit, LIMIT_MAXIMUM},
    {"exclusiveMinimum", read_limit, LIMIT_ABOVE},
    {"exclusiveMaximum", read_limit, LIMIT_BELOW},
    {"multipleOf", read_limit, LIMIT_MULTIPLE},
    {"minLength", read_limit, LIMIT_MIN_LENGTH},
    {"maxLength", read_limit, LIMIT_MAX_LENGTH},
    {"minItems", read_limit, LIMIT_MIN_ITEMS},
    {"maxItems", read_limit, LIMIT_MAX_ITEMS},
    {"minProperties", read_limit, LIMIT_MIN_PROPERTIES},
    {"maxProperties", read_limit, LIMIT_MAX_PROPERTIES},
    {"pattern", read_pattern, 0},
    {"uniqueItems", read_unique, 0},
    {"properties", read_properties, 0},
    {"required", read_required, 0},
    {"items", read_sub, SUB_ITEMS},
    {"additionalProperties", read_sub, SUB_ADDITIONAL},
    {"not", read_sub, SUB_NOT},
    {"allOf", read_group, GROUP_ALL},
    {"anyOf", read_group, GROUP_ANY},
    {"oneOf", read_group, GROUP_ONE},
    {"prefixItems", read_group, GROUP_PREFIX},
};
#define NKEYWORDS (sizeof(keywords) / sizeof(*keywords))

static enum sq_status read_keyword(struct reader *r, struct sq_schema *s,
                                   const struct sq_json *v, const char *where)
{
    sq_str key = sq_json_key(v);

    for (size_t i = 0; i < NKEYWORDS; i++) {
        if (!sq_str_eq(key, sq_str_from(keywords[i].key)))
            continue;
        if (!keywords[i].read)
            return SQ_OK;
        return keywords[i].read(
            r, s, keywords[i].which, v,
            sq_arena_printf(r->arena, "%s.%s", where, keywords[i].key));
    }
    return sq_err_set(r->err, SQ_INPUT,
                      "%s.%.*s: a keyword that is not validated here", where,
                      SQ_STR_ARG(key));
}

static enum sq_status read_schema(struct reader *r, const struct sq_json *j,
                                  const char *where,
                                  const struct sq_schema **out)
{
    struct sq_schema *s = sq_arena_alloc(r->arena, sizeof(*s));
    enum sq_status st = SQ_OK;

    *out = s;
    if (sq_json_type(j) == SQ_JSON_BOOL) {
        s->never = !sq_json_bool(j);
        return SQ_OK;
    }
    if (sq_json_type(j) != SQ_JSON_OBJECT)
        return wrong(r, where, "a schema: an object, true or false");
    if (r->level++ == MAX_LEVELS)
        return wrong(r, where, "at most 16 levels of schemas");
    for (j = sq_json_first(j); j && !st; j = sq_json_next(j))
        st = read_keyword(r, s, j, where);
    r->level--;
    return st;
}

enum sq_status sq_schema_compile(const struct sq_json *j, const char *where,
                                 struct sq_arena *arena,
                                 const struct sq_schema **out,
                                 struct sq_err *err)
{
    struct reader r = {.arena = arena, .err = err};

    return read_schema(&r, j, where, out);
}
