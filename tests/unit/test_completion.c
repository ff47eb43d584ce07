/* Which part of an answer is the code, and the program made of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "base/json.h"
#include "grade/completion.h"
#include "grade/unit_tests.h"

static const sq_str stops[] = {{"\ndef", 4}, {"\n#", 2}, {"\nprint", 6}};
static const struct sq_completion_task go_on = {
    {"def f(x):\n    \"\"\"Doc.\"\"\"\n", 26}, {"f", 1}, stops, 3};
static const struct sq_completion_task anew = {{"", 0}, {"", 0}, NULL, 0};

static void is(const struct sq_completion_task *t, const char *text,
               const char *rule, const char *code, bool stopped)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_completion c = sq_completion_of(t, sq_str_from(text), &arena);
    char got[512] = "";
    assert_true(c.code.n < sizeof got);
    memcpy(got, c.code.p ? c.code.p : "", c.code.n);
    assert_string_equal(c.rule, rule);
    assert_string_equal(got, code);
    assert_int_equal(c.stopped, stopped);
    sq_arena_release(&arena);
}

static void continuations(void **state)
{
    (void)state;
    is(&go_on, "    return x\n", "continuation", "    return x\n", false);
    is(&go_on, "    return x\n\nprint(f(1))", "continuation", "    return x\n",
       true);
    is(&go_on, "\n\n\treturn x\ndef g(): pass\n# end", "continuation",
       "\n\n\treturn x", true);
    /* what looks like a fence later on is the model's own business */
    is(&go_on, "    return x\n```\nmore\n```\n", "continuation",
       "    return x\n```\nmore\n```\n", false);
}

static void code_blocks(void **state)
{
    (void)state;
    is(&go_on, "Sure:\n```python\ndef f(x):\n    return x\n```\nDone.",
       "code block", "def f(x):\n    return x\n", false);
    is(&go_on, "```\nprint(1)\n```\nthen\n```\ndef f(x): return x\n```\n",
       "code block", "def f(x): return x\n", false);
    is(&go_on, "```\ndef ff(x): return x\n```\n~~~\nx\n~~~", "code block",
       "def ff(x): return x\n", false);
    is(&go_on, "```py\ndef f(x):\n    return x", "code block",
       "def f(x):\n    return x", false);
    is(&go_on, "```python\nreturn x\n```", "code block", "    return x\n",
       false);
    is(&go_on, "```\n    return x\n```", "code block", "    return x\n", false);
    is(&go_on, "````\n```\ndef f(x): pass\n```\n````", "code block",
       "```\ndef f(x): pass\n```\n", false);
    is(&anew, "```\nimport os\n```", "code block", "import os\n", false);
    is(&go_on, "```", "code block", "", false);
}

static void whole_functions(void **state)
{
    (void)state;
    is(&go_on,
       "Here you are.\nimport re\nN = 3\n\ndef f(x):\n    return x\n\nThis "
       "returns x.\n",
       "function", "import re\nN = 3\n\ndef f(x):\n    return x\n\n", false);
    is(&go_on, "def f (x):\n    return x\n", "function",
       "def f (x):\n    return x\n", false);
    is(&anew, "R = 3\r\ndef g():\r\n\treturn R", "function",
       "R = 3\r\ndef g():\r\n\treturn R", false);
    is(&anew, "async def g(): pass\nx[0] = 1\ng()\nNote: done", "function",
       "async def g(): pass\nx[0] = 1\ng()\n", false);
    is(&anew, "    lone indent", "as it is", "    lone indent", false);
}

static void neither(void **state)
{
    (void)state;
    is(&go_on, "return x", "as it is", "return x", false);
    is(&go_on, "", "as it is", "", false);
    is(&go_on, "return x\n# and so on", "as it is", "return x", true);
}

static const void *compile(const char *json, struct sq_arena *arena,
                           struct sq_err *err)
{
    const void *args = NULL;
    struct sq_json *rule = sq_json_parse(sq_str_from(json), "rule", 1, err);
    assert_non_null(rule);
    enum sq_status st =
        sq_grade_unit_tests.compile(rule, "rule", arena, &args, err);
    sq_json_free(rule);
    return st == SQ_OK ? args : NULL;
}

