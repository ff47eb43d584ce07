/* Mistakes in a suite, each with the message that names it, and data that is
 * not the definition's. */
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

static char folder[] = "/tmp/seqeval-suite-XXXXXX";

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
    {SUITE, "{\"lang\":\"language\"}", "{\"clustered\":\"language\"}",
     "facets: 'clustered': want"},
    {SUITE, "{\"lang\":\"language\"}",
     "{\"f\":{\"of\":\"language\",\"groups\":{\"A\":[\"fr\"]}}}",
     "sample: facets: f: source: missing"},
    {SUITE, "{\"lang\":\"language\"}",
     "{\"f\":{\"of\":\"language\",\"source\":\"S\",\"groups\":[]}}",
     "sample: facets: f: groups: expected an object"},
    {SUITE, "{\"lang\":\"language\"}",
     "{\"f\":{\"of\":\"language\",\"source\":\"S\",\"groups\":{\"A\":\"fr\"}}}",
     "facets: f: groups: A: want an array of values"},
    {SUITE, "{\"lang\":\"language\"}",
     "{\"f\":{\"of\":\"language\",\"source\":\"S\","
     "\"groups\":{\"A\":[\"fr\"],\"B\":[\"sw\",\"fr\"]}}}",
     "facets: f: groups: B: want texts, each in one group"},
    {SUITE, "\"facets\":{", "\"cluster\":\"{key\",\"facets\":{", "sample: "},
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
    char *after = sq_buf_take(&b);
    sq_buf_release(&b);
    return after;
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
    return (struct sq_suite_open){
        .home = folder, .data_dir = *data, .allow_modified = allow_modified};
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

static void test_no_data_folder(void **state)
{
    (void)state;
    struct sq_suite_open how = {.home = folder};
    struct sq_suite *s = NULL;
    struct sq_err err = {0};
    make_mini(&none);
    assert_int_equal(sq_suite_open(&s, SQ_STR("mini"), &how, &err), SQ_USAGE);
    assert_non_null(strstr(err.msg, "SEQEVAL_DATA"));
    assert_null(s);
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
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_no_generator_of_that_name),
        cmocka_unit_test(test_modified),
        cmocka_unit_test(test_missing_data),
        cmocka_unit_test(test_no_data_folder),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
