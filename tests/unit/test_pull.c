/* Getting data files: from folders, from file: URLs, and from a server that
 * this test plays itself behind the functions of engine/http.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/path.h"
#include "base/stop.h"
#include "engine/http.h"
#include "suite/pull.h"

/* Several reads of a copy. */
enum { SIZE = 300000 };

static char folder[] = "/tmp/seqeval-pull-XXXXXX";
static char content[SIZE + 1]; /* one byte more than the file has */
static char sha256[65];

static struct sq_data_file wanted(const char *url)
{
    return (struct sq_data_file){.file = SQ_STR("s/a b.jsonl"),
                                 .url = sq_str_from(url),
                                 .sha256 = sq_str_from(sha256),
                                 .bytes = SIZE,
                                 .licence = SQ_STR("CC0-1.0")};
}

/* ---- files ------------------------------------------------------------- */

static char *at(const char *name)
{
    return sq_path_join(folder, name);
}

static void put(const char *name, sq_str bytes)
{
    struct sq_err err = {0};
    char *path = at(name);
    assert_int_equal(sq_path_mkdirs_for(path, &err), SQ_OK);
    assert_int_equal(sq_path_write(path, bytes, &err), SQ_OK);
    free(path);
}

static bool there(const char *name)
{
    char *path = at(name);
    bool yes = sq_path_exists(path);
    free(path);
    return yes;
}

static void drop(const char *name)
{
    char *path = at(name);
    (void)remove(path);
    free(path);
}

static long long size_of(const char *name)
{
    char hex[65], *path = at(name);
    unsigned long long size = 0;
    struct sq_err err = {0};
    assert_int_equal(sq_sha256_file(path, hex, &size, &err), SQ_OK);
    free(path);
    return (long long)size;
}

#define FINAL "data/s/a b.jsonl"
#define PART "data/s/a b.jsonl.part"
#define MIRRORED "mirror/s/a b.jsonl"

static const sq_str whole = {content, SIZE};

static void reset(void)
{
    drop(FINAL);
    drop(PART);
    put(MIRRORED, whole);
}

static void assert_whole(void)
{
    char hex[65], *path = at(FINAL);
    struct sq_err err = {0};
    assert_int_equal(sq_sha256_file(path, hex, NULL, &err), SQ_OK);
    assert_string_equal(hex, sha256);
    assert_false(there(PART));
    free(path);
}

/* ---- pulling ----------------------------------------------------------- */

struct seen {
    int calls;
    long long first, last, total;
    long long stop_at; /* sq_stop is set when so much is there; 0 = never */
};

static void on_progress(void *ctx, long long got, long long total)
{
    struct seen *s = ctx;
    if (s->calls++ == 0)
        s->first = got;
    s->last = got;
    s->total = total;
    if (s->stop_at && got >= s->stop_at)
        sq_stop = 1;
}

static enum sq_status pull(const char *url, bool mirror,
                           const struct sq_http_api *http, struct seen *seen,
                           struct sq_err *err)
{
    struct sq_data_file f = wanted(url);
    char *data = at("data"), *from = at("mirror");
    struct sq_pull how = {.data_dir = data,
                          .mirror = mirror ? from : NULL,
                          .http = http,
                          .progress = on_progress,
                          .ctx = seen};
    long long stop_at = seen->stop_at;
    *seen = (struct seen){.stop_at = stop_at};
    *err = (struct sq_err){0};
    enum sq_status st = sq_data_pull(&f, &how, err);
    sq_stop = 0;
    free(from);
    free(data);
    return st;
}

static enum sq_status pull_mirror(struct seen *seen, struct sq_err *err)
{
    return pull("http://127.0.0.1:9/never", true, NULL, seen, err);
}

static void test_mirror(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
    assert_int_equal(seen.last, SIZE);
    assert_int_equal(seen.total, SIZE);
    /* what is right is left alone, even without a source */
    drop(MIRRORED);
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_int_equal(seen.calls, 0);
}

static void test_replaces_a_wrong_file(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    put(FINAL, SQ_STR("something else"));
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
}

