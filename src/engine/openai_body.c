#include "engine/openai_body.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The shortest decimal that reads back as the same number. */
static void put_number(struct sq_buf *out, double v)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    sq_buf_adds(out, text);
}

static void put_content(const struct sq_message *m, struct sq_buf *out)
{
    if (!m->nimages) {
        sq_json_quote(m->content, out);
        return;
    }
    sq_buf_addc(out, '[');
    for (size_t i = 0; i < m->nimages; i++) {
        sq_buf_adds(out, "{\"type\":\"image_url\",\"image_url\":{\"url\":");
        sq_json_quote(m->images[i], out);
        sq_buf_adds(out, "}},");
    }
    sq_buf_adds(out, "{\"type\":\"text\",\"text\":");
    sq_json_quote(m->content, out);
    sq_buf_adds(out, "}]");
}

static void put_messages(const struct sq_request *r, struct sq_buf *out)
{
    sq_buf_adds(out, ",\"messages\":[");
    for (size_t i = 0; i < r->nmessages; i++) {
        sq_buf_adds(out, i > 0 ? ",{\"role\":" : "{\"role\":");
        sq_json_quote(sq_str_from(r->messages[i].role), out);
        sq_buf_adds(out, ",\"content\":");
        put_content(&r->messages[i], out);
        sq_buf_addc(out, '}');
    }
    sq_buf_addc(out, ']');
}

static void put_prompt(const struct sq_request *r, struct sq_buf *out)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_PROMPT);
    for (size_t i = 0; i < r->nmessages; i++) {
        if (i > 0)
            sq_buf_adds(&text, "\n\n");
        sq_buf_add(&text, r->messages[i].content);
    }
    sq_buf_adds(out, ",\"prompt\":");
    sq_json_quote(sq_buf_str(&text), out);
    out->over = out->over || text.over;
    sq_buf_release(&text);
}

static void put_sampling(const struct sq_sampling *s,
                         const struct sq_openai_form *form, struct sq_buf *out)
{
    if (isfinite(s->temperature) && s->temperature >= 0) {
        sq_buf_adds(out, ",\"temperature\":");
        put_number(out, s->temperature);
    }
    if (isfinite(s->top_p) && s->top_p >= 0) {
        sq_buf_adds(out, ",\"top_p\":");
        put_number(out, s->top_p);
    }
    if (s->max_tokens >= 0)
        sq_buf_addf(out, ",\"%s\":%lld",
                    form->completion_tokens ? "max_completion_tokens"
                                            : "max_tokens",
                    s->max_tokens);
    if (s->seed >= 0)
        sq_buf_addf(out, ",\"seed\":%lld", s->seed);
}

size_t sq_openai_choices_of(const struct sq_request *request,
                            const struct sq_openai_form *form)
{
    return request->choices > 1 && !form->no_choices ? (size_t)request->choices
                                                     : 1;
}

void sq_openai_body(sq_str model, const struct sq_request *request,
                    const struct sq_openai_form *form, struct sq_buf *out)
{
    sq_buf_adds(out, "{\"model\":");
    sq_json_quote(model, out);
    if (form->completions)
        put_prompt(request, out);
    else
        put_messages(request, out);
    put_sampling(&request->sampling, form, out);
    for (size_t i = 0; i < request->nstops; i++) {
        sq_buf_adds(out, i > 0 ? "," : ",\"stop\":[");
        sq_json_quote(request->stops[i], out);
    }
    if (request->nstops > 0)
        sq_buf_addc(out, ']');
    if (request->top_logprobs > 0)
        sq_buf_addf(out,
                    form->completions
                        ? ",\"logprobs\":%lld"
                        : ",\"logprobs\":true,\"top_logprobs\":%lld",
                    request->top_logprobs);
    if (request->schema.n > 0 && !form->no_schema) {
        sq_buf_adds(out, ",\"response_format\":{\"type\":\"json_schema\","
                         "\"json_schema\":{\"name\":\"reply\","
                         "\"strict\":true,\"schema\":");
        sq_buf_add(out, request->schema);
        sq_buf_adds(out, "}}");
    }
    if (sq_openai_choices_of(request, form) > 1)
        sq_buf_addf(out, ",\"n\":%d", request->choices);
    if (form->stream)
        sq_buf_adds(out, form->no_stream_usage
                             ? ",\"stream\":true"
                             : ",\"stream\":true,\"stream_options\":"
                               "{\"include_usage\":true}");
    if (request->extra.n > 0) {
        sq_buf_addc(out, ',');
        sq_buf_add(out, request->extra);
    }
    sq_buf_addc(out, '}');
}
