#ifndef TESTS_UNIT_HTTP_FIXTURE_H
#define TESTS_UNIT_HTTP_FIXTURE_H
/* A pump, a stub to talk to and a file to fetch. */
#include "engine/http.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/clock.h"
#include "base/path.h"
#include "stub_child.h"

struct fixture {
    struct stub_child stub;
    const struct sq_http_api *api;
    struct sq_http *h;
    char dir[64]; /* scratch folder, the stub's root */
    char log[100];
    char data[100]; /* a file of 3,000 bytes below dir */
};

/* What came of one transfer. */
struct got {
    int calls;
    enum sq_http_fault fault;
    int status;
    int64_t retry_after_ms, latency_ms;
    char error[256];
    char body[8192];
    size_t n;
    /* of the sink */
    int sink_status;
    long long total;
    size_t stop_after;
};

static inline void on_done(void *ctx, const struct sq_http_result *r)
{
    struct got *g = ctx;
    g->calls++;
    g->fault = r->fault;
    g->status = r->status;
    g->retry_after_ms = r->retry_after_ms;
    g->latency_ms = r->latency_ms;
    memcpy(g->error, r->error, sizeof(g->error));
    if (r->body.n > 0 && r->body.n < sizeof(g->body)) {
        memcpy(g->body, r->body.p, r->body.n);
        g->n = r->body.n;
    }
}

static inline bool on_bytes(void *ctx, int status, sq_str bytes,
                            long long total)
{
    struct got *g = ctx;
    g->sink_status = status;
    g->total = total;
    if (g->n + bytes.n < sizeof(g->body))
        memcpy(g->body + g->n, bytes.p, bytes.n);
    g->n += bytes.n;
    return g->stop_after == 0 || g->n < g->stop_after;
}

static inline void drain(struct fixture *f)
{
    struct sq_err err = {0};
    int64_t end = sq_clock_ms() + 20000;
    while (f->api->in_flight(f->h) > 0) {
        assert_int_equal(f->api->pump(f->h, 100, &err), SQ_OK);
        assert_true(sq_clock_ms() < end);
    }
}

static inline struct sq_http_request request_of(const char *url, struct got *g)
{
    struct sq_http_request r = {0};
    *g = (struct got){0};
    r.url = url;
    r.max_body = 1 << 20;
    r.timeout_ms = 10000;
    r.done = on_done;
    r.ctx = g;
    return r;
}

static inline void perform(struct fixture *f, const struct sq_http_request *r)
{
    struct sq_err err = {0};
    struct got *g = r->ctx;
    assert_int_equal(f->api->submit(f->h, r, &err), SQ_OK);
    drain(f);
    assert_int_equal(g->calls, 1);
    assert_int_equal(g->fault == SQ_HTTP_OK, g->error[0] == '\0');
}

static inline const char *url_of(const struct fixture *f, const char *path)
{
    static char urls[4][600];
    static size_t turn;
    char *url = urls[turn++ % 4];
    snprintf(url, sizeof(urls[0]), "%s%s", f->stub.base, path);
    return url;
}

static inline int set_up(void **state)
{
    static struct fixture f;
    struct sq_http_config config = {0};
    struct sq_err err = {0};
    char bytes[3000];
    f = (struct fixture){.dir = "/tmp/sq_test_http_XXXXXX"};
    if (!mkdtemp(f.dir))
        return -1;
    snprintf(f.log, sizeof(f.log), "%s/log", f.dir);
    snprintf(f.data, sizeof(f.data), "%s/data", f.dir);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)('a' + i % 23);
    if (sq_path_write(f.data, (sq_str){bytes, sizeof(bytes)}, &err) != SQ_OK)
        return -1;
    const char *args[] = {"--echo", "--retry-after", "2",   "--root",
                          f.dir,    "--log",         f.log, NULL};
    if (!stub_start(&f.stub, args))
        return -1;
    if (sq_http_load(&f.api, &err) != SQ_OK ||
        f.api->open(&f.h, &config, &err) != SQ_OK) {
        print_error("%s\n", err.msg);
        return -1;
    }
    *state = &f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    f->api->close(f->h);
    stub_stop(&f->stub);
    unlink(f->log);
    unlink(f->data);
    return rmdir(f->dir);
}

/* How many requests the stub saw; the look itself is not counted. */
static inline long requests_seen(struct fixture *f)
{
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_stats"), &g);
    perform(f, &r);
    assert_int_equal(g.status, 200);
    return strtol(strstr(g.body, "\"requests\":") + 11, NULL, 10);
}

/* The last line of the stub's log. */
static inline char *last_logged(struct fixture *f)
{
    struct sq_err err = {0};
    char *text = NULL;
    size_t n;
    assert_int_equal(sq_path_read(f->log, 1 << 24, &text, &n, &err), SQ_OK);
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    char *line = strrchr(text, '\n');
    char *copy = strdup(line ? line + 1 : text);
    free(text);
    return copy;
}

#define QUESTION                                                               \
    "{\"messages\":[{\"role\":\"user\",\"content\":\"wie geht's?\"}]}"

#endif
