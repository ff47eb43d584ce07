#include "judge/internal.h"

#include <stdlib.h>
#include <string.h>
#include "base/digest.h"
#include "base/path.h"

/* The placeholders of a prompt; all but the last are data and framed. */
enum {
    PH_QUERY,
    PH_RESPONSE,
    PH_FIRST,
    PH_SECOND,
    PH_STEPS,
    PH_NONCE,
    PH_COUNT
};
static const char *const placeholders[PH_COUNT] = {
    "query", "response", "first", "second", "steps", "nonce"};

/* Joins the array of lines obj.key in the arena; absent when not needed: "". */
static enum sq_status load_lines(const struct sq_json *obj, const char *key,
                                 const char *path, bool needed,
                                 struct sq_arena *arena, sq_str *out,
                                 struct sq_err *err)
{
    const struct sq_json *lines = NULL, *line;
    enum sq_status st = SQ_OK;
    struct sq_buf b;
    size_t i = 0;

    if (!needed && sq_json_get(obj, key) == NULL) {
        *out = SQ_STR("");
        return SQ_OK;
    }
    st = sq_json_need_array(obj, key, path, &lines, err);
    if (st != SQ_OK) {
        return st;
    }
    sq_buf_init(&b, SQ_MAX_CONFIG);
    for (line = sq_json_first(lines); line != NULL;
         line = sq_json_next(line), i++) {
        sq_str s = sq_json_str(line);

        if (sq_json_type(line) != SQ_JSON_STRING ||
            sq_str_find(s, SQ_STR("\n"), 0) != SIZE_MAX) {
            st = sq_err_set(err, SQ_INPUT,
                            "%s: %s[%zu]: want a string that is one line", path,
                            key, i);
            goto out;
        }
        if (i > 0) {
            sq_buf_addc(&b, '\n');
        }
        sq_buf_add(&b, s);
    }
    *out = sq_arena_str(arena, sq_buf_str(&b));
out:
    sq_buf_release(&b);
    return st;
}

/* Which placeholder `line` is when it holds nothing else; PH_COUNT if none. */
static int whole_line(sq_str line)
{
    int k;

    for (k = 0; k < PH_COUNT; k++) {
        size_t n = strlen(placeholders[k]);

        if (line.n == n + 4 && memcmp(line.p, "{{", 2) == 0 &&
            memcmp(line.p + 2, placeholders[k], n) == 0 &&
            memcmp(line.p + 2 + n, "}}", 2) == 0) {
            break;
        }
    }
    return k;
}

static bool holds_nonce(sq_str line)
{
    return sq_str_find(line, SQ_STR("{{nonce}}"), 0) != SIZE_MAX;
}

/* Every placeholder in a line is {{nonce}}. */
static enum sq_status check_line(sq_str line, const char *path, size_t i,
                                 struct sq_err *err)
{
    size_t pos = 0;

    while ((pos = sq_str_find(line, SQ_STR("{{"), pos)) != SIZE_MAX) {
        sq_str rest = sq_str_sub(line, pos, line.n);
        size_t close = sq_str_find(rest, SQ_STR("}}"), 0);
        int k = PH_COUNT;

        if (close != SIZE_MAX) {
            rest = sq_str_sub(rest, 0, close + 2);
            k = whole_line(rest);
        }
        if (k == PH_COUNT) {
            return sq_err_set(
                err, SQ_INPUT,
                "%s: prompt[%zu]: unknown placeholder %.*s; known "
                "are {{query}}, {{response}}, {{first}}, {{second}}, "
                "{{steps}} and {{nonce}}",
                path, i, SQ_STR_ARG(rest));
        }
        if (k != PH_NONCE) {
            return sq_err_set(err, SQ_INPUT,
                              "%s: prompt[%zu]: %.*s must stand alone on its "
                              "line",
                              path, i, SQ_STR_ARG(rest));
        }
        pos += rest.n;
    }
    return SQ_OK;
}

/* Known placeholders only; data once, alone on its line, between two lines with
 * the nonce: so no response can look like the end of its frame. */
