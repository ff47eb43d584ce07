#include "engine/replay_form.h"

#include <stdlib.h>

#include "base/mem.h"

/* A text, or a list of parts of which some are {"type": "text", "text"}. */
static void add_content(const struct sq_json *content, struct sq_buf *out)
{
    if (sq_json_type(content) == SQ_JSON_STRING) {
        sq_buf_add(out, sq_json_str(content));
        return;
    }
    for (const struct sq_json *p = sq_json_first(content); p;
         p = sq_json_next(p))
        if (sq_str_eq(sq_json_str(sq_json_get(p, "type")), SQ_STR("text")))
            sq_buf_add(out, sq_json_str(sq_json_get(p, "text")));
}

/* Copies a member that is a string or a number, unless `to` has one so named.
 */
static void copy_plain(struct sq_json *to, const struct sq_json *member)
{
    char *key = sq_str_dup(sq_json_key(member));
    enum sq_json_type type = sq_json_type(member);
    if (!sq_json_get(to, key) &&
        (type == SQ_JSON_STRING || type == SQ_JSON_NUMBER))
        sq_json_put(to, key, sq_json_copy(member));
    free(key);
}

/* ---- lm-evaluation-harness ------------------------------------------------
 */

static struct sq_json *lm_records(const struct sq_json *record,
                                  const struct sq_json *doc,
                                  const struct sq_json *resps)
{
    struct sq_json *list = sq_json_array();
    const struct sq_json *arguments = sq_json_get(record, "arguments");
    const struct sq_json *prompt =
        sq_json_get(sq_json_get(arguments, "gen_args_0"), "arg_0");
    for (const struct sq_json *r = sq_json_first(sq_json_first(resps)); r;
         r = sq_json_next(r)) {
        struct sq_json *plain = sq_json_object();
        sq_json_put(plain, "output", sq_json_copy(r));
        if (sq_json_type(prompt) == SQ_JSON_STRING)
            sq_json_put(plain, "input", sq_json_copy(prompt));
        for (const struct sq_json *m = sq_json_first(doc); m;
             m = sq_json_next(m))
            copy_plain(plain, m);
        sq_json_put(list, NULL, plain);
    }
    return list;
}

/* ---- inspect_ai ------------------------------------------------------------
 */

/* The text of an input: its own, or that of the last message of a user. */
static void add_input(const struct sq_json *input, struct sq_buf *out)
{
    if (sq_json_type(input) == SQ_JSON_STRING) {
        sq_buf_add(out, sq_json_str(input));
        return;
    }
    const struct sq_json *last = NULL;
    for (const struct sq_json *m = sq_json_first(input); m; m = sq_json_next(m))
        if (sq_str_eq(sq_json_str(sq_json_get(m, "role")), SQ_STR("user")))
            last = m;
    if (last)
        add_content(sq_json_get(last, "content"), out);
}

static struct sq_json *inspect_records(const struct sq_json *samples)
{
    struct sq_json *list = sq_json_array();
    for (const struct sq_json *s = sq_json_first(samples); s;
         s = sq_json_next(s)) {
        const struct sq_json *choice =
            sq_json_first(sq_json_get(sq_json_get(s, "output"), "choices"));
        const struct sq_json *content =
            sq_json_get(sq_json_get(choice, "message"), "content");
        struct sq_buf text;
        if (!content)
            continue;
        struct sq_json *plain = sq_json_object();
        sq_buf_init(&text, SQ_MAX_PROMPT);
        add_input(sq_json_get(s, "input"), &text);
        sq_json_put_str(plain, "input", sq_buf_str(&text));
        sq_buf_reset(&text);
        add_content(content, &text);
        sq_json_put_str(plain, "output", sq_buf_str(&text));
        sq_buf_release(&text);
        if (sq_json_get(s, "id"))
            copy_plain(plain, sq_json_get(s, "id"));
        sq_json_put(list, NULL, plain);
    }
    return list;
}

struct sq_json *sq_replay_form(const struct sq_json *record)
{
    const struct sq_json *doc = sq_json_get(record, "doc");
    const struct sq_json *resps = sq_json_get(record, "resps");
    const struct sq_json *samples = sq_json_get(record, "samples");
    if (sq_json_type(doc) == SQ_JSON_OBJECT &&
        sq_json_type(resps) == SQ_JSON_ARRAY)
        return lm_records(record, doc, resps);
    if (sq_json_type(samples) == SQ_JSON_ARRAY && sq_json_get(record, "eval"))
        return inspect_records(samples);
    return NULL;
}