static void test_file_urls(void **state)
{
    static const struct {
        const char *before, *name;
        bool good;
    } cases[] = {{"file://", "/mirror/s/a%20b.jsonl", true},
                 {"file://localhost", "/mirror/s/a b.jsonl", true},
                 {"file://", "/mirror/s/%61%20b.jsonl", true},
                 {"file://elsewhere", "/mirror/s/a%20b.jsonl", false},
                 {"file://", "/mirror/s/a%2", false},
                 {"file://", "/mirror/s/a%zz", false},
                 {"file://", "/mirror/s/a%00", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen = {0};
        struct sq_err err;
        char url[256];
        reset();
        (void)snprintf(url, sizeof url, "%s%s%s", cases[i].before, folder,
                       cases[i].name);
        enum sq_status st = pull(url, false, NULL, &seen, &err);
        assert_int_equal(st, cases[i].good ? SQ_OK : SQ_INPUT);
        if (cases[i].good)
            assert_whole();
        else
            assert_non_null(strstr(err.msg, "want file:///PATH"));
    }
}

/* What an earlier pull may have left, and how the next goes on. */
static void test_resume(void **state)
{
    static const struct {
        size_t good, bad; /* bytes of the part: right ones, then wrong ones */
        bool source;      /* there is one */
        long long first;  /* least bytes at the first report */
    } cases[] = {
        {0, 0, true, 1},
        {100000, 0, true, 100001},
        {SIZE - 1, 0, true, SIZE},
        {SIZE, 0, false, 0},      /* all is there already */
        {100, 50, true, 0},       /* of another version */
        {SIZE - 10, 10, true, 0}, /* likewise, as long as it should be */
        {SIZE, 1000, true, 0},    /* longer than it should be */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen = {0};
        struct sq_err err;
        struct sq_buf part;
        reset();
        sq_buf_init(&part, SQ_MAX_CONFIG);
        sq_buf_add(&part, sq_str_sub(whole, 0, cases[i].good));
        for (size_t k = 0; k < cases[i].bad; k++)
            sq_buf_addc(&part, '#');
        put(PART, sq_buf_str(&part));
        sq_buf_release(&part);
        if (!cases[i].source)
            drop(MIRRORED);
        enum sq_status st = pull_mirror(&seen, &err);
        if (st != SQ_OK)
            fail_msg("case %zu: %s", i, err.msg);
        assert_whole();
        assert_true(seen.first >= cases[i].first);
    }
}

static void test_wrong_sources(void **state)
{
    static const struct {
        size_t bytes; /* of the right content */
        const char *more;
        const char *want;
    } cases[] = {{SIZE, "x", "more than its 300000 bytes"},
                 {SIZE - 1, "", "is not the file that the suite wants"},
                 {SIZE - 1, "#", "is not the file that the suite wants"},
                 {0, "", "is not the file that the suite wants"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int resumed = 0; resumed < 2; resumed++) {
            struct seen seen = {0};
            struct sq_err err;
            struct sq_buf b;
            reset();
            if (resumed)
                put(PART, sq_str_sub(whole, 0, 5000));
            sq_buf_init(&b, SQ_MAX_CONFIG);
            sq_buf_add(&b, sq_str_sub(whole, 0, cases[i].bytes));
            sq_buf_adds(&b, cases[i].more);
            put(MIRRORED, sq_buf_str(&b));
            sq_buf_release(&b);
            assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
            if (!strstr(err.msg, cases[i].want))
                fail_msg("case %zu: %s", i, err.msg);
            assert_false(there(FINAL));
            assert_false(there(PART));
        }
    }
}

static void test_no_source(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    drop(MIRRORED);
    assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, MIRRORED));
    assert_false(there(PART));
    /* a folder is no file */
    put(MIRRORED "/x", SQ_STR("x"));
    assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
    drop(MIRRORED "/x");
    drop(MIRRORED);
}

