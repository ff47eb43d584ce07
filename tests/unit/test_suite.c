/* Definitions, annotations and the samples that they yield. Tests run in the
 * root of the tree: tests/data/suites is a home with a suite of our own. */
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
#include "suite/ids.h"
#include "suite/steps.h"
#include "suite/suite.h"

#define HOME "tests/data/suites"

static char folder[] = "/tmp/seqeval-suite-XXXXXX";

static bool is(sq_str got, const char *want)
{
    return sq_str_eq(got, sq_str_from(want));
}

/* ---- a suite as it should be ------------------------------------------- */

static struct sq_suite *open_colours(void)
{
    struct sq_suite_open how = {.home = HOME, .data_dir = HOME "/data"};
    struct sq_suite *s = NULL;
    struct sq_err err = {0};
    enum sq_status st = sq_suite_open(&s, SQ_STR("colours"), &how, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(st, SQ_OK);
    return s;
}

static struct sq_sample *next(struct sq_suite *s)
{
    struct sq_sample *sample = NULL;
    struct sq_err err = {0};
    enum sq_status st = sq_suite_next(s, &sample, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(st, SQ_OK);
    return sample;
}

static void test_definition(void **state)
{
    (void)state;
    struct sq_suite *s = open_colours();
    const struct sq_suite_def *d = s->def;
    char hex[65];
    struct sq_err err = {0};
    assert_true(is(d->name, "colours"));
    assert_int_equal(d->version, 1);
    assert_int_equal(d->nfiles, 3);
    assert_true(is(d->files[1].file, "colours/b.json.gz"));
    assert_int_equal(d->files[1].bytes, 44);
    assert_true(is(d->files[1].licence, "Apache-2.0"));
    assert_int_equal(d->njudges, 1);
    assert_true(is(d->judges[0], "steps"));
    assert_true(d->sampling.temperature == 0.0);
    assert_true(d->sampling.top_p != d->sampling.top_p); /* NAN: not set */
    assert_int_equal(d->sampling.max_tokens, 64);
    assert_int_equal(d->sampling.seed, -1);
    assert_int_equal(sq_steps_lines(d->steps), 4);
    assert_int_equal(sq_steps_count(d->steps), 6);
    assert_int_equal(
        sq_sha256_file(HOME "/benchmarks/colours/steps.jsonl", hex, NULL, &err),
        SQ_OK);
    assert_string_equal(d->steps_digest, hex);
    assert_int_equal(
        sq_sha256_file(HOME "/benchmarks/colours/suite.json", hex, NULL, &err),
        SQ_OK);
    assert_string_equal(d->digest, hex);
    assert_string_equal(s->label, "colours");
    assert_string_equal(s->params, "");
    assert_false(s->modified);
    sq_suite_close(s);
}

static void check_first(const struct sq_sample *s)
{
    assert_int_equal(s->ordinal, 0);
    assert_true(is(s->id, "0"));
    assert_true(is(s->query, "Name a colour of the sky. "
                             "Then name a fruit of that colour."));
    assert_int_equal(s->nfacets, 1);
    assert_true(is(s->facets[0].name, "level"));
    assert_true(is(s->facets[0].value, "1"));
    assert_int_equal(s->ntexts, 2);
    assert_true(is(s->texts[0].name, "text"));
    assert_true(sq_str_eq(s->texts[0].value, s->query));
    assert_true(is(s->texts[1].name, "note"));
    assert_true(is(s->texts[1].value, "ours"));
    assert_int_equal(s->nsteps, 2);
    assert_int_equal(s->steps[1].start, 26);
    assert_int_equal(s->steps[1].end, 59);
    assert_true(is(s->steps[1].kind, "recall"));
    assert_true(s->steps[1].answerable);
    assert_int_equal(s->steps[1].ndepends, 1);
    assert_int_equal(s->steps[1].depends[0], 0);
    assert_int_equal(s->steps[1].nrules, 1);
    assert_int_equal(s->steps[1].rules[0].role, SQ_ROLE_ANSWER);
    assert_string_equal(s->steps[1].rules[0].check->name, "contains");
}

/* Twice over, as a rewound cursor gives the same. */
static void test_samples(void **state)
{
    (void)state;
    struct sq_suite *s = open_colours();
    struct sq_err err = {0};
    for (int round = 0; round < 2; round++) {
        struct sq_sample *sample = next(s);
        check_first(sample);
        sq_sample_free(sample);
        sample = next(s);
        assert_true(is(sample->id, "1"));
        assert_int_equal(sample->nsteps, 2);
        sq_sample_free(sample);
        sample = next(s); /* of the second file, and empty */
        assert_int_equal(sample->ordinal, 2);
        assert_int_equal(sample->query.n, 0);
        assert_int_equal(sample->nsteps, 0);
        sq_sample_free(sample);
        sample = next(s); /* of the CSV */
        assert_true(is(sample->id, "3"));
        assert_true(is(sample->facets[0].value, "3"));
        assert_true(is(sample->query, "List three colours, one a line. "
                                      "Say \"done\" at the end."));
        sq_sample_free(sample);
        assert_null(next(s));
        assert_null(next(s));
        assert_int_equal(sq_suite_rewind(s, &err), SQ_OK);
    }
    sq_suite_close(s);
}

/* The digest of several files is that of what sha256sum says of them. */
static void test_data_digest(void **state)
{
    (void)state;
    struct sq_suite *s = open_colours();
    struct sq_buf lines;
    char want[65];
    sq_buf_init(&lines, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < s->def->nfiles; i++) {
        sq_buf_add(&lines, s->def->files[i].sha256);
        sq_buf_addc(&lines, '\n');
    }
    sq_sha256_of(sq_buf_str(&lines), want);
    assert_string_equal(s->data_digest, want);
    sq_buf_release(&lines);
    sq_suite_close(s);
}

static void test_names(void **state)
{
    (void)state;
    char **names = NULL;
    struct sq_err err = {0};
    assert_int_equal(sq_suite_names(".", &names, &err), SQ_OK);
    assert_string_equal(names[0], "chain");
    for (size_t i = 1; names[i]; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    for (size_t i = 0; names[i]; i++)
        free(names[i]);
    free(names);
    assert_int_equal(sq_suite_names("no/such/folder", &names, &err), SQ_INPUT);
}

static void test_labels(void **state)
{
    static const char *const cases[][2] = {
        {"chain", "chain"},
        {"chain:n=3", "chain:n=3"},
        {"chain:steps=2-4,seed=7,n=3", "chain:n=3,seed=7,steps=2-4"},
        {"chain:seed=1", "chain"},
    };
    (void)state;
    struct sq_suite_open how = {.home = "."};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_suite *s = NULL;
        struct sq_err err = {0};
        enum sq_status st =
            sq_suite_open(&s, sq_str_from(cases[i][0]), &how, &err);
        assert_string_equal(err.msg, "");
        assert_int_equal(st, SQ_OK);
        assert_string_equal(s->label, cases[i][1]);
        assert_string_equal(s->data_digest, "");
        assert_non_null(strstr(s->params, "split=test"));
        sq_suite_close(s);
    }
}

static void test_generated(void **state)
{
    (void)state;
    struct sq_suite_open how = {.home = "."};
    struct sq_suite *s = NULL;
    struct sq_err err = {0};
    size_t n = 0;
    assert_int_equal(sq_suite_open(&s, SQ_STR("chain:n=5"), &how, &err), SQ_OK);
    for (struct sq_sample *sample; (sample = next(s)); n++) {
        assert_int_equal(sample->ordinal, n);
        assert_true(sample->nsteps > 0);
        sq_sample_free(sample);
    }
    assert_int_equal(n, 5);
    sq_suite_close(s);
}

/* ---- by spec ----------------------------------------------------------- */

static void test_bad_specs(void **state)
{
    static const struct {
        const char *spec;
        enum sq_status status;
        const char *want;
    } cases[] = {
        {"colour", SQ_NOT_FOUND, "no suite 'colour'; there is: colours"},
        {"", SQ_NOT_FOUND, "no suite ''"},
        {"../benchmarks/colours", SQ_NOT_FOUND, "no suite"},
        {"colours:n=3", SQ_USAGE, "suite colours takes no parameters"},
    };
    (void)state;
    struct sq_suite_open how = {.home = HOME, .data_dir = HOME "/data"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_suite *s = NULL;
        struct sq_err err = {0};
        assert_int_equal(
            sq_suite_open(&s, sq_str_from(cases[i].spec), &how, &err),
            cases[i].status);
        if (!strstr(err.msg, cases[i].want))
            fail_msg("%s: %s", cases[i].spec, err.msg);
        assert_null(s);
    }
}

static void test_paths(void **state)
{
    static const char *const good[] = {HOME "/benchmarks/colours",
                                       HOME "/benchmarks/colours/",
                                       HOME "/benchmarks/colours/suite.json"};
    static const char *const bad[] = {HOME "/benchmarks/colours/steps.jsonl",
                                      HOME "/benchmarks", "no/such/folder",
                                      "no/such/suite.json"};
    (void)state;
    struct sq_suite_def *def;
    struct sq_err err = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(sq_suite_def_load(&def, good[i], &err), SQ_OK);
        sq_suite_def_free(def);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sq_suite_def_load(&def, bad[i], &err), SQ_INPUT);
        assert_non_null(strstr(err.msg, bad[i]));
        assert_null(def);
    }
}

