/*
 * Runs the cases of tests/checks: NAME.jsonl holds cases of the check NAME, one
 * object a line,
 *   {"check": RULE without its role, "text": TEXT, "repeat": [UNIT, TIMES],
 *    "shared": false, "expect": "holds|broken|undecided|error", "why": NOTE}
 * (repeat is put behind text); errors.jsonl holds rules that must not compile,
 *   {"rule": RULE, "error": part of the message}.
 * The folder is tests/checks below $SEQEVAL_SRC or the working directory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include "base/clock.h"
#include "check/check.h"

/* A check that takes longer than this on a text of 1 MB is broken. Sanitizers
 * and loaded machines are slow; what this must catch is the square of 1 MB. */
#define TOO_LONG_MS 5000

static const char *const verdicts[] = {
    [SQ_FINDING_HOLDS] = "holds",
    [SQ_FINDING_BROKEN] = "broken",
    [SQ_FINDING_UNDECIDED] = "undecided",
    [SQ_FINDING_ERROR] = "error",
};

static int failures;

static void fail_at(const char *where, const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s: %s\n", where, what, detail);
    failures++;
}

/* The case's text into buf. */
static void make_text(const struct sq_json *c, struct sq_buf *buf)
{
    const struct sq_json *repeat = sq_json_get(c, "repeat");

    sq_buf_add(buf, sq_json_str(sq_json_get(c, "text")));
    if (repeat) {
        sq_str unit = sq_json_str(sq_json_first(repeat));
        double times = sq_json_num(sq_json_next(sq_json_first(repeat)));

        for (long i = 0; i < (long)times; i++)
            sq_buf_add(buf, unit);
    }
    assert_false(buf->over);
}

static void judge(const char *where, const struct sq_rule *rule,
                  const struct sq_json *c, sq_str text)
{
    struct sq_check_text t = {text, sq_json_bool(sq_json_get(c, "shared")),
                              NULL};
    sq_str want = sq_json_str(sq_json_get(c, "expect"));
    struct sq_finding f;
    int64_t start = sq_clock_ms();

    rule->check->run(rule->args, t, &f);
    if (sq_clock_ms() - start > TOO_LONG_MS)
        fail_at(where, "takes too long", f.why);
    if (!sq_str_eq(sq_str_from(verdicts[f.verdict]), want))
        fail_at(where, verdicts[f.verdict], f.why);
    if (!f.why[0] || !sq_utf8_valid(sq_str_from(f.why), NULL))
        fail_at(where, "why is empty or no UTF-8", f.why);
    if (f.at > text.n || f.len > text.n - f.at)
        fail_at(where, "evidence is not in the text", f.why);
}

static void run_case(const char *where, const char *name,
                     const struct sq_json *c)
{
    static const char *const keys[] = {"check",  "text", "repeat", "shared",
                                       "expect", "why",  NULL};
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_rule rule;
    struct sq_err err = {0};
    struct sq_json *with_role = sq_json_copy(sq_json_get(c, "check"));
    struct sq_buf text;

    sq_buf_init(&text, SQ_MAX_RECORD);
    sq_json_put_str(with_role, "role", SQ_STR("constraint"));
    if (sq_json_only(c, keys, where, &err) ||
        sq_rule_compile(with_role, where, &arena, &rule, &err)) {
        fail_at(where, "no case", err.msg);
    } else {
        assert_string_equal(rule.check->name, name);
        make_text(c, &text);
        judge(where, &rule, c, sq_buf_str(&text));
    }
    sq_buf_release(&text);
    sq_json_free(with_role);
    sq_arena_release(&arena);
}

static void run_error(const char *where, const char *name,
                      const struct sq_json *c)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_rule rule;
    struct sq_err err = {0};
    sq_str want = sq_json_str(sq_json_get(c, "error"));
    enum sq_status st =
        sq_rule_compile(sq_json_get(c, "rule"), "place", &arena, &rule, &err);
    sq_str msg = sq_str_from(err.msg);

    (void)name;
    if (st != SQ_INPUT || want.n == 0)
        fail_at(where, "compiles", sq_status_name(st));
    else if (!sq_str_starts(msg, SQ_STR("place: ")) ||
             sq_str_find(msg, want, 0) == SIZE_MAX)
        fail_at(where, "another message", err.msg);
    sq_arena_release(&arena);
}

