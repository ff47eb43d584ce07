#ifndef SQ_ENGINE_TRANSFER_H
#define SQ_ENGINE_TRANSFER_H
/*
 * What http.c keeps of its transfers that has nothing to do with libcurl: who
 * waits for what, how long, and the ceilings on what comes back.
 *
 * A transfer is delayed (its timer runs), queued (waits for its turn to
 * connect) or running. The one timer of each is its delay, then its first-byte
 * limit, then its idle limit.
 */
#include "base/buf.h"
#include "engine/backoff.h"
#include "engine/http.h"
#include "engine/timers.h"

/* Bytes of all header lines of one answer. */
#define SQ_HTTP_MAX_HEADERS ((size_t)256 << 10)
/* Transfers that may be resolving and connecting at a time: a thousand at once
 * would overflow a server's listen queue and start as many resolver threads. */
#define SQ_HTTP_MAX_CONNECTING 128

enum sq_transfer_state {
    SQ_TRANSFER_DELAYED,
    SQ_TRANSFER_QUEUED,
    SQ_TRANSFER_RUNNING
};

struct sq_transfer {
    struct sq_timer timer;           /* first: the heap hands these out */
    struct sq_transfers *all;        /* what it belongs to */
    struct sq_transfer *prev, *next; /* in flight; next also the spare ones */
    struct sq_transfer *behind;      /* in the queue */
    enum sq_transfer_state state;
    struct sq_http_request req;
    bool file;                /* req.url is a file:// */
    bool connecting;          /* counted in all->connecting */
    bool begun;               /* something came back */
    enum sq_http_fault fault; /* found while receiving; OK = none */
    const char *why;          /* goes with fault */
    int64_t started_ms, heard_ms;
    int64_t first_ms; /* when the body began, -1 = it has not */
    size_t header_bytes, body_bytes;
    long long total; /* size of the resource; -1 = unknown */
    struct sq_buf body;
    struct sq_retry_hint hint;
};

/* All of a pump. */
struct sq_transfers {
    struct sq_timers timers;
    struct sq_transfer *flying, *spare;
    struct sq_transfer *queue, **queue_end;
    size_t in_flight, connecting;
    size_t held, max_held; /* bytes of bodies in memory */
};

void sq_transfers_init(struct sq_transfers *all, size_t max_held);

/* A URL of another scheme or a POST to a file is SQ_USAGE. */
enum sq_status sq_transfer_check(const struct sq_http_request *request,
                                 struct sq_err *err) SQ_CHECKED;
/* Takes t, spare or new (zeroed, body initialised), into flight: delayed or
 * queued, as the request says. */
void sq_transfer_enter(struct sq_transfers *all, struct sq_transfer *t,
                       const struct sq_http_request *request);
/* The next that may connect now, off the queue; NULL = none. */
struct sq_transfer *sq_transfer_next(struct sq_transfers *all);
/* It runs from now on; again: after a redirect, the time goes on. */
void sq_transfer_start(struct sq_transfer *t, bool again);
/* Its connection stands (or failed): another may have its turn. */
void sq_transfer_connected(struct sq_transfer *t);
/* Out of flight and off the queue; its body stays until sq_transfer_spare. */
void sq_transfer_leave(struct sq_transfer *t);
/* Empties its body. */
void sq_transfer_drop_body(struct sq_transfer *t);
/* Keeps it for the next request. */
void sq_transfer_spare(struct sq_transfer *t);

/* Its timer went off at `now`. The limit that was passed, as one line; NULL
 * when it is now queued or has more time. */
const char *sq_transfer_timer(struct sq_transfer *t, int64_t now);

/* A header line or piece of the body came. False stops the transfer: fault and
 * why are set. status and length (of this answer, -1 = unknown) are those of
 * the answer that the piece belongs to. */
bool sq_transfer_header(struct sq_transfer *t, sq_str line);
bool sq_transfer_body(struct sq_transfer *t, sq_str bytes, int status,
                      long long length);
/* Sets fault and why; returns false. */
bool sq_transfer_fail(struct sq_transfer *t, enum sq_http_fault fault,
                      const char *why);

/* Sets the result's text, as one printable line: what a server sent may be
 * quoted in it. */
void sq_transfer_error(struct sq_http_result *result, const char *text);

/* Are scheme, host and port written alike? Another way to write the same counts
 * as another. */
bool sq_transfer_same_origin(const char *a, const char *b);

#endif
