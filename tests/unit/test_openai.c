/* The engine against the stub: retries, what ends a run, what goes out. */
#include "engine/openai.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include "base/clock.h"
#include "base/path.h"
#include "engine/engine.h"
#include "engine/http.h"
#include "stub_child.h"

#define MOST 300
static const char secret[] = "sk-very-secret-0815";

struct asker {
    struct sq_engine *e;
    size_t done;
    struct sq_request requests[MOST];
    struct sq_message messages[MOST];
    char texts[MOST][32];
    struct sq_response responses[MOST];
};

static void on_done(void *ctx, const struct sq_request *request,
                    struct sq_response *response)
{
    struct asker *a = ctx;
    size_t i = (size_t)(request - a->requests);
    assert_true(i < MOST);
    assert_null(a->responses[i].text);
    assert_null(a->responses[i].error);
    a->responses[i] = *response;
    a->done++;
}

static struct sq_engine_config config_of(struct asker *a, const char *base_url)
{
    *a = (struct asker){0};
    return (struct sq_engine_config){.model = SQ_STR("m-1"),
                                     .base_url = base_url,
                                     .key = secret,
                                     .concurrency = 64,
                                     .max_retries = 6,
                                     .timeout_s = 20,
                                     .done = on_done,
                                     .ctx = a};
}

static void open_engine(struct asker *a, const struct sq_engine_config *c)
{
    struct sq_err err = {0};
    if (sq_engine_openai.open(&a->e, c, &err) != SQ_OK)
        fail_msg("%s", err.msg);
}

static enum sq_status submit(struct asker *a, size_t i, struct sq_err *err)
{
    snprintf(a->texts[i], sizeof(a->texts[i]), "question %zu", i);
    a->messages[i] = (struct sq_message){.role = "user",
                                         .content = sq_str_from(a->texts[i])};
    a->requests[i] = (struct sq_request){.messages = &a->messages[i],
                                         .nmessages = 1,
                                         .sampling = {0, NAN, 64, -1},
                                         .epoch = 1};
    return a->e->ops->submit(a->e, &a->requests[i], err);
}

/* Asks n questions as a run does; the status that ended it. */
static enum sq_status ask(struct asker *a, size_t n, struct sq_err *err)
{
    enum sq_status status = SQ_OK;
    size_t sent = 0;
    int64_t end = sq_clock_ms() + 25000;
    while (a->done < n && status == SQ_OK) {
        while (sent < n && !a->e->full && status == SQ_OK)
            status = submit(a, sent++, err);
        assert_int_equal(a->e->in_flight, sent - a->done);
        if (status == SQ_OK)
            status = a->e->ops->step(a->e, 100, err);
        assert_true(sq_clock_ms() < end);
    }
    return status;
}

static void close_engine(struct asker *a)
{
    a->e->ops->close(a->e);
    for (size_t i = 0; i < MOST; i++)
        sq_response_release(&a->responses[i]);
}

static void start(struct stub_child *stub, const char *const *args)
{
    if (!stub_start(stub, args))
        fail_msg("the stub did not start");
}

static const char *base_of(const struct stub_child *stub, const char *path)
{
    static char url[200];
    snprintf(url, sizeof(url), "%s%s", stub->base, path);
    return url;
}

/* ---- tests -------------------------------------------------------------- */