static enum sq_status check_prompt(sq_str prompt,
                                   const struct sq_judge_form_row *form,
                                   const char *path, struct sq_err *err)
{
    const bool need[PH_COUNT] = {[PH_QUERY] = true,
                                 [PH_RESPONSE] = !form->pair,
                                 [PH_FIRST] = form->pair,
                                 [PH_SECOND] = form->pair,
                                 [PH_STEPS] = form->steps};
    size_t seen[PH_COUNT] = {0};
    sq_str rest = prompt, line, before = SQ_STR("");
    size_t i;
    int k;

    for (i = 0; sq_str_split(&rest, '\n', &line); before = line, i++) {
        sq_str peek = rest, after = SQ_STR("");

        k = whole_line(line);
        if (k == PH_COUNT || k == PH_NONCE) {
            enum sq_status st = check_line(line, path, i, err);

            if (st != SQ_OK) {
                return st;
            }
            continue;
        }
        if (peek.p != NULL) {
            sq_str_split(&peek, '\n', &after);
        }
        if (!holds_nonce(before) || !holds_nonce(after)) {
            return sq_err_set(err, SQ_INPUT,
                              "%s: prompt[%zu]: {{%s}} must stand between two "
                              "lines that hold {{nonce}}",
                              path, i, placeholders[k]);
        }
        if (++seen[k] > 1) {
            return sq_err_set(err, SQ_INPUT,
                              "%s: prompt[%zu]: {{%s}} stands twice", path, i,
                              placeholders[k]);
        }
    }
    for (k = 0; k < PH_COUNT; k++) {
        bool other = k == PH_RESPONSE || k == PH_FIRST || k == PH_SECOND;

        if (other && !need[k] && seen[k] > 0) {
            return sq_err_set(err, SQ_INPUT,
                              "%s: prompt: {{%s}} is for other forms than "
                              "\"%s\"",
                              path, placeholders[k], form->name);
        }
        if (need[k] && seen[k] == 0) {
            return sq_err_set(
                err, SQ_INPUT,
                "%s: prompt: {{%s}} is missing; form \"%s\" needs "
                "it",
                path, placeholders[k], form->name);
        }
    }
    return SQ_OK;
}

/* The schema as text; "" when there is none. */
static enum sq_status load_schema(struct sq_judge_template *t,
                                  const struct sq_json *j, const char *path,
                                  struct sq_err *err)
{
    const struct sq_json *schema = NULL;
    enum sq_status st;
    struct sq_buf b;

    if (sq_json_get(j, "schema") == NULL) {
        return SQ_OK;
    }
    st = sq_json_need_object(j, "schema", path, &schema, err);
    if (st != SQ_OK) {
        return st;
    }
    if (t->form == SQ_JUDGE_PAPER) {
        return sq_err_set(err, SQ_INPUT,
                          "%s: schema: form \"paper\" is no JSON and has none",
                          path);
    }
    sq_buf_init(&b, SQ_MAX_CONFIG);
    sq_json_render(schema, &b);
    t->schema = sq_arena_str(&t->arena, sq_buf_str(&b));
    sq_buf_release(&b);
    return SQ_OK;
}

static enum sq_status read_template(struct sq_judge_template *t,
                                    const struct sq_json *j, const char *path,
                                    struct sq_err *err)
{
    static const char *const allowed[] = {"about",  "version",    "form",
                                          "system", "max_tokens", "prompt",
                                          "schema", NULL};
    sq_str form = {0}, about = {0};
    enum sq_status st;

