/* The shipped canaries, and how a judge's verdicts on them are marked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/path.h"
#include "judge/canary.h"
#include "temp.h"

static struct sq_canaries *load(void)
{
    struct sq_err err = {0};
    struct sq_canaries *c = NULL;
    if (sq_canaries_load(&c, ".", &err) != SQ_OK)
        fail_msg("%s", err.msg);
    return c;
}

static void test_shipped_canaries(void **unused)
{
    (void)unused;
    struct sq_canaries *c = load();
    assert_int_equal(c->n % SQ_CANARY_KINDS, 0);
    assert_true(c->n >= 16);
    for (size_t i = 0; i < c->n; i++) {
        const struct sq_canary *k = &c->list[i];
        size_t done = 0;
        assert_int_equal(k->kind, i % SQ_CANARY_KINDS);
        assert_true(k->sample.nsteps >= 2);
        for (size_t s = 0; s < k->sample.nsteps; s++) {
            done += k->done[s];
            assert_true(k->sample.steps[s].end <= k->sample.query.n &&
                        k->sample.steps[s].answerable);
        }
        switch (k->kind) {
        case SQ_CANARY_PERFECT:
            assert_int_equal(done, k->sample.nsteps);
            break;
        case SQ_CANARY_HALF:
            assert_true(done > 0 && done < k->sample.nsteps);
            break;
        default:
            assert_int_equal(done, 0);
        }
        assert_int_equal(k->response.n == 0, k->kind == SQ_CANARY_EMPTY);
    }
    sq_canaries_free(c);
}

/* The marks of one verdict on a canary of a kind. */
static size_t mark(const struct sq_canaries *c, enum sq_canary_kind kind,
                   enum sq_judge_form form, enum sq_state state, double quality,
                   struct sq_canary_mark *out)
{
    const struct sq_canary *k = &c->list[kind];
    const struct sq_judge_template t = {.form = form};
    struct sq_step_verdict steps[8];
    for (size_t i = 0; i < 8; i++)
        steps[i] = (struct sq_step_verdict){.state = state};
    const struct sq_verdict v = {
        .following = state,
        .quality_state = quality > 0 ? SQ_STATE_PASS : SQ_STATE_UNPARSABLE,
        .quality = quality,
        .steps = steps,
        .nsteps = k->sample.nsteps};
    return sq_canary_marks(k, &t, &v, out);
}

static void test_marks(void **unused)
{
    (void)unused;
    struct sq_canaries *c = load();
    struct sq_canary_mark m[8];
    static const struct {
        enum sq_canary_kind kind;
        double quality;
        bool right;
    } qualities[] = {
        {SQ_CANARY_PERFECT, 5, true},    {SQ_CANARY_PERFECT, 4, true},
        {SQ_CANARY_PERFECT, 3.5, false}, {SQ_CANARY_PERFECT, 0, false},
        {SQ_CANARY_HALF, 3, true},       {SQ_CANARY_HALF, 4, false},
        {SQ_CANARY_OFF_TOPIC, 2, true},  {SQ_CANARY_OFF_TOPIC, 3, false},
        {SQ_CANARY_EMPTY, 1, true},      {SQ_CANARY_EMPTY, 0, false}};
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
        assert_int_equal(mark(c, qualities[i].kind, SQ_JUDGE_QUALITY,
                              SQ_STATE_NOT_JUDGED, qualities[i].quality, m),
                         1);
        assert_string_equal(m[0].question, "quality");
        assert_int_equal(m[0].yes, qualities[i].kind == SQ_CANARY_PERFECT);
        assert_int_equal(m[0].right, qualities[i].right);
    }
    assert_int_equal(
        mark(c, SQ_CANARY_PERFECT, SQ_JUDGE_PAPER, SQ_STATE_PASS, 5, m), 2);
    assert_true(m[0].yes && m[0].right && m[1].right);
    mark(c, SQ_CANARY_HALF, SQ_JUDGE_FOLLOWING, SQ_STATE_PASS, 0, m);
    assert_true(!m[0].yes && !m[0].right);
    mark(c, SQ_CANARY_HALF, SQ_JUDGE_FOLLOWING, SQ_STATE_UNPARSABLE, 0, m);
    assert_false(m[0].right); /* no verdict is no right one */
    size_t n = mark(c, SQ_CANARY_HALF, SQ_JUDGE_STEPS, SQ_STATE_PASS, 0, m);
    assert_int_equal(n, c->list[SQ_CANARY_HALF].sample.nsteps);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(m[i].step, i);
        assert_int_equal(m[i].yes, c->list[SQ_CANARY_HALF].done[i]);
        assert_int_equal(m[i].right, m[i].yes);
    }
    mark(c, SQ_CANARY_EMPTY, SQ_JUDGE_STEPS, SQ_STATE_UNSUPPORTED, 0, m);
    assert_false(m[0].right);
    sq_canaries_free(c);
}

static void test_rule(void **unused)
{
    (void)unused;
    static const struct {
        struct sq_canary_tally t;
        bool passed;
    } cases[] = {{{4, 4, 12, 12}, true},  {{4, 3, 12, 10}, true},
                 {{4, 2, 12, 12}, false}, {{4, 4, 12, 9}, false},
                 {{0, 0, 12, 12}, false}, {{4, 4, 0, 0}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sq_canary_passed(&cases[i].t), cases[i].passed);
}

static void test_faults_of_the_file(void **unused)
{
    (void)unused;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"{\"id\":\"a\",\"query\":\"x y\",\"steps\":[\"x\",\"y\"],"
         "\"perfect\":\"p\",\"half\":\"h\",\"done\":[true,false],"
         "\"off_topic\":\"o\"}",
         NULL},
        {"{\"id\":\"a\",\"query\":\"x y\",\"steps\":[\"y\",\"x\"],"
         "\"perfect\":\"p\",\"half\":\"h\",\"done\":[true,false],"
         "\"off_topic\":\"o\"}",
         "steps[1]: not in the query"},
        {"{\"id\":\"a\",\"query\":\"x y\",\"steps\":[\"x\",\"y\"],"
         "\"perfect\":\"p\",\"half\":\"h\",\"done\":[true],"
         "\"off_topic\":\"o\"}",
         "done: want 2"},
        {"{\"id\":\"a\",\"query\":\"x\",\"steps\":[\"x\"],\"perfect\":\"p\"}",
         "half"},
        {"{\"id\":\"a\",\"colour\":1}", "colour"},
    };
    char *home = temp_folder();
    char *file = sq_path_join(home, "judges/canaries.jsonl");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_err err = {0};
        struct sq_canaries *c = NULL;
        assert_int_equal(sq_path_mkdirs_for(file, &err), SQ_OK);
        assert_int_equal(sq_path_write(file, sq_str_from(cases[i].line), &err),
                         SQ_OK);
        enum sq_status st = sq_canaries_load(&c, home, &err);
        if (cases[i].message) {
            assert_int_equal(st, SQ_INPUT);
            if (!strstr(err.msg, cases[i].message) ||
                !strstr(err.msg, "canaries.jsonl:1"))
                fail_msg("%s", err.msg);
        } else {
            assert_int_equal(st, SQ_OK);
            assert_int_equal(c->n, SQ_CANARY_KINDS);
        }
        sq_canaries_free(c);
    }
    remove(file);
    free(file);
    free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_canaries),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_faults_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
