#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/records.h"
#include "ifeval/ifeval.h"
#include "stat/stat.h"

struct rules {
    struct sq_arena arena;
    struct sq_ifeval *reference, *fixed;
};

static int open_rules(void **state)
{
    static struct rules r;
    struct sq_err err = {0};

    if (sq_ifeval_open(&r.reference, false, &r.arena, &err) != SQ_OK ||
        sq_ifeval_open(&r.fixed, true, &r.arena, &err) != SQ_OK) {
        print_error("%s\n", err.msg);
        return -1;
    }
    *state = &r;
    return 0;
}

static int close_rules(void **state)
{
    struct rules *r = *state;

    sq_arena_release(&r->arena);
    return 0;
}

static bool holds(const struct sq_step *step, size_t grader, sq_str text)
{
    struct sq_finding f = {0};
    const struct sq_rule *rule = &step->rules[grader];

    rule->check->run(rule->args, (struct sq_check_text){text, false, NULL}, &f);
    assert_true(f.why[0]);
    assert_true(f.at <= text.n && f.len <= text.n - f.at);
    return f.verdict == SQ_FINDING_HOLDS;
}

static struct sq_step step_of(const struct sq_ifeval *rules,
                              const struct sq_json *row, const char *where,
                              struct sq_arena *arena)
{
    struct sq_err err = {0};
    struct sq_step step;

    if (sq_ifeval_step(rules, sq_json_str(sq_json_get(row, "id")),
                       sq_json_get(row, "kwargs"), where, arena, &step,
                       &err) != SQ_OK)
        fail_msg("%s", err.msg);
    return step;
}

/* Counts the rows whose verdicts are others than the row says. */
static size_t check_row(struct rules *r, const struct sq_json *row,
                        const char *where)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_step reference = step_of(r->reference, row, where, &arena);
    struct sq_step fixed = step_of(r->fixed, row, where, &arena);
    sq_str text = sq_json_str(sq_json_get(row, "text"));
    const struct sq_json *repaired = sq_json_get(row, "fixed");
    const struct {
        const char *what;
        bool got, want;
    } checks[] = {
        {"strict", holds(&reference, 0, text),
         sq_json_bool(sq_json_get(row, "strict"))},
        {"loose", holds(&reference, 1, text),
         sq_json_bool(sq_json_get(row, "loose"))},
        {"fixed", holds(&fixed, 0, text),
         sq_json_bool(repaired ? repaired : sq_json_get(row, "strict"))}};
    size_t bad = 0;

    assert_string_equal(reference.rules[0].grader, "strict");
    assert_string_equal(reference.rules[1].grader, "loose");
    for (size_t i = 0; i < 3; i++) {
        if (checks[i].got == checks[i].want)
            continue;
        print_error("%s: %s is %d\n", where, checks[i].what, checks[i].got);
        bad++;
    }
    sq_arena_release(&arena);
    return bad;
}

static size_t check_file(struct rules *r, const char *path)
{
    struct sq_records *records = NULL;
    struct sq_err err = {0};
    struct sq_json *row;
    size_t bad = 0, n = 0;

    assert_int_equal(sq_records_open(&records, path, &err), SQ_OK);
    while (sq_records_next(records, &row, &err) == SQ_OK && row) {
        bad += check_row(r, row, sq_records_where(records));
        sq_json_free(row);
        n++;
    }
    assert_string_equal(err.msg, "");
    assert_true(n > 10);
    sq_records_close(records);
    return bad;
}

static void test_cases(void **state)
{
    static const char *const files[] = {"content", "format", "keywords",
                                        "language_and_case", "length"};
    size_t bad = 0;

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char path[64];

        snprintf(path, sizeof(path), "tests/ifeval/%s.jsonl", files[i]);
        bad += check_file(*state, path);
    }
    assert_int_equal(bad, 0);
}

/* Mistakes in a record are named. */
static void test_errors(void **state)
{
    static const struct {
        const char *id, *kwargs, *want;
    } cases[] = {
        {"keywords:none", "{}", "no instruction of IFEval"},
        {"punctuation:no_comma", "{\"n\": 1}", "n: no argument"},
        {"keywords:existence", "{}", "keywords"},
        {"keywords:existence", "{\"keywords\": []}", "is empty"},
        {"keywords:existence", "{\"keywords\": [\"(\"]}", "pattern"},
        {"keywords:letter_frequency",
         "{\"letter\": \"ab\", \"let_frequency\": 1, "
         "\"let_relation\": \"at least\"}",
         "one character"},
        {"length_constraints:number_words",
         "{\"num_words\": 3, \"relation\": \"about\"}", "\"at least\""},
        {"length_constraints:number_words",
         "{\"num_words\": null, \"relation\": \"at least\"}", "num_words"},
        {"language:response_language", "{\"language\": \"xx\"}", "no code"},
        {"startend:end_checker", "{\"end_phrase\": \" \"}", "is empty"},
    };
    const struct rules *r = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_err err = {0};
        struct sq_json *kwargs =
            sq_json_parse(sq_str_from(cases[i].kwargs), "kwargs", 1, &err);
        struct sq_step step;

        assert_non_null(kwargs);
        assert_int_equal(sq_ifeval_step(r->reference, sq_str_from(cases[i].id),
                                        kwargs, "here", &arena, &step, &err),
                         SQ_INPUT);
        if (!strstr(err.msg, cases[i].want))
            fail_msg("%s, want %s", err.msg, cases[i].want);
        sq_json_free(kwargs);
        sq_arena_release(&arena);
    }
}

/* (2 * 1 + 1 * 0 + 3 * 2/3) / 6 and its clustered error, by hand. */
static void test_pooled(void **state)
{
    static const double values[] = {1, 0, 2.0 / 3}, weights[] = {2, 1, 3};
    struct sq_estimate e = sq_stat_pooled(values, weights, 3, 0, 1);
    double m = 4.0 / 6, d1 = 2 * (1 - m), d2 = -m;

    (void)state;
    assert_int_equal(e.n, 6);
    assert_true(fabs(e.value - m) < 1e-12);
    assert_true(fabs(e.stderr_ - sqrt(d1 * d1 + d2 * d2) / 6) < 1e-12);
    assert_true(e.lo < m && e.hi > m && e.lo >= 0 && e.hi <= 1);
    e = sq_stat_pooled(values, weights, 1, 0, 1);
    assert_true(e.value == 1 && isnan(e.stderr_) && isnan(e.lo));
    assert_int_equal(sq_stat_pooled(values, weights, 0, 0, 1).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
                                       cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_pooled)};

    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
