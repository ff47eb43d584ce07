#include "engine/openai.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/clock.h"
#include "engine/openai_internal.h"

/* ---- the table ---------------------------------------------------------- */

static enum sq_status fatal_of(const struct openai *e, struct sq_err *err)
{
    if (e->fatal.status == SQ_OK)
        return SQ_OK;
    return sq_err_set(err, e->fatal.status, "%s", e->fatal.msg);
}

static enum sq_status submit(struct sq_engine *base,
                             const struct sq_request *request,
                             struct sq_err *err)
{
    struct openai *e = (struct openai *)base;
    struct job *job = e->spare;
    if (e->fatal.status != SQ_OK)
        return fatal_of(e, err);
    if (job) {
        e->spare = job->next;
    } else {
        job = sq_xcalloc(1, sizeof(*job));
        job->engine = e;
        job->older = e->newest;
        e->newest = job;
        sq_buf_init(&job->body, SQ_MAX_PROMPT);
    }
    job->request = request;
    job->tries = 0;
    e->base.in_flight++;
    sq_openai_build(job);
    if (job->body.over)
        sq_openai_deliver_error(job, "the request is larger than 32 MiB", 0);
    else
        sq_openai_enqueue(job, 0);
    sq_openai_pump(e);
    return fatal_of(e, err);
}

static enum sq_status step(struct sq_engine *base, int wait_ms,
                           struct sq_err *err)
{
    struct openai *e = (struct openai *)base;
    const struct sq_http_api *api = e->http->api;
    enum sq_status status = fatal_of(e, err);
    if (status != SQ_OK)
        return status;
    sq_openai_pump(e);
    if (api->in_flight(e->http->pump) > 0)
        status = api->pump(e->http->pump, wait_ms, err);
    else if (wait_ms > 0)
        sq_clock_sleep_ms(wait_ms);
    if (status != SQ_OK)
        return status;
    sq_openai_pump(e);
    return fatal_of(e, err);
}

static void progress(const struct sq_engine *base, struct sq_buf *out)
{
    const struct openai *e = (const struct openai *)base;
    int64_t wait_ms = e->base.due_ms - sq_clock_ms();
    if ((size_t)e->window.size < e->window.ceiling)
        sq_buf_addf(out, ", window %zu of %zu", (size_t)e->window.size,
                    e->window.ceiling);
    if (e->on_wire == 0 && wait_ms >= 1000)
        sq_buf_addf(out, ", waiting %lld s", (long long)(wait_ms + 999) / 1000);
    if (e->retried > 0)
        sq_buf_addf(out, ", %lld retries", e->retried);
    if (e->to_retry > 0)
        sq_buf_addf(out, " (%zu to come)", e->to_retry);
}

static void close_engine(struct sq_engine *base)
{
    struct openai *e = (struct openai *)base;
    if (!e)
        return;
    if (e->http) {
        e->http->api->drop(e->http->pump, e);
        sq_http_shared_put(e->http);
    }
    while (e->newest) {
        struct job *job = e->newest;
        e->newest = job->older;
        sq_buf_release(&job->body);
        free(job);
    }
    sq_timers_release(&e->delayed);
    free(e->endpoint);
    free(e->url);
    free(e->model);
    free(e->auth);
    free(e->headers);
    free(e->secrets);
    free(e);
}

/* The endpoint is stored and shown, so it must not hold a key. */
static enum sq_status check_base_url(const char *url, bool judge,
                                     struct sq_err *err)
{
    const char *flag = judge ? "--judge-base-url" : "--base-url";
    if (strncasecmp(url, "http://", 7) != 0 &&
        strncasecmp(url, "https://", 8) != 0)
        return sq_err_set(err, SQ_USAGE,
                          "%s must begin with http:// or https://", flag);
    if (strpbrk(url, "@?#"))
        return sq_err_set(err, SQ_USAGE,
                          "%s may hold no user name and no query: a key "
                          "belongs in OPENAI_API_KEY",
                          flag);
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return sq_err_set(err, SQ_USAGE, "%s has a blank in it", flag);
    return SQ_OK;
}

