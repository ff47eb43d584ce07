#include "engine/openai_json.h"
#include "engine/thoughts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one-line texts ---------------------------------------------------- */

/* dst gets text with control characters as blanks, cut between characters. */
static void put_line(char *dst, size_t size, sq_str text)
{
    size_t n = 0;
    text = sq_str_trim(text);
    for (size_t i = 0; i < text.n && n + 1 < size; i++) {
        unsigned char c = (unsigned char)text.p[i];
        dst[n++] = (char)(c < ' ' || c == 0x7f ? ' ' : c);
    }
    dst[n] = '\0';
    size_t bad;
    if (!sq_utf8_valid((sq_str){dst, n}, &bad))
        dst[bad] = '\0';
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*' ||
           c == '.';
}

static bool at_word(sq_str s, size_t i)
{
    return i == 0 || !is_key_char(s.p[i - 1]);
}

struct secrets {
    const sq_str *v;
    size_t n;
};

/* Length of what must not be shown at s.p[i]: a secret, or a word that begins
 * as keys do; servers repeat a wrong key, in parts or whole. */
static size_t secret_at(sq_str s, size_t i, const struct secrets *secrets)
{
    sq_str rest = sq_str_sub(s, i, s.n);
    size_t n = 0;
    for (size_t k = 0; k < secrets->n; k++)
        if (secrets->v[k].n > 0 && sq_str_starts(rest, secrets->v[k]))
            return secrets->v[k].n;
    if (!at_word(s, i))
        return 0;
    if (sq_str_starts(rest, SQ_STR("sk-")))
        n = 3;
    else if (sq_str_eq_nocase(sq_str_sub(rest, 0, 7), SQ_STR("bearer ")))
        n = 7;
    else
        return 0;
    while (n < rest.n && is_key_char(rest.p[n]))
        n++;
    return n;
}

static void put_message(char *dst, size_t size, sq_str text,
                        const struct secrets *secrets)
{
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < text.n && out.n < size;) {
        size_t n = secret_at(text, i, secrets);
        if (n > 0)
            sq_buf_adds(&out, "***");
        else
            sq_buf_addc(&out, text.p[i]);
        i += n > 0 ? n : 1;
    }
    put_line(dst, size, sq_buf_str(&out));
    sq_buf_release(&out);
}

/* ---- response ---------------------------------------------------------- */

static bool malformed(char *why, size_t size, const char *text)
{
    snprintf(why, size, "%s", text);
    return false;
}

static const struct {
    sq_str name;
    enum sq_stop_reason stop;
} finish_reasons[] = {
    {{"stop", 4}, SQ_STOP_STOP},
    {{"eos", 3}, SQ_STOP_STOP},
    {{"eos_token", 9}, SQ_STOP_STOP},
    {{"end_turn", 8}, SQ_STOP_STOP},
    {{"stop_sequence", 13}, SQ_STOP_STOP},
    {{"length", 6}, SQ_STOP_LENGTH},
    {{"max_tokens", 10}, SQ_STOP_LENGTH},
    {{"content_filter", 14}, SQ_STOP_REFUSED},
    {{"refusal", 7}, SQ_STOP_REFUSED},
    {{"tool_calls", 10}, SQ_STOP_TOOL_CALL},
    {{"tool_use", 8}, SQ_STOP_TOOL_CALL},
    {{"function_call", 13}, SQ_STOP_TOOL_CALL},
};

/* SQ_STOP_ERROR for a reason that is not known. */
static enum sq_stop_reason stop_of(sq_str reason)
{
    for (size_t i = 0; i < sizeof(finish_reasons) / sizeof(finish_reasons[0]);
         i++)
        if (sq_str_eq(reason, finish_reasons[i].name))
            return finish_reasons[i].stop;
    return SQ_STOP_ERROR;
}

static bool is_null(const struct sq_json *j)
{
    return !j || sq_json_type(j) == SQ_JSON_NULL;
}

/* Appends the texts of a list of content parts; a refusal part sets *refused.
 * False when the list is something else. */
static bool add_parts(const struct sq_json *parts, struct sq_buf *text,
                      bool *refused)
{
    for (const struct sq_json *p = sq_json_first(parts); p;
         p = sq_json_next(p)) {
        sq_str type = sq_json_str(sq_json_get(p, "type"));
        const char *key =
            sq_str_eq(type, SQ_STR("refusal")) ? "refusal" : "text";
        const struct sq_json *piece = sq_json_get(p, key);
        if (!piece || sq_json_type(piece) != SQ_JSON_STRING)
            return false;
        *refused = *refused || key[0] == 'r';
        sq_buf_add(text, sq_json_str(piece));
    }
    return true;
}

struct message {
    struct sq_buf text;
    sq_str reasoning; /* borrowed from the JSON */
    bool present;     /* there is a content, be it "" */
    bool refused;
};

