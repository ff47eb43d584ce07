#include "engine/limiter.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "engine/backoff.h"

/* ---- per minute ---------------------------------------------------------- */

/* 60 seconds, and one of grace that may be made up for. */
#define SPAN_MS 61000.0
#define GRACE_MS 1000.0

void sq_rate_init(struct sq_rate *r, long long rpm, long long tpm)
{
    *r = (struct sq_rate){.rpm = rpm > 0 ? rpm : 0, .tpm = tpm > 0 ? tpm : 0};
}

bool sq_rate_fits(const struct sq_rate *r, long long tokens)
{
    return r->tpm == 0 || tokens <= r->tpm;
}

/* Forgets the seconds that are over. */
static void turn(struct sq_rate *r, int64_t now)
{
    int64_t second = now / 1000;
    if (!r->begun || second - r->second >= SQ_RATE_SLOTS) {
        memset(r->tokens, 0, sizeof r->tokens);
        r->second = second;
        r->begun = true;
    }
    while (r->second < second)
        r->tokens[++r->second % SQ_RATE_SLOTS] = 0;
}

static int64_t tokens_at(const struct sq_rate *r, long long tokens, int64_t now)
{
    long long sum = 0;
    for (size_t i = 0; i < SQ_RATE_SLOTS; i++)
        sum += r->tokens[i];
    if (sum + tokens <= r->tpm)
        return now;
    for (int64_t s = r->second - SQ_RATE_SLOTS + 1; s < r->second; s++) {
        sum -= s < 0 ? 0 : r->tokens[s % SQ_RATE_SLOTS];
        if (sum + tokens <= r->tpm)
            return (s + SQ_RATE_SLOTS) * 1000;
    }
    return (r->second + SQ_RATE_SLOTS) * 1000;
}

int64_t sq_rate_at(struct sq_rate *r, long long tokens, int64_t now)
{
    int64_t at = now;
    if (r->rpm > 0 && r->next_ms > (double)now)
        at = (int64_t)ceil(r->next_ms);
    if (r->tpm > 0) {
        turn(r, now);
        int64_t later = tokens_at(r, tokens, now);
        at = later > at ? later : at;
    }
    return at;
}

void sq_rate_take(struct sq_rate *r, long long tokens, int64_t now)
{
    if (r->rpm > 0) {
        double each = SPAN_MS / (double)r->rpm;
        double grace = each < GRACE_MS ? GRACE_MS - each : 0;
        double from = r->next_ms;
        if (from < (double)now - grace)
            from = (double)now - grace;
        /* The first has nothing to make up for. */
        if (r->next_ms == 0)
            from = (double)now;
        r->next_ms = from + each;
    }
    if (r->tpm > 0) {
        turn(r, now);
        r->tokens[r->second % SQ_RATE_SLOTS] += tokens;
    }
}

void sq_rate_settle(struct sq_rate *r, long long held, long long used,
                    int64_t taken_at, int64_t now)
{
    int64_t second = taken_at / 1000;
    if (r->tpm == 0)
        return;
    turn(r, now);
    if (second > r->second - SQ_RATE_SLOTS && second <= r->second)
        r->tokens[second % SQ_RATE_SLOTS] += used - held;
}

/* ---- at a time ----------------------------------------------------------- */

/* A decrease by latency. */
#define SLOW_TIMES 3.0
#define SLOW_MS 100.0
#define SLOW_FACTOR 0.8
#define SLOW_FLOOR 0.25
#define FORGET 1.02
/* Fewer refusals say nothing about a share. */
#define FEW 3
#define FEW_OF 0.1

static double most_step(const struct sq_window *w)
{
    return w->ceiling > 32 ? (double)w->ceiling / 32 : 1;
}

void sq_window_init(struct sq_window *w, size_t ceiling)
{
    *w = (struct sq_window){.ceiling = ceiling ? ceiling : 1};
    w->size = (double)w->ceiling;
    w->step = most_step(w);
}