static enum sq_status set_key(struct openai *e, struct sq_err *err)
{
    e->key = sq_str_trim(sq_str_from(e->config.key));
    for (size_t i = 0; i < e->key.n; i++)
        if (e->key.p[i] <= ' ' || e->key.p[i] == 0x7f)
            return sq_err_set(err, SQ_USAGE,
                              "the key in %s has a character that no key has",
                              e->config.key_env);
    if (e->key.n == 0)
        return SQ_OK;
    struct sq_buf line;
    sq_buf_init(&line, SQ_MAX_CONFIG);
    sq_buf_adds(&line, "Authorization: Bearer ");
    sq_buf_add(&line, e->key);
    e->auth = sq_buf_take(&line);
    sq_buf_release(&line);
    return SQ_OK;
}

/* Shorter values are words that any message may hold. */
#define MIN_SECRET 6

/* An Authorization among the user's headers takes the place of the key. */
static void set_headers(struct openai *e)
{
    const char *const *more = e->config.headers;
    size_t n = 0, count = 0;
    bool auth = e->auth != NULL;
    while (more && more[count])
        count++;
    e->headers = sq_xcalloc(count + 3, sizeof(*e->headers));
    e->secrets = sq_xcalloc(2 * count + 1, sizeof(*e->secrets));
    e->secrets[e->nsecrets++] = e->key;
    e->headers[n++] = "Content-Type: application/json";
    for (size_t i = 0; i < count; i++) {
        const char *value = strchr(more[i], ':');
        sq_str secret = sq_str_trim(sq_str_from(value ? value + 1 : ""));
        const char *word = strrchr(more[i], ' '); /* behind "Bearer" */
        if (strncasecmp(more[i], "Authorization:", 14) == 0)
            auth = false;
        if (secret.n >= MIN_SECRET)
            e->secrets[e->nsecrets++] = secret;
        if (word && strlen(word + 1) >= MIN_SECRET)
            e->secrets[e->nsecrets++] = sq_str_from(word + 1);
        e->headers[n++] = more[i];
    }
    if (auth)
        e->headers[n++] = e->auth;
}

/* The endpoint, a part of what a response is known by, tells the two APIs
 * apart. */
static void set_url(struct openai *e, const char *base_url)
{
    size_t n = strlen(base_url);
    struct sq_buf url;
    while (n > 0 && base_url[n - 1] == '/')
        n--;
    sq_buf_init(&url, SQ_MAX_CONFIG);
    sq_buf_add(&url, (sq_str){base_url, n});
    if (e->config.completions)
        sq_buf_adds(&url, "/completions");
    e->endpoint = sq_xstrdup(url.p);
    if (!e->config.completions)
        sq_buf_adds(&url, "/chat/completions");
    e->url = sq_buf_take(&url);
    sq_buf_release(&url);
}

/* Of an answer, before any was seen. */
#define GUESS_TOKENS 512

static enum sq_status open_engine(struct sq_engine **out,
                                  const struct sq_engine_config *config,
                                  struct sq_err *err)
{
    const char *base_url = config->base_url && config->base_url[0]
                               ? config->base_url
                               : SQ_OPENAI_BASE_URL;
    enum sq_status status = check_base_url(base_url, config->judge, err);
    if (status != SQ_OK)
        return status;
    struct openai *e = sq_xcalloc(1, sizeof(*e));
    e->config = *config;
    if (e->config.concurrency < 1)
        e->config.concurrency = 1;
    if (!e->config.key_env)
        e->config.key_env = "OPENAI_API_KEY";
    e->form.completions = config->completions;
    e->ready_end = &e->ready;
    e->output_mean = GUESS_TOKENS;
    sq_window_init(&e->window, (size_t)e->config.concurrency);
    e->model = sq_str_dup(config->model);
    set_url(e, base_url);
    e->base.ops = &sq_engine_openai;
    e->base.endpoint = e->endpoint;
    e->base.model = e->model;
    e->own.config.cacert = config->cacert;
    e->http = config->http ? config->http : &e->own;
    /* Two processes that were refused together must not come back together. */
    sq_rng_seed(&e->rng, (uint64_t)sq_clock_us());
    status = set_key(e, err);
    set_headers(e);
    if (status == SQ_OK)
        status = sq_http_shared_get(e->http, err);
    if (status != SQ_OK) {
        e->http = NULL;
        close_engine(&e->base);
        return status;
    }
    *out = &e->base;
    return SQ_OK;
}

const struct sq_engine_ops sq_engine_openai = {
    .name = "openai",
    .about = "a server that speaks POST /chat/completions (OpenAI, vLLM, ...)",
    .asks = true,
    .open = open_engine,
    .submit = submit,
    .step = step,
    .progress = progress,
    .close = close_engine,
};