static void asks_and_answers(void **state)
{
    (void)state;
    struct stub_child stub;
    struct asker a;
    struct sq_err err = {0};
    char log[] = "/tmp/sq_test_openai_XXXXXX";
    char *text = NULL;
    size_t n;
    close(mkstemp(log));
    start(&stub, (const char *[]){"--echo", "--log", log, NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1/"));
    open_engine(&a, &c);
    assert_string_equal(a.e->endpoint, base_of(&stub, "/v1"));
    assert_string_equal(a.e->model, "m-1");
    assert_int_equal(ask(&a, 3, &err), SQ_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(a.responses[i].stop, SQ_STOP_STOP);
        assert_string_equal(a.responses[i].text, a.texts[i]);
        assert_string_equal(a.responses[i].server_model, "stub-1");
        assert_true(a.responses[i].prompt_tokens > 0);
        assert_int_equal(a.responses[i].retries, 0);
    }
    close_engine(&a);
    stub_stop(&stub);
    assert_int_equal(sq_path_read(log, 1 << 20, &text, &n, &err), SQ_OK);
    assert_non_null(strstr(text, "\"path\":\"/v1/chat/completions\""));
    assert_non_null(
        strstr(text, "\"Authorization\":\"Bearer sk-very-secret-0815\""));
    assert_non_null(strstr(text, "\"Content-Type\":\"application/json\""));
    assert_non_null(
        strstr(text, "\"body\":\"{\\\"model\\\":\\\"m-1\\\",\\\"messages\\\":"
                     "[{\\\"role\\\":\\\"user\\\",\\\"content\\\":"
                     "\\\"question 0\\\"}],\\\"temperature\\\":0,"
                     "\\\"max_tokens\\\":64}\""));
    free(text);
    unlink(log);
}

static void sends_no_key_when_there_is_none(void **state)
{
    (void)state;
    struct stub_child stub;
    struct asker a;
    struct sq_err err = {0};
    char log[] = "/tmp/sq_test_openai_XXXXXX";
    char *text = NULL;
    size_t n;
    close(mkstemp(log));
    start(&stub, (const char *[]){"--log", log, NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
    c.key = " \n";
    open_engine(&a, &c);
    assert_int_equal(ask(&a, 1, &err), SQ_OK);
    close_engine(&a);
    stub_stop(&stub);
    assert_int_equal(sq_path_read(log, 1 << 20, &text, &n, &err), SQ_OK);
    assert_null(strstr(text, "Authorization"));
    free(text);
    unlink(log);
}

static void tries_again(void **state)
{
    (void)state;
    struct stub_child stub;
    struct asker a;
    struct sq_err err = {0};
    start(&stub, (const char *[]){"--once-fail", "--echo", NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
    open_engine(&a, &c);
    assert_int_equal(ask(&a, 20, &err), SQ_OK);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(a.responses[i].stop, SQ_STOP_STOP);
        assert_int_equal(a.responses[i].retries, 1);
    }
    close_engine(&a);
    stub_stop(&stub);
}

static void faults_become_no_answers(void **state)
{
    (void)state;
    struct stub_child stub;
    struct asker a;
    struct sq_err err = {0};
    size_t retries = 0;
    start(&stub, (const char *[]){"--echo", "--seed", "3", "--retry-after", "1",
                                  "--fault",
                                  "429=0.05,500=0.05,malformed=0.03,null=0.03,"
                                  "reset=0.03,cut=0.03,stall=0.02",
                                  NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
    c.timeout_s = 0.5;
    open_engine(&a, &c);
    assert_int_equal(ask(&a, MOST, &err), SQ_OK);
    for (size_t i = 0; i < MOST; i++) {
        if (a.responses[i].stop != SQ_STOP_STOP)
            fail_msg("%zu: %s", i, a.responses[i].error);
        assert_string_equal(a.responses[i].text, a.texts[i]);
        retries += (size_t)a.responses[i].retries;
    }
    assert_in_range(retries, 30, 150);
    close_engine(&a);
    stub_stop(&stub);
}

static void a_server_of_faults_ends(void **state)
{
    (void)state;
    static const struct {
        const char *fault, *text;
        int retries;
    } cases[] = {
        {"500=1", "HTTP 500: status 500 of the stub", 2},
        {"malformed=1", "malformed answer", 2},
        {"null=1", "content is null", 2},
        {"reset=1", "eset", 2},
        {"stall=1", "timed out", 2},
        {"400=1", "HTTP 400: status 400 of the stub", 0},
        {"422=1", "HTTP 422", 0},
        {"big=1", "ceiling", 0},
        {"bomb=1", "ceiling", 0},
        {"deep=1", "malformed answer", 2},
        {"utf8=1", "UTF-8", 2},
        {"nul=1", "malformed answer", 2},
    };
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        struct stub_child stub;
        struct asker a;
        struct sq_err err = {0};
        start(&stub, (const char *[]){"--fault", cases[k].fault, NULL});
        struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
        c.max_retries = 2;
        c.timeout_s = strcmp(cases[k].fault, "stall=1") == 0 ? 0.2 : 20;
        open_engine(&a, &c);
        assert_int_equal(ask(&a, 2, &err), SQ_OK);
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(a.responses[i].stop, SQ_STOP_ERROR);
            assert_null(a.responses[i].text);
            if (!strstr(a.responses[i].error, cases[k].text))
                fail_msg("%s: %s", cases[k].fault, a.responses[i].error);
            assert_int_equal(a.responses[i].retries, cases[k].retries);
        }
        close_engine(&a);
        stub_stop(&stub);
    }
}

static void what_is_of_no_use_ends_the_run(void **state)
{
    (void)state;
    static const struct {
        const char *fault, *says;
        enum sq_status status;
    } cases[] = {
        {"401=1", "KEY_OF_MINE", SQ_USAGE},
        {"403=1", "--api-key-env", SQ_USAGE},
        {"404=1", "model \"m-1\"", SQ_USAGE},
        {"402=1", "empty", SQ_NET},
        {"302=1", "--base-url", SQ_USAGE},
    };
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        struct stub_child stub;
        struct asker a;
        struct sq_err err = {0};
        start(&stub, (const char *[]){"--fault", cases[k].fault, NULL});
        struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
        c.key_env = "KEY_OF_MINE";
        open_engine(&a, &c);
        assert_int_equal(ask(&a, 5, &err), cases[k].status);
        if (!strstr(err.msg, cases[k].says) ||
            !strstr(err.msg, base_of(&stub, "/v1/chat/completions")))
            fail_msg("%s: %s", cases[k].fault, err.msg);
        assert_null(strstr(err.msg, secret));
        assert_null(strchr(err.msg, '\n'));
        assert_int_equal(a.done, 0);
        close_engine(&a);
        stub_stop(&stub);
    }
}

static void later_the_same_is_data(void **state)
{
    (void)state;
    struct stub_child stub;
    struct asker a;
    struct sq_err err = {0};
    size_t errors = 0;
    start(&stub, (const char *[]){"--fault", "401=0.2", "--seed", "2", NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
    c.concurrency = 1;
    open_engine(&a, &c);
    assert_int_equal(ask(&a, 60, &err), SQ_OK);
    for (size_t i = 0; i < 60; i++)
        errors += a.responses[i].stop == SQ_STOP_ERROR;
    assert_in_range(errors, 3, 30);
    close_engine(&a);
    stub_stop(&stub);
}

static void two_engines_share_a_pump(void **state)
{
    (void)state;
    struct stub_child stub;
    static struct asker a;
    static struct asker b;
    struct sq_err err = {0};
    struct sq_http_shared shared = {0};
    start(&stub, (const char *[]){"--echo", "--latency-ms", "30", NULL});
    struct sq_engine_config c = config_of(&a, base_of(&stub, "/v1"));
    c.http = &shared;
    open_engine(&a, &c);
    c = config_of(&b, base_of(&stub, "/v1"));
    c.http = &shared;
    open_engine(&b, &c);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(submit(&a, i, &err), SQ_OK);
        assert_int_equal(submit(&b, i, &err), SQ_OK);
    }
    /* Waiting with one moves both. */
    while (b.done < 10)
        assert_int_equal(a.e->ops->step(a.e, 1000, &err), SQ_OK);
    assert_int_equal(b.e->in_flight, 0);
    for (size_t i = 10; i < 20; i++) {
        assert_int_equal(submit(&a, i, &err), SQ_OK);
        assert_int_equal(submit(&b, i, &err), SQ_OK);
    }
    close_engine(&a); /* with requests in flight; b goes on */
    while (b.done < 20)
        assert_int_equal(b.e->ops->step(b.e, 1000, &err), SQ_OK);
    assert_int_equal(shared.users, 1);
    close_engine(&b);
    assert_int_equal(shared.users, 0);
    assert_null(shared.pump);
    stub_stop(&stub);
}

static void refuses_what_it_cannot_use(void **state)
{
    (void)state;
    static const struct {
        const char *url, *key, *says;
    } cases[] = {
        {"ftp://host/v1", "k", "--base-url"},
        {"host/v1", "k", "--base-url"},
        {"http://me:pw@host/v1", "k", "no user name"},
        {"http://host/v1?key=7", "k", "no user name"},
        {"http://ho st/v1", "k", "blank"},
        {"http://host/v1", "a\r\nX: b", "OPENAI_API_KEY"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct asker a;
        struct sq_err err = {0};
        struct sq_engine_config c = config_of(&a, cases[i].url);
        c.key = cases[i].key;
        assert_int_equal(sq_engine_openai.open(&a.e, &c, &err), SQ_USAGE);
        assert_null(a.e);
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_null(strstr(err.msg, "pw"));
        assert_null(strstr(err.msg, "key=7"));
    }
}

static void finds_engines(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *engine, *model;
    } cases[] = {
        {"gpt-x", "openai", "gpt-x"},
        {"openai:gpt-x", "openai", "gpt-x"},
        {"openai:a:b", "openai", "a:b"},
        {"llama3:8b", "openai", "llama3:8b"},
        {"replay:/x/*.gz", "replay", "/x/*.gz"},
        {"", NULL, NULL},
        {"openai:", NULL, NULL},
        {"replay:", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct sq_engine_ops *ops = NULL;
        struct sq_err err = {0};
        sq_str model;
        enum sq_status st =
            sq_engine_find(sq_str_from(cases[i].spec), &ops, &model, &err);
        assert_int_equal(st, cases[i].engine ? SQ_OK : SQ_USAGE);
        if (!cases[i].engine)
            continue;
        assert_string_equal(ops->name, cases[i].engine);
        assert_true(sq_str_eq(model, sq_str_from(cases[i].model)));
    }
}

static void keys_tell_requests_apart(void **state)
{
    (void)state;
    struct sq_engine_ops ops = {.name = "openai", .asks = true};
    struct sq_engine e = {.ops = &ops, .endpoint = "u", .model = "m"};
    struct sq_message m[2] = {{.role = "user", .content = SQ_STR("ab")},
                              {.role = "user", .content = SQ_STR("c")}};
    struct sq_sample sample = {.id = SQ_STR("1")};
    struct sq_request base = {.messages = m,
                              .nmessages = 2,
                              .sampling = {0.7, NAN, -1, -1},
                              .sample = &sample,
                              .epoch = 1};
    struct sq_request r = base;
    char keys[10][SQ_DIGEST_HEX];
    size_t n = 0;
    sq_request_key(&e, &r, keys[n++]);
    r.sampling.temperature = 0;
    sq_request_key(&e, &r, keys[n++]);
    r.sampling.temperature = NAN;
    sq_request_key(&e, &r, keys[n++]);
    r = base;
    r.sampling.max_tokens = 7;
    sq_request_key(&e, &r, keys[n++]);
    r = base;
    r.sampling.seed = 7;
    sq_request_key(&e, &r, keys[n++]);
    r = base;
    r.epoch = 2;
    sq_request_key(&e, &r, keys[n++]);
    m[0].content = SQ_STR("a");
    m[1].content = SQ_STR("bc");
    sq_request_key(&e, &base, keys[n++]);
    e.model = "n";
    sq_request_key(&e, &base, keys[n++]);
    e.endpoint = "v";
    sq_request_key(&e, &base, keys[n++]);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(keys[i], keys[k]);
}

static void keys_do_not_see_how_it_is_written(void **state)
{
    (void)state;
    struct sq_engine_ops ops = {.name = "openai", .asks = true};
    struct sq_engine e = {.ops = &ops, .endpoint = "u", .model = "m"};
    struct sq_message m = {.role = "user", .content = SQ_STR("ab")};
    struct sq_sample one = {.id = SQ_STR("1")};
    struct sq_sample two = {.id = SQ_STR("2")};
    struct sq_request a = {.messages = &m,
                           .nmessages = 1,
                           .sampling = {0.0, NAN, -1, -1},
                           .sample = &one,
                           .epoch = 1};
    struct sq_request b = a;
    char x[SQ_DIGEST_HEX];
    char y[SQ_DIGEST_HEX];
    b.sampling = (struct sq_sampling){-0.0, -1, -5, -1};
    b.sample = &two;
    b.tag = &b;
    sq_request_key(&e, &a, x);
    sq_request_key(&e, &b, y);
    assert_string_equal(x, y);
    /* Recordings belong to their sample. */
    ops.asks = false;
    sq_request_key(&e, &a, x);
    sq_request_key(&e, &b, y);
    assert_string_not_equal(x, y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_and_answers),
        cmocka_unit_test(sends_no_key_when_there_is_none),
        cmocka_unit_test(tries_again),
        cmocka_unit_test(faults_become_no_answers),
        cmocka_unit_test(a_server_of_faults_ends),
        cmocka_unit_test(what_is_of_no_use_ends_the_run),
        cmocka_unit_test(later_the_same_is_data),
        cmocka_unit_test(two_engines_share_a_pump),
        cmocka_unit_test(refuses_what_it_cannot_use),
        cmocka_unit_test(finds_engines),
        cmocka_unit_test(keys_tell_requests_apart),
        cmocka_unit_test(keys_do_not_see_how_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
