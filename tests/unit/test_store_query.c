/* What reports and people read: the queries of store_query.c and of the docs.
 */
#include "store_fixture.h"
#include <math.h>

/* ---- queries of reports ------------------------------------------------ */

static void add_row(void *ctx, const struct sq_store_row *row)
{
    for (int i = 0; i < row->ncols; i++) {
        sq_buf_adds(ctx, i ? "|" : "");
        sq_buf_add(ctx, row->cols[i].p ? row->cols[i] : SQ_STR("-"));
    }
    sq_buf_addc(ctx, '\n');
}

static void each_is(struct sq_store *s, enum sq_store_query query,
                    const char *run, const char *sample, const char *want)
{
    const sq_str params[] = {sq_str_from(run), sq_str_from(sample)};
    struct sq_err err = {0};
    struct sq_buf got;

    sq_buf_init(&got, SQ_MAX_RECORD);
    ok(sq_store_each(s, query, params, sample ? 2 : 1, add_row, &got, &err),
       &err);
    assert_string_equal(got.p, want);
    sq_buf_release(&got);
}

static struct sq_run put_results(struct sq_store *s, const char *id,
                                 const char *model, double value,
                                 const char *status)
{
    const struct sq_run_info info = {id, model, "j", "{}", "{}"};
    struct sq_err err = {0};
    struct sq_run run;
    int64_t suite;

    ok(sq_store_run_begin(s, &info, &run, &err), &err);
    suite = put_suite(s, &run, &seq);
    ok(sq_store_metric_put(s, &run, suite, "", "m", 9, 9, 9, 9, 9, &err), &err);
    ok(sq_store_metric_put(s, &run, suite, "", "m", value, NAN, 0, 1, 3, &err),
       &err);
    ok(sq_store_metric_put(s, &run, suite, "x=10", "m", 1, 0, 0, 1, 2, &err),
       &err);
    ok(sq_store_metric_put(s, &run, suite, "x=9", "m", 0, 0, 0, 1, 1, &err),
       &err);
    ok(sq_store_run_finish(s, &run, status, &err), &err);
    return run;
}

static void test_leaderboard(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);

    put_results(s, "p1", "A", 0.1, "complete");
    put_results(s, "p2", "A", 0.2, "complete");
    put_results(s, "p3", "A", 0.3, "incomplete");
    put_results(s, "p4", "B", 0.4, "complete");
    sql_run(f->path, "UPDATE run SET run_id = 'r' || id, created_at = 'now'");
    sql_is(f->path,
           "SELECT * FROM leaderboard WHERE run_id = 'r1'"
           " AND slice = ''",
           "r1|now|A|j|s:n=3||m|0.1|-|0.0|1.0|3");
    struct sq_run tagged = {.row = 4};
    struct sq_err err = {0};
    ok(sq_store_run_tag(s, &tagged, "b", &err), &err);
    ok(sq_store_run_tag(s, &tagged, "a", &err), &err);
    ok(sq_store_run_tag(s, &tagged, "b", &err), &err);
    sql_is(f->path, "SELECT group_concat(tags, '|') FROM runs", "|||a,b");
    each_is(s, SQ_QUERY_BOARD, "r3", NULL, "r3|now|A|j|-|{}|s:n=3|d1|d2|d3\n");
    each_is(s, SQ_QUERY_BOARD, NULL, NULL,
            "r1|now|A|j|-|{}|s:n=3|d1|d2|d3\n"
            "r2|now|A|j|-|{}|s:n=3|d1|d2|d3\n"
            "r4|now|B|j|a,b|{}|s:n=3|d1|d2|d3\n");
    each_is(s, SQ_QUERY_RUN_METRICS, "r3", NULL,
            "s:n=3||m|0.3|-|0.0|1.0|3\n"
            "s:n=3|x=9|m|0.0|0.0|0.0|1.0|1\n"
            "s:n=3|x=10|m|1.0|0.0|0.0|1.0|2\n");
    each_is(s, SQ_QUERY_RUN_METRICS, "r3", "s", "");
    each_is(s, SQ_QUERY_RUN_METRICS, "r4", "s:n=3",
            "s:n=3||m|0.4|-|0.0|1.0|3\n"
            "s:n=3|x=9|m|0.0|0.0|0.0|1.0|1\n"
            "s:n=3|x=10|m|1.0|0.0|0.0|1.0|2\n");
    sq_store_close(s);
}

