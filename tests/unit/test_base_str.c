#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sq_str S(const char *s)
{
    return sq_str_from(s);
}

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *text, *needle;
        size_t from, want;
    } cases[] = {
        {"abcabc", "abc", 0, 0},
        {"abcabc", "abc", 1, 3},
        {"abcabc", "abd", 0, SIZE_MAX},
        {"abc", "", 3, 3},
        {"abc", "", 4, SIZE_MAX},
        {"ab", "abc", 0, SIZE_MAX},
        {"", "a", 0, SIZE_MAX},
        {"aab", "ab", 0, 1},
        /* longer than 16 bytes: the other algorithm */
        {"xx0123456789abcdefghij", "0123456789abcdefghij", 0, 2},
        {"0123456789abcdefghij", "0123456789abcdefghij", 0, 0},
        {"0123456789abcdefghix", "0123456789abcdefghij", 0, SIZE_MAX},
        {"0123456789abcdefg 0123456789abcdefg", "0123456789abcdefg", 1, 18},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(
            sq_str_find(S(cases[i].text), S(cases[i].needle), cases[i].from),
            cases[i].want);
}

/* A needle made to be slow: a quadratic search would take minutes. */
static void test_find_is_linear(void **state)
{
    (void)state;
    enum { N = 4 << 20 };
    char *text = test_malloc(N);
    char *needle = test_malloc(N / 2);
    memset(text, 'a', N);
    memset(needle, 'a', N / 2);
    needle[N / 2 - 1] = 'b';
    assert_int_equal(sq_str_find((sq_str){text, N}, (sq_str){needle, N / 2}, 0),
                     SIZE_MAX);
    text[N - 1] = 'b';
    assert_int_equal(sq_str_find((sq_str){text, N}, (sq_str){needle, N / 2}, 0),
                     N / 2);
    test_free(needle);
    test_free(text);
}

/* The sequence of Thue and Morse and its complement have the same hash modulo
 * 2^64, whatever the base: the bytes must be compared. */
static void test_find_collision(void **state)
{
    (void)state;
    enum { N = 2048 };
    char a[N];
    char b[N];
    for (unsigned i = 0; i < N; i++) {
        unsigned odd = 0;
        for (unsigned bits = i; bits; bits >>= 1)
            odd ^= bits & 1;
        a[i] = odd ? 'a' : 'b';
        b[i] = odd ? 'b' : 'a';
    }
    assert_int_equal(sq_str_find((sq_str){a, N}, (sq_str){b, N}, 0), SIZE_MAX);
}

static void test_compare(void **state)
{
    (void)state;
    assert_true(sq_str_eq(S("a"), S("a")));
    assert_false(sq_str_eq(S("a"), S("A")));
    assert_true(sq_str_eq(S(NULL), S("")));
    assert_true(sq_str_eq_nocase(S("aZ9"), S("Az9")));
    assert_false(sq_str_eq_nocase(S("[z"), S("{z")));
    assert_true(sq_str_starts(S("abc"), S("ab")));
    assert_false(sq_str_starts(S("a"), S("ab")));
    assert_true(sq_str_ends(S("abc"), S("bc")));
    assert_false(sq_str_ends(S("abc"), S("ab")));
    assert_int_equal(sq_str_sub(S("abc"), 1, 9).n, 2);
    assert_int_equal(sq_str_sub(S("abc"), 5, 2).n, 0);
    assert_int_equal(sq_str_sub(S(NULL), 0, 9).n, 0);
    assert_true(sq_str_eq(sq_str_trim(S("\t a b\r\n\v\f")), S("a b")));
    assert_int_equal(sq_str_trim(S(" \n ")).n, 0);
}

static void join_lines(const char *text, struct sq_buf *out)
{
    sq_str rest = S(text);
    sq_str line;
    sq_buf_reset(out);
    while (sq_str_line(&rest, &line)) {
        sq_buf_add(out, line);
        sq_buf_addc(out, '|');
    }
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},          {"\n", "|"},        {"a", "a|"},
        {"a\n", "a|"},     {"a\r\nb", "a|b|"}, {"a\n\nb\n", "a||b|"},
        {"a\rb", "a\rb|"}, {"\r\n\r\n", "||"}, {"a\r", "a\r|"},
    };
    struct sq_buf got;
    sq_buf_init(&got, 100);
    for (size_t i = 0; i < COUNT(cases); i++) {
        join_lines(cases[i][0], &got);
        assert_string_equal(got.p, cases[i][1]);
    }
    sq_buf_release(&got);
}

