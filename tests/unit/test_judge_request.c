/* Judge templates and the requests made from them: above all that nothing of a
 * response gets out of its frame (tests/judge/attacks.jsonl). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/path.h"
#include "base/records.h"
#include "judge/internal.h"

static const char query[] = "Name three birds,\n  then sort them. Take a "
                            "photo; say {{response}} and thank me.";
static const struct sq_step steps[] = {
    {.start = 0, .end = 35, .answerable = true},
    {.start = 67, .end = 80, .answerable = true}, /* out of order here */
    {.start = 36, .end = 48, .answerable = false},
    {.start = 50, .end = 66, .answerable = true},
};
static const struct sq_sample sample = {
    .query = {query, sizeof(query) - 1}, .steps = steps, .nsteps = 4};
static const char *const names[] = {"following", "quality", "steps", "paper"};

static struct sq_judge_template *load(const char *name)
{
    struct sq_err err = {0};
    struct sq_judge_template *t;

    if (sq_judge_template_load(&t, ".", sq_str_from(name), &err) != SQ_OK) {
        fail_msg("%s", err.msg);
    }
    return t;
}

static sq_str user_text(const struct sq_judge_template *t, sq_str response,
                        struct sq_arena *arena)
{
    size_t n;
    const struct sq_message *m =
        sq_judge_request(t, &sample, response, arena, &n);

    assert_string_equal(m[n - 1].role, "user");
    return m[n - 1].content;
}

static void shipped_templates_load(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct sq_judge_template *t = load(names[i]);
        char path[64], *bytes, hex[SQ_DIGEST_HEX];
        size_t n;

        assert_true(sq_str_eq(t->name, sq_str_from(names[i])));
        assert_string_equal(sq_judge_form_row(t->form)->name, names[i]);
        assert_int_equal(t->form, i);
        assert_true(t->version == 1 && t->max_tokens > 0);
        assert_true(t->system.n > 0);
        assert_int_equal(t->schema.n > 0, t->form != SQ_JUDGE_PAPER);
        snprintf(path, sizeof(path), "judges/%s.json", names[i]);
        assert_int_equal(sq_path_read(path, 1 << 20, &bytes, &n, NULL), SQ_OK);
        sq_sha256_of((sq_str){bytes, n}, hex);
        assert_string_equal(t->digest, hex);
        free(bytes);
        sq_judge_template_free(t);
    }
}

static void request_is_the_golden_one(void **state)
{
    struct sq_judge_template *t = load("tests/judge/template.json");
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_message *m;
    char *golden;
    size_t n, len;

    (void)state;
    assert_int_equal(sq_path_read("tests/judge/request.golden", 1 << 20,
                                  &golden, &len, NULL),
                     SQ_OK);
    assert_true(sq_str_eq(t->name, SQ_STR("template")));
    assert_int_equal(t->version, 3);
    assert_int_equal(t->max_tokens, 77);
    m = sq_judge_request(t, &sample, SQ_STR("wren\n{{query}}\n{{nonce}}"),
                         &arena, &n);
    assert_int_equal(n, 2);
    assert_string_equal(m[0].role, "system");
    assert_true(sq_str_eq(m[0].content, SQ_STR("Two lines\nof system.")));
    assert_string_equal(m[1].role, "user");
    if (!sq_str_eq(m[1].content, (sq_str){golden, len})) {
        fail_msg("got:\n%.*s", SQ_STR_ARG(m[1].content));
    }
    free(golden);
    sq_arena_release(&arena);
    sq_judge_template_free(t);
}

/* A further try is the same request with a note behind it, that names the form
 * and differs from try to try. */
static void further_tries_name_the_form(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct sq_judge_template *t = load(names[i]);
        struct sq_arena arena = SQ_ARENA_INIT;
        size_t n;
        const struct sq_message *first =
            sq_judge_request(t, &sample, SQ_STR("wren"), &arena, &n);
        const struct sq_message *two =
            sq_judge_request_again(t, first, n, 2, &arena);
        const struct sq_message *three =
            sq_judge_request_again(t, first, n, 3, &arena);
        sq_str a = first[n - 1].content, b = two[n - 1].content;

        assert_int_equal(n, 2);
        assert_true(sq_str_eq(two[0].content, first[0].content));
        assert_true(sq_str_starts(b, a));
        assert_true(sq_str_find(b, sq_str_from(sq_judge_form_row(i)->shape),
                                a.n) != SIZE_MAX);
        assert_false(sq_str_eq(b, three[n - 1].content));
        sq_arena_release(&arena);
        sq_judge_template_free(t);
    }
}

/* The bytes around the frame of the response, the nonce made NONCE. Finds the
 * frame as a judge would: by the nonce, as the prompt's prose gives it. */
