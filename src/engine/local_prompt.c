#include "engine/local_prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static enum sq_status unknown(const struct sq_local_prompting *p,
                              const char *chosen, struct sq_err *err)
{
    struct sq_buf names;
    sq_buf_init(&names, SQ_MAX_MESSAGE);
    p->api->template_names(&names);
    enum sq_status st = sq_err_set(
        err, SQ_USAGE,
        "libllama does not know %s%s%s: name one that it knows by "
        "--chat-template NAME|FILE (%s), or use --no-chat for a base model",
        chosen ? "the chat template " : "the chat template of the model",
        chosen ? chosen : "", "", names.p);
    sq_buf_release(&names);
    return st;
}

enum sq_status sq_local_prompting_init(struct sq_local_prompting *p,
                                       const struct sq_llama_api *api,
                                       struct sq_llama *llama,
                                       const char *chosen, bool raw,
                                       struct sq_err *err)
{
    const char *own = api->info(llama)->chat_template;
    *p = (struct sq_local_prompting){.api = api, .llama = llama};
    if (raw && chosen)
        return sq_err_set(err, SQ_USAGE,
                          "--chat-template and --no-chat exclude each other");
    if (raw || (!chosen && !own)) {
        p->how = sq_xstrdup("raw");
        return SQ_OK;
    }
    char *text = NULL;
    size_t n = 0;
    if (chosen && sq_path_exists(chosen)) {
        enum sq_status st = sq_path_read(chosen, SQ_MAX_CONFIG, &text, &n, err);
        if (st != SQ_OK)
            return sq_err_prefix(err, "--chat-template");
    }
    p->template_ = text ? text : sq_xstrdup(chosen ? chosen : own);
    p->how = sq_xstrdup(chosen ? chosen : "the model's");
    struct sq_message probe = {.role = "user", .content = SQ_STR("probe")};
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    bool known = api->format(p->template_, &probe, 1, &out) &&
                 sq_str_find(sq_buf_str(&out), probe.content, 0) != SIZE_MAX;
    sq_buf_release(&out);
    return known ? SQ_OK : unknown(p, chosen, err);
}

void sq_local_prompting_release(struct sq_local_prompting *p)
{
    free((char *)p->template_);
    free((char *)p->how);
}

static void put_raw(const struct sq_request *r, struct sq_buf *out)
{
    for (size_t i = 0; i < r->nmessages; i++) {
        if (i > 0)
            sq_buf_adds(out, "\n\n");
        sq_buf_add(out, r->messages[i].content);
    }
}

static enum sq_status put_chat(const struct sq_local_prompting *p,
                               const struct sq_request *r, struct sq_buf *out,
                               struct sq_err *err)
{
    bool known = p->api->format(p->template_, r->messages, r->nmessages, out);
    for (size_t i = 0; i < r->nmessages && known; i++) {
        /* Templates may trim what they put in. */
        sq_str content = sq_str_trim(r->messages[i].content);
        if (sq_str_find(sq_buf_str(out), content, 0) == SIZE_MAX)
            return sq_err_set(err, SQ_USAGE,
                              "the chat template (%s) has no place for a %s "
                              "message; choose another by --chat-template, or "
                              "--no-chat",
                              p->how, r->messages[i].role);
    }
    return known ? SQ_OK
                 : sq_err_set(err, SQ_USAGE,
                              "the chat template (%s) does not take these "
                              "messages; choose another by --chat-template",
                              p->how);
}

/* The text's tokens behind the one that begins every prompt of the model. */
static enum sq_status tokenise(const struct sq_local_prompting *p, sq_str text,
                               int32_t **tokens, size_t *n, struct sq_err *err)
{
    int32_t begin = p->api->info(p->llama)->begin;
    size_t room = text.n + 8, first = begin >= 0;
    for (;;) {
        int32_t *v = sq_xcalloc(room + first, sizeof *v);
        long got = p->api->tokenise(p->llama, text, p->template_ != NULL,
                                    v + first, room);
        if (got < 0 || got > INT32_MAX / 2) {
            free(v);
            return sq_err_set(err, SQ_INTERNAL,
                              "libllama cannot tokenise a prompt of %zu bytes",
                              text.n);
        }
        if ((size_t)got <= room) {
            /* A template may have written that token itself. */
            bool twice = first && got > 0 && v[1] == begin;
            if (first)
                v[0] = begin;
            if (twice)
                memmove(v + 1, v + 2, ((size_t)got - 1) * sizeof *v);
            *tokens = v;
            *n = (size_t)got + first - twice;
            return SQ_OK;
        }
        free(v);
        room = (size_t)got;
    }
}

enum sq_status sq_local_prompt(const struct sq_local_prompting *p,
                               const struct sq_request *request,
                               int32_t **tokens, size_t *n, struct sq_err *err)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_PROMPT);
    enum sq_status st = SQ_OK;
    if (p->template_)
        st = put_chat(p, request, &text, err);
    else
        put_raw(request, &text);
    if (st == SQ_OK && text.over)
        st = sq_err_set(err, SQ_LIMIT, "a prompt of more than %zu bytes",
                        text.max);
    if (st == SQ_OK)
        st = tokenise(p, sq_buf_str(&text), tokens, n, err);
    sq_buf_release(&text);
    return st;
}
