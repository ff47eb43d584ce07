/* What is put comes back: rows, views, queries of reports. */
#include <math.h>
#include "store_fixture.h"

/* ---- the documented contract ------------------------------------------- */

static void test_views_have_the_documented_columns(void **state)
{
    static const struct {
        const char *query, *columns;
    } views[] = {
#define VIEW(name, columns)                                                    \
    {"SELECT group_concat(name) FROM pragma_table_info('" name "')", columns}
        VIEW("runs", "run_id,created_at,finished_at,status,model,judge,"
                     "seqeval_version,settings_json,tags"),
        VIEW("leaderboard", "run_id,created_at,model,judge,suite,slice,metric,"
                            "value,stderr,lo,hi,n"),
        VIEW("sample_scores", "run_id,suite,sample_id,epoch,metric,value"),
        VIEW("step_scores", "run_id,suite,sample_id,epoch,step,grader,kind,"
                            "state,rule_pass,judge_pass,evidence,explanation,"
                            "correct,scope,own_start,own_end"),
        VIEW("usage", "run_id,role,requests,cached,retries,prompt_tokens,"
                      "completion_tokens,cost,cached_tokens,"
                      "reasoning_tokens"),
        VIEW("verdicts", "run_id,suite,sample_id,epoch,template,following,"
                         "quality_state,quality,explanation,"
                         "preference_state,preference"),
        VIEW("judge_verdicts", "run_id,suite,sample_id,epoch,judge,template,"
                               "question,step,state,value,evidence,"
                               "explanation"),
        VIEW("ranges", "run_id,suite,metric,lo,hi,missing"),
        VIEW("judge_audit", "run_id,judge,template,measure,value,lo,hi,n"),
        VIEW("judge_probes", "run_id,judge,template,kind,name,question,step,"
                             "expected,right"),
        VIEW("judge_usage", "run_id,judge,requests,cached,retries,"
                            "prompt_tokens,completion_tokens,cost,"
                            "cached_tokens,reasoning_tokens"),
        VIEW("samples", "run_id,suite,sample_id,epoch,state,error,retries,"
                        "cached,response_text,stop,server_model,prompt_tokens,"
                        "completion_tokens,latency_ms,query,job_id,"
                        "reasoning,finish_reason,system_fingerprint,"
                        "cached_tokens,reasoning_tokens,attack,ttft_ms"),
    };
    struct fixture *f = *state;

    sq_store_close(open_store(f->path, SQ_STORE_WRITE));
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
        sql_is(f->path, views[i].query, views[i].columns);
    sql_is(f->path, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'",
           "12");
}

static void test_states_have_their_names(void **state)
{
    struct fixture *f = *state;
    char want[64];

    sq_store_close(open_store(f->path, SQ_STORE_WRITE));
    for (int i = 0; i < SQ_STATE_COUNT; i++) {
        char query[64];

        snprintf(query, sizeof(query), "SELECT name FROM state WHERE id = %d",
                 i);
        sql_is(f->path, query, sq_state_name((enum sq_state)i));
    }
    snprintf(want, sizeof(want), "%d", SQ_STATE_COUNT);
    sql_is(f->path, "SELECT count(*) FROM state", want);
}

/* ---- suites and samples ------------------------------------------------ */

static void test_suites(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p"), other = begin_run(s, "q");
    struct sq_store_suite newer = seq;
    int64_t row = put_suite(s, &run, &seq);

    assert_int_equal(put_suite(s, &run, &seq), row);
    assert_int_equal(put_suite(s, &other, &seq), row);
    newer.data_digest = "d9";
    assert_int_not_equal(put_suite(s, &other, &newer), row);
    newer = seq;
    newer.modified = true;
    assert_int_not_equal(put_suite(s, &other, &newer), row);
    sql_is(f->path, "SELECT run, count(*) FROM run_suite GROUP BY run",
           "1|1\n2|3");
    sq_store_close(s);
}

static void test_samples(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t suite = put_suite(s, &run, &seq), row;
    struct sq_sample changed = {.id = SQ_STR("a"), .query = SQ_STR("other")};
    struct sq_err err = {0};

    put_sample(s, suite, "a", 0, "10");
    put_sample(s, suite, "b", 1, "2");
    sql_is(f->path, "SELECT suite, ordinal, sample_id, query FROM sample",
           "1|0|a|a query\n1|1|b|a query");
    sql_is(f->path, "SELECT * FROM step WHERE sample = 1",
           "1|0|2|5|list|1|-|{\"check\":\"a\"}\n{\"check\":\"b\"}\n"
           "1|1|2|5|sort|1|-|-\n1|2|2|5|film|0|[0,1]|-");
    sql_is(f->path, "SELECT * FROM sample_facet", "1|length|10\n2|length|2");
    refused(sq_store_sample_put(s, suite, &changed, &row, &err), SQ_INPUT, &err,
            "sample a stands there with another query");
    sq_store_close(s);
}

