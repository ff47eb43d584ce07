/* Getting data files from a server, which this test plays itself behind the
 * functions of engine/http.h. */
#include "pull_fixture.h"

enum reply {
    END,         /* of the script: 404 */
    WHOLE,       /* 200, all of it */
    RANGE,       /* 206 from where it was asked, 200 without a range */
    HALF,        /* the same, cut after half of what is left */
    UNSATISFIED, /* 416 to a range, 200 without one */
    BUSY,        /* 503, Retry-After: 7 */
    REFUSED,     /* no connection */
    UNTRUSTED,   /* a certificate that does not hold */
    OTHER        /* 200, other content of the same size */
};

struct sq_http {
    const enum reply *script;
    int requests;
    long long ranges[16];
    int64_t delays[16];
    char url[256];
    struct sq_http_request request;
    bool asked;
};
static struct sq_http server;

static enum sq_status fake_open(struct sq_http **out,
                                const struct sq_http_config *config,
                                struct sq_err *err)
{
    (void)config;
    (void)err;
    *out = &server;
    return SQ_OK;
}

static enum sq_status fake_submit(struct sq_http *h,
                                  const struct sq_http_request *request,
                                  struct sq_err *err)
{
    (void)err;
    assert_true(h->requests < 16);
    h->request = *request;
    h->asked = true;
    h->ranges[h->requests] = request->resume_from;
    h->delays[h->requests] = request->delay_ms;
    (void)snprintf(h->url, sizeof h->url, "%s", request->url);
    return SQ_OK;
}

/* Sends content[from, end) in pieces; false when the client stopped it. */
static bool send_range(const struct sq_http_request *q, int status, size_t from,
                       size_t end)
{
    while (from < end) {
        size_t next = from + 40000 < end ? from + 40000 : end;
        if (!q->sink(q->ctx, status, (sq_str){content + from, next - from},
                     SIZE))
            return false;
        from = next;
    }
    return true;
}

static void answer(const struct sq_http_request *q, enum reply how,
                   struct sq_http_result *r)
{
    size_t from = (size_t)q->resume_from;
    *r = (struct sq_http_result){.status = from ? 206 : 200,
                                 .retry_after_ms = -1};
    bool taken = true;
    switch (how) {
    case END:
        r->status = 404;
        break;
    case WHOLE:
        r->status = 200;
        taken = send_range(q, 200, 0, SIZE);
        break;
    case UNSATISFIED:
        r->status = from ? 416 : 200;
        taken = from || send_range(q, 200, 0, SIZE);
        break;
    case RANGE:
        taken = send_range(q, r->status, from, SIZE);
        break;
    case HALF:
        taken = send_range(q, r->status, from, from + (SIZE - from) / 2);
        r->fault = SQ_HTTP_CUT;
        (void)snprintf(r->error, sizeof r->error, "closed before the end");
        break;
    case BUSY:
        r->status = 503;
        r->retry_after_ms = 7000;
        break;
    case REFUSED:
    case UNTRUSTED:
        r->status = 0;
        r->fault = how == REFUSED ? SQ_HTTP_CONNECT : SQ_HTTP_TLS;
        (void)snprintf(r->error, sizeof r->error, "no way in");
        break;
    case OTHER:
        r->status = 200;
        for (size_t i = 0; taken && i < SIZE; i += 1000)
            taken = q->sink(q->ctx, 200, (sq_str){content, 1000}, SIZE);
        break;
    }
    if (!taken)
        r->fault = SQ_HTTP_OTHER;
}

static enum sq_status fake_pump(struct sq_http *h, int wait_ms,
                                struct sq_err *err)
{
    struct sq_http_result result;
    (void)wait_ms;
    (void)err;
    if (!h->asked)
        return SQ_OK;
    h->asked = false;
    answer(&h->request, *h->script, &result);
    h->script += *h->script != END;
    h->requests++;
    h->request.done(h->request.ctx, &result);
    return SQ_OK;
}

static size_t fake_in_flight(const struct sq_http *h)
{
    return h->asked;
}

static void fake_close(struct sq_http *h)
{
    h->asked = false;
}

static const struct sq_http_api fake = {.open = fake_open,
                                        .submit = fake_submit,
                                        .pump = fake_pump,
                                        .in_flight = fake_in_flight,
                                        .close = fake_close};