static void test_show(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t suite = put_suite(s, &run, &seq);
    int64_t a = put_sample(s, suite, "a", 0, "10");
    int64_t b = put_sample(s, suite, "b", 1, "2");

    put_job(
        s, &run,
        (struct sq_job){.sample = a, .response = put_response(s, "k1", "one")});
    put_job(s, &run,
            (struct sq_job){.sample = a,
                            .judge_template = "paper",
                            .response = put_response(s, "k2", "y")});
    put_job(s, &run,
            (struct sq_job){
                .sample = b, .state = SQ_STATE_NOT_RUN, .error = "stopped"});
    put_scores_ok(s, &run, a, 1, "pf", 0.5);
    sql_run(f->path, "UPDATE run SET run_id = 'r', created_at = 'now'");
    each_is(s, SQ_QUERY_RUN, "r", NULL,
            "r|now|-|running|m1||" SQ_VERSION "|{\"n\":1}|{}\n");
    each_is(s, SQ_QUERY_RUN_SUITES, "r", NULL, "s:n=3|s|d1|d2|d3|0|2|1\n");
    each_is(s, SQ_QUERY_RUN_STATES, "r", NULL,
            "s:n=3|following|paper|pass|1\n"
            "s:n=3|following|quality|not_judged|1\n"
            "s:n=3|quality|paper|pass|1\n"
            "s:n=3|quality|quality|unparsable|1\n"
            "s:n=3|sample||pass|1\n"
            "s:n=3|sample||not_run|1\n"
            "s:n=3|step||pass|1\n"
            "s:n=3|step||fail|1\n");
    each_is(s, SQ_QUERY_RUN_SAMPLES, "r", NULL,
            "s:n=3|a|1|pass|-|0|0||2|1|1|0\n"
            "s:n=3|b|1|not_run|stopped|0|0|-|0|0|0|0\n");
    each_is(s, SQ_QUERY_SAMPLE, "r", "a",
            "s:n=3|a|1|pass|-|0|0|length=10|a query|one|stop|-|10|-|7|-\n");
    each_is(s, SQ_QUERY_SAMPLE_STEPS, "r", "a",
            "s:n=3|1|0|2|5|list|1|-|{\"check\":\"a\"}\n{\"check\":\"b\"}||pass"
            "|1|-|-|-|why|a|-|-\n"
            "s:n=3|1|1|2|5|sort|1|-|-||fail|0|-|0|-|-|a|-|-\n"
            "s:n=3|1|2|2|5|film|0|[0,1]|-|-|-|-|-|-|-|-|a|-|-\n");
    each_is(
        s, SQ_QUERY_SAMPLE_VERDICTS, "r", "a",
        "s:n=3|1|paper|t1|pass|-|pass|pass|4.0|fine|y|j1|a|not_judged|-|0\n");
    each_is(s, SQ_QUERY_SAMPLE, "r", "zz", "");
    sq_store_close(s);
}

/* ---- docs/store.md ----------------------------------------------------- */

/* Takes the text between two marks off *rest. */
static bool next_block(sq_str *rest, sq_str *block)
{
    size_t start = sq_str_find(*rest, SQ_STR("```sql\n"), 0), end;

    if (start == SIZE_MAX)
        return false;
    start += 7;
    end = sq_str_find(*rest, SQ_STR("```"), start);
    assert_true(end != SIZE_MAX);
    *block = sq_str_sub(*rest, start, end);
    *rest = sq_str_sub(*rest, end + 3, rest->n);
    return true;
}

/* The rows of a query of the docs, for run 'r' and the suite; yours. */
static char *run_block(const char *path, sq_str block)
{
    const sq_str run = SQ_STR(":run"), suite = SQ_STR(":suite");
    struct sq_buf text;
    char *out;

    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < block.n;) {
        sq_str here = sq_str_sub(block, i, block.n);

        if (sq_str_starts(here, run)) {
            sq_buf_adds(&text, "'r'");
            i += run.n;
        } else if (sq_str_starts(here, suite)) {
            sq_buf_adds(&text, "'s:n=3'");
            i += suite.n;
        } else {
            sq_buf_addc(&text, block.p[i++]);
        }
    }
    out = sql(path, text.p);
    sq_buf_release(&text);
    return out;
}

/* Every example runs, and those that compute a metric by hand compute it. */
static void test_queries_of_the_docs(void **state)
{
    static const char *const metrics[] = {
        "step_rate|0.75|3",         "full_rate|0.25|2",
        "prefix_rate|0.375|2",      "step_correct_rate|0.5|2",
        "following_rate|1.0|4",     "quality|4.0|4",
        "inst_level_strict_acc|-|0"};
    const size_t n = sizeof(metrics) / sizeof(metrics[0]);
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t suite = put_suite(s, &run, &seq);
    int64_t a = put_sample(s, suite, "a", 0, "1");
    struct sq_err err = {0};
    size_t size, found = 0;
    sq_str rest, block;
    char *text;

    put_scores_ok(s, &run, a, 1, "Pfu", 0);
    put_scores_ok(s, &run, a, 2, "ppu", 0);
    put_scores_ok(s, &run, put_sample(s, suite, "b", 1, "1"), 1, "pnu", 0);
    put_scores_ok(s, &run, put_sample(s, suite, "c", 2, "1"), 1, "nnu", 0);
    put_scores_ok(s, &run, put_sample(s, suite, "d", 3, "1"), 1, "fPu", 0);
    sq_store_close(s);
    sql_run(f->path, "UPDATE run SET run_id = 'r'");
    if (!sq_path_exists("docs/store.md"))
        skip(); /* not run from the top of the source tree */
    ok(sq_path_read("docs/store.md", SQ_MAX_CONFIG, &text, &size, &err), &err);
    rest = (sq_str){text, size};
    while (next_block(&rest, &block)) {
        char *got = run_block(f->path, block);

        if (sq_str_find(block, SQ_STR(":run"), 0) != SIZE_MAX) {
            assert_true(found < n);
            assert_string_equal(got, metrics[found]);
            found++;
        }
        free(got);
    }
    assert_int_equal(found, n);
    free(text);
}

#define T(test)                                                                \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_leaderboard),
        T(test_show),
        T(test_queries_of_the_docs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