/* ---- responses and jobs ------------------------------------------------ */

static void test_responses(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    const struct sq_store_origin origin = {"k", "e", "u", "m", NULL};
    struct sq_response r = {.stop = SQ_STOP_LENGTH,
                            .text = (char[]){"a\0\xff"
                                             "b"},
                            .text_len = 4,
                            .server_model = (char[]){"m-1"},
                            .prompt_tokens = 0,
                            .completion_tokens = 12,
                            .latency_ms = 345,
                            .retries = 2,
                            .reasoning = (char[]){"so"},
                            .finish_reason = (char[]){"max_tokens"},
                            .fingerprint = (char[]){"fp"},
                            .raw =
                                (char[]){"{\"choices\": [\"[[[[[[[[[[[[\"]}"},
                            .raw_len = 29,
                            .cached_tokens = -1,
                            .reasoning_tokens = 4};
    struct sq_response got;
    struct sq_err err = {0};
    int64_t row, again;

    ok(sq_store_response_get(s, "k", &row, &got, &err), &err);
    assert_int_equal(row, 0);
    ok(sq_store_response_put(s, &origin, &r, &row, &err), &err);
    assert_int_not_equal(row, 0);
    ok(sq_store_response_get(s, "k", &again, &got, &err), &err);
    assert_int_equal(again, row);
    assert_int_equal(got.stop, SQ_STOP_LENGTH);
    assert_int_equal(got.text_len, 4);
    assert_memory_equal(got.text, r.text, 5);
    assert_string_equal(got.server_model, "m-1");
    assert_null(got.error);
    assert_int_equal(got.prompt_tokens, 0);
    assert_int_equal(got.completion_tokens, 12);
    assert_int_equal(got.latency_ms, 345);
    assert_int_equal(got.retries, 2);
    sq_response_release(&got);
    /* Another one under the same key: the first stays, and is what one has. */
    struct sq_response later = {.stop = SQ_STOP_STOP,
                                .text = sq_xstrdup("later"),
                                .text_len = 5,
                                .retries = 1};
    ok(sq_store_response_put(s, &origin, &later, &again, &err), &err);
    assert_int_equal(again, row);
    assert_memory_equal(later.text, r.text, 5);
    assert_int_equal(later.stop, SQ_STOP_LENGTH);
    assert_int_equal(later.retries, 1);
    sq_response_release(&later);
    assert_int_not_equal(put_response(s, "k2", ""), row);
    ok(sq_store_response_get(s, "k", &again, NULL, &err), &err);
    assert_int_equal(again, row);
    sql_is(f->path,
           "SELECT length(CAST(text AS BLOB)) FROM response"
           " WHERE key = 'k'",
           "4");
    sql_is(f->path,
           "SELECT reasoning || finish_reason || system_fingerprint ||"
           " ifnull(cached_tokens, '-') || reasoning_tokens || raw_bytes ||"
           " typeof(raw_z) || (length(raw_z) < raw_bytes)"
           " FROM response WHERE key = 'k'",
           "somax_tokensfp-429blob1");
    sql_is(f->path,
           "SELECT count(*) FROM response WHERE key = 'k2' AND reasoning IS"
           " NULL AND finish_reason IS NULL AND raw_z IS NULL",
           "1");
    ok(sq_store_response_get(s, "k2", &again, &got, &err), &err);
    assert_string_equal(got.text, "");
    assert_null(got.server_model);
    assert_int_equal(got.completion_tokens, -1);
    sq_response_release(&got);
    sq_store_close(s);
}

