/* Agreement of raters, against worked examples of the literature. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stat/agreement.h"

#define MOST 256

/* The two raters of a k x k table of counts. */
static size_t unfold(const int *counts, int k, int *a, int *b)
{
    size_t n = 0;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            for (int c = 0; c < counts[i * k + j]; c++, n++) {
                a[n] = i;
                b[n] = j;
            }
    return n;
}

static void near(double got, double want, double by, const char *what)
{
    if (!(fabs(got - want) <= by))
        fail_msg("%s: %.6f, want %.6f", what, got, want);
}

static const struct {
    const char *name;
    int k;
    int counts[16];
    enum sq_kappa_weights weights;
    double kappa, se, by;
} tables[] = {
    /* Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions
     * (2003), table 18.1: kappa .68, standard error .088. */
    {"diagnoses",
     3,
     {75, 1, 4, 5, 4, 1, 0, 0, 10},
     SQ_KAPPA_PLAIN,
     .676,
     .0877,
     .0005},
    /* Two skin doctors, in the manual of SAS's FREQ. */
    {"skin",
     4,
     {10, 4, 1, 0, 5, 10, 12, 2, 2, 4, 12, 5, 0, 2, 6, 13},
     SQ_KAPPA_PLAIN,
     .3449,
     .0724,
     .00005},
    {"skin, weighted",
     4,
     {10, 4, 1, 0, 5, 10, 12, 2, 2, 4, 12, 5, 0, 2, 6, 13},
     SQ_KAPPA_LINEAR,
     .5082,
     .0655,
     .0002},
    {"two by two", 2, {20, 5, 10, 15}, SQ_KAPPA_PLAIN, .4, NAN, 1e-9},
    {"weights say nothing of two",
     2,
     {20, 5, 10, 15},
     SQ_KAPPA_QUADRATIC,
     .4,
     NAN,
     1e-9},
    /* By hand, w = (i - j)^2: sum w o = 8, sum w e = 120 / 10. */
    {"three",
     3,
     {2, 1, 1, 1, 2, 1, 0, 1, 1},
     SQ_KAPPA_QUADRATIC,
     1 - 8.0 / 12,
     NAN,
     1e-9},
    {"never the same", 2, {0, 10, 10, 0}, SQ_KAPPA_PLAIN, -1, 0, 1e-9},
};

static void test_kappa(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        int a[MOST], b[MOST];
        size_t n = unfold(tables[i].counts, tables[i].k, a, b);
        struct sq_kappa r =
            sq_stat_kappa(a, b, n, tables[i].k, tables[i].weights);
        assert_int_equal(r.n, n);
        near(r.kappa, tables[i].kappa, tables[i].by, tables[i].name);
        if (!isnan(tables[i].se))
            near(r.se, tables[i].se, tables[i].by, tables[i].name);
        assert_true(r.lo <= r.kappa && r.kappa <= r.hi && r.lo >= -1 &&
                    r.hi <= 1);
    }
}

static void test_kappa_edges(void **unused)
{
    (void)unused;
    const int a[] = {0, 1, -1, 1, 7, 0}, b[] = {0, 1, 1, -1, 1, 1};
    struct sq_kappa r = sq_stat_kappa(a, b, 6, 2, SQ_KAPPA_PLAIN);
    assert_int_equal(r.n, 3); /* what one left out, or is no category */
    near(r.agreement, 2.0 / 3, 1e-12, "agreement");
    r = sq_stat_kappa(a, a, 2, 2, SQ_KAPPA_PLAIN);
    near(r.kappa, 1, 1e-12, "the same twice");
    const int ones[] = {1, 1, 1};
    r = sq_stat_kappa(ones, ones, 3, 2, SQ_KAPPA_PLAIN);
    near(r.agreement, 1, 0, "agreement");
    assert_true(isnan(r.kappa) && isnan(r.se)); /* nothing varies */
    r = sq_stat_kappa(a, b, 0, 2, SQ_KAPPA_PLAIN);
    assert_true(r.n == 0 && isnan(r.agreement) && isnan(r.kappa));
}

#define X NAN
/* Four observers, twelve units, some missing: Krippendorff (2011), section C
 * and after: nominal .743, ordinal .815, interval .849. */
static const double observers[12 * 4] = {
    1, 1, X, 1, 2, 2, 3, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 2, 3, 4,
    4, 4, 4, 4, 1, 1, 2, 1, 2, 2, 2, 2, X, 5, 5, 5, X, X, 1, 1, X, 3, X, X};

static void test_alpha(void **unused)
{
    (void)unused;
    const struct {
        enum sq_alpha_level level;
        double alpha;
    } want[] = {{SQ_ALPHA_NOMINAL, .743},
                {SQ_ALPHA_ORDINAL, .815},
                {SQ_ALPHA_INTERVAL, .849}};
    for (size_t i = 0; i < 3; i++) {
        struct sq_alpha r =
            sq_stat_alpha(observers, 12, 4, want[i].level, 1000, 7);
        near(r.alpha, want[i].alpha, .0005, "alpha");
        assert_int_equal(r.units, 11); /* the last unit has one rating */
        assert_int_equal(r.ratings, 40);
        assert_true(r.lo < r.alpha && r.alpha < r.hi && r.hi <= 1);
        struct sq_alpha again =
            sq_stat_alpha(observers, 12, 4, want[i].level, 1000, 7);
        assert_true(again.lo == r.lo && again.hi == r.hi);
    }
}

/* Two observers, ten units, yes and no: Krippendorff (2011), section A. */
static void test_alpha_binary(void **unused)
{
    (void)unused;
    const double r[] = {0, 1, 1, 1, 0, 1, 0, 0, 0, 0,
                        0, 1, 0, 0, 0, 0, 1, 0, 0, 0};
    struct sq_alpha a = sq_stat_alpha(r, 10, 2, SQ_ALPHA_NOMINAL, 0, 0);
    near(a.alpha, .095, .0005, "alpha");
    assert_true(isnan(a.lo) && isnan(a.hi));
}

static void test_alpha_edges(void **unused)
{
    (void)unused;
    const double same[] = {1, 1, 1, 1}, alone[] = {1, X, X, 2};
    struct sq_alpha a = sq_stat_alpha(same, 2, 2, SQ_ALPHA_NOMINAL, 10, 1);
    assert_true(a.units == 2 && isnan(a.alpha) && isnan(a.lo));
    a = sq_stat_alpha(alone, 2, 2, SQ_ALPHA_INTERVAL, 10, 1);
    assert_true(a.units == 0 && isnan(a.alpha));
    const double perfect[] = {1, 1, 5, 5, 3, 3};
    a = sq_stat_alpha(perfect, 3, 2, SQ_ALPHA_ORDINAL, 100, 1);
    near(a.alpha, 1, 1e-12, "perfect");
    near(a.lo, 1, 1e-12, "perfect");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kappa),       cmocka_unit_test(test_kappa_edges),
        cmocka_unit_test(test_alpha),       cmocka_unit_test(test_alpha_binary),
        cmocka_unit_test(test_alpha_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
