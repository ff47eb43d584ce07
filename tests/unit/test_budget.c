#include "run/budget.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/rng.h"
#include "temp.h"

static const struct sq_budget_limits none = {-1, -1, NAN, NAN};

/* One step of a script: "t" takes slot n with `most`, "s" settles it with
 * `used`, "f" and "p" fail it (free, paid), "F" and "P" fail it and try again.
 * Time is in seconds. */
struct move {
    char what;
    int slot;
    struct sq_tokens tokens;
    char want; /* Yes, Wait, No; t(rue), f(alse); 0 = does not matter */
    double at;
};

struct script {
    const char *name;
    struct sq_budget_limits limits;
    struct move moves[10];
    enum sq_budget_limit over;
    long long requests, tokens; /* at the end */
};

static const struct script scripts[] = {
    {"requests in flight count, answered or not",
     {.requests = 2, .tokens = -1, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {1, 1, 0}, 'Y', 0},
      {'t', 1, {1, 1, 0}, 'Y', 0},
      {'t', 2, {1, 1, 0}, 'N', 0},
      {'s', 0, {1, 0, 0}, 0, 0},
      {'t', 0, {1, 1, 0}, 'N', 0}},
     SQ_BUDGET_REQUESTS,
     2,
     1},
    {"a retry is a request",
     {.requests = 2, .tokens = -1, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {5, 5, 0}, 'Y', 0},
      {'F', 0, {0, 0, 0}, 't', 0},
      {'F', 0, {0, 0, 0}, 'f', 0}},
     SQ_BUDGET_REQUESTS,
     2,
     0},
    {"no request at all",
     {.requests = 0, .tokens = -1, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {1, 1, 0}, 'N', 0}},
     SQ_BUDGET_REQUESTS,
     0,
     0},
    {"tokens: what is held may come back, what is spent does not",
     {.requests = -1, .tokens = 100, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {20, 40, 0}, 'Y', 0},
      {'t', 1, {20, 40, 0}, 'W', 0},
      {'s', 0, {20, 20, 0}, 0, 0},
      {'t', 1, {20, 40, 0}, 'Y', 0},
      {'s', 1, {20, 40, 0}, 0, 0},
      {'t', 2, {1, 0, 0}, 'N', 0}},
     SQ_BUDGET_TOKENS,
     2,
     100},
    {"one that never fits",
     {.requests = -1, .tokens = 100, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {1, 100, 0}, 'N', 0}},
     SQ_BUDGET_TOKENS,
     0,
     0},
    {"who does not tell spent the most",
     {.requests = -1, .tokens = 100, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {30, 20, 0}, 'Y', 0}, {'s', 0, {-1, -1, 0}, 0, 0}},
     SQ_BUDGET_NONE,
     1,
     50},
    {"a try that may have been paid for counts",
     {.requests = -1, .tokens = 100, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {30, 20, 0}, 'Y', 0},
      {'P', 0, {0, 0, 0}, 't', 0},
      {'P', 0, {0, 0, 0}, 'f', 0}},
     SQ_BUDGET_TOKENS,
     2,
     100},
    {"one that was refused does not",
     {.requests = -1, .tokens = 50, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {30, 20, 0}, 'Y', 0},
      {'F', 0, {0, 0, 0}, 't', 0},
      {'F', 0, {0, 0, 0}, 't', 0},
      {'f', 0, {0, 0, 0}, 'f', 0}},
     SQ_BUDGET_NONE,
     3,
     0},
    {"a server that takes more than the most",
     {.requests = -1, .tokens = 50, .cost = NAN, .wall_s = NAN},
     {{'t', 0, {10, 10, 0}, 'Y', 0},
      {'s', 0, {10, 60, 0}, 0, 0},
      {'t', 0, {1, 0, 0}, 'N', 0}},
     SQ_BUDGET_TOKENS,
     1,
     70},
    {"cost: 1 USD a million in, 2 out",
     {.requests = -1, .tokens = -1, .cost = 0.0002, .wall_s = NAN},
     {{'t', 0, {100, 50, 0}, 'Y', 0},
      {'t', 1, {1, 0, 0}, 'W', 0},
      {'s', 0, {100, 0, 0}, 0, 0},
      {'t', 1, {50, 25, 0}, 'Y', 0},
      {'s', 1, {50, 25, 0}, 0, 0},
      {'t', 1, {0, 1, 0}, 'N', 0}},
     SQ_BUDGET_COST,
     2,
     175},
    {"time: late is late",
     {.requests = -1, .tokens = -1, .cost = NAN, .wall_s = 10},
     {{'t', 0, {1, 1, 0}, 'Y', 9.9},
      {'s', 0, {1, 1, 0}, 0, 11},
      {'t', 0, {1, 1, 0}, 'N', 10}},
     SQ_BUDGET_WALL,
     1,
     2},
    {"time: a retry that would come late does not end the run",
     {.requests = -1, .tokens = -1, .cost = NAN, .wall_s = 10},
     {{'t', 0, {1, 1, 0}, 'Y', 5},
      {'F', 0, {0, 0, 0}, 'f', 12},
      {'t', 1, {1, 1, 0}, 'Y', 6}},
     SQ_BUDGET_NONE,
     2,
     0},
};