/* ---- mistakes ---------------------------------------------------------- */

enum file { SUITE, STEPS, DATA };

/* A good suite, made of text; each case changes one thing in it. */
static const char *const whole[] = {
    "{\"name\":\"mini\",\n\"title\":\"A small suite\",\n\"version\":3,\n"
    "\"data\":[{\"file\":\"mini/a.jsonl\",\"url\":\"https://example.org/a\","
    "\"sha256\":\"@SHA\",\"bytes\":@BYTES,\"licence\":\"CC0-1.0\"}],\n"
    "\"sample\":{\"input\":\"text\",\"id\":\"key\","
    "\"facets\":{\"lang\":\"language\"}},\n"
    "\"steps\":\"steps.jsonl\",\n\"judges\":[\"steps\",\"quality\"],\n"
    "\"sampling\":{\"temperature\":0.5,\"top_p\":1,\"seed\":3}}\n",
    /* "Nom d'été" is 11 bytes; 8 is within the first é */
    "{\"id\":\"k1\",\"sha256\":\"@T1\",\"steps\":["
    "{\"span\":[0,3],\"kind\":\"list\"},"
    "{\"span\":[4,11],\"kind\":\"write\",\"answerable\":true,\"depends\":[0],"
    "\"rules\":[{\"check\":\"words\",\"role\":\"constraint\",\"op\":\"==\","
    "\"n\":2}]}]}\n"
    "{\"id\":7,\"sha256\":\"e3b0c44298fc1c14\",\"steps\":[]}\n",
    "{\"key\":\"k1\",\"text\":\"Nom "
    "d'\xC3\xA9t\xC3\xA9\",\"language\":\"fr\"}\n"
    "{\"key\":7,\"text\":\"\",\"language\":\"sw\"}\n"};

