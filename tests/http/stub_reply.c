#include "stub.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/rng.h"

/* ---- pieces ------------------------------------------------------------ */

static uint64_t hash_of(sq_str s)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ? h : 1;
}

static void put_seen(struct stub_state *s, uint64_t hash)
{
    size_t i = hash & (s->seen_cap - 1);
    while (s->seen[i] && s->seen[i] != hash)
        i = (i + 1) & (s->seen_cap - 1);
    s->seen[i] = hash;
}

/* Was the same body here before? */
static bool seen_before(struct stub_state *s, sq_str body)
{
    uint64_t hash = hash_of(body);
    if (2 * s->nseen >= s->seen_cap) {
        uint64_t *old = s->seen;
        size_t n = s->seen_cap;
        s->seen_cap = n ? 2 * n : 1024;
        s->seen = sq_xcalloc(s->seen_cap, sizeof(s->seen[0]));
        for (size_t i = 0; i < n; i++)
            if (old[i])
                put_seen(s, old[i]);
        free(old);
    }
    size_t i = hash & (s->seen_cap - 1);
    while (s->seen[i] && s->seen[i] != hash)
        i = (i + 1) & (s->seen_cap - 1);
    if (s->seen[i])
        return true;
    s->seen[i] = hash;
    s->nseen++;
    return false;
}

/* Head of an answer; length < 0 leaves Content-Length out. */
void stub_put_head(struct stub_reply *r, int status, const char *extra,
                   long long length)
{
    sq_buf_addf(&r->bytes,
                "HTTP/1.1 %d Stub\r\nContent-Type: application/json\r\n%s",
                status, extra);
    if (length >= 0)
        sq_buf_addf(&r->bytes, "Content-Length: %lld\r\n", length);
    sq_buf_adds(&r->bytes, "\r\n");
}

void stub_put_whole(struct stub_reply *r, int status, const char *extra,
                    sq_str body)
{
    stub_put_head(r, status, extra, (long long)body.n);
    sq_buf_add(&r->bytes, body);
}

/* The inside of the last "content" string of the request. */
static sq_str last_content(sq_str body)
{
    static const sq_str mark = {"\"content\":\"", 11};
    size_t at = SIZE_MAX;
    size_t next = 0;
    while ((next = sq_str_find(body, mark, next)) != SIZE_MAX) {
        at = next + mark.n;
        next = at;
    }
    if (at == SIZE_MAX)
        return SQ_STR("");
    size_t end = at;
    while (end < body.n && body.p[end] != '"')
        end += body.p[end] == '\\' ? 2 : 1;
    return sq_str_sub(body, at, end);
}

/* The first rule that fits, or NULL. */
static const struct stub_rule *rule_of(const struct stub_options *o,
                                       sq_str body)
{
    for (size_t i = 0; i < o->nrules; i++)
        if (sq_str_find(body, sq_str_from(o->rules[i].match), 0) != SIZE_MAX)
            return &o->rules[i];
    return NULL;
}

static void choose(const struct stub_options *o, sq_str body, sq_str *content,
                   const char **finish)
{
    const struct stub_rule *rule = rule_of(o, body);
    *finish = rule ? rule->finish : "stop";
    *content = rule      ? sq_str_from(rule->content)
               : o->echo ? last_content(body)
                         : sq_str_from(o->reply);
}

/* How many choices the request wants: its "n", else 1. */
static long long wanted(sq_str body)
{
    static const sq_str mark = {",\"n\":", 5};
    size_t at = sq_str_find(body, mark, 0);
    long long n = 1;
    if (at == SIZE_MAX)
        return 1;
    size_t end = at += mark.n;
    while (end < body.n && body.p[end] >= '0' && body.p[end] <= '9')
        end++;
    (void)sq_str_to_int(sq_str_sub(body, at, end), &n);
    return n;
}

/* The content of a choice: "{choice}" in it is its number. */
static void put_content(sq_str content, long long choice, struct sq_buf *out)
{
    static const sq_str mark = {"{choice}", 8};
    size_t at;
    while ((at = sq_str_find(content, mark, 0)) != SIZE_MAX) {
        sq_buf_add(out, sq_str_sub(content, 0, at));
        sq_buf_addf(out, "%lld", choice);
        content = sq_str_sub(content, at + mark.n, content.n);
    }
    sq_buf_add(out, content);
}

