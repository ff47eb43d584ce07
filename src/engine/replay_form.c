#include "engine/replay_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

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

static bool is_lm(const struct sq_json *record)
{
    return sq_json_type(sq_json_get(record, "doc")) == SQ_JSON_OBJECT &&
           sq_json_type(sq_json_get(record, "resps")) == SQ_JSON_ARRAY;
}

static bool is_inspect(const struct sq_json *record)
{
    return sq_json_type(sq_json_get(record, "samples")) == SQ_JSON_ARRAY &&
           sq_json_get(record, "eval");
}

struct sq_json *sq_replay_form(const struct sq_json *record)
{
    if (is_lm(record))
        return lm_records(record, sq_json_get(record, "doc"),
                          sq_json_get(record, "resps"));
    if (is_inspect(record))
        return inspect_records(sq_json_get(record, "samples"));
    return NULL;
}

/* ---- whose they are ------------------------------------------------------ */

sq_str sq_replay_model(const struct sq_json *record, bool other)
{
    static const char *const usual[] = {"generator", "generator_2",
                                        "model_name", "model", NULL};
    static const char *const baseline[] = {"generator_1", "generator",
                                           "model_name", "model", NULL};
    const char *const *names = other ? baseline : usual;
    sq_str found = SQ_STR("");

    if (is_inspect(record))
        return sq_json_str(sq_json_get(sq_json_get(record, "eval"), "model"));
    for (size_t i = 0; names[i] && !found.n; i++)
        found = sq_str_trim(sq_json_str(sq_json_get(record, names[i])));
    return found;
}

/* .../samples_TASK_DATE.jsonl -> .../results_DATE.json; NULL = no such name. */
static const char *results_of(const char *path, struct sq_arena *arena)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *date = strrchr(name, '_');
    size_t folder = (size_t)(name - path), n;

    if (strncmp(name, "samples_", 8) != 0 || !date || date < name + 8)
        return NULL;
    n = strcspn(date, "j") - 1; /* up to .jsonl; dates have no j */
    return sq_arena_printf(arena, "%.*sresults%.*s.json", (int)folder, path,
                           (int)n, date);
}

sq_str sq_replay_model_beside(const char *path, struct sq_arena *arena)
{
    const char *results = results_of(path, arena);
    struct sq_err none = {0};
    struct sq_json *json = results && sq_path_exists(results)
                               ? sq_json_load(results, &none)
                               : NULL;
    sq_str name =
        sq_arena_str(arena, sq_json_str(sq_json_get(json, "model_name")));

    sq_json_free(json);
    return name;
}