static const struct mistake {
    enum file file;
    const char *from, *to; /* the change */
    const char *want;      /* part of the message; NULL = no mistake */
} mistakes[] = {
    {SUITE, "mini", "mini", NULL},
    /* suite.json */
    {SUITE, "\"version\":3,", "\"version\":3", "suite.json:4:"},
    {SUITE, "{\"name\"", "[{\"name\"", "suite.json:"},
    {SUITE, "\"name\":\"mini\"", "\"name\":\"other\"",
     "name: is 'other', but the folder is 'mini'"},
    {SUITE, "\"name\":\"mini\"", "\"name\":\"Mi/ni\"", "name: want lower-case"},
    {SUITE, "\"name\":\"mini\",", "", "suite.json: name: missing"},
    {SUITE, "\"title\":\"A small suite\"", "\"title\":\"\"", "title: want"},
    {SUITE, "\"version\":3", "\"version\":0", "version: 0 is not within"},
    {SUITE, "\"version\":3", "\"version\":\"3\"", "version: expected a whole"},
    {SUITE, "\"version\":3", "\"versoin\":3", "unknown key \"versoin\""},
    {SUITE, "\"version\":3", "\"version\":3,\"version\":4", "twice"},
    {SUITE, "[{\"file\"", "[],\"judges\":[{\"file\"", "twice"},
    {SUITE, "\"data\":[{", "\"data\":{\"x\":{", "suite.json:"},
    {SUITE, "\"file\":\"mini/a.jsonl\"", "\"file\":\"../a.jsonl\"",
     "data[0]: file: want a path below the data folder"},
    {SUITE, "\"file\":\"mini/a.jsonl\"", "\"file\":\"/a.jsonl\"",
     "data[0]: file: want a path below"},
    {SUITE, "\"file\":\"mini/a.jsonl\"", "\"file\":\"a/./b\"",
     "data[0]: file: want a path below"},
    {SUITE, "https://example", "ftp://example", "data[0]: url: want"},
    {SUITE, "\"sha256\":\"", "\"sha256\":\"A", "data[0]: sha256: want 64"},
    {SUITE, "\"bytes\":", "\"bytes\":-", "data[0]: bytes:"},
    {SUITE, ",\"licence\":\"CC0-1.0\"", "", "data[0]: licence: missing"},
    {SUITE, "\"licence\"", "\"license\"", "data[0]: unknown key \"license\""},
    {SUITE, "}],", "},3],", "data[1]: expected an object, found a number"},
    {SUITE, "}],",
     "},{\"file\":\"mini/a.jsonl\",\"url\":\"file:///a\",\"sha256\":\"@SHA\","
     "\"bytes\":1,\"licence\":\"x\"}],",
     "data[1]: file: 'mini/a.jsonl' is data[0] already"},
    {SUITE, "\"input\":\"text\"", "\"input\":\"\"", "sample: input: want"},
    {SUITE, "\"input\":\"text\",", "", "sample: input: missing"},
    {SUITE, "\"id\":\"key\"", "\"id\":3", "sample: id: expected a string"},
    {SUITE, "\"facets\":{", "\"facet\":{", "sample: unknown key \"facet\""},
    {SUITE, "{\"lang\":", "{\"la=ng\":", "facets: 'la=ng': want"},
    {SUITE, "{\"lang\":\"language\"}", "{\"lang\":1}",
     "sample: facets: lang: want the name of a field"},
    {SUITE, "\"steps.jsonl\"", "\"../steps.jsonl\"", "steps: want the name"},
    {SUITE, "\"steps.jsonl\"", "\"steps.json\"", "steps: want the name"},
    {SUITE, "\"steps.jsonl\"", "\"none.jsonl\"", "mini/none.jsonl: No such"},
    {SUITE, "\"steps\",\"quality\"", "\"steps\",\"steps\"",
     "judges[1]: 'steps' is there twice"},
    {SUITE, "\"quality\"", "\"\"", "judges[1]: want a template's name"},
    {SUITE, "\"judges\":[", "\"judges\":[7,", "judges[0]: want a template's"},
    {SUITE, ":0.5", ":-0.5", "sampling: temperature: want"},
    {SUITE, "\"top_p\":1", "\"top_p\":0", "sampling: top_p: want"},
    {SUITE, "\"seed\":3", "\"seed\":3.5", "sampling: seed: expected a whole"},
    {SUITE, "\"seed\":3", "\"sead\":3", "sampling: unknown key \"sead\""},
    {SUITE, "\"version\":3", "\"version\":3,\"generator\":\"chain\"",
     "data: a generated suite has none"},
    /* steps.jsonl */
    {STEPS, "\"span\":[0,3]", "\"span\":[0,3", "steps.jsonl:1:"},
    {STEPS, "{\"id\":7", "[{\"id\":7", "steps.jsonl:2:"},
    {STEPS, "\"id\":7", "\"id\":\"k1\"", "steps.jsonl:2: id: 'k1' stands at"},
    {STEPS, "\"id\":7", "\"id\":7.5", "steps.jsonl:2: id: want a string or"},
    {STEPS, "\"id\":7", "\"id\":\"\"", "steps.jsonl:2: id: is empty"},
    {STEPS, "\"id\":7,", "", "steps.jsonl:2: id: missing"},
    {STEPS, "\"id\":7,", "\"id\":7,\"x\":1,", "steps.jsonl:2: unknown key"},
    {STEPS, "\"e3b0", "\"E3b0", "steps.jsonl:2: sha256: want the first 16"},
    {STEPS, "\"e3b0", "\"3b0", "steps.jsonl:2: sha256: want the first 16"},
    {STEPS, "\"e3b0", "\"e3b1",
     "a.jsonl:2: sample '7' is other data than what "},
    {STEPS, "\"steps\":[]", "\"steps\":{}", "steps: expected an array"},
    {STEPS, "\"steps\":[]", "\"steps\":[3]",
     "steps.jsonl:2: steps[0]: expected an object"},
    {STEPS, "[0,3]", "[0]", "steps[0]: span: want [start, end]"},
    {STEPS, "[0,3]", "[0,3,4]", "steps[0]: span: want [start, end]"},
    {STEPS, "[0,3]", "[-1,3]", "steps[0]: span[0]: want a byte offset"},
    {STEPS, "[0,3]", "[0,3.5]", "steps[0]: span[1]: want a byte offset"},
    {STEPS, "[0,3]", "[0,1e300]", "steps[0]: span[1]: want a byte offset"},
    {STEPS, "[0,3]", "[3,3]", "steps[0]: span: is empty"},
    {STEPS, "[0,3]", "[0,5]", "steps[1]: span: starts at 4, before"},
    {STEPS, "[4,11]", "[4,12]", "steps[1]: span: ends at 12"},
    {STEPS, "[4,11]", "[4,10]", "steps[1]: span: [4, 10) cuts a character"},
    {STEPS, "[4,11]", "[7,11]", "steps[1]: span: [7, 11) cuts a character"},
    {STEPS, "[0,3]", "[0,4]", NULL}, /* one may begin where one ends */
    {STEPS, "\"kind\":\"list\"", "\"kind\":\"\"", "steps[0]: kind: is empty"},
    {STEPS, ",\"kind\":\"list\"", "", "steps[0]: kind: missing"},
    {STEPS, "\"kind\":\"list\"", "\"kind\":\"list\",\"n\":1", "unknown key"},
    {STEPS, "\"answerable\":true", "\"answerable\":1", "steps[1]: answerable:"},
    {STEPS, "\"answerable\":true", "\"answerable\":false",
     "steps[1]: rules: a step that is not answerable"},
    {STEPS, "\"depends\":[0]", "\"depends\":[1]",
     "steps[1]: depends[0]: want the index of an earlier step"},
    {STEPS, "\"depends\":[0]", "\"depends\":[-1]", "steps[1]: depends[0]:"},
    {STEPS, "\"depends\":[0]", "\"depends\":[0,0]",
     "steps[1]: depends[1]: want rising indices"},
    {STEPS, "\"depends\":[0]", "\"depends\":0", "depends: expected an array"},
    {STEPS, "\"words\"", "\"wurds\"", "steps.jsonl:1: steps[1]: rules[0]:"},
    {STEPS, "\"op\":\"==\",", "", "steps.jsonl:1: steps[1]: rules[0]:"},
    {STEPS, "\"rules\":[", "\"rules\":[1,", "steps[1]: rules[0]:"},
    {STEPS, "{\"id\":7,\"sha256\":\"e3b0c44298fc1c14\",\"steps\":[]}\n", "",
     "a.jsonl:2: sample '7' has no line in the step annotation"},
    {STEPS, "{\"id\":7,",
     "{\"id\":\"k9\",\"sha256\":\"e3b0c44298fc1c14\",\"steps\":[]}\n{\"id\":7,",
     "steps.jsonl: id 'k9': the data has no such sample"},
    /* data */
    {DATA, "\"text\":\"\"", "\"txt\":\"\"", "a.jsonl:2: text: missing"},
    {DATA, "\"text\":\"\"", "\"text\":3", "a.jsonl:2: text: expected a string"},
    {DATA, "\"key\":7", "\"key\":\"k1\"", "key: 'k1' is an earlier record's"},
    {DATA, "\"key\":7", "\"key\":null", "a.jsonl:2: key: want a string or a"},
    {DATA, "\"key\":7,", "", "a.jsonl:2: key: missing"},
    {DATA, ",\"language\":\"sw\"", "", "a.jsonl:2: language: missing"},
    {DATA, "\"sw\"", "[]", "a.jsonl:2: language: want a string or a whole"},
    {DATA, "\"sw\"", "0.5", "a.jsonl:2: language: want a string or a whole"},
    {DATA, "\"sw\"", "12", NULL},
    {DATA, "\"sw\"}", "\"sw\"", "a.jsonl:2:"},
};