static void test_jobs(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t suite = put_suite(s, &run, &seq);
    int64_t a = put_sample(s, suite, "a", 0, "10");
    int64_t b = put_sample(s, suite, "b", 1, "2");
    int64_t r1 = put_response(s, "k1", "one"), r2 = put_response(s, "k2", "2");
    char want[256];

    put_job(s, &run, (struct sq_job){.sample = a, .state = SQ_STATE_NOT_RUN});
    put_job(s, &run,
            (struct sq_job){.sample = a,
                            .state = SQ_STATE_ERROR,
                            .error = "no route",
                            .cost = NAN,
                            .retries = 5});
    put_job(s, &run,
            (struct sq_job){
                .sample = a, .response = r1, .retries = 1, .cost = 0.5});
    /* Told twice, and found again by a resumed run: asked once. */
    put_job(s, &run,
            (struct sq_job){
                .sample = a, .response = r1, .retries = 1, .cost = 0.5});
    put_job(s, &run,
            (struct sq_job){.sample = a, .response = r1, .cached = true});
    put_job(s, &run,
            (struct sq_job){
                .sample = b, .response = r2, .cost = 0.25, .cached = true});
    put_job(
        s, &run,
        (struct sq_job){.sample = b, .epoch = 2, .state = SQ_STATE_NOT_RUN});
    put_job(s, &run,
            (struct sq_job){.sample = a,
                            .response = r2,
                            .cost = NAN,
                            .judge_template = "paper"});
    sql_is(f->path,
           "SELECT suite, sample_id, epoch, state, error, retries, cached,"
           " response_text, stop, prompt_tokens, completion_tokens, latency_ms,"
           " query, job_id FROM samples ORDER BY sample_id, epoch",
           "s:n=3|a|1|pass|-|6|0|one|stop|10|-|7|a query|job1\n"
           "s:n=3|b|1|pass|-|0|1|2|stop|10|-|7|a query|job2\n"
           "s:n=3|b|2|not_run|-|0|0|-|-|-|-|-|a query|job2");
    snprintf(want, sizeof(want),
             "%s|judge|1|0|0|10|-|-|3|-\n%s|model|8|1|6|10|-|0.5|3|-", run.id,
             run.id);
    sql_is(f->path, "SELECT * FROM usage ORDER BY role", want);
    snprintf(want, sizeof(want), "%s|j1|1|0|0|10|-|-|3|-", run.id);
    sql_is(f->path, "SELECT * FROM judge_usage", want);
    sql_is(f->path,
           "SELECT t.name, t.digest FROM job JOIN template t"
           " ON t.id = job.template WHERE job.judge <> ''",
           "paper|t1");
    sq_store_close(s);
}

/* A run that asked nothing spent nothing. */
static void test_usage_of_cached(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t a = put_sample(s, put_suite(s, &run, &seq), "a", 0, "1");

    put_job(s, &run,
            (struct sq_job){.sample = a,
                            .cached = true,
                            .response = put_response(s, "k", "t")});
    sql_is(f->path,
           "SELECT requests, cached, prompt_tokens, completion_tokens, cost"
           " FROM usage",
           "0|1|0|0|0.0");
    sq_store_close(s);
}

/* ---- scores and metrics ------------------------------------------------ */

static void test_scores(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t a = put_sample(s, put_suite(s, &run, &seq), "a", 0, "1");
    struct sq_err err = {0};
    bool scored;

    ok(sq_store_scored(s, &run, a, 1, &scored, &err), &err);
    assert_false(scored);
    put_scores_ok(s, &run, a, 1, "ffu", 0);
    put_scores_ok(s, &run, a, 1, "Pfu", 0.5);
    put_scores_ok(s, &run, a, 2, "n", 0.25);
    ok(sq_store_scored(s, &run, a, 1, &scored, &err), &err);
    assert_true(scored);
    ok(sq_store_scored(s, &run, a, 2, &scored, &err), &err);
    assert_false(scored);
    sql_is(f->path,
           "SELECT suite, sample_id, epoch, step, grader, kind, state,"
           " rule_pass, judge_pass, evidence, explanation, correct"
           " FROM step_scores ORDER BY epoch, step",
           "s:n=3|a|1|0||list|pass|1|-|-|why|1\n"
           "s:n=3|a|1|1||sort|fail|0|-|-|-|0\n"
           "s:n=3|a|1|2||film|unanswerable|-|-|-|-|-\n"
           "s:n=3|a|2|0||list|not_judged|-|-|-|why|-");
    sql_is(f->path,
           "SELECT epoch, metric, value FROM sample_scores"
           " ORDER BY epoch, metric",
           "1|other|0.5\n1|step_rate|0.5\n2|other|0.75\n2|step_rate|0.25");
    sql_is(f->path,
           "SELECT template, following, quality_state, quality,"
           " explanation FROM verdicts WHERE epoch = 1"
           " ORDER BY template",
           "paper|pass|pass|4.0|fine\nquality|not_judged|unparsable|-|-");
    sql_is(f->path,
           "SELECT judge, template, question, step, state, value, evidence,"
           " explanation FROM judge_verdicts WHERE epoch = 1 ORDER BY 1, 2, 3",
           "j1|paper|following|-|pass|-|-|fine\n"
           "j1|paper|quality|-|pass|4.0|-|fine\n"
           "j2|steps|step|1|fail|-|quote|no");
    /* A step that the sample has not: the old sheet stays whole. */
    assert_int_not_equal(put_scores(s, &run, a, 1, "pppp", 1, &err), SQ_OK);
    sql_is(f->path,
           "SELECT group_concat(state) FROM step_score"
           " WHERE epoch = 1",
           "0,1,7");
    sql_run(f->path, "DELETE FROM run");
    sql_is(f->path,
           "SELECT count(*) FROM (SELECT run FROM step_score UNION ALL"
           " SELECT run FROM sample_score UNION ALL SELECT run FROM"
           " verdict UNION ALL SELECT run FROM sheet UNION ALL"
           " SELECT run FROM run_suite)",
           "0");
    sq_store_close(s);
}

