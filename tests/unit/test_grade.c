/* Graders' rules on texts, one row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "grade/answer.h"
#include "grade/grade.h"
#include "grade/rouge.h"

static const struct {
    const char *rule, *text, *want; /* '+', '-', or a measure */
} cases[] = {
    {"{'check':'last_number','reference':'1234'}", "is 1,234.", "+"},
    {"{'check':'last_number','reference':'57'}", "57.00", "-"},
    {"{'check':'last_number','reference':'25'}", "2.5", "+"},
    {"{'check':'last_number','reference':'10'}", "-10", "+"},
    {"{'check':'last_number','reference':'2'}", "2 \xe0\xa7\xa9", "-"},
    {"{'check':'strict_number','reference':'1,234','markers':'#### '}",
     "#### 1234. #### 5", "+"},
    {"{'check':'strict_number','reference':'5','markers':'#### '}", "5", "-"},
    {"{'check':'flexible_number','reference':'18'}", "so $18.", "+"},
    {"{'check':'flexible_number','reference':'18'}", "18.00", "-"},
    {"{'check':'math','reference':'\\\\frac{1}{2}'}", "\\boxed{0.5}", "+"},
    {"{'check':'hendrycks','reference':'\\\\frac{1}{4}'}", "\\boxed{0.25}",
     "-"},
    {"{'check':'math','reference':'\\\\frac{1}{4}'}", "\\boxed{0.25}", "+"},
    {"{'check':'contained','reference':'Bonn','markers':['answer:'],'skip':8}",
     "It is so. Answer: in bonn.", "+"},
    {"{'check':'contained','reference':'Bonn'}", "", "+"},
    {"{'check':'contained','reference':'Bonn'}", "Ulm", "-"},
    {"{'check':'marker','markers':['answer is']}", "The Answer is", "+"},
    {"{'check':'repeats','reference':'What IS it?'}", "what is it? A", "+"},
    {"{'check':'squad_em','reference':'The Big, Dog'}", "big dog!", "+"},
    {"{'check':'squad_em','reference':'der Hund'}", "Hund", "-"},
    {"{'check':'squad_em','reference':'der Hund','lang':'de'}", "Hund", "+"},
    {"{'check':'squad_f1','reference':'a b c d'}", "b c x", "0.666667"},
    {"{'check':'letter','reference':'B','choices':'A:a bank, B:a shop',"
     "'markers':['answer is']}",
     "A or so. The answer is B: a shop", "+"},
    {"{'check':'letter','reference':'B','choices':'A:bank, B:shop',"
     "'markers':['answer is']}",
     "the shop it is", "+"},
    {"{'check':'rouge_l','reference':'the cat sat','over':0.5}", "the cat",
     "+"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *json = sq_xstrdup(cases[i].rule);
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_finding f = {0};
        struct sq_err err = {0};
        const void *args = NULL;
        for (char *p = json; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        struct sq_json *rule =
            sq_json_parse(sq_str_from(json), "case", 1, &err);
        assert_non_null(rule);
        const struct sq_check *g =
            sq_grade_find(sq_json_str(sq_json_get(rule, "check")));
        assert_non_null(g);
        assert_int_equal(g->compile(rule, "case", &arena, &args, &err), SQ_OK);
        g->run(
            args,
            (struct sq_check_text){sq_str_from(cases[i].text), false, &arena},
            &f);
        char got[32] = "-";
        if (f.measured)
            snprintf(got, sizeof got, "%.6g", f.value);
        else if (f.verdict == SQ_FINDING_HOLDS)
            got[0] = '+';
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu: %s on '%s': got %s (%s), want %s", i,
                     cases[i].rule, cases[i].text, got, f.why, cases[i].want);
        sq_json_free(rule);
        sq_arena_release(&arena);
        free(json);
    }
}

static const struct {
    const char *a, *b;
    bool same;
} answers[] = {
    {"10,080", "10080", true},
    {"10000000000", "10000000001", false},
    {"\\frac{57}{160}", "0.35625", true},
    {"x^2+2x+1", "(x+1)^2", true},
    {"x^2+2x+1", "(x-1)^2", false},
    {"(1, 2)", "(1,2.0)", true},
    {"(1, 2)", "[1,2]", false},
    {"(1,2)", "(2,1)", false},
    {"\\frac{\\sqrt{2}}{2}", "\\frac{1}{\\sqrt2}", true},
    {"\\sqrt{x^2}", "x", false},
    {"y = 2x + 1", "2x - y + 1 = 0", true},
    {"\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}",
     "\\begin{pmatrix} 1 \\\\ 4/2 \\end{pmatrix}", true},
    {"5\\text{ cm}", "5", true},
    {"\\text{Evelyn}", "Evelyn", true},
    {"50 dollars", "50", false},
    {"3\\frac{1}{2}", "3.5", false},
    {"\\frac{}{}", "0", false},
    {"((((", "((((1", false},
};

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        sq_str a = sq_str_from(answers[i].a), b = sq_str_from(answers[i].b);
        if (sq_answer_same(a, b) != answers[i].same ||
            sq_answer_same(b, a) != answers[i].same)
            fail_msg("'%s' and '%s'", answers[i].a, answers[i].b);
    }
}

/* Sentences, sets of words, the union over pairs of sentences. */
static void test_rouge(void **state)
{
    double f = 1;
    (void)state;
    assert_true(sq_rouge_l(SQ_STR("a b. c"), SQ_STR("c a"), &f));
    /* a of the first sentence and c of the second: 2 of 2, 2 of 3 */
    assert_true(f > 0.79999998 && f < 0.8);
    assert_true(sq_rouge_l(SQ_STR("..."), SQ_STR("c a"), &f));
    assert_true(f == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
                                       cmocka_unit_test(test_answers),
                                       cmocka_unit_test(test_rouge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
