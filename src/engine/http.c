/* The pump over libcurl's multi interface, driven by its sockets: a step costs
 * what is ready, not what is in flight. Our own deadlines (delay, first byte,
 * idle) stand in one heap; connect and total limits are libcurl's. */
#include "engine/http.h"
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/path.h"
#include "engine/poller.h"
#include "engine/transfer.h"

enum { MAX_REDIRECTS = 5, EVENTS = 256 };

struct exchange {
    struct sq_transfer t; /* first */
    struct sq_http *http;
    CURL *easy;
    struct curl_slist *headers;
    char *location; /* where a redirect led, else NULL */
    int redirects;
    bool sent;    /* its request went out */
    bool foreign; /* redirected to another host: send no headers */
    char curl_error[CURL_ERROR_SIZE];
};

struct sq_http {
    CURLM *multi;
    struct sq_poller *poller;
    struct sq_transfers all;
    int64_t curl_at; /* when libcurl wants to be called, -1 = not */
    bool ended;      /* a transfer ended in this pump */
    char *cacert, *user_agent;
    long receive_bytes;
    struct sq_poll_event events[EVENTS];
};

/* ---- callbacks of libcurl ---------------------------------------------- */

/* Status of the answer that is coming in. */
static int status_of(const struct exchange *x)
{
    long status = 0;
    if (x->t.file)
        return x->t.req.resume_from > 0 ? 206 : 200;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    sq_str line = {p, size * n};
    return sq_transfer_header(&x->t, line) ? line.n : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    sq_str bytes = {p, size * n};
    curl_off_t length = -1;
    curl_easy_getinfo(x->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    return sq_transfer_body(&x->t, bytes, status_of(x), length) ? bytes.n : 0;
}

static const char closed[] = "connection closed before an answer";

/* Called before a request goes out. libcurl sends one again by itself when a
 * kept connection closes without an answer; who counts and pays for requests
 * must know, so the second is stopped here and the caller decides. */
static int on_send(void *ctx, char *remote_ip, char *local_ip, int remote_port,
                   int local_port)
{
    struct exchange *x = ctx;
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    sq_transfer_connected(&x->t);
    if (x->sent && x->t.req.body.p) {
        /* A reset has left its word; a close says nothing. */
        sq_transfer_fail(&x->t, SQ_HTTP_CUT,
                         x->curl_error[0] ? x->curl_error : closed);
        return CURL_PREREQFUNC_ABORT;
    }
    x->sent = true;
    return CURL_PREREQFUNC_OK;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx,
                     void *unused)
{
    struct sq_http *h = ctx;
    (void)easy;
    (void)unused;
    int want = what == CURL_POLL_IN      ? SQ_POLL_IN
               : what == CURL_POLL_OUT   ? SQ_POLL_OUT
               : what == CURL_POLL_INOUT ? SQ_POLL_IN | SQ_POLL_OUT
                                         : 0;
    sq_poller_set(h->poller, fd, want);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
    struct sq_http *h = ctx;
    (void)multi;
    h->curl_at = ms < 0 ? -1 : sq_clock_ms() + ms;
    return 0;
}

/* ---- one transfer ------------------------------------------------------ */

/* Options that never change; false when this libcurl lacks one. */
static bool set_up_easy(struct exchange *x)
{
    struct sq_http *h = x->http;
    const char *ca = NULL;
    CURL *e = x->easy;
    bool ok = true;
#define SET(option, value)                                                     \
    (ok = curl_easy_setopt(e, CURLOPT_##option, value) == CURLE_OK && ok)
    SET(PRIVATE, x);
    SET(NOSIGNAL, 1L);
    SET(ERRORBUFFER, x->curl_error);
    SET(PROTOCOLS_STR, "http,https,file");
    SET(FOLLOWLOCATION, 0L);
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(SSL_VERIFYPEER, 1L);
    SET(SSL_VERIFYHOST, 2L);
    SET(TCP_KEEPALIVE, 1L);
    SET(SUPPRESS_CONNECT_HEADERS, 1L);
    SET(USERAGENT, h->user_agent);
    SET(HEADERFUNCTION, on_header);
    SET(HEADERDATA, x);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, x);
    SET(PREREQFUNCTION, on_send);
    SET(PREREQDATA, x);
    /* Not to be changed in a handle that has the buffer already. */
    SET(BUFFERSIZE, h->receive_bytes);
    if (h->cacert)
        SET(CAINFO, h->cacert);
    /* With a folder of certificates beside the file, libcurl cannot keep what
     * it read and reads all of them for each connection. */
    curl_easy_getinfo(e, CURLINFO_CAINFO, &ca);
    if (ca && sq_path_exists(ca))
        SET(CAPATH, NULL);
#undef SET
    return ok;
}

static const char *url_of(const struct exchange *x)
{
    return x->location ? x->location : x->t.req.url;
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static bool set_headers(struct exchange *x)
{
    bool ok = true;
    curl_slist_free_all(x->headers);
    x->headers = NULL;
    /* Else libcurl waits for a "100 Continue" before it sends a long body. */
    if (x->t.req.body.p)
        ok = add_header(&x->headers, "Expect:");
    for (size_t i = 0;
         ok && !x->foreign && x->t.req.headers && x->t.req.headers[i]; i++)
        ok = add_header(&x->headers, x->t.req.headers[i]);
    return curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers) ==
               CURLE_OK &&
           ok;
}

static bool set_range(struct exchange *x)
{
    char range[32];
    if (x->t.req.resume_from <= 0)
        return curl_easy_setopt(x->easy, CURLOPT_RANGE, NULL) == CURLE_OK;
    snprintf(range, sizeof(range), "%lld-", x->t.req.resume_from);
    return curl_easy_setopt(x->easy, CURLOPT_RANGE, range) == CURLE_OK;
}

static long limit(int64_t ms)
{
    return ms <= 0 ? 0 : ms < LONG_MAX ? (long)ms : LONG_MAX;
}

/* Options of this request: all that differ must be set each time, the handle
 * has served another before. */
static bool set_request(struct exchange *x)
{
    const struct sq_http_request *r = &x->t.req;
    const char *url = url_of(x);
    CURL *e = x->easy;
    bool ok = set_headers(x);
    ok = set_range(x) && ok;
#define SET(option, value)                                                     \
    (ok = curl_easy_setopt(e, CURLOPT_##option, value) == CURLE_OK && ok)
    SET(URL, url);
    if (r->body.p) {
        SET(POST, 1L);
        SET(POSTFIELDS, r->body.p);
        SET(POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
    } else {
        SET(HTTPGET, 1L);
    }
    SET(ACCEPT_ENCODING, r->sink ? NULL : "gzip");
    SET(CONNECTTIMEOUT_MS, limit(r->connect_timeout_ms));
    SET(TIMEOUT_MS, limit(r->timeout_ms));
    /* Wait and see if the first connection can carry more than one at a time;
     * only TLS says so before the first answer. */
    SET(PIPEWAIT, strncasecmp(url, "https:", 6) == 0 ? 1L : 0L);
#undef SET
    return ok;
}

static void finish(struct exchange *x, enum sq_http_fault fault,
                   const char *text);

static void launch(struct exchange *x)
{
    sq_transfer_start(&x->t, x->redirects > 0);
    x->sent = false;
    x->curl_error[0] = '\0';
    if (!set_request(x) ||
        curl_multi_add_handle(x->http->multi, x->easy) != CURLM_OK)
        finish(x, SQ_HTTP_OTHER, "libcurl does not take the request");
}

static void exchange_free(struct exchange *x)
{
    curl_easy_cleanup(x->easy);
    curl_slist_free_all(x->headers);
    sq_buf_release(&x->t.body);
    free(x->location);
    free(x);
}

/* ---- the end of a transfer --------------------------------------------- */

static int64_t retry_after_ms(const struct exchange *x)
{
    curl_off_t seconds = 0;
    if (x->t.hint.after_ms >= 0)
        return x->t.hint.after_ms;
    if (curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &seconds) ==
            CURLE_OK &&
        seconds > 0)
        return seconds < INT64_MAX / 1000 ? (int64_t)seconds * 1000 : INT64_MAX;
    return sq_retry_hint_ms(&x->t.hint);
}

static void finish(struct exchange *x, enum sq_http_fault fault,
                   const char *text)
{
    struct sq_transfer *t = &x->t;
    struct sq_http_result result = {0};
    result.fault = fault;
    result.status = t->file && fault != SQ_HTTP_OK ? 0 : status_of(x);
    result.latency_ms = sq_clock_ms() - t->started_ms;
    result.retry_after_ms = retry_after_ms(x);
    result.first_ms = t->first_ms < 0 ? -1 : t->first_ms - t->started_ms;
    result.rest_ms = sq_retry_hint_rest_ms(&t->hint);
    if (fault != SQ_HTTP_OK)
        sq_transfer_error(&result, text);
    if (!t->req.sink)
        result.body = sq_buf_str(&t->body);
    curl_multi_remove_handle(x->http->multi, x->easy);
    sq_transfer_leave(t);
    x->http->ended = true;
    t->req.done(t->req.ctx, &result);
    sq_transfer_spare(t);
}

static enum sq_http_fault fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return SQ_HTTP_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
        return SQ_HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return SQ_HTTP_TIMEOUT;
    case CURLE_UNSUPPORTED_PROTOCOL: /* the answer is no HTTP/1 */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
        return SQ_HTTP_CUT;
    case CURLE_OUT_OF_MEMORY: /* so libcurl calls a header line over 100 kB */
        return SQ_HTTP_TOO_BIG;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return SQ_HTTP_TLS;
    default:
        return SQ_HTTP_OTHER;
    }
}

/* Where this answer sends a GET; NULL when it does not. */
static const char *redirect_of(const struct exchange *x)
{
    long status = 0;
    char *to = NULL;
    if (x->t.req.body.p || x->t.file)
        return NULL;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status / 100 != 3)
        return NULL;
    curl_easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &to);
    return to;
}