static void add_metric(void *ctx, const struct sq_metric_row *row)
{
    sq_buf_addf(ctx, "%s %s %s %g\n", row->suite, row->metric, row->slice,
                row->value);
}

static void test_metric_each(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p"), other = begin_run(s, "q");
    struct sq_store_suite second = {"t", "t", "", "", "", false};
    int64_t suite = put_suite(s, &run, &seq);
    int64_t elsewhere = put_suite(s, &run, &second);
    /* stored in another order than the suite's */
    int64_t b = put_sample(s, suite, "b", 1, "2");
    int64_t a = put_sample(s, suite, "a", 0, "1");
    int64_t c = put_sample(s, suite, "c", 2, "1");
    struct sq_err err = {0};
    struct sq_buf got;

    put_scores_ok(s, &run, a, 1, "p", 1);
    put_scores_ok(s, &run, a, 2, "f", 0.5);
    put_scores_ok(s, &run, b, 1, "f", 0);
    put_scores_ok(s, &run, c, 1, "f", 0.25);
    put_scores_ok(s, &other, a, 1, "f", 0.125);
    put_scores_ok(s, &run, put_sample(s, elsewhere, "a", 0, "1"), 1, "f", 0.6);
    sq_buf_init(&got, SQ_MAX_MESSAGE);
    ok(sq_store_metric_each(s, &run, suite, add_metric, &got, &err), &err);
    assert_string_equal(got.p, "s:n=3 other  0.25\n"
                               "s:n=3 other  1\n"
                               "s:n=3 other  0.75\n"
                               "s:n=3 other length=1 0.25\n"
                               "s:n=3 other length=1 0.75\n"
                               "s:n=3 other length=2 1\n"
                               "s:n=3 step_rate  0.75\n"
                               "s:n=3 step_rate  0\n"
                               "s:n=3 step_rate  0.25\n"
                               "s:n=3 step_rate length=1 0.75\n"
                               "s:n=3 step_rate length=1 0.25\n"
                               "s:n=3 step_rate length=2 0\n");
    sq_buf_release(&got);
    sq_store_close(s);
}

static void test_transactions(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    int64_t a = put_sample(s, put_suite(s, &run, &seq), "a", 0, "1");
    struct sq_err err = {0};

    ok(sq_store_begin(s, &err), &err);
    put_response(s, "k1", "one");
    put_scores_ok(s, &run, a, 1, "p", 1);
    sq_store_rollback(s);
    sql_is(f->path,
           "SELECT (SELECT count(*) FROM response),"
           " (SELECT count(*) FROM sheet)",
           "0|0");
    ok(sq_store_begin(s, &err), &err);
    put_scores_ok(s, &run, a, 1, "p", 1);
    assert_int_not_equal(put_scores(s, &run, a, 2, "pppp", 1, &err), SQ_OK);
    refused(sq_store_commit(s, &err), SQ_STORE, &err, "nothing of this");
    sq_store_rollback(s);
    sql_is(f->path, "SELECT count(*) FROM sheet", "0");
    ok(sq_store_begin(s, &err), &err);
    put_scores_ok(s, &run, a, 1, "p", 1);
    ok(sq_store_commit(s, &err), &err);
    sql_is(f->path, "SELECT count(*) FROM sheet", "1");
    sq_store_close(s);
}

#define T(test)                                                                \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_views_have_the_documented_columns),
        T(test_states_have_their_names),
        T(test_suites),
        T(test_samples),
        T(test_responses),
        T(test_jobs),
        T(test_usage_of_cached),
        T(test_scores),
        T(test_metric_each),
        T(test_transactions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
