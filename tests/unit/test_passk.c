/* pass@k against values worked out by counting subsets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include "stat/passk.h"

/* By counting: of all subsets of k out of n samples, the first c of which are
 * right, the share that has a right one. */
static double by_counting(int n, int c, int k)
{
    int hit = 0, all = 0;
    for (unsigned set = 0; set < 1u << n; set++) {
        int size = 0;
        for (int i = 0; i < n; i++)
            size += set >> i & 1;
        if (size != k)
            continue;
        all++;
        hit += (set & ((1u << c) - 1)) != 0;
    }
    return (double)hit / all;
}

static void equals_counting(void **state)
{
    (void)state;
    for (int n = 1; n <= 9; n++)
        for (int c = 0; c <= n; c++)
            for (int k = 1; k <= n; k++)
                assert_true(fabs(sq_stat_pass_k(n, c, k) -
                                 by_counting(n, c, k)) < 1e-12);
}

static void known_values(void **state)
{
    (void)state;
    assert_true(sq_stat_pass_k(20, 0, 10) == 0);
    assert_true(sq_stat_pass_k(20, 11, 10) == 1);
    assert_true(fabs(sq_stat_pass_k(20, 1, 10) - 0.5) < 1e-15);
    assert_true(fabs(sq_stat_pass_k(200, 3, 1) - 0.015) < 1e-15);
}

static void what_makes_no_sense_is_nan(void **state)
{
    (void)state;
    assert_true(isnan(sq_stat_pass_k(5, 1, 6)));
    assert_true(isnan(sq_stat_pass_k(5, 1, 0)));
    assert_true(isnan(sq_stat_pass_k(5, 6, 1)));
    assert_true(isnan(sq_stat_pass_k(0, 0, 1)));
    assert_true(isnan(sq_stat_pass_k_variance(5, 1, 3)));
}

static double choose(int n, int k)
{
    double v = 1;
    for (int i = 1; i <= k; i++)
        v = v * (n - k + i) / i;
    return v;
}

/* Over all outcomes of n draws with chance p, the estimate's mean is 1-(1-p)^k,
 * and the mean of the variance estimate is the estimate's variance. */
static void both_are_unbiased(void **state)
{
    (void)state;
    const int n = 8;
    const double p = 0.3;
    for (int k = 1; 2 * k <= n; k++) {
        double mean = 0, square = 0, variance = 0;
        for (int c = 0; c <= n; c++) {
            double w = choose(n, c) * pow(p, c) * pow(1 - p, n - c);
            double e = sq_stat_pass_k(n, c, k);
            mean += w * e;
            square += w * e * e;
            variance += w * sq_stat_pass_k_variance(n, c, k);
        }
        assert_true(fabs(mean - (1 - pow(1 - p, k))) < 1e-12);
        assert_true(fabs(variance - (square - mean * mean)) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_counting),
        cmocka_unit_test(known_values),
        cmocka_unit_test(what_makes_no_sense_is_nan),
        cmocka_unit_test(both_are_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
