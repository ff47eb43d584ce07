/* The plan: every job once, in an order and with ids that never change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "run/plan.h"

static const struct {
    const char *text;
    bool ok;
    size_t first, last;
} limits[] = {
    {"10", true, 1, 10},    {"3-5", true, 3, 5},  {"4-4", true, 4, 4},
    {"0", false, 0, 0},     {"5-3", false, 0, 0}, {"-3", false, 0, 0},
    {"3-", false, 0, 0},    {"x", false, 0, 0},   {"", false, 0, 0},
    {"1-2-3", false, 0, 0}, {"1.5", false, 0, 0},
};

static void test_limits(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct sq_plan_limit limit = {0, 0};
        struct sq_err err = {0};
        enum sq_status st = sq_plan_limit_parse(limits[i].text, &limit, &err);
        if ((st == SQ_OK) != limits[i].ok)
            fail_msg("'%s': %s", limits[i].text, err.msg);
        assert_int_equal(limit.first, limits[i].first);
        assert_int_equal(limit.last, limits[i].last);
    }
}

static struct sq_suite *open_suite(const char *spec)
{
    struct sq_suite_open how = {.home = "."};
    struct sq_suite *suite = NULL;
    struct sq_err err = {0};
    if (sq_suite_open(&suite, sq_str_from(spec), &how, &err) != SQ_OK)
        fail_msg("%s", err.msg);
    return suite;
}

/* All jobs as "SUITE/SAMPLE#EPOCH " in order. */
static char *list_jobs(struct sq_plan *plan)
{
    struct sq_buf out;
    struct sq_plan_job job;
    struct sq_err err = {0};
    sq_buf_init(&out, SQ_MAX_REPLY);
    while (sq_plan_next(plan, &job, &err) == SQ_OK && job.sample) {
        sq_buf_addf(&out, "%zu/%zu#%d ", job.sample->suite,
                    job.sample->sample->ordinal, job.epoch);
        sq_plan_sample_drop(job.sample);
    }
    char *text = sq_buf_take(&out);
    sq_buf_release(&out);
    return text;
}

static void test_order(void **unused)
{
    (void)unused;
    struct sq_suite *suites[] = {open_suite("chain:n=3"),
                                 open_suite("chain:n=2,seed=2")};
    struct sq_plan plan = {.suites = suites, .nsuites = 2, .epochs = 2};
    struct sq_err err = {0};
    char *all = list_jobs(&plan);
    assert_string_equal(all, "0/0#1 0/0#2 0/1#1 0/1#2 0/2#1 0/2#2 "
                             "1/0#1 1/0#2 1/1#1 1/1#2 ");
    free(all);
    assert_int_equal(sq_plan_rewind(&plan, &err), SQ_OK);
    plan.limit = (struct sq_plan_limit){2, 2};
    char *some = list_jobs(&plan);
    assert_string_equal(some, "0/1#1 0/1#2 1/1#1 1/1#2 ");
    free(some);
    sq_plan_release(&plan);
    sq_suite_close(suites[0]);
    sq_suite_close(suites[1]);
}

/* A job's id tells suite, sample and epoch apart, and nothing else. */
static void test_ids(void **unused)
{
    (void)unused;
    struct sq_suite *suite = open_suite("chain:n=3");
    char a[SQ_JOB_ID_SIZE], b[SQ_JOB_ID_SIZE];
    sq_plan_job_id(suite, SQ_STR("x"), 1, a);
    assert_int_equal(strlen(a), SQ_JOB_ID_SIZE - 1);
    sq_plan_job_id(suite, SQ_STR("x"), 1, b);
    assert_string_equal(a, b);
    sq_plan_job_id(suite, SQ_STR("x"), 2, b);
    assert_string_not_equal(a, b);
    sq_plan_job_id(suite, SQ_STR("x"), 12, b);
    assert_string_not_equal(a, b);
    sq_plan_job_id(suite, SQ_STR("y"), 1, b);
    assert_string_not_equal(a, b);
    struct sq_suite *other = open_suite("chain:n=3,seed=2");
    sq_plan_job_id(other, SQ_STR("x"), 1, b);
    assert_string_not_equal(a, b);
    sq_suite_close(suite);
    sq_suite_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_ids)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