static void follow(struct exchange *x, const char *to)
{
    const char *from = url_of(x);
    struct sq_http_request *r = &x->t.req;
    bool secure = strncasecmp(to, "https://", 8) == 0;
    if (++x->redirects > MAX_REDIRECTS) {
        finish(x, SQ_HTTP_OTHER, "redirected too often");
        return;
    }
    if (!secure && (strncasecmp(to, "http://", 7) != 0 ||
                    strncasecmp(from, "https:", 6) == 0)) {
        finish(x, SQ_HTTP_OTHER, "redirected to where it is not safe to go");
        return;
    }
    x->foreign = x->foreign || !sq_transfer_same_origin(from, to);
    char *location = sq_xstrdup(to); /* to is the handle's */
    curl_multi_remove_handle(x->http->multi, x->easy);
    sq_transfer_connected(&x->t);
    sq_transfer_drop_body(&x->t);
    free(x->location);
    x->location = location;
    if (r->timeout_ms > 0 && x->t.started_ms + r->timeout_ms <= sq_clock_ms())
        finish(x, SQ_HTTP_TIMEOUT, "its time limit passed in redirects");
    else
        launch(x);
}

static void complete(struct exchange *x, CURLcode code)
{
    const char *text =
        x->curl_error[0] ? x->curl_error : curl_easy_strerror(code);
    const char *to = code == CURLE_OK ? redirect_of(x) : NULL;
    if (x->t.fault != SQ_HTTP_OK)
        finish(x, x->t.fault, x->t.why);
    else if (to)
        follow(x, to);
    else if (code == CURLE_OUT_OF_MEMORY)
        finish(x, SQ_HTTP_TOO_BIG, "a header line over its ceiling");
    else
        finish(x, fault_of(code), text);
}