typedef void case_fn(const char *where, const char *name,
                     const struct sq_json *c);

/* Runs every line of tests/checks/NAME.jsonl; their number. */
static int run_file(const char *name, case_fn *fn)
{
    const char *src = getenv("SEQEVAL_SRC");
    char path[512], where[600];
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int lines = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/checks/%s.jsonl", src ? src : ".",
             name);
    f = fopen(path, "r");
    if (!f)
        fail_msg("%s: cannot be read", path);
    while ((n = getline(&line, &cap, f)) > 0) {
        struct sq_err err = {0};
        struct sq_json *c;

        snprintf(where, sizeof(where), "%s:%d", path, ++lines);
        c = sq_json_parse((sq_str){line, (size_t)n}, path, (size_t)lines, &err);
        if (c)
            fn(where, name, c);
        else
            fail_at(where, "no JSON", err.msg);
        sq_json_free(c);
    }
    free(line);
    fclose(f);
    return lines;
}

static void test_cases(void **state)
{
    const struct sq_check *const *all = sq_check_all();

    (void)state;
    failures = 0;
    for (size_t i = 0; all[i]; i++)
        assert_true(run_file(all[i]->name, run_case) >= 8);
    assert_int_equal(failures, 0);
}

static void test_errors(void **state)
{
    (void)state;
    failures = 0;
    assert_true(run_file("errors", run_error) >= 8);
    assert_int_equal(failures, 0);
}

static void test_table(void **state)
{
    const struct sq_check *const *all = sq_check_all();

    (void)state;
    for (size_t i = 0; all[i]; i++) {
        assert_ptr_equal(sq_check_find(sq_str_from(all[i]->name)), all[i]);
        if (i > 0)
            assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
    }
    assert_null(sq_check_find(SQ_STR("word")));
}

/* Bytes that are no UTF-8, which JSON cannot hold. */
static void test_any_bytes(void **state)
{
    static const char *const rules[] = {
        "{\"check\":\"regex\",\"role\":\"answer\",\"pattern\":\"cat\"}",
        "{\"check\":\"contains\",\"role\":\"answer\",\"all\":[\"Cat\"]}",
        "{\"check\":\"words\",\"role\":\"answer\",\"op\":\"==\",\"n\":2}",
        "{\"check\":\"choice\",\"role\":\"answer\",\"options\":[\"cat\","
        "\"dog\"]}",
        "{\"check\":\"step_result\",\"role\":\"answer\",\"step\":1,"
        "\"value\":\"cat\"}"};
    static const char *const texts[] = {
        "\xff\xfe cat", "\xc3 cat", "\xe2\x82 cat \xf0\x9f",
        "a\xff cat \xed\xa0", "1. cat\n2. \xff"};
    static const size_t wants[] = {0, 1, 2, 3, 4};

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_err err = {0};
        struct sq_rule rule;
        struct sq_finding f;
        struct sq_json *j =
            sq_json_parse(sq_str_from(rules[i]), "rule", 1, &err);

        assert_non_null(j);
        assert_int_equal(sq_rule_compile(j, "rule", &arena, &rule, &err),
                         SQ_OK);
        assert_int_equal(rule.role, SQ_ROLE_ANSWER);
        assert_true(sq_str_eq(rule.text, sq_str_from(rules[i])));
        for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
            struct sq_check_text t = {sq_str_from(texts[k]), false, NULL};

            rule.check->run(rule.args, t, &f);
            assert_true(sq_utf8_valid(sq_str_from(f.why), NULL));
            if (k == wants[i])
                assert_int_equal(f.verdict,
                                 i == 2 ? SQ_FINDING_BROKEN : SQ_FINDING_HOLDS);
        }
        sq_json_free(j);
        sq_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