static char letter(enum sq_budget_answer a)
{
    return a == SQ_BUDGET_YES ? 'Y' : a == SQ_BUDGET_WAIT ? 'W' : 'N';
}

static char play(struct sq_budget *b, struct sq_hold *slots,
                 const struct move *m)
{
    struct sq_hold *h = &slots[m->slot];
    int64_t at = b->begun_ms + (int64_t)(m->at * 1000);
    switch (m->what) {
    case 't':
        *h = (struct sq_hold){.asked = SQ_ASKED_MODEL, .most = m->tokens};
        return letter(sq_budget_take(b, h, at));
    case 's':
        sq_budget_settle(b, h, m->tokens);
        return 0;
    case 'f':
    case 'p':
        return sq_budget_failed(b, h, m->what == 'p', -1) ? 't' : 'f';
    default:
        return sq_budget_failed(b, h, m->what == 'P', at) ? 't' : 'f';
    }
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        const struct script *s = &scripts[i];
        struct sq_hold slots[3];
        struct sq_budget b;
        memset(slots, 0, sizeof(slots));
        sq_budget_init(&b, &s->limits, 5000);
        b.prices[SQ_ASKED_MODEL] = (struct sq_price){1, 2, 0};
        for (size_t j = 0; j < 10 && s->moves[j].what; j++) {
            char got = play(&b, slots, &s->moves[j]);
            if (got != s->moves[j].want)
                fail_msg("%s: move %zu gave %c", s->name, j + 1, got);
        }
        if (b.over != s->over || b.requests != s->requests ||
            sq_budget_tokens(&b) != s->tokens)
            fail_msg("%s: over %d, %lld requests, %lld tokens", s->name, b.over,
                     b.requests, sq_budget_tokens(&b));
    }
}

static void test_needs_most(void **state)
{
    struct sq_budget_limits l = none;
    (void)state;
    l.requests = 1;
    l.wall_s = 1;
    assert_false(sq_budget_needs_most(&l));
    l.cost = 0;
    assert_true(sq_budget_needs_most(&l));
    l.cost = NAN;
    l.tokens = 0;
    assert_true(sq_budget_needs_most(&l));
}

/* Every byte may be a token, and the template adds some. */
static void test_most(void **state)
{
    struct sq_message m[] = {{.role = "system", .content = SQ_STR("abc")},
                             {.role = "user", .content = SQ_STR("\xc3\xa4!")}};
    struct sq_request r = {.messages = m, .nmessages = 2};
    struct sq_tokens most;
    (void)state;
    r.sampling.max_tokens = 77;
    most = sq_budget_most(&r);
    assert_true(most.input >= 6 + 10);
    assert_true(most.input <= 6 + 10 + 256);
    assert_int_equal(most.output, 77);
    r.sampling.max_tokens = -1;
    assert_int_equal(sq_budget_most(&r).output, 0);
}