/* ---- the pump ---------------------------------------------------------- */

static enum sq_status act(struct sq_http *h, curl_socket_t fd, int mask,
                          struct sq_err *err)
{
    int running;
    CURLMcode rc = curl_multi_socket_action(h->multi, fd, mask, &running);
    if (rc != CURLM_OK)
        return sq_err_set(err, SQ_INTERNAL, "libcurl: %s",
                          curl_multi_strerror(rc));
    return SQ_OK;
}

static void collect(struct sq_http *h)
{
    struct CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
        CURLcode code = msg->data.result;
        char *x = NULL;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &x);
        complete((struct exchange *)(void *)x, code);
    }
}

/* All that can be done without waiting. */
static enum sq_status advance(struct sq_http *h, struct sq_err *err)
{
    enum sq_status status = SQ_OK;
    int64_t now = sq_clock_ms();
    struct sq_timer *due;
    struct sq_transfer *next;
    collect(h);
    while ((due = sq_timers_first(&h->all.timers)) != NULL && due->at <= now) {
        const char *why = sq_transfer_timer((struct sq_transfer *)due, now);
        if (why)
            finish((struct exchange *)due, SQ_HTTP_TIMEOUT, why);
    }
    for (;;) {
        while ((next = sq_transfer_next(&h->all)) != NULL)
            launch((struct exchange *)next);
        if (h->curl_at < 0 || h->curl_at > now || status != SQ_OK)
            return status;
        h->curl_at = -1;
        status = act(h, CURL_SOCKET_TIMEOUT, 0, err);
        collect(h);
    }
}

static int time_to_wait(const struct sq_http *h, int wait_ms)
{
    int64_t now = sq_clock_ms();
    int64_t until = now + (wait_ms > 0 ? wait_ms : 0);
    const struct sq_timer *first = sq_timers_first(&h->all.timers);
    if (first && first->at < until)
        until = first->at;
    if (h->curl_at >= 0 && h->curl_at < until)
        until = h->curl_at;
    return until > now ? (int)(until - now) : 0;
}

