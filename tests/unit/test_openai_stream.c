/* Answers in pieces are what they would have been in one. */
#include "engine/openai_stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/buf.h"

#define HEAD "data: {\"choices\":[{\"index\":0,\"delta\":"
#define DONE "data: [DONE]\n\n"
#define WHOLE(message, rest)                                                   \
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\"," message  \
    "}" rest "}]}"
#define STOP ",\"finish_reason\":\"stop\""

static const struct {
    const char *name, *events, *want, *why; /* why NULL = want comes out */
} cases[] = {
    {"pieces of text",
     HEAD "{\"content\":\"\"}}]}\n\n" HEAD
          "{\"content\":\"a\\\"b\"}}]}\n\n" HEAD
          "{\"content\":\"\xc3\xa4\"},\"finish_reason\":\"stop\"}]}\n\n" DONE,
     WHOLE("\"content\":\"a\\\"b\xc3\xa4\"", STOP), NULL},
    {"no [DONE], no last empty line",
     HEAD "{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
     WHOLE("\"content\":\"a\"", STOP), NULL},
    {"[DONE] without a reason", HEAD "{\"content\":\"a\"}}]}\n\n" DONE,
     WHOLE("\"content\":\"a\"", ""), NULL},
    {"all line ends, comments, other fields",
     ": hi\r\nevent: x\rid: 7\n\ndata:{\"choices\":[{\"delta\":\r\ndata: "
     "{\"content\":\"a\"},\r"
     "data: \"finish_reason\":\"stop\"}]}\r\r" DONE,
     WHOLE("\"content\":\"a\"", STOP), NULL},
    {"thoughts, usage, model; the last usage counts",
     "data: {\"model\":\"m\",\"system_fingerprint\":null,\"choices\":[{"
     "\"delta\":{\"reasoning_content\":\"hm\"}}],\"usage\":null}\n\n"
     "data: {\"model\":\"n\",\"system_fingerprint\":\"f\",\"choices\":[{"
     "\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}],"
     "\"usage\":{\"prompt_tokens\":1}}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":2}}\n\n" DONE,
     "{\"model\":\"m\",\"system_fingerprint\":\"f\",\"usage\":{"
     "\"prompt_tokens\":2},\"choices\":[{\"index\":0,\"message\":{\"role\":"
     "\"assistant\",\"content\":\"a\",\"reasoning_content\":\"hm\"},"
     "\"finish_reason\":\"length\"}]}",
     NULL},
    {"another choice is not ours",
     "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}},"
     "{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}"
     "\n\n" DONE,
     WHOLE("\"content\":\"a\"", STOP), NULL},
    {"nothing said is not an empty text",
     HEAD "{\"role\":\"assistant\"},\"finish_reason\":\"stop\"}]}\n\n" DONE,
     WHOLE("\"content\":null", STOP), NULL},
    {"log-probabilities",
     HEAD "{\"content\":\"a\"},\"logprobs\":{\"content\":[1]}}]}\n\n" HEAD
          "{},\"logprobs\":{\"content\":[2,3]},\"finish_reason\":\"stop\"}]}"
          "\n\n" DONE,
     WHOLE("\"content\":\"a\"", ",\"logprobs\":{\"content\":[1,2,3]}" STOP),
     NULL},
    {"a raw completion",
     "data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"choices\":[{\"text\":"
     "\"b\",\"finish_reason\":\"stop\"}]}\n\n" DONE,
     "{\"choices\":[{\"index\":0,\"text\":\"ab\"" STOP "}]}", NULL},
    {"what follows [DONE] is not read",
     HEAD "{\"content\":\"a\"}}]}\n\n" DONE "data: {\"choi",
     WHOLE("\"content\":\"a\"", ""), NULL},
    {"cut between events", HEAD "{\"content\":\"a\"}}]}\n\n", NULL,
     "ends before"},
    {"cut within one", HEAD "{\"content\":\"a\"}}]}\n\n" HEAD "{\"cont", NULL,
     "no JSON object"},
    {"nothing", "", NULL, "ends before"},
    {"an error",
     HEAD "{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"message\":\"sk-1\"}}"
          "\n\n" DONE,
     NULL, "an error within"},
    {"no text", HEAD "{\"content\":7}}]}\n\n" DONE, NULL, "is no text"},
    {"no object", "data: 7\n\n" DONE, NULL, "no JSON object"},
    {"no UTF-8", "data: \xff\n\n" DONE, NULL, "UTF-8"},
};

/* Of several choices each is put together; what is cut is left out. */
static void reads_choices(void **state)
{
    static const char events[] =
        "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}},"
        "{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":2,\"delta\":{"
        "\"content\":\"c\"}},{\"index\":9,\"delta\":{\"content\":\"z\"}}]}\n\n"
        "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"B\"},"
        "\"finish_reason\":\"length\"},{\"index\":0,\"delta\":{},"
        "\"finish_reason\":\"stop\"},{\"index\":-1,\"delta\":{\"content\":"
        "\"y\"}}]}\n\n";
    static const char want[] =
        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":\"a\"},\"finish_reason\":\"stop\"},{\"index\":1,"
        "\"message\":{\"role\":\"assistant\",\"content\":\"bB\"},"
        "\"finish_reason\":\"length\"}]}";
    struct sq_buf out;
    char why[200];
    (void)state;
    sq_buf_init(&out, SQ_MAX_REPLY);
    assert_true(
        sq_openai_unstream(sq_str_from(events), 4, &out, why, sizeof why));
    assert_string_equal(out.p, want);
    sq_buf_release(&out);
}

static void reads_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_buf out;
        char why[200] = "";
        sq_buf_init(&out, SQ_MAX_REPLY);
        bool ok = sq_openai_unstream(sq_str_from(cases[i].events), 1, &out, why,
                                     sizeof why);
        if (ok != !cases[i].why)
            fail_msg("%s: %s", cases[i].name, why);
        if (ok && strcmp(out.p, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].name, out.p);
        if (!ok && !strstr(why, cases[i].why))
            fail_msg("%s: %s", cases[i].name, why);
        sq_buf_release(&out);
    }
}

/* However it is cut, a part is never taken for the whole. */
static void no_part_is_the_whole(void **state)
{
    (void)state;
    sq_str all = sq_str_from(cases[4].events);
    size_t reason = sq_str_find(all, SQ_STR("finish_reason"), 0);
    for (size_t n = 0; n < reason; n++) {
        struct sq_buf out;
        char why[200];
        sq_buf_init(&out, SQ_MAX_REPLY);
        assert_false(sq_openai_unstream(sq_str_sub(all, 0, n), 1, &out, why,
                                        sizeof why));
        sq_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_streams),
                                       cmocka_unit_test(reads_choices),
                                       cmocka_unit_test(no_part_is_the_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