/* text with the first `from` replaced; yours. */
static char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    struct sq_buf b;
    if (!at)
        fail_msg("no %s", from);
    sq_buf_init(&b, SQ_MAX_CONFIG);
    sq_buf_add(&b, (sq_str){text, (size_t)(at - text)});
    sq_buf_adds(&b, to);
    sq_buf_adds(&b, at + strlen(from));
    return sq_buf_take(&b);
}

static void change(char **text, const char *from, const char *to)
{
    char *after = changed(*text, from, to);
    free(*text);
    *text = after;
}

static void write_file(const char *name, const char *text)
{
    struct sq_err err = {0};
    char *path = sq_path_join(folder, name);
    assert_int_equal(sq_path_mkdirs_for(path, &err), SQ_OK);
    assert_int_equal(sq_path_write(path, sq_str_from(text), &err), SQ_OK);
    free(path);
}

/* Writes the suite with the mistake in it. */
static void make_mini(const struct mistake *m)
{
    char *text[3], hex[65], bytes[24];
    for (int i = 0; i < 3; i++)
        text[i] = sq_xstrdup(whole[i]);
    change(&text[m->file], m->from, m->to);
    sq_sha256_of(sq_str_from(text[DATA]), hex);
    (void)snprintf(bytes, sizeof bytes, "%zu", strlen(text[DATA]));
    while (strstr(text[SUITE], "@SHA"))
        change(&text[SUITE], "@SHA", hex);
    if (strstr(text[SUITE], "@BYTES"))
        change(&text[SUITE], "@BYTES", bytes);
    sq_sha256_of(SQ_STR("Nom d'\xC3\xA9t\xC3\xA9"), hex);
    hex[16] = '\0';
    change(&text[STEPS], "@T1", hex);
    write_file("benchmarks/mini/suite.json", text[SUITE]);
    write_file("benchmarks/mini/steps.jsonl", text[STEPS]);
    write_file("data/mini/a.jsonl", text[DATA]);
    for (int i = 0; i < 3; i++)
        free(text[i]);
}

