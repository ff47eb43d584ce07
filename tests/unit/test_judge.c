/* Reading judges' replies and looking evidence up. Cases are data: one more is
 * one more line in tests/judge/parse.jsonl or evidence.jsonl. */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/records.h"
#include "judge/judge.h"

static struct sq_records *open_records(const char *path)
{
    struct sq_err err = {0};
    struct sq_records *r;

    if (sq_records_open(&r, path, &err) != SQ_OK) {
        fail_msg("%s", err.msg);
    }
    return r;
}

/* The next record (free it), NULL at the end. */
static struct sq_json *next_record(struct sq_records *r)
{
    struct sq_err err = {0};
    struct sq_json *j = NULL;

    if (sq_records_next(r, &j, &err) != SQ_OK) {
        fail_msg("%s", err.msg);
    }
    return j;
}

static sq_str text(const struct sq_json *j, const char *key)
{
    return sq_json_str(sq_json_get(j, key));
}

static struct sq_judge_template *load(const char *name)
{
    struct sq_err err = {0};
    struct sq_judge_template *t;

    if (sq_judge_template_load(&t, ".", sq_str_from(name), &err) != SQ_OK) {
        fail_msg("%s", err.msg);
    }
    return t;
}

static bool is_unanswerable(const struct sq_json *record, size_t number)
{
    const struct sq_json *j =
        sq_json_first(sq_json_get(record, "unanswerable"));

    for (; j != NULL; j = sq_json_next(j)) {
        if ((size_t)sq_json_num(j) == number) {
            return true;
        }
    }
    return false;
}

/* The steps one after another as the query; all in sample->arena. */
static void build_sample(const struct sq_json *record, struct sq_sample *sample)
{
    const struct sq_json *j = sq_json_get(record, "steps");
    struct sq_step *steps =
        sq_arena_array(&sample->arena, sq_json_count(j), sizeof(*steps));
    struct sq_buf query;
    size_t n = 0;

    sq_buf_init(&query, SQ_MAX_PROMPT);
    for (j = sq_json_first(j); j != NULL; j = sq_json_next(j), n++) {
        steps[n].start = query.n;
        sq_buf_add(&query, sq_json_str(j));
        steps[n].end = query.n;
        steps[n].answerable = !is_unanswerable(record, n + 1);
        sq_buf_addc(&query, ' ');
    }
    sample->query = sq_arena_str(&sample->arena, sq_buf_str(&query));
    sample->steps = steps;
    sample->nsteps = n;
    sq_buf_release(&query);
}

static void expect_str(const char *where, const char *what, sq_str got,
                       sq_str want)
{
    if (!sq_str_eq(got, want)) {
        fail_msg("%s: %s: got \"%.*s\", want \"%.*s\"", where, what,
                 SQ_STR_ARG(got), SQ_STR_ARG(want));
    }
}

static void expect_state(const char *where, const char *what, enum sq_state got,
                         const struct sq_json *want)
{
    expect_str(where, what, sq_str_from(sq_state_name(got)),
               want != NULL ? sq_json_str(want) : SQ_STR("not_judged"));
}

static void expect_steps(const char *where, const struct sq_verdict *v,
                         sq_str response, const struct sq_json *expect)
{
    const struct sq_json *state = sq_json_first(sq_json_get(expect, "steps"));
    const struct sq_json *found = sq_json_first(sq_json_get(expect, "found"));
    size_t i;

    for (i = 0; i < v->nsteps; i++) {
        const struct sq_step_verdict *s = &v->steps[i];

        expect_state(where, "step", s->state, state);
        if (s->state == SQ_STATE_PASS) {
            assert_true(s->len > 0 && s->at + s->len <= response.n);
        }
        if (s->state == SQ_STATE_UNPARSABLE) {
            assert_true(s->why.n > 0);
        }
        if (found != NULL) {
            expect_str(where, "found",
                       sq_str_sub(response, s->at, s->at + s->len),
                       sq_json_str(found));
        }
        state = state != NULL ? sq_json_next(state) : NULL;
        found = found != NULL ? sq_json_next(found) : NULL;
    }
}

