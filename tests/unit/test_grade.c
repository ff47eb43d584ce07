/* Graders' rules on texts, one row each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/rng.h"
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
    {"{'check':'hendrycks','reference':'5'}", "\\boxed{5\\\\\\%%}", "+"},
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
    {"{'check':'squad_f1','reference':'b c c d'}", "c c c c", "0.5"},
    /* boundaries of words are Python's: no mark is in one, a number is */
    {"{'check':'squad_em','reference':'x'}", "the\xcc\x81 x", "-"},
    {"{'check':'squad_em','reference':'\xcc\x81 x'}", "the\xcc\x81 x", "+"},
    {"{'check':'squad_em','reference':'\xc2\xbdthe'}", "\xc2\xbdthe", "+"},
    {"{'check':'squad_em','reference':'\xc2\xbd x'}", "\xc2\xbdthe x", "-"},
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
    {"\\mathbf{\\frac{5}{2}}", "2.5", true},
    {"{(1, {2})}", "(1,2)", true},
    {"{1}+{2}", "3", true},
    {"-5 / -12", "\\frac{5}{12}", true},
    {"3 - -2", "5", false},
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

/* The plain way, of one sentence: the whole table of lengths, and the walk
 * back.
 */
static double plain_rouge(const int *h, size_t n, const int *r, size_t m)
{
    static unsigned table[200][200];
    bool taken[8] = {false}, in_h[8] = {false}, in_r[8] = {false};
    double l = 0, hs = 0, rs = 0;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 1; j <= n; j++) {
            unsigned up = table[i - 1][j], left = table[i][j - 1];
            table[i][j] = r[i - 1] == h[j - 1] ? table[i - 1][j - 1] + 1
                          : up > left          ? up
                                               : left;
        }
    for (size_t i = m, j = n; i > 0 && j > 0;)
        if (r[i - 1] == h[j - 1]) {
            taken[r[i - 1]] = true;
            i--;
            j--;
        } else if (table[i - 1][j] > table[i][j - 1]) {
            i--;
        } else {
            j--;
        }
    for (size_t i = 0; i < n; i++)
        in_h[h[i]] = true;
    for (size_t i = 0; i < m; i++)
        in_r[r[i]] = true;
    for (size_t k = 0; k < 8; k++) {
        l += taken[k];
        hs += in_h[k];
        rs += in_r[k];
    }
    return 2 * (l / hs * (l / rs) / (l / hs + l / rs + 1e-8));
}

/* With rare > 0 all but one in so many are the same: others stand far apart. */
static sq_str draw(struct sq_rng *rng, int kinds, uint64_t rare, int *ids,
                   size_t *n, struct sq_buf *text)
{
    *n = 1 + (size_t)sq_rng_below(rng, 199);
    sq_buf_reset(text);
    for (size_t i = 0; i < *n; i++) {
        bool same = rare && sq_rng_below(rng, rare);
        ids[i] = same ? 0 : (int)sq_rng_below(rng, (uint64_t)kinds);
        sq_buf_addf(text, "w%d ", ids[i]);
    }
    return sq_buf_str(text);
}

static void test_rouge_is_the_plain_one(void **state)
{
    int h[200], r[200];
    size_t n, m;
    struct sq_buf a, b;
    struct sq_rng rng;
    (void)state;
    sq_rng_seed(&rng, 1);
    sq_buf_init(&a, SQ_MAX_MESSAGE);
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    for (int i = 0; i < 2000; i++) {
        uint64_t rare = i % 3 ? 20 * (uint64_t)(i % 3) : 0;
        int kinds = 2 + i % 7;
        double f = -1;
        sq_str x = draw(&rng, kinds, rare, h, &n, &a);
        sq_str y = draw(&rng, kinds, rare, r, &m, &b);
        assert_true(sq_rouge_l(x, y, &f));
        if (fabs(f - plain_rouge(h, n, r, m)) > 1e-12)
            fail_msg("'%s' and '%s': %g", a.p, b.p, f);
    }
    sq_buf_release(&a);
    sq_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_rouge),
        cmocka_unit_test(test_rouge_is_the_plain_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
