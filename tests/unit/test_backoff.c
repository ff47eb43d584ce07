#include "engine/backoff.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void retries_by_cause(void **state)
{
    (void)state;
    static const int again[] = {408, 409, 425, 429, 500, 502, 503, 504, 529};
    static const int never[] = {200, 301, 400, 401, 402, 403,
                                404, 405, 413, 422, 0};
    for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
        assert_true(sq_retry_rule(SQ_HTTP_OK, again[i])->retry);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        assert_false(sq_retry_rule(SQ_HTTP_OK, never[i])->retry);
    assert_true(sq_retry_rule(SQ_HTTP_CONNECT, 0)->retry);
    assert_true(sq_retry_rule(SQ_HTTP_TIMEOUT, 200)->retry);
    assert_true(sq_retry_rule(SQ_HTTP_CUT, 200)->retry);
    assert_false(sq_retry_rule(SQ_HTTP_TLS, 0)->retry);
    assert_false(sq_retry_rule(SQ_HTTP_TOO_BIG, 200)->retry);
    assert_false(sq_retry_rule(SQ_HTTP_OTHER, 0)->retry);
}

static void delay_grows_and_stops_growing(void **state)
{
    (void)state;
    const struct sq_retry_rule *rule = sq_retry_rule(SQ_HTTP_OK, 500);
    struct sq_rng rng;
    sq_rng_seed(&rng, 1);
    int64_t most[8] = {0};
    for (int attempt = 1; attempt < 8; attempt++) {
        int64_t ceiling = rule->base_ms << (attempt - 1);
        if (ceiling > rule->cap_ms)
            ceiling = rule->cap_ms;
        for (int i = 0; i < 2000; i++) {
            int64_t ms = sq_retry_delay_ms(rule, attempt, -1, &rng);
            assert_true(ms >= 0 && ms <= ceiling);
            if (ms > most[attempt])
                most[attempt] = ms;
        }
        assert_true(most[attempt] > ceiling * 9 / 10);
    }
    assert_true(sq_retry_delay_ms(rule, 1000000, -1, &rng) <= rule->cap_ms);
}

static void what_the_server_asks_wins(void **state)
{
    (void)state;
    const struct sq_retry_rule *rule = sq_retry_rule(SQ_HTTP_OK, 429);
    struct sq_rng rng;
    sq_rng_seed(&rng, 1);
    for (int i = 0; i < 1000; i++) {
        int64_t ms = sq_retry_delay_ms(rule, 9, 2000, &rng);
        assert_true(ms >= 2000 && ms <= 2200);
        assert_int_equal(sq_retry_delay_ms(rule, 1, 0, &rng), 0);
        ms = sq_retry_delay_ms(rule, 1, INT64_MAX, &rng);
        assert_true(ms >= SQ_RETRY_AFTER_CAP_MS &&
                    ms <= SQ_RETRY_AFTER_CAP_MS * 11 / 10);
    }
}

static void reads_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1s", 1000},
        {"6m0s", 360000},
        {"20ms", 20},
        {"1h2m3.5s", 3723500},
        {"1d2h", 93600000},
        {"7", 7000},
        {"0.25", 250},
        {"1.2ms", 2},
        {"0s", 0},
        {" 59.5s ", 59500},
        {"", -1},
        {"s", -1},
        {"5x", -1},
        {"1s2", -1},
        {"-1s", -1},
        {"1e9", -1},
        {"0s5", -1},
        {"1..2s", -1},
        {"99999999999999", -1},
        {"99999999999999d", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(sq_duration_ms(sq_str_from(cases[i].text)),
                         cases[i].ms);
}

static int64_t hint_of(const char *const *lines)
{
    struct sq_retry_hint hint;
    sq_retry_hint_init(&hint);
    for (; *lines; lines++)
        sq_retry_hint_line(&hint, sq_str_from(*lines));
    return sq_retry_hint_ms(&hint);
}

#define HINT(...) hint_of((const char *const[]){__VA_ARGS__, NULL})

static void reads_headers(void **state)
{
    (void)state;
    assert_int_equal(HINT("Content-Type: text/plain"), -1);
    assert_int_equal(HINT("nothing"), -1);
    assert_int_equal(HINT("Retry-After-Ms: 1500\r\n"), 1500);
    assert_int_equal(HINT("retry-after: 2"), 2000);
    assert_int_equal(HINT("Retry-After: 0.25\r\n"), 250);
    assert_int_equal(HINT("Retry-After: 99999999999999999999"), 1000000000000);
    assert_int_equal(HINT("Retry-After: -5"), -1);
    assert_int_equal(HINT("Retry-After: soon"), -1);
    assert_int_equal(HINT("Retry-After: 2", "retry-after-ms: 1500"), 1500);
    assert_int_equal(HINT("retry-after-ms: 1500", "Retry-After: 2"), 1500);
    assert_int_equal(HINT("x-ratelimit-reset-requests: 1s"), 1000);
    /* The limit that is used up decides, not the one with something left. */
    assert_int_equal(HINT("x-ratelimit-remaining-requests: 0",
                          "x-ratelimit-reset-requests: 20ms",
                          "x-ratelimit-remaining-tokens: 5000",
                          "x-ratelimit-reset-tokens: 6m0s"),
                     20);
    assert_int_equal(HINT("X-RateLimit-Remaining-Tokens: 0",
                          "X-RateLimit-Reset-Tokens: 6m0s",
                          "X-RateLimit-Reset-Requests: 20ms"),
                     360000);
    assert_int_equal(
        HINT("x-ratelimit-reset-tokens: 6m0s", "retry-after-ms: 10"), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries_by_cause),
        cmocka_unit_test(delay_grows_and_stops_growing),
        cmocka_unit_test(what_the_server_asks_wins),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(reads_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