static void run_parse_case(const struct sq_json *record, const char *where)
{
    char name[16];
    struct sq_judge_template *t;
    struct sq_sample sample = {.arena = SQ_ARENA_INIT};
    struct sq_arena arena = SQ_ARENA_INIT;
    const struct sq_json *expect = sq_json_get(record, "expect");
    const struct sq_json *quality = sq_json_get(expect, "quality");
    sq_str response = text(record, "response"), why = text(expect, "why");
    struct sq_verdict v;

    snprintf(name, sizeof(name), "%.*s", SQ_STR_ARG(text(record, "template")));
    t = load(name);
    build_sample(record, &sample);
    sq_judge_parse(t, &sample, response, text(record, "reply"), &arena, &v);
    assert_int_equal(v.nsteps, sample.nsteps);
    expect_state(where, "following", v.following,
                 sq_json_get(expect, "following"));
    if (quality != NULL && sq_json_type(quality) == SQ_JSON_NUMBER) {
        assert_int_equal(v.quality_state, SQ_STATE_PASS);
        assert_true(v.quality == sq_json_num(quality));
    } else {
        expect_state(where, "quality", v.quality_state, quality);
    }
    expect_steps(where, &v, response, expect);
    if (sq_str_find(v.why, why, 0) == SIZE_MAX) {
        expect_str(where, "why", v.why, why);
    }
    sq_arena_release(&arena);
    sq_arena_release(&sample.arena);
    sq_judge_template_free(t);
}

static void replies_are_read_as_listed(void **state)
{
    struct sq_records *r = open_records("tests/judge/parse.jsonl");
    struct sq_json *record;
    size_t n = 0;

    (void)state;
    while ((record = next_record(r)) != NULL) {
        char where[200];

        snprintf(where, sizeof(where), "%s (%.*s)", sq_records_where(r),
                 SQ_STR_ARG(text(record, "name")));
        run_parse_case(record, where);
        sq_json_free(record);
        n++;
    }
    assert_true(n >= 60);
    sq_records_close(r);
}

static void evidence_is_found_as_listed(void **state)
{
    struct sq_records *r = open_records("tests/judge/evidence.jsonl");
    struct sq_json *record;

    (void)state;
    while ((record = next_record(r)) != NULL) {
        const struct sq_json *want = sq_json_get(record, "found");
        sq_str s = text(record, "text");
        size_t at = 0, len = 0;
        bool found = sq_evidence_find(s, text(record, "quote"), &at, &len);
        bool wanted = sq_json_type(want) == SQ_JSON_STRING;

        if (found != wanted) {
            fail_msg("%s (%.*s): %s", sq_records_where(r),
                     SQ_STR_ARG(text(record, "name")),
                     found ? "found" : "not found");
        }
        expect_str(sq_records_where(r), "found", sq_str_sub(s, at, at + len),
                   sq_json_str(want));
        sq_json_free(record);
    }
    sq_records_close(r);
}

/* Bytes that no JSON can bring here, but a recording might. */
static void evidence_of_invalid_bytes(void **state)
{
    size_t at = 0, len = 0;

    (void)state;
    assert_true(sq_evidence_find(SQ_STR("x \xff\xc3( a\0b"),
                                 SQ_STR("\xef\xbf\xbd\xef\xbf\xbd( a\0b"), &at,
                                 &len));
    assert_int_equal(at, 2);
    assert_int_equal(len, 7);
    assert_false(sq_evidence_find(SQ_STR("a\0b"), SQ_STR("\0"), &at, &len));
    assert_false(sq_evidence_find(SQ_STR("a"), SQ_STR("\xff"), &at, &len));
}

/* Texts made to cost time: a naive search takes minutes for some of them. The
 * limit is for slow machines and sanitizers; `make test` is no benchmark. */
static void evidence_takes_linear_time(void **state)
{
    static const char *const units[] = {"a", "a ", "a...", "a*", "\xc2\xa0x"};
    size_t i, at, len;

    (void)state;
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct sq_buf t, q;
        int64_t start;

        sq_buf_init(&t, 2 << 20);
        sq_buf_init(&q, 8 << 10);
        while (t.n < (1 << 20)) {
            sq_buf_adds(&t, units[i]);
        }
        while (q.n < 4000) {
            sq_buf_adds(&q, units[i]);
        }
        sq_buf_adds(&q, "b ... \"");
        start = sq_clock_ms();
        assert_false(
            sq_evidence_find(sq_buf_str(&t), sq_buf_str(&q), &at, &len));
        printf("evidence in 1 MB of \"%s\": %d ms\n", units[i],
               (int)(sq_clock_ms() - start));
        assert_true(sq_clock_ms() - start < 2000);
        sq_buf_release(&t);
        sq_buf_release(&q);
    }
}

