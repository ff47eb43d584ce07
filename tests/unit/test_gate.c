/* How a gate decides, what lost samples do, and what it writes for a CI. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "report/gate_files.h"
#include "report/moved.h"
#include "stat/gate.h"

static void close_to(double got, double want, double eps)
{
    if (!(fabs(got - want) <= eps))
        fail_msg("got %.10g, want %.10g", got, want);
}

/* n drops: `up` of 1, `down` of -1, the others 0. */
static struct sq_gate_test test_of(size_t n, size_t up, size_t down,
                                   double allowed)
{
    struct sq_gate_test t = {.allowed = allowed, .range = 1};
    double *d = sq_xcalloc(n + 1, sizeof(*d));

    for (size_t i = 0; i < up + down; i++)
        d[i] = i < up ? 1 : -1;
    sq_gate_measure(&t, d, n, 1);
    free(d);
    return t;
}

static void test_verdicts(void **state)
{
    static const struct {
        size_t n, up, down;
        double allowed;
        enum sq_gate_verdict want;
    } rows[] = {
        {400, 40, 10, 0.02, SQ_GATE_FAIL},
        {400, 20, 20, 0.02, SQ_GATE_INCONCLUSIVE},
        /* the bound of the drop is 1.9 points */
        {400, 10, 10, 0.02, SQ_GATE_PASS},
        {4000, 100, 100, 0.02, SQ_GATE_PASS},
        /* significant, and less than is allowed */
        {4000, 200, 140, 0.02, SQ_GATE_PASS},
        /* just above what is allowed, and significant */
        {4000, 200, 119, 0.02, SQ_GATE_FAIL},
        /* more than is allowed, and may be chance */
        {100, 4, 1, 0.02, SQ_GATE_INCONCLUSIVE},
        /* noisy, and clearly better */
        {400, 10, 60, 0.02, SQ_GATE_PASS},
        /* nothing moved: 60 cannot rule 2 points out, 400 can */
        {60, 0, 0, 0.02, SQ_GATE_INCONCLUSIVE},
        {400, 0, 0, 0.02, SQ_GATE_PASS},
        {1, 0, 0, 0.02, SQ_GATE_INCONCLUSIVE},
        {0, 0, 0, 0.02, SQ_GATE_INCONCLUSIVE},
        /* 5 of 5 are worse than that by chance in 3% */
        {5, 5, 0, 0.02, SQ_GATE_FAIL},
        {4, 4, 0, 0.02, SQ_GATE_INCONCLUSIVE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sq_gate_test t =
            test_of(rows[i].n, rows[i].up, rows[i].down, rows[i].allowed);

        sq_gate_decide(&t, 1, 0.05);
        if (t.verdict != rows[i].want)
            fail_msg("row %zu: got %s, want %s", i,
                     sq_gate_verdict_name(t.verdict),
                     sq_gate_verdict_name(rows[i].want));
    }
}

/* By hand: 100 pairs, 12 and 8 discordant; spread .2 - .04^2. */
static void test_figures(void **state)
{
    struct sq_gate_test t = test_of(100, 12, 8, 0.02);
    double spread = 0.2 - 0.04 * 0.04;
    double se = sqrt((100 * spread + 1) / 102 / 100);

    (void)state;
    sq_gate_decide(&t, 1, 0.05);
    close_to(t.drop, 0.04, 1e-12);
    close_to(t.se, se, 1e-12);
    close_to(t.p, 0.251722, 1e-6); /* of 20 coins 12 heads or more */
    close_to(t.upper, 0.04 + 1.644853627 * se, 1e-9);
    close_to(t.detectable, (1.644853627 + 0.841621234) * se, 1e-9);
    /* n that gives 80%, and no fewer */
    double z = 1.644853627 + 0.841621234, n = (double)t.needed;
    assert_true(z * sqrt((n * spread + 1) / (n + 2) / n) <= 0.02);
    n--;
    assert_true(z * sqrt((n * spread + 1) / (n + 2) / n) > 0.02);
}

/* What fails alone is chance among twenty. */
static void test_many_limits(void **state)
{
    struct sq_gate_test t[20];

    (void)state;
    for (size_t i = 0; i < 20; i++)
        t[i] = i ? test_of(400, 20, 20, 0.02) : test_of(400, 20, 8, 0.02);
    sq_gate_decide(t, 1, 0.05);
    assert_int_equal(t[0].verdict, SQ_GATE_FAIL);
    t[0] = test_of(400, 20, 8, 0.02);
    sq_gate_decide(t, 20, 0.05);
    /* what is promised counts on a twentieth of alpha */
    close_to(t[0].detectable, (2.807033768 + 0.841621234) * t[0].se, 1e-9);
    assert_int_equal(t[0].verdict, SQ_GATE_INCONCLUSIVE);
}

/* ---- scores ------------------------------------------------------------- */

#define HOSTILE "m|<x>\"&'\n%0A::error::\x1b\xff"

static struct sq_scores make_scores(const char *model)
{
    struct sq_scores s = {.model = sq_str_from(model),
                          .run = SQ_STR("r"),
                          .status = SQ_STR("complete"),
                          .settings = sq_json_object(),
                          .nsuites = 1};

    s.suites = sq_xcalloc(1, sizeof(*s.suites));
    s.suites[0].label = SQ_STR("s:n=1");
    return s;
}

static void put(struct sq_scores *s, const char *metric, size_t sample,
                double value)
{
    struct sq_score v = {
        SQ_STR("s:n=1"), sq_str_from(metric), {NULL, 0}, value};

    v.sample =
        sq_str_from(sq_arena_printf(&s->arena, "%03zu %s", sample, HOSTILE));
    sq_scores_add(s, v);
}

static void evaluate(struct sq_scores *a, struct sq_scores *b,
                     const struct sq_gate_limit *limit,
                     struct sq_gate_result *r)
{
    const struct sq_gate_options how = {limit, 1, 0.05, NULL};
    struct sq_err err = {0};

    assert_int_equal(sq_scores_sort(a, &err), SQ_OK);
    assert_int_equal(sq_scores_sort(b, &err), SQ_OK);
    if (sq_gate_evaluate(a, b, &how, r, &err) != SQ_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(r->n, 1);
}

static void release(struct sq_scores *a, struct sq_scores *b,
                    struct sq_gate_result *r)
{
    sq_gate_release(r);
    sq_scores_release(a);
    sq_scores_release(b);
}

/* A model of which 40 responses were cut is perfect on the others. */
static void test_lost_samples(void **state)
{
    struct sq_scores a = make_scores("a"), b = make_scores("b");
    const struct sq_gate_limit drop = {.metric = SQ_STR("full_rate"),
                                       .value = 2};
    const struct sq_gate_limit floor = {
        .metric = SQ_STR("full_rate"), .value = 0.95, .floor = true};
    struct sq_gate_result r;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        put(&a, "full_rate", i, 1);
        if (i >= 40)
            put(&b, "full_rate", i, 1);
    }
    evaluate(&a, &b, &drop, &r);
    assert_int_equal(r.rows[0].test.verdict, SQ_GATE_PASS);
    assert_int_equal(r.rows[0].verdict, SQ_GATE_INCONCLUSIVE);
    assert_int_equal(r.rows[0].lost, 40);
    assert_non_null(strstr(r.rows[0].why, "one side only"));
    sq_gate_release(&r);
    evaluate(&a, &b, &floor, &r);
    assert_true(r.rows[0].candidate == 1);
    assert_int_equal(r.rows[0].verdict, SQ_GATE_INCONCLUSIVE);
    release(&a, &b, &r);
}

/* As many lost by either side say nothing against the candidate. */
static void test_lost_by_both(void **state)
{
    struct sq_scores a = make_scores("a"), b = make_scores("b");
    const struct sq_gate_limit drop = {.metric = SQ_STR("full_rate"),
                                       .value = 2};
    struct sq_gate_result r;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        if (i >= 20)
            put(&a, "full_rate", i, 1);
        if (i < 380)
            put(&b, "full_rate", i, 1);
    }
    evaluate(&a, &b, &drop, &r);
    assert_int_equal(r.rows[0].test.n, 360);
    assert_int_equal(r.verdict, SQ_GATE_PASS);
    release(&a, &b, &r);
}

