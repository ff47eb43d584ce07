/* Definitions that say how samples are asked and graded: prompts, examples,
 * steps, parameters, and each mistake in them with its message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/path.h"
#include "suite/suite.h"

static char folder[] = "/tmp/seqeval-task-XXXXXX";

/* Two languages and their examples; the digests are not looked at. */
static const char *const files[][2] = {
    {"en.jsonl",
     "{\"q\":\"One and one?\",\"a\":\"So: 2\",\"n\":[\"2\",\"two\"]}\n"
     "{\"q\":\"Two and one?\",\"a\":\"So: 3\",\"n\":[\"3\"]}\n"},
    {"sw.jsonl", "{\"q\":\"Moja na moja?\",\"a\":\"Ni: 2\",\"n\":[\"2\"]}\n"
                 "{\"q\":\"Mbili na moja?\",\"a\":\"Ni: 3\",\"n\":[\"3\"]}\n"},
    {"ex_en.jsonl",
     "{\"q\":\"A\",\"a\":\"x: 1\"}\n{\"q\":\"B\",\"a\":\"x: 2\"}\n"
     "{\"q\":\"C\",\"a\":\"x: 3\"}\n"},
    {"ex_sw.jsonl",
     "{\"q\":\"D\",\"a\":\"x: 4\"}\n{\"q\":\"E\",\"a\":\"x: 5\"}\n"
     "{\"q\":\"F\",\"a\":\"x: 6\"}\n"},
};

#define FILE_ROW(name, more)                                                   \
    "{\"file\":\"" name "\",\"url\":\"https://example.org/\",\"sha256\":"      \
    "\"0000000000000000000000000000000000000000000000000000000000000000\","    \
    "\"bytes\":1,\"licence\":\"CC0-1.0\"," more "}"

static const char
    whole[] =
        "{\"name\":\"sums\",\"title\":\"Sums\",\"version\":1,\n\"data\":"
        "[" FILE_ROW("en.jsonl", "\"fields\":{\"lang\":\"en\"}") "," FILE_ROW("sw.jsonl", "\"fields\":{\"lang\":\"sw\"}") "," FILE_ROW(
            "ex_en.jsonl",
            "\"set\":\"pool\",\"fields\":{\"lang\":"
            "\"en\"}") "," FILE_ROW("ex_sw.jsonl", "\"set\":\"pool\","
                                                   "\"fields\":{\"lang\":"
                                                   "\"sw\"}") "],"
                                                              "\n\"sample"
                                                              "\":{"
                                                              "\"id\":\"{"
                                                              "lang}-{"
                                                              "index}\","
                                                              "\"facets\""
                                                              ":{"
                                                              "\"lang\":"
                                                              "\"lang\"}}"
                                                              ",\n"
                                                              "\"beside\""
                                                              ":{\"en\":{"
                                                              "\"lang\":"
                                                              "\"en\"}},"
                                                              "\n"
                                                              "\"derived"
                                                              "\":{"
                                                              "\"gold\":{"
                                                              "\"of\":"
                                                              "\"a\","
                                                              "\"after_"
                                                              "last\":\":"
                                                              "\"}},\n"
                                                              "\"join\":["
                                                              "\"{en.q}|{"
                                                              "q}\"],\n"
                                                              "\"system\""
                                                              ":\"Be "
                                                              "brief.\","
                                                              "\n\"stop\""
                                                              ":["
                                                              "\"STOP\"],"
                                                              "\n"
                                                              "\"prompt\""
                                                              ":\"{{Q}} "
                                                              "{q}\",\n"
                                                              "\"examples"
                                                              "\":{"
                                                              "\"set\":"
                                                              "\"pool\","
                                                              "\"n\":2,"
                                                              "\"answer\""
                                                              ":\" = "
                                                              "{gold}\"},"
                                                              "\n"
                                                              "\"steps\":"
                                                              "[{"
                                                              "\"kind\":"
                                                              "\"answer\""
                                                              ",\"graders"
                                                              "\":[{"
                                                              "\"name\":"
                                                              "\"authors"
                                                              "\","
                                                              "\"check\":"
                                                              "\"last_"
                                                              "number\","
                                                              "\"referenc"
                                                              "e\":\"{"
                                                              "gold}\"}]}"
                                                              "],\n"
                                                              "\"params\""
                                                              ":{"
                                                              "\"lang\":{"
                                                              "\"field\":"
                                                              "\"lang\"},"
                                                              "\"mode\":{"
                                                              "\"default"
                                                              "\":"
                                                              "\"chat\","
                                                              "\"values\""
                                                              ":{"
                                                              "\"chat\":{"
                                                              "},"
                                                              "\"text\":{"
                                                              "\"examples"
                                                              "\":{"
                                                              "\"set\":"
                                                              "\"pool\","
                                                              "\"n\":1,"
                                                              "\"as\":"
                                                              "\"text\","
                                                              "\"question"
                                                              "\":\"{q}"
                                                              "\","
                                                              "\"answer\""
                                                              ":\"={gold}"
                                                              "\","
                                                              "\"join\":"
                                                              "\";\"}},"
                                                              "\"seq\":{"
                                                              "\"steps\":"
                                                              "[{"
                                                              "\"kind\":"
                                                              "\"translat"
                                                              "e\","
                                                              "\"graders"
                                                              "\":[{"
                                                              "\"name\":"
                                                              "\"authors"
                                                              "\","
                                                              "\"metric\""
                                                              ":\"follow_"
                                                              "authors\","
                                                              "\"check\":"
                                                              "\"same_"
                                                              "text\","
                                                              "\"referenc"
                                                              "e\":"
                                                              "\"{en.q}"
                                                              "\","
                                                              "\"extract"
                                                              "\":{"
                                                              "\"before\""
                                                              ":\"\\n\"}}"
                                                              "]},{"
                                                              "\"kind\":"
                                                              "\"answer\""
                                                              ","
                                                              "\"depends"
                                                              "\":[0],"
                                                              "\"graders"
                                                              "\":[{"
                                                              "\"name\":"
                                                              "\"authors"
                                                              "\","
                                                              "\"check\":"
                                                              "\"last_"
                                                              "number\","
                                                              "\"referenc"
                                                              "e\":\"{"
                                                              "gold}\"}]}"
                                                              "],"
                                                              "\"all\":{"
                                                              "\"both_"
                                                              "authors\":"
                                                              "[\"follow_"
                                                              "authors\","
                                                              "\"acc_"
                                                              "authors\"]"
                                                              "}}}}}}\n";

