/* The pump against the stub over real sockets. */
#include "http_fixture.h"
#include <time.h>

static void posts_and_gets(void **state)
{
    struct fixture *f = *state;
    struct got g;
    const char *const headers[] = {"X-Mine: 7", "Content-Type: text/x", NULL};
    struct sq_http_request r = request_of(url_of(f, "/v1/x"), &g);
    r.body = SQ_STR(QUESTION);
    r.headers = headers;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OK);
    assert_int_equal(g.status, 200);
    assert_non_null(strstr(g.body, "wie geht's?"));
    assert_int_equal(g.retry_after_ms, -1);
    char *line = last_logged(f);
    assert_non_null(strstr(line, "\"method\":\"POST\",\"path\":\"/v1/x\""));
    assert_non_null(strstr(line, "\"X-Mine\":\"7\""));
    assert_non_null(strstr(line, "\"Content-Type\":\"text/x\""));
    assert_non_null(strstr(line, "\"User-Agent\":\"seqeval/"));
    assert_null(strstr(line, "Expect"));
    free(line);
    r = request_of(url_of(f, "/data"), &g);
    perform(f, &r);
    assert_int_equal(g.n, 3000);
}

static void tells_faults_apart(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path;
        enum sq_http_fault fault;
        int status;
    } cases[] = {
        {"/_fault/500", SQ_HTTP_OK, 500},
        {"/_fault/404", SQ_HTTP_OK, 404},
        {"/_fault/malformed", SQ_HTTP_OK, 200},
        {"/_fault/reset", SQ_HTTP_CUT, 0},
        {"/_fault/close", SQ_HTTP_CUT, 0},
        {"/_fault/cut", SQ_HTTP_CUT, 200},
        {"/_fault/garbage", SQ_HTTP_CUT, 0},
        {"/_fault/stall", SQ_HTTP_TIMEOUT, 0},
        {"/_fault/halt", SQ_HTTP_TIMEOUT, 200},
        {"/_fault/drip", SQ_HTTP_TIMEOUT, 200},
        {"/_fault/big", SQ_HTTP_TOO_BIG, 200},
        {"/_fault/endless", SQ_HTTP_TOO_BIG, 200},
        {"/_fault/bomb", SQ_HTTP_TOO_BIG, 200},
        {"/_fault/headers", SQ_HTTP_TOO_BIG, 200},
        {"/_fault/header", SQ_HTTP_TOO_BIG, 200},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct got g;
        struct sq_http_request r = request_of(url_of(f, cases[i].path), &g);
        r.body = SQ_STR(QUESTION);
        r.timeout_ms = 600;
        if (cases[i].fault != SQ_HTTP_TIMEOUT)
            r.timeout_ms = 10000;
        perform(f, &r);
        if (g.fault != cases[i].fault || g.status != cases[i].status)
            fail_msg("%s: fault %d, status %d, %s", cases[i].path, g.fault,
                     g.status, g.error);
        assert_true(g.latency_ms < 5000);
    }
}

static void keeps_its_time_limits(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_fault/stall"), &g);
    r.first_byte_timeout_ms = 150;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_TIMEOUT);
    assert_non_null(strstr(g.error, "began"));
    assert_in_range(g.latency_ms, 140, 1500);

    r = request_of(url_of(f, "/_fault/halt"), &g);
    r.first_byte_timeout_ms = 5000;
    r.idle_timeout_ms = 150;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_TIMEOUT);
    assert_non_null(strstr(g.error, "stood still"));
    assert_in_range(g.latency_ms, 140, 1500);

    /* A byte each 100 ms is slow, not still: the total limit ends it. */
    r = request_of(url_of(f, "/_fault/drip"), &g);
    r.first_byte_timeout_ms = r.idle_timeout_ms = 300;
    r.timeout_ms = 900;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_TIMEOUT);
    assert_in_range(g.latency_ms, 890, 2500);
}

static void no_server_no_connection(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of("http://127.0.0.1:1/x", &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_CONNECT);
    r = request_of("http://no-such-host.invalid/x", &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_CONNECT);
}

static void hears_retry_after(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_fault/429"), &g);
    r.body = SQ_STR(QUESTION);
    perform(f, &r);
    assert_int_equal(g.status, 429);
    assert_int_equal(g.retry_after_ms, 2000);
}

static void hears_retry_after_dates(void **state)
{
    (void)state;
    struct fixture f = *(struct fixture *)*state;
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed",
                                    "Thu", "Fri", "Sat"};
    char date[64];
    struct got g;
    time_t then = time(NULL) + 60;
    struct tm tm;
    gmtime_r(&then, &tm);
    size_t n = (size_t)snprintf(date, sizeof(date), "%s", days[tm.tm_wday]);
    strftime(date + n, sizeof(date) - n, ", %d %b %Y %H:%M:%S GMT", &tm);
    const char *args[] = {"--retry-after", date, NULL};
    struct stub_child stub;
    assert_true(stub_start(&stub, args));
    f.stub = stub;
    struct sq_http_request r = request_of(url_of(&f, "/_fault/503"), &g);
    perform(&f, &r);
    stub_stop(&stub);
    assert_int_equal(g.status, 503);
    assert_in_range(g.retry_after_ms, 50000, 61000);
}

static void unpacks_gzip(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_fault/gzip"), &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OK);
    assert_memory_equal(g.body, "{\"id\":\"stub\"", 12);
}