static struct sq_suite_open mini_how(char **data, bool allow_modified)
{
    *data = sq_path_join(folder, "data");
    return (struct sq_suite_open){folder, *data, allow_modified};
}

static enum sq_status read_mini(bool allow_modified, size_t *n,
                                struct sq_err *err)
{
    char *data;
    struct sq_suite_open how = mini_how(&data, allow_modified);
    struct sq_suite *s = NULL;
    struct sq_sample *sample = NULL;
    enum sq_status st = sq_suite_open(&s, SQ_STR("mini"), &how, err);
    *n = 0;
    while (st == SQ_OK) {
        st = sq_suite_next(s, &sample, err);
        if (!sample)
            break;
        *n += 1;
        sq_sample_free(sample);
    }
    sq_suite_close(s);
    free(data);
    return st;
}

static void test_mistakes(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const struct mistake *m = &mistakes[i];
        struct sq_err err = {0};
        size_t n;
        make_mini(m);
        enum sq_status st = read_mini(false, &n, &err);
        bool right = m->want ? st == SQ_INPUT && strstr(err.msg, m->want)
                             : st == SQ_OK && n == 2;
        if (!right)
            (void)printf("case %zu, %s:\n  got  %s: %s\n  want %s\n", i, m->to,
                         sq_status_name(st), err.msg,
                         m->want ? m->want : "no mistake");
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
}

