/* Templates that compare two responses: what is asked, and how it is read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/records.h"
#include "judge/internal.h"

static const char query[] = "Name a bird. Say why it sings.";
static const struct sq_sample sample = {.query = {query, sizeof(query) - 1}};

static struct sq_judge_template *load(const char *name, bool swapped)
{
    struct sq_err err = {0};
    struct sq_judge_template *t;

    if (sq_judge_template_load(&t, ".", sq_str_from(name), &err) != SQ_OK) {
        fail_msg("%s", err.msg);
    }
    if (swapped) {
        sq_judge_template_swap(t);
    }
    return t;
}

/* The prompt as it must be: the template with these in their frames. */
static void check_prompt(const struct sq_judge_template *t, sq_str response,
                         sq_str baseline)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    bool first = sq_judge_response_first(t, &sample, response);
    sq_str a = first ? response : baseline, b = first ? baseline : response;
    sq_str rest = t->prompt, line;
    struct sq_buf want;
    size_t n, at;
    const struct sq_message *m =
        sq_judge_request_pair(t, &sample, response, baseline, &arena, &n);
    sq_str got = m[n - 1].content, nonce;

    at = sq_str_find(got, SQ_STR("hold the code\n"), 0);
    assert_true(at != SIZE_MAX);
    nonce = sq_str_sub(got, at + 14, at + 30);
    assert_true(sq_str_find(response, nonce, 0) == SIZE_MAX);
    assert_true(sq_str_find(baseline, nonce, 0) == SIZE_MAX);
    sq_buf_init(&want, SQ_MAX_PROMPT);
    while (sq_str_split(&rest, '\n', &line)) {
        size_t pos = sq_str_find(line, SQ_STR("{{nonce}}"), 0);

        if (sq_str_eq(line, SQ_STR("{{query}}"))) {
            sq_buf_add(&want, sample.query);
        } else if (sq_str_eq(line, SQ_STR("{{first}}"))) {
            sq_buf_add(&want, a);
        } else if (sq_str_eq(line, SQ_STR("{{second}}"))) {
            sq_buf_add(&want, b);
        } else if (pos != SIZE_MAX) {
            sq_buf_add(&want, sq_str_sub(line, 0, pos));
            sq_buf_add(&want, nonce);
            sq_buf_add(&want, sq_str_sub(line, pos + 9, line.n));
        } else {
            sq_buf_add(&want, line);
        }
        if (rest.p) {
            sq_buf_addc(&want, '\n');
        }
    }
    assert_true(sq_str_eq(got, sq_buf_str(&want)));
    sq_buf_release(&want);
    sq_arena_release(&arena);
}

/* Nothing of a response, or of the baseline's, gets out of its frame. */
static void attacks_stay_in_their_frames(void **state)
{
    static const struct {
        const char *name;
        bool swapped;
    } templates[] = {
        {"pairwise", false}, {"pairwise", true}, {"preference", false}};
    size_t i, n = 0;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct sq_judge_template *t =
            load(templates[i].name, templates[i].swapped);
        struct sq_records *records = NULL;
        struct sq_json *j = NULL;

        assert_int_equal(
            sq_records_open(&records, "tests/judge/attacks.jsonl", NULL),
            SQ_OK);
        while (sq_records_next(records, &j, NULL) == SQ_OK && j) {
            sq_str attack = sq_json_str(sq_json_get(j, "response"));

            check_prompt(t, attack, SQ_STR("A wren."));
            check_prompt(t, SQ_STR("A wren."), attack);
            check_prompt(t, attack, attack);
            sq_json_free(j);
            n++;
        }
        sq_records_close(records);
        sq_judge_template_free(t);
    }
    assert_true(n >= 3 * 30);
}

/* A response may hold the code that it would get: then it gets another. */
static void the_code_is_in_neither(void **state)
{
    struct sq_judge_template *t = load("pairwise", false);

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        char text[2] = {(char)('a' + i), '\0'};

        check_prompt(t, sq_str_from(text), SQ_STR("{{first}}\n{{nonce}}"));
    }
    sq_judge_template_free(t);
}

/* The order of a preference is that of the texts, and about even. */
static void orders_are_shuffled(void **state)
{
    struct sq_judge_template *t = load("preference", false);
    size_t first = 0;

    (void)state;
    for (int i = 0; i < 400; i++) {
        char text[16];
        size_t n = (size_t)snprintf(text, sizeof(text), "%d", i);

        first += sq_judge_response_first(t, &sample, (sq_str){text, n});
    }
    assert_in_range(first, 150, 250);
    sq_judge_template_free(t);
}

#define TOP(list)                                                              \
    "{\"choices\":[{\"logprobs\":{\"content\":[{\"token\":\"x\","              \
    "\"top_logprobs\":[" list "]}]}}]}"
#define P(token, logprob) "{\"token\":\"" token "\",\"logprob\":" logprob "}"

