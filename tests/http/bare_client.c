/*
 * bare_client URL IN_FLIGHT FILE: posts each line of FILE to URL, so many at a
 * time, and forgets the answers: the least that libcurl's multi interface takes
 * for the requests of a run, to hold seqeval's own cost against. One handle for
 * each request in flight, used again; sockets by epoll; as few options as work.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"

struct client {
    CURLM *multi;
    struct curl_slist *headers;
    const char *url;
    sq_str rest; /* of the requests */
    size_t sent, answered, failed;
    int epfd;
    int64_t timer_at; /* -1 = none */
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    (void)p;
    (void)ctx;
    return size * n;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx,
                     void *known)
{
    struct client *c = ctx;
    struct epoll_event e = {.data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(c->epfd, EPOLL_CTL_DEL, fd, &e);
        return 0;
    }
    e.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
               (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    epoll_ctl(c->epfd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
    curl_multi_assign(c->multi, fd, c);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
    struct client *c = ctx;
    (void)multi;
    c->timer_at = ms < 0 ? -1 : sq_clock_ms() + ms;
    return 0;
}

/* Sends the next request with this handle, if there is one. */
static void send_next(struct client *c, CURL *easy)
{
    sq_str line;
    if (!sq_str_line(&c->rest, &line))
        return;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)line.n);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, line.p);
    curl_multi_add_handle(c->multi, easy);
    c->sent++;
}

static CURL *handle(struct client *c)
{
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, c->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, c->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}

static void take_answers(struct client *c)
{
    struct CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(c->multi, &left)) != NULL) {
        CURL *easy = m->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        c->failed += m->data.result != CURLE_OK || status != 200;
        c->answered++;
        curl_multi_remove_handle(c->multi, easy);
        send_next(c, easy);
    }
}

static void serve(struct client *c)
{
    struct epoll_event events[256];
    int running;
    while (c->answered < c->sent) {
        int64_t wait = c->timer_at < 0 ? 1000 : c->timer_at - sq_clock_ms();
        int n = epoll_wait(c->epfd, events, 256, wait > 0 ? (int)wait : 0);
        for (int i = 0; i < n; i++)
            curl_multi_socket_action(
                c->multi, events[i].data.fd,
                (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                    (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                    (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR
                                                              : 0),
                &running);
        if (c->timer_at >= 0 && c->timer_at <= sq_clock_ms()) {
            c->timer_at = -1;
            curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0,
                                     &running);
        }
        take_answers(c);
    }
}

int main(int argc, char **argv)
{
    struct client c = {.timer_at = -1};
    struct rlimit files = {8192, 8192};
    struct sq_err err = {0};
    char *text = NULL;
    size_t n = 0;
    long long flying = 0;
    if (argc != 4 || !sq_str_to_int(sq_str_from(argv[2]), &flying) ||
        flying < 1) {
        fputs("usage: bare_client URL IN_FLIGHT FILE\n", stderr);
        return 2;
    }
    if (sq_path_read(argv[3], SQ_MAX_CONFIG, &text, &n, &err) != SQ_OK) {
        fprintf(stderr, "bare_client: %s\n", err.msg);
        return 2;
    }
    (void)setrlimit(RLIMIT_NOFILE, &files);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    c.url = argv[1];
    c.rest = (sq_str){text, n};
    c.epfd = epoll_create1(0);
    c.headers = curl_slist_append(NULL, "Content-Type: application/json");
    c.multi = curl_multi_init();
    curl_multi_setopt(c.multi, CURLMOPT_MAXCONNECTS, (long)flying);
    curl_multi_setopt(c.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(c.multi, CURLMOPT_SOCKETDATA, &c);
    curl_multi_setopt(c.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(c.multi, CURLMOPT_TIMERDATA, &c);
    for (long long i = 0; i < flying; i++)
        send_next(&c, handle(&c));
    serve(&c);
    printf("%zu answered, %zu failed\n", c.answered, c.failed);
    free(text);
    return c.failed > 0;
}