/* False when content is neither null nor text. */
static bool read_message(const struct sq_json *m, struct message *out)
{
    const struct sq_json *content = sq_json_get(m, "content");
    sq_str refusal = sq_json_str(sq_json_get(m, "refusal"));
    out->reasoning = sq_json_str(sq_json_get(m, "reasoning_content"));
    if (out->reasoning.n == 0)
        out->reasoning = sq_json_str(sq_json_get(m, "reasoning"));
    if (!is_null(content)) {
        out->present = true;
        if (sq_json_type(content) == SQ_JSON_STRING)
            sq_buf_add(&out->text, sq_json_str(content));
        else if (sq_json_type(content) != SQ_JSON_ARRAY ||
                 !add_parts(content, &out->text, &out->refused))
            return false;
    }
    if (refusal.n > 0) {
        out->refused = true;
        if (out->text.n == 0)
            sq_buf_add(&out->text, refusal);
    }
    return true;
}

static long long count_of(const struct sq_json *usage, const char *key)
{
    const struct sq_json *j = sq_json_get(usage, key);
    if (!j || sq_json_type(j) != SQ_JSON_NUMBER)
        return -1;
    double v = sq_json_num(j);
    return v >= 0 && v < 1e15 ? (long long)v : -1;
}

/* One printable line, yours; NULL when there is none. */
static char *line_of(const struct sq_json *root, const char *key)
{
    sq_str text = sq_json_str(sq_json_get(root, key));
    char line[200];
    put_line(line, sizeof(line), text);
    return line[0] ? sq_xstrdup(line) : NULL;
}

static void take_extras(const struct sq_json *root, struct sq_response *out)
{
    const struct sq_json *usage = sq_json_get(root, "usage");
    out->prompt_tokens = count_of(usage, "prompt_tokens");
    out->completion_tokens = count_of(usage, "completion_tokens");
    out->cached_tokens =
        count_of(sq_json_get(usage, "prompt_tokens_details"), "cached_tokens");
    if (out->cached_tokens < 0) /* DeepSeek's name */
        out->cached_tokens = count_of(usage, "prompt_cache_hit_tokens");
    out->reasoning_tokens = count_of(
        sq_json_get(usage, "completion_tokens_details"), "reasoning_tokens");
    out->server_model = line_of(root, "model");
    out->fingerprint = line_of(root, "system_fingerprint");
}

static void take_text(const struct message *m, struct sq_response *out)
{
    sq_str thoughts;
    sq_str text = sq_thoughts_part(sq_buf_str(&m->text), &thoughts);
    if (m->reasoning.n > 0)
        thoughts = sq_str_trim(m->reasoning);
    if (thoughts.n > 0)
        out->reasoning = sq_str_dup(thoughts);
    out->text = sq_str_dup(text);
    out->text_len = text.n;
}

/* Decides what the first choice is: of a chat, or the "text" of a completion.
 */
static bool read_choice(const struct sq_json *choice, struct message *m,
                        enum sq_stop_reason *stop, char *why, size_t why_size)
{
    const struct sq_json *message = sq_json_get(choice, "message");
    const struct sq_json *raw = sq_json_get(choice, "text");
    const struct sq_json *reason = sq_json_get(choice, "finish_reason");
    char shown[40];
    if (!message && raw && sq_json_type(raw) == SQ_JSON_STRING) {
        m->present = true;
        sq_buf_add(&m->text, sq_json_str(raw));
    } else if (!message || sq_json_type(message) != SQ_JSON_OBJECT) {
        return malformed(why, why_size, "no choices[0].message");
    } else if (!read_message(message, m)) {
        return malformed(why, why_size, "message.content is no text");
    }
    *stop = is_null(reason) ? SQ_STOP_STOP : stop_of(sq_json_str(reason));
    if (*stop == SQ_STOP_ERROR) {
        put_line(shown, sizeof(shown), sq_json_str(reason));
        snprintf(why, why_size, "unknown finish_reason \"%s\"", shown);
        return false;
    }
    if (m->refused)
        *stop = SQ_STOP_REFUSED;
    if (*stop != SQ_STOP_STOP)
        return true;
    if (!m->present)
        return malformed(why, why_size, "message.content is null");
    if (is_null(reason) && m->text.n == 0)
        return malformed(why, why_size, "neither content nor finish_reason");
    return true;
}