static void test_interrupted(void **state)
{
    (void)state;
    struct seen seen = {.stop_at = 100000};
    struct sq_err err;
    reset();
    assert_int_equal(pull_mirror(&seen, &err), SQ_INTERRUPTED);
    assert_false(there(FINAL));
    long long left = size_of(PART);
    assert_true(left >= 100000 && left < SIZE);
    seen.stop_at = 0;
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_true(seen.first > left);
    assert_whole();
}

/* ---- two processes ----------------------------------------------------- */

static void slow_progress(void *ctx, long long got, long long total)
{
    (void)got;
    (void)total;
    (void)ctx;
    sq_clock_sleep_ms(60);
}

/* A child that takes its time over the pull. */
static pid_t slow_pull(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct sq_data_file f = wanted("file:///none");
    struct sq_err err = {0};
    char *data = at("data"), *from = at("mirror");
    struct sq_pull how = {
        .data_dir = data, .mirror = from, .progress = slow_progress};
    enum sq_status st = sq_data_pull(&f, &how, &err);
    free(from);
    free(data);
    _exit(st == SQ_OK ? 0 : 1);
}

static void wait_for_part(void)
{
    for (int i = 0; i < 200 && !(there(PART) && size_of(PART) > 0); i++)
        sq_clock_sleep_ms(5);
    assert_true(there(PART));
}

static void test_two_pulls(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    int status = -1;
    reset();
    pid_t pid = slow_pull();
    assert_true(pid > 0);
    wait_for_part();
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
    assert_int_equal(seen.calls, 0); /* the other one brought it */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_killed(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    int status = 0;
    reset();
    pid_t pid = slow_pull();
    assert_true(pid > 0);
    wait_for_part();
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_false(there(FINAL));
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
}

/* ---- a server ---------------------------------------------------------- */

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

/* ---- verifying --------------------------------------------------------- */

static void test_verify(void **state)
{
    static const struct {
        size_t bytes;
        const char *more;
        enum sq_data_state want;
        const char *name;
    } cases[] = {{SIZE, "", SQ_DATA_OK, "ok"},
                 {SIZE, "x", SQ_DATA_WRONG_SIZE, "wrong size"},
                 {SIZE - 1, "x", SQ_DATA_WRONG_DIGEST, "wrong digest"},
                 {0, "", SQ_DATA_WRONG_SIZE, "wrong size"}};
    (void)state;
    struct sq_data_file f = wanted("file:///none");
    enum sq_data_state got;
    struct sq_err err = {0};
    char found[65], *data = at("data");
    reset();
    assert_int_equal(sq_data_verify(&f, data, &got, found, &err), SQ_OK);
    assert_int_equal(got, SQ_DATA_MISSING);
    assert_string_equal(sq_data_state_name(got), "missing");
    assert_string_equal(found, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_buf b;
        sq_buf_init(&b, SQ_MAX_CONFIG);
        sq_buf_add(&b, sq_str_sub(whole, 0, cases[i].bytes));
        sq_buf_adds(&b, cases[i].more);
        put(FINAL, sq_buf_str(&b));
        sq_buf_release(&b);
        assert_int_equal(sq_data_verify(&f, data, &got, found, &err), SQ_OK);
        assert_int_equal(got, cases[i].want);
        assert_string_equal(sq_data_state_name(got), cases[i].name);
        assert_int_equal(strcmp(found, sha256) == 0, got == SQ_DATA_OK);
    }
    free(data);
}

static int make_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (char)('a' + i * i / 7 % 26);
    content[SIZE] = 'x';
    sq_sha256_of(whole, sha256);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const made[] = {FINAL,  PART,       MIRRORED, "data/s",
                                       "data", "mirror/s", "mirror"};
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        drop(made[i]);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_replaces_a_wrong_file),
        cmocka_unit_test(test_file_urls),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_wrong_sources),
        cmocka_unit_test(test_no_source),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_two_pulls),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_server_interrupted),
        cmocka_unit_test(test_mirror_url),
        cmocka_unit_test(test_verify),
    };
    return cmocka_run_group_tests(tests, make_content, remove_folder);
}