/* A point of a quality from 1 to 5 is 0.04. */
static void test_points_of_a_scale(void **state)
{
    struct sq_scores a = make_scores("a"), b = make_scores("b");
    const struct sq_gate_limit limit = {.metric = SQ_STR("quality"),
                                        .value = 4};
    struct sq_gate_result r;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        put(&a, "quality", i, 4);
        put(&b, "quality", i, i % 4 ? 4 : 3);
    }
    evaluate(&a, &b, &limit, &r);
    close_to(r.rows[0].test.allowed, 0.16, 1e-12);
    close_to(r.rows[0].test.drop, 0.25, 1e-12);
    assert_int_equal(r.verdict, SQ_GATE_FAIL);
    release(&a, &b, &r);
}

static void test_limits(void **state)
{
    static const char *const bad[] = {"",    "x",    "=2",    "x=",   "x=two",
                                      "x=0", "x=-1", "x=nan", "x=2 ", "x=101"};
    struct sq_gate_limit l;
    struct sq_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(sq_gate_limit_parse(bad[i], false, &l, &err),
                         SQ_USAGE);
    assert_int_equal(sq_gate_limit_parse("a=2.5", false, &l, &err), SQ_OK);
    assert_true(l.value == 2.5 && sq_str_eq(l.metric, SQ_STR("a")));
    assert_int_equal(sq_gate_limit_parse("a=0", true, &l, &err), SQ_OK);
}

