#include "engine/openai.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "engine/backoff.h"
#include "engine/http.h"
#include "engine/openai_body.h"
#include "engine/openai_json.h"

#define CONNECT_TIMEOUT_MS 20000
/* When no limit is set: nothing may hang for ever. */
#define DEFAULT_TIMEOUT_S 600.0

struct openai;

/* One request and what was tried for it. */
struct job {
    struct openai *engine;
    const struct sq_request *request;
    struct sq_buf body;
    struct sq_openai_form form; /* that body has */
    int tries;                  /* sent, the first included */
    struct job *next;           /* among the spare */
    struct job *older;          /* among all */
};

struct openai {
    struct sq_engine base;
    struct sq_engine_config config;
    struct sq_http_shared own, *http; /* http is own or config's */
    struct sq_openai_form form;       /* what the server was found to want */
    char *endpoint, *url, *model, *auth;
    sq_str key;
    const char **headers;
    sq_str *secrets; /* the key and the values of config's headers */
    size_t nsecrets;
    struct sq_rng rng;
    struct job *spare, *newest;
    size_t answered;
    struct sq_err fatal; /* ends the run once set */
};

/* ---- delivering -------------------------------------------------------- */

static void release_job(struct job *job)
{
    sq_buf_reset(&job->body);
    job->next = job->engine->spare;
    job->engine->spare = job;
}

static void deliver(struct job *job, struct sq_response *response)
{
    struct openai *e = job->engine;
    const struct sq_request *request = job->request;
    response->retries = job->tries > 0 ? job->tries - 1 : 0;
    e->base.in_flight--;
    e->base.full = false;
    release_job(job);
    e->config.done(e->config.ctx, request, response);
}

static void deliver_error(struct job *job, const char *text, int64_t latency_ms)
{
    struct sq_response response = SQ_RESPONSE_INIT;
    response.stop = SQ_STOP_ERROR;
    response.latency_ms = latency_ms;
    response.error = sq_xstrdup(text);
    deliver(job, &response);
}

/* ---- what a result means ------------------------------------------------ */

static const char *key_env(const struct openai *e)
{
    return e->config.key_env ? e->config.key_env : "OPENAI_API_KEY";
}

/* What went wrong, in a line. */
static void describe(const struct sq_http_result *r,
                     const struct sq_openai_error *said, const char *why,
                     char *line, size_t size)
{
    if (r->fault != SQ_HTTP_OK)
        snprintf(line, size, "%s", r->error);
    else if (why)
        snprintf(line, size, "malformed answer: %s%s%s", why,
                 said->message[0] ? ": " : "", said->message);
    else
        snprintf(line, size, "HTTP %d%s%s", r->status,
                 said->message[0] ? ": " : "", said->message);
}

/* Is it of no use to ask anything else? Sets e->fatal then. */
static bool is_fatal(struct openai *e, const struct sq_http_result *r,
                     const struct sq_openai_error *said, const char *line)
{
    const char *env = key_env(e);
    const char *judge = e->config.judge ? "judge-" : "";
    if (e->answered > 0)
        return false;
    if (r->fault == SQ_HTTP_TLS) {
        sq_err_set(&e->fatal, SQ_NET,
                   "%s: %s; --cacert FILE names a CA of your own", e->url,
                   line);
        return true;
    }
    if (r->fault != SQ_HTTP_OK)
        return false;
    if (r->status == 401 || r->status == 403)
        sq_err_set(&e->fatal, SQ_USAGE,
                   e->key.n > 0
                       ? "%s: %s; the key in %s was refused "
                         "(--%sapi-key-env names another variable)"
                       : "%s: %s; no key was sent: set %s, or name the "
                         "variable with --%sapi-key-env",
                   e->url, line, env, judge);
    else if (r->status / 100 == 3)
        sq_err_set(&e->fatal, SQ_USAGE,
                   "%s: %s; it redirects: give the address it leads to with "
                   "--%sbase-url",
                   e->url, line, judge);
    else if (said->unknown_model || r->status == 404 || r->status == 405)
        sq_err_set(&e->fatal, SQ_USAGE,
                   "%s: %s; model \"%s\" or the base URL is not known there",
                   e->url, line, e->model);
    else if (said->quota || r->status == 402)
        sq_err_set(&e->fatal, SQ_NET, "%s: %s; the account of %s is empty",
                   e->url, line, env);
    else
        return false;
    return true;
}

static void send_job(struct job *job, int64_t delay_ms);

/* Tells the asker of a failed try; false when it must not be sent again. Only
 * what a server refused, or never got, is surely free of charge. */
static bool may_retry(const struct job *job, enum sq_http_fault fault,
                      int status, int64_t again_ms)
{
    const struct sq_engine_config *c = &job->engine->config;
    bool free_ = fault == SQ_HTTP_CONNECT || fault == SQ_HTTP_TLS ||
                 (fault == SQ_HTTP_OK && status / 100 != 5);
    return !c->failed || c->failed(c->ctx, job->request, !free_, again_ms);
}

static void build_body(struct job *job)
{
    struct openai *e = job->engine;
    sq_buf_reset(&job->body);
    job->form = e->form;
    sq_openai_body(e->config.model, job->request, &job->form, &job->body);
}

