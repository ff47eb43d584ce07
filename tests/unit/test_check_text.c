#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "check/langid.h"
#include "check/list.h"
#include "check/number.h"
#include "check/prose.h"
#include "check/regex.h"
#include "check/text.h"

static sq_str str(const char *s)
{
    return sq_str_from(s);
}

static void test_characters(void **state)
{
    (void)state;
    assert_true(sq_text_is_space(0xa0));
    assert_true(sq_text_is_space(0xfeff));
    assert_false(sq_text_is_space('x'));
    assert_true(sq_text_is_word('7'));
    assert_true(sq_text_is_word(0xe9));   /* e acute */
    assert_true(sq_text_is_word(0x416));  /* Cyrillic */
    assert_true(sq_text_is_word(0x4f60)); /* Han */
    assert_false(sq_text_is_word(0x2014));
    assert_false(sq_text_is_word(0x1f600));
    assert_false(sq_text_is_word(0xfffd));
    assert_false(sq_text_is_word('_'));
    assert_true(sq_text_is_ideograph(0x4f60));
    assert_false(sq_text_is_ideograph(0xac00));
    assert_true(sq_text_blank(str(" \t\r\n\xc2\xa0")));
    assert_false(sq_text_blank(str(" .")));
    assert_false(sq_text_has_word(str("-- \xff ...")));
    assert_true(sq_str_eq(sq_text_bare(str("  **`Yes`** ")), str("Yes")));
}

static void test_lines(void **state)
{
    struct sq_lines l =
        sq_lines_of(str("a\r\n\t b\n\n```py x\nc\n````\n~~~\nd"));
    static const struct {
        const char *text;
        enum sq_line_kind kind;
        size_t indent;
    } want[] = {{"a", SQ_LINE_PROSE, 0},   {"\t b", SQ_LINE_PROSE, 5},
                {"", SQ_LINE_PROSE, 0},    {"```py x", SQ_LINE_FENCE, 0},
                {"c", SQ_LINE_CODE, 0},    {"````", SQ_LINE_FENCE, 0},
                {"~~~", SQ_LINE_FENCE, 0}, {"d", SQ_LINE_CODE, 0}};
    struct sq_line line;

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        assert_true(sq_lines_next(&l, &line));
        assert_true(sq_str_eq(line.text, str(want[i].text)));
        assert_int_equal(line.kind, want[i].kind);
        assert_int_equal(line.indent, want[i].indent);
        assert_int_equal(line.blank, line.text.n == 0);
    }
    assert_false(sq_lines_next(&l, &line));
}

static void test_code(void **state)
{
    struct sq_lines l =
        sq_lines_of(str("x\n```{.r}\n1\n2\n```\ny `z`\n``` a ` b\n~~~\nq\n"));
    struct sq_code code;

    (void)state;
    assert_true(sq_code_next(&l, &code));
    assert_true(sq_str_eq(code.label, str("r")));
    assert_true(sq_str_eq(code.body, str("1\n2\n")));
    assert_true(sq_code_next(&l, &code)); /* not closed */
    assert_int_equal(code.label.n, 0);
    assert_true(sq_str_eq(code.body, str("q\n")));
    assert_false(sq_code_next(&l, &code));
}

static void test_line_forms(void **state)
{
    (void)state;
    assert_true(sq_text_is_heading(str("## Title")));
    assert_true(sq_text_is_heading(str("**Title**:")));
    assert_false(sq_text_is_heading(str("#hashtag")));
    assert_false(sq_text_is_heading(str("**a** and **b**")));
    assert_int_equal(sq_text_cells(str("| a | b |")), 2);
    assert_int_equal(sq_text_cells(str("a | b | c")), 3);
    assert_int_equal(sq_text_cells(str("| a \\| b |")), 1);
    assert_int_equal(sq_text_cells(str("|---|:-:|")), 0);
    assert_int_equal(sq_text_cells(str("a b")), 0);
}

static void test_prose(void **state)
{
    (void)state;
    assert_int_equal(sq_text_words(str("a-b c's \xe2\x80\x94 d")), 3);
    assert_int_equal(sq_text_words(str("a\xff"
                                       "b \xff")),
                     1);
    assert_int_equal(sq_text_sentences(str("A b. C d? E")), 3);
    assert_int_equal(sq_text_sentences(str("J. R. Doe and I. We left.")), 2);
    assert_int_equal(sq_text_paragraphs(str("a\nb\n\n\nc\n")), 2);
    assert_int_equal(sq_text_lines(str("a\n\n```\nb\n```")), 2);
}

static void expect_item(const char *line, enum sq_list_kind kind, long number,
                        const char *text)
{
    struct sq_list_item item;

    assert_true(sq_list_item_parse(str(line), &item));
    assert_int_equal(item.kind, kind);
    assert_int_equal(item.number, number);
    assert_true(sq_str_eq(item.text, str(text)));
}

