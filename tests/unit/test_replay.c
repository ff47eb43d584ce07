/* Which recording belongs to which sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/path.h"
#include "engine/replay.h"

static char folder[] = "/tmp/seqeval-replay-XXXXXX";

struct got {
    char text[64]; /* "(none)" for no recording */
};

static void on_done(void *ctx, const struct sq_request *request,
                    struct sq_response *response)
{
    (void)request;
    struct got *got = ctx;
    snprintf(got->text, sizeof got->text, "%s",
             response->text ? response->text : "(none)");
    sq_response_release(response);
}

static enum sq_status open_replay(struct sq_engine **e, const char *content,
                                  const char *field, const char *key,
                                  bool judge, struct got *got,
                                  struct sq_err *err)
{
    char path[128];
    snprintf(path, sizeof path, "%s/recording.jsonl", folder);
    assert_int_equal(sq_path_write(path, sq_str_from(content), err), SQ_OK);
    struct sq_engine_config config = {.model = sq_str_from(path),
                                      .replay_field = field,
                                      .replay_key = key,
                                      .judge = judge,
                                      .done = on_done,
                                      .ctx = got};
    return sq_engine_replay.open(e, &config, err);
}

static const struct {
    const char *name, *records, *field, *key;
    bool judge;
    const char *id, *query; /* of the sample; its field `instruction` is it */
    int epoch;
    const char *want;
} cases[] = {
    {"thoughts are no part of it",
     "{\"id\":\"7\",\"output\":\" <think>a\\nb</think>\\n\\nx <think>\"}", NULL,
     NULL, false, "7", "q", 1, "x <think>"},
    {"thoughts alone are an empty answer",
     "{\"id\":\"7\",\"output\":\"<think>on and on\"}", NULL, NULL, false, "7",
     "q", 1, ""},
    {"by id", "{\"id\":\"7\",\"output\":\"x\"}", NULL, NULL, false, "7", "q", 1,
     "x"},
    {"by a whole-number id", "{\"id\":7,\"output\":\"x\"}", NULL, NULL, false,
     "7", "q", 1, "x"},
    {"by the prompt", "{\"prompt\":\"q\",\"response\":\"x\"}", NULL, NULL,
     false, "7", "q", 1, "x"},
    {"the empty prompt is a prompt", "{\"instruction\":\"\",\"output\":\"x\"}",
     NULL, NULL, false, "7", "", 1, "x"},
    {"an id of other data does not join",
     "{\"id\":7,\"instruction\":\"other\",\"output\":\"x\"}", NULL, NULL, false,
     "7", "q", 1, "(none)"},
    {"then the text decides",
     "{\"id\":7,\"instruction\":\"other\",\"output\":\"x\"}\n"
     "{\"id\":8,\"instruction\":\"q\",\"output\":\"y\"}",
     NULL, NULL, false, "7", "q", 1, "y"},
    {"several records are epochs in file order",
     "{\"id\":7,\"output\":\"x\"}\n{\"id\":7,\"output\":\"y\"}", NULL, NULL,
     false, "7", "q", 2, "y"},
    {"an epoch too many", "{\"id\":7,\"output\":\"x\"}", NULL, NULL, false, "7",
     "q", 2, "(none)"},
    {"a null output is no recording", "{\"id\":7,\"output\":null}", NULL, NULL,
     false, "7", "q", 1, "(none)"},
    {"an empty output is one", "{\"id\":7,\"output\":\"\"}", NULL, NULL, false,
     "7", "q", 1, ""},
    {"the field by name", "{\"id\":7,\"output\":\"x\",\"mine\":\"y\"}", "mine",
     NULL, false, "7", "q", 1, "y"},
    {"the key by name", "{\"task\":\"q\",\"id\":9,\"output\":\"x\"}", NULL,
     "task", false, "7", "q", 1, "x"},
    {"a judge's reply", "{\"id\":7,\"output\":\"x\",\"verdict\":\"y\"}", NULL,
     NULL, true, "7", "q", 1, "y"},
};

static void test_join(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct got got = {""};
        struct sq_err err = {0};
        struct sq_engine *e = NULL;
        enum sq_status st =
            open_replay(&e, cases[i].records, cases[i].field, cases[i].key,
                        cases[i].judge, &got, &err);
        if (st != SQ_OK)
            fail_msg("%s: %s", cases[i].name, err.msg);
        struct sq_field text = {SQ_STR("instruction"),
                                sq_str_from(cases[i].query)};
        struct sq_sample sample = {.id = sq_str_from(cases[i].id),
                                   .query = sq_str_from(cases[i].query),
                                   .texts = &text,
                                   .ntexts = 1};
        struct sq_request request = {.sample = &sample,
                                     .epoch = cases[i].epoch};
        assert_int_equal(e->ops->submit(e, &request, &err), SQ_OK);
        if (strcmp(got.text, cases[i].want) != 0)
            fail_msg("%s: got '%s'", cases[i].name, got.text);
        struct sq_buf summary;
        sq_buf_init(&summary, SQ_MAX_MESSAGE);
        e->ops->summary(e, &summary);
        assert_int_equal(summary.n > 0, strcmp(got.text, "(none)") == 0);
        sq_buf_release(&summary);
        e->ops->close(e);
    }
}

static const struct {
    const char *records, *message;
} errors[] = {
    {"{\"id\":1,\"output\":\"x\"}\n{\"id\":2}\n",
     "recording.jsonl:2: the record has no field 'output'"},
    {"{\"output\":\"x\"}\n", "nothing joins the record"},
    {"{\"id\":1,\"output\":5}\n", "output is a number"},
    {"{\"id\":1,\n", "recording.jsonl:1:"},
};

static void test_errors(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct got got = {""};
        struct sq_err err = {0};
        struct sq_engine *e = NULL;
        assert_int_equal(
            open_replay(&e, errors[i].records, NULL, NULL, false, &got, &err),
            SQ_INPUT);
        if (!strstr(err.msg, errors[i].message))
            fail_msg("%s: %s", errors[i].records, err.msg);
    }
}

/* A pattern that the shell left alone is expanded here. */
static void test_glob(void **unused)
{
    (void)unused;
    struct got got = {""};
    struct sq_err err = {0};
    struct sq_engine *e = NULL;
    char pattern[128];
    assert_int_equal(open_replay(&e, "{\"id\":1,\"output\":\"x\"}\n", NULL,
                                 NULL, false, &got, &err),
                     SQ_OK);
    e->ops->close(e);
    snprintf(pattern, sizeof pattern, "%s/*.jsonl", folder);
    struct sq_engine_config config = {
        .model = sq_str_from(pattern), .done = on_done, .ctx = &got};
    assert_int_equal(sq_engine_replay.open(&e, &config, &err), SQ_OK);
    assert_string_equal(e->model, "recording");
    e->ops->close(e);
}

static int remove_folder(void **unused)
{
    (void)unused;
    char path[128];
    snprintf(path, sizeof path, "%s/recording.jsonl", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_join),
                                       cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_glob)};
    if (!mkdtemp(folder))
        return 1;
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
