#include "report/terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const free_settings[] = {"seqeval",     "model", "suites",
                                            "no_cache",    "seed",  "canaries",
                                            "scored_from", NULL};

static bool is_free(sq_str key)
{
    for (size_t i = 0; free_settings[i]; i++)
        if (sq_str_eq(key, sq_str_from(free_settings[i])))
            return true;
    return false;
}

struct sq_json *sq_terms_of(sq_str settings_json)
{
    struct sq_json *terms = sq_json_object();
    struct sq_json *all = sq_json_parse(settings_json, "settings", 1, NULL);
    for (const struct sq_json *i = sq_json_first(all); i; i = sq_json_next(i)) {
        sq_str key = sq_json_key(i);
        if (is_free(key))
            continue;
        struct sq_json *v = NULL;
        if (sq_str_eq(key, SQ_STR("judges"))) {
            /* Which judges, wherever they are reached. */
            v = sq_json_array();
            for (const struct sq_json *k = sq_json_first(i); k;
                 k = sq_json_next(k))
                sq_json_put_str(v, NULL, sq_json_str(sq_json_get(k, "model")));
        } else {
            v = sq_json_copy(i);
        }
        sq_json_put(terms, key.p, v);
    }
    sq_json_free(all);
    return terms;
}

/* A list in words: names with a plus between, a judge's template as
 * paper@0c8f0a4c. Whatever else is JSON. */
static void say(const struct sq_json *j, struct sq_buf *out)
{
    const struct sq_json *item = sq_json_first(j), *name;
    if (sq_json_type(j) != SQ_JSON_ARRAY) {
        sq_json_render(j, out);
        return;
    }
    if (!item)
        sq_buf_adds(out, "none");
    for (; item; item = sq_json_next(item)) {
        if (item != sq_json_first(j))
            sq_buf_addc(out, '+');
        name = sq_json_get(item, "template");
        if (name)
            sq_buf_addf(out, "%.*s@%.*s", SQ_STR_ARG(sq_json_str(name)),
                        SQ_STR_ARG(sq_str_sub(
                            sq_json_str(sq_json_get(item, "digest")), 0, 8)));
        else if (sq_json_type(item) == SQ_JSON_STRING)
            sq_buf_add(out, sq_json_str(item));
        else
            sq_json_render(item, out);
    }
}

static char *term(const struct sq_json *j,
                  void (*render)(const struct sq_json *, struct sq_buf *))
{
    struct sq_buf text;
    if (!j)
        return sq_xstrdup("unset");
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    render(j, &text);
    char *copy = sq_str_dup(sq_buf_str(&text));
    sq_buf_release(&text);
    return copy;
}

static bool same_term(const struct sq_json *x, const struct sq_json *y)
{
    char *a = term(x, sq_json_render), *b = term(y, sq_json_render);
    bool same = strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

/* Terms of a that b has not or has otherwise; those in both only once. */
static void differ(const struct sq_json *a, const struct sq_json *b,
                   bool second, struct sq_buf *why)
{
    for (const struct sq_json *i = sq_json_first(a); i; i = sq_json_next(i)) {
        const char *key = sq_json_key(i).p;
        const struct sq_json *other = sq_json_get(b, key);
        if ((second && other) || same_term(i, other))
            continue;
        char *x = term(i, say), *y = term(other, say);
        if (why->n)
            sq_buf_adds(why, "; ");
        sq_buf_addf(why, "%s differs (%.60s, %.60s)", key, second ? y : x,
                    second ? x : y);
        free(x);
        free(y);
    }
}

void sq_terms_differ(const struct sq_json *a, const struct sq_json *b,
                     struct sq_buf *why)
{
    differ(a, b, false, why);
    differ(b, a, true, why);
}
