/* What a request is known by, and the file of extra headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>
#include "engine/engine.h"
#include "engine/headers.h"
#include "temp.h"

/* Each of these asks for something else: their keys differ, each from all. */
static void all_that_is_asked_is_in_the_key(void **state)
{
    (void)state;
    enum { N = 14 };
    static const struct sq_message user = {.role = "user", .content = {"q", 1}};
    static const struct sq_message two[] = {
        {.role = "system", .content = {"q", 1}},
        {.role = "user", .content = {"q", 1}}};
    static const sq_str images[] = {{"data:a", 6}, {"data:b", 6}};
    static const struct sq_message seen[] = {
        {.role = "user", .content = {"q", 1}, .images = images, .nimages = 1},
        {.role = "user", .content = {"q", 1}, .images = images, .nimages = 2}};
    static const sq_str stops[] = {{"a", 1}, {"b", 1}, {"ab", 2}};
    const struct sq_engine chat = {
        .ops = &(struct sq_engine_ops){.name = "x", .asks = true},
        .endpoint = "u",
        .model = "m"};
    struct sq_engine raw = chat;
    struct sq_request r[N];
    char keys[N][SQ_DIGEST_HEX], again[SQ_DIGEST_HEX];
    raw.endpoint = "u/completions";
    for (size_t i = 0; i < N; i++)
        r[i] = (struct sq_request){.messages = &user,
                                   .nmessages = 1,
                                   .sampling = {NAN, NAN, -1, -1},
                                   .epoch = 1};
    r[1].messages = two;
    r[1].nmessages = 2;
    r[2].stops = stops;
    r[2].nstops = 1;
    r[3].stops = stops;
    r[3].nstops = 2;
    r[4].stops = stops + 2;
    r[4].nstops = 1;
    r[5].top_logprobs = 1;
    r[6].extra = SQ_STR("\"a\":1");
    r[7].schema = SQ_STR("\"a\":1");
    r[8].sampling.max_tokens = 1;
    r[9].sampling.seed = 1;
    r[10].epoch = 2;
    r[11].messages = seen;
    r[12].messages = seen + 1;
    for (size_t i = 0; i < N; i++) {
        sq_request_key(i == N - 1 ? &raw : &chat, &r[i], keys[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(keys[i], keys[k]);
    }
    r[0].choices = 4; /* how it is asked for, not what */
    sq_request_key(&chat, &r[0], again);
    assert_string_equal(again, keys[0]);
}

static void headers_are_read(void **state)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_err err = {0};
    const char *const *lines = NULL;
    char *path = temp_file(*state, "good",
                           SQ_STR("# gateway\r\nX-Gate: a b\r\n\n"
                                  "  authorization:Bearer x"));
    assert_int_equal(sq_headers_load(path, &arena, &lines, &err), SQ_OK);
    assert_string_equal(lines[0], "X-Gate: a b");
    assert_string_equal(lines[1], "authorization:Bearer x");
    assert_null(lines[2]);
    sq_arena_release(&arena);
    unlink(path);
    free(path);
}

/* The place is named, the line never quoted. */
static void bad_headers_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"topsecret\n", ":1: want"},
        {"\nto secret: x\n", ":2: want"},
        {": topsecret\n", ":1: want"},
        {"X: a\nX-Secret:\n", ":2: the value is empty"},
        {"X: top\001secret\n", "control"},
        {"content-length: 7\n", "set by seqeval"},
        {"Host: topsecret\n", "set by seqeval"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_err err = {0};
        const char *const *lines = NULL;
        char *path = temp_file(*state, "bad", sq_str_from(cases[i].text));
        assert_int_equal(sq_headers_load(path, &arena, &lines, &err), SQ_INPUT);
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_null(strstr(err.msg, "secret"));
        sq_arena_release(&arena);
        unlink(path);
        free(path);
    }
}

static int make_folder(void **state)
{
    *state = temp_folder();
    return 0;
}

static int drop_folder(void **state)
{
    rmdir(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_asked_is_in_the_key),
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(bad_headers_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
