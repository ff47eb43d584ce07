/* Means of clusters against a published example, Miller's formula as it stands,
 * and a simulation. */
#include "stat/cluster.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void close_to(double got, double want, double eps)
{
    if (!(fabs(got - want) <= eps))
        fail_msg("got %.10g, want %.10g", got, want);
}

/* S. L. Lohr, Sampling: Design and Analysis (1999), example 5.2: the grade
 * points of the four students of each of 5 suites, of 100 in a dormitory. Mean
 * 2.826, standard error 0.164 with the correction for a finite population,
 * sqrt(1 - 5/100), which is not ours. */
static void test_published(void **state)
{
    const double v[] = {3.08, 2.60, 3.44, 3.04, 2.36, 3.04, 3.28,
                        2.68, 2.00, 2.56, 2.52, 1.88, 3.00, 2.88,
                        3.44, 3.64, 2.68, 1.92, 3.28, 3.20};
    size_t c[COUNT(v)];
    struct sq_estimate e;

    (void)state;
    for (size_t i = 0; i < COUNT(v); i++)
        c[i] = 3 * (i / 4);
    e = sq_stat_clustered(v, NULL, c, COUNT(v), 0, 4);
    assert_int_equal(e.n, 20);
    close_to(e.value, 2.826, 1e-12);
    close_to(e.stderr_ * sqrt(0.95), 0.164, 5e-4);
    /* Student's table: 2.776 at 4 degrees of freedom. */
    close_to(e.lo, e.value - 2.776 * e.stderr_, 1e-4);
    close_to(e.hi, e.value + 2.776 * e.stderr_, 1e-4);
}

/* Miller (2024), s. 2.2: the naive part and all pairs in a cluster; times
 * G/(G-1). */
static void test_formula(void **state)
{
    const double v[] = {1, 0, 1, 1, 0, 0.5, 0.25, 1},
                 w[] = {2, 1, 1, 1, 3, 1, 1, 2};
    const size_t c[] = {0, 0, 7, 7, 7, 2, 3, 3};
    double mean = 6.75 / 12, cross = 0, even = 4.75 / 8, plain = 0;
    struct sq_estimate e = sq_stat_clustered(v, w, c, 8, 0, 1);

    (void)state;
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++) {
            if (c[i] != c[j])
                continue;
            cross += w[i] * w[j] * (v[i] - mean) * (v[j] - mean);
            plain += (v[i] - even) * (v[j] - even);
        }
    assert_int_equal(e.n, 12);
    close_to(e.value, mean, 1e-14);
    close_to(e.stderr_, sqrt(4.0 / 3 * cross) / 12, 1e-14);
    e = sq_stat_clustered(v, NULL, c, 8, 0, 1);
    close_to(e.stderr_, sqrt(4.0 / 3 * plain) / 8, 1e-14);
}

/* Each value a cluster: s / sqrt(n). Few, or none. */
static void test_ends(void **state)
{
    const double v[] = {0.5, 0.25, 1, 0.75}, same[] = {1, 1, 1, 1, 1, 1},
                 halves[] = {0, 1, 0, 1, 1, 0};
    const size_t alone[] = {0, 1, 2, 3}, one[] = {4, 4, 4, 4},
                 pairs[] = {0, 0, 1, 1, 2, 2};
    struct sq_estimate e = sq_stat_clustered(v, NULL, alone, 4, 0, 1);
    double lo, hi;

    (void)state;
    close_to(e.stderr_, sq_stat_mean(v, 4, 0, 1).stderr_, 1e-15);
    e = sq_stat_clustered(v, NULL, one, 4, 0, 1);
    assert_true(e.value == 0.625 && isnan(e.stderr_) && isnan(e.lo));
    e = sq_stat_clustered(v, NULL, one, 0, 0, 1);
    assert_true(e.n == 0 && isnan(e.value));
    /* No spread between three clusters is not a proof of none. */
    sq_stat_wilson(3, 3, &lo, &hi);
    e = sq_stat_clustered(same, NULL, pairs, 6, 0, 1);
    assert_true(e.stderr_ == 0 && e.lo == lo && e.hi == hi && lo < 0.5);
    sq_stat_wilson(1.5, 3, &lo, &hi);
    e = sq_stat_clustered(halves, NULL, pairs, 6, 0, 1);
    assert_true(e.stderr_ == 0 && e.lo == lo && e.hi == hi);
}

/* 60 clusters of 8 that share most of their luck: the interval covers the true
 * mean in about 95%, the naive one in far less. */
static void test_coverage(void **state)
{
    enum { RUNS = 2000, G = 60, SIZE = 8 };
    static double v[G * SIZE];
    static size_t c[G * SIZE];
    size_t covered = 0, naive = 0;
    struct sq_rng rng;

    (void)state;
    sq_rng_seed(&rng, 11);
    for (int k = 0; k < RUNS; k++) {
        for (size_t i = 0, g = 0; g < G; g++) {
            double p = sq_rng_unit(&rng) < 0.6 ? 0.9 : 0.1;
            for (size_t j = 0; j < SIZE; j++, i++) {
                c[i] = g;
                v[i] = sq_rng_unit(&rng) < p;
            }
        }
        struct sq_estimate e = sq_stat_clustered(v, NULL, c, G * SIZE, 0, 1);
        struct sq_estimate f = sq_stat_mean(v, G * SIZE, 0, 1);
        covered += e.lo <= 0.58 && 0.58 <= e.hi;
        naive += f.lo <= 0.58 && 0.58 <= f.hi;
    }
    assert_in_range(covered, RUNS * 93 / 100, RUNS * 97 / 100);
    assert_true(naive < RUNS * 70 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_formula),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_coverage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
