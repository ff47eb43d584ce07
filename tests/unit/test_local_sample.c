#include "engine/local_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

/* Logits of probabilities 0.5, 0.25, 0.125, 0.125 at temperature 1. */
static const float quarters[] = {0, 1.3862944f, 0.6931472f, 0};

static double share_of(int32_t token, double temperature, double top_p)
{
    enum { DRAWS = 20000 };
    struct sq_rng rng;
    int hits = 0;
    sq_rng_seed(&rng, 3);
    for (int i = 0; i < DRAWS; i++)
        hits += sq_local_pick(quarters, 4, temperature, top_p, &rng) == token;
    return (double)hits / DRAWS;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 0.015;
}

static void the_likeliest_without_temperature(void **state)
{
    (void)state;
    struct sq_rng rng;
    const float equal[] = {1, 2, 2};
    const float holes[] = {NAN, -INFINITY, 3};
    const float none[] = {NAN, NAN};
    const float endless[] = {1, INFINITY};
    sq_rng_seed(&rng, 1);
    assert_int_equal(sq_local_pick(quarters, 4, 0, 1, &rng), 1);
    assert_int_equal(sq_local_pick(quarters, 4, NAN, NAN, &rng), 1);
    assert_int_equal(sq_local_pick(equal, 3, 0, 1, &rng), 1);
    assert_int_equal(sq_local_pick(holes, 3, 0, 1, &rng), 2);
    assert_int_equal(sq_local_pick(holes, 3, 1, 1, &rng), 2);
    assert_int_equal(sq_local_pick(none, 2, 0, 1, &rng), -1);
    assert_int_equal(sq_local_pick(endless, 2, 1, 1, &rng), -1);
}

static void draws_by_probability(void **state)
{
    (void)state;
    assert_true(near(share_of(1, 1, 1), 0.5));
    assert_true(near(share_of(2, 1, NAN), 0.25));
    assert_true(near(share_of(0, 1, 1), 0.125));
    /* At temperature 0.5 the probabilities are squared. */
    assert_true(near(share_of(1, 0.5, 1), 16.0 / 22));
}

static void the_nucleus_alone(void **state)
{
    (void)state;
    assert_true(near(share_of(1, 1, 0.6), 2.0 / 3));
    assert_true(near(share_of(2, 1, 0.6), 1.0 / 3));
    assert_true(share_of(0, 1, 0.6) == 0);
    assert_true(share_of(1, 1, 0) == 1);
}

static void logprobs_are_of_the_model(void **state)
{
    (void)state;
    struct sq_local_logprob top[3];
    double own;
    assert_int_equal(sq_local_logprobs(quarters, 4, 3, &own, top, 3), 3);
    assert_true(fabs(own - log(0.125)) < 1e-6);
    assert_int_equal(top[0].token, 1);
    assert_true(fabs(top[0].logprob - log(0.5)) < 1e-6);
    assert_int_equal(top[1].token, 2);
    assert_int_equal(top[2].token, 0);
    assert_int_equal(sq_local_logprobs(quarters, 2, 0, &own, top, 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_likeliest_without_temperature),
        cmocka_unit_test(draws_by_probability),
        cmocka_unit_test(the_nucleus_alone),
        cmocka_unit_test(logprobs_are_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
