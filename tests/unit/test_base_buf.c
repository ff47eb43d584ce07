#include "base/buf.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"

static void test_add(void **state)
{
    (void)state;
    struct sq_buf b;
    sq_buf_init(&b, 1000);
    assert_string_equal(b.p, "");
    sq_buf_adds(&b, "ab");
    sq_buf_addc(&b, 'c');
    sq_buf_add(&b, SQ_STR("d\0e"));
    sq_buf_add(&b, sq_str_from(NULL));
    sq_buf_addf(&b, "%d%s", 42, "!");
    assert_int_equal(b.n, 9);
    assert_memory_equal(b.p, "abcd\0e42!", 10);
    char *taken = sq_buf_take(&b);
    assert_memory_equal(taken, "abcd\0e42!", 10);
    assert_string_equal(b.p, "");
    assert_int_equal(b.n, 0);
    free(taken);
    sq_buf_release(&b);
}

static void test_growth(void **state)
{
    (void)state;
    struct sq_buf b;
    sq_buf_init(&b, 100000);
    for (int i = 0; i < 10000; i++)
        sq_buf_addf(&b, "%05d", i);
    assert_int_equal(b.n, 50000);
    assert_memory_equal(b.p + 6170, "01234", 5);
    assert_int_equal(b.p[b.n], 0);
    assert_false(b.over);
    sq_buf_trim(&b);
    assert_string_equal(b.p, "");
    assert_int_equal(b.n, 0);
    assert_true(b.cap < 1000);
    assert_int_equal(b.max, 100000);
    sq_buf_release(&b);
}

static void test_ceiling(void **state)
{
    (void)state;
    struct sq_buf b;
    sq_buf_init(&b, 4);
    sq_buf_adds(&b, "abc");
    sq_buf_addf(&b, "%s", "de"); /* would fit the memory, not the ceiling */
    assert_true(b.over);
    assert_string_equal(b.p, "abc");
    sq_buf_addc(&b, 'd'); /* fits, but comes after what was left out */
    sq_buf_addf(&b, "d");
    assert_string_equal(b.p, "abc");
    sq_buf_reset(&b);
    assert_false(b.over);
    sq_buf_adds(&b, "abcd");
    assert_false(b.over);
    sq_buf_adds(&b, "");
    assert_false(b.over);
    sq_buf_addc(&b, 'e');
    assert_true(b.over);
    assert_string_equal(b.p, "abcd");
    sq_buf_release(&b);
}

static void test_utf8(void **state)
{
    (void)state;
    static const uint32_t points[] = {0x24,   0xA2,    0x20AC,
                                      0xD800, 0x10348, 0x110000};
    struct sq_buf b;
    sq_buf_init(&b, 100);
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
        sq_buf_add_utf8(&b, points[i]);
    assert_string_equal(b.p, "\x24\xC2\xA2\xE2\x82\xAC\xEF\xBF\xBD"
                             "\xF0\x90\x8D\x88\xEF\xBF\xBD");
    sq_buf_release(&b);
}

static void note(void *p)
{
    char **at = p;
    *(*at)++ = 'r';
}

static void note_other(void *p)
{
    char **at = p;
    *(*at)++ = 'o';
}

static void test_arena(void **state)
{
    (void)state;
    struct sq_arena a = SQ_ARENA_INIT;
    char trace[4] = "";
    char *at = trace;
    for (size_t n = 1; n < 3000; n += 7) {
        unsigned char *p = sq_arena_alloc(&a, n);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
    char *big = sq_arena_array(&a, 1000, 1000);
    memset(big, 1, (size_t)1000 * 1000);
    sq_str s = sq_arena_str(&a, SQ_STR("a\0b"));
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "a\0b", 4);
    assert_string_equal(sq_arena_strdup(&a, "xyz"), "xyz");
    assert_string_equal(sq_arena_printf(&a, "%s-%d", "n", 7), "n-7");
    sq_arena_on_release(&a, note, &at);
    sq_arena_on_release(&a, note_other, &at);
    sq_arena_release(&a);
    assert_string_equal(trace, "or");
    assert_string_equal(sq_arena_strdup(&a, "again"), "again");
    sq_arena_release(&a);
    assert_string_equal(trace, "or");
}

static void test_xalloc(void **state)
{
    (void)state;
    free(sq_xmalloc(0));
    int *p = sq_xcalloc(3, sizeof(*p));
    assert_int_equal(p[2], 0);
    p = sq_xrealloc(p, 5, sizeof(*p));
    free(p);
    char *s = sq_xstrdup("abc");
    assert_string_equal(s, "abc");
    free(s);
    s = sq_str_dup(sq_str_from(NULL));
    assert_string_equal(s, "");
    free(s);
}

static void test_err(void **state)
{
    (void)state;
    struct sq_err e = {0};
    assert_int_equal(sq_err_set(NULL, SQ_IO, "x"), SQ_IO);
    assert_int_equal(sq_err_set(&e, SQ_INPUT, "a\nb\t%s\x1B[1m", "c"),
                     SQ_INPUT);
    assert_string_equal(e.msg, "a b c [1m");
    /* U+009B, which some terminals take for ESC [; U+00E9 stays */
    (void)sq_err_set(&e, SQ_INPUT, "\xC2\x9B\xC3\xA9");
    assert_string_equal(e.msg, "  \xC3\xA9");
    assert_int_equal(sq_err_set(&e, SQ_NET, "%s!", "y"), SQ_NET);
    assert_int_equal(sq_err_prefix(&e, "%s:%d", "f", 3), SQ_NET);
    assert_string_equal(e.msg, "f:3: y!");
    assert_int_equal(sq_err_prefix(NULL, "x"), SQ_INTERNAL);
}

static void test_err_cut(void **state)
{
    (void)state;
    struct sq_err e = {0};
    char text[2000];
    /* Two-byte characters that begin at odd offsets: one would be cut. */
    text[0] = 'x';
    for (size_t i = 1; i + 1 < sizeof(text); i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[sizeof(text) - 1] = '\0';
    (void)sq_err_set(&e, SQ_INPUT, "%s", text);
    assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
    (void)sq_err_set(&e, SQ_INPUT, "y%s", text);
    assert_int_equal(strlen(e.msg), sizeof(e.msg) - 2);
    assert_true(sq_utf8_valid(sq_str_from(e.msg), NULL));
}

static void test_status(void **state)
{
    (void)state;
    assert_int_equal(sq_status_exit(SQ_OK), 0);
    assert_int_equal(sq_status_exit(SQ_USAGE), 2);
    assert_int_equal(sq_status_exit(SQ_NET), 4);
    assert_int_equal(sq_status_exit(SQ_INTERRUPTED), 130);
    assert_int_equal(sq_status_exit((enum sq_status)99), 5);
    assert_string_equal(sq_status_name(SQ_NOT_FOUND), "NOT_FOUND");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),     cmocka_unit_test(test_growth),
        cmocka_unit_test(test_ceiling), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_arena),   cmocka_unit_test(test_xalloc),
        cmocka_unit_test(test_err),     cmocka_unit_test(test_err_cut),
        cmocka_unit_test(test_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
