#include "cmd/run_prompt.h"
#include <stdlib.h>
#include <string.h>
#include "base/path.h"
#include "engine/headers.h"

#define MAX_STOPS 4 /* what the API takes */

void sq_run_prompt_rows(struct sq_run_prompt_args *a,
                        struct sq_opt t[SQ_RUN_PROMPT_ROWS])
{
    const struct sq_opt rows[SQ_RUN_PROMPT_ROWS] = {
        {"system", 0, SQ_OPT_STR, &a->system, "TEXT|@FILE",
         "a system message before each query", 0, 0},
        {"stop", 0, SQ_OPT_LIST, &a->stops, "TEXT",
         "ends a response where it stands (several times, at most 4)", 0, 0},
        {"logprobs", 0, SQ_OPT_INT, &a->logprobs, "N",
         "have the N likeliest tokens told, kept in the raw JSON", 1, 20},
        {"api", 0, SQ_OPT_STR, &a->api, "chat|completions",
         "completions: POST /completions with a raw prompt, for base models", 0,
         0},
        {"chat-template", 0, SQ_OPT_STR, &a->chat_template, "NAME|FILE",
         "of a local model: one that libllama knows (default: its own)", 0, 0},
        {"no-chat", 0, SQ_OPT_FLAG, &a->no_chat, NULL,
         "a raw prompt, for base models: the same as --api completions", 0, 0},
        {"extra-body", 0, SQ_OPT_STR, &a->extra_body, "JSON",
         "members to add to each request to the model: '{\"top_k\": 20}'", 0,
         0},
        {"headers", 0, SQ_OPT_STR, &a->headers, "FILE",
         "more request headers, \"Name: value\" lines, never stored", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
}

/* TEXT, or @FILE without its last line break. */
static enum sq_status read_system(struct sq_run_prompt_args *a, sq_str *out,
                                  struct sq_err *err)
{
    char *text = NULL;
    size_t n = 0;
    if (!a->system)
        return SQ_OK;
    *out = sq_str_from(a->system);
    if (a->system[0] != '@')
        return SQ_OK;
    enum sq_status st =
        sq_path_read(a->system + 1, SQ_MAX_PROMPT, &text, &n, err);
    if (st != SQ_OK)
        return sq_err_prefix(err, "--system");
    n -= n > 0 && text[n - 1] == '\n';
    n -= n > 0 && text[n - 1] == '\r';
    *out = sq_arena_str(&a->arena, (sq_str){text, n});
    free(text);
    if (!sq_utf8_valid(*out, NULL))
        return sq_err_set(err, SQ_INPUT, "--system: %s is not UTF-8",
                          a->system + 1);
    return SQ_OK;
}

static enum sq_status read_stops(struct sq_run_prompt_args *a,
                                 struct sq_run_prompt *out, struct sq_err *err)
{
    if (a->stops.n > MAX_STOPS)
        return sq_err_set(err, SQ_USAGE,
                          "--stop: given %zu times; servers take at most %d",
                          a->stops.n, MAX_STOPS);
    sq_str *stops = sq_arena_array(&a->arena, a->stops.n, sizeof *stops);
    for (size_t i = 0; i < a->stops.n; i++) {
        stops[i] = sq_str_from(a->stops.v[i]);
        if (!stops[i].n)
            return sq_err_set(err, SQ_USAGE,
                              "--stop: an empty text ends every response");
    }
    out->stops = stops;
    out->nstops = a->stops.n;
    return SQ_OK;
}

/* What has an option of its own would stand in the body twice, and what makes
 * several answers, or an answer in pieces, would not be read. */
static enum sq_status check_extra(const struct sq_json *extra,
                                  struct sq_err *err)
{
    static const char *const taken[] = {
        "model",       "messages",      "prompt",
        "temperature", "top_p",         "max_tokens",
        "seed",        "stop",          "max_completion_tokens",
        "logprobs",    "top_logprobs",  "n",
        "stream",      "stream_options"};
    if (sq_json_type(extra) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_USAGE,
                          "--extra-body: want a JSON object, as "
                          "'{\"top_k\": 20}'");
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (sq_json_get(extra, taken[i]))
            return sq_err_set(err, SQ_USAGE,
                              "--extra-body: \"%s\" is set by seqeval or has "
                              "an option of its own",
                              taken[i]);
    return SQ_OK;
}

static enum sq_status read_extra(struct sq_run_prompt_args *a, sq_str *out,
                                 struct sq_err *err)
{
    if (!a->extra_body)
        return SQ_OK;
    struct sq_json *extra =
        sq_json_parse(sq_str_from(a->extra_body), "--extra-body", 1, err);
    if (!extra)
        return SQ_USAGE;
    enum sq_status st = check_extra(extra, err);
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_PROMPT);
    sq_json_render(extra, &text);
    if (st == SQ_OK) /* without its braces */
        *out = sq_arena_str(&a->arena,
                            sq_str_sub(sq_buf_str(&text), 1, text.n - 1));
    sq_buf_release(&text);
    sq_json_free(extra);
    return st;
}

static bool same_address(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static enum sq_status read_api(const struct sq_run_prompt_args *a, bool *out,
                               struct sq_err *err)
{
    *out = a->api && strcmp(a->api, "completions") == 0;
    if (a->api && !*out && strcmp(a->api, "chat") != 0)
        return sq_err_set(err, SQ_USAGE,
                          "--api: '%s' is unknown; there is: chat, completions",
                          a->api);
    if (a->api && !*out && a->no_chat)
        return sq_err_set(err, SQ_USAGE,
                          "--api chat and --no-chat exclude each other");
    *out = *out || a->no_chat;
    return SQ_OK;
}

enum sq_status sq_run_prompt_resolve(struct sq_run_prompt_args *a,
                                     struct sq_run_options *run,
                                     struct sq_err *err)
{
    run->prompt = (struct sq_run_prompt){.top_logprobs = a->logprobs};
    enum sq_status st = read_system(a, &run->prompt.system, err);
    if (st == SQ_OK)
        st = read_stops(a, &run->prompt, err);
    if (st == SQ_OK)
        st = read_extra(a, &run->prompt.extra, err);
    if (st == SQ_OK)
        st = read_api(a, &run->model.completions, err);
    run->model.chat_template = a->chat_template;
    if (st == SQ_OK && a->headers)
        st = sq_headers_load(a->headers, &a->arena, &run->model.headers, err);
    for (size_t i = 0; i < run->njudges; i++)
        if (same_address(run->model.base_url, run->judges[i].base_url))
            run->judges[i].headers = run->model.headers;
    return st;
}

void sq_run_prompt_release(struct sq_run_prompt_args *a)
{
    free(a->stops.v);
    sq_arena_release(&a->arena);
}