bool sq_openai_parse(sq_str body, struct sq_response *out, char *why,
                     size_t why_size)
{
    struct sq_err err = {0};
    struct message m = {0};
    struct sq_json *root = NULL;
    bool ok = false;
    sq_buf_init(&m.text, SQ_MAX_REPLY);
    if (!sq_utf8_valid(body, NULL)) {
        malformed(why, why_size, "body is not UTF-8");
        goto out;
    }
    root = sq_json_parse(body, "body", 1, &err);
    if (!root) {
        put_line(why, why_size, sq_str_from(err.msg));
        goto out;
    }
    const struct sq_json *choice = sq_json_first(sq_json_get(root, "choices"));
    enum sq_stop_reason stop;
    if (!choice) {
        malformed(why, why_size, "no choices");
        goto out;
    }
    if (!read_choice(choice, &m, &stop, why, why_size))
        goto out;
    *out = (struct sq_response)SQ_RESPONSE_INIT;
    out->stop = stop;
    out->finish_reason = line_of(choice, "finish_reason");
    take_text(&m, out);
    take_extras(root, out);
    out->raw = sq_str_dup(body);
    out->raw_len = body.n;
    ok = true;
out:
    sq_json_free(root);
    sq_buf_release(&m.text);
    return ok;
}

/* ---- errors ------------------------------------------------------------ */

static bool contains(sq_str text, sq_str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++)
        if (sq_str_eq_nocase(sq_str_sub(text, i, i + word.n), word))
            return true;
    return false;
}

/* Is the parameter n named? The n of an escaped line break is none. */
static bool names_n(sq_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        bool begins =
            i == 0 || (!is_key_char(text.p[i - 1]) && text.p[i - 1] != '\\');
        bool ends = i + 1 == text.n || !is_key_char(text.p[i + 1]) ||
                    text.p[i + 1] == '.';
        if (text.p[i] == 'n' && begins && ends)
            return true;
    }
    return false;
}

static void judge_message(sq_str code, sq_str message,
                          struct sq_openai_error *out)
{
    out->refuses_choices = names_n(message) ||
                           contains(message, SQ_STR("completion choice")) ||
                           contains(message, SQ_STR("multiple choices")) ||
                           contains(message, SQ_STR("multiple completions"));
    out->wants_completion_tokens =
        contains(message, SQ_STR("max_completion_tokens"));
    out->refuses_schema = contains(message, SQ_STR("response_format")) ||
                          contains(message, SQ_STR("json_schema")) ||
                          contains(message, SQ_STR("json schema"));
    out->refuses_stream_usage = contains(message, SQ_STR("stream_options")) ||
                                contains(message, SQ_STR("include_usage"));
    out->filtered = sq_str_eq(code, SQ_STR("content_filter")) ||
                    sq_str_eq(code, SQ_STR("content_policy_violation"));
    out->quota = sq_str_eq(code, SQ_STR("insufficient_quota"));
    out->unknown_model = sq_str_eq(code, SQ_STR("model_not_found")) ||
                         (contains(message, SQ_STR("model")) &&
                          (contains(message, SQ_STR("does not exist")) ||
                           contains(message, SQ_STR("not found")) ||
                           contains(message, SQ_STR("not a valid model"))));
}

/* {"error": {"message", "code"}}, {"error": "..."}, {"message"} or
 * {"detail"}, which may be a list. */
static void read_error(const struct sq_json *root,
                       const struct secrets *secrets,
                       struct sq_openai_error *out)
{
    struct sq_buf detail;
    const struct sq_json *error = sq_json_get(root, "error");
    const struct sq_json *holder = error ? error : root;
    sq_str message = sq_json_str(error);
    if (message.n == 0)
        message = sq_json_str(sq_json_get(holder, "message"));
    if (message.n == 0)
        message = sq_json_str(sq_json_get(holder, "detail"));
    sq_buf_init(&detail, SQ_MAX_REPLY);
    if (message.n == 0 && sq_json_count(sq_json_get(holder, "detail")) > 0) {
        sq_json_render(sq_json_get(holder, "detail"), &detail);
        message = sq_buf_str(&detail);
    }
    put_message(out->message, sizeof(out->message), message, secrets);
    judge_message(sq_json_str(sq_json_get(holder, "code")), message, out);
    out->refuses_choices =
        out->refuses_choices ||
        sq_str_eq(sq_json_str(sq_json_get(holder, "param")), SQ_STR("n"));
    sq_buf_release(&detail);
}

void sq_openai_error(sq_str body, const sq_str *list, size_t n,
                     struct sq_openai_error *out)
{
    const struct secrets secrets = {list, n};
    struct sq_json *root = NULL;
    *out = (struct sq_openai_error){0};
    body = sq_str_trim(body);
    if (sq_str_starts(body, SQ_STR("{")))
        root = sq_json_parse(body, "body", 1, NULL);
    if (root)
        read_error(root, &secrets, out);
    else if (!sq_str_starts(body, SQ_STR("{")) &&
             !sq_str_starts(body, SQ_STR("<"))) /* a page for people */
        put_message(out->message, sizeof(out->message), body, &secrets);
    sq_json_free(root);
}