static void put(const char *name, const char *text)
{
    struct sq_err err = {0};
    char *path = sq_path_join(folder, name);
    assert_int_equal(sq_path_mkdirs_for(path, &err), SQ_OK);
    assert_int_equal(sq_path_write(path, sq_str_from(text), &err), SQ_OK);
    free(path);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(files[i][0], files[i][1]);
    put("benchmarks/sums/suite.json", whole);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const more[] = {"benchmarks/sums/suite.json",
                                       "benchmarks/sums", "benchmarks", "."};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = sq_path_join(folder, files[i][0]);
        (void)unlink(path);
        free(path);
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        char *path = sq_path_join(folder, more[i]);
        (void)remove(path);
        free(path);
    }
    return 0;
}

static enum sq_status open_spec(struct sq_suite **s, const char *spec,
                                struct sq_err *err)
{
    struct sq_suite_open how = {
        .home = folder, .data_dir = folder, .allow_modified = true};
    *err = (struct sq_err){0};
    return sq_suite_open(s, sq_str_from(spec), &how, err);
}

static struct sq_suite *must_open(const char *spec)
{
    struct sq_suite *s = NULL;
    struct sq_err err;
    enum sq_status st = open_spec(&s, spec, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(st, SQ_OK);
    return s;
}

/* Sample number n (from 0) of the suite, or NULL; yours. */
static struct sq_sample *sample_at(struct sq_suite *s, size_t n)
{
    struct sq_sample *sample = NULL;
    struct sq_err err = {0};
    assert_int_equal(sq_suite_rewind(s, &err), SQ_OK);
    for (size_t i = 0; i <= n; i++) {
        sq_sample_free(sample);
        enum sq_status st = sq_suite_next(s, &sample, &err);
        assert_string_equal(err.msg, "");
        assert_int_equal(st, SQ_OK);
    }
    return sample;
}

static void assert_text(sq_str got, const char *want)
{
    if (!sq_str_eq(got, sq_str_from(want)))
        fail_msg("got '%.*s', want '%s'", SQ_STR_ARG(got), want);
}

static void test_turns(void **state)
{
    (void)state;
    struct sq_suite *s = must_open("sums");
    assert_string_equal(s->label, "sums");
    struct sq_sample *q = sample_at(s, 3);
    assert_text(q->id, "sw-1");
    assert_text(q->query, "{Q} Mbili na moja?");
    assert_text(q->facets[0].value, "sw");
    assert_int_equal(q->ntexts, 1);
    assert_text(q->texts[0].value, "Two and one?|Mbili na moja?");
    assert_int_equal(q->nmessages, 6);
    static const char *const want[][2] = {
        {"system", "Be brief."}, {"user", "{Q} D"},
        {"assistant", " = 4"},   {"user", "{Q} E"},
        {"assistant", " = 5"},   {"user", "{Q} Mbili na moja?"}};
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(q->messages[i].role, want[i][0]);
        assert_text(q->messages[i].content, want[i][1]);
    }
    assert_int_equal(q->nsteps, 1);
    assert_string_equal(q->steps[0].rules[0].metric, "acc_authors");
    assert_string_equal(q->steps[0].rules[0].grader, "authors");
    sq_sample_free(q);
    q = sample_at(s, 4);
    assert_null(q);
    sq_suite_close(s);
}

