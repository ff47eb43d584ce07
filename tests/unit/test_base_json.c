#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "temp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* text read and written again, or the message of the fault */
static void round_trip(sq_str text, struct sq_buf *out)
{
    struct sq_err err = {0};
    struct sq_json *j = sq_json_parse(text, "t", 1, &err);
    sq_buf_reset(out);
    if (j)
        sq_json_render(j, out);
    else
        sq_buf_adds(out, err.msg);
    assert_int_equal(err.status, j ? SQ_OK : SQ_INPUT);
    sq_json_free(j);
}

static void test_valid(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {" null\n", "null"},
        {"[true,false]", "[true,false]"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {" { \"b\" : [ 1 , { } ] , \"a\" : \"\" } ",
         "{\"b\":[1,{}],\"a\":\"\"}"},
        {"-0", "-0"},
        {"0.1", "0.1"},
        {"1e3", "1000"},
        {"-12.5E-1", "-1.25"},
        {"1e100", "1e+100"},
        {"1e999", "null"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"123456789012345", "123456789012345"},
        {"\"\\u0041\\n\\/\\\"\\\\\\u001f\"", "\"A\\n/\\\"\\\\\\u001f\""},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\ud83d\"", "\"\xEF\xBF\xBD\""},
        {"\"\\ud83d\\u0041\"", "\"\xEF\xBF\xBD"
                               "A\""},
        {"\"\\ude00\\ud83d\\ude00\"", "\"\xEF\xBF\xBD\xF0\x9F\x98\x80\""},
        {"\"\\\\u0000\"", "\"\\\\u0000\""}, /* a backslash, then u0000 */
        {"\"\x7F\"", "\"\\u007f\""},
        {"{\"a\":{\"x\":1},\"b\":{\"x\":2}}",
         "{\"a\":{\"x\":1},\"b\":{\"x\":2}}"},
        {"{\"\":1}", "{\"\":1}"},
        {"{\"a\":{\"x\":1},\"x\":2}", "{\"a\":{\"x\":1},\"x\":2}"},
    };
    struct sq_buf got;
    sq_buf_init(&got, 1000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        round_trip(sq_str_from(cases[i][0]), &got);
        assert_string_equal(got.p, cases[i][1]);
    }
    sq_buf_release(&got);
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        sq_str text;
        const char *want; /* beginning of the message */
    } cases[] = {
#define CASE(text, want) {{text, sizeof(text) - 1}, want}
        CASE("", "t:1:1: expected a value, found the end"),
        CASE(" \n ", "t:2:2: expected a value, found the end"),
        CASE("{\n  \"a\": 1,\n}", "t:3:1: expected a key in double quotes"),
        CASE("[1,]", "t:1:4: expected a value, found ']'"),
        CASE("[1 2]", "t:1:4: expected ',' or ']' after an element, found '2'"),
        CASE("[1}", "t:1:3: expected ',' or ']'"),
        CASE("{\"a\" 1}", "t:1:6: expected ':' after a key"),
        CASE("{\"a\":1 \"b\"}", "t:1:8: expected ',' or '}' after a member"),
        CASE("{a:1}", "t:1:2: expected a key in double quotes, found 'a'"),
        CASE("{\"a\":", "t:1:6: expected a value, found the end"),
        CASE("[\"ab", "t:1:2: a string begins here that never ends"),
        CASE("'a'", "t:1:1: expected a value, found '''"),
        CASE("1 2", "t:1:3: more text after the end of the value"),
        CASE("{}\n\nx", "t:3:1: more text"),
        CASE("1\0", "t:1:2: more text"),
        CASE("[\0]", "t:1:2: expected a value, found byte 0x00"),
        CASE("\"a\0\"", "t:1:3: control character 0x00 in a string"),
        CASE("\"a\n\"", "t:1:3: control character 0x0A in a string"),
        CASE("\"ab\\u0000\"", "t:1:4: \\u0000 is not supported"),
        CASE("\"\\\\\\u0000\"", "t:1:4: \\u0000 is not supported"),
        CASE("\"\\x\"", "t:1:2: unknown escape"),
        CASE("\"\\u12g4\"", "t:1:2: \\u needs four"),
        CASE("\"\\u12", "t:1:2: \\u needs four"),
        CASE("\"\\", "t:1:2: the text ends within an escape"),
        CASE("01", "t:1:1: a number must not begin with 0"),
        CASE("-", "t:1:2: expected a digit, found the end"),
        CASE("+1", "t:1:1: expected a value, found '+'"),
        CASE("1.", "t:1:3: expected a digit after the decimal point"),
        CASE("1e+", "t:1:4: expected a digit of the exponent"),
        CASE("NaN", "t:1:1: NaN and Infinity are not JSON"),
        CASE("nul", "t:1:1: expected a value, found 'n'"),
        CASE("nullx", "t:1:5: more text"),
        CASE("\"\xFF\"", "t:1:2: invalid UTF-8"),
        CASE("[\"a\xC3\", 01]", "t:1:4: invalid UTF-8"), /* the first fault */
        CASE("\xC3\xA9", "t:1:1: expected a value, found byte 0xC3"),
        CASE("{\"a\":1,\n\"b\":2, \"a\":3}", "t:2:8: key \"a\" stands twice"),
        CASE("1234567890123456789012345678901234567890123456789012345678901234",
             "t:1:1: a number of more than 63 characters"),
#undef CASE
    };
    struct sq_buf got;
    sq_buf_init(&got, 1000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        round_trip(cases[i].text, &got);
        if (strncmp(got.p, cases[i].want, strlen(cases[i].want)) != 0)
            assert_string_equal(got.p, cases[i].want);
    }
    sq_buf_release(&got);
}

