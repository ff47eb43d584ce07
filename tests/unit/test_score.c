/* The scorer: every path to a step's state, and the metrics that follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "run/score.h"

/* A check whose verdict is its argument. */
static void say(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    (void)text;
    const enum sq_finding_verdict *v = args;
    *out = (struct sq_finding){.verdict = *v, .at = 1, .len = 2};
}
static const struct sq_check fake = {.name = "fake", .run = say};
static const enum sq_finding_verdict verdict_of[] = {
    ['h'] = SQ_FINDING_HOLDS,
    ['b'] = SQ_FINDING_BROKEN,
    ['u'] = SQ_FINDING_UNDECIDED,
    ['e'] = SQ_FINDING_ERROR,
};

/* Rules from "hb": one of that role a letter. */
static size_t add_rules(struct sq_rule *rules, const char *spec,
                        enum sq_role role)
{
    size_t n = 0;
    for (; spec[n]; n++)
        rules[n] = (struct sq_rule){&fake, &verdict_of[(unsigned char)spec[n]],
                                    role, .text = SQ_STR("")};
    return n;
}

/* judge: 0 = none asked; else the state of its verdict on the step, or 'E' when
 * its reply never came. */
static const struct {
    const char *name, *constraints, *answers;
    int judge; /* -1 none, -2 no reply, else enum sq_state */
    enum sq_state state;
    int rule_pass, judge_pass, correct;
} cases[] = {
    {"no rule, no judge", "", "", -1, SQ_STATE_NOT_JUDGED, -1, -1, -1},
    {"all rules hold", "hh", "", -1, SQ_STATE_PASS, 1, -1, -1},
    {"one of two is broken", "hb", "", -1, SQ_STATE_FAIL, 0, -1, -1},
    {"undecided is no pass", "hu", "", -1, SQ_STATE_NOT_JUDGED, -1, -1, -1},
    {"broken beats undecided", "ub", "", -1, SQ_STATE_FAIL, 0, -1, -1},
    {"a limit is an error", "he", "", -1, SQ_STATE_ERROR, -1, -1, -1},
    {"broken beats a limit", "eb", "", -1, SQ_STATE_FAIL, 0, -1, -1},
    {"answer rules do not make a step done", "", "h", -1, SQ_STATE_NOT_JUDGED,
     -1, -1, 1},
    {"done and right", "h", "h", -1, SQ_STATE_PASS, 1, -1, 1},
    {"done and wrong", "h", "b", -1, SQ_STATE_PASS, 1, -1, 0},
    {"not done is not right", "b", "h", -1, SQ_STATE_FAIL, 0, -1, 0},
    {"judge says done", "", "", SQ_STATE_PASS, SQ_STATE_PASS, -1, 1, -1},
    {"judge says not done", "", "", SQ_STATE_FAIL, SQ_STATE_FAIL, -1, 0, -1},
    {"a broken rule beats the judge", "b", "", SQ_STATE_PASS, SQ_STATE_FAIL, 0,
     1, -1},
    {"the judge can fail what rules pass", "h", "", SQ_STATE_FAIL,
     SQ_STATE_FAIL, 1, 0, -1},
    {"invented evidence is no pass", "h", "", SQ_STATE_UNSUPPORTED,
     SQ_STATE_UNSUPPORTED, 1, -1, -1},
    {"an unreadable verdict is neither", "", "h", SQ_STATE_UNPARSABLE,
     SQ_STATE_UNPARSABLE, -1, -1, -1},
    {"no reply is an error", "h", "", -2, SQ_STATE_ERROR, 1, -1, -1},
};

static void test_states(void **unused)
{
    (void)unused;
    const struct sq_judge_template steps_template = {.name = {"steps", 5},
                                                     .form = SQ_JUDGE_STEPS};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_rule rules[8];
        size_t n = add_rules(rules, cases[i].constraints, SQ_ROLE_CONSTRAINT);
        n += add_rules(rules + n, cases[i].answers, SQ_ROLE_ANSWER);
        struct sq_step step = {.end = 3,
                               .kind = SQ_STR("list"),
                               .answerable = true,
                               .rules = rules,
                               .nrules = n};
        struct sq_sample sample = {
            .query = SQ_STR("do it"), .steps = &step, .nsteps = 1};
        struct sq_step_verdict verdict = {.state = SQ_STATE_NOT_JUDGED};
        struct sq_judged judged = {
            .template_ = &steps_template, .state = SQ_STATE_PASS, .error = ""};
        if (cases[i].judge >= 0)
            verdict.state = (enum sq_state)cases[i].judge;
        if (cases[i].judge == -2)
            judged.state = SQ_STATE_ERROR;
        judged.verdict.steps = &verdict;
        judged.verdict.nsteps = 1;
        struct sq_score_input in = {.sample = &sample,
                                    .state = SQ_STATE_PASS,
                                    .text = SQ_STR("done it"),
                                    .judged = &judged,
                                    .njudged = cases[i].judge != -1};
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_score_sheet sheet;
        sq_score(&in, &arena, &sheet);
        const struct sq_step_score *s = &sheet.steps[0];
        if (s->state != cases[i].state || s->rule_pass != cases[i].rule_pass ||
            s->judge_pass != cases[i].judge_pass ||
            s->correct != cases[i].correct)
            fail_msg("%s: %s %d %d %d", cases[i].name, sq_state_name(s->state),
                     s->rule_pass, s->judge_pass, s->correct);
        assert_int_equal(sheet.final, cases[i].judge != -2);
        sq_arena_release(&arena);
    }
}

