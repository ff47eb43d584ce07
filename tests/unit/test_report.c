/* Grids in four formats, and text for a terminal, with hostile cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "report/grid.h"
#include "report/wrap.h"

static const struct sq_grid_column columns[] = {{"name", false}, {"n", true}};

static void check_grid(void (*render)(const struct sq_grid *, struct sq_buf *),
                       const char *want)
{
    struct sq_grid g = {.columns = columns, .ncolumns = 2};
    sq_str rows[][2] = {{SQ_STR("plain"), SQ_STR("12")},
                        {SQ_STR("a|b<i>,\"\n\x1b"), SQ_STR("")},
                        {SQ_STR("\xc3\xa9"), SQ_STR("3")}};
    for (size_t i = 0; i < 3; i++)
        sq_grid_add(&g, rows[i]);
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    render(&g, &out);
    assert_string_equal(out.p, want);
    sq_buf_release(&out);
    sq_grid_release(&g);
}

static void test_formats(void **unused)
{
    (void)unused;
    check_grid(sq_grid_table, "name         n\n"
                              "plain       12\n"
                              "a|b<i>,\"\xef\xbf\xbd\xef\xbf\xbd\n"
                              "\xc3\xa9            3\n");
    check_grid(sq_grid_markdown, "| name | n |\n| --- | ---: |\n"
                                 "| plain | 12 |\n"
                                 "| a\\|b&lt;i>,\" \x1b |  |\n"
                                 "| \xc3\xa9 | 3 |\n");
    check_grid(sq_grid_csv, "name,n\r\nplain,12\r\n"
                            "\"a|b<i>,\"\"\n\x1b\",\r\n\xc3\xa9,3\r\n");
    check_grid(sq_grid_json, "[\n {\"name\":\"plain\",\"n\":12},\n"
                             " {\"name\":\"a|b<i>,\\\"\\n\\u001b\","
                             "\"n\":null},\n"
                             " {\"name\":\"\xc3\xa9\",\"n\":3}\n]\n");
}

static const struct {
    const char *text;
    size_t indent;
    const char *want;
} wraps[] = {
    {"short", 2, "  short\n"},
    {"", 2, ""},
    {"a\n\nb", 2, "  a\n\n  b\n"},
    {"a\r\nb", 0, "a\nb\n"},
    {"esc \x1b[2J", 0, "esc \xef\xbf\xbd[2J\n"},
    {"one two three four five six seven eight nine ten eleven twelve thirteen "
     "fourteen",
     4,
     "    one two three four five six seven eight nine ten eleven twelve "
     "thirteen\n    fourteen\n"},
};

static void test_wrap(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
        struct sq_buf out;
        sq_buf_init(&out, SQ_MAX_MESSAGE);
        sq_wrap(&out, sq_str_from(wraps[i].text), wraps[i].indent);
        assert_string_equal(out.p, wraps[i].want);
        sq_buf_release(&out);
    }
}

/* A word without blanks is cut at the edge, wide characters count as two. */
static void test_wrap_width(void **unused)
{
    (void)unused;
    struct sq_buf in, out;
    sq_buf_init(&in, SQ_MAX_MESSAGE);
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    for (int i = 0; i < 41; i++)
        sq_buf_add_utf8(&in, 0x6f22);
    sq_wrap(&out, sq_buf_str(&in), 0);
    assert_int_equal(out.n, (size_t)41 * 3 + 2);
    assert_int_equal(out.p[(size_t)40 * 3], '\n');
    sq_buf_release(&in);
    sq_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_formats),
                                       cmocka_unit_test(test_wrap),
                                       cmocka_unit_test(test_wrap_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