void stub_put_completion(struct stub_state *s, sq_str body, struct sq_buf *out)
{
    sq_str content;
    const char *finish;
    long long n = wanted(body), most = s->options->choices;
    struct sq_buf reply, literal;
    sq_buf_init(&reply, SQ_MAX_RECORD);
    sq_buf_init(&literal, SQ_MAX_RECORD);
    choose(s->options, body, &content, &finish);
    if (stub_judge(s, body, &reply)) {
        sq_json_quote(sq_buf_str(&reply), &literal);
        content = sq_str_sub(sq_buf_str(&literal), 1, literal.n - 1);
    }
    n = most > 0 && n > most ? most : n;
    size_t tokens = (size_t)n * (content.n / 4);
    sq_buf_adds(out, "{\"id\":\"stub\",\"object\":\"chat.completion\","
                     "\"model\":\"stub-1\",\"choices\":[");
    for (long long i = 0; i < n; i++) {
        sq_buf_addf(out,
                    "%s{\"index\":%lld,\"message\":{\"role\":\"assistant\","
                    "\"content\":\"",
                    i ? "," : "", i);
        put_content(content, i, out);
        sq_buf_addf(out, "\"},\"finish_reason\":\"%s\"}", finish);
    }
    sq_buf_addf(out,
                "],\"usage\":{\"prompt_tokens\":%zu,"
                "\"completion_tokens\":%zu,\"total_tokens\":%zu}}",
                body.n / 4, tokens, body.n / 4 + tokens);
    s->tokens += body.n / 4 + tokens;
    sq_buf_release(&reply);
    sq_buf_release(&literal);
}

/* ---- faults ------------------------------------------------------------ */

/* The fault that this request draws; NULL = none. */
static struct stub_fault *draw(struct stub_state *s)
{
    struct stub_options *o = s->options;
    uint64_t words[2] = {o->seed, s->requests};
    struct sq_rng rng;
    sq_rng_seed(&rng, sq_rng_mix(words, 2));
    double unit = sq_rng_unit(&rng);
    for (size_t i = 0; i < o->nfaults; i++) {
        if (unit < o->faults[i].rate)
            return &o->faults[i];
        unit -= o->faults[i].rate;
    }
    return NULL;
}

/* ---- files ------------------------------------------------------------- */

static long long range_start(const struct stub_request *q)
{
    size_t at = sq_str_find(q->headers, SQ_STR("Range: bytes="), 0);
    if (at == SIZE_MAX)
        return 0;
    sq_str rest = sq_str_sub(q->headers, at + 13, q->headers.n);
    size_t dash = sq_str_find(rest, SQ_STR("-"), 0);
    long long start = 0;
    if (dash != SIZE_MAX)
        (void)sq_str_to_int(sq_str_sub(rest, 0, dash), &start);
    return start;
}

static void put_file(struct stub_state *s, const struct stub_request *q,
                     struct stub_reply *r)
{
    struct stub_options *o = s->options;
    char *name = sq_str_dup(sq_str_sub(q->path, 1, q->path.n));
    char *path = sq_path_join(o->root, name);
    char *text = NULL;
    size_t n = 0;
    long long start = o->no_range ? 0 : range_start(q);
    char extra[100] = "";
    if (strstr(name, "..") ||
        sq_path_read(path, SQ_MAX_CONFIG, &text, &n, NULL) != SQ_OK) {
        stub_put_status(s, 404, r);
    } else if (start > 0 && (size_t)start >= n) {
        stub_put_status(s, 416, r);
    } else {
        if (start > 0)
            snprintf(extra, sizeof(extra),
                     "Content-Range: bytes %lld-%zu/%zu\r\n", start, n - 1, n);
        stub_put_whole(r, start > 0 ? 206 : 200, extra,
                       sq_str_sub((sq_str){text, n}, (size_t)start, n));
        if (o->cut_after >= 0 && (size_t)o->cut_after < n - (size_t)start) {
            r->bytes.n -= n - (size_t)start - (size_t)o->cut_after;
            r->after = STUB_CLOSE;
            o->cut_after = -1;
        }
    }
    free(text);
    free(path);
    free(name);
}

/* ---- routes ------------------------------------------------------------ */

void stub_stats(const struct stub_state *s, struct sq_buf *out)
{
    const struct stub_options *o = s->options;
    sq_buf_addf(out,
                "{\"requests\":%llu,\"faults\":%llu,\"repeats\":%llu,"
                "\"most_open\":%llu,\"tokens\":%llu,\"refused\":%llu",
                s->requests, s->faults, s->repeats, s->most_open, s->tokens,
                s->refused);
    for (size_t i = 0; i < o->nfaults; i++)
        sq_buf_addf(out, ",\"%s\":%llu", o->faults[i].name, o->faults[i].hits);
    sq_buf_adds(out, "}\n");
}