static const struct visit {
    const char *name;
    enum reply script[8];
    size_t part; /* bytes that an earlier pull left */
    enum sq_status want;
    int requests;
    long long last_range; /* of the last request */
    const char *message;
    bool part_left;
} visits[] = {
    {"whole", {WHOLE}, 0, SQ_OK, 1, 0, "", false},
    {"resumed", {RANGE}, 5000, SQ_OK, 1, 5000, "", false},
    {"no ranges", {WHOLE}, 5000, SQ_OK, 1, 5000, "", false},
    {"range refused", {UNSATISFIED, RANGE}, 5000, SQ_OK, 2, 0, "", false},
    {"cut", {HALF, RANGE}, 0, SQ_OK, 2, SIZE / 2, "", false},
    {"cut for ever",
     {HALF, HALF, HALF, HALF, HALF, HALF, RANGE},
     0,
     SQ_OK,
     7,
     295312,
     "",
     false},
    {"busy", {BUSY, BUSY, RANGE}, 0, SQ_OK, 3, 0, "", false},
    {"always busy",
     {BUSY, BUSY, BUSY, BUSY, BUSY, RANGE},
     0,
     SQ_NET,
     5,
     0,
     "the server says 503",
     false},
    {"away",
     {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED},
     100,
     SQ_NET,
     5,
     100,
     "no way in; 100 of 300000 bytes are here",
     true},
    {"untrusted", {UNTRUSTED}, 0, SQ_NET, 1, 0, "no way in", false},
    {"not there", {END}, 0, SQ_NET, 1, 0, "the server says 404", false},
    {"other content", {OTHER}, 0, SQ_INPUT, 1, 0, "is not the file", false},
    {"other content, resumed",
     {OTHER, OTHER},
     100,
     SQ_INPUT,
     2,
     0,
     "is not the file",
     false},
};

static void test_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof visits / sizeof visits[0]; i++) {
        const struct visit *v = &visits[i];
        struct seen seen = {0};
        struct sq_err err;
        reset();
        if (v->part)
            put(PART, sq_str_sub(whole, 0, v->part));
        server = (struct sq_http){.script = v->script};
        enum sq_status st =
            pull("https://example.org/x", false, &fake, &seen, &err);
        if (st != v->want || server.requests != v->requests ||
            server.ranges[server.requests - 1] != v->last_range ||
            !strstr(err.msg, v->message))
            fail_msg("%s: status %d, %d requests, last range %lld: %s", v->name,
                     (int)st, server.requests,
                     server.ranges[server.requests - 1], err.msg);
        assert_string_equal(server.url, "https://example.org/x");
        assert_int_equal(there(FINAL), st == SQ_OK);
        assert_int_equal(there(PART), v->part_left);
        if (st == SQ_OK)
            assert_whole();
    }
}

/* Pauses double, and a server that asks for more gets it. */
static void test_pauses(void **state)
{
    static const enum reply away[] = {REFUSED, REFUSED, REFUSED,
                                      BUSY,    RANGE,   END};
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    server = (struct sq_http){.script = away};
    assert_int_equal(pull("http://h/x", false, &fake, &seen, &err), SQ_OK);
    assert_int_equal(server.delays[0], 0);
    assert_true(server.delays[1] > 0);
    assert_int_equal(server.delays[2], 2 * server.delays[1]);
    assert_int_equal(server.delays[3], 4 * server.delays[1]);
    assert_true(server.delays[4] >= 7000);
}

static void test_server_interrupted(void **state)
{
    static const enum reply script[] = {RANGE, END};
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    put(PART, sq_str_sub(whole, 0, 100));
    server = (struct sq_http){.script = script};
    sq_stop = 1;
    enum sq_status st = pull("http://h/x", false, &fake, &seen, &err);
    assert_int_equal(st, SQ_INTERRUPTED);
    assert_int_equal(server.requests, 0);
    assert_false(there(FINAL));
    assert_int_equal(size_of(PART), 100);
}

static void test_mirror_url(void **state)
{
    static const enum reply script[] = {RANGE, END};
    static const char *const mirrors[] = {"http://h/m", "http://h/m/"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sq_data_file f = wanted("http://h/x");
        struct sq_err err = {0};
        char *data = at("data");
        struct sq_pull how = {
            .data_dir = data, .mirror = mirrors[i], .http = &fake};
        reset();
        server = (struct sq_http){.script = script};
        assert_int_equal(sq_data_pull(&f, &how, &err), SQ_OK);
        assert_string_equal(server.url, "http://h/m/s/a%20b.jsonl");
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_server_interrupted),
        cmocka_unit_test(test_mirror_url),
    };
    return cmocka_run_group_tests(tests, make_content, remove_folder);
}
