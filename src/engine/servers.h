#ifndef SQ_ENGINE_SERVERS_H
#define SQ_ENGINE_SERVERS_H
/*
 * Several servers of one model: which of them gets the next request. Pure; each
 * `now` is in milliseconds of one clock.
 *
 * The one with the fewest requests on the wire does. One that fails
 * SQ_SERVER_FAILS times in a row is set aside, for a second and then twice as
 * long each time, up to a minute; then a single request tries it. A single
 * server is never set aside, and when all are, the one whose time ends first is
 * asked.
 */
#include "engine/limiter.h"

#define SQ_SERVER_FAILS 3

struct sq_server {
    char *url; /* of requests; the owner's */
    struct sq_window window;
    size_t on_wire;
    size_t sent, answered, failed, asides;
    /* private: */
    int fails; /* in a row */
    int64_t aside_until, aside_ms;
};

/* The server for the next request; avoid (may be NULL), which has just failed
 * it, only when no other can. NULL when none can take one now: *at is when time
 * alone changes that, 0 = it does not. */
struct sq_server *sq_servers_pick(struct sq_server *v, size_t n,
                                  const struct sq_server *avoid, int64_t now,
                                  int64_t *at);
/* It gave an answer, be it a refusal. True when it was aside. */
bool sq_server_well(struct sq_server *s);
/* It did not answer, or with a 5xx. True when it is set aside for that. */
bool sq_server_failed(struct sq_server *s, int64_t now);
bool sq_server_aside(const struct sq_server *s);

#endif