static void test_no_generator_of_that_name(void **state)
{
    (void)state;
    struct sq_suite_def *def;
    struct sq_err err = {0};
    char *path = sq_path_join(folder, "benchmarks/odd");
    write_file("benchmarks/odd/suite.json",
               "{\"name\":\"odd\",\"title\":\"t\",\"version\":1,"
               "\"generator\":\"chains\"}");
    assert_int_equal(sq_suite_def_load(&def, path, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "generator: want \"chain\""));
    free(path);
}

/* ---- the data's digest ------------------------------------------------- */

static const struct mistake none = {SUITE, "mini", "mini", NULL};

static void test_modified(void **state)
{
    (void)state;
    struct sq_err err = {0};
    size_t n;
    make_mini(&none);
    /* another facet, the same queries */
    char *text = changed(whole[DATA], "\"sw\"", "\"de\"");
    write_file("data/mini/a.jsonl", text);
    assert_int_equal(read_mini(false, &n, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "data/mini/a.jsonl"));
    assert_non_null(strstr(err.msg, "--allow-modified"));
    char hex[65], *data;
    sq_sha256_of(sq_str_from(text), hex);
    assert_non_null(strstr(err.msg, hex));
    struct sq_suite_open how = mini_how(&data, true);
    struct sq_suite *s = NULL;
    assert_int_equal(sq_suite_open(&s, SQ_STR("mini"), &how, &err), SQ_OK);
    assert_true(s->modified);
    assert_string_equal(s->data_digest, hex);
    sq_suite_close(s);
    free(data);
    free(text);
    assert_int_equal(read_mini(true, &n, &err), SQ_OK);
    assert_int_equal(n, 2);
    /* other queries are refused all the same: their spans would be wrong */
    text = changed(whole[DATA], "Nom", "Nam");
    write_file("data/mini/a.jsonl", text);
    assert_int_equal(read_mini(true, &n, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "sample 'k1' is other data"));
    free(text);
    /* fewer samples than annotated are the modifier's business */
    text = sq_str_dup(sq_str_sub(sq_str_from(whole[DATA]), 0,
                                 strcspn(whole[DATA], "\n") + 1));
    write_file("data/mini/a.jsonl", text);
    assert_int_equal(read_mini(true, &n, &err), SQ_OK);
    assert_int_equal(n, 1);
    free(text);
}