static void test_depth(void **state)
{
    (void)state;
    struct sq_buf text, got;
    sq_buf_init(&text, 10000);
    sq_buf_init(&got, 10000);
    for (int i = 0; i < 1000; i++)
        sq_buf_addc(&text, '[');
    for (int i = 0; i < 1000; i++)
        sq_buf_addc(&text, ']');
    round_trip(sq_buf_str(&text), &got);
    assert_string_equal(got.p, text.p);
    sq_buf_reset(&text);
    for (int i = 0; i < 1001; i++)
        sq_buf_addc(&text, '[');
    round_trip(sq_buf_str(&text), &got);
    assert_string_equal(got.p, "t:1:1001: nested more than 1000 levels deep");
    sq_buf_release(&got);
    sq_buf_release(&text);
}

static void test_places(void **state)
{
    (void)state;
    struct sq_err err = {0};
    assert_null(sq_json_parse(SQ_STR("{\n!"), "f.json", 12, &err));
    assert_memory_equal(err.msg, "f.json:13:1: ", 13);
    assert_null(sq_json_parse_at(SQ_STR("{!"), "f.json", 3, 40, &err));
    assert_memory_equal(err.msg, "f.json:3:41: ", 13);
    assert_null(sq_json_parse_at(SQ_STR("{\n!"), "f.json", 3, 40, NULL));
}

static void test_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t used; /* 0 = none */
    } cases[] = {
        {"{\"a\":[1]} and so on", 9},
        {"12abc", 2},
        {"\"x\"\xFF", 3},
        {"  [] ]", 4},
        {"{\"a\":", 0},
        {"hello", 0},
        {"", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t used = 0;
        struct sq_json *j =
            sq_json_parse_prefix(sq_str_from(cases[i].text), &used);
        assert_int_equal(j != NULL, cases[i].used > 0);
        assert_int_equal(used, cases[i].used);
        sq_json_free(j);
    }
}

static const char sample[] =
    "{\"s\":\"x\",\"n\":1.5,\"i\":-3,\"b\":true,\"z\":null,\"a\":[1,\"2\"],"
    "\"o\":{\"k\":0},\"big\":1e999,\"far\":9007199254740993}";

