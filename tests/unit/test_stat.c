#include "stat/stat.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void close_to(double got, double want, double eps)
{
    if (!(fabs(got - want) <= eps))
        fail_msg("got %.10g, want %.10g", got, want);
}

/* R. G. Newcombe, "Two-sided confidence intervals for the single proportion:
 * comparison of seven methods", Statistics in Medicine 17 (1998) 857-872,
 * table I, method 3 (score, no continuity correction); four decimals. */
static void test_wilson_published(void **state)
{
    static const struct {
        double k, n, lo, hi;
    } rows[] = {{81, 263, 0.2553, 0.3662},
                {15, 148, 0.0624, 0.1605},
                {0, 20, 0, 0.1611},
                {1, 29, 0.0061, 0.1718}};
    double lo, hi;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sq_stat_wilson(rows[i].k, rows[i].n, &lo, &hi);
        close_to(lo, rows[i].lo, 0.00005);
        close_to(hi, rows[i].hi, 0.00005);
        /* and mirrored */
        sq_stat_wilson(rows[i].n - rows[i].k, rows[i].n, &lo, &hi);
        close_to(lo, 1 - rows[i].hi, 0.00005);
        close_to(hi, 1 - rows[i].lo, 0.00005);
    }
}

static void test_wilson_ends(void **state)
{
    double lo, hi;

    (void)state;
    sq_stat_wilson(0, 1e6, &lo, &hi);
    assert_true(lo == 0 && hi > 0 && hi < 1e-5);
    sq_stat_wilson(1e6, 1e6, &lo, &hi);
    assert_true(hi == 1 && lo < 1 && lo > 1 - 1e-5);
    sq_stat_wilson(0, 0, &lo, &hi);
    assert_true(isnan(lo) && isnan(hi));
}

static void test_mean_small(void **state)
{
    const double one = 0.25;
    struct sq_estimate e = sq_stat_mean(NULL, 0, 0, 1);

    (void)state;
    assert_int_equal(e.n, 0);
    assert_true(isnan(e.value) && isnan(e.stderr_) && isnan(e.lo) &&
                isnan(e.hi));
    e = sq_stat_mean(&one, 1, 0, 1);
    assert_int_equal(e.n, 1);
    assert_true(e.value == 0.25 && isnan(e.stderr_) && isnan(e.lo) &&
                isnan(e.hi));
}

static void test_mean(void **state)
{
    const double v[] = {1, 2, 4, 5, 3};
    struct sq_estimate e = sq_stat_mean(v, 5, 1, 5);
    double se = sqrt(2.5 / 5);

    (void)state;
    assert_int_equal(e.n, 5);
    close_to(e.value, 3, 1e-12);
    close_to(e.stderr_, se, 1e-12);
    close_to(e.lo, 3 - 1.959963984540054 * se, 1e-12);
    close_to(e.hi, 3 + 1.959963984540054 * se, 1e-12);
}

static void test_mean_cut_to_range(void **state)
{
    const double v[] = {5, 5, 5, 1};
    struct sq_estimate e = sq_stat_mean(v, 4, 1, 5);

    (void)state;
    close_to(e.value, 4, 1e-12);
    close_to(e.hi, 5, 0);
    assert_true(e.lo > 1 && e.lo < 4);
}

static void test_mean_binary(void **state)
{
    double v[20] = {0};
    struct sq_estimate e = sq_stat_mean(v, 20, 0, 1);
    double lo, hi;

    (void)state;
    assert_true(e.value == 0 && e.stderr_ == 0 && e.lo == 0);
    close_to(e.hi, 0.1611, 0.00005);
    v[3] = v[7] = 1;
    e = sq_stat_mean(v, 20, 0, 1);
    sq_stat_wilson(2, 20, &lo, &hi);
    assert_true(e.lo == lo && e.hi == hi);
    close_to(e.value, 0.1, 1e-12);
    close_to(e.stderr_, sqrt(1.8 / 19 / 20), 1e-12);
}

/* All ones on a scale from 1 to 5 is the worst mark, not a proportion of 1. */
static void test_mean_ones_on_a_scale(void **state)
{
    const double v[] = {1, 1, 1};
    struct sq_estimate e = sq_stat_mean(v, 3, 1, 5);

    (void)state;
    assert_true(e.value == 1 && e.lo == 1 && e.hi == 1);
}

static void test_mean_is_exact(void **state)
{
    static double v[100000];
    struct sq_estimate e;

    (void)state;
    for (size_t i = 0; i < 100000; i++)
        v[i] = 0.1;
    e = sq_stat_mean(v, 100000, 0, 1);
    assert_true(e.value == 0.1);
    close_to(e.stderr_, 0, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson_published),
        cmocka_unit_test(test_wilson_ends),
        cmocka_unit_test(test_mean_small),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_mean_cut_to_range),
        cmocka_unit_test(test_mean_binary),
        cmocka_unit_test(test_mean_ones_on_a_scale),
        cmocka_unit_test(test_mean_is_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
