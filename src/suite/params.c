#include "suite/params.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOTS "shots"

static enum sq_status check_param(const struct sq_json *p, const char *path,
                                  struct sq_err *err)
{
    static const char *const chooses[] = {"field", NULL};
    static const char *const replaces[] = {"default", "values", NULL};
    const struct sq_json *values;
    char where[512];
    enum sq_status st;
    sq_str name;

    snprintf(where, sizeof(where), "%s: params: %.*s", path,
             SQ_STR_ARG(sq_json_key(p)));
    if (sq_json_type(p) != SQ_JSON_OBJECT ||
        sq_str_eq(sq_json_key(p), SQ_STR(SHOTS)))
        return sq_err_set(err, SQ_INPUT,
                          "%s: want {\"field\": F} or {\"default\": V, "
                          "\"values\": {...}} (" SHOTS " is there by itself)",
                          where);
    if (sq_json_get(p, "field")) {
        st = sq_json_only(p, chooses, where, err);
        return st ? st : sq_json_need_str(p, "field", where, &name, err);
    }
    st = sq_json_only(p, replaces, where, err);
    if (st == SQ_OK)
        st = sq_json_need_str(p, "default", where, &name, err);
    if (st == SQ_OK)
        st = sq_json_need_object(p, "values", where, &values, err);
    if (st != SQ_OK)
        return st;
    for (const struct sq_json *v = sq_json_first(values); v;
         v = sq_json_next(v))
        if (sq_json_type(v) != SQ_JSON_OBJECT)
            return sq_err_set(err, SQ_INPUT,
                              "%s: values: %.*s: want an object of members",
                              where, SQ_STR_ARG(sq_json_key(v)));
    for (values = sq_json_first(values); values; values = sq_json_next(values))
        if (sq_str_eq(sq_json_key(values), name))
            return SQ_OK;
    return sq_err_set(err, SQ_INPUT, "%s: default: '%.*s' is none of values",
                      where, SQ_STR_ARG(name));
}

static enum sq_status check_params(const struct sq_json *json,
                                   const char *where,
                                   const struct sq_json **first,
                                   struct sq_err *err)
{
    const struct sq_json *obj;
    enum sq_status st;

    *first = NULL;
    if (!sq_json_get(json, "params"))
        return SQ_OK;
    st = sq_json_need_object(json, "params", where, &obj, err);
    if (st != SQ_OK)
        return st;
    *first = sq_json_first(obj);
    for (obj = *first; obj && st == SQ_OK; obj = sq_json_next(obj))
        st = check_param(obj, where, err);
    return st;
}

/* ---- a choice ---------------------------------------------------------- */

/* The value that the list "k=v,..." gives for a name; p NULL = none. */
static sq_str value_of(sq_str list, sq_str name)
{
    sq_str piece, key;

    while (sq_str_split(&list, ',', &piece))
        if (sq_str_split(&piece, '=', &key) && sq_str_eq(key, name))
            return piece;
    return (sq_str){NULL, 0};
}

/* Member by a name that is a slice. */
static const struct sq_json *member(const struct sq_json *obj, sq_str name)
{
    for (obj = sq_json_first(obj); obj; obj = sq_json_next(obj))
        if (sq_str_eq(sq_json_key(obj), name))
            return obj;
    return NULL;
}

static sq_str chosen(const struct sq_json *param, sq_str given)
{
    sq_str v = value_of(given, sq_json_key(param));

    if (v.p)
        return v;
    if (sq_json_get(param, "field"))
        return SQ_STR("all");
    return sq_json_str(sq_json_get(param, "default"));
}

/* A copy of json (NULL: of {}) in which the members of `by` (NULL: none) stand
 * instead of its own. */
static struct sq_json *replaced(const struct sq_json *json,
                                const struct sq_json *by)
{
    struct sq_json *out = sq_json_object();

    for (const struct sq_json *m = sq_json_first(json); m; m = sq_json_next(m))
        if (!member(by, sq_json_key(m)))
            sq_json_put(out, sq_json_key(m).p, sq_json_copy(m));
    for (const struct sq_json *m = sq_json_first(by); m; m = sq_json_next(m))
        sq_json_put(out, sq_json_key(m).p, sq_json_copy(m));
    return out;
}

