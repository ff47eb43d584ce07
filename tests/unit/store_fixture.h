#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H
/* A folder for databases, and SQL of the tests' own over them. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/db.h"
#include "store/store.h"

struct fixture {
    char dir[64];
    char path[128]; /* of a database that is not there yet */
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = sq_xcalloc(1, sizeof(*f));

    snprintf(f->dir, sizeof(f->dir), "/tmp/sq-store-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/t.db", f->dir);
    *state = f;
    return 0;
}

/* rm -r. */
static inline void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;

    while (dir && (e = readdir(dir))) {
        char *inner = sq_path_join(path, e->d_name);

        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            remove_tree(inner);
        free(inner);
    }
    if (dir)
        closedir(dir);
    remove(path);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    remove_tree(f->dir);
    free(f);
    return 0;
}

static inline void ok(enum sq_status st, const struct sq_err *err)
{
    if (st != SQ_OK)
        fail_msg("%s: %s", sq_status_name(st), err->msg);
}

/* The call failed with this status and a message that has this in it. */
static inline void refused(enum sq_status st, enum sq_status want,
                           const struct sq_err *err, const char *text)
{
    if (st != want || !strstr(err->msg, text))
        fail_msg("want %s ...%s..., got %s %s", sq_status_name(want), text,
                 sq_status_name(st), err->msg);
}

static inline struct sq_store *open_store(const char *path,
                                          enum sq_store_mode mode)
{
    struct sq_err err = {0};
    struct sq_store *s;

    ok(sq_store_open(&s, path, mode, &err), &err);
    return s;
}

/* All of a query's values: columns joined by '|', rows by '\n', NULL as "-".
 * Yours. */
static inline char *sql(const char *path, const char *query)
{
    struct sq_err err = {0};
    struct sq_buf out;
    struct sq_stmt *q;
    struct sq_db *db;
    char *text;
    bool row;

    sq_buf_init(&out, SQ_MAX_REPORT);
    ok(sq_db_open(&db, path, SQ_DB_READ, &err), &err);
    q = sq_db_query(db, query);
    for (;;) {
        ok(sq_stmt_next(q, &row, &err), &err);
        if (!row)
            break;
        if (out.n)
            sq_buf_addc(&out, '\n');
        for (int i = 0; i < sq_stmt_ncols(q); i++) {
            sq_str v = sq_stmt_str(q, i);

            sq_buf_adds(&out, i ? "|" : "");
            sq_buf_add(&out, v.p ? v : SQ_STR("-"));
        }
    }
    sq_stmt_release(q);
    sq_db_close(db);
    text = sq_buf_take(&out);
    sq_buf_release(&out);
    return text;
}

static inline void sql_is(const char *path, const char *query, const char *want)
{
    char *got = sql(path, query);

    assert_string_equal(got, want);
    free(got);
}

/* Writes behind the store's back. */
static inline void sql_run(const char *path, const char *statements)
{
    struct sq_err err = {0};
    struct sq_db *db;

    ok(sq_db_open(&db, path, SQ_DB_WRITE, &err), &err);
    ok(sq_db_exec(db, statements, &err), &err);
    sq_db_close(db);
}

static inline struct sq_run begin_run(struct sq_store *s, const char *plan)
{
    const struct sq_run_info info = {plan, "m1", "", "{\"n\":1}", "{}"};
    struct sq_err err = {0};
    struct sq_run run;

    ok(sq_store_run_begin(s, &info, &run, &err), &err);
    return run;
}

/* ---- a small world ----------------------------------------------------- */

static const struct sq_store_suite seq = {"s:n=3", "s",  "d1",
                                          "d2",    "d3", false};

static inline struct sq_step make_step(const char *kind, bool answerable)
{
    struct sq_step p = {.start = 2, .end = 5, .answerable = answerable};

    p.kind = sq_str_from(kind);
    return p;
}

/* A sample of three steps (the last cannot be answered) and one facet. */
static inline int64_t put_sample(struct sq_store *s, int64_t suite,
                                 const char *id, size_t ordinal,
                                 const char *length)
{
    static const size_t depends[] = {0, 1};
    static const struct sq_rule rules[] = {{.text = {"{\"check\":\"a\"}", 13}},
                                           {.text = {"{\"check\":\"b\"}", 13}}};
    struct sq_step steps[3] = {make_step("list", true), make_step("sort", true),
                               make_step("film", false)};
    const struct sq_field facet = {SQ_STR("length"), sq_str_from(length)};
    struct sq_sample sample = {.ordinal = ordinal,
                               .id = sq_str_from(id),
                               .query = SQ_STR("a query"),
                               .facets = &facet,
                               .nfacets = 1,
                               .steps = steps,
                               .nsteps = 3};
    struct sq_err err = {0};
    int64_t row, again;

    steps[2].depends = depends;
    steps[2].ndepends = 2;
    steps[0].rules = rules;
    steps[0].nrules = 2;
    ok(sq_store_sample_put(s, suite, &sample, &row, &err), &err);
    ok(sq_store_sample_put(s, suite, &sample, &again, &err), &err);
    assert_int_equal(row, again);
    return row;
}