static void the_program(void **state)
{
    (void)state;
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_err err = {0};
    const void *args = compile("{\"check\":\"unit_tests\",\"prompt\":\"def f():"
                               "\\n\",\"tests\":\"f()\",\"entry\":\"f\","
                               "\"seconds\":2}",
                               &arena, &err);
    assert_non_null(args);
    struct sq_program p =
        sq_unit_tests_program(args, SQ_STR("  return 1"), &arena);
    assert_string_equal(p.text.p, "def f():\n  return 1\nf()\n");
    assert_true(p.seconds == 2);
    args = compile("{\"check\":\"unit_tests\",\"before\":\"import re\","
                   "\"tests\":\"g()\"}",
                   &arena, &err);
    assert_non_null(args);
    p = sq_unit_tests_program(args, SQ_STR("def g(): 1"), &arena);
    assert_string_equal(p.text.p, "import re\ndef g(): 1\ng()\n");
    assert_true(p.seconds == 3);
    sq_arena_release(&arena);
}

/* A missing test is a mistake in the data. */
static void mistakes_are_named(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"{\"check\":\"unit_tests\"}", "tests"},
        {"{\"check\":\"unit_tests\",\"tests\":\" \\n\"}", "tests"},
        {"{\"check\":\"unit_tests\",\"tests\":\"x\",\"seconds\":0}", "seconds"},
        {"{\"check\":\"unit_tests\",\"tests\":\"x\",\"stops\":[\"\"]}",
         "stops[0]"},
        {"{\"check\":\"unit_tests\",\"tests\":\"x\",\"test\":1}", "test"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_err err = {0};
        assert_null(compile(wrong[i][0], &arena, &err));
        assert_int_equal(err.status, SQ_INPUT);
        assert_non_null(strstr(err.msg, wrong[i][1]));
        sq_arena_release(&arena);
    }
}

static void ends_are_findings(void **state)
{
    (void)state;
    static const enum sq_finding_verdict want[SQ_PROGRAM_COUNT] = {
        [SQ_PROGRAM_PASSED] = SQ_FINDING_HOLDS,
        [SQ_PROGRAM_FAILED] = SQ_FINDING_BROKEN,
        [SQ_PROGRAM_TIMEOUT] = SQ_FINDING_BROKEN,
        [SQ_PROGRAM_KILLED] = SQ_FINDING_BROKEN,
        [SQ_PROGRAM_EXITED] = SQ_FINDING_BROKEN,
        [SQ_PROGRAM_LOST] = SQ_FINDING_ERROR};
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_err err = {0};
    const void *args =
        compile("{\"check\":\"unit_tests\",\"tests\":\"x\"}", &arena, &err);
    struct sq_check_text text = {SQ_STR("def g(): 1"), false, &arena};
    for (int i = 0; i < SQ_PROGRAM_COUNT; i++) {
        struct sq_program_result r = {.end = (enum sq_program_end)i,
                                      .again = i == SQ_PROGRAM_TIMEOUT,
                                      .why = "because"};
        struct sq_finding f = {.verdict = SQ_FINDING_UNDECIDED};
        sq_unit_tests_ended(args, text, &r, &f);
        assert_int_equal(f.verdict, want[i]);
        assert_non_null(strstr(f.why, "function")); /* the rule */
        assert_non_null(strstr(f.why, "because"));
        assert_int_equal(strstr(f.why, "again alone") != NULL, r.again);
        assert_true(sq_str_eq(f.answer, text.text));
    }
    struct sq_finding f = {.verdict = SQ_FINDING_HOLDS};
    sq_grade_unit_tests.run(args, text, &f);
    assert_int_equal(f.verdict, SQ_FINDING_ERROR);
    sq_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(continuations),
        cmocka_unit_test(code_blocks),
        cmocka_unit_test(whole_functions),
        cmocka_unit_test(neither),
        cmocka_unit_test(the_program),
        cmocka_unit_test(ends_are_findings),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
