#include "stub.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "engine/poller.h"
#include "engine/timers.h"

#define MAX_REQUEST ((size_t)64 << 20)

enum state { READING, WAITING, WRITING, HANGING };

struct conn {
    struct sq_timer timer; /* first; in microseconds here */
    struct server *server;
    int fd;
    enum state state;
    bool wants_out;
    bool gone; /* to be freed when this round is over */
    struct conn *next_gone;
    struct sq_buf in;
    size_t head_end; /* 0 = not found yet */
    size_t body_len;
    struct stub_reply reply;
    size_t sent;
    size_t block_at;
};

struct server {
    int epfd, listener;
    struct sq_timers timers;
    struct stub_state state;
    struct conn *gone;
};

/* ---- connections -------------------------------------------------------- */

static void watch(struct conn *c, bool out)
{
    struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0)};
    if (c->wants_out == out)
        return;
    c->wants_out = out;
    e.data.ptr = c;
    epoll_ctl(c->server->epfd, EPOLL_CTL_MOD, c->fd, &e);
}

static void uncount(struct conn *c)
{
    c->server->state.pending -= c->reply.counted;
    c->reply.counted = false;
}

static void drop(struct conn *c, bool reset)
{
    struct server *s = c->server;
    struct linger linger = {1, 0};
    if (c->gone)
        return;
    if (reset)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(c->fd);
    uncount(c);
    sq_timers_clear(&s->timers, &c->timer);
    s->state.open--;
    c->gone = true;
    c->next_gone = s->gone;
    s->gone = c;
}

static void free_gone(struct server *s)
{
    while (s->gone) {
        struct conn *c = s->gone;
        s->gone = c->next_gone;
        sq_buf_release(&c->in);
        sq_buf_release(&c->reply.bytes);
        free(c);
    }
}

static void accept_all(struct server *s)
{
    int fd;
    int one = 1;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        struct conn *c = sq_xcalloc(1, sizeof(*c));
        struct epoll_event e = {.events = EPOLLIN};
        c->server = s;
        c->fd = fd;
        fcntl(fd, F_SETFL, O_NONBLOCK);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        sq_buf_init(&c->in, MAX_REQUEST);
        sq_buf_init(&c->reply.bytes, SIZE_MAX);
        e.data.ptr = c;
        epoll_ctl(s->epfd, EPOLL_CTL_ADD, fd, &e);
        if (++s->state.open > s->state.most_open)
            s->state.most_open = s->state.open;
    }
}

/* ---- writing ------------------------------------------------------------ */

static void next_request(struct conn *c);

static void written(struct conn *c)
{
    watch(c, false);
    switch (c->reply.after) {
    case STUB_CLOSE:
        drop(c, false);
        return;
    case STUB_RESET:
        drop(c, true);
        return;
    case STUB_HANG:
        c->state = HANGING;
        return;
    case STUB_KEEP:
        c->state = READING;
        next_request(c);
        return;
    }
}

/* The block over and over, as much as is due and fits. */
static sq_str fill(const struct conn *c, char *piece, size_t size)
{
    const struct stub_reply *r = &c->reply;
    size_t n = r->repeat < size ? (size_t)r->repeat : size;
    size_t at = c->block_at;
    for (size_t i = 0; i < n; i++) {
        piece[i] = r->block.p[at];
        at = at + 1 == r->block.n ? 0 : at + 1;
    }
    return (sq_str){piece, n};
}

/* What is to go out next, in piece or not; n == 0 when all is out. */
static sq_str pending(const struct conn *c, char *piece, size_t size)
{
    const struct stub_reply *r = &c->reply;
    sq_str all = sq_buf_str(&r->bytes);
    if (c->sent == all.n)
        return fill(c, piece, r->drip_us ? 1 : size);
    if (r->drip_us && c->sent >= r->drip_from)
        return sq_str_sub(all, c->sent, c->sent + 1);
    return sq_str_sub(all, c->sent, r->drip_us ? r->drip_from : all.n);
}

static void advance(struct conn *c, size_t n)
{
    struct stub_reply *r = &c->reply;
    if (c->sent < r->bytes.n) {
        c->sent += n;
        return;
    }
    r->repeat -= n;
    c->block_at = (c->block_at + n) % r->block.n;
}

static void write_some(struct conn *c)
{
    char space[32768];
    c->state = WRITING;
    uncount(c);
    for (;;) {
        sq_str piece = pending(c, space, sizeof(space));
        if (piece.n == 0)
            break;
        ssize_t n = send(c->fd, piece.p, piece.n, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            watch(c, true);
            return;
        }
        if (n <= 0) {
            drop(c, false);
            return;
        }
        advance(c, (size_t)n);
        if (c->reply.drip_us) {
            sq_timers_set(&c->server->timers, &c->timer,
                          sq_clock_us() + c->reply.drip_us);
            return;
        }
    }
    written(c);
}

/* ---- reading ------------------------------------------------------------ */

static size_t content_length(sq_str headers)
{
    static const sq_str name = {"content-length:", 15};
    sq_str rest = headers;
    sq_str line;
    long long n = 0;
    while (sq_str_line(&rest, &line))
        if (sq_str_eq_nocase(sq_str_sub(line, 0, name.n), name))
            (void)sq_str_to_int(sq_str_trim(sq_str_sub(line, name.n, line.n)),
                                &n);
    return n > 0 ? (size_t)n : 0;
}

