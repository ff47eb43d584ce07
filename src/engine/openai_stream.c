#include "engine/openai_stream.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/json.h"
#include "base/mem.h"

struct choice {
    struct sq_buf content, reasoning, refusal, logprobs;
    struct sq_buf reason; /* rendered */
    bool seen;
    bool raw; /* /completions: "text" */
    bool has_content;
};

struct stream {
    struct sq_buf data; /* of the event that is being read */
    struct sq_buf usage, model, fingerprint; /* rendered */
    struct choice *choices;
    size_t n;
    bool done;
    char *why;
    size_t why_size;
};

static bool bad(struct stream *s, const char *why)
{
    snprintf(s->why, s->why_size, "%s", why);
    return false;
}

static bool is_null(const struct sq_json *j)
{
    return !j || sq_json_type(j) == SQ_JSON_NULL;
}

/* Appends a string that may be absent; *seen is set where it is there. */
static bool add_text(const struct sq_json *from, const char *key,
                     struct sq_buf *out, bool *seen)
{
    const struct sq_json *text = sq_json_get(from, key);
    if (is_null(text))
        return true;
    if (sq_json_type(text) != SQ_JSON_STRING)
        return false;
    sq_buf_add(out, sq_json_str(text));
    if (seen)
        *seen = true;
    return true;
}

/* Keeps the first, or the last, that is not null. */
static void keep(const struct sq_json *j, struct sq_buf *out, bool last)
{
    if (is_null(j) || (out->n > 0 && !last))
        return;
    sq_buf_reset(out);
    sq_json_render(j, out);
}

static bool read_choice(struct stream *s, const struct sq_json *piece)
{
    const struct sq_json *delta = sq_json_get(piece, "delta");
    long long index = 0;
    (void)sq_json_int(sq_json_get(piece, "index"), &index);
    if (index < 0 || (unsigned long long)index >= s->n)
        return true;
    struct choice *c = &s->choices[index];
    c->seen = true;
    if (!delta && sq_json_get(piece, "text"))
        c->raw = true;
    if (!add_text(c->raw ? piece : delta, c->raw ? "text" : "content",
                  &c->content, &c->has_content) ||
        !add_text(delta, "reasoning_content", &c->reasoning, NULL) ||
        !add_text(delta, "reasoning", &c->reasoning, NULL) ||
        !add_text(delta, "refusal", &c->refusal, NULL))
        return bad(s, "a piece of the stream is no text");
    const struct sq_json *list =
        sq_json_get(sq_json_get(piece, "logprobs"), "content");
    for (const struct sq_json *p = sq_json_first(list); p;
         p = sq_json_next(p)) {
        if (c->logprobs.n)
            sq_buf_addc(&c->logprobs, ',');
        sq_json_render(p, &c->logprobs);
    }
    keep(sq_json_get(piece, "finish_reason"), &c->reason, true);
    return true;
}

/* An event is whole. */
static bool dispatch(struct stream *s)
{
    sq_str data = sq_str_trim(sq_buf_str(&s->data));
    bool ok = true;
    if (sq_str_eq(data, SQ_STR("[DONE]")))
        s->done = true;
    if (data.n == 0 || s->done)
        return true;
    struct sq_json *j = sq_json_parse(data, "event", 1, NULL);
    const struct sq_json *error = sq_json_get(j, "error");
    if (!j || sq_json_type(j) != SQ_JSON_OBJECT)
        ok = bad(s, "an event of the stream is no JSON object");
    else if (!is_null(error))
        ok = bad(s, "an error within the stream");
    for (const struct sq_json *c = sq_json_first(sq_json_get(j, "choices"));
         c && ok; c = sq_json_next(c))
        ok = read_choice(s, c);
    if (ok) {
        keep(sq_json_get(j, "usage"), &s->usage, true);
        keep(sq_json_get(j, "model"), &s->model, false);
        keep(sq_json_get(j, "system_fingerprint"), &s->fingerprint, false);
    }
    sq_json_free(j);
    return ok;
}

/* The next line; lines end in \n, \r\n or \r. */
static sq_str take_line(sq_str *rest)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
        n++;
    sq_str line = sq_str_sub(*rest, 0, n);
    size_t end = n < rest->n ? n + 1 : n;
    if (end < rest->n && rest->p[n] == '\r' && rest->p[end] == '\n')
        end++;
    *rest = sq_str_sub(*rest, end, rest->n);
    return line;
}

