#ifndef SQ_ENGINE_LIMITER_H
#define SQ_ENGINE_LIMITER_H
/*
 * Back-pressure, as pure functions: no clock inside, every `now` is given in
 * milliseconds of one clock. Two parts that know nothing of each other:
 *
 * struct sq_rate keeps to what the user allows per minute (--rpm, --tpm).
 * struct sq_window finds out how many requests a server takes at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- per minute ---------------------------------------------------------- */

/* One second each; what was sent in a second counts until 60 seconds have
 * passed since its end, so no 60 seconds ever hold more than is allowed. */
#define SQ_RATE_SLOTS 61

/*
 * Requests are spaced evenly (servers enforce a minute's limit over shorter
 * times, too) with at most one second's worth made up for: the generic cell
 * rate algorithm, ITU-T I.371, at N in 61 seconds, which lets no more than N
 * into any 60. Tokens are counted by the second. A request holds what it may
 * take until its answer tells what it took.
 */
struct sq_rate {
    long long rpm, tpm;              /* 0 = no limit */
    bool begun;                      /* private, as are the following */
    double next_ms;                  /* when the next request is due */
    long long tokens[SQ_RATE_SLOTS]; /* of the last seconds, as a ring */
    int64_t second;                  /* the last one in it */
};

void sq_rate_init(struct sq_rate *r, long long rpm, long long tpm);
/* Can a request of so many tokens ever be sent? */
bool sq_rate_fits(const struct sq_rate *r, long long tokens);
/* When a request of so many tokens (that fits) may be sent; now = at once. */
int64_t sq_rate_at(struct sq_rate *r, long long tokens, int64_t now);
/* It is sent now. */
void sq_rate_take(struct sq_rate *r, long long tokens, int64_t now);
/* What was taken for `held` tokens at `taken_at` came to `used`. */
void sq_rate_settle(struct sq_rate *r, long long held, long long used,
                    int64_t taken_at, int64_t now);

/* ---- at a time ----------------------------------------------------------- */

#define SQ_WINDOW_SAMPLES 16

/*
 * How many requests may be on the wire: additive increase, multiplicative
 * decrease (Chiu and Jain, 1989), beginning at the ceiling, so that a healthy
 * server is used in full from the first moment.
 *
 * Down, when a server says that it is overloaded (429, 503): by half the share
 * of what was on the wire that it turned away, as DCTCP (RFC 8257) does; a few
 * random refusals cost little. When it turned most away, to what it kept. Only
 * one decrease for all that was sent before it: a round trip must pass. Also by
 * a fifth when the median latency of SQ_WINDOW_SAMPLES answers is more than
 * three times the lowest seen and 100 ms beyond it, but never below a quarter
 * of the ceiling: long answers take long, too.
 *
 * Up, while the window is in use: by one per round trip, twice as much after
 * each round trip with few refusals (a tenth), at most by 1/32 of the ceiling
 * and a quarter of itself.
 */
struct sq_window {
    double size;
    size_t ceiling;
    int64_t rest_until; /* the server said to send nothing before */
    /* private: */
    double step; /* increase per round trip */
    int64_t round_at;
    bool cut, round_cut;     /* ever; in this round */
    bool filled, was_filled; /* in this round, in the one before */
    int64_t cut_at;          /* what was sent before has had its decrease */
    double before;           /* size, and requests on the wire, at the cut */
    size_t base, bad;        /* bad: refused of these */
    int64_t samples[SQ_WINDOW_SAMPLES];
    size_t nsamples;
    double lowest_ms; /* median latency; creeps up, to forget; 0 = none */
};

void sq_window_init(struct sq_window *w, size_t ceiling);
bool sq_window_room(struct sq_window *w, size_t on_wire, int64_t now);
/* A request that was sent at sent_at was answered; on_wire counts it still.
 * True when its latency led to a decrease. */
bool sq_window_good(struct sq_window *w, int64_t sent_at, size_t on_wire,
                    int64_t now);
/* It was refused for overload; the server asks to wait for after_ms (-1 = does
 * not say), which holds for all when most were refused. True when that began a
 * decrease. */
bool sq_window_bad(struct sq_window *w, int64_t sent_at, size_t on_wire,
                   int64_t after_ms, int64_t now);
/* The server said that nothing is left for so long; at most
 * SQ_RETRY_AFTER_CAP_MS of it is believed. */
void sq_window_rest(struct sq_window *w, int64_t ms, int64_t now);

#endif
