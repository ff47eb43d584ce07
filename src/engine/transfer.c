#include "engine/transfer.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/clock.h"

void sq_transfers_init(struct sq_transfers *all, size_t max_held)
{
    *all = (struct sq_transfers){0};
    all->queue_end = &all->queue;
    all->max_held = max_held;
}

enum sq_status sq_transfer_check(const struct sq_http_request *r,
                                 struct sq_err *err)
{
    if (strncasecmp(r->url, "http://", 7) == 0 ||
        strncasecmp(r->url, "https://", 8) == 0)
        return SQ_OK;
    if (strncasecmp(r->url, "file://", 7) == 0 && !r->body.p)
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "a URL must begin with http:// or https://%s",
                      r->body.p ? "" : " or file://");
}

static void enqueue(struct sq_transfer *t)
{
    t->state = SQ_TRANSFER_QUEUED;
    t->behind = NULL;
    *t->all->queue_end = t;
    t->all->queue_end = &t->behind;
}

void sq_transfer_enter(struct sq_transfers *all, struct sq_transfer *t,
                       const struct sq_http_request *request)
{
    t->all = all;
    t->req = *request;
    t->file = strncasecmp(request->url, "file:", 5) == 0;
    t->fault = SQ_HTTP_OK;
    t->first_ms = -1;
    t->why = "";
    t->prev = NULL;
    t->next = all->flying;
    if (t->next)
        t->next->prev = t;
    all->flying = t;
    all->in_flight++;
    if (request->delay_ms > 0) {
        t->state = SQ_TRANSFER_DELAYED;
        sq_timers_set(&all->timers, &t->timer,
                      sq_clock_ms() + request->delay_ms);
    } else {
        enqueue(t);
    }
}

struct sq_transfer *sq_transfer_next(struct sq_transfers *all)
{
    struct sq_transfer *t = all->queue;
    if (!t || all->connecting >= SQ_HTTP_MAX_CONNECTING)
        return NULL;
    all->queue = t->behind;
    if (!all->queue)
        all->queue_end = &all->queue;
    t->state = SQ_TRANSFER_RUNNING;
    return t;
}

void sq_transfer_start(struct sq_transfer *t, bool again)
{
    struct sq_transfers *all = t->all;
    int64_t now = sq_clock_ms();
    if (!again)
        t->started_ms = now;
    t->heard_ms = now;
    t->begun = false;
    t->header_bytes = t->body_bytes = 0;
    t->first_ms = -1;
    t->total = -1;
    sq_retry_hint_init(&t->hint);
    if (t->req.first_byte_timeout_ms > 0)
        sq_timers_set(&all->timers, &t->timer,
                      t->started_ms + t->req.first_byte_timeout_ms);
    t->connecting = true;
    all->connecting++;
}

void sq_transfer_connected(struct sq_transfer *t)
{
    if (t->connecting)
        t->all->connecting--;
    t->connecting = false;
}

static void unqueue(struct sq_transfer *t)
{
    struct sq_transfer **at = &t->all->queue;
    while (*at && *at != t)
        at = &(*at)->behind;
    if (!*at)
        return;
    *at = t->behind;
    if (!*at)
        t->all->queue_end = at;
}

void sq_transfer_leave(struct sq_transfer *t)
{
    struct sq_transfers *all = t->all;
    sq_timers_clear(&all->timers, &t->timer);
    sq_transfer_connected(t);
    if (t->state == SQ_TRANSFER_QUEUED)
        unqueue(t);
    if (t->prev)
        t->prev->next = t->next;
    else
        all->flying = t->next;
    if (t->next)
        t->next->prev = t->prev;
    all->in_flight--;
}

void sq_transfer_drop_body(struct sq_transfer *t)
{
    t->all->held -= t->body.n;
    sq_buf_trim(&t->body);
}

void sq_transfer_spare(struct sq_transfer *t)
{
    sq_transfer_drop_body(t);
    t->next = t->all->spare;
    t->all->spare = t;
}

