/* Paired statistics against published examples and brute force. */
#include "stat/paired.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"
#include "stat/dist.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void close_to(double got, double want, double eps)
{
    if (!(fabs(got - want) <= eps))
        fail_msg("got %.10g, want %.10g", got, want);
}

/* Student (1908), "The probable error of a mean", Biometrika 6: hours of sleep
 * gained by one drug over another. t = 4.06; the digits of p are R's
 * t.test(sleep, paired = TRUE). */
static const double sleep_hours[] = {1.2, 2.4, 1.3, 1.3, 0,
                                     1.0, 1.8, 0.8, 4.6, 1.4};

/* Darwin's maize as in Fisher, The Design of Experiments (1935), s. 17 and 21:
 * of 2^15 sign patterns 863 have a sum at least as large. */
static const double maize[] = {49, -67, 8,  16, 6,  23, 28, 41,
                               14, 29,  56, 24, 75, 60, -48};

static void test_normal(void **state)
{
    (void)state;
    close_to(sq_normal_cdf(0), 0.5, 1e-15);
    close_to(sq_normal_quantile(0.975), 1.959963984540054, 1e-12);
    close_to(sq_normal_quantile(0.8), 0.8416212335729143, 1e-12);
    close_to(sq_normal_quantile(1e-6), -4.753424308822899, 1e-9);
}

/* Student's table, and closed forms for 1 and 2 degrees of freedom. */
static void test_student(void **state)
{
    const double pi = acos(-1);

    (void)state;
    close_to(sq_student_tail(2.262, 9), 0.025, 1e-5);
    close_to(sq_student_tail(2.086, 20), 0.025, 1e-5);
    close_to(sq_student_tail(0, 7), 0.5, 1e-14);
    for (double t = -30; t <= 30; t += 0.37) {
        close_to(sq_student_tail(t, 1), 0.5 - atan(t) / pi, 1e-12);
        close_to(sq_student_tail(t, 2), 0.5 - t / (2 * sqrt(2 + t * t)), 1e-12);
    }
    close_to(sq_student_tail(1.5, 1e7), 1 - sq_normal_cdf(1.5), 1e-7);
    close_to(sq_student_quantile(0.975, 1), 12.706, 5e-4);
    close_to(sq_student_quantile(0.975, 4), 2.776, 5e-4);
    close_to(sq_student_quantile(0.95, 30), 1.697, 5e-4);
    close_to(sq_student_quantile(0.025, 9), -2.262, 5e-4);
}

static void test_coins(void **state)
{
    (void)state;
    close_to(sq_coins_tail(0, 0), 1, 0);
    close_to(sq_coins_tail(7, 8), 9.0 / 256, 1e-14);
    close_to(sq_coins_tail(1, 8), 255.0 / 256, 1e-14);
    close_to(sq_coins_tail(9, 8), 0, 0);
    close_to(sq_coins_tail(500, 1000), 0.5 + sq_coins_at(500, 1000) / 2, 1e-10);
}

static void test_paired_t(void **state)
{
    struct sq_paired_t r = sq_stat_paired_t(sleep_hours, COUNT(sleep_hours));
    const double same[] = {0.5, 0.5, 0.5}, none[] = {0, 0};

    (void)state;
    close_to(r.mean, 1.58, 1e-12);
    close_to(r.t, 4.0621, 5e-5);
    close_to(r.p, 0.002833, 5e-7);
    assert_true(isnan(sq_stat_paired_t(same, 1).p));
    assert_true(sq_stat_paired_t(same, 3).p == 0);
    assert_true(sq_stat_paired_t(none, 2).p == 1);
}

/* Fagerland, Lydersen, Laake (2013), BMC Med. Res. Methodol. 13:91, the data of
 * Bentur et al.: 7 and 1 discordant pairs, exact p 0.070, mid-p 0.039. */
static void test_mcnemar(void **state)
{
    struct sq_mcnemar r = sq_stat_mcnemar(1, 7);

    (void)state;
    close_to(r.exact, 18.0 / 256, 1e-12);
    close_to(r.mid, 10.0 / 256, 1e-12);
    r = sq_stat_mcnemar(7, 1);
    close_to(r.mid, 10.0 / 256, 1e-12);
    r = sq_stat_mcnemar(2, 2);
    close_to(r.exact, 1, 0);
    close_to(r.mid, 1 - 6.0 / 16 / 2, 1e-12);
    r = sq_stat_mcnemar(0, 0);
    assert_true(r.exact == 1 && r.mid == 1);
}

