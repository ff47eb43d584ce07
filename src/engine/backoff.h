#ifndef SQ_ENGINE_BACKOFF_H
#define SQ_ENGINE_BACKOFF_H
/*
 * Whether, when and why a request is tried again: a table of causes, the delay
 * rule and what servers say about waiting. Pure functions.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/rng.h"
#include "base/str.h"
#include "engine/http.h"

/* One cause: a fault, or an answer whose status is within [from, to]. */
struct sq_retry_rule {
    enum sq_http_fault fault;
    int from, to;
    bool retry;
    int64_t base_ms, cap_ms; /* of the exponential delay */
    bool overload;           /* the server has too much to do */
    const char *name;        /* for people: "rate limit" */
};

/* The row for what happened; never NULL. A body that does not hold what a 200
 * promises is SQ_HTTP_CUT. */
const struct sq_retry_rule *sq_retry_rule(enum sq_http_fault fault, int status);

/* The longest wait that a server can ask for. */
#define SQ_RETRY_AFTER_CAP_MS ((int64_t)5 * 60 * 1000)

/* Delay before try number `attempt` (1 = the first repeat). What the server
 * asked for wins (-1 = nothing), capped, plus at most a tenth so that the
 * waiting do not all come back at once. Else uniform in
 * [0, min(cap, base * 2^(attempt - 1))]: full jitter, Brooker, "Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015. */
int64_t sq_retry_delay_ms(const struct sq_retry_rule *rule, int attempt,
                          int64_t retry_after_ms, struct sq_rng *rng);

/* What an answer's headers say about waiting; init before the first line. */
struct sq_retry_hint {
    int64_t after_ms; /* retry-after-ms, else Retry-After as a number */
    struct {
        int64_t reset_ms;    /* -1 = not said */
        long long remaining; /* likewise */
    } requests, tokens;      /* x-ratelimit-{remaining,reset}-* */
};

void sq_retry_hint_init(struct sq_retry_hint *hint);
/* Takes one header line, "Name: value"; others than the above are ignored. */
void sq_retry_hint_line(struct sq_retry_hint *hint, sq_str line);
/* What to wait: after_ms, else the longest reset of a limit that is not
 * said to have anything left, else -1. */
int64_t sq_retry_hint_ms(const struct sq_retry_hint *hint);

/* How long nothing more can be sent: the longest reset of a limit that is said
 * to have nothing left, at most SQ_RETRY_AFTER_CAP_MS; -1 = none says so. */
int64_t sq_retry_hint_rest_ms(const struct sq_retry_hint *hint);

/* "20ms", "1s", "6m0s", "1h2m3.5s", "1d2h" or a plain number of seconds as
 * milliseconds, rounded up; -1 for anything else. */
int64_t sq_duration_ms(sq_str s);

#endif