static void test_texts(void **state)
{
    struct sq_budget_limits l = none;
    struct sq_hold h = {.asked = SQ_ASKED_JUDGE, .most = {1000, 500}};
    struct sq_budget b;
    struct sq_buf out;
    (void)state;
    l.cost = 0.5;
    sq_buf_init(&out, 1000);
    sq_budget_init(&b, &l, 0);
    /* without a price nothing is within a cost */
    assert_int_equal(sq_budget_take(&b, &h, 0), SQ_BUDGET_NO);
    sq_budget_name(&b, &out);
    assert_string_equal(out.p, "--max-cost 0.5");
    sq_buf_reset(&out);
    b.prices[SQ_ASKED_JUDGE] = (struct sq_price){10, 20, 0};
    assert_int_equal(sq_budget_take(&b, &h, 0), SQ_BUDGET_YES);
    sq_budget_settle(&b, &h, (struct sq_tokens){1000, 500, 0});
    /* twice is once */
    sq_budget_settle(&b, &h, (struct sq_tokens){1000, 500, 0});
    sq_budget_spent(&b, &out);
    assert_string_equal(out.p, "1 requests, 1500 tokens, $0.0200");
    sq_buf_reset(&out);
    b.prices[SQ_ASKED_JUDGE] = (struct sq_price){NAN, NAN, 0};
    sq_budget_spent(&b, &out);
    assert_string_equal(out.p, "1 requests, 1500 tokens");
    sq_buf_release(&out);
}

/* ---- any order ---------------------------------------------------------- */

#define SLOTS 40

/* What the servers really got and charged. */
struct truth {
    long long requests, tokens;
    double cost;
};

static void charge(struct truth *t, const struct sq_budget *b,
                   const struct sq_hold *h, struct sq_tokens n)
{
    t->tokens += n.input + n.output;
    t->cost += sq_price_cost(b->prices[h->asked], n);
}

static long long below(struct sq_rng *rng, long long n)
{
    return (long long)sq_rng_below(rng, (uint64_t)n + 1);
}

/* Ends a try in one of the ways there are; what it takes is at most its most.
 */
static void end_try(struct sq_budget *b, struct sq_hold *h, struct truth *t,
                    struct sq_rng *rng)
{
    struct sq_tokens used = {below(rng, h->most.input),
                             below(rng, h->most.output), 0};
    bool told = sq_rng_below(rng, 4) > 0;
    switch (sq_rng_below(rng, 4)) {
    case 0:
        t->requests += sq_budget_failed(b, h, false, 0);
        break;
    case 1:
        charge(t, b, h, used);
        t->requests += sq_budget_failed(b, h, true, below(rng, 1) - 1);
        break;
    default:
        charge(t, b, h, used);
        if (!told)
            used = (struct sq_tokens){-1, -1, 0};
        sq_budget_settle(b, h, used);
    }
}

static void play_any_order(uint64_t seed, const struct sq_budget_limits *limits)
{
    struct sq_hold slots[SLOTS];
    struct truth t = {0};
    struct sq_budget b;
    struct sq_rng rng;
    memset(slots, 0, sizeof(slots));
    sq_rng_seed(&rng, seed);
    sq_budget_init(&b, limits, 0);
    b.prices[SQ_ASKED_MODEL] = (struct sq_price){0.15, 0.6, 0};
    b.prices[SQ_ASKED_JUDGE] = (struct sq_price){2.5, 10, 0};
    size_t inflight = 0;
    enum sq_budget_answer answer = SQ_BUDGET_YES;
    for (int i = 0; i < 100000; i++) {
        struct sq_hold *h = &slots[sq_rng_below(&rng, SLOTS)];
        inflight = 0;
        for (size_t j = 0; j < SLOTS; j++)
            inflight += slots[j].taken;
        if (answer == SQ_BUDGET_NO && !inflight)
            break;
        /* what waits is waiting for something */
        assert_true(answer != SQ_BUDGET_WAIT || inflight);
        if (h->taken) {
            end_try(&b, h, &t, &rng);
            answer = answer == SQ_BUDGET_NO ? answer : SQ_BUDGET_YES;
        } else if (answer == SQ_BUDGET_YES) {
            *h = (struct sq_hold){
                .asked = (enum sq_asked)sq_rng_below(&rng, SQ_ASKED_COUNT),
                .most = {below(&rng, 3000), below(&rng, 2000)}};
            answer = sq_budget_take(&b, h, 0);
            t.requests += answer == SQ_BUDGET_YES;
        }
        assert_true(limits->requests < 0 || t.requests <= limits->requests);
        assert_true(limits->tokens < 0 || t.tokens <= limits->tokens);
        assert_true(isnan(limits->cost) || t.cost <= limits->cost + 1e-12);
        assert_int_equal(t.requests, b.requests);
        assert_true(t.tokens <= sq_budget_tokens(&b));
    }
    assert_int_equal(answer, SQ_BUDGET_NO);
    assert_int_equal(inflight, 0);
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        assert_true(b.held[i].input == 0 && b.held[i].output == 0);
    /* and it was not stingy: one more request at the most would have gone over
     */
    assert_true(limits->tokens < 0 ||
                sq_budget_tokens(&b) > limits->tokens - 5000);
}

