/* Which part of a response answers which step: found where it is beyond doubt,
 * and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "run/own_text.h"

#define MAX_STEPS 4

/* steps: texts between bars; one that starts with ! is not answerable. quotes:
 * the judge's, likewise; "" = none. want: the parts, NULL = whole. */
static const struct {
    const char *steps, *response, *quotes, *want;
} cases[] = {
    {"name a fruit|name a bird", "Step 1: Plum.\nStep 2: Crow.\n", "",
     "Plum.\n|Crow.\n"},
    {"name a fruit|name a bird", "## Task 1\nPlum.\n\n## Task 2\nCrow.", "",
     "Plum.\n\n|Crow."},
    {"name a fruit|name a bird",
     "Sure!\n\n**Step 1: Fruit**\nPlum\n"
     "**Step 2: Bird**\nCrow",
     "", "Plum\n|Crow"},
    /* a list of things is none of answers */
    {"name fruits|name a bird", "1. Plum\n2. Apple\n", "", NULL},
    {"list three fruits|name a bird|name a fish",
     "1. Plum\n2. Apple\n3. Fig\n\nCrow. Eel.", "", NULL},
    /* numbers alone need words in common */
    {"name a fruit|name a bird", "1. A fruit: plum.\n2. A bird: crow.\n", "",
     "A fruit: plum.\n|A bird: crow.\n"},
    {"name a fruit|name a bird", "1. A bird: crow.\n2. A fruit: plum.\n", "",
     NULL},
    {"name a fruit|name a bird|name a fish", "1. fruit: plum\n2. bird: crow\n",
     "", NULL},
    {"name a fruit|name a bird", "1. fruit: plum\n1. bird: crow\n", "", NULL},
    {"name a fruit|name a bird", "2. fruit: plum\n3. bird: crow\n", "", NULL},
    {"name a fruit|name a bird",
     "1. fruit: plum\n   1. x\n   2. y\n2. bird: crow\n", "",
     "fruit: plum\n   1. x\n   2. y\n|bird: crow\n"},
    {"name a fruit|name a bird", "```\n1. fruit\n2. bird\n```", "", NULL},
    /* headings */
    {"describe the fruit|describe the bird",
     "# The fruit\nRed.\n# The bird\nBlack.\n", "", "Red.\n|Black.\n"},
    {"describe the fruit|describe the bird",
     "# The bird\nRed.\n# The fruit\nBlack.\n", "", NULL},
    {"describe the fruit|describe the bird", "# The fruit\n# The bird\nBlack.",
     "", NULL},
    {"describe the fruit|describe the bird",
     "# The fruit\n## Colour\nRed.\n# The bird\nBlack.", "",
     "## Colour\nRed.\n|Black."},
    /* blocks, where a judge quotes each */
    {"name a fruit|name a bird", "A plum.\n\nA crow.\n", "", NULL},
    {"name a fruit|name a bird", "A plum.\n\nA crow.\n", "plum|crow",
     "A plum.\n\n|A crow.\n"},
    {"name a fruit|name a bird", "A plum.\n\nA crow.\n", "crow|plum", NULL},
    {"name a fruit|name a bird", "A plum.\n\nA crow.\n", "plum|", NULL},
    {"name a fruit|name a bird", "A plum. A crow.\n\nBye.\n", "plum|crow",
     NULL},
    /* a quote elsewhere undoes it */
    {"name a fruit|name a bird", "Step 1: Plum.\nStep 2: Crow.\n", "Plum|Crow",
     "Plum.\n|Crow.\n"},
    {"name a fruit|name a bird", "Step 1: Plum.\nStep 2: Crow.\n", "Crow|Plum",
     NULL},
    /* steps that cannot be answered may be numbered, too */
    {"name a fruit|!eat it|name a bird", "Step 1: Plum.\nStep 2: Crow.\n", "",
     "Plum.\n||Crow.\n"},
    {"name a fruit|!eat it|name a bird",
     "Step 1: Plum.\nStep 2: I can't.\nStep 3: Crow.\n", "",
     "Plum.\n|I can't.\n|Crow.\n"},
    {"name a fruit", "Step 1: Plum.", "", NULL},
    {"name a fruit|name a bird", "", "", NULL},
    {"name a fruit|name a bird", "\xff\n1. \xfe\n2. \xc3", "", NULL},
};

/* The next piece of *rest before a bar. */
static sq_str next(sq_str *rest)
{
    sq_str piece = {NULL, 0};
    (void)sq_str_split(rest, '|', &piece);
    return piece;
}

static void run_case(size_t c, struct sq_arena *arena)
{
    struct sq_step steps[MAX_STEPS] = {{0}};
    struct sq_step_verdict verdicts[MAX_STEPS] = {{0}};
    struct sq_sample sample = {.query = sq_str_from(cases[c].steps),
                               .steps = steps};
    sq_str text = sq_str_from(cases[c].response), rest = sample.query;
    sq_str quotes = sq_str_from(cases[c].quotes);
    for (; rest.p && rest.n; sample.nsteps++) {
        sq_str s = next(&rest);
        size_t start = (size_t)(s.p - sample.query.p);
        struct sq_step_verdict *v = &verdicts[sample.nsteps];
        sq_str quote = next(&quotes);
        steps[sample.nsteps] = (struct sq_step){
            .start = start, .end = start + s.n, .answerable = *s.p != '!'};
        if (quote.n)
            assert_true(sq_evidence_find(text, quote, &v->at, &v->len));
    }
    const struct sq_judge_template template_ = {.name = SQ_STR("steps"),
                                                .form = SQ_JUDGE_STEPS};
    struct sq_judged judged = {
        .template_ = &template_,
        .state = SQ_STATE_PASS,
        .verdict = {.steps = verdicts, .nsteps = sample.nsteps}};
    struct sq_score_input in = {.sample = &sample,
                                .state = SQ_STATE_PASS,
                                .text = text,
                                .judged = &judged,
                                .njudged = *cases[c].quotes != '\0'};
    const struct sq_own_text *own = sq_own_texts(&in, arena);
    sq_str want = sq_str_from(cases[c].want);
    for (size_t i = 0; i < sample.nsteps; i++) {
        sq_str part = cases[c].want ? next(&want) : (sq_str){NULL, 0};
        assert_true(own[i].from <= own[i].at);
        assert_true(own[i].at + own[i].len <= text.n);
        if (own[i].own != (part.n > 0))
            fail_msg("case %zu, step %zu: %s", c, i,
                     own[i].own ? "own" : "whole");
        if (part.n)
            assert_true(sq_str_eq(
                part, sq_str_sub(text, own[i].at, own[i].at + own[i].len)));
        else
            assert_int_equal(own[i].len, text.n);
    }
}

static void test_cases(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        run_case(c, &arena);
        sq_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