/* Was the request refused for its form, and is there another? It is then built
 * so, as all later ones are. */
static bool adapt(struct job *job, const struct sq_http_result *r,
                  const struct sq_openai_error *said)
{
    struct openai *e = job->engine;
    if (r->fault != SQ_HTTP_OK || (r->status != 400 && r->status != 422))
        return false;
    bool tokens = said->wants_completion_tokens &&
                  !job->form.completion_tokens &&
                  job->request->sampling.max_tokens >= 0;
    bool schema = said->refuses_schema && !job->form.no_schema &&
                  job->request->schema.n > 0;
    if (tokens && !e->form.completion_tokens)
        sq_log(e->config.log, SQ_LOG_INFO,
               "%s wants max_completion_tokens instead of max_tokens", e->url);
    if (schema && !e->form.no_schema)
        sq_log(e->config.log, SQ_LOG_INFO,
               "%s takes no JSON schema: judging goes on without", e->url);
    e->form.completion_tokens = e->form.completion_tokens || tokens;
    e->form.no_schema = e->form.no_schema || schema;
    if (tokens || schema)
        build_body(job);
    return tokens || schema;
}

/* Tries again, ends the run or delivers the error, as the cause says. why: how
 * a 200 is malformed, NULL for everything else. */
static void fail(struct job *job, const struct sq_http_result *r,
                 const char *why)
{
    struct openai *e = job->engine;
    struct sq_openai_error said = {0};
    char line[600];
    /* A body that does not hold what it should counts as cut. */
    enum sq_http_fault fault = why ? SQ_HTTP_CUT : r->fault;
    const struct sq_retry_rule *rule = sq_retry_rule(fault, r->status);
    if (r->fault == SQ_HTTP_OK)
        sq_openai_error(r->body, e->secrets, e->nsecrets, &said);
    describe(r, &said, why, line, sizeof(line));
    if (adapt(job, r, &said) && may_retry(job, fault, r->status, 0)) {
        send_job(job, 0);
        return;
    }
    if (!why && is_fatal(e, r, &said, line))
        return;
    int64_t delay = -1;
    if (rule->retry && !said.quota && job->tries <= e->config.max_retries)
        delay = sq_retry_delay_ms(rule, job->tries, r->retry_after_ms, &e->rng);
    bool may = may_retry(job, fault, r->status, delay);
    if (delay < 0 || !may) {
        size_t n = strlen(line);
        if (delay >= 0)
            snprintf(line + n, sizeof(line) - n,
                     "; not sent again: the budget does not allow it");
        deliver_error(job, line, r->latency_ms);
        return;
    }
    sq_log(e->config.log, SQ_LOG_DEBUG, "%s: try %d: %s; again in %lld ms",
           rule->name, job->tries, line, (long long)delay);
    send_job(job, delay);
}

static void on_done(void *ctx, const struct sq_http_result *r)
{
    struct job *job = ctx;
    struct openai *e = job->engine;
    struct sq_response response;
    char why[200];
    if (e->fatal.status != SQ_OK)
        return; /* the run is over; the request stays in flight */
    if (r->fault != SQ_HTTP_OK || r->status / 100 != 2) {
        fail(job, r, NULL);
    } else if (!sq_openai_parse(r->body, &response, why, sizeof(why))) {
        fail(job, r, why);
    } else {
        e->answered++;
        response.latency_ms = r->latency_ms;
        deliver(job, &response);
    }
}

static void send_job(struct job *job, int64_t delay_ms)
{
    struct openai *e = job->engine;
    double timeout_s =
        e->config.timeout_s > 0 ? e->config.timeout_s : DEFAULT_TIMEOUT_S;
    int64_t timeout_ms = timeout_s < 1e9 ? (int64_t)(timeout_s * 1000) + 1
                                         : (int64_t)1000000000000;
    struct sq_http_request r = {0};
    r.url = e->url;
    r.headers = e->headers;
    r.body = sq_buf_str(&job->body);
    r.max_body = SQ_MAX_REPLY;
    r.connect_timeout_ms =
        timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS;
    r.timeout_ms = timeout_ms;
    r.delay_ms = delay_ms;
    r.done = on_done;
    r.ctx = job;
    r.owner = e;
    job->tries++;
    /* What it refuses, it would refuse for every request. */
    if (e->http->api->submit(e->http->pump, &r, &e->fatal) != SQ_OK)
        sq_err_prefix(&e->fatal, "%s", e->url);
}

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
    e->base.full = e->base.in_flight >= (size_t)e->config.concurrency;
    build_body(job);
    if (job->body.over)
        deliver_error(job, "the request is larger than 32 MiB", 0);
    else
        send_job(job, 0);
    return fatal_of(e, err);
}

static enum sq_status step(struct sq_engine *base, int wait_ms,
                           struct sq_err *err)
{
    struct openai *e = (struct openai *)base;
    enum sq_status status = fatal_of(e, err);
    if (status == SQ_OK)
        status = e->http->api->pump(e->http->pump, wait_ms, err);
    return status == SQ_OK ? fatal_of(e, err) : status;
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
                              key_env(e));
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
    e->form.completions = config->completions;
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
    .close = close_engine,
};
