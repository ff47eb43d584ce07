#include "engine/openai_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "engine/openai_body.h"

static void body_is(const struct sq_sampling *s, const char *want)
{
    const struct sq_message messages[] = {
        {.role = "system", .content = SQ_STR("be \"brief\"")},
        {.role = "user", .content = SQ_STR("eins\nzw\xc3\xb6i\xff")}};
    struct sq_request r = {.messages = messages, .nmessages = 2, .epoch = 1};
    struct sq_buf out;
    r.sampling = *s;
    sq_buf_init(&out, SQ_MAX_PROMPT);
    sq_openai_body(SQ_STR("a/b"), &r, &(struct sq_openai_form){0}, &out);
    assert_string_equal(out.p, want);
    sq_buf_release(&out);
}

#define MESSAGES                                                               \
    "{\"model\":\"a/b\",\"messages\":[{\"role\":\"system\",\"content\":"       \
    "\"be \\\"brief\\\"\"},{\"role\":\"user\",\"content\":"                    \
    "\"eins\\nzw\xc3\xb6i\xef\xbf\xbd\"}]"

static void builds_only_what_is_set(void **state)
{
    (void)state;
    body_is(&(struct sq_sampling){NAN, NAN, -1, -1}, MESSAGES "}");
    body_is(&(struct sq_sampling){-1, -1, -1, -1}, MESSAGES "}");
    body_is(&(struct sq_sampling){0, 0.95, 512, 7},
            MESSAGES ",\"temperature\":0,\"top_p\":0.95,\"max_tokens\":512,"
                     "\"seed\":7}");
    body_is(&(struct sq_sampling){0.1 + 0.2, 1, 0, 0},
            MESSAGES ",\"temperature\":0.30000000000000004,\"top_p\":1,"
                     "\"max_tokens\":0,\"seed\":0}");
}

static void request_is(const struct sq_request *more,
                       const struct sq_openai_form *form, const char *want)
{
    const struct sq_message messages[] = {
        {.role = "system", .content = SQ_STR("s")},
        {.role = "user", .content = SQ_STR("u\n")}};
    struct sq_request r = *more;
    struct sq_buf out;
    r.messages = messages;
    r.nmessages = 2;
    r.sampling = (struct sq_sampling){NAN, NAN, 5, -1};
    sq_buf_init(&out, SQ_MAX_PROMPT);
    sq_openai_body(SQ_STR("m"), &r, form, &out);
    assert_string_equal(out.p, want);
    sq_buf_release(&out);
}

#define CHAT                                                                   \
    "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"  \
    "{\"role\":\"user\",\"content\":\"u\\n\"}]"

static void builds_what_the_server_takes(void **state)
{
    (void)state;
    const sq_str stops[] = {SQ_STR("\n\n"), SQ_STR("\"END\"")};
    const struct sq_openai_form chat = {0}, raw = {.completions = true},
                                new = {.completion_tokens = true},
                                plain = {.no_schema = true};
    struct sq_request r = {.stops = stops, .nstops = 2};
    request_is(&r, &chat,
               CHAT ",\"max_tokens\":5,\"stop\":[\"\\n\\n\","
                    "\"\\\"END\\\"\"]}");
    r = (struct sq_request){.top_logprobs = 3,
                            .extra = SQ_STR("\"a\":1,\"b\":{}")};
    request_is(&r, &new,
               CHAT ",\"max_completion_tokens\":5,\"logprobs\":true,"
                    "\"top_logprobs\":3,\"a\":1,\"b\":{}}");
    request_is(&r, &raw,
               "{\"model\":\"m\",\"prompt\":\"s\\n\\nu\\n\",\"max_tokens\":5,"
               "\"logprobs\":3,\"a\":1,\"b\":{}}");
    r = (struct sq_request){.schema = SQ_STR("{\"type\":\"object\"}")};
    request_is(&r, &chat,
               CHAT ",\"max_tokens\":5,\"response_format\":{\"type\":"
                    "\"json_schema\",\"json_schema\":{\"name\":\"reply\","
                    "\"strict\":true,\"schema\":{\"type\":\"object\"}}}}");
    request_is(&r, &plain, CHAT ",\"max_tokens\":5}");
}