/* Largest first, ties by place, and only drops where drops are asked for. */
static void test_moved(void **state)
{
    struct sq_pair pairs[] = {{SQ_STR("a"), 1, 0.5}, {SQ_STR("b"), 0, 1},
                              {SQ_STR("c"), NAN, 1}, {SQ_STR("d"), 0.5, 0.5},
                              {SQ_STR("e"), 0.5, 0}, {SQ_STR("f"), 1, 0},
                              {SQ_STR("g"), 1, NAN}};
    const struct sq_pair_group g = {.pairs = pairs, .npairs = 7};
    size_t at[8];

    (void)state;
    assert_int_equal(sq_moved_pick(&g, false, 8, at), 4);
    assert_int_equal(at[0], 1);
    assert_int_equal(at[1], 5);
    assert_int_equal(at[2], 0);
    assert_int_equal(at[3], 4);
    assert_int_equal(sq_moved_pick(&g, true, 2, at), 2);
    assert_int_equal(at[0], 5);
    assert_int_equal(at[1], 0);
    assert_int_equal(sq_moved_pick(&g, true, 0, at), 0);
}

/* ---- what a CI reads ---------------------------------------------------- */

static void test_xml(void **state)
{
    struct sq_buf out;

    (void)state;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    sq_xml_escape(SQ_STR("a<b>&\"'\x01\x7f\xff]]>\n\t\xc3\xa9"), &out);
    assert_string_equal(out.p, "a&lt;b&gt;&amp;&quot;&#39;\xef\xbf\xbd"
                               "\xef\xbf\xbd\xef\xbf\xbd]]&gt;&#10;&#9;"
                               "\xc3\xa9");
    sq_buf_release(&out);
}

static void test_annotation(void **state)
{
    struct sq_buf out;

    (void)state;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    sq_gate_annotation(SQ_STR("50%\n::set-output name=x::y\r"), &out);
    assert_string_equal(out.p, "::error title=seqeval gate::50%25%0A"
                               "::set-output name=x::y%0D\n");
    sq_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_many_limits),
        cmocka_unit_test(test_lost_samples),
        cmocka_unit_test(test_lost_by_both),
        cmocka_unit_test(test_points_of_a_scale),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_annotation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