static void test_split(void **state)
{
    (void)state;
    sq_str rest = S("a,,b,");
    sq_str piece;
    static const char *const want[] = {"a", "", "b", ""};
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_true(sq_str_split(&rest, ',', &piece));
        assert_true(sq_str_eq(piece, S(want[i])));
    }
    assert_false(sq_str_split(&rest, ',', &piece));
    rest = S("");
    assert_true(sq_str_split(&rest, ',', &piece));
    assert_int_equal(piece.n, 0);
    assert_false(sq_str_split(&rest, ',', &piece));
}

static void test_to_int(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        long long want;
    } cases[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        long long v = 42;
        assert_int_equal(sq_str_to_int(S(cases[i].text), &v), cases[i].ok);
        assert_int_equal(v, cases[i].ok ? cases[i].want : 42);
    }
}

static void test_to_num(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double want;
    } cases[] = {
        {"1", true, 1},      {"-1.5", true, -1.5}, {"+.5", true, .5},
        {"5.", true, 5},     {"1e3", true, 1000},  {"1E-2", true, .01},
        {".", false, 0},     {"e1", false, 0},     {"1e", false, 0},
        {"nan", false, 0},   {"inf", false, 0},    {"0x10", false, 0},
        {"1e999", false, 0}, {"1,5", false, 0},    {" 1", false, 0},
        {"1 ", false, 0},    {"", false, 0},       {"1e+", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double v = 42;
        assert_int_equal(sq_str_to_num(S(cases[i].text), &v), cases[i].ok);
        double want = cases[i].ok ? cases[i].want : 42;
        assert_true(v >= want && v <= want);
    }
    char longest[SQ_NUM_MAX + 1];
    double v;
    memset(longest, '0', sizeof(longest));
    assert_true(sq_str_to_num((sq_str){longest, SQ_NUM_MAX}, &v));
    assert_false(sq_str_to_num((sq_str){longest, SQ_NUM_MAX + 1}, &v));
}

/* RFC 3629 and Unicode table 3-7: first and last of each length, and what is
 * overlong, a surrogate, too high or cut. bad is the offset, -1 = valid. */
static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int bad;
        size_t count;
        uint32_t first;
    } cases[] = {
        {"abcdefghijk", -1, 11, 'a'},
        {"\xC2\x80", -1, 1, 0x80},
        {"\xDF\xBF", -1, 1, 0x7FF},
        {"\xE0\xA0\x80", -1, 1, 0x800},
        {"\xED\x9F\xBF", -1, 1, 0xD7FF},
        {"\xEE\x80\x80", -1, 1, 0xE000},
        {"\xEF\xBF\xBF", -1, 1, 0xFFFF},
        {"\xF0\x90\x80\x80", -1, 1, 0x10000},
        {"\xF4\x8F\xBF\xBF", -1, 1, 0x10FFFF},
        {"\x80", 0, 1, 0xFFFD},
        {"\xC0\x80", 0, 2, 0xFFFD},
        {"\xC1\xBF", 0, 2, 0xFFFD},
        {"\xE0\x9F\xBF", 0, 3, 0xFFFD},
        {"\xED\xA0\x80", 0, 3, 0xFFFD},
        {"\xF0\x8F\xBF\xBF", 0, 4, 0xFFFD},
        {"\xF4\x90\x80\x80", 0, 4, 0xFFFD},
        {"\xF5\x80\x80\x80", 0, 4, 0xFFFD},
        {"ab\xE2\x82", 2, 4, 'a'},
        {"abcdefgh\xC3\xA9xyzabcdefgh\xFF", 21, 21, 'a'},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t bad = 99;
        size_t pos = 0;
        sq_str s = S(cases[i].text);
        assert_int_equal(sq_utf8_valid(s, &bad), cases[i].bad < 0);
        if (cases[i].bad >= 0)
            assert_int_equal(bad, cases[i].bad);
        assert_int_equal(sq_utf8_count(s), cases[i].count);
        assert_int_equal(sq_utf8_next(s, &pos), cases[i].first);
    }
    assert_true(sq_utf8_valid(S(NULL), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_is_linear),
        cmocka_unit_test(test_find_collision),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_to_int),
        cmocka_unit_test(test_to_num),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