bool sq_window_room(struct sq_window *w, size_t on_wire, int64_t now)
{
    bool room = (double)on_wire + 1 <= w->size;
    w->filled = w->filled || !room;
    return room && now >= w->rest_until;
}

static void set_size(struct sq_window *w, double size, double least)
{
    if (size > (double)w->ceiling)
        size = (double)w->ceiling;
    w->size = size > least ? size : least;
}

/* A round ends when something is answered that was sent in it. */
static void end_round(struct sq_window *w, int64_t now)
{
    double most = 1 + w->size / 4;
    most = most < most_step(w) ? most : most_step(w);
    if (!w->round_cut)
        w->step = 2 * w->step < most ? 2 * w->step : most;
    w->round_cut = false;
    w->was_filled = w->filled;
    w->filled = false;
    w->round_at = now;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Takes a latency in; is the server slow? */
static bool slow(struct sq_window *w, int64_t latency_ms)
{
    w->samples[w->nsamples++] = latency_ms;
    if (w->nsamples < SQ_WINDOW_SAMPLES)
        return false;
    w->nsamples = 0;
    qsort(w->samples, SQ_WINDOW_SAMPLES, sizeof w->samples[0], by_size);
    const size_t middle = SQ_WINDOW_SAMPLES / 2;
    double median = (double)w->samples[middle];
    bool inflated = w->lowest_ms > 0 && median > SLOW_TIMES * w->lowest_ms &&
                    median > w->lowest_ms + SLOW_MS;
    if (w->lowest_ms <= 0 || median < w->lowest_ms)
        w->lowest_ms = median > 1 ? median : 1;
    else
        w->lowest_ms *= FORGET;
    return inflated;
}

/* May something sent then bring a decrease of its own? */
static bool is_news(const struct sq_window *w, int64_t sent_at)
{
    return !w->cut || sent_at > w->cut_at;
}

static void begin_cut(struct sq_window *w, size_t on_wire, int64_t now)
{
    w->cut = true;
    w->cut_at = now;
    w->before = w->size;
    w->base = on_wire ? on_wire : 1;
    w->bad = 0;
}

bool sq_window_good(struct sq_window *w, int64_t sent_at, size_t on_wire,
                    int64_t now)
{
    double floor_ = SLOW_FLOOR * (double)w->ceiling;
    if (sent_at >= w->round_at)
        end_round(w, now);
    if (slow(w, now - sent_at) && is_news(w, sent_at) && w->size > floor_) {
        begin_cut(w, on_wire, now);
        w->step = 1;
        w->round_cut = true;
        set_size(w, w->size * SLOW_FACTOR, floor_ > 1 ? floor_ : 1);
        return true;
    }
    /* A window that is not filled has not been tried. */
    if (w->filled || w->was_filled)
        set_size(w, w->size + w->step / w->size, 1);
    return false;
}

bool sq_window_bad(struct sq_window *w, int64_t sent_at, size_t on_wire,
                   int64_t after_ms, int64_t now)
{
    bool news = is_news(w, sent_at);
    if (news)
        begin_cut(w, on_wire, now);
    /* More may have been sent since the first refusal. */
    if (w->base < on_wire + w->bad)
        w->base = on_wire + w->bad;
    w->bad++;
    /* Of what the window holds: a single request on an idle wire says little.
     */
    double share = (double)w->bad / w->before;
    double size = w->before * (1 - (share < 1 ? share : 1) / 2);
    if (share > FEW_OF) {
        w->step = 1;
        w->round_cut = true;
    }
    if (2 * w->bad >= w->base && w->bad >= FEW) {
        double kept = w->base > w->bad ? (double)(w->base - w->bad) : 0;
        size = kept < size ? kept : size;
        sq_window_rest(w, after_ms, now);
    }
    if (size < w->size)
        set_size(w, size, 1);
    return news;
}

void sq_window_rest(struct sq_window *w, int64_t ms, int64_t now)
{
    int64_t until =
        now + (ms < SQ_RETRY_AFTER_CAP_MS ? ms : SQ_RETRY_AFTER_CAP_MS);
    if (ms > 0 && until > w->rest_until)
        w->rest_until = until;
}
