/* Rates corrected for the faults of the rater. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "stat/prevalence.h"

static void near(double got, double want, double by)
{
    if (!(fabs(got - want) <= by))
        fail_msg("%.6f, want %.6f", got, want);
}

static void test_value(void **state)
{
    (void)state;
    /* By hand: (0.4 + 0.9 - 1) / (0.8 + 0.9 - 1) = 3/7. */
    struct sq_rater_known k = {100, 80, 100, 90};
    struct sq_prevalence p = sq_stat_prevalence(0.4, NAN, 200, &k);
    near(p.value, 3.0 / 7, 1e-12);
    assert_true(p.lo < p.value && p.value < p.hi);
    /* A perfect rater changes nothing, and still is not known to be one. */
    k = (struct sq_rater_known){20, 20, 20, 20};
    p = sq_stat_prevalence(0.4, NAN, 1000000, &k);
    near(p.value, 0.4, 1e-12);
    assert_true(p.hi - p.lo > 0.05);
}

static void test_cut(void **state)
{
    (void)state;
    struct sq_rater_known k = {100, 80, 100, 90};
    near(sq_stat_prevalence(0.05, NAN, 100, &k).value, 0, 0);
    near(sq_stat_prevalence(0.95, NAN, 100, &k).value, 1, 0);
    near(sq_stat_prevalence(0.05, NAN, 100, &k).lo, 0, 0);
}

static void test_not_told(void **state)
{
    (void)state;
    const struct sq_rater_known known[] = {
        {0, 0, 10, 9}, {10, 9, 0, 0}, {10, 5, 10, 5}, {10, 2, 10, 2}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct sq_prevalence p = sq_stat_prevalence(0.5, NAN, 50, &known[i]);
        assert_true(isnan(p.value) && isnan(p.lo) && isnan(p.hi));
    }
    assert_true(isnan(
        sq_stat_prevalence(NAN, NAN, 50, &(struct sq_rater_known){9, 8, 9, 8})
            .value));
}

/* A clustered rate is worth fewer units: its interval is wider. */
static void test_clusters(void **state)
{
    (void)state;
    struct sq_rater_known k = {100, 80, 100, 90};
    struct sq_prevalence a = sq_stat_prevalence(0.4, NAN, 400, &k);
    struct sq_prevalence b = sq_stat_prevalence(0.4, 0.05, 400, &k);
    assert_true(b.hi - b.lo > a.hi - a.lo);
}

static size_t draw(struct sq_rng *r, size_t n, double p)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += sq_rng_unit(r) < p;
    return k;
}

/* Of 95% intervals about 95% hold the truth, also where little is known. */
static void test_coverage(void **state)
{
    (void)state;
    const struct {
        double p, sens, spec;
        size_t n, known;
    } worlds[] = {{0.7, 0.9, 0.8, 200, 60},
                  {0.2, 0.95, 0.9, 100, 30},
                  {0.9, 0.98, 0.95, 400, 40}};
    struct sq_rng r;
    sq_rng_seed(&r, 7);
    for (size_t i = 0; i < 3; i++) {
        size_t held = 0;
        double rate = worlds[i].p * worlds[i].sens +
                      (1 - worlds[i].p) * (1 - worlds[i].spec);
        for (int k = 0; k < 2000; k++) {
            size_t m = worlds[i].known;
            struct sq_rater_known known = {m, draw(&r, m, worlds[i].sens), m,
                                           draw(&r, m, worlds[i].spec)};
            double got =
                (double)draw(&r, worlds[i].n, rate) / (double)worlds[i].n;
            struct sq_prevalence p =
                sq_stat_prevalence(got, NAN, worlds[i].n, &known);
            held += p.lo <= worlds[i].p && worlds[i].p <= p.hi;
        }
        if (held < 1860 || held > 1990)
            fail_msg("world %zu: %zu of 2000", i, held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value),    cmocka_unit_test(test_cut),
        cmocka_unit_test(test_not_told), cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