static bool read_events(struct stream *s, sq_str rest)
{
    const sq_str field = SQ_STR("data:");
    while (rest.n > 0 && !s->done) {
        sq_str line = take_line(&rest);
        if (sq_str_starts(line, field)) {
            line = sq_str_sub(line, field.n, line.n);
            if (line.n > 0 && line.p[0] == ' ')
                line = sq_str_sub(line, 1, line.n);
            if (s->data.n)
                sq_buf_addc(&s->data, '\n');
            sq_buf_add(&s->data, line);
        } else if (line.n == 0) {
            if (!dispatch(s))
                return false;
            sq_buf_reset(&s->data);
        }
    }
    /* Servers forget the last empty line. */
    return s->done || dispatch(s);
}

static void put(struct sq_buf *json, const char *name, const struct sq_buf *v)
{
    if (v->n)
        sq_buf_addf(json, "\"%s\":%s,", name, v->p);
}

static void put_text(struct sq_buf *json, const char *name,
                     const struct sq_buf *text)
{
    sq_buf_addf(json, "\"%s\":", name);
    sq_json_quote(sq_buf_str(text), json);
}

static void render_choice(const struct choice *c, size_t index,
                          struct sq_buf *json)
{
    sq_buf_addf(json, "{\"index\":%zu,", index);
    if (c->raw) {
        put_text(json, "text", &c->content);
    } else {
        sq_buf_adds(json, "\"message\":{\"role\":\"assistant\",");
        if (c->has_content)
            put_text(json, "content", &c->content);
        else
            sq_buf_adds(json, "\"content\":null");
        if (c->reasoning.n) {
            sq_buf_addc(json, ',');
            put_text(json, "reasoning_content", &c->reasoning);
        }
        if (c->refusal.n) {
            sq_buf_addc(json, ',');
            put_text(json, "refusal", &c->refusal);
        }
        sq_buf_addc(json, '}');
    }
    if (c->logprobs.n)
        sq_buf_addf(json, ",\"logprobs\":{\"content\":[%s]}", c->logprobs.p);
    if (c->reason.n)
        sq_buf_addf(json, ",\"finish_reason\":%s", c->reason.p);
    sq_buf_addc(json, '}');
}

/* False when no choice is whole. */
static bool render(const struct stream *s, struct sq_buf *json)
{
    size_t whole = 0;
    sq_buf_addc(json, '{');
    put(json, "model", &s->model);
    put(json, "system_fingerprint", &s->fingerprint);
    put(json, "usage", &s->usage);
    sq_buf_adds(json, "\"choices\":[");
    for (size_t i = 0; i < s->n; i++) {
        const struct choice *c = &s->choices[i];
        if (!c->reason.n && !(s->done && (c->seen || i == 0)))
            continue;
        if (whole++)
            sq_buf_addc(json, ',');
        render_choice(c, i, json);
    }
    sq_buf_adds(json, "]}");
    return whole > 0;
}

/* Every buffer of the stream, one after the other; NULL at the end. */
static struct sq_buf *buffer_at(struct stream *s, size_t i)
{
    struct sq_buf *own[] = {&s->data, &s->usage, &s->model, &s->fingerprint};
    size_t nown = sizeof own / sizeof *own;
    if (i < nown)
        return own[i];
    i -= nown;
    if (i >= s->n * 5)
        return NULL;
    struct choice *c = &s->choices[i / 5];
    struct sq_buf *of_choice[] = {&c->content, &c->reasoning, &c->refusal,
                                  &c->logprobs, &c->reason};
    return of_choice[i % 5];
}

bool sq_openai_unstream(sq_str events, size_t most, struct sq_buf *json,
                        char *why, size_t why_size)
{
    struct stream s = {.why = why, .why_size = why_size, .n = most};
    struct sq_buf *b;
    bool over = false;
    s.choices = sq_xcalloc(most, sizeof *s.choices);
    for (size_t i = 0; (b = buffer_at(&s, i)); i++)
        sq_buf_init(b, SQ_MAX_REPLY);
    bool ok = sq_utf8_valid(events, NULL) ? read_events(&s, events)
                                          : bad(&s, "the stream is not UTF-8");
    for (size_t i = 0; (b = buffer_at(&s, i)); i++)
        over = over || b->over;
    if (ok && over)
        ok = bad(&s, "the stream is over its ceiling");
    if (ok && !render(&s, json))
        ok = bad(&s, "the stream ends before the answer does");
    for (size_t i = 0; (b = buffer_at(&s, i)); i++)
        sq_buf_release(b);
    free(s.choices);
    return ok;
}