static void tells_what_a_server_refuses(void **state)
{
    (void)state;
    enum { NOTHING = 0, TOKENS = 1, SCHEMA = 2, CHOICES = 4, FILTERED = 8 };
    static const struct {
        const char *body;
        int what;
    } cases[] = {
        {"{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens'. Use "
         "'max_completion_tokens' instead.\"}}",
         TOKENS},
        {"{\"error\":{\"message\":\"max_tokens is too large\"}}", NOTHING},
        {"{\"error\":\"This response_format type is unavailable now\"}",
         SCHEMA},
        {"{\"message\":\"JSON schema conversion failed\"}", SCHEMA},
        {"{\"detail\":[{\"loc\":[\"body\",\"response_format\"],\"msg\":"
         "\"extra fields not permitted\"}]}",
         SCHEMA},
        {"{\"error\":{\"message\":\"no\",\"param\":\"n\"}}", CHOICES},
        {"{\"error\":\"'n' must be 1\"}", CHOICES},
        {"{\"error\":\"want n=1.\"}", CHOICES},
        {"{\"message\":\"n > 1 is not supported\"}", CHOICES},
        {"{\"error\":\"only one is allowed as n.\"}", CHOICES},
        {"{\"error\":\"Only one completion choice is allowed\"}", CHOICES},
        {"{\"detail\":[{\"loc\":[\"body\",\"n\"],\"msg\":\"bad\"}]}", CHOICES},
        {"{\"error\":\"in n_ctx, or ln, it isn't in a\\nline\"}", NOTHING},
        {"{\"detail\":[{\"msg\":\"two\\nlines\"}]}", NOTHING},
        {"{\"error\":{\"message\":\"no\",\"code\":\"content_filter\"}}",
         FILTERED},
        {"{\"error\":{\"message\":\"the content_filter is down\"}}", NOTHING},
        {"{\"detail\":[]}", NOTHING},
        {"no", NOTHING},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_openai_error e;
        sq_openai_error(sq_str_from(cases[i].body), NULL, 0, &e);
        int what = (e.wants_completion_tokens ? TOKENS : 0) |
                   (e.refuses_schema ? SCHEMA : 0) |
                   (e.refuses_choices ? CHOICES : 0) |
                   (e.filtered ? FILTERED : 0);
        if (what != cases[i].what)
            fail_msg("%s: %d", cases[i].body, what);
    }
}