static enum sq_status http_pump(struct sq_http *h, int wait_ms,
                                struct sq_err *err)
{
    h->ended = false;
    enum sq_status status = advance(h, err);
    if (status != SQ_OK || h->all.in_flight == 0)
        return status;
    if (h->ended)
        wait_ms = 0;
    int n =
        sq_poller_wait(h->poller, time_to_wait(h, wait_ms), h->events, EVENTS);
    if (n < 0)
        return sq_err_set(err, SQ_INTERNAL, "waiting for sockets: %s",
                          strerror(errno));
    for (int i = 0; i < n && status == SQ_OK; i++) {
        int ready = h->events[i].ready;
        status = act(h, h->events[i].fd,
                     (ready & SQ_POLL_IN ? CURL_CSELECT_IN : 0) |
                         (ready & SQ_POLL_OUT ? CURL_CSELECT_OUT : 0) |
                         (ready & SQ_POLL_BAD ? CURL_CSELECT_ERR : 0),
                     err);
    }
    return status == SQ_OK ? advance(h, err) : status;
}

/* ---- the table --------------------------------------------------------- */

static void free_list(struct sq_transfer *t)
{
    while (t) {
        struct exchange *x = (struct exchange *)t;
        t = t->next;
        curl_multi_remove_handle(x->http->multi, x->easy);
        exchange_free(x);
    }
}

static void http_close(struct sq_http *h)
{
    if (!h)
        return;
    free_list(h->all.flying);
    free_list(h->all.spare);
    curl_multi_cleanup(h->multi);
    sq_poller_free(h->poller);
    sq_timers_release(&h->all.timers);
    free(h->cacert);
    free(h->user_agent);
    free(h);
    curl_global_cleanup();
}

static enum sq_status http_open(struct sq_http **out,
                                const struct sq_http_config *config,
                                struct sq_err *err)
{
    long most = config->max_connections;
    if (config->cacert && !sq_path_exists(config->cacert))
        return sq_err_set(err, SQ_INPUT, "%s: no such file of certificates",
                          config->cacert);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return sq_err_set(err, SQ_UNAVAILABLE, "libcurl does not start");
    sq_poller_allow(most > 0 ? (size_t)most : 8192);
    struct sq_http *h = sq_xcalloc(1, sizeof(*h));
    h->curl_at = -1;
    sq_transfers_init(&h->all,
                      config->max_held ? config->max_held : (size_t)256 << 20);
    h->cacert = config->cacert ? sq_xstrdup(config->cacert) : NULL;
    h->receive_bytes = config->receive_bytes > 0 ? config->receive_bytes : 4096;
    h->user_agent = sq_xstrdup(config->user_agent ? config->user_agent
                                                  : "seqeval/" SQ_VERSION);
    h->poller = sq_poller_new();
    h->multi = curl_multi_init();
    if (!h->multi) {
        sq_err_set(err, SQ_UNAVAILABLE, "libcurl does not start");
        http_close(h);
        return SQ_UNAVAILABLE;
    }
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
    /* Kept open while idle; libcurl's default shrinks with what is in flight,
     * so that a lull would close what the next moment needs. */
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, most > 0 ? most : 4096L);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    *out = h;
    return SQ_OK;
}

static struct exchange *exchange_new(struct sq_http *h)
{
    struct exchange *x = sq_xcalloc(1, sizeof(*x));
    x->http = h;
    sq_buf_init(&x->t.body, SIZE_MAX);
    x->easy = curl_easy_init();
    if (x->easy && set_up_easy(x))
        return x;
    exchange_free(x);
    return NULL;
}

static enum sq_status http_submit(struct sq_http *h,
                                  const struct sq_http_request *request,
                                  struct sq_err *err)
{
    enum sq_status status = sq_transfer_check(request, err);
    if (status != SQ_OK)
        return status;
    struct exchange *x = (struct exchange *)h->all.spare;
    if (x)
        h->all.spare = x->t.next;
    else
        x = exchange_new(h);
    if (!x)
        return sq_err_set(err, SQ_UNAVAILABLE,
                          "this libcurl is too old (%s): 7.85 is needed",
                          curl_version_info(CURLVERSION_NOW)->version);
    x->redirects = 0;
    x->foreign = false;
    free(x->location);
    x->location = NULL;
    sq_transfer_enter(&h->all, &x->t, request);
    return SQ_OK;
}

static void http_drop(struct sq_http *h, const void *owner)
{
    for (struct sq_transfer *t = h->all.flying, *next; t; t = next) {
        next = t->next;
        if (t->req.owner != owner)
            continue;
        curl_multi_remove_handle(h->multi, ((struct exchange *)t)->easy);
        sq_transfer_leave(t);
        sq_transfer_spare(t);
    }
}

static size_t http_in_flight(const struct sq_http *h)
{
    return h->all.in_flight;
}

const struct sq_http_api sq_http_api_table = {
    .open = http_open,
    .submit = http_submit,
    .pump = http_pump,
    .in_flight = http_in_flight,
    .drop = http_drop,
    .close = http_close,
};
