/* Good definitions, annotations and the samples that they yield. Tests run in
 * the root of the tree: tests/data/suites is a home with a suite of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/path.h"
#include "suite/ids.h"
#include "suite/steps.h"
#include "suite/suite.h"

#define HOME "tests/data/suites"

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
    assert_string_equal(names[0], "alpaca_eval");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),  cmocka_unit_test(test_samples),
        cmocka_unit_test(test_data_digest), cmocka_unit_test(test_names),
        cmocka_unit_test(test_labels),      cmocka_unit_test(test_generated),
        cmocka_unit_test(test_bad_specs),   cmocka_unit_test(test_paths),
        cmocka_unit_test(test_ids),         cmocka_unit_test(test_seqeval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