/* Images go before the text, each as a part. */
static void builds_parts(void **state)
{
    static const sq_str images[] = {{"data:a", 6}, {"data:\"b", 7}};
    const struct sq_message m[] = {
        {.role = "user",
         .content = SQ_STR("u"),
         .images = images,
         .nimages = 2},
        {.role = "assistant", .content = SQ_STR("a")}};
    struct sq_request r = {.messages = m,
                           .nmessages = 2,
                           .choices = 3,
                           .sampling = {NAN, NAN, -1, -1}};
    struct sq_openai_form form = {0};
    struct sq_buf out;
    (void)state;
    sq_buf_init(&out, SQ_MAX_PROMPT);
    sq_openai_body(SQ_STR("m"), &r, &form, &out);
    assert_string_equal(
        out.p,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{"
        "\"type\":\"image_url\",\"image_url\":{\"url\":\"data:a\"}},{"
        "\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\\\"b\"}},{"
        "\"type\":\"text\",\"text\":\"u\"}]},{\"role\":\"assistant\","
        "\"content\":\"a\"}],\"n\":3}");
    sq_buf_release(&out);
}

#define CHOICE(message, finish)                                                \
    "{\"choices\":[{\"message\":" message ",\"finish_reason\":" finish "}]}"

static void reads_answers(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum sq_stop_reason stop;
        const char *text;
    } cases[] = {
        {CHOICE("{\"content\":\"hi\"}", "\"stop\""), SQ_STOP_STOP, "hi"},
        {CHOICE("{\"content\":\"\"}", "\"stop\""), SQ_STOP_STOP, ""},
        {CHOICE("{\"content\":\"hi\"}", "null"), SQ_STOP_STOP, "hi"},
        {"{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}", SQ_STOP_STOP,
         "hi"},
        {CHOICE("{\"content\":\"cu\"}", "\"length\""), SQ_STOP_LENGTH, "cu"},
        {CHOICE("{\"content\":null}", "\"length\""), SQ_STOP_LENGTH, ""},
        {CHOICE("{\"content\":null}", "\"content_filter\""), SQ_STOP_REFUSED,
         ""},
        {CHOICE("{\"content\":null,\"refusal\":\"no\"}", "\"stop\""),
         SQ_STOP_REFUSED, "no"},
        {CHOICE("{\"content\":\"a\",\"refusal\":\"no\"}", "\"stop\""),
         SQ_STOP_REFUSED, "a"},
        {CHOICE("{\"content\":\"a\",\"refusal\":null}", "\"stop\""),
         SQ_STOP_STOP, "a"},
        {CHOICE("{\"content\":null,\"tool_calls\":[{}]}", "\"tool_calls\""),
         SQ_STOP_TOOL_CALL, ""},
        {CHOICE("{\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                "{\"type\":\"text\",\"text\":\"b\"}]}",
                "\"stop\""),
         SQ_STOP_STOP, "ab"},
        {CHOICE("{\"content\":[{\"type\":\"refusal\",\"refusal\":\"n\"}]}",
                "\"stop\""),
         SQ_STOP_REFUSED, "n"},
        {"{\"choices\":[{\"text\":\" raw\",\"finish_reason\":\"length\"}]}",
         SQ_STOP_LENGTH, " raw"},
        {"{\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}",
         SQ_STOP_STOP, ""},
        {"{\"choices\":[{\"message\":{\"content\":\"1\"},\"finish_reason\":"
         "\"stop\"},{\"message\":{\"content\":\"2\"}}]}",
         SQ_STOP_STOP, "1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_response r;
        char why[200] = "";
        assert_true(
            sq_openai_parse(sq_str_from(cases[i].body), &r, why, sizeof(why)));
        assert_int_equal(r.stop, cases[i].stop);
        assert_string_equal(r.text, cases[i].text);
        assert_int_equal(r.text_len, strlen(cases[i].text));
        assert_int_equal(r.prompt_tokens, -1);
        assert_null(r.server_model);
        sq_response_release(&r);
    }
}

static void reads_usage_and_model(void **state)
{
    (void)state;
    struct sq_response r;
    char why[200];
    assert_true(sq_openai_parse(
        SQ_STR("{\"model\":\"m-1\\n\",\"usage\":{\"prompt_tokens\":12,"
               "\"completion_tokens\":-3},\"choices\":[{\"message\":{"
               "\"content\":\"x\"},\"finish_reason\":\"stop\"}]}"),
        &r, why, sizeof(why)));
    assert_string_equal(r.server_model, "m-1");
    assert_int_equal(r.prompt_tokens, 12);
    assert_int_equal(r.completion_tokens, -1);
    sq_response_release(&r);
}

static void parts_thoughts_from_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *message, *text, *reasoning;
    } cases[] = {
        {"{\"content\":\"<think>hm\\n</think>\\n\\n a \"}", "a ", "hm"},
        {"{\"content\":\"\\n <think>a</think>b</think>c\"}", "b</think>c", "a"},
        {"{\"content\":\"<think></think>x\"}", "x", NULL},
        {"{\"content\":\"<think>for ever\"}", "", "for ever"},
        {"{\"content\":\"<think>all</think>\"}", "", "all"},
        {"{\"content\":\"a <think>b</think>\"}", "a <think>b</think>", NULL},
        {"{\"content\":\"<thinking>b\"}", "<thinking>b", NULL},
        {"{\"content\":\" a\",\"reasoning_content\":\"r\"}", " a", "r"},
        {"{\"content\":\"a\",\"reasoning\":\"r\\n\"}", "a", "r"},
        {"{\"content\":\"a\",\"reasoning_content\":null,"
         "\"reasoning\":\"r\"}",
         "a", "r"},
        {"{\"content\":\"<think>b</think>a\",\"reasoning\":\"r\"}", "a", "r"},
        {"{\"content\":\"a\",\"reasoning\":[1]}", "a", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_response r;
        char why[200] = "", body[400];
        snprintf(body, sizeof(body), CHOICE("%s", "\"stop\""),
                 cases[i].message);
        assert_true(sq_openai_parse(sq_str_from(body), &r, why, sizeof(why)));
        assert_string_equal(r.text, cases[i].text);
        assert_int_equal(r.text_len, strlen(r.text));
        if (cases[i].reasoning)
            assert_string_equal(r.reasoning, cases[i].reasoning);
        else
            assert_null(r.reasoning);
        assert_int_equal(r.raw_len, strlen(body));
        assert_memory_equal(r.raw, body, r.raw_len);
        sq_response_release(&r);
    }
}

static void keeps_the_servers_own_words(void **state)
{
    (void)state;
    struct sq_response r;
    char why[200];
    assert_true(sq_openai_parse(
        SQ_STR("{\"system_fingerprint\":\"fp 1\",\"usage\":{"
               "\"prompt_tokens_details\":{\"cached_tokens\":5},"
               "\"completion_tokens_details\":{\"reasoning_tokens\":6}},"
               "\"choices\":[{\"message\":{\"content\":\"x\"},"
               "\"finish_reason\":\"eos\"}]}"),
        &r, why, sizeof(why)));
    assert_int_equal(r.stop, SQ_STOP_STOP);
    assert_string_equal(r.finish_reason, "eos");
    assert_string_equal(r.fingerprint, "fp 1");
    assert_int_equal(r.cached_tokens, 5);
    assert_int_equal(r.reasoning_tokens, 6);
    sq_response_release(&r);
    assert_true(sq_openai_parse(
        SQ_STR("{\"usage\":{\"prompt_tokens_details\":null,"
               "\"prompt_cache_hit_tokens\":7},"
               "\"choices\":[{\"message\":{\"content\":\"x\"}}]}"),
        &r, why, sizeof(why)));
    assert_null(r.finish_reason);
    assert_null(r.fingerprint);
    assert_int_equal(r.cached_tokens, 7);
    assert_int_equal(r.reasoning_tokens, -1);
    sq_response_release(&r);
}

static void no_answer_is_never_an_empty_one(void **state)
{
    (void)state;
    static const struct {
        const char *body, *why;
    } cases[] = {
        {"", "1"},
        {"{}", "no choices"},
        {"[]", "no choices"},
        {"{\"choices\":[]}", "no choices"},
        {"{\"choices\":null}", "no choices"},
        {"{\"error\":{\"message\":\"x\"}}", "no choices"},
        {"{\"choices\":[{}]}", "no choices[0].message"},
        {"{\"choices\":[{\"message\":\"x\"}]}", "no choices[0].message"},
        {"{\"choices\":[{\"text\":null,\"finish_reason\":\"stop\"}]}",
         "no choices[0].message"},
        {"{\"choices\":[{\"text\":\"\"}]}", "neither"},
        {CHOICE("{\"content\":null}", "\"stop\""), "content is null"},
        {CHOICE("{}", "\"stop\""), "content is null"},
        {CHOICE("{\"content\":7}", "\"stop\""), "content is no text"},
        {CHOICE("{\"content\":[7]}", "\"stop\""), "content is no text"},
        {CHOICE("{\"content\":\"\"}", "null"), "neither"},
        {CHOICE("{\"content\":\"x\"}", "\"error\""), "\"error\""},
        {CHOICE("{\"content\":\"x\"}", "7"), "unknown finish_reason"},
        {CHOICE("{\"content\":\"x\"}", "\"stop\"") "x", "1:"},
        {CHOICE("{\"content\":\"\xff\"}", "\"stop\""), "UTF-8"},
        {CHOICE("{\"content\":\"a\\u0000b\"}", "\"stop\""), "1:"},
        {"{\"choices\":[{\"message\":{\"content\":\"half", "1:"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_response r;
        char why[200] = "";
        assert_false(
            sq_openai_parse(sq_str_from(cases[i].body), &r, why, sizeof(why)));
        assert_non_null(strstr(why, cases[i].why));
        assert_null(strchr(why, '\n'));
    }
}

static void reads_errors(void **state)
{
    (void)state;
    static const struct {
        const char *body, *message;
        bool unknown_model, quota;
    } cases[] = {
        {"{\"error\":{\"message\":\"bad\\nthing\",\"code\":null}}", "bad thing",
         false, false},
        {"{\"error\":\"plain\"}", "plain", false, false},
        {"{\"object\":\"error\",\"message\":\"old\"}", "old", false, false},
        {"{\"detail\":\"Not Found\"}", "Not Found", false, false},
        {"{\"error\":{\"message\":\"The model `x` does not exist.\","
         "\"code\":404}}",
         "The model `x` does not exist.", true, false},
        {"{\"error\":{\"message\":\"no\",\"code\":\"model_not_found\"}}", "no",
         true, false},
        {"{\"error\":{\"message\":\"pay\",\"code\":\"insufficient_quota\"}}",
         "pay", false, true},
        {"upstream is down\r\n", "upstream is down", false, false},
        {"<html><body>502</body></html>", "", false, false},
        {"{\"error\":{\"mess", "", false, false},
        {"", "", false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_openai_error e;
        sq_openai_error(sq_str_from(cases[i].body), NULL, 0, &e);
        assert_string_equal(e.message, cases[i].message);
        assert_int_equal(e.unknown_model, cases[i].unknown_model);
        assert_int_equal(e.quota, cases[i].quota);
    }
}

static void shows_no_key(void **state)
{
    (void)state;
    static const struct {
        const char *said, *shown;
    } cases[] = {
        {"wrong key topsecret1, sorry", "wrong key ***, sorry"},
        {"key: sk-proj-****abcd.", "key: ***"},
        {"got Bearer abc-def now", "got *** now"},
        {"task-based", "task-based"},
        {"X-Gate was gatepass9", "X-Gate was ***"},
    };
    const sq_str secrets[] = {SQ_STR("topsecret1"), SQ_STR("gatepass9")};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_openai_error e;
        sq_openai_error(sq_str_from(cases[i].said), secrets, 2, &e);
        assert_string_equal(e.message, cases[i].shown);
    }
}

static void cuts_between_characters(void **state)
{
    (void)state;
    char body[1200] = "";
    struct sq_openai_error e;
    for (size_t i = 0; i < 500; i++)
        memcpy(body + 1 + 2 * i, "\xc3\xa4", 2);
    body[0] = 'x';
    sq_openai_error((sq_str){body, 1001}, NULL, 0, &e);
    assert_true(strlen(e.message) > 200);
    assert_true(sq_utf8_valid(sq_str_from(e.message), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_only_what_is_set),
        cmocka_unit_test(builds_what_the_server_takes),
        cmocka_unit_test(tells_what_a_server_refuses),
        cmocka_unit_test(builds_parts),
        cmocka_unit_test(reads_answers),
        cmocka_unit_test(reads_usage_and_model),
        cmocka_unit_test(parts_thoughts_from_the_text),
        cmocka_unit_test(keeps_the_servers_own_words),
        cmocka_unit_test(no_answer_is_never_an_empty_one),
        cmocka_unit_test(reads_errors),
        cmocka_unit_test(shows_no_key),
        cmocka_unit_test(cuts_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