/* Replies made to cost time. */
static void replies_take_linear_time(void **state)
{
    static const char *const units[] = {
        "{",           "{}",          "}{",        "{\"a}}\"{",
        "{\"",         "{\"steps\":", "\"steps\"", "{\"steps\":[]}",
        "{\"a\":\"{}", ",]",          ", ",        "[[",
    };
    const struct sq_sample sample = {.nsteps = 0};
    struct sq_judge_template *t = load("steps");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_verdict v;
        struct sq_buf b;
        int64_t start;

        sq_buf_init(&b, 2 << 20);
        while (b.n < (1 << 20)) {
            sq_buf_adds(&b, units[i]);
        }
        start = sq_clock_ms();
        sq_judge_parse(t, &sample, SQ_STR(""), sq_buf_str(&b), &arena, &v);
        printf("1 MB of %s: %d ms\n", units[i], (int)(sq_clock_ms() - start));
        assert_true(sq_clock_ms() - start < 5000);
        sq_arena_release(&arena);
        sq_buf_release(&b);
    }
    sq_judge_template_free(t);
}

/* The judge's replies that SeqEval's authors published, with what they read in
 * them. */
static void recorded_replies_give_the_authors_figures(void **state)
{
    const char *shared = getenv("SEQEVAL_SHARED");
    const struct sq_sample sample = {.nsteps = 0};
    size_t rows = 0, parsed = 0, following = 0, unparsable = 0;
    struct sq_judge_template *t;
    struct sq_records *r;
    struct sq_json *record;
    char pattern[4096];
    double sum = 0;
    glob_t files;

    (void)state;
    if (shared == NULL) {
        print_message("skipped: SEQEVAL_SHARED is not set\n");
        skip();
    }
    snprintf(pattern, sizeof(pattern),
             "%s/datasets/recordings/seqeval/gpt-3.5/*.json.gz", shared);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    assert_int_equal(files.gl_pathc, 1);
    r = open_records(files.gl_pathv[0]);
    t = load("paper");
    while ((record = next_record(r)) != NULL) {
        const struct sq_json *want = sq_json_get(record, "following");
        double score = sq_json_num(sq_json_get(record, "score"));
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_verdict v;

        sq_judge_parse(t, &sample, text(record, "output"),
                       text(record, "llm_as_a_judge"), &arena, &v);
        if (sq_json_type(want) == SQ_JSON_NULL) {
            assert_int_equal(v.following, SQ_STATE_UNPARSABLE);
            assert_int_equal(v.quality_state, SQ_STATE_UNPARSABLE);
            assert_true(score == -1);
            unparsable++;
        } else {
            bool yes = sq_json_bool(want) || sq_json_num(want) == 1;

            assert_int_equal(v.following, yes ? SQ_STATE_PASS : SQ_STATE_FAIL);
            assert_int_equal(v.quality_state, SQ_STATE_PASS);
            assert_true(v.quality == score);
            parsed++;
            following += yes;
            sum += v.quality;
        }
        rows++;
        sq_arena_release(&arena);
        sq_json_free(record);
    }
    printf("%zu rows: %zu parsed, %zu following, mean quality %.6f, %zu "
           "unparsable\n",
           rows, parsed, following, sum / (double)parsed, unparsable);
    assert_int_equal(rows, 805);
    assert_int_equal(parsed, 803);
    assert_int_equal(following, 708);
    assert_int_equal(unparsable, 2);
    assert_true(fabs(sum / (double)parsed - 4.666874) < 5e-7);
    sq_records_close(r);
    sq_judge_template_free(t);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_read_as_listed),
        cmocka_unit_test(evidence_is_found_as_listed),
        cmocka_unit_test(evidence_of_invalid_bytes),
        cmocka_unit_test(evidence_takes_linear_time),
        cmocka_unit_test(replies_take_linear_time),
        cmocka_unit_test(recorded_replies_give_the_authors_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
