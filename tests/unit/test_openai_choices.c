/* Several choices in a body are as many answers. */
#include "engine/openai_choices.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define CHOICE(text) "{\"message\":{\"content\":\"" text "\"}}"
#define NO_CHOICE "{\"message\":{\"content\":null}}"
#define USAGE                                                                  \
    ",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":100,"               \
    "\"prompt_tokens_details\":{\"cached_tokens\":3},"                         \
    "\"completion_tokens_details\":{\"reasoning_tokens\":10}}"

static const struct {
    const char *name, *body;
    size_t most;
    const char *want; /* the texts, with "|" behind each; "" = no answer */
} cases[] = {
    {"one", "{\"choices\":[" CHOICE("a") "]}", 1, "a|"},
    {"one of three", "{\"choices\":[" CHOICE("a") "]}", 3, "a|"},
    {"three, one with neither text nor reason",
     "{\"choices\":[" CHOICE("a") "," CHOICE("") "," CHOICE("c") "]}", 3,
     "a|c|"},
    {"more than asked for", "{\"choices\":[" CHOICE("a") "," CHOICE("b") "]}",
     1, "a|"},
    {"the first is none", "{\"choices\":[" NO_CHOICE "," CHOICE("b") "]}", 2,
     "b|"},
    {"the last is none", "{\"choices\":[" CHOICE("a") ",7]}", 2, "a|"},
    {"none is one", "{\"choices\":[" NO_CHOICE "," NO_CHOICE "]}", 2, ""},
    {"none", "{\"choices\":[]}", 2, ""},
    {"no JSON", "{\"choices\":[" CHOICE("a") "," CHOICE("b"), 2, ""},
    {"a list that is none", "{\"choices\":{\"a\":" CHOICE("a") ",\"b\":1}}", 2,
     "a|"},
};

static void reads_choices(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_response r;
        struct sq_buf texts;
        char why[200] = "";
        sq_buf_init(&texts, SQ_MAX_MESSAGE);
        bool ok = sq_openai_choices(sq_str_from(cases[i].body), cases[i].most,
                                    &r, why, sizeof why);
        for (const struct sq_response *c = ok ? &r : NULL; c; c = c->more)
            sq_buf_addf(&texts, "%s|", c->text);
        if (strcmp(texts.p, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].name, texts.p);
        if (ok != (texts.n > 0) || (!ok && !why[0]))
            fail_msg("%s: no word why", cases[i].name);
        if (ok)
            sq_response_release(&r);
        sq_buf_release(&texts);
    }
}

/* However the texts are, the parts add up to what the server says. */
static void shares_usage(void **state)
{
    static const struct {
        const char *body;
        long long completion[3], reasoning[3];
    } shares[] = {
        {"{\"choices\":[" CHOICE("12345") "," CHOICE("12345") "," CHOICE(
             "12345") "]" USAGE "}",
         {33, 33, 34},
         {3, 3, 4}},
        {"{\"choices\":[" CHOICE("1") "," CHOICE("1234567") "," CHOICE(
             "<think>123456789</think>") "]" USAGE "}",
         {10, 40, 50},
         {1, 4, 5}},
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sq_response r, *c = &r;
        char why[200];
        assert_true(sq_openai_choices(sq_str_from(shares[i].body), 3, &r, why,
                                      sizeof why));
        for (size_t k = 0; k < 3; k++, c = c->more) {
            assert_int_equal(c->completion_tokens, shares[i].completion[k]);
            assert_int_equal(c->reasoning_tokens, shares[i].reasoning[k]);
            assert_int_equal(c->prompt_tokens, k ? 0 : 7);
            assert_int_equal(c->cached_tokens, k ? 0 : 3);
        }
        assert_null(c);
        sq_response_release(&r);
    }
}

static void keeps_each_raw(void **state)
{
    static const char body[] =
        "{\"id\":1,\"choices\":[" CHOICE("a") "," CHOICE("b") "],\"x\":[1,2]}";
    struct sq_response r;
    char why[200];
    (void)state;
    assert_true(sq_openai_choices(sq_str_from(body), 2, &r, why, sizeof why));
    assert_string_equal(r.raw,
                        "{\"id\":1,\"choices\":[" CHOICE("a") "],\"x\":[1,2]}");
    assert_string_equal(r.more->raw,
                        "{\"id\":1,\"choices\":[" CHOICE("b") "],\"x\":[1,2]}");
    assert_int_equal(r.more->completion_tokens, -1);
    sq_response_release(&r);
    assert_null(r.more);
}

/* What all choices repeat has the ceiling of one body, not that of each. */
static void is_bounded(void **state)
{
    struct sq_buf body;
    struct sq_response r;
    char why[200];
    size_t all = 0, n = 0;
    (void)state;
    sq_buf_init(&body, SQ_MAX_REPLY);
    sq_buf_adds(&body, "{\"x\":\"");
    for (size_t i = 0; i < ((size_t)9 << 20) / 8; i++)
        sq_buf_adds(&body, "01234567");
    sq_buf_adds(&body, "\",\"choices\":[");
    for (int i = 0; i < 100; i++)
        sq_buf_adds(&body, i ? "," CHOICE("a") : CHOICE("a"));
    sq_buf_adds(&body, "]}");
    assert_false(body.over);
    assert_true(sq_openai_choices(sq_buf_str(&body), 100, &r, why, sizeof why));
    for (const struct sq_response *c = &r; c; c = c->more, n++)
        all += c->raw_len;
    assert_in_range(n, 1, 3);
    assert_true(all <= SQ_MAX_REPLY);
    sq_response_release(&r);
    sq_buf_release(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_choices), cmocka_unit_test(shares_usage),
        cmocka_unit_test(keeps_each_raw), cmocka_unit_test(is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