static void test_access(void **state)
{
    (void)state;
    struct sq_json *j = sq_json_parse(sq_str_from(sample), "t", 1, NULL);
    assert_int_equal(sq_json_count(j), 9);
    assert_true(sq_str_eq(sq_json_str(sq_json_get(j, "s")), SQ_STR("x")));
    assert_int_equal(sq_json_str(sq_json_get(j, "n")).n, 0);
    assert_true(sq_json_num(sq_json_get(j, "n")) == 1.5);
    assert_true(sq_json_num(sq_json_get(j, "s")) == 0);
    assert_true(sq_json_bool(sq_json_get(j, "b")));
    assert_false(sq_json_bool(sq_json_get(j, "i")));
    assert_null(sq_json_get(j, "S"));
    assert_null(sq_json_get(NULL, "S"));
    const struct sq_json *a = sq_json_get(j, "a");
    assert_null(sq_json_get(a, "s"));
    assert_int_equal(sq_json_type(sq_json_next(sq_json_first(a))),
                     SQ_JSON_STRING);
    assert_true(sq_str_eq(sq_json_key(a), SQ_STR("a")));
    assert_int_equal(sq_json_key(sq_json_first(a)).n, 0);
    assert_string_equal(sq_json_type_name(sq_json_get(j, "z")), "null");
    struct sq_json *copy = sq_json_copy(j);
    sq_json_free(j);
    assert_int_equal(sq_json_count(copy), 9);
    sq_json_free(copy);
}

/* One getter on one key of `sample`; "" where it succeeds. */
enum getter { STR, NUM, INT, BOOL, ARRAY, OBJECT };

static enum sq_status get(const struct sq_json *j, enum getter getter,
                          const char *key, bool optional, struct sq_err *err)
{
    sq_str s;
    double d;
    long long i;
    bool b;
    const struct sq_json *child;
    switch (getter) {
    case STR:
        return optional ? sq_json_opt_str(j, key, "w", &s, err)
                        : sq_json_need_str(j, key, "w", &s, err);
    case NUM:
        return optional ? sq_json_opt_num(j, key, "w", &d, err)
                        : sq_json_need_num(j, key, "w", &d, err);
    case INT:
        return optional ? sq_json_opt_int(j, key, "w", -3, 3, &i, err)
                        : sq_json_need_int(j, key, "w", -3, 3, &i, err);
    case BOOL:
        return optional ? sq_json_opt_bool(j, key, "w", &b, err)
                        : sq_json_need_bool(j, key, "w", &b, err);
    case ARRAY:
        return sq_json_need_array(j, key, "w", &child, err);
    case OBJECT:
        return sq_json_need_object(j, key, "w", &child, err);
    }
    return SQ_INTERNAL;
}

static void test_getters(void **state)
{
    (void)state;
    static const struct {
        enum getter getter;
        const char *key;
        bool optional;
        const char *want;
    } cases[] = {
        {STR, "s", false, ""},
        {STR, "n", false, "w: n: expected a string, found a number"},
        {STR, "q", false, "w: q: missing"},
        {STR, "q", true, ""},
        {STR, "z", true, ""},
        {STR, "z", false, "w: z: expected a string, found null"},
        {STR, "i", true, "w: i: expected a string, found a number"},
        {NUM, "n", false, ""},
        {NUM, "big", false, "w: big: the number is too large"},
        {NUM, "s", true, "w: s: expected a number, found a string"},
        {INT, "i", false, ""},
        {INT, "n", false, "w: n: expected a whole number, found 1.5"},
        {INT, "far", false,
         "w: far: expected a whole number, found 9007199254740992"},
        {INT, "b", false, "w: b: expected a whole number, found true or false"},
        {BOOL, "b", false, ""},
        {BOOL, "o", true, "w: o: expected true or false, found an object"},
        {ARRAY, "a", false, ""},
        {ARRAY, "o", false, "w: o: expected an array, found an object"},
        {OBJECT, "o", false, ""},
        {OBJECT, "a", false, "w: a: expected an object, found an array"},
    };
    struct sq_json *j = sq_json_parse(sq_str_from(sample), "t", 1, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sq_err err = {0};
        enum sq_status status =
            get(j, cases[i].getter, cases[i].key, cases[i].optional, &err);
        assert_string_equal(err.msg, cases[i].want);
        assert_int_equal(status, cases[i].want[0] ? SQ_INPUT : SQ_OK);
    }
    struct sq_err err = {0};
    long long v = 9;
    assert_int_equal(sq_json_opt_int(j, "q", "w", 0, 1, &v, &err), SQ_OK);
    assert_int_equal(v, 9);
    assert_int_equal(sq_json_need_int(j, "i", "w", 0, 5, &v, &err), SQ_INPUT);
    assert_string_equal(err.msg, "w: i: -3 is not within 0 to 5");
    assert_int_equal(get(sq_json_get(j, "a"), STR, "s", true, &err), SQ_INPUT);
    assert_string_equal(err.msg, "w: expected an object, found an array");
    sq_json_free(j);
}