static void put_stats(struct stub_state *s, struct stub_reply *r)
{
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    stub_stats(s, &b);
    stub_put_whole(r, 200, "", sq_buf_str(&b));
    sq_buf_release(&b);
}

static void put_log(FILE *log, const struct stub_request *q)
{
    struct sq_json *j = sq_json_object();
    struct sq_json *headers = sq_json_object();
    struct sq_buf line;
    sq_str rest = q->headers;
    sq_str header;
    sq_buf_init(&line, SIZE_MAX);
    sq_json_put_str(j, "method", q->method);
    sq_json_put_str(j, "path", q->path);
    while (sq_str_line(&rest, &header)) {
        size_t colon = sq_str_find(header, SQ_STR(":"), 0);
        char *name = sq_str_dup(sq_str_sub(header, 0, colon));
        sq_json_put_str(headers, name,
                        sq_str_trim(sq_str_sub(header, colon + 1, header.n)));
        free(name);
    }
    sq_json_put(j, "headers", headers);
    sq_json_put_str(j, "body", q->body);
    sq_json_render(j, &line);
    fprintf(log, "%s\n", line.p);
    fflush(log);
    sq_buf_release(&line);
    sq_json_free(j);
}

static void answer_post(struct stub_state *s, const struct stub_request *q,
                        struct stub_reply *r)
{
    bool repeat = seen_before(s, q->body);
    struct stub_fault *fault = draw(s);
    const struct stub_rule *rule = rule_of(s->options, q->body);
    s->repeats += repeat;
    if (s->options->capacity && s->pending >= s->options->capacity) {
        s->refused++;
        stub_put_status(s, 429, r);
        r->delay_us = 0;
        return;
    }
    s->pending++;
    r->counted = true;
    if (s->options->once_fail && !repeat) {
        stub_fault(s, SQ_STR("500"), r);
    } else if (fault) {
        fault->hits++;
        stub_fault(s, sq_str_from(fault->name), r);
    } else if (s->options->choices == 0 && wanted(q->body) > 1) {
        stub_put_whole(r, 400, "",
                       SQ_STR("{\"error\":{\"message\":\"only n = 1 is "
                              "supported\",\"param\":\"n\"}}"));
    } else if (rule && rule->body) {
        stub_put_whole(r, rule->status, "", sq_str_from(rule->body));
    } else {
        struct sq_buf body;
        sq_buf_init(&body, SIZE_MAX);
        stub_put_completion(s, q->body, &body);
        stub_put_whole(r, 200, sq_buf_str(&s->options->headers).p,
                       sq_buf_str(&body));
        sq_buf_release(&body);
    }
}

void stub_answer(struct stub_state *s, const struct stub_request *q,
                 struct stub_reply *r)
{
    static const sq_str fault = {"/_fault/", 8};
    static const sq_str to = {"/_to/", 5};
    if (sq_str_eq(q->path, SQ_STR("/_stats"))) {
        put_stats(s, r);
        return;
    }
    s->requests++;
    r->delay_us = s->options->latency_us;
    if (s->options->log)
        put_log(s->options->log, q);
    if (sq_str_starts(q->path, fault)) {
        sq_str rest = sq_str_sub(q->path, fault.n, q->path.n);
        sq_str name;
        sq_str_split(&rest, '/', &name);
        stub_fault(s, name, r);
    } else if (sq_str_starts(q->path, to)) {
        struct sq_buf extra;
        sq_buf_init(&extra, SQ_MAX_MESSAGE);
        sq_buf_addf(&extra, "Location: %.*s\r\n", (int)(q->path.n - to.n),
                    q->path.p + to.n);
        stub_put_whole(r, 302, extra.p, SQ_STR("elsewhere"));
        sq_buf_release(&extra);
    } else if (sq_str_eq(q->method, SQ_STR("POST"))) {
        answer_post(s, q, r);
    } else if (s->options->root) {
        put_file(s, q, r);
    } else {
        stub_put_status(s, 404, r);
    }
}

void stub_state_release(struct stub_state *s)
{
    free(s->seen);
    if (s->bomb.p)
        sq_buf_release(&s->bomb);
}
