/* What becomes of what came back: a response, another try, or the run's end. */
#include "engine/openai_internal.h"
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "engine/openai_choices.h"
#include "engine/openai_json.h"
#include "engine/openai_stream.h"

/* ---- delivering -------------------------------------------------------- */

static void release_job(struct job *job)
{
    sq_buf_trim(&job->body);
    job->next = job->engine->spare;
    job->engine->spare = job;
}

static void deliver(struct job *job, struct sq_response *response)
{
    struct openai *e = job->engine;
    const struct sq_request *request = job->request;
    response->retries = job->tries > 0 ? job->tries - 1 : 0;
    e->base.in_flight--;
    release_job(job);
    sq_openai_refresh(e);
    e->config.done(e->config.ctx, request, response);
}

void sq_openai_deliver_error(struct job *job, const char *text,
                             int64_t latency_ms)
{
    struct sq_response response = SQ_RESPONSE_INIT;
    response.stop = SQ_STOP_ERROR;
    response.latency_ms = latency_ms;
    response.error = sq_xstrdup(text);
    deliver(job, &response);
}

/* ---- what a result means ------------------------------------------------ */

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
static bool is_fatal(const struct job *job, const struct sq_http_result *r,
                     const struct sq_openai_error *said, const char *line)
{
    struct openai *e = job->engine;
    const char *url = job->server->url;
    const char *env = e->config.key_env;
    const char *judge = e->config.judge ? "judge-" : "";
    if (job->server->answered > 0)
        return false;
    if (r->fault == SQ_HTTP_TLS) {
        sq_err_set(&e->fatal, SQ_NET,
                   "%s: %s; --cacert FILE names a CA of your own", url, line);
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
                   url, line, env, judge);
    else if (r->status / 100 == 3)
        sq_err_set(&e->fatal, SQ_USAGE,
                   "%s: %s; it redirects: give the address it leads to with "
                   "--%sbase-url",
                   url, line, judge);
    else if (said->unknown_model || r->status == 404 || r->status == 405)
        sq_err_set(&e->fatal, SQ_USAGE,
                   "%s: %s; model \"%s\" or the base URL is not known there",
                   url, line, e->model);
    else if (said->quota || r->status == 402)
        sq_err_set(&e->fatal, SQ_NET, "%s: %s; the account of %s is empty", url,
                   line, env);
    else
        return false;
    return true;
}

/* Only what a server refused, or never got, is surely free of charge. */
static bool is_free(enum sq_http_fault fault, int status)
{
    return fault == SQ_HTTP_CONNECT || fault == SQ_HTTP_TLS ||
           (fault == SQ_HTTP_OK && status / 100 != 5);
}

/* Tells the asker of a failed try; false when it must not be sent again. */
static bool may_retry(const struct job *job, enum sq_http_fault fault,
                      int status, int64_t again_ms)
{
    const struct sq_engine_config *c = &job->engine->config;
    return !c->failed ||
           c->failed(c->ctx, job->request, !is_free(fault, status), again_ms);
}

/* One thing that a server may refuse: it did (said), the request had it (had),
 * and the engine's form gets it from now on (flag), which a line tells once. */
static bool adapt_to(const struct job *job, bool said, bool had, bool *flag,
                     const char *line)
{
    if (!said || !had)
        return false;
    if (!*flag)
        sq_log(job->engine->config.log, SQ_LOG_INFO, "%s %s", job->server->url,
               line);
    *flag = true;
    return true;
}

/* Was the request refused for its form, and is there another? It is then built
 * so, as all later ones are. */