static void test_only(void **state)
{
    (void)state;
    static const char *const allowed[] = {"name", "size", NULL};
    struct sq_err err = {0};
    struct sq_json *j =
        sq_json_parse(SQ_STR("{\"name\":1,\"szie\":2}"), "t", 1, &err);
    assert_int_equal(sq_json_only(j, allowed, "w", &err), SQ_INPUT);
    assert_string_equal(err.msg, "w: unknown key \"szie\"; known: name, size");
    sq_json_free(j);
    j = sq_json_parse(SQ_STR("{\"size\":1}"), "t", 1, &err);
    assert_int_equal(sq_json_only(j, allowed, "w", &err), SQ_OK);
    assert_int_equal(sq_json_only(NULL, allowed, "w", &err), SQ_INPUT);
    sq_json_free(j);
}

static void test_build(void **state)
{
    (void)state;
    struct sq_buf out;
    struct sq_json *j = sq_json_object();
    struct sq_json *a = sq_json_array();
    sq_json_put_str(j, "s", SQ_STR("a\0b\xFF"));
    sq_json_put_num(j, "n", 0.1);
    sq_json_put_num(j, "nan", NAN);
    sq_json_put_int(a, NULL, INT64_MAX);
    sq_json_put_int(a, NULL, INT64_MIN);
    sq_json_put_int(a, NULL, 9007199254740993);
    sq_json_put_int(a, NULL, -1000000000000000);
    sq_json_put_bool(a, NULL, true);
    sq_json_put_null(a, NULL);
    sq_json_put(j, "a", a);
    sq_buf_init(&out, 1000);
    sq_json_render(j, &out);
    assert_string_equal(out.p,
                        "{\"s\":\"a\xEF\xBF\xBD"
                        "b\xEF\xBF\xBD\",\"n\":0.1,\"nan\":null,"
                        "\"a\":[9223372036854775807,-9223372036854775808,"
                        "9007199254740993,-1000000000000000,true,null]}");
    long long v = 0;
    assert_true(sq_json_int(sq_json_first(a), &v));
    assert_true(v == INT64_MAX);
    assert_int_equal(sq_json_type(sq_json_first(a)), SQ_JSON_NUMBER);
    sq_buf_reset(&out);
    sq_json_quote(SQ_STR("\x01\t\"\\/\x7F\xC3\xA9\xC3\0"), &out);
    assert_string_equal(out.p,
                        "\"\\u0001\\t\\\"\\\\/\\u007f\xC3\xA9\xEF\xBF\xBD"
                        "\xEF\xBF\xBD\"");
    sq_buf_release(&out);
    sq_json_free(j);
}

static void test_load(void **state)
{
    (void)state;
    struct sq_err err = {0};
    char *folder = temp_folder();
    char *path = temp_file(folder, "c.json", SQ_STR("\xEF\xBB\xBF{\"a\":1}\n"));
    struct sq_json *j = sq_json_load(path, &err);
    assert_non_null(j);
    sq_json_free(j);
    free(path);
    path = temp_file(folder, "c.json", SQ_STR("{\n\n x"));
    assert_null(sq_json_load(path, &err));
    assert_non_null(strstr(err.msg, "c.json:3:2: "));
    (void)remove(path);
    assert_null(sq_json_load(path, &err));
    assert_int_equal(err.status, SQ_INPUT);
    (void)remove(folder);
    free(path);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),   cmocka_unit_test(test_faults),
        cmocka_unit_test(test_depth),   cmocka_unit_test(test_places),
        cmocka_unit_test(test_prefix),  cmocka_unit_test(test_access),
        cmocka_unit_test(test_getters), cmocka_unit_test(test_only),
        cmocka_unit_test(test_build),   cmocka_unit_test(test_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
