#ifndef SQ_ENGINE_HTTP_H
#define SQ_ENGINE_HTTP_H
/*
 * HTTP: one libcurl multi handle, one thread, any number of transfers. It knows
 * no model: it sends bytes, bounds what comes back, retries by cause and
 * reports. TLS certificates are always verified; proxies come from the
 * environment.
 *
 * libcurl pulls in some thirty libraries, several milliseconds of every start.
 * So http.c is built as a module (http.so) that sq_http_load opens when a URL
 * is first needed; its functions are reached through the table below.
 */
#include "seqeval.h"

struct sq_http;

/* Ceilings and limits of a pump. */
struct sq_http_config {
    long max_connections; /* in parallel, 0 = no limit of ours */
    const char *cacert;   /* PEM file, NULL = the system's */
    const char *user_agent;
};

enum sq_http_fault {
    SQ_HTTP_OK,      /* a final status from the server, whatever it is */
    SQ_HTTP_CONNECT, /* resolve, connect, TLS set-up */
    SQ_HTTP_TIMEOUT, /* connect, first byte, idle or total limit */
    SQ_HTTP_CUT,     /* reset or closed before the end */
    SQ_HTTP_TOO_BIG, /* body or headers over their ceiling */
    SQ_HTTP_TLS,     /* certificate refused: never retried */
    SQ_HTTP_OTHER
};

struct sq_http_result {
    enum sq_http_fault fault;
    int status;             /* of the last answer, 0 = none */
    sq_str body;            /* borrowed for the call; empty with a sink */
    int64_t retry_after_ms; /* asked for by the server, -1 = not */
    int64_t latency_ms;     /* of this attempt */
    char error[256];        /* one line, no secret in it */
};

/* One transfer. Copied by submit, but for what the pointers point to, which
 * must live until done is called. */
struct sq_http_request {
    const char *url;
    const char *const
        *headers;    /* "Name: value", NULL-terminated; may be NULL */
    sq_str body;     /* sent by POST; p == NULL means GET */
    size_t max_body; /* ceiling for what comes back */
    int64_t connect_timeout_ms, first_byte_timeout_ms, idle_timeout_ms,
        timeout_ms;        /* 0 = none */
    int64_t delay_ms;      /* start not before this long from now */
    long long resume_from; /* Range: bytes=N-, 0 = whole */
    /* Where the body goes instead of memory; false stops the transfer. It is
     * called only for a 2xx (file:// counts as 200). total is -1 when the
     * server does not say. */
    bool (*sink)(void *ctx, int status, sq_str bytes, long long total);
    void (*done)(void *ctx, const struct sq_http_result *result);
    void *ctx;
};

struct sq_http_api {
    enum sq_status (*open)(struct sq_http **out,
                           const struct sq_http_config *config,
                           struct sq_err *err);
    enum sq_status (*submit)(struct sq_http *h,
                             const struct sq_http_request *request,
                             struct sq_err *err);
    /* Moves every transfer on and calls done for those that ended; waits at
     * most wait_ms for something to happen. */
    enum sq_status (*pump)(struct sq_http *h, int wait_ms, struct sq_err *err);
    size_t (*in_flight)(const struct sq_http *h);
    /* Drops what is in flight; done is not called. */
    void (*close)(struct sq_http *h);
};

/* Opens the module; a missing one is SQ_UNAVAILABLE and says how to get it. The
 * table is static and stays loaded. */
enum sq_status sq_http_load(const struct sq_http_api **out,
                            struct sq_err *err) SQ_CHECKED;

#endif
