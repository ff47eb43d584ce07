/* Which responses talk to the judge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/records.h"
#include "judge/attack.h"

static const struct sq_attack_rules *compile(struct sq_arena *arena)
{
    struct sq_err err = {0};
    const struct sq_attack_rules *rules = NULL;
    if (sq_attack_rules(arena, &rules, &err) != SQ_OK)
        fail_msg("%s", err.msg);
    return rules;
}

/* tests/judge/attacks.jsonl: "flag" is the rule, or there is none. */
static void test_attacks_have_their_flags(void **unused)
{
    (void)unused;
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_attack_rules *rules = compile(&arena);
    struct sq_records *r = NULL;
    struct sq_json *j = NULL;
    struct sq_err err = {0};
    size_t flagged = 0;
    assert_int_equal(sq_records_open(&r, "tests/judge/attacks.jsonl", &err),
                     SQ_OK);
    while (sq_records_next(r, &j, &err) == SQ_OK && j) {
        sq_str found = {0}, want = sq_json_str(sq_json_get(j, "flag"));
        sq_str text = sq_json_str(sq_json_get(j, "response"));
        const char *flag = sq_attack_find(rules, text, &found);
        if (!sq_str_eq(sq_str_from(flag), want))
            fail_msg("%s: %s", sq_records_where(r), flag ? flag : "no flag");
        if (flag)
            assert_true(found.p >= text.p &&
                        found.p + found.n <= text.p + text.n && found.n);
        flagged += flag != NULL;
        sq_json_free(j);
    }
    assert_true(flagged >= 30);
    sq_records_close(r);
    sq_arena_release(&arena);
}

/* Ordinary sentences that come near. */
static void test_ordinary_text_is_not_flagged(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "The judge ruled that the contract was void.",
        "She turned to the judge and said nothing.",
        "Here are 5 examples. Give 5 coins to each child.",
        "I would give the film 5 stars out of 5.",
        "The students were in grade 5.",
        "Answer yes or no: is water wet?",
        "The answer should be given in metres.",
        "Please rate 10 of these books by length.",
        "Previous work ignored the prior distribution.",
        "{\"name\": \"Ada\", \"quality\": \"high\", \"done\": true}",
        "## Request\n\n## Response\n\nfoo == bar\n==========\n",
        "The array is [[1, 2], [3, 4]] and t[[i]] is its element.",
        "The evaluator of the expression returns 5.",
        "Forget about the earlier part of the story.",
        "",
        "\xff\xfe\x80",
    };
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_attack_rules *rules = compile(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        sq_str found = {0};
        const char *flag = sq_attack_find(rules, sq_str_from(texts[i]), &found);
        if (flag)
            fail_msg("%s: %s", texts[i], flag);
    }
    sq_arena_release(&arena);
}

/* A megabyte of what the rules begin with ends, and ends soon. */
static void test_long_texts_end(void **unused)
{
    (void)unused;
    static const char *const blocks[] = {
        "give this ", "[[yes, ", "== ", "dear the ", "ignore all the ", "\"q"};
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_attack_rules *rules = compile(&arena);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        size_t n = strlen(blocks[i]), size = (size_t)1 << 20;
        char *text = sq_arena_alloc(&arena, size);
        for (size_t k = 0; k + n <= size; k += n)
            memcpy(text + k, blocks[i], n);
        sq_str found = {0};
        assert_null(
            sq_attack_find(rules, (sq_str){text, size / n * n}, &found));
    }
    sq_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attacks_have_their_flags),
        cmocka_unit_test(test_ordinary_text_is_not_flagged),
        cmocka_unit_test(test_long_texts_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
