/* When a request goes out: the rate, the window, retries that wait. */
#include "engine/openai_internal.h"
#include <stdio.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"

#define CONNECT_TIMEOUT_MS 20000
/* Between two pieces of a stream. */
#define IDLE_TIMEOUT_MS 120000
/* When no limit is set: nothing may hang for ever. */
#define DEFAULT_TIMEOUT_S 600.0
/* Bytes of a prompt for which a token is held: English has four or more to a
 * token, Chinese three. */
#define BYTES_PER_TOKEN 3
#define MARKS_PER_MESSAGE 8
#define TOKENS_PER_IMAGE 1000

void sq_openai_build(struct job *job)
{
    struct openai *e = job->engine;
    sq_buf_reset(&job->body);
    job->form = e->form;
    sq_openai_body(e->config.model, job->request, &job->form, &job->body);
}

/* What a request may take, for the rate alone: servers count max_tokens. */
static long long tokens_of(const struct openai *e, const struct job *job)
{
    const struct sq_request *r = job->request;
    long long n = 0;
    long long choices = (long long)sq_openai_choices_of(r, &job->form);
    for (size_t i = 0; i < r->nmessages; i++)
        n += (long long)r->messages[i].content.n / BYTES_PER_TOKEN +
             MARKS_PER_MESSAGE +
             TOKENS_PER_IMAGE * (long long)r->messages[i].nimages;
    return n + choices * (r->sampling.max_tokens >= 0
                              ? r->sampling.max_tokens
                              : (long long)e->output_mean);
}

static void put_last(struct openai *e, struct job *job)
{
    job->state = JOB_READY;
    job->next = NULL;
    *e->ready_end = job;
    e->ready_end = &job->next;
}

void sq_openai_enqueue(struct job *job, int64_t delay_ms)
{
    struct openai *e = job->engine;
    e->to_retry += job->tries > 0;
    e->base.waiting++;
    if (delay_ms <= 0) {
        put_last(e, job);
        return;
    }
    job->state = JOB_DELAYED;
    sq_timers_set(&e->delayed, &job->timer, sq_clock_ms() + delay_ms);
}

static void take_due(struct openai *e, int64_t now)
{
    struct sq_timer *due;
    while ((due = sq_timers_first(&e->delayed)) && due->at <= now) {
        sq_timers_clear(&e->delayed, due);
        put_last(e, (struct job *)due);
    }
}

static void send_now(struct job *job, struct sq_server *server, int64_t now)
{
    struct openai *e = job->engine;
    double timeout_s =
        e->config.timeout_s > 0 ? e->config.timeout_s : DEFAULT_TIMEOUT_S;
    int64_t timeout_ms = timeout_s < 1e9 ? (int64_t)(timeout_s * 1000) + 1
                                         : (int64_t)1000000000000;
    struct sq_http_request r = {0};
    r.url = server->url;
    r.headers = e->headers;
    r.body = sq_buf_str(&job->body);
    r.max_body = SQ_MAX_REPLY;
    r.connect_timeout_ms =
        timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS;
    r.timeout_ms = timeout_ms;
    if (job->form.stream)
        r.idle_timeout_ms = IDLE_TIMEOUT_MS;
    r.done = sq_openai_done;
    r.ctx = job;
    r.owner = e;
    e->to_retry -= job->tries > 0;
    e->retried += job->tries > 0;
    e->base.waiting--;
    e->on_wire++;
    server->on_wire++;
    server->sent++;
    job->server = server;
    job->state = JOB_ON_WIRE;
    job->sent_ms = now;
    job->tries++;
    if (e->config.rate)
        sq_rate_take(e->config.rate, job->held, now);
    /* What it refuses, it would refuse for every request. */
    if (e->http->api->submit(e->http->pump, &r, &e->fatal) != SQ_OK)
        sq_err_prefix(&e->fatal, "%s", server->url);
}

void sq_openai_landed(struct job *job, long long tokens)
{
    struct openai *e = job->engine;
    e->on_wire--;
    job->server->on_wire--;
    if (e->config.rate && tokens >= 0)
        sq_rate_settle(e->config.rate, job->held, tokens, job->sent_ms,
                       sq_clock_ms());
}

/* The server that a request of so many tokens may go to now; NULL = none, and
 * *at is when time alone changes that (0 = it does not). */
static struct sq_server *choose(struct openai *e, const struct sq_server *avoid,
                                long long tokens, int64_t now, int64_t *at)
{
    struct sq_server *s =
        sq_servers_pick(e->servers, e->nservers, avoid, now, at);
    int64_t rate_at = now;
    if (e->config.rate)
        rate_at = sq_rate_at(e->config.rate, tokens, now);
    if (rate_at <= now)
        return s;
    if (s || *at > 0)
        *at = rate_at > *at ? rate_at : *at;
    return NULL;
}

static struct job *take_first(struct openai *e)
{
    struct job *job = e->ready;
    e->ready = job->next;
    if (!e->ready)
        e->ready_end = &e->ready;
    return job;
}

/* Has the rate no room for so many choices, ever? One may fit. */
static bool ask_for_one(struct job *job)
{
    struct openai *e = job->engine;
    if (sq_openai_choices_of(job->request, &job->form) < 2)
        return false;
    sq_log(e->config.log, SQ_LOG_INFO,
           "%d choices may take more than --tpm allows in a minute: each "
           "response is asked for alone",
           job->request->choices);
    e->form.no_choices = true;
    sq_openai_build(job);
    return true;
}

static void refuse(struct job *job)
{
    struct openai *e = job->engine;
    char line[160];
    snprintf(line, sizeof line,
             "never sent: it may take %lld tokens, and --%stpm allows %lld a "
             "minute; lower --max-tokens or raise it",
             job->held, e->config.judge ? "judge-" : "", e->config.rate->tpm);
    e->base.waiting--;
    sq_openai_deliver_error(job, line, 0);
}

void sq_openai_pump(struct openai *e)
{
    int64_t now = sq_clock_ms(), at;
    take_due(e, now);
    while (e->ready && e->fatal.status == SQ_OK && !sq_stop) {
        struct job *job = e->ready;
        job->held = tokens_of(e, job);
        if (e->config.rate && !sq_rate_fits(e->config.rate, job->held)) {
            if (!ask_for_one(job))
                refuse(take_first(e));
            continue;
        }
        e->next_tokens = job->held;
        struct sq_server *s = choose(e, job->server, job->held, now, &at);
        if (!s)
            break;
        send_now(take_first(e), s, now);
    }
    sq_openai_refresh(e);
}

void sq_openai_refresh(struct openai *e)
{
    int64_t now = sq_clock_ms(), at = 0;
    const struct sq_timer *first = sq_timers_first(&e->delayed);
    const struct sq_server *s = choose(e, NULL, e->next_tokens, now, &at);
    e->base.full =
        e->base.in_flight >= (size_t)e->config.concurrency || e->ready || !s;
    if (first && (at == 0 || first->at < at))
        at = first->at;
    e->base.due_ms = at;
}
