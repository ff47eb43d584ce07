#include "engine/openai_choices.h"
#include <stdlib.h>
#include <string.h>
#include "engine/openai_json.h"

/* The body with one of its choices. */
static void render_alone(const struct sq_json *root,
                         const struct sq_json *choice, struct sq_buf *out)
{
    const char *mark = "{";
    for (const struct sq_json *m = sq_json_first(root); m;
         m = sq_json_next(m)) {
        bool list = sq_str_eq(sq_json_key(m), SQ_STR("choices"));
        sq_buf_adds(out, mark);
        sq_json_quote(sq_json_key(m), out);
        sq_buf_adds(out, list ? ":[" : ":");
        sq_json_render(list ? choice : m, out);
        if (list)
            sq_buf_addc(out, ']');
        mark = ",";
    }
    sq_buf_addc(out, '}');
}

/* Its part of what the choices weigh; a choice without a byte took a token. */
static size_t weight(const struct sq_response *r)
{
    return 1 + r->text_len + (r->reasoning ? strlen(r->reasoning) : 0);
}

/* The part of n that falls to bytes [from, to) of all. */
static long long part(long long n, size_t from, size_t to, size_t all)
{
    double each = n < 0 ? 0 : (double)n / (double)all;
    return n < 0 ? -1
                 : (to == all ? n : (long long)(each * (double)to)) -
                       (long long)(each * (double)from);
}

/* All have the usage of all; afterwards each has its own. */
static void share_usage(struct sq_response *first)
{
    size_t all = 0, at = 0;
    for (const struct sq_response *r = first; r; r = r->more)
        all += weight(r);
    for (struct sq_response *r = first; r; r = r->more) {
        size_t end = at + weight(r);
        r->completion_tokens = part(r->completion_tokens, at, end, all);
        r->reasoning_tokens = part(r->reasoning_tokens, at, end, all);
        if (r != first && r->prompt_tokens >= 0)
            r->prompt_tokens = 0;
        if (r != first && r->cached_tokens >= 0)
            r->cached_tokens = 0;
        at = end;
    }
}

/* Takes a response into the list that *end ends. */
static struct sq_response **add(struct sq_response **end,
                                const struct sq_response *r)
{
    *end = sq_xcalloc(1, sizeof **end);
    **end = *r;
    return &(*end)->more;
}

bool sq_openai_choices(sq_str body, size_t most, struct sq_response *out,
                       char *why, size_t why_size)
{
    struct sq_json *root = NULL;
    if (most > 1 && sq_utf8_valid(body, NULL))
        root = sq_json_parse(body, "body", 1, NULL);
    const struct sq_json *list = sq_json_get(root, "choices");
    if (sq_json_count(list) < 2) { /* or no JSON: this says why */
        sq_json_free(root);
        return sq_openai_parse(body, out, why, why_size);
    }
    struct sq_response *first = NULL, **end = &first;
    char other[200] = "";              /* only the first one's reason is told */
    size_t n = 0, left = SQ_MAX_REPLY; /* for what all of them repeat */
    for (const struct sq_json *c = sq_json_first(list); c && n < most && left;
         c = sq_json_next(c), n++) {
        struct sq_response r;
        struct sq_buf alone;
        sq_buf_init(&alone, left);
        render_alone(root, c, &alone);
        if (sq_openai_parse(sq_buf_str(&alone), &r, n ? other : why,
                            n ? sizeof other : why_size))
            end = add(end, &r);
        left = alone.over ? 0 : left - alone.n;
        sq_buf_release(&alone);
    }
    sq_json_free(root);
    if (!first)
        return false;
    share_usage(first);
    *out = *first;
    free(first);
    return true;
}
