/* The checks json and json_schema. */
#include "check/families.h"
#include "base/json_scan.h"
#include "check/finding.h"
#include "check/part.h"
#include "check/schema.h"
#include <stdlib.h>

/* ---- finding JSON ------------------------------------------------------ */

/* The JSON value in the text: bytes [*at, *at + *len). False with the reason of
 * the first candidate where there is none. */
static bool find_json(struct sq_check_text text, bool whole, size_t *at,
                      size_t *len, struct sq_finding *out)
{
    struct sq_parts p = sq_parts_of(text.text, "{[", whole && !text.shared);
    bool open_end, first = true;
    sq_str s;

    while (sq_parts_next(&p, &s, at, &open_end)) {
        struct sq_json_scan scan;
        bool ok = sq_json_scan(s, &scan);
        bool rest = ok && !open_end && scan.used < s.n;

        free(scan.lone);
        *len = scan.used;
        if (ok && !rest)
            return true;
        if (first)
            sq_finding_set(out, SQ_FINDING_BROKEN, "no JSON: %s",
                           rest ? "text behind the value" : scan.what);
        first = false;
    }
    return false;
}

/* ---- json -------------------------------------------------------------- */

struct json_args {
    bool whole;
    char type; /* first character of the type, 0 = any */
};

static enum sq_status compile_json(const struct sq_json *rule,
                                   const char *where, struct sq_arena *arena,
                                   const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "whole", "type", NULL};
    struct json_args *a = sq_arena_alloc(arena, sizeof(*a));
    sq_str type = {NULL, 0};
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    a->whole = true;
    if (!st)
        st = sq_json_opt_bool(rule, "whole", where, &a->whole, err);
    if (!st)
        st = sq_json_opt_str(rule, "type", where, &type, err);
    if (sq_str_eq(type, SQ_STR("object")))
        a->type = '{';
    else if (sq_str_eq(type, SQ_STR("array")))
        a->type = '[';
    else if (!st && type.p)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: type: \"%.*s\" is neither object nor array", where,
                        SQ_STR_ARG(type));
    return st;
}

static void run_json(const void *args, struct sq_check_text text,
                     struct sq_finding *out)
{
    const struct json_args *a = args;
    size_t at, len;

    if (sq_finding_empty(out, text.text) ||
        !find_json(text, a->whole, &at, &len, out))
        return;
    if (a->type && text.text.p[at] != a->type)
        sq_finding_set(out, SQ_FINDING_BROKEN, "the JSON is no %s",
                       a->type == '{' ? "object" : "array");
    else
        sq_finding_set(out, SQ_FINDING_HOLDS, "there is JSON");
    sq_finding_at(out, at, len);
}

/* ---- json_schema ------------------------------------------------------- */

struct schema_args {
    bool whole;
    const struct sq_schema *schema;
};

static enum sq_status compile_schema(const struct sq_json *rule,
                                     const char *where, struct sq_arena *arena,
                                     const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "whole", "schema",
                                       NULL};
    struct schema_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);
    const struct sq_json *schema = sq_json_get(rule, "schema");

    *args = a;
    a->whole = true;
    if (!st)
        st = sq_json_opt_bool(rule, "whole", where, &a->whole, err);
    if (!st && !schema)
        st = sq_err_set(err, SQ_INPUT, "%s: schema: is missing", where);
    return st ? st
              : sq_schema_compile(schema,
                                  sq_arena_printf(arena, "%s: schema", where),
                                  arena, &a->schema, err);
}

/* A tree of more text than this would take too long to make. */
#define MAX_JSON ((size_t)256 << 10)

static void run_schema(const void *args, struct sq_check_text text,
                       struct sq_finding *out)
{
    const struct schema_args *a = args;
    struct sq_json *value;
    char why[120] = "";
    size_t at, len, used;

    if (sq_finding_empty(out, text.text) ||
        !find_json(text, a->whole, &at, &len, out))
        return;
    if (len > MAX_JSON) {
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "JSON of more than %zu KiB isn't validated",
                       MAX_JSON >> 10);
        return;
    }
    value = sq_json_parse_prefix(sq_str_sub(text.text, at, at + len), &used);
    switch (sq_schema_validate(a->schema, value, why, sizeof(why))) {
    case SQ_SCHEMA_VALID:
        sq_finding_set(out, SQ_FINDING_HOLDS, "the JSON fits the schema");
        break;
    case SQ_SCHEMA_INVALID:
        sq_finding_set(out, SQ_FINDING_BROKEN, "%s", why);
        break;
    case SQ_SCHEMA_LIMIT:
        sq_finding_set(out, SQ_FINDING_ERROR, "%s",
                       "validating takes too many steps");
        break;
    }
    sq_finding_at(out, at, len);
    sq_json_free(value);
}

const struct sq_check sq_check_json = {"json", "whole, type (object, array)",
                                       compile_json, run_json};
const struct sq_check sq_check_json_schema = {"json_schema", "schema, whole",
                                              compile_schema, run_schema};