static void answer(struct conn *c, sq_str head, sq_str body)
{
    struct stub_request q = {.body = body};
    sq_str rest = head;
    sq_str line;
    sq_str_line(&rest, &line);
    sq_str_split(&line, ' ', &q.method);
    sq_str_split(&line, ' ', &q.path);
    q.headers = rest;
    struct sq_buf bytes = c->reply.bytes;
    sq_buf_reset(&bytes);
    c->reply = (struct stub_reply){.bytes = bytes};
    c->sent = c->block_at = 0;
    stub_answer(&c->server->state, &q, &c->reply);
    c->state = WAITING;
    if (c->reply.delay_us > 0)
        sq_timers_set(&c->server->timers, &c->timer,
                      sq_clock_us() + c->reply.delay_us);
    else
        write_some(c);
}

/* Answers the request that is whole in the buffer, if there is one. */
static void next_request(struct conn *c)
{
    sq_str in = sq_buf_str(&c->in);
    if (c->head_end == 0) {
        size_t end = sq_str_find(in, SQ_STR("\r\n\r\n"), 0);
        if (end == SIZE_MAX)
            return;
        c->head_end = end + 4;
        c->body_len = content_length(sq_str_sub(in, 0, end));
    }
    size_t total = c->head_end + c->body_len;
    if (in.n < total)
        return;
    char *left = in.n > total ? sq_str_dup(sq_str_sub(in, total, in.n)) : NULL;
    size_t nleft = in.n - total;
    sq_str head = sq_str_sub(in, 0, c->head_end - 2);
    sq_str body = sq_str_sub(in, c->head_end, total);
    /* answer may come back here for what is left: settle the buffer first. */
    struct sq_buf request = c->in;
    sq_buf_init(&c->in, MAX_REQUEST);
    if (left)
        sq_buf_add(&c->in, (sq_str){left, nleft});
    free(left);
    c->head_end = 0;
    answer(c, head, body);
    sq_buf_release(&request);
}

static void read_some(struct conn *c)
{
    char piece[65536];
    ssize_t n = recv(c->fd, piece, sizeof(piece), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        drop(c, false);
        return;
    }
    sq_buf_add(&c->in, (sq_str){piece, (size_t)n});
    if (c->in.over)
        drop(c, true);
    else if (c->state == READING)
        next_request(c);
}

/* ---- the loop ----------------------------------------------------------- */

static void run_timers(struct server *s)
{
    int64_t now = sq_clock_us();
    struct sq_timer *t;
    while ((t = sq_timers_first(&s->timers)) != NULL && t->at <= now) {
        sq_timers_clear(&s->timers, t);
        write_some((struct conn *)t);
    }
}

/* Waits to the microsecond, which epoll_wait cannot, until something comes or
 * is due: latencies are what they are said to be. */
static void wait_for_work(const struct server *s, int64_t end_us)
{
    const struct sq_timer *t = sq_timers_first(&s->timers);
    int64_t us = (t && t->at < end_us ? t->at : end_us) - sq_clock_us();
    struct timeval left = {us > 0 ? us / 1000000 : 0,
                           us > 0 ? us % 1000000 : 0};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(s->epfd, &set);
    (void)select(s->epfd + 1, &set, NULL, NULL, &left);
}

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
    (void)signal;
    stop = 1;
}

static void serve(struct server *s)
{
    struct epoll_event events[512];
    int64_t end = sq_clock_us() + s->state.options->max_seconds * 1000000;
    while (!stop && sq_clock_us() < end) {
        wait_for_work(s, end);
        int n = epoll_wait(s->epfd, events, 512, 0);
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (!c)
                accept_all(s);
            else if (c->gone)
                continue;
            else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_some(c);
            if (c && !c->gone && c->state == WRITING && c->wants_out)
                write_some(c);
        }
        run_timers(s);
        free_gone(s);
    }
}

/* The port, or -1. */
static int start_listening(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof(at);
    struct epoll_event e = {.events = EPOLLIN};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->epfd = epoll_create1(0);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (s->epfd < 0 || s->listener < 0 ||
        bind(s->listener, (struct sockaddr *)&at, size) != 0 ||
        listen(s->listener, 4096) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &size) != 0 ||
        fcntl(s->listener, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(s->epfd, EPOLL_CTL_ADD, s->listener, &e) != 0)
        return -1;
    return ntohs(at.sin_port);
}

int main(int argc, char **argv)
{
    struct stub_options options;
    struct server server = {.state.options = &options};
    if (!stub_options_parse(&options, argc, argv))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_term);
    sq_poller_allow(8192);
    int port = start_listening(&server);
    if (port < 0) {
        fprintf(stderr, "stub: cannot listen: %s\n", strerror(errno));
        return 1;
    }
    printf("%d\n", port);
    fflush(stdout);
    serve(&server);
    struct sq_buf counts;
    sq_buf_init(&counts, SQ_MAX_MESSAGE);
    stub_stats(&server.state, &counts);
    fputs(counts.p, stdout);
    sq_buf_release(&counts);
    stub_state_release(&server.state);
    sq_timers_release(&server.timers);
    stub_options_release(&options);
    return 0;
}
