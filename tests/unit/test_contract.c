#include "seqeval.h"
#include "seqeval_metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The numbers stand in databases: an entry that moves is a fault. */
static void test_states(void **state)
{
    (void)state;
    static const char *const names[] = {
        "pass",      "fail",    "unparsable",   "unsupported", "error",
        "truncated", "refused", "unanswerable", "not_judged",  "not_run"};
    assert_int_equal(SQ_STATE_COUNT, 10);
    for (int i = 0; i < SQ_STATE_COUNT; i++) {
        enum sq_state s = (enum sq_state)i;
        assert_string_equal(sq_state_name(s), names[i]);
        assert_int_equal(sq_state_from_name(sq_str_from(names[i])), s);
        assert_int_equal(sq_state_decided(s), i < 2);
    }
    assert_int_equal(sq_state_from_name(SQ_STR("passed")), SQ_STATE_COUNT);
    assert_string_equal(sq_state_name(SQ_STATE_COUNT), "?");
}

static void test_stops(void **state)
{
    (void)state;
    assert_string_equal(sq_stop_name(SQ_STOP_STOP), "stop");
    assert_string_equal(sq_stop_name(SQ_STOP_TOOL_CALL), "tool_call");
    assert_string_equal(sq_stop_name(SQ_STOP_COUNT), "?");
}

static void test_response(void **state)
{
    (void)state;
    struct sq_response r = {.text = sq_xstrdup("x"),
                            .error = sq_xstrdup("y"),
                            .server_model = sq_xstrdup("z")};
    sq_response_release(&r);
    assert_null(r.text);
    assert_int_equal(r.prompt_tokens, -1);
    sq_response_release(&r);
}

static void test_metrics(void **state)
{
    (void)state;
    const struct sq_metric *quality = sq_metric_find(SQ_STR("quality"));
    const struct sq_metric *inst =
        sq_metric_find(SQ_STR("inst_level_strict_acc"));
    assert_non_null(quality);
    assert_true(quality->min == 1 && quality->max == 5 && !quality->pooled);
    assert_true(inst && inst->pooled && inst->max == 1);
    assert_true(sq_metric_find(SQ_STR("step_rate")) < quality);
    assert_null(sq_metric_find(SQ_STR("step_rates")));
    assert_null(sq_metric_find(SQ_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