/* *json with one member replaced. */
static void set_member(struct sq_json **json, const char *key,
                       struct sq_json *value)
{
    struct sq_json *by = sq_json_object(), *made;

    sq_json_put(by, key, value);
    made = replaced(*json, by);
    sq_json_free(by);
    sq_json_free(*json);
    *json = made;
}

static void list_names(const struct sq_json *obj, struct sq_buf *out)
{
    for (obj = sq_json_first(obj); obj; obj = sq_json_next(obj))
        sq_buf_addf(out, "%s%.*s", out->n ? ", " : "",
                    SQ_STR_ARG(sq_json_key(obj)));
}

static enum sq_status no_such(const char *what, sq_str name,
                              const struct sq_json *obj, bool shots,
                              struct sq_err *err)
{
    struct sq_buf list;
    enum sq_status st;

    sq_buf_init(&list, SQ_MAX_MESSAGE);
    list_names(obj, &list);
    if (shots)
        sq_buf_addf(&list, "%s" SHOTS, list.n ? ", " : "");
    st = sq_err_set(err, SQ_USAGE, "--suite: no %s '%.*s'; there is: %s", what,
                    SQ_STR_ARG(name), list.n ? list.p : "none");
    sq_buf_release(&list);
    return st;
}

/* Every name given is one of the definition's. */
static enum sq_status check_given(const struct sq_json *json, sq_str given,
                                  bool shots, struct sq_err *err)
{
    const struct sq_json *params = sq_json_get(json, "params");
    sq_str piece, key;

    while (given.n > 0 && sq_str_split(&given, ',', &piece)) {
        if (!sq_str_split(&piece, '=', &key) || !piece.p || piece.n == 0)
            return sq_err_set(err, SQ_USAGE,
                              "--suite: '%.*s': want parameters as key=value",
                              SQ_STR_ARG(key));
        if (!member(params, key) && !(shots && sq_str_eq(key, SQ_STR(SHOTS))))
            return no_such("parameter", key, params, shots, err);
        if (value_of(given, key).p)
            return sq_err_set(err, SQ_USAGE, "--suite: '%.*s' is given twice",
                              SQ_STR_ARG(key));
    }
    return SQ_OK;
}

/* One parameter's value, put into effect. */
static enum sq_status apply(const struct sq_json *param, sq_str value,
                            struct sq_json **json, struct sq_err *err)
{
    const struct sq_json *values = sq_json_get(param, "values");
    struct sq_json *made, *where;

    if (values) {
        const struct sq_json *by = member(values, value);

        if (!by)
            return no_such("value", value, values, false, err);
        made = replaced(*json, by);
        sq_json_free(*json);
        *json = made;
        return SQ_OK;
    }
    if (sq_str_eq(value, SQ_STR("all")))
        return SQ_OK;
    made = sq_json_object();
    sq_json_put_str(made, sq_json_str(sq_json_get(param, "field")).p, value);
    where = replaced(sq_json_get(*json, "where"), made);
    sq_json_free(made);
    set_member(json, "where", where);
    return SQ_OK;
}

/* The number of examples, where there are any. */
static enum sq_status apply_shots(sq_str given, long long shots,
                                  struct sq_json **json, struct sq_buf *name,
                                  struct sq_err *err)
{
    const struct sq_json *examples = sq_json_get(*json, "examples");
    sq_str v = value_of(given, SQ_STR(SHOTS));
    struct sq_json *made;
    long long n = 0;

    if (!examples)
        return SQ_OK;
    if (v.p && (!sq_str_to_int(v, &n) || n < 0 || n > 1000))
        return sq_err_set(err, SQ_USAGE,
                          "--suite: " SHOTS "=%.*s: want 0 to 1000",
                          SQ_STR_ARG(v));
    if (!v.p && shots >= 0)
        n = shots;
    else if (!v.p)
        (void)sq_json_int(sq_json_get(examples, "n"), &n);
    sq_buf_addf(name, "%s" SHOTS "=%lld", name->n ? "," : "", n);
    made = sq_json_object();
    sq_json_put_num(made, "n", (double)n);
    set_member(json, "examples", replaced(examples, made));
    sq_json_free(made);
    return SQ_OK;
}

