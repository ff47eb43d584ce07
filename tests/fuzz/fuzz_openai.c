/* Any bytes as the body of an answer: as a 200 and as an error. */
#include <stdlib.h>
#include <string.h>
#include "engine/openai_choices.h"
#include "engine/openai_json.h"
#include "engine/openai_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *line, size_t size)
{
    if (!memchr(line, '\0', size) || strchr(line, '\n') ||
        !sq_utf8_valid(sq_str_from(line), NULL))
        abort();
}

/* Several choices are each an answer, and never more than were asked for. */
static void check_choices(sq_str body)
{
    struct sq_response all, one;
    char why[200] = "", why_one[200] = "";
    bool first = sq_openai_parse(body, &one, why_one, sizeof(why_one));
    bool any = sq_openai_choices(body, 3, &all, why, sizeof(why));
    if (first && !any)
        abort();
    if (!any && why[0] == '\0')
        abort();
    if (any) {
        size_t n = 0;
        for (const struct sq_response *r = &all; r; r = r->more, n++)
            if (!r->text || !r->raw || r->stop == SQ_STOP_ERROR)
                abort();
        if (n > 3)
            abort();
        sq_response_release(&all);
    }
    if (first)
        sq_response_release(&one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sq_str body = {(const char *)data, size};
    struct sq_response r;
    struct sq_openai_error e;
    const sq_str secret = SQ_STR("secret");
    char why[200] = "";
    if (sq_openai_parse(body, &r, why, sizeof(why))) {
        /* An answer always has a text, and what it is was said. */
        if (!r.text || r.stop == SQ_STOP_ERROR || r.text[r.text_len] != '\0')
            abort();
        sq_response_release(&r);
    } else {
        if (why[0] == '\0')
            abort();
        check_line(why, sizeof(why));
    }
    check_choices(body);
    struct sq_buf whole;
    why[0] = '\0';
    sq_buf_init(&whole, SQ_MAX_REPLY);
    if (sq_openai_unstream(body, 1 + size % 3, &whole, why, sizeof(why))) {
        check_choices(sq_buf_str(&whole));
        struct sq_json *j = sq_json_parse(sq_buf_str(&whole), "whole", 1, NULL);
        if (!j)
            abort();
        sq_json_free(j);
    } else if (why[0] == '\0') {
        abort();
    }
    sq_buf_release(&whole);
    sq_openai_error(body, &secret, 1, &e);
    check_line(e.message, sizeof(e.message));
    if (strstr(e.message, "secret"))
        abort();
    return 0;
}