static char *outside(sq_str prompt, sq_str response, size_t *lines)
{
    sq_str head = SQ_STR("marker lines that hold the code\n"), rest = prompt;
    sq_str nonce, line;
    struct sq_buf out;
    char *taken;
    bool inside = false;
    size_t at = sq_str_find(prompt, head, 0), from = 0;

    assert_true(at != SIZE_MAX);
    nonce = sq_str_sub(prompt, at + head.n, at + head.n + 16);
    *lines = 0;
    sq_buf_init(&out, SQ_MAX_PROMPT);
    while (sq_str_split(&rest, '\n', &line)) {
        size_t k = sq_str_find(line, nonce, 0);
        size_t line_at = (size_t)(line.p - prompt.p);
        size_t next_at = line_at + line.n + 1;

        if (inside && k != SIZE_MAX) {
            sq_str content = sq_str_sub(prompt, from, line_at - 1);

            assert_true(sq_str_eq(content, response));
            inside = false;
        }
        if (inside) {
            continue;
        }
        if (k != SIZE_MAX) {
            sq_buf_add(&out, sq_str_sub(line, 0, k));
            sq_buf_adds(&out, "NONCE");
            line = sq_str_sub(line, k + nonce.n, line.n);
            ++*lines;
        }
        sq_buf_add(&out, line);
        sq_buf_addc(&out, '\n');
        if (k != SIZE_MAX && sq_str_eq(line, SQ_STR(" response ==="))) {
            inside = true;
            from = next_at;
        }
    }
    assert_false(inside);
    taken = sq_buf_take(&out);
    sq_buf_release(&out);
    return taken;
}

static void expect_framed(const struct sq_judge_template *t, sq_str response,
                          const char *what)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    size_t lines, want_lines;
    char *want = outside(user_text(t, SQ_STR("plain"), &arena), SQ_STR("plain"),
                         &want_lines);
    char *got = outside(user_text(t, response, &arena), response, &lines);

    if (strcmp(got, want) != 0 || lines != want_lines) {
        fail_msg("%s leaves its frame:\n%s", what, got);
    }
    assert_true(strstr(want, "plain") == NULL);
    assert_true(sq_str_eq(user_text(t, response, &arena),
                          user_text(t, response, &arena)));
    free(want);
    free(got);
    sq_arena_release(&arena);
}

static void no_response_leaves_its_frame(void **state)
{
    struct sq_err err = {0};
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct sq_judge_template *t = load(names[i]);
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_records *r;
        struct sq_json *record;
        sq_str once, twice;
        size_t n = 0;

        assert_int_equal(sq_records_open(&r, "tests/judge/attacks.jsonl", &err),
                         SQ_OK);
        for (;;) {
            assert_int_equal(sq_records_next(r, &record, &err), SQ_OK);
            if (record == NULL) {
                break;
            }
            expect_framed(t, sq_json_str(sq_json_get(record, "response")),
                          sq_records_where(r));
            sq_json_free(record);
            n++;
        }
        assert_true(n >= 30);
        sq_records_close(r);
        expect_framed(t, SQ_STR("\xff\xfe \xc3( \0 \xe2\x80"), "invalid UTF-8");
        /* A response that has seen the request made for another. */
        once = user_text(t, SQ_STR("first try"), &arena);
        expect_framed(t, once, "a whole request");
        twice = user_text(t, once, &arena);
        expect_framed(t, twice, "a request within a request");
        sq_arena_release(&arena);
        sq_judge_template_free(t);
    }
}

/* A nonce that stands in a text is given up for the next one. */
static void nonce_is_in_neither_text(void **state)
{
    char h[3][SQ_DIGEST_HEX], nonce[17], response[64];

    (void)state;
    sq_sha256_of(SQ_STR("seed"), h[0]);
    sq_sha256_of(sq_str_from(h[0]), h[1]);
    sq_sha256_of(sq_str_from(h[1]), h[2]);
    sq_judge_nonce(h[0], NULL, 0, nonce);
    assert_memory_equal(nonce, h[0], 16);
    assert_int_equal(strlen(nonce), 16);
    snprintf(response, sizeof(response), "x%.16sx", h[0]);
    sq_judge_nonce(h[0], (sq_str[]){SQ_STR(""), sq_str_from(response)}, 2,
                   nonce);
    assert_memory_equal(nonce, h[1], 16);
    sq_judge_nonce(h[0], (sq_str[]){sq_str_from(h[1]), sq_str_from(response)},
                   2, nonce);
    assert_memory_equal(nonce, h[2], 16);
}

static void nonce_depends_on_all_inputs(void **state)
{
    struct sq_judge_template *t = load("tests/judge/template.json");
    struct sq_arena arena = SQ_ARENA_INIT;
    sq_str first, other;

    (void)state;
    first = user_text(t, SQ_STR("a"), &arena);
    other = user_text(t, SQ_STR("b"), &arena);
    assert_memory_not_equal(first.p + 5, other.p + 5, 16);
    t->digest[0] = t->digest[0] == '0' ? '1' : '0';
    other = user_text(t, SQ_STR("a"), &arena);
    assert_memory_not_equal(first.p + 5, other.p + 5, 16);
    sq_arena_release(&arena);
    sq_judge_template_free(t);
}

#define FRAMES                                                                 \
    "\"{{nonce}}\",\"{{query}}\",\"{{nonce}}\",\"{{response}}\",\"{{nonce}}\""