/* The parameters of one kind, put into effect. */
static enum sq_status apply_all(const struct sq_json *json, sq_str given,
                                bool fields, struct sq_json **made,
                                struct sq_err *err)
{
    const struct sq_json *p = sq_json_first(sq_json_get(json, "params"));
    enum sq_status st = SQ_OK;

    for (; p && st == SQ_OK; p = sq_json_next(p))
        if ((sq_json_get(p, "field") != NULL) == fields)
            st = apply(p, chosen(p, given), made, err);
    return st;
}

/* The definition with the choice, and the choice's name. Fields come last: they
 * narrow what a value may have put instead. */
static enum sq_status choose(const struct sq_json *json, sq_str given,
                             long long shots, struct sq_json **out, char **name,
                             struct sq_err *err)
{
    const struct sq_json *p = sq_json_first(sq_json_get(json, "params"));
    struct sq_json *made = replaced(json, NULL);
    struct sq_buf text;
    enum sq_status st = apply_all(json, given, false, &made, err);

    if (st == SQ_OK)
        st = apply_all(json, given, true, &made, err);
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (; p && st == SQ_OK; p = sq_json_next(p))
        sq_buf_addf(&text, "%s%.*s=%.*s", text.n ? "," : "",
                    SQ_STR_ARG(sq_json_key(p)), SQ_STR_ARG(chosen(p, given)));
    if (st == SQ_OK)
        st = apply_shots(given, shots, &made, &text, err);
    if (st == SQ_OK) {
        *out = made;
        *name = sq_buf_take(&text);
    } else {
        sq_json_free(made);
    }
    sq_buf_release(&text);
    return st;
}

/* Could there be examples, whatever is chosen? */
static bool has_examples(const struct sq_json *json)
{
    const struct sq_json *p = sq_json_first(sq_json_get(json, "params"));
    bool has = sq_json_get(json, "examples") != NULL;

    for (; p && !has; p = sq_json_next(p)) {
        const struct sq_json *v = sq_json_first(sq_json_get(p, "values"));

        for (; v && !has; v = sq_json_next(v))
            has = sq_json_get(v, "examples") != NULL;
    }
    return has;
}

enum sq_status sq_params_choose(const struct sq_json *json, const char *where,
                                sq_str given, long long shots,
                                struct sq_params *out, struct sq_err *err)
{
    const struct sq_json *first;
    struct sq_json *usual = NULL;
    enum sq_status st = check_params(json, where, &first, err);

    *out = (struct sq_params){0};
    if (st == SQ_OK)
        st = check_given(json, given, has_examples(json), err);
    if (st == SQ_OK)
        st = choose(json, SQ_STR(""), -1, &usual, &out->defaults, err);
    sq_json_free(usual);
    if (st == SQ_OK)
        st = choose(json, given, shots, &out->json, &out->canonical, err);
    if (st != SQ_OK)
        sq_params_release(out);
    return st;
}

void sq_params_release(struct sq_params *p)
{
    sq_json_free(p->json);
    free(p->canonical);
    free(p->defaults);
    *p = (struct sq_params){0};
}

enum sq_status sq_params_each(const struct sq_json *json, const char *where,
                              enum sq_status (*fn)(void *ctx,
                                                   const struct sq_json *json,
                                                   struct sq_err *err),
                              void *ctx, struct sq_err *err)
{
    const struct sq_json *p, *v;
    enum sq_status st = check_params(json, where, &p, err);

    for (; p && st == SQ_OK; p = sq_json_next(p))
        for (v = sq_json_first(sq_json_get(p, "values")); v && st == SQ_OK;
             v = sq_json_next(v)) {
            char given[256];
            struct sq_json *made = NULL;
            char *name = NULL;

            snprintf(given, sizeof(given), "%.*s=%.*s",
                     SQ_STR_ARG(sq_json_key(p)), SQ_STR_ARG(sq_json_key(v)));
            st = choose(json, sq_str_from(given), -1, &made, &name, err);
            if (st == SQ_OK)
                st = fn(ctx, made, err);
            if (st != SQ_OK)
                st = sq_err_prefix(err, "with %s", given);
            sq_json_free(made);
            free(name);
        }
    return st;
}
