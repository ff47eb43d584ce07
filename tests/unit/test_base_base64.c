/* The vectors of RFC 4648, 10, and what is no base64. */
#include "base/base64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const struct {
    sq_str bytes, text;
} pairs[] = {
    {{"", 0}, {"", 0}},
    {{"f", 1}, {"Zg==", 4}},
    {{"fo", 2}, {"Zm8=", 4}},
    {{"foo", 3}, {"Zm9v", 4}},
    {{"foob", 4}, {"Zm9vYg==", 8}},
    {{"fooba", 5}, {"Zm9vYmE=", 8}},
    {{"foobar", 6}, {"Zm9vYmFy", 8}},
    {{"\xff\xef\xbe\0", 4}, {"/+++AA==", 8}},
};

static void there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct sq_buf text, bytes;
        size_t bad;
        sq_buf_init(&text, SQ_MAX_MESSAGE);
        sq_buf_init(&bytes, SQ_MAX_MESSAGE);
        sq_base64_encode(pairs[i].bytes, &text);
        assert_true(sq_str_eq(sq_buf_str(&text), pairs[i].text));
        assert_true(sq_base64_decode(pairs[i].text, &bytes, &bad));
        assert_true(sq_str_eq(sq_buf_str(&bytes), pairs[i].bytes));
        sq_buf_release(&text);
        sq_buf_release(&bytes);
    }
}

static void what_is_none(void **state)
{
    static const struct {
        const char *text;
        size_t bad;
    } cases[] = {
        {"Z", 1},    {"Zg", 2},       {"Zg=", 2},  {"Zg===", 2},
        {"====", 0}, {"Z===", 1},     {"Zm 9", 2}, {"Zm9v\n", 4},
        {"Zm9_", 3}, {"Zh==", 1},     {"Zm9=", 2}, {"Zg==Zg==", 2},
        {"=m9v", 0}, {"\xc3\xa4", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_buf bytes;
        size_t bad = 99;
        sq_buf_init(&bytes, SQ_MAX_MESSAGE);
        if (sq_base64_decode(sq_str_from(cases[i].text), &bytes, &bad))
            fail_msg("'%s' is read", cases[i].text);
        if (bad != cases[i].bad)
            fail_msg("'%s': byte %zu", cases[i].text, bad);
        sq_buf_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(what_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
