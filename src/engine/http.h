#ifndef SQ_ENGINE_HTTP_H
#define SQ_ENGINE_HTTP_H
/*
 * HTTP: one libcurl multi handle, one thread, any number of transfers. It knows
 * no model: it sends bytes, bounds what comes back and reports; one submit is
 * at most one request on the wire (but for redirects of a GET). TLS
 * certificates are always verified; proxies come from the environment. The
 * process must ignore SIGPIPE (sq_stop_install does).
 *
 * libcurl pulls in some thirty libraries, several milliseconds of every start.
 * So http.c is built as a module (http.so) that sq_http_load opens when a URL
 * is first needed; its functions are reached through the table below.
 */
#include "seqeval.h"

struct sq_http;

/* Ceilings and limits of a pump. */
struct sq_http_config {
    long max_connections;   /* in parallel, 0 = no limit of ours */
    size_t max_held;        /* bytes of all bodies in memory at a time; a
                               transfer that would pass it is TOO_BIG; 0 =
                               256 MiB */
    long receive_bytes;     /* the buffer that each transfer reads into: most
                               of the memory of many in flight; 0 = 4096 */
    const char *cacert;     /* PEM file, NULL = the system's */
    const char *user_agent; /* NULL = "seqeval/VERSION" */
};

enum sq_http_fault {
    SQ_HTTP_OK,      /* a final status from the server, whatever it is */
    SQ_HTTP_CONNECT, /* resolve, connect, TLS set-up */
    SQ_HTTP_TIMEOUT, /* connect, first byte, idle or total limit */
    SQ_HTTP_CUT,     /* reset or closed before the end, or no HTTP */
    SQ_HTTP_TOO_BIG, /* body or headers over their ceiling */
    SQ_HTTP_TLS,     /* certificate refused: never retried */
    SQ_HTTP_OTHER
};

struct sq_http_result {
    enum sq_http_fault fault;
    int status;             /* of the last answer, 0 = none */
    sq_str body;            /* borrowed for the call; empty with a sink */
    int64_t retry_after_ms; /* asked for by the server, -1 = not */
    int64_t rest_ms;        /* a limit of the server's has nothing left for so
                               long; -1 = none says so */
    int64_t latency_ms;     /* of this attempt */
    int64_t first_ms;       /* until its body began, -1 = it did not */
    char error[256];        /* one line, no secret in it; "" when fault is OK */
};

/* One transfer. Copied by submit, but for what the pointers point to, which
 * must live until done is called. */
struct sq_http_request {
    const char *url;            /* http, https or (GET) file */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL;
                                   sent to no host but the URL's */
    sq_str body;                /* sent by POST; p == NULL means GET */
    size_t max_body;            /* ceiling for what comes back, decoded */
    /* 0 = none; all but the idle one count from the start. Idle is the time
     * between two pieces of an answer that has begun. */
    int64_t connect_timeout_ms, first_byte_timeout_ms, idle_timeout_ms,
        timeout_ms;
    int64_t delay_ms;      /* start not before this long from now */
    long long resume_from; /* Range: bytes=N-, 0 = whole; GET only */
    /* Where the body goes instead of memory; false stops the transfer (OTHER).
     * It is called only for a 2xx: 206 when the bytes begin at resume_from,
     * else 200 and they begin at 0 (file:// behaves as a server with ranges).
     * total is the size of the whole resource, -1 when the server does not
     * say. Bytes come as they are stored: no content coding is asked for. */
    bool (*sink)(void *ctx, int status, sq_str bytes, long long total);
    /* Called once, from pump. It may submit, but not pump or close. */
    void (*done)(void *ctx, const struct sq_http_result *result);
    void *ctx;
    const void *owner; /* see drop; may be NULL */
};

struct sq_http_api {
    enum sq_status (*open)(struct sq_http **out,
                           const struct sq_http_config *config,
                           struct sq_err *err);
    /* A URL of another scheme or a POST to a file is SQ_USAGE; done is then
     * not called. Redirects: a GET follows up to five, never from https to
     * http and never with headers to another host; a POST none (3xx is its
     * answer). */
    enum sq_status (*submit)(struct sq_http *h,
                             const struct sq_http_request *request,
                             struct sq_err *err);
    /* Moves every transfer on and calls done for those that ended; waits at
     * most wait_ms for something to happen, not at all when something ended or
     * nothing is in flight. A signal ends the wait. */
    enum sq_status (*pump)(struct sq_http *h, int wait_ms, struct sq_err *err);
    /* Submitted and not yet done, delayed ones too. */
    size_t (*in_flight)(const struct sq_http *h);
    /* Drops what owner has in flight; done is not called. */
    void (*drop)(struct sq_http *h, const void *owner);
    /* Drops what is in flight; done is not called. NULL is allowed. */
    void (*close)(struct sq_http *h);
};

/* The one symbol of the module. */
extern const struct sq_http_api sq_http_api_table;

/* Opens the module; a missing one is SQ_UNAVAILABLE and says how to get it. The
 * table is static and stays loaded. */
enum sq_status sq_http_load(const struct sq_http_api **out,
                            struct sq_err *err) SQ_CHECKED;

/*
 * One pump for all engines of a process, so that one wait serves them all.
 * Zeroed but for config, it may be given to any number of engines
 * (sq_engine_config.http); the first that needs it opens the pump, the last to
 * let go closes it.
 */
struct sq_http_shared {
    struct sq_http_config config;
    const struct sq_http_api *api; /* private, as are the following */
    struct sq_http *pump;
    size_t users;
};
enum sq_status sq_http_shared_get(struct sq_http_shared *s,
                                  struct sq_err *err) SQ_CHECKED;
void sq_http_shared_put(struct sq_http_shared *s);

#endif