static bool adapt(struct job *job, const struct sq_http_result *r,
                  const struct sq_openai_error *said)
{
    const struct sq_request *q = job->request;
    const struct sq_openai_form *sent = &job->form;
    struct sq_openai_form *form = &job->engine->form;
    if (r->fault != SQ_HTTP_OK || (r->status != 400 && r->status != 422))
        return false;
    bool changed =
        adapt_to(job, said->refuses_stream_usage,
                 sent->stream && !sent->no_stream_usage, &form->no_stream_usage,
                 "does not tell what a stream takes: tokens are unknown");
    changed |= adapt_to(job, said->wants_completion_tokens,
                        q->sampling.max_tokens >= 0 && !sent->completion_tokens,
                        &form->completion_tokens,
                        "wants max_completion_tokens instead of max_tokens");
    changed |= adapt_to(job, said->refuses_schema,
                        q->schema.n > 0 && !sent->no_schema, &form->no_schema,
                        "takes no JSON schema: judging goes on without");
    changed |= adapt_to(job, said->refuses_choices,
                        q->choices > 1 && !sent->no_choices, &form->no_choices,
                        "takes no n: each response is asked for alone");
    if (changed)
        sq_openai_build(job);
    return changed;
}

static void well(const struct openai *e, struct sq_server *s)
{
    if (sq_server_well(s) && e->nservers > 1)
        sq_log(e->config.log, SQ_LOG_DEBUG, "%s: is well again", s->url);
}

/* What a failed try says about its server. */
static void note(struct job *job, const struct sq_http_result *r,
                 const struct sq_retry_rule *rule)
{
    struct openai *e = job->engine;
    struct sq_server *s = job->server;
    size_t before = (size_t)s->window.size;
    int64_t now = sq_clock_ms();
    if (rule->overload && sq_window_bad(&s->window, job->sent_ms, s->on_wire,
                                        r->retry_after_ms, now))
        sq_log(e->config.log, SQ_LOG_DEBUG,
               "%s: overloaded; of %zu in flight at most %zu from now on",
               s->url, before, (size_t)s->window.size);
    if (r->fault == SQ_HTTP_OK && r->status / 100 != 5)
        well(e, s);
    else if (sq_server_failed(s, now) && e->nservers > 1)
        sq_log(e->config.log, SQ_LOG_DEBUG, "%s: set aside for %lld s", s->url,
               (long long)s->aside_ms / 1000);
}

/* A filter refused the prompt: that is an answer, without a text, to all that
 * the request wants; the first has the server's words. Its tokens are not told.
 */
static void deliver_filtered(struct job *job, const struct sq_http_result *r)
{
    struct sq_response first = SQ_RESPONSE_INIT, *c = &first;
    size_t n = sq_openai_choices_of(job->request, &job->form);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            c->more = sq_xcalloc(1, sizeof *c);
            c = c->more;
            *c = (struct sq_response)SQ_RESPONSE_INIT;
        }
        c->stop = SQ_STOP_REFUSED;
        c->text = sq_xstrdup("");
        c->finish_reason = sq_xstrdup("content_filter");
        c->latency_ms = r->latency_ms;
    }
    first.raw = sq_str_dup(r->body);
    first.raw_len = r->body.n;
    deliver(job, &first);
}

/* Tries again, ends the run or delivers the error, as the cause says. why: how
 * a 200 is malformed, NULL for everything else. */