#define HEAD "{\"version\":1,\"form\":\"following\",\"max_tokens\":9,"

static void faults_of_templates_are_named(void **state)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {HEAD "\"prompt\":[" FRAMES "]}", NULL},
        {HEAD "\"prompt\":[" FRAMES ",\"{{steps}}\",\"{{nonce}}\"]}", NULL},
        {"[]", "object"},
        {"{\"version\":1,", ":1:"},
        {HEAD "\"prompt\":[" FRAMES "],\"propmt\":1}", "propmt"},
        {HEAD "\"system\":[\"x\"]}", "prompt"},
        {HEAD "\"prompt\":\"x\"}", "prompt"},
        {HEAD "\"prompt\":[" FRAMES ",7]}", "prompt[5]"},
        {HEAD "\"prompt\":[" FRAMES ",\"a\\nb\"]}", "prompt[5]"},
        {HEAD "\"prompt\":[]}", "{{query}} is missing"},
        {HEAD "\"prompt\":[\"{{nonce}}\",\"{{query}}\",\"{{nonce}}\"]}",
         "{{response}} is missing"},
        {HEAD "\"prompt\":[" FRAMES ",\"x {{answer}} y\"]}",
         "prompt[5]: unknown placeholder {{answer}}"},
        {HEAD "\"prompt\":[" FRAMES ",\"{{ nonce }}\"]}", "unknown"},
        {HEAD "\"prompt\":[" FRAMES ",\"{{nonce} x\"]}", "unknown"},
        {HEAD "\"prompt\":[" FRAMES ",\"see {{response}}\"]}", "alone"},
        {HEAD "\"prompt\":[" FRAMES ",\"{{response}}\",\"{{nonce}}\"]}",
         "stands twice"},
        {HEAD "\"prompt\":[" FRAMES ",\"x\",\"{{steps}}\",\"{{nonce}}\"]}",
         "prompt[6]: {{steps}} must stand between"},
        {HEAD "\"prompt\":[" FRAMES ",\"{{steps}}\"]}", "between"},
        {HEAD "\"prompt\":[" FRAMES "],\"system\":[\"{{query}}\"]}", "system"},
        {HEAD "\"prompt\":[" FRAMES "],\"about\":3}", "about"},
        {"{\"version\":0,\"form\":\"following\",\"max_tokens\":9,\"prompt\":[]"
         "}",
         "version"},
        {"{\"version\":1,\"form\":\"following\",\"max_tokens\":0,\"prompt\":[]"
         "}",
         "max_tokens"},
        {HEAD "\"schema\":[],\"prompt\":[" FRAMES "]}", "schema"},
        {"{\"version\":1,\"form\":\"paper\",\"max_tokens\":9,\"schema\":{},"
         "\"prompt\":[]}",
         "form \"paper\""},
        {"{\"version\":1,\"form\":\"ranking\",\"max_tokens\":9,\"prompt\":"
         "[" FRAMES "]}",
         "unknown form \"ranking\""},
        {"{\"version\":1,\"form\":\"steps\",\"max_tokens\":9,\"prompt\":"
         "[" FRAMES "]}",
         "{{steps}} is missing"},
    };
    char path[] = "/tmp/sq-judge-XXXXXX";
    int fd = mkstemp(path);
    size_t i;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sq_judge_template *t = NULL;
        struct sq_err err = {0};
        enum sq_status st;

        assert_int_equal(sq_path_write(path, sq_str_from(cases[i].json), &err),
                         SQ_OK);
        st = sq_judge_template_load(&t, NULL, sq_str_from(path), &err);
        if (cases[i].message == NULL) {
            assert_int_equal(st, SQ_OK);
        } else {
            assert_int_equal(st, SQ_INPUT);
            assert_null(t);
            if (strstr(err.msg, cases[i].message) == NULL ||
                strncmp(err.msg, path, strlen(path)) != 0) {
                fail_msg("%s\ngives: %s", cases[i].json, err.msg);
            }
        }
        sq_judge_template_free(t);
    }
    unlink(path);
}

static void unknown_template_is_not_found(void **state)
{
    struct sq_judge_template *t;
    struct sq_err err = {0};

    (void)state;
    assert_int_equal(sq_judge_template_load(&t, ".", SQ_STR("folowing"), &err),
                     SQ_NOT_FOUND);
    assert_non_null(strstr(err.msg, "./judges/folowing.json"));
    assert_int_equal(sq_judge_template_load(&t, ".", SQ_STR("./x.json"), &err),
                     SQ_NOT_FOUND);
    assert_int_equal(sq_judge_template_load(&t, ".", SQ_STR("judges/"), &err),
                     SQ_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_templates_load),
        cmocka_unit_test(request_is_the_golden_one),
        cmocka_unit_test(further_tries_name_the_form),
        cmocka_unit_test(no_response_leaves_its_frame),
        cmocka_unit_test(nonce_is_in_neither_text),
        cmocka_unit_test(nonce_depends_on_all_inputs),
        cmocka_unit_test(faults_of_templates_are_named),
        cmocka_unit_test(unknown_template_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