static void bounds_what_all_hold(void **state)
{
    struct fixture *f = *state;
    struct sq_http_config config = {.max_held = 4000};
    struct sq_err err = {0};
    struct sq_http *whole = f->h;
    struct got g[2];
    assert_int_equal(f->api->open(&f->h, &config, &err), SQ_OK);
    for (int i = 0; i < 2; i++) {
        struct sq_http_request r = request_of(url_of(f, "/data"), &g[i]);
        perform(f, &r); /* one after the other fit */
        assert_int_equal(g[i].fault, SQ_HTTP_OK);
    }
    struct sq_http_request r = request_of(url_of(f, "/_fault/big"), &g[0]);
    perform(f, &r);
    assert_int_equal(g[0].fault, SQ_HTTP_TOO_BIG);
    r = request_of(url_of(f, "/data"), &g[0]);
    perform(f, &r);
    assert_int_equal(g[0].fault, SQ_HTTP_OK);
    f->api->close(f->h);
    f->h = whole;
}

/* libcurl would send a request again by itself when a kept connection ends. */
static void sends_nothing_twice(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/v1/x"), &g);
    r.body = SQ_STR(QUESTION);
    perform(f, &r);
    assert_int_equal(g.status, 200);
    long before = requests_seen(f);
    r.url = url_of(f, "/_fault/close");
    g.calls = 0;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_CUT);
    assert_int_equal(requests_seen(f), before + 1);
}

static void refuses_other_urls(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};
    struct got g;
    static const char *const urls[] = {"ftp://127.0.0.1/x", "x", "",
                                       "gopher://127.0.0.1/x"};
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct sq_http_request r = request_of(urls[i], &g);
        assert_int_equal(f->api->submit(f->h, &r, &err), SQ_USAGE);
    }
    struct sq_http_request r = request_of("file:///dev/null", &g);
    r.body = SQ_STR("x");
    assert_int_equal(f->api->submit(f->h, &r, &err), SQ_USAGE);
    assert_int_equal(f->api->in_flight(f->h), 0);
    assert_int_equal(g.calls, 0);
}

static void starts_later_when_asked(void **state)
{
    struct fixture *f = *state;
    struct got late;
    struct got now;
    struct sq_err err = {0};
    int64_t begun = sq_clock_ms();
    struct sq_http_request r = request_of(url_of(f, "/data"), &late);
    r.delay_ms = 300;
    assert_int_equal(f->api->submit(f->h, &r, &err), SQ_OK);
    r = request_of(url_of(f, "/data"), &now);
    assert_int_equal(f->api->submit(f->h, &r, &err), SQ_OK);
    while (now.calls == 0)
        assert_int_equal(f->api->pump(f->h, 100, &err), SQ_OK);
    assert_int_equal(late.calls, 0);
    assert_int_equal(f->api->in_flight(f->h), 1);
    drain(f);
    assert_int_equal(late.status, 200);
    assert_in_range(sq_clock_ms() - begun, 300, 2000);
    assert_true(late.latency_ms < 250); /* the wait is not the server's */
}

static void carries_many_at_once(void **state)
{
    struct fixture *f = *state;
    enum { N = 600 };
    static struct got got[N];
    struct sq_err err = {0};
    for (size_t i = 0; i < N; i++) {
        struct sq_http_request r =
            request_of(i % 7 ? f->stub.base : "http://127.0.0.1:1/", &got[i]);
        r.body = SQ_STR(QUESTION);
        r.delay_ms = (int64_t)(i % 5);
        assert_int_equal(f->api->submit(f->h, &r, &err), SQ_OK);
    }
    drain(f);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(got[i].calls, 1);
        assert_int_equal(got[i].fault, i % 7 ? SQ_HTTP_OK : SQ_HTTP_CONNECT);
    }
}

static void drops_by_owner(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};
    struct got got[6];
    for (size_t i = 0; i < 6; i++) {
        struct sq_http_request r = request_of(f->stub.base, &got[i]);
        r.body = SQ_STR(QUESTION);
        r.owner = &got[i % 2];
        r.delay_ms = i < 2 ? 50 : 0;
        assert_int_equal(f->api->submit(f->h, &r, &err), SQ_OK);
        if (i == 3)
            assert_int_equal(f->api->pump(f->h, 0, &err), SQ_OK);
    }
    size_t before = f->api->in_flight(f->h);
    f->api->drop(f->h, &got[1]);
    assert_true(f->api->in_flight(f->h) < before);
    drain(f);
    for (size_t i = 0; i < 6; i += 2)
        assert_int_equal(got[i].status, 200);
    assert_int_equal(got[1].calls + got[5].calls, 0);
}

static void close_drops_what_is_in_flight(void **state)
{
    struct fixture *f = *state;
    struct sq_http_config config = {0};
    struct sq_err err = {0};
    struct sq_http *other;
    struct got g[2];
    assert_int_equal(f->api->open(&other, &config, &err), SQ_OK);
    for (int i = 0; i < 2; i++) {
        struct sq_http_request r =
            request_of(url_of(f, "/_fault/stall"), &g[i]);
        r.delay_ms = i * 1000;
        assert_int_equal(f->api->submit(other, &r, &err), SQ_OK);
    }
    for (int i = 0; i < 5; i++)
        assert_int_equal(f->api->pump(other, 10, &err), SQ_OK);
    f->api->close(other);
    assert_int_equal(g[0].calls + g[1].calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_and_gets),
        cmocka_unit_test(tells_faults_apart),
        cmocka_unit_test(keeps_its_time_limits),
        cmocka_unit_test(no_server_no_connection),
        cmocka_unit_test(hears_retry_after),
        cmocka_unit_test(hears_retry_after_dates),
        cmocka_unit_test(unpacks_gzip),
        cmocka_unit_test(bounds_what_all_hold),
        cmocka_unit_test(sends_nothing_twice),
        cmocka_unit_test(refuses_other_urls),
        cmocka_unit_test(starts_later_when_asked),
        cmocka_unit_test(carries_many_at_once),
        cmocka_unit_test(drops_by_owner),
        cmocka_unit_test(close_drops_what_is_in_flight),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