static void fail(struct job *job, const struct sq_http_result *r,
                 const char *why)
{
    struct openai *e = job->engine;
    struct sq_openai_error said = {0};
    char line[600];
    if (e->fatal.status != SQ_OK) { /* the run is over: it gets no answer */
        sq_openai_landed(job, -1);
        e->base.waiting++;
        return;
    }
    /* A body that does not hold what it should counts as cut. */
    enum sq_http_fault fault = why ? SQ_HTTP_CUT : r->fault;
    const struct sq_retry_rule *rule = sq_retry_rule(fault, r->status);
    if (r->fault == SQ_HTTP_OK)
        sq_openai_error(r->body, e->secrets, e->nsecrets, &said);
    describe(r, &said, why, line, sizeof(line));
    note(job, r, rule);
    sq_openai_landed(job, is_free(fault, r->status) ? 0 : -1);
    if (said.filtered && r->status == 400) {
        deliver_filtered(job, r);
        return;
    }
    if (adapt(job, r, &said) && may_retry(job, fault, r->status, 0)) {
        sq_openai_enqueue(job, 0);
        return;
    }
    if (!why && is_fatal(job, r, &said, line)) {
        e->refuser = job->server;
        e->base.waiting++; /* for what never comes */
        return;
    }
    int64_t delay = -1;
    if (rule->retry && !said.quota && job->tries <= e->config.max_retries)
        delay = sq_retry_delay_ms(rule, job->tries, r->retry_after_ms, &e->rng);
    bool may = may_retry(job, fault, r->status, delay);
    if (delay < 0 || !may) {
        size_t n = strlen(line);
        if (delay >= 0)
            snprintf(line + n, sizeof(line) - n,
                     "; not sent again: the budget does not allow it");
        sq_openai_deliver_error(job, line, r->latency_ms);
        return;
    }
    sq_log(e->config.log, SQ_LOG_DEBUG, "%s: try %d: %s; again in %lld ms",
           rule->name, job->tries, line, (long long)delay);
    sq_openai_enqueue(job, delay);
}

/* How much an answer weighs in the mean of those so far. */
#define WEIGHT 0.05

static void answered(struct openai *e, struct job *job,
                     const struct sq_response *r)
{
    bool told = r->prompt_tokens >= 0 && r->completion_tokens >= 0;
    long long output = 0;
    int choices = 0;
    struct sq_server *s = job->server;
    for (const struct sq_response *c = r; c; c = c->more, choices++)
        output += c->completion_tokens;
    s->answered++;
    well(e, s);
    if (sq_window_good(&s->window, job->sent_ms, s->on_wire, sq_clock_ms()))
        sq_log(e->config.log, SQ_LOG_DEBUG,
               "%s: slow; at most %zu in flight from now on", s->url,
               (size_t)s->window.size);
    if (told)
        e->output_mean += WEIGHT * ((double)output / choices - e->output_mean);
    sq_openai_landed(job, told ? r->prompt_tokens + output : -1);
}

/* A byte order mark may stand before JSON (RFC 8259, 8.1) and before events.
 * A server that does not stream answers in one piece all the same. */
static bool read_body(const struct job *job, sq_str body,
                      struct sq_response *out, char *why, size_t why_size)
{
    struct sq_buf whole;
    size_t most = sq_openai_choices_of(job->request, &job->form);
    bool ok;
    if (sq_str_starts(body, SQ_STR("\xef\xbb\xbf")))
        body = sq_str_sub(body, 3, body.n);
    if (!job->form.stream || sq_str_starts(sq_str_trim(body), SQ_STR("{")))
        return sq_openai_choices(body, most, out, why, why_size);
    sq_buf_init(&whole, SQ_MAX_REPLY);
    ok = sq_openai_unstream(body, most, &whole, why, why_size) &&
         sq_openai_choices(sq_buf_str(&whole), most, out, why, why_size);
    sq_buf_release(&whole);
    return ok;
}

void sq_openai_done(void *ctx, const struct sq_http_result *r)
{
    struct job *job = ctx;
    struct openai *e = job->engine;
    struct sq_response response;
    char why[200];
    sq_window_rest(&job->server->window, r->rest_ms, sq_clock_ms());
    if (r->fault != SQ_HTTP_OK || r->status / 100 != 2) {
        fail(job, r, NULL);
    } else if (!read_body(job, r->body, &response, why, sizeof(why))) {
        fail(job, r, why);
    } else {
        answered(e, job, &response);
        for (struct sq_response *c = &response; c; c = c->more) {
            c->latency_ms = r->latency_ms;
            if (job->form.stream)
                c->ttft_ms = r->first_ms;
        }
        deliver(job, &response);
    }
}
