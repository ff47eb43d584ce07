/* What several judges say together. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "run/score.h"

/* A letter a judge: its word on the one step (or on the whole). */
static enum sq_state state_of(char c)
{
    switch (c) {
    case 'y':
        return SQ_STATE_PASS;
    case 'n':
        return SQ_STATE_FAIL;
    case 'u':
        return SQ_STATE_UNPARSABLE;
    case 's':
        return SQ_STATE_UNSUPPORTED;
    case 'e':
        return SQ_STATE_ERROR;
    default:
        return SQ_STATE_NOT_RUN;
    }
}

static const struct {
    const char *judges;
    enum sq_state together;
    bool final;
} cases[] = {
    {"y", SQ_STATE_PASS, true},
    {"n", SQ_STATE_FAIL, true},
    {"u", SQ_STATE_UNPARSABLE, true},
    {"yn", SQ_STATE_NOT_JUDGED, true}, /* a tie */
    {"yyn", SQ_STATE_PASS, true},
    {"nyn", SQ_STATE_FAIL, true},
    {"yynn", SQ_STATE_NOT_JUDGED, true},
    {"yu", SQ_STATE_UNPARSABLE, true}, /* one of two is no majority */
    {"yyu", SQ_STATE_PASS, true},
    {"yun", SQ_STATE_UNPARSABLE, true},
    {"sy", SQ_STATE_UNSUPPORTED, true},
    {"ssu", SQ_STATE_UNPARSABLE, true},
    {"yye", SQ_STATE_PASS, false}, /* decided, yet asked again */
    {"yue", SQ_STATE_ERROR, false},
    {"yr", SQ_STATE_NOT_RUN, false},
    {"ye", SQ_STATE_ERROR, false},
};

#define MOST 4

static void fill(const char *letters, const struct sq_judge_template *t,
                 struct sq_step_verdict steps[MOST],
                 struct sq_judged judged[MOST])
{
    static const char *const names[MOST] = {"a", "b", "c", "d"};
    for (size_t i = 0; letters[i]; i++) {
        enum sq_state s = state_of(letters[i]);
        bool came = s != SQ_STATE_ERROR && s != SQ_STATE_NOT_RUN;
        steps[i] = (struct sq_step_verdict){.state = s};
        judged[i] =
            (struct sq_judged){.template_ = t,
                               .judge = names[i],
                               .state = came ? SQ_STATE_PASS : s,
                               .verdict = {.following = s,
                                           .quality_state = SQ_STATE_UNPARSABLE,
                                           .steps = &steps[i],
                                           .nsteps = 1},
                               .error = came ? "" : "down"};
    }
}

static void test_majority(void **unused)
{
    (void)unused;
    const struct sq_judge_template by_step = {.name = {"steps", 5},
                                              .form = SQ_JUDGE_STEPS};
    const struct sq_judge_template whole = {.name = {"following", 9},
                                            .form = SQ_JUDGE_FOLLOWING};
    const struct sq_step step = {.end = 2, .answerable = true};
    const struct sq_sample sample = {
        .query = SQ_STR("do it"), .steps = &step, .nsteps = 1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_step_verdict steps[2][MOST];
        struct sq_judged judged[2 * MOST];
        size_t n = strlen(cases[i].judges);
        fill(cases[i].judges, &by_step, steps[0], judged);
        fill(cases[i].judges, &whole, steps[1], judged + n);
        struct sq_score_input in = {.sample = &sample,
                                    .state = SQ_STATE_PASS,
                                    .text = SQ_STR("done"),
                                    .judged = judged,
                                    .njudged = 2 * n};
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_score_sheet sheet;
        sq_score(&in, &arena, &sheet);
        if (sheet.steps[0].state != cases[i].together ||
            sheet.final != cases[i].final)
            fail_msg("%s: %s", cases[i].judges,
                     sq_state_name(sheet.steps[0].state));
        assert_int_equal(sheet.nverdicts, 2);
        assert_int_equal(sheet.verdicts[0].following, SQ_STATE_NOT_JUDGED);
        assert_int_equal(sheet.verdicts[1].following, cases[i].together);
        assert_int_equal(sheet.nfindings, 2 * n);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(sheet.findings[k].state,
                             state_of(cases[i].judges[k]));
            assert_string_equal(sheet.findings[k].judge, judged[k].judge);
            assert_string_equal(sheet.findings[k].question, "step");
        }
        sq_arena_release(&arena);
    }
}

/* 0 = could not be read. */
static void test_quality(void **unused)
{
    (void)unused;
    static const struct {
        double given[MOST];
        size_t n;
        enum sq_state state;
        double mean;
    } rows[] = {{{4}, 1, SQ_STATE_PASS, 4},
                {{5, 2}, 2, SQ_STATE_PASS, 3.5},
                {{5, 0}, 2, SQ_STATE_UNPARSABLE, 0},
                {{5, 0, 2}, 3, SQ_STATE_PASS, 3.5},
                {{5, 0, 0}, 3, SQ_STATE_UNPARSABLE, 0}};
    const struct sq_judge_template t = {.name = {"quality", 7},
                                        .form = SQ_JUDGE_QUALITY};
    const struct sq_sample sample = {.query = SQ_STR("do it")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sq_judged judged[MOST];
        for (size_t k = 0; k < rows[i].n; k++) {
            bool read = rows[i].given[k] > 0;
            judged[k] = (struct sq_judged){
                .template_ = &t,
                .judge = "j",
                .state = SQ_STATE_PASS,
                .verdict = {.following = SQ_STATE_NOT_JUDGED,
                            .quality_state =
                                read ? SQ_STATE_PASS : SQ_STATE_UNPARSABLE,
                            .quality = rows[i].given[k]},
                .error = ""};
        }
        struct sq_score_input in = {.sample = &sample,
                                    .state = SQ_STATE_PASS,
                                    .judged = judged,
                                    .njudged = rows[i].n};
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_score_sheet sheet;
        sq_score(&in, &arena, &sheet);
        assert_int_equal(sheet.verdicts[0].quality, rows[i].state);
        assert_int_equal(sheet.nmetrics, rows[i].state == SQ_STATE_PASS);
        if (sheet.nmetrics)
            assert_true(fabs(sheet.metrics[0].value - rows[i].mean) < 1e-12);
        assert_int_equal(isnan(sheet.findings[0].value), rows[i].given[0] == 0);
        sq_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_majority),
        cmocka_unit_test(test_quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