static void test_missing_data(void **state)
{
    (void)state;
    struct sq_err err = {0};
    size_t n;
    make_mini(&none);
    char *path = sq_path_join(folder, "data/mini/a.jsonl");
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(read_mini(true, &n, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "data/mini/a.jsonl"));
    assert_non_null(strstr(err.msg, "seqeval data pull mini"));
    assert_non_null(strstr(err.msg, "--data"));
}

static void test_ids(void **state)
{
    (void)state;
    struct sq_ids ids = {0};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            char id[16];
            (void)snprintf(id, sizeof id, "%d", i);
            assert_int_equal(sq_ids_add(&ids, sq_str_from(id)), round == 0);
        }
    assert_int_equal(ids.n, 5000);
    sq_ids_release(&ids);
}

/* ---- SeqEval itself, where its data is --------------------------------- */

static void test_seqeval(void **state)
{
    (void)state;
    const char *shared = getenv("SEQEVAL_SHARED");
    if (!shared)
        skip();
    char *data = sq_path_join(shared, "datasets");
    struct sq_suite_open how = {.home = ".", .data_dir = data};
    struct sq_suite *s = NULL;
    struct sq_err err = {0};
    size_t n = 0, texts = 0, steps = 0, unanswerable = 0, by_round[5] = {0};
    enum sq_status st = sq_suite_open(&s, SQ_STR("seqeval"), &how, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(st, SQ_OK);
    for (struct sq_sample *sample; (sample = next(s)); n++) {
        bool any = false;
        assert_int_equal(sample->facets[0].value.n, 1);
        by_round[(sample->facets[0].value.p[0] - '0') % 5]++;
        texts += sample->query.n > 0;
        steps += sample->nsteps;
        for (size_t i = 0; i < sample->nsteps; i++)
            any = any || sample->steps[i].answerable;
        unanswerable += sample->nsteps > 0 && !any;
        if (sample->query.n == 0)
            assert_true(is(sample->id, "547"));
        sq_sample_free(sample);
    }
    assert_int_equal(n, 805);
    assert_int_equal(texts, 804);
    assert_int_equal(steps, 3894);
    assert_int_equal(unanswerable, 5);
    assert_int_equal(by_round[1], 81);
    assert_int_equal(by_round[2], 161);
    assert_int_equal(by_round[3], 242);
    assert_int_equal(by_round[4], 321);
    sq_suite_close(s);
    free(data);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const made[] = {"benchmarks/mini/suite.json",
                                       "benchmarks/mini/steps.jsonl",
                                       "benchmarks/odd/suite.json",
                                       "data/mini/a.jsonl",
                                       "benchmarks/mini",
                                       "benchmarks/odd",
                                       "benchmarks",
                                       "data/mini",
                                       "data",
                                       "."};
    (void)state;
    for (size_t i = 0; i + 1 < sizeof made / sizeof made[0]; i++) {
        char *path = sq_path_join(folder, made[i]);
        (void)remove(path);
        free(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_data_digest),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_generated),
        cmocka_unit_test(test_bad_specs),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_no_generator_of_that_name),
        cmocka_unit_test(test_modified),
        cmocka_unit_test(test_missing_data),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_seqeval),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