static void test_items(void **state)
{
    static const char *const none[] = {
        "",        "a",       "-a",       "---",  "* * *",  "1.5 l",
        "10:30",   "**b** c", "12345. x", "1",    "e.g. x", "2nd. x",
        "1 thing", "# Title", "Step",     "(1. x"};
    struct sq_list_item item;

    (void)state;
    expect_item("- a", SQ_LIST_BULLET, 0, "a");
    expect_item("\t* **b**", SQ_LIST_BULLET, 0, "**b**");
    expect_item("\xe2\x80\xa2x", SQ_LIST_BULLET, 0, "x");
    expect_item("12. a", SQ_LIST_NUMBER, 12, "a");
    expect_item("(2) a", SQ_LIST_NUMBER, 2, "a");
    expect_item("3\\. a", SQ_LIST_NUMBER, 3, "a");
    expect_item("**4.** a", SQ_LIST_NUMBER, 4, "a");
    expect_item("### 5: a", SQ_LIST_NUMBER, 5, "a");
    expect_item("> 6. a", SQ_LIST_NUMBER, 6, "a");
    expect_item("Step 7 - a", SQ_LIST_NUMBER, 7, "a");
    expect_item("**Day 8:** a", SQ_LIST_NUMBER, 8, "a");
    expect_item("b) a", SQ_LIST_LETTER, 2, "a");
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        assert_false(sq_list_item_parse(str(none[i]), &item));
    assert_true(sq_list_item_parse(str("  - a"), &item));
    assert_int_equal(item.indent, 2);
}

static void test_lists(void **state)
{
    size_t n;
    struct sq_list *lists =
        sq_lists_of(str("1. a\n\n   - x\n   - y\n2. b\n\n- c\n- d\n- e\n"), &n);

    (void)state;
    assert_int_equal(n, 3);
    assert_int_equal(lists[0].items, 2);
    assert_int_equal(lists[0].kind, SQ_LIST_NUMBER);
    assert_false(lists[0].nested);
    assert_int_equal(lists[1].items, 2);
    assert_true(lists[1].nested);
    assert_int_equal(lists[2].items, 3);
    assert_false(lists[2].nested);
    assert_int_equal(lists[2].at, 26);
    assert_int_equal(lists[2].last, 34);
    free(lists);
    free(sq_lists_of(str(""), &n));
    assert_int_equal(n, 0);
}

static void test_numbers(void **state)
{
    static const double want[] = {1200, -3, 0.5, 25, 2100, 17};
    sq_str s = str("1,200 B12 \xe2\x88\x92$3, 1/2 25% 1.2.3 two thousand one "
                   "hundred 5th seventeen");
    struct sq_number num;
    size_t pos = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        assert_true(sq_number_next(s, &pos, &num));
        assert_true(fabs(num.value - want[i]) < 1e-9);
        assert_int_equal(num.percent, want[i] == 25);
        assert_true(num.at < num.end && num.end <= pos);
    }
    assert_false(sq_number_next(s, &pos, &num));
}

static void test_regex(void **state)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_regex *re;
    struct sq_err err = {0};
    size_t at, end;

    (void)state;
    assert_int_equal(sq_regex_compile(str("b+"), 0, "here", &arena, &re, &err),
                     SQ_OK);
    assert_int_equal(sq_regex_find(re,
                                   str("a\xff"
                                       "bb"),
                                   0, &at, &end),
                     SQ_REGEX_FOUND);
    assert_int_equal(at, 2);
    assert_int_equal(end, 4);
    assert_int_equal(sq_regex_find(re, str("abba"), 3, &at, &end),
                     SQ_REGEX_NONE);
    assert_int_equal(sq_regex_compile(str("*"), 0, "here", &arena, &re, &err),
                     SQ_INPUT);
    assert_string_equal(err.msg, "here: pattern: quantifier does not follow a "
                                 "repeatable item at offset 0");
    assert_int_equal(
        sq_regex_compile(str("*"), SQ_REGEX_LITERAL, "here", &arena, &re, &err),
        SQ_OK);
    assert_int_equal(sq_regex_find(re, str("a*"), 0, &at, &end),
                     SQ_REGEX_FOUND);
    sq_arena_release(&arena);
}

static void test_langid(void **state)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_err err = {0};
    struct sq_langid *l;
    sq_str text = str("This is a plain English sentence that is long enough "
                      "to be told apart from the others.");

    (void)state;
    assert_true(sq_langid_knows(str("fr")));
    assert_false(sq_langid_knows(str("xx")));
    assert_false(sq_langid_knows(str("r ")));
    assert_int_equal(sq_langid_load("here", &arena, &l, &err), SQ_OK);
    assert_int_equal(sq_langid_is(l, text, str("en")), SQ_LANGID_IS);
    assert_int_equal(sq_langid_is(l, text, str("fr")), SQ_LANGID_IS_NOT);
    assert_int_equal(sq_langid_is(l, str("Hello"), str("en")), SQ_LANGID_SHORT);
    sq_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_code),       cmocka_unit_test(test_line_forms),
        cmocka_unit_test(test_prose),      cmocka_unit_test(test_items),
        cmocka_unit_test(test_lists),      cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_regex),      cmocka_unit_test(test_langid),
    };

    return cmocka_run_group_tests_name("check_text", tests, NULL, NULL);
}