const char *sq_transfer_timer(struct sq_transfer *t, int64_t now)
{
    int64_t idle_at = t->heard_ms + t->req.idle_timeout_ms;
    sq_timers_clear(&t->all->timers, &t->timer);
    if (t->state == SQ_TRANSFER_DELAYED) {
        enqueue(t);
        return NULL;
    }
    if (!t->begun)
        return "no answer began within its time limit";
    if (idle_at <= now)
        return "the answer stood still for too long";
    /* Pieces that came meanwhile did not move the timer: that would cost more
     * than to look once when it goes off. */
    sq_timers_set(&t->all->timers, &t->timer, idle_at);
    return NULL;
}

bool sq_transfer_fail(struct sq_transfer *t, enum sq_http_fault fault,
                      const char *why)
{
    t->fault = fault;
    t->why = why;
    return false;
}

static void heard(struct sq_transfer *t)
{
    t->heard_ms = sq_clock_ms();
    if (t->begun)
        return;
    t->begun = true;
    if (t->req.idle_timeout_ms > 0)
        sq_timers_set(&t->all->timers, &t->timer,
                      t->heard_ms + t->req.idle_timeout_ms);
    else
        sq_timers_clear(&t->all->timers, &t->timer);
}

/* "bytes 100-199/200" */
static void take_content_range(struct sq_transfer *t, sq_str value)
{
    size_t slash = sq_str_find(value, SQ_STR("/"), 0);
    long long total;
    if (slash == SIZE_MAX)
        return;
    value = sq_str_trim(sq_str_sub(value, slash + 1, value.n));
    if (sq_str_to_int(value, &total))
        t->total = total;
}

bool sq_transfer_header(struct sq_transfer *t, sq_str line)
{
    sq_str range = SQ_STR("content-range:");
    heard(t);
    t->header_bytes += line.n;
    if (t->header_bytes > SQ_HTTP_MAX_HEADERS)
        return sq_transfer_fail(t, SQ_HTTP_TOO_BIG,
                                "headers over their "
                                "ceiling");
    if (sq_str_starts(line, SQ_STR("HTTP/"))) {
        /* A new answer: what an interim one (1xx) said is void. */
        sq_retry_hint_init(&t->hint);
        t->total = -1;
    } else if (sq_str_eq_nocase(sq_str_sub(line, 0, range.n), range)) {
        take_content_range(t, sq_str_sub(line, range.n, line.n));
    } else {
        sq_retry_hint_line(&t->hint, line);
    }
    return true;
}

static bool sink(struct sq_transfer *t, sq_str bytes, int status,
                 long long length)
{
    if (status / 100 != 2)
        return true;
    if (t->total < 0 && length >= 0)
        t->total = length + (status == 206 ? t->req.resume_from : 0);
    if (t->req.sink(t->req.ctx, status, bytes, t->total))
        return true;
    return sq_transfer_fail(t, SQ_HTTP_OTHER, "stopped");
}

bool sq_transfer_body(struct sq_transfer *t, sq_str bytes, int status,
                      long long length)
{
    struct sq_transfers *all = t->all;
    heard(t);
    if (bytes.n > t->req.max_body - t->body_bytes)
        return sq_transfer_fail(t, SQ_HTTP_TOO_BIG, "body over its ceiling");
    t->body_bytes += bytes.n;
    if (t->first_ms < 0)
        t->first_ms = t->heard_ms;
    if (t->req.sink)
        return sink(t, bytes, status, length);
    if (bytes.n > all->max_held - all->held)
        return sq_transfer_fail(t, SQ_HTTP_TOO_BIG,
                                "bodies in memory over their ceiling");
    all->held += bytes.n;
    sq_buf_add(&t->body, bytes);
    return true;
}

void sq_transfer_error(struct sq_http_result *result, const char *text)
{
    snprintf(result->error, sizeof(result->error), "%s", text);
    for (char *p = result->error; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
}

/* "https://host:port", as it is written. */
static sq_str origin(const char *url)
{
    sq_str s = sq_str_from(url);
    size_t scheme = sq_str_find(s, SQ_STR("://"), 0);
    if (scheme == SIZE_MAX)
        return s;
    size_t host = scheme + 3;
    return sq_str_sub(s, 0, host + strcspn(url + host, "/?#\\"));
}

bool sq_transfer_same_origin(const char *a, const char *b)
{
    return sq_str_eq_nocase(origin(a), origin(b));
}