static void test_text_and_choice(void **state)
{
    (void)state;
    struct sq_suite *s = must_open("sums:mode=text,lang=sw");
    assert_string_equal(s->label, "sums:lang=sw,mode=text,shots=1");
    struct sq_sample *q = sample_at(s, 0);
    assert_text(q->id, "sw-0");
    assert_int_equal(q->nmessages, 2);
    assert_text(q->messages[1].content, "D=4;{Q} Moja na moja?");
    sq_sample_free(q);
    sq_suite_close(s);
    s = must_open("sums:shots=0");
    assert_string_equal(s->label, "sums:shots=0");
    q = sample_at(s, 0);
    assert_int_equal(q->nmessages, 2);
    sq_sample_free(q);
    sq_suite_close(s);
}

static void test_sequence(void **state)
{
    (void)state;
    struct sq_suite *s = must_open("sums:mode=seq,lang=sw");
    struct sq_sample *q = sample_at(s, 0);
    assert_int_equal(q->nsteps, 2);
    assert_int_equal(q->steps[1].ndepends, 1);
    assert_non_null(q->steps[0].rules[0].cut);
    assert_text(q->steps[0].rules[0].text,
                "{\"check\":\"same_text\",\"reference\":\"One and one?\"}");
    assert_int_equal(q->nalls, 1);
    assert_text(q->alls[0].of[1], "acc_authors");
    sq_sample_free(q);
    sq_suite_close(s);
}

/* The seed alone decides which examples are drawn, and a sample is never its
 * own example. */
static void test_drawn(void **state)
{
    (void)state;
    char *text = sq_xstrdup(whole),
         *at = strstr(text, "\"set\":\"pool\",\"n\":2");
    assert_non_null(at);
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_CONFIG);
    sq_buf_add(&b, (sq_str){text, (size_t)(at - text)});
    sq_buf_adds(&b, "\"set\":\"test\",\"seed\":5,\"n\":1");
    sq_buf_adds(&b, at + strlen("\"set\":\"pool\",\"n\":2"));
    put("benchmarks/sums/suite.json", b.p);
    struct sq_suite *s = must_open("sums");
    for (size_t i = 0; i < 4; i++) {
        struct sq_sample *q = sample_at(s, i);
        struct sq_sample *other = sample_at(s, i ^ 1);
        assert_int_equal(q->nmessages, 4);
        assert_text(q->messages[1].content, other->query.p);
        sq_sample_free(q);
        sq_sample_free(other);
    }
    sq_suite_close(s);
    put("benchmarks/sums/suite.json", whole);
    sq_buf_release(&b);
    free(text);
}