/* Without a usable response every answerable step shares its state. */
static void test_no_response(void **unused)
{
    (void)unused;
    static const enum sq_state states[] = {
        SQ_STATE_ERROR, SQ_STATE_NOT_RUN, SQ_STATE_TRUNCATED, SQ_STATE_REFUSED};
    struct sq_rule rule = {&fake, &verdict_of['h'], SQ_ROLE_CONSTRAINT,
                           .text = SQ_STR("")};
    struct sq_step steps[] = {{.answerable = true, .rules = &rule, .nrules = 1},
                              {.answerable = false}};
    struct sq_sample sample = {
        .query = SQ_STR("do it"), .steps = steps, .nsteps = 2};
    for (size_t i = 0; i < 4; i++) {
        struct sq_score_input in = {
            .sample = &sample, .state = states[i], .error = "because"};
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_score_sheet sheet;
        sq_score(&in, &arena, &sheet);
        assert_int_equal(sheet.steps[0].state, states[i]);
        assert_int_equal(sheet.steps[1].state, SQ_STATE_UNANSWERABLE);
        assert_int_equal(sheet.nmetrics, 0);
        bool asks_again =
            states[i] == SQ_STATE_ERROR || states[i] == SQ_STATE_NOT_RUN;
        assert_int_equal(sheet.final, !asks_again);
        sq_arena_release(&arena);
    }
}

static double metric(const struct sq_score_sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->nmetrics; i++)
        if (strcmp(sheet->metrics[i].metric, name) == 0)
            return sheet->metrics[i].value;
    return -1;
}

/* One letter a step: p pass, f fail, n not judged, x not answerable. */
static const struct {
    const char *steps;
    double step_rate, full_rate, prefix_rate;
} metric_cases[] = {
    {"pppp", 1, 1, 1},       {"pfpp", 0.75, 0, 0.25}, {"fppp", 0.75, 0, 0},
    {"pppf", 0.75, 0, 0.75}, {"xpxp", 1, 1, 1},       {"xfxp", 0.5, 0, 0},
    {"pnf", 0.5, -1, -1},    {"nn", -1, -1, -1},      {"xx", -1, -1, -1},
    {"", -1, -1, -1},
};

static void test_metrics(void **unused)
{
    (void)unused;
    struct sq_rule holds = {&fake, &verdict_of['h'], SQ_ROLE_CONSTRAINT,
                            .text = SQ_STR("")};
    struct sq_rule broken = {&fake, &verdict_of['b'], SQ_ROLE_CONSTRAINT,
                             .text = SQ_STR("")};
    for (size_t i = 0; i < sizeof metric_cases / sizeof *metric_cases; i++) {
        struct sq_step steps[8] = {{0}};
        const char *spec = metric_cases[i].steps;
        for (size_t k = 0; spec[k]; k++)
            steps[k] =
                (struct sq_step){.answerable = spec[k] != 'x',
                                 .rules = spec[k] == 'f' ? &broken : &holds,
                                 .nrules = spec[k] == 'p' || spec[k] == 'f'};
        struct sq_sample sample = {
            .query = SQ_STR("q"), .steps = steps, .nsteps = strlen(spec)};
        struct sq_score_input in = {
            .sample = &sample, .state = SQ_STATE_PASS, .text = SQ_STR("text")};
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_score_sheet sheet;
        sq_score(&in, &arena, &sheet);
        assert_float_equal(metric(&sheet, "step_rate"),
                           metric_cases[i].step_rate, 1e-12);
        assert_float_equal(metric(&sheet, "full_rate"),
                           metric_cases[i].full_rate, 1e-12);
        assert_float_equal(metric(&sheet, "prefix_rate"),
                           metric_cases[i].prefix_rate, 1e-12);
        sq_arena_release(&arena);
    }
}

/* Verdicts on the whole: unparsable parts give no value. */
static void test_verdicts(void **unused)
{
    (void)unused;
    const struct sq_judge_template paper = {.name = {"paper", 5},
                                            .form = SQ_JUDGE_PAPER};
    struct sq_sample sample = {.query = SQ_STR("q")};
    struct sq_judged judged = {
        .template_ = &paper, .state = SQ_STATE_PASS, .error = ""};
    struct sq_score_input in = {.sample = &sample,
                                .state = SQ_STATE_PASS,
                                .text = SQ_STR("text"),
                                .judged = &judged,
                                .njudged = 1};
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_score_sheet sheet;
    judged.verdict = (struct sq_verdict){.following = SQ_STATE_FAIL,
                                         .quality_state = SQ_STATE_PASS,
                                         .quality = 2.5};
    sq_score(&in, &arena, &sheet);
    assert_float_equal(metric(&sheet, "following_rate"), 0, 0);
    assert_float_equal(metric(&sheet, "quality"), 2.5, 0);
    judged.verdict = (struct sq_verdict){.following = SQ_STATE_UNPARSABLE,
                                         .quality_state = SQ_STATE_UNPARSABLE};
    sq_score(&in, &arena, &sheet);
    assert_int_equal(sheet.nmetrics, 0);
    assert_int_equal(sheet.verdicts[0].following, SQ_STATE_UNPARSABLE);
    assert_true(sheet.final);
    sq_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states), cmocka_unit_test(test_no_response),
        cmocka_unit_test(test_metrics), cmocka_unit_test(test_verdicts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
