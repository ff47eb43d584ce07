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

void sq_openai_body(sq_str model, const struct sq_request *request,
                    struct sq_buf *out)
{
    const struct sq_sampling *s = &request->sampling;
    sq_buf_adds(out, "{\"model\":");
    sq_json_quote(model, out);
    sq_buf_adds(out, ",\"messages\":[");
    for (size_t i = 0; i < request->nmessages; i++) {
        sq_buf_adds(out, i > 0 ? ",{\"role\":" : "{\"role\":");
        sq_json_quote(sq_str_from(request->messages[i].role), out);
        sq_buf_adds(out, ",\"content\":");
        sq_json_quote(request->messages[i].content, out);
        sq_buf_addc(out, '}');
    }
    sq_buf_addc(out, ']');
    if (isfinite(s->temperature) && s->temperature >= 0) {
        sq_buf_adds(out, ",\"temperature\":");
        put_number(out, s->temperature);
    }
    if (isfinite(s->top_p) && s->top_p >= 0) {
        sq_buf_adds(out, ",\"top_p\":");
        put_number(out, s->top_p);
    }
    if (s->max_tokens >= 0)
        sq_buf_addf(out, ",\"max_tokens\":%lld", s->max_tokens);
    if (s->seed >= 0)
        sq_buf_addf(out, ",\"seed\":%lld", s->seed);
    sq_buf_addc(out, '}');
}