/* want: for the one shown first; below 0 = unparsable. */
static const struct {
    const char *name, *reply;
    double want;
} replies[] = {
    {"pairwise", "{\"better\": \"first\"}", 1},
    {"pairwise", "```json\n{\"reason\": \"r\", \"better\": \"Second\"}\n```",
     0},
    {"pairwise", "So: {\"better\": \"tie\",}", 0.5},
    {"pairwise", "{\"better\": \"both\"}", -1},
    {"pairwise", "{\"better\": \"first\"} or {\"better\": \"second\"}", -1},
    {"pairwise", "the first", -1},
    {"pairwise", "", -1},
    {"preference", "m", 1},
    {"preference", " M\n", 0},
    {"preference", "model m", -1},
    {"preference", "", -1},
    {"preference",
     TOP(P("m", "-0.6931471805599453") "," P("M", "-0.6931471805599453")), 0.5},
    {"preference",
     TOP(P("M", "-2.302585092994046") "," P("m", "-0.2231435513142097")),
     0.8888888888888888},
    {"preference", TOP(P("m", "-0.1") "," P("The", "-1")), 1},
    {"preference", TOP(P("The", "-0.1") "," P("M", "-9")), 0},
    {"preference", TOP(P("m", "-9000") "," P("M", "-9001")),
     0.7310585786300049},
    {"preference", TOP(P("The", "-0.1") "," P("Both", "-1")), -1},
    {"preference", "{\"choices\": []}", -1},
    {"preference", "{\"logprobs\"", -1},
};

static struct sq_verdict read_reply(const struct sq_judge_template *t,
                                    const char *reply, struct sq_arena *arena)
{
    struct sq_verdict v;

    sq_judge_parse(t, &sample, SQ_STR("A wren."), sq_str_from(reply), arena,
                   &v);
    assert_int_equal(v.following, SQ_STATE_NOT_JUDGED);
    assert_int_equal(v.quality_state, SQ_STATE_NOT_JUDGED);
    return v;
}

static void replies_are_read(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2 * sizeof(replies) / sizeof(replies[0]); i++) {
        bool swapped = i % 2;
        const char *name = replies[i / 2].name, *reply = replies[i / 2].reply;
        struct sq_judge_template *t =
            load(name, swapped && strcmp(name, "pairwise") == 0);
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_verdict v = read_reply(t, reply, &arena);
        double want = replies[i / 2].want;

        if (want < 0) {
            assert_int_equal(v.preference_state, SQ_STATE_UNPARSABLE);
            assert_int_equal(sq_judge_unread(&v), 1);
            assert_true(v.why.n > 0);
        } else {
            if (!sq_judge_response_first(t, &sample, SQ_STR("A wren."))) {
                want = 1 - want;
            }
            assert_int_equal(v.preference_state, SQ_STATE_PASS);
            if (!(fabs(v.preference - want) <= 1e-12)) {
                fail_msg("%s: %.15g, want %.15g", reply, v.preference, want);
            }
        }
        sq_arena_release(&arena);
        sq_judge_template_free(t);
    }
}

/* Recorded preferences are the response's, whatever the order. */
static void recordings_are_read(void **state)
{
    static const struct {
        const char *reply;
        double want;
    } cases[] = {{"1", 0},       {"2.0", 1},  {"0", 0.5},   {"1.5", 0.5},
                 {"1.25", 0.25}, {"0.5", -1}, {"2.01", -1}, {"-1", -1}};
    struct sq_judge_template *t = load("preference", false);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_verdict v = read_reply(t, cases[i].reply, &arena);

        assert_int_equal(v.preference_state, cases[i].want < 0
                                                 ? SQ_STATE_UNPARSABLE
                                                 : SQ_STATE_PASS);
        if (cases[i].want >= 0) {
            assert_true(fabs(v.preference - cases[i].want) <= 1e-12);
        }
        sq_arena_release(&arena);
    }
    sq_judge_template_free(t);
}

static void first_token_is_kept(void **state)
{
    struct sq_buf b;

    (void)state;
    sq_buf_init(&b, 1000);
    assert_false(sq_judge_first_token(SQ_STR("{}"), &b));
    assert_false(sq_judge_first_token(SQ_STR("no JSON"), &b));
    assert_int_equal(b.n, 0);
    assert_true(sq_judge_first_token(SQ_STR(TOP(P("m", "-1"))), &b));
    assert_string_equal(b.p, "{\"logprobs\":{\"content\":[{\"token\":\"x\","
                             "\"top_logprobs\":[{\"token\":\"m\","
                             "\"logprob\":-1}]}]}}");
    sq_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attacks_stay_in_their_frames),
        cmocka_unit_test(the_code_is_in_neither),
        cmocka_unit_test(orders_are_shuffled),
        cmocka_unit_test(replies_are_read),
        cmocka_unit_test(recordings_are_read),
        cmocka_unit_test(first_token_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