    if (sq_json_type(j) != SQ_JSON_OBJECT) {
        return sq_err_set(err, SQ_INPUT, "%s: want an object", path);
    }
    if ((st = sq_json_only(j, allowed, path, err)) != SQ_OK ||
        (st = sq_json_opt_str(j, "about", path, &about, err)) != SQ_OK ||
        (st = sq_json_need_int(j, "version", path, 1, 1000000, &t->version,
                               err)) != SQ_OK ||
        (st = sq_json_need_str(j, "form", path, &form, err)) != SQ_OK ||
        (st = sq_json_need_int(j, "max_tokens", path, 1, 1000000,
                               &t->max_tokens, err)) != SQ_OK ||
        (st = load_lines(j, "system", path, false, &t->arena, &t->system,
                         err)) != SQ_OK ||
        (st = load_lines(j, "prompt", path, true, &t->arena, &t->prompt,
                         err)) != SQ_OK) {
        return st;
    }
    if (!sq_judge_form_from_name(form, &t->form)) {
        return sq_err_set(err, SQ_INPUT,
                          "%s: form: unknown form \"%.*s\"; known are "
                          "\"following\", \"quality\", \"steps\" and \"paper\"",
                          path, SQ_STR_ARG(form));
    }
    if (sq_str_find(t->system, SQ_STR("{{"), 0) != SIZE_MAX) {
        return sq_err_set(err, SQ_INPUT,
                          "%s: system: takes no placeholders; put them in the "
                          "prompt",
                          path);
    }
    st = load_schema(t, j, path, err);
    return st == SQ_OK
               ? check_prompt(t->prompt, sq_judge_form_row(t->form), path, err)
               : st;
}

/* The file a name stands for; yours. */
static char *template_path(const char *home, sq_str name)
{
    struct sq_buf b;
    char *path;

    sq_buf_init(&b, SQ_MAX_MESSAGE);
    if (sq_str_find(name, SQ_STR("/"), 0) == SIZE_MAX) {
        sq_buf_addf(&b, "%s/judges/", home != NULL ? home : ".");
        sq_buf_add(&b, name);
        sq_buf_adds(&b, ".json");
    } else {
        sq_buf_add(&b, name);
    }
    path = sq_buf_take(&b);
    sq_buf_release(&b);
    return path;
}

/* "a/b/mine.json" is called "mine". */
static sq_str short_name(sq_str name)
{
    sq_str rest = name, piece;

    while (sq_str_split(&rest, '/', &piece)) {
        name = piece;
    }
    if (sq_str_ends(name, SQ_STR(".json"))) {
        name = sq_str_sub(name, 0, name.n - 5);
    }
    return name;
}

enum sq_status sq_judge_template_load(struct sq_judge_template **out,
                                      const char *home, sq_str name,
                                      struct sq_err *err)
{
    struct sq_judge_template *t = sq_xcalloc(1, sizeof(*t));
    char *path = template_path(home, name), *text = NULL;
    struct sq_json *j = NULL;
    enum sq_status st;
    size_t n = 0;

    *out = NULL;
    if (!sq_path_exists(path)) {
        st = sq_err_set(err, SQ_NOT_FOUND,
                        "judge template \"%.*s\": there is no %s; give a name "
                        "from judges/, or the path of a file, with a '/' in it",
                        SQ_STR_ARG(name), path);
        goto out;
    }
    st = sq_path_read(path, SQ_MAX_CONFIG, &text, &n, err);
    if (st != SQ_OK) {
        goto out;
    }
    j = sq_json_parse((sq_str){text, n}, path, 1, err);
    if (j == NULL) {
        st = SQ_INPUT;
        goto out;
    }
    st = read_template(t, j, path, err);
    if (st != SQ_OK) {
        goto out;
    }
    t->name = t->base = sq_arena_str(&t->arena, short_name(name));
    sq_sha256_of((sq_str){text, n}, t->digest);
    *out = t;
    t = NULL;
out:
    sq_json_free(j);
    free(text);
    free(path);
    sq_judge_template_free(t);
    return st;
}

void sq_judge_template_swap(struct sq_judge_template *t)
{
    t->swapped = true;
    t->name = sq_str_from(
        sq_arena_printf(&t->arena, "%.*s-swapped", SQ_STR_ARG(t->base)));
}

void sq_judge_template_free(struct sq_judge_template *t)
{
    if (t != NULL) {
        sq_arena_release(&t->arena);
        free(t);
    }
}