static inline int64_t put_suite(struct sq_store *s, const struct sq_run *run,
                                const struct sq_store_suite *suite)
{
    struct sq_err err = {0};
    int64_t row;

    ok(sq_store_suite_put(s, run, suite, &row, &err), &err);
    return row;
}

static inline int64_t put_response(struct sq_store *s, const char *key,
                                   const char *text)
{
    const struct sq_store_origin origin = {key, "openai", "http://h", "m1",
                                           "{\"messages\":[]}"};
    struct sq_response r = {.stop = SQ_STOP_STOP,
                            .text_len = strlen(text),
                            .prompt_tokens = 10,
                            .completion_tokens = -1,
                            .cached_tokens = 3,
                            .reasoning_tokens = -1,
                            .latency_ms = 7};
    struct sq_err err = {0};
    int64_t row;

    r.text = sq_xstrdup(text);
    ok(sq_store_response_put(s, &origin, &r, &row, &err), &err);
    sq_response_release(&r);
    return row;
}

static inline void put_job(struct sq_store *s, const struct sq_run *run,
                           struct sq_job job)
{
    struct sq_err err = {0};

    job.epoch = job.epoch ? job.epoch : 1;
    job.judge_template = job.judge_template ? job.judge_template : "";
    job.judge = job.judge_template[0] ? "j1" : "";
    job.template_digest = job.judge_template[0] ? "t1" : "";
    job.error = job.error ? job.error : "";
    snprintf(job.id, sizeof(job.id), "job%d", (int)job.sample);
    ok(sq_store_job_put(s, run, &job, &err), &err);
}

/* A sheet from states: 'p'ass, 'f'ail, 'n'ot judged, 'u'nanswerable; a capital
 * letter has an answer that is right. Metrics are those that it gives. */
static inline enum sq_status
put_scores(struct sq_store *s, const struct sq_run *run, int64_t sample,
           int epoch, const char *states, double rate, struct sq_err *err)
{
    const char *letters = "pfnu";
    const enum sq_state of[] = {SQ_STATE_PASS, SQ_STATE_FAIL,
                                SQ_STATE_NOT_JUDGED, SQ_STATE_UNANSWERABLE};
    struct sq_step_score steps[8] = {{0}};
    const struct sq_metric_value metrics[] = {{"step_rate", rate},
                                              {"other", 1 - rate}};
    const struct sq_store_verdict verdicts[] = {
        {.judge_template = "paper",
         .following = SQ_STATE_PASS,
         .quality = SQ_STATE_PASS,
         .value = 4,
         .explanation = SQ_STR("fine")},
        {.judge_template = "quality",
         .following = SQ_STATE_NOT_JUDGED,
         .quality = SQ_STATE_UNPARSABLE,
         .value = 3,
         .explanation = SQ_STR("")}};
    const struct sq_judge_finding findings[] = {
        {"j1", "paper", "following", 0, SQ_STATE_PASS, NAN, SQ_STR(""),
         SQ_STR("fine")},
        {"j1", "paper", "quality", 0, SQ_STATE_PASS, 4, SQ_STR(""),
         SQ_STR("fine")},
        {"j2", "steps", "step", 1, SQ_STATE_FAIL, NAN, SQ_STR("quote"),
         SQ_STR("no")}};
    struct sq_score_sheet sheet = {.steps = steps,
                                   .nsteps = strlen(states),
                                   .metrics = metrics,
                                   .nmetrics = 2,
                                   .verdicts = verdicts,
                                   .nverdicts = 2,
                                   .findings = findings,
                                   .nfindings = 3,
                                   .final = epoch == 1};

    for (size_t i = 0; i < sheet.nsteps; i++) {
        bool right = states[i] == 'P';

        steps[i].step = i;
        steps[i].grader = "";
        steps[i].state = of[strchr(letters, states[i] | 32) - letters];
        steps[i].rule_pass = steps[i].state == SQ_STATE_PASS   ? 1
                             : steps[i].state == SQ_STATE_FAIL ? 0
                                                               : -1;
        steps[i].judge_pass = -1;
        steps[i].correct = right ? 1 : states[i] == 'f' ? 0 : -1;
        steps[i].explanation = i ? SQ_STR("") : SQ_STR("why");
    }
    return sq_store_scores_put(s, run, sample, epoch, &sheet, err);
}

static inline void put_scores_ok(struct sq_store *s, const struct sq_run *run,
                                 int64_t sample, int epoch, const char *states,
                                 double rate)
{
    struct sq_err err = {0};

    ok(put_scores(s, run, sample, epoch, states, rate, &err), &err);
}

#endif