static void test_sign_flip(void **state)
{
    double up[] = {1, 1, 1, 0, 1, -1, 0, 1, 1, 1};
    double p = sq_stat_sign_flip(maize, COUNT(maize), 100000, 7);
    size_t as_large = 0;

    (void)state;
    for (unsigned bits = 0; bits < 1u << COUNT(maize); bits++) {
        double sum = 0;
        for (size_t i = 0; i < COUNT(maize); i++)
            sum += bits >> i & 1 ? fabs(maize[i]) : -fabs(maize[i]);
        as_large += sum >= 314;
    }
    assert_int_equal(as_large, 863);
    close_to(p, 863.0 / 32768, 0.0021); /* four standard errors */
    assert_true(p == sq_stat_sign_flip(maize, COUNT(maize), 100000, 7));
    assert_true(p != sq_stat_sign_flip(maize, COUNT(maize), 100000, 8));
    /* One size: McNemar's one-sided exact test, 7 up and 1 down. */
    close_to(sq_stat_sign_flip(up, 10, 1, 1), 9.0 / 256, 1e-12);
    up[5] = -1.5;
    assert_true(sq_stat_sign_flip(up, 10, 9, 1) >= 0.1);
    assert_true(sq_stat_sign_flip(NULL, 0, 99, 1) == 1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All 6^6 resamples of six values, of which the interval is a sample. */
static void test_bootstrap(void **state)
{
    const double d[] = {0.3, -1.1, 2.7, 0.9, 1.6, 4.2};
    static double all[46656];
    struct sq_interval r = sq_stat_bootstrap(d, 6, 200000, 5);

    (void)state;
    for (size_t k = 0; k < COUNT(all); k++) {
        size_t rest = k;
        for (int i = 0; i < 6; i++, rest /= 6)
            all[k] += d[rest % 6] / 6;
    }
    qsort(all, COUNT(all), sizeof(*all), by_value);
    close_to(r.lo, all[(size_t)(0.025 * COUNT(all))], 0.03);
    close_to(r.hi, all[(size_t)(0.975 * COUNT(all))], 0.03);
    assert_true(isnan(sq_stat_bootstrap(d, 1, 100, 1).lo));
}

/* Many values: close to mean -+ 1.96 SE. */
static void test_bootstrap_many(void **state)
{
    static double d[805];
    struct sq_rng rng;
    struct sq_interval r;

    (void)state;
    sq_rng_seed(&rng, 3);
    for (size_t i = 0; i < COUNT(d); i++)
        d[i] = sq_rng_unit(&rng) - 0.5;
    r = sq_stat_bootstrap(d, COUNT(d), 10000, 1);
    struct sq_paired_t t = sq_stat_paired_t(d, COUNT(d));
    close_to(r.lo, t.mean - 1.96 * t.se, 0.05 * t.se);
    close_to(r.hi, t.mean + 1.96 * t.se, 0.05 * t.se);
}

/* The example of Wikipedia's "Holm-Bonferroni method": of 0.01, 0.04, 0.03 and
 * 0.005 the first and the last are rejected at 5%. */
static void test_holm(void **state)
{
    const double p[] = {0.01, 0.04, 0.03, 0.005}, half = 0.5;
    double got[4];

    (void)state;
    sq_stat_holm(p, 4, got);
    close_to(got[0], 0.03, 1e-15);
    close_to(got[1], 0.06, 1e-15);
    close_to(got[2], 0.06, 1e-15);
    close_to(got[3], 0.02, 1e-15);
    sq_stat_holm(&half, 1, got);
    close_to(got[0], 0.5, 0);
}

/* Lachin's factor: at a two-sided 5% and power 0.8 it is 2.8016. */
static void test_power(void **state)
{
    double se = sqrt(0.2 / 164);

    (void)state;
    close_to(sq_stat_mde(1, 0.025, 0.8), 2.8016, 5e-5);
    close_to(sq_stat_mde(se, 0.025, 0.8), 0.0978, 5e-5);
    close_to(sq_stat_power(sq_stat_mde(se, 0.05, 0.8), se, 0.05), 0.8, 1e-12);
    close_to(sq_stat_power(0, se, 0.05), 0.05, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal),    cmocka_unit_test(test_student),
        cmocka_unit_test(test_coins),     cmocka_unit_test(test_paired_t),
        cmocka_unit_test(test_mcnemar),   cmocka_unit_test(test_sign_flip),
        cmocka_unit_test(test_bootstrap), cmocka_unit_test(test_bootstrap_many),
        cmocka_unit_test(test_holm),      cmocka_unit_test(test_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