static void test_any_order(void **state)
{
    static const struct sq_budget_limits limits[] = {
        {500, -1, NAN, NAN},
        {-1, 300000, NAN, NAN},
        {-1, -1, 0.75, NAN},
    };
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++)
        for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
            play_any_order(seed, &limits[i]);
}

/* ---- prices -------------------------------------------------------------- */

static void test_prices(void **state)
{
    static const struct {
        const char *text, *error; /* error NULL = found, 1.5 and 6 */
        double cached_less;
    } rows[] = {
        {"{\"m\": {\"input\": 1.5, \"output\": 6, \"cached_input\": 0.5}}",
         NULL, 1},
        {"{\"m\": {\"input\": 1.5, \"output\": 6, \"cached_input\": 0}}", NULL,
         1.5},
        {"{\"m\": {\"input\": 1, \"output\": 6, \"cached_input\": 2}}",
         "m: cached_input is more", 0},
        {"{\"m\": {\"input\": 1, \"output\": 6, \"cached_input\": -2}}",
         "below 0", 0},
        {"{\"m\": {\"input\": 1, \"output\": 6, \"cached_input\": \"\"}}",
         "cached_input", 0},
        {"{\"m\": {\"input\": 1.5, \"output\": 6}}", NULL, 0},
        {"{\"a\": {\"input\": 0, \"output\": 0},"
         " \"m\": {\"input\": 1.5, \"output\": 6}}",
         NULL, 0},
        {"{\"m-mini\": {\"input\": 1.5, \"output\": 6}}", "no price of \"m\"",
         0},
        {"{\"m\": {\"input\": 1.5}}", "m: output", 0},
        {"{\"m\": {\"input\": -1, \"output\": 6}}", "m: a price is below 0", 0},
        {"{\"m\": {\"input\": 1, \"output\": 6, \"outptu\": 6}}", "outptu", 0},
        {"{\"m\": 3}", "m: is", 0},
        {"[]", "{\"MODEL\"", 0},
        {"{", ":1:", 0},
    };
    char *folder = temp_folder();
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sq_price price = {NAN, NAN, 0};
        struct sq_err err = {0};
        char *path =
            temp_file(folder, "prices.json", sq_str_from(rows[i].text));
        enum sq_status st = sq_price_load(path, "m", &price, &err);
        if (rows[i].error) {
            assert_int_equal(st, SQ_INPUT);
            if (!strstr(err.msg, rows[i].error))
                fail_msg("%s: %s", rows[i].text, err.msg);
            assert_false(sq_price_known(price));
        } else {
            assert_int_equal(st, SQ_OK);
            assert_true(price.input == 1.5 && price.output == 6);
            assert_true(price.cached_less == rows[i].cached_less);
            assert_true(sq_price_cost(price, (struct sq_tokens){1000000, 500000,
                                                                0}) == 4.5);
        }
        unlink(path);
        free(path);
    }
    rmdir(folder);
    free(folder);
}

static void test_cached_price(void **state)
{
    (void)state;
    struct sq_price price = {2, 8, 1.5};
    struct sq_tokens n = {1000000, 0, 400000};
    assert_true(fabs(sq_price_cost(price, n) - 1.4) < 1e-12);
    n.cached = 2000000; /* a server that says nonsense */
    assert_true(fabs(sq_price_cost(price, n) - 0.5) < 1e-12);
    n.cached = -1;
    assert_true(fabs(sq_price_cost(price, n) - 2) < 1e-12);

    struct sq_budget b;
    struct sq_hold h = {.most = {1000000, 100, 0}};
    sq_budget_init(&b, &none, 0);
    b.prices[SQ_ASKED_MODEL] = price;
    assert_int_equal(sq_budget_take(&b, &h, 0), SQ_BUDGET_YES);
    n.cached = 400000;
    sq_budget_settle(&b, &h, n);
    assert_true(fabs(sq_budget_cost(&b) - 1.4) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),      cmocka_unit_test(test_needs_most),
        cmocka_unit_test(test_most),         cmocka_unit_test(test_texts),
        cmocka_unit_test(test_any_order),    cmocka_unit_test(test_prices),
        cmocka_unit_test(test_cached_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