static const struct {
    const char *from, *to, *spec, *want;
} mistakes[] = {
    {"{{Q}}", "{Q", "sums", "a brace at byte 0"},
    {"{{Q}}", "{{Q}", "sums", "prompt: a brace at byte 3"},
    {"{q}\",\n\"examples", "{r}\",\n\"examples", "sums",
     "en.jsonl:1: r: missing"},
    {"\"after_last\":\":\"", "\"after_last\":\"#\"", "sums",
     "ex_en.jsonl:1: gold: no \"#\" in 'a'"},
    {"\"after_last\":\":\"", "\"aftr\":\":\"", "sums",
     "derived: gold: unknown key 'aftr'"},
    {"\"of\":\"a\"", "\"of\":\"gold\"", "sums", "gold: is derived from itself"},
    {"\"n\":2", "\"n\":4", "sums", "has 3 examples for it, 4 are wanted"},
    {"\"answer\":\" = {gold}\"", "\"answer\":\"\"", "sums",
     "examples: want a template for answer"},
    {"\"n\":2,", "\"n\":2,\"as\":\"x\",", "sums", "examples: as: want"},
    {"\"n\":2,", "\"n\":2,\"records\":\"3-2\",", "sums", "examples: records:"},
    {"\"last_number\"", "\"lost_number\"", "sums",
     "steps[0]: graders[0]: check: there is no check or grader"},
    {"\"reference\":\"{gold}\"}]}],\n", "\"refrence\":\"{gold}\"}]}],\n",
     "sums", "steps[0]: graders[0]: unknown key \"refrence\""},
    {"\"reference\":\"{gold}\"}]}],\n", "\"reference\":\" \"}]}],\n", "sums",
     "steps[0]: graders[0]: reference: is empty"},
    {"{\"name\":\"authors\",\"check\"",
     "{\"name\":\"authors\",\"metric\":\"x\",\"check\"", "sums",
     "metric: 'x' is no metric's name"},
    {"{\"name\":\"authors\",\"check\"", "{\"check\"", "sums", "name: missing"},
    {"\"follow_authors\",\"acc_authors\"", "\"follow_authors\",\"acc_x\"",
     "sums", "with mode=seq: "},
    {"\"depends\":[0]", "\"depends\":[1]", "sums",
     "want the index of an earlier"},
    {"[\"STOP\"]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "sums",
     "stop: want at most"},
    {"{\"en\":{\"lang\":\"en\"}}", "{\"en\":{\"lang\":\"fr\"}}", "sums",
     "no file of the set 'test' has the constants of beside"},
    {"\"default\":\"chat\"", "\"default\":\"chit\"", "sums",
     "params: mode: default: 'chit' is none of values"},
    {"\"beside\"", "\"besides\"", "sums", "unknown key \"besides\""},
    {"", "", "sums:lang=fr", "no file of its data has lang=fr"},
    {"", "", "sums:mode=x", "no value 'x'; there is: chat, text, seq"},
    {"", "", "sums:tongue=sw",
     "no parameter 'tongue'; there is: lang, mode, shots"},
    {"", "", "sums:lang=sw,lang=en", "'lang' is given twice"},
    {"", "", "sums:shots=x", "shots=x: want 0 to 1000"},
    {"", "", "sums:lang", "want parameters as key=value"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const char *at = strstr(whole, mistakes[i].from);
        struct sq_suite *s = NULL;
        struct sq_sample *q = NULL;
        struct sq_err err;
        struct sq_buf b;
        if (!at)
            fail_msg("case %zu: no %s", i, mistakes[i].from);
        sq_buf_init(&b, SQ_MAX_CONFIG);
        sq_buf_add(&b, (sq_str){whole, (size_t)(at - whole)});
        sq_buf_adds(&b, mistakes[i].to);
        sq_buf_adds(&b, at + strlen(mistakes[i].from));
        put("benchmarks/sums/suite.json", b.p);
        enum sq_status st = open_spec(&s, mistakes[i].spec, &err);
        if (st == SQ_OK)
            st = sq_suite_next(s, &q, &err);
        if (st == SQ_OK || !strstr(err.msg, mistakes[i].want))
            fail_msg("case %zu: got %d, %s; want %s", i, st, err.msg,
                     mistakes[i].want);
        assert_null(q);
        sq_suite_close(s);
        sq_buf_release(&b);
    }
    put("benchmarks/sums/suite.json", whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns), cmocka_unit_test(test_text_and_choice),
        cmocka_unit_test(test_sequence), cmocka_unit_test(test_drawn),
        cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
