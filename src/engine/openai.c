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

/* Requests that may yet bring an answer, though the run is over: what another
 * server was asked may have been paid for. */
static size_t awaited(const struct openai *e)
{
    return e->on_wire - (e->refuser ? e->refuser->on_wire : 0);
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
    enum sq_status status = awaited(e) > 0 ? SQ_OK : fatal_of(e, err);
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
    return awaited(e) > 0 ? SQ_OK : fatal_of(e, err);
}

static void progress(const struct sq_engine *base, struct sq_buf *out)
{
    const struct openai *e = (const struct openai *)base;
    int64_t wait_ms = e->base.due_ms - sq_clock_ms();
    size_t window = 0, aside = 0;
    for (size_t i = 0; i < e->nservers; i++) {
        window += (size_t)e->servers[i].window.size;
        aside += sq_server_aside(&e->servers[i]);
    }
    if (window < (size_t)e->config.concurrency)
        sq_buf_addf(out, ", window %zu of %lld", window, e->config.concurrency);
    if (e->nservers > 1 && aside > 0)
        sq_buf_addf(out, ", %zu of %zu servers aside", aside, e->nservers);
    if (e->on_wire == 0 && wait_ms >= 1000)
        sq_buf_addf(out, ", waiting %lld s", (long long)(wait_ms + 999) / 1000);
    if (e->retried > 0)
        sq_buf_addf(out, ", %lld retries", e->retried);
    if (e->to_retry > 0)
        sq_buf_addf(out, " (%zu to come)", e->to_retry);
}

/* Of several servers, what each did. */
static void summary(const struct sq_engine *base, struct sq_buf *out)
{
    const struct openai *e = (const struct openai *)base;
    for (size_t i = 0; e->nservers > 1 && i < e->nservers; i++) {
        const struct sq_server *s = &e->servers[i];
        sq_buf_addf(out, "%s%s: %zu of %zu answered", i ? "; " : "", s->url,
                    s->answered, s->sent);
        if (s->asides)
            sq_buf_addf(out, ", set aside %zu times", s->asides);
    }
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
    for (size_t i = 0; i < e->nservers; i++)
        free(e->servers[i].url);
    free(e->servers);
    free(e->endpoint);
    free(e->model);
    free(e->auth);
    free(e->headers);
    free(e->secrets);
    free(e);
}

/* The endpoint is stored and shown, so it must not hold a key. */
static enum sq_status check_base_url(sq_str url, bool judge, struct sq_err *err)
{
    const char *flag = judge ? "--judge-base-url" : "--base-url";
    if (!sq_str_eq_nocase(sq_str_sub(url, 0, 7), SQ_STR("http://")) &&
        !sq_str_eq_nocase(sq_str_sub(url, 0, 8), SQ_STR("https://")))
        return sq_err_set(err, SQ_USAGE,
                          "%s must begin with http:// or https://", flag);
    for (size_t i = 0; i < url.n; i++) {
        if (memchr("@?#", url.p[i], 3))
            return sq_err_set(err, SQ_USAGE,
                              "%s may hold no user name and no query: a key "
                              "belongs in OPENAI_API_KEY",
                              flag);
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f)
            return sq_err_set(err, SQ_USAGE, "%s has a blank in it", flag);
    }
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
    if (e->key.n >= MIN_SECRET)
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

static char *join(sq_str base, const char *path)
{
    struct sq_buf url;
    sq_buf_init(&url, SQ_MAX_CONFIG);
    sq_buf_add(&url, base);
    sq_buf_adds(&url, path);
    char *text = sq_buf_take(&url);
    sq_buf_release(&url);
    return text;
}

/* The first URL is the endpoint, a part of what a response is known by; it
 * tells the two APIs apart. */
static enum sq_status set_servers(struct openai *e, const char *urls,
                                  struct sq_err *err)
{
    const char *path =
        e->config.completions ? "/completions" : "/chat/completions";
    sq_str rest = sq_str_from(urls), one;
    while (sq_str_split(&rest, ',', &one)) {
        one = sq_str_trim(one);
        while (one.n > 0 && one.p[one.n - 1] == '/')
            one.n--;
        enum sq_status status = check_base_url(one, e->config.judge, err);
        if (status != SQ_OK)
            return status;
        if (!e->endpoint)
            e->endpoint = join(one, e->config.completions ? path : "");
        e->servers =
            sq_xrealloc(e->servers, e->nservers + 1, sizeof *e->servers);
        struct sq_server *s = &e->servers[e->nservers++];
        *s = (struct sq_server){.url = join(one, path)};
        sq_window_init(&s->window, (size_t)e->config.concurrency);
    }
    e->base.endpoint = e->endpoint;
    return SQ_OK;
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
    struct openai *e = sq_xcalloc(1, sizeof(*e));
    e->config = *config;
    if (e->config.concurrency < 1)
        e->config.concurrency = 1;
    if (!e->config.key_env)
        e->config.key_env = "OPENAI_API_KEY";
    e->form.completions = config->completions;
    e->form.stream = config->stream;
    e->ready_end = &e->ready;
    e->output_mean = GUESS_TOKENS;
    e->model = sq_str_dup(config->model);
    e->base.ops = &sq_engine_openai;
    e->base.model = e->model;
    e->own.config.cacert = config->cacert;
    e->http = config->http ? config->http : &e->own;
    /* Two processes that were refused together must not come back together. */
    sq_rng_seed(&e->rng, (uint64_t)sq_clock_us());
    enum sq_status status = set_servers(e, base_url, err);
    if (status == SQ_OK)
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
    .choices = true,
    .images = true,
    .open = open_engine,
    .submit = submit,
    .step = step,
    .progress = progress,
    .summary = summary,
    .close = close_engine,
};
