#ifndef SQ_STORE_STORE_H
#define SQ_STORE_STORE_H
/*
 * The database: one SQLite file (WAL) that holds runs, responses, verdicts,
 * scores and metrics. The only SQL of the program. docs/store.md describes the
 * tables, the stable views and example queries.
 *
 * A response is committed before anything else is done with it. Keys and
 * headers never come here. Several processes may write one database at once;
 * each waits for the other (busy timeout). A run belongs to one process at a
 * time: a byte of DB-lock is locked by it (fcntl), which the system undoes even
 * after kill -9.
 */
#include "base/digest.h"
#include "seqeval.h"

struct sq_store;

enum sq_store_mode { SQ_STORE_READ, SQ_STORE_WRITE };

/* WRITE makes the file and its folder and migrates an older schema. A file that
 * is no database, one written by a newer seqeval, a missing (READ) or read-only
 * (WRITE) one is SQ_INPUT; a full disk is SQ_STORE, here and in every put. */
enum sq_status sq_store_open(struct sq_store **out, const char *path,
                             enum sq_store_mode mode,
                             struct sq_err *err) SQ_CHECKED;
void sq_store_close(struct sq_store *s);
/* Most of what will be written is: another thread brings the file up to date,
 * which sq_store_close then has less of to do. */
void sq_store_settle(struct sq_store *s);

/* Several puts as one: cheaper, and all or nothing. */
enum sq_status sq_store_begin(struct sq_store *s,
                              struct sq_err *err) SQ_CHECKED;
enum sq_status sq_store_commit(struct sq_store *s,
                               struct sq_err *err) SQ_CHECKED;
/* After a commit that failed there is nothing left to undo: then a no-op. */
void sq_store_rollback(struct sq_store *s);

/* ---- runs -------------------------------------------------------------- */

struct sq_run_info {
    const char *plan_key;      /* digest of all that makes two runs the same */
    const char *model, *judge; /* as shown; judge "" = none */
    const char *settings_json;
    const char *provenance_json; /* digests, host, engine metadata */
};

#define SQ_RUN_ID_SIZE 32
struct sq_run {
    int64_t row;
    char id[SQ_RUN_ID_SIZE]; /* "20260131-235959-3fa9c1" */
    bool resumed;
};

/* Goes on with the newest unfinished run of the same plan_key that no living
 * process owns; else begins a new one. */
enum sq_status sq_store_run_begin(struct sq_store *s,
                                  const struct sq_run_info *info,
                                  struct sq_run *out,
                                  struct sq_err *err) SQ_CHECKED;
/* Gives the run a tag, unless it has it. */
enum sq_status sq_store_run_tag(struct sq_store *s, const struct sq_run *run,
                                const char *tag, struct sq_err *err) SQ_CHECKED;
/* status: "complete", "incomplete" (responses or verdicts missing) or
 * "interrupted". Unlocks the run. */
enum sq_status sq_store_run_finish(struct sq_store *s, const struct sq_run *run,
                                   const char *status,
                                   struct sq_err *err) SQ_CHECKED;
/* ref: an id, a unique prefix of one, "latest", "latest:MODEL". Nothing or
 * several that fit is SQ_NOT_FOUND, and names the candidates. */
enum sq_status sq_store_run_find(struct sq_store *s, sq_str ref,
                                 struct sq_run *out,
                                 struct sq_err *err) SQ_CHECKED;

/* ---- suites and samples ------------------------------------------------ */

struct sq_store_suite {
    const char *label; /* "chain:n=200,seed=7" */
    const char *name;
    const char *definition_digest, *data_digest, *steps_digest;
    bool modified;
};

/* Finds or makes the suite (identity: all the fields above) and ties it to the
 * run; *suite gets its row. */
enum sq_status sq_store_suite_put(struct sq_store *s, const struct sq_run *run,
                                  const struct sq_store_suite *suite,
                                  int64_t *row, struct sq_err *err) SQ_CHECKED;
/* Finds or makes the sample with its steps; *row gets its row. */
enum sq_status sq_store_sample_put(struct sq_store *s, int64_t suite,
                                   const struct sq_sample *sample, int64_t *row,
                                   struct sq_err *err) SQ_CHECKED;

/* ---- responses --------------------------------------------------------- */

/* Looks a response up by its key; *row is 0 when there is none. out (may be
 * NULL) is filled and yours; what is kept only for audit (reasoning,
 * finish_reason, fingerprint, raw and the two counts that are parts of others)
 * is left out. */
enum sq_status sq_store_response_get(struct sq_store *s, const char *key,
                                     int64_t *row, struct sq_response *out,
                                     struct sq_err *err) SQ_CHECKED;
struct sq_store_origin {
    const char *key, *engine, *endpoint, *model;
    const char *request_json; /* messages and sampling, for audit */
};
/* Keeps a response (never one with stop ERROR). When one is kept under the same
 * key already (another process, or the same question in flight twice), that one
 * stays, its row is given and *response becomes it, so that what is scored is
 * what is stored. */
enum sq_status sq_store_response_put(struct sq_store *s,
                                     const struct sq_store_origin *origin,
                                     struct sq_response *response, int64_t *row,
                                     struct sq_err *err) SQ_CHECKED;

/* What became of one request of a run: the model's or a judge's. */
struct sq_job {
    int64_t sample;              /* row */
    int epoch;                   /* 1-based */
    const char *judge;           /* its name; "" = the model was asked */
    const char *judge_template;  /* "" = the model was asked */
    const char *template_digest; /* "" = the model was asked */
    const char *probe;   /* what of an audit it is, "canary:birds/half": then it
                            is kept apart; NULL = it is no part of one */
    int attempt;         /* of a judge whose reply could not be read; from 0 */
    int64_t response;    /* row, 0 = none */
    enum sq_state state; /* PASS answered, ERROR, NOT_RUN, TRUNCATED, REFUSED */
    const char *error;   /* why there is no response; "" */
    int retries;
    double cost; /* USD, NAN = not known */
    bool cached; /* the response was there before this run asked */
    bool shared; /* another job's request had this answer, too */
    char id[17]; /* the plan's stable id of (sample, epoch) */
};
/* Replaces what stood there for (run, sample, epoch, judge, template, attempt),
 * but adds up the
 * requests, retries and cost it took; a row that has the same response already
 * stays as it is, so that a resumed run does not call its own answers cached.
 */
enum sq_status sq_store_job_put(struct sq_store *s, const struct sq_run *run,
                                const struct sq_job *job,
                                struct sq_err *err) SQ_CHECKED;

/* What became of one (sample, epoch) of an earlier run, by names, as its suite
 * may be another version. */
struct sq_source_job {
    bool there;          /* it was in the run's plan */
    enum sq_state state; /* of the request */
    int64_t row;         /* of the response, 0 = none */
    struct sq_response response;
    char *error, *query; /* query: what was asked */
};
/* Release with sq_source_job_release. */
enum sq_status sq_store_source_get(struct sq_store *s, const char *run_id,
                                   const char *suite, sq_str sample, int epoch,
                                   struct sq_source_job *out,
                                   struct sq_err *err) SQ_CHECKED;
void sq_source_job_release(struct sq_source_job *j);

/* ---- scores ------------------------------------------------------------ */

struct sq_step_score {
    size_t step;        /* 0-based */
    const char *grader; /* "" = the only way of grading */
    enum sq_state state;
    int rule_pass;  /* constraint rules: 1 hold, 0 broken, -1 none decide */
    int judge_pass; /* 1 done, 0 not, -1 no verdict */
    int correct;    /* answer rules: 1 done and right, 0 not, -1 unknown */
    sq_str evidence, explanation;
    bool own; /* the rules read bytes [own_start, own_end) of the response, the
                 part that answers the step; false: all of it */
    size_t own_start, own_end;
    size_t at, len; /* the evidence's place in the response, len 0 = none; not
                       stored */
    const char *metric; /* not stored: the value is also one of this name */
    double value;
};

struct sq_metric_value {
    const char *metric; /* "step_rate" */
    double value;
};

/* One finding of one judge: on a step, or on the whole response. */
struct sq_judge_finding {
    const char *judge, *judge_template;
    const char *question; /* "following", "quality", "step" */
    size_t step;          /* 0-based; 0 where the question is of no step */
    enum sq_state state;  /* quality: PASS = value holds */
    double value;         /* of quality; NAN = none */
    sq_str evidence, explanation;
};

/* The judges' verdict on a whole response. */
struct sq_store_verdict {
    const char *judge_template;
    enum sq_state following, quality; /* PASS/FAIL; PASS; UNPARSABLE, ERROR,
                                         NOT_JUDGED where it does not ask */
    double value;                     /* quality, when quality is PASS */
    bool compares;                    /* the next two hold */
    enum sq_state preference;
    double share; /* preference, when it is PASS */
    sq_str explanation;
};

/* Everything that scoring one (sample, epoch) gave; replaces what stood there
 * and marks it scored. */
struct sq_score_sheet {
    const struct sq_step_score *steps;
    size_t nsteps;
    const struct sq_metric_value *metrics;
    size_t nmetrics;
    const struct sq_store_verdict *verdicts;
    size_t nverdicts;
    const struct sq_judge_finding *findings; /* judge by judge */
    size_t nfindings;
    sq_str attack; /* how the response talks to the judge; "" = it does not */
    bool final;    /* false: something is missing (error, not_run): ask again on
                      resume */
};
enum sq_status sq_store_scores_put(struct sq_store *s, const struct sq_run *run,
                                   int64_t sample, int epoch,
                                   const struct sq_score_sheet *sheet,
                                   struct sq_err *err) SQ_CHECKED;
/* True when (sample, epoch) was scored with final set: resuming skips it. */
enum sq_status sq_store_scored(struct sq_store *s, const struct sq_run *run,
                               int64_t sample, int epoch, bool *scored,
                               struct sq_err *err) SQ_CHECKED;

/* ---- audits of judges -------------------------------------------------- */

/* One question to a judge whose answer tells something about the judge. */
struct sq_probe {
    const char *judge, *judge_template;
    const char *kind; /* "canary", "repeat" */
    const char *name; /* "birds/half" */
    const char *question;
    size_t step;
    int expected; /* canary: 1 the right answer is yes, 0 no; repeat: -1 */
    bool right;   /* repeat: the same answer twice */
};
/* Replaces what stood there. */
enum sq_status sq_store_probes_put(struct sq_store *s, const struct sq_run *run,
                                   const struct sq_probe *probes, size_t n,
                                   struct sq_err *err) SQ_CHECKED;

/* A row of the view judge_audit; NaN = none. */
struct sq_audit {
    const char *judge, *judge_template, *measure;
    double value, lo, hi;
    size_t n;
};
/* Replaces the row (run, judge, template, measure). */
enum sq_status sq_store_audit_put(struct sq_store *s, const struct sq_run *run,
                                  const struct sq_audit *a,
                                  struct sq_err *err) SQ_CHECKED;

/* ---- metrics ----------------------------------------------------------- */

/* One value of a metric for one sample (mean over its epochs). Slices are ''
 * (all), each of the samples' facets, and all again as "clustered=NAME" for
 * each clustering that has a name. Ordered by metric, then slice, then sample.
 */
struct sq_metric_row {
    const char *suite, *metric, *slice;
    double value;
    size_t steps;           /* of the sample, the answerable ones */
    long long epochs, ones; /* values that the mean is of; those that are 1 */
    size_t cluster;         /* the slice's samples that have the same are not
                               independent of each other */
};
enum sq_status sq_store_metric_each(struct sq_store *s,
                                    const struct sq_run *run, int64_t suite,
                                    void (*fn)(void *ctx,
                                               const struct sq_metric_row *row),
                                    void *ctx, struct sq_err *err) SQ_CHECKED;
/* A step of a (sample, epoch) by the usual grader. In the order of samples,
 * epochs and steps, so that a chain's rows come one after another. */
struct sq_chain_row {
    size_t sample, epoch, step; /* sample: its place in the suite's data */
    bool answerable;
    sq_str kind, depends; /* depends: "[0,1]", may be empty */
    enum sq_state state;
};
typedef void sq_chain_fn(void *ctx, const struct sq_chain_row *row);
enum sq_status sq_store_chain_each(struct sq_store *s, const struct sq_run *run,
                                   int64_t suite, sq_chain_fn *fn, void *ctx,
                                   struct sq_err *err) SQ_CHECKED;
/* Replaces the leaderboard's row (run, suite, slice, metric). */
enum sq_status sq_store_metric_put(struct sq_store *s, const struct sq_run *run,
                                   int64_t suite, const char *slice,
                                   const char *metric, double value,
                                   double stderr_, double lo, double hi,
                                   size_t n, struct sq_err *err) SQ_CHECKED;

/* Makes the view `ranges` of the run anew from its scores. */
enum sq_status sq_store_ranges_put(struct sq_store *s, const struct sq_run *run,
                                   struct sq_err *err) SQ_CHECKED;

/* ---- reading for reports ----------------------------------------------- */

/* The queries that reports are made of: parameters -> columns. A run is given
 * by its id; booleans are 0 and 1; a suite is given by its label. */
enum sq_store_query {
    /* run: "" = all complete ones -> run_id, created_at, model, judge, tags
     * ("a,b"), settings_json, suite, definition_digest, data_digest,
     * steps_digest; one row per suite of a run, the oldest run first */
    SQ_QUERY_BOARD,
    /* run -> run_id, created_at, finished_at, status, model, judge,
     * seqeval_version, settings_json, provenance_json */
    SQ_QUERY_RUN,
    /* run -> suite, name, definition_digest, data_digest, steps_digest,
     * modified, samples, epochs */
    SQ_QUERY_RUN_SUITES,
    /* run -> suite, unit, grader, state, n: how many of each unit ended in each
     * state. Units: "sample" (one per sample and epoch), "step" (by grader),
     * "following", "quality" and "preference" (verdicts, grader = template; the
     * last only where the template compares). */
    SQ_QUERY_RUN_STATES,
    /* run, suite (NULL = all), slice (NULL = all) -> suite, slice, metric,
     * value, stderr, lo, hi, n */
    SQ_QUERY_RUN_METRICS,
    /* run -> suite, metric, sample_id, value: each sample's mean over its
     * epochs, in no order */
    SQ_QUERY_RUN_VALUES,
    /* run -> a row when its programs ran without a sandbox: 1 */
    SQ_QUERY_RUN_UNSAFE,
    /* run -> n: the responses that talk to the judge */
    SQ_QUERY_RUN_ATTACKS,
    /* run -> judge, template, kind, expected, n, right: probes, counted */
    SQ_QUERY_RUN_PROBES,
    /* run -> judge, template, n, agreeing: steps that both rules and the judge
     * decide */
    SQ_QUERY_RUN_RULE_JUDGE,
    /* run -> template, question, unit, judge, state, value: every finding of
     * every judge, those on one unit side by side */
    SQ_QUERY_RUN_FINDINGS,
    /* run -> suite, sample_id, epoch, judge, template, question, step, state,
     * value: what each judge found, the judge "rules" (of "step"),
     * and the judge "" for what counts (of "step", "correct", "following",
     * "quality") */
    SQ_QUERY_RUN_ANSWERS,
    /* run -> suite, metric, lo, hi, missing: where something is missing */
    SQ_QUERY_RUN_RANGES,
    /* run -> judge, template, measure, value, lo, hi, n: the audit */
    SQ_QUERY_RUN_AUDIT,
    /* run -> suite, sample_id, epoch, state, error, cached, retries, grader,
     * steps, pass, fail, unanswerable; one row per grader, one in all (NULL)
     * where no step was scored. In the order of the suite's data. */
    SQ_QUERY_RUN_SAMPLES,
    /* run -> role, requests, cached, retries, prompt_tokens, cached_tokens,
     * completion_tokens, reasoning_tokens, cost; the model first */
    SQ_QUERY_RUN_USAGE,
    /* run -> role, latency_ms of each response that was not a recording, the
     * model's first, ascending */
    SQ_QUERY_RUN_LATENCIES,
    /* The next three: of all samples where none is given; in the order of the
     * suite's data.
     * run, sample -> suite, sample_id, epoch, state, error, cached, retries,
     * facets ("a=1,b=2"), query, response_text, stop, server_model,
     * prompt_tokens, completion_tokens, latency_ms, attack (NULL = none) */
    SQ_QUERY_SAMPLE,
    /* run, sample -> suite, epoch, step, start_byte, end_byte, kind,
     * answerable, depends ("[0,1]"), rules (one a line), grader, state,
     * rule_pass, judge_pass, correct, evidence, explanation, sample_id,
     * own_start, own_end (bytes, NULL: all of the response); from grader on
     * NULL for a step without a score */
    SQ_QUERY_SAMPLE_STEPS,
    /* run, sample -> suite, epoch, template, template_digest, state (of the
     * judge's last request), error, following, quality_state, quality,
     * explanation, reply, judge, sample_id, preference_state, preference,
     * ordinal. With several judges a row for all of them together follows, its
     * judge "". */
    SQ_QUERY_SAMPLE_VERDICTS,
    SQ_QUERY_COUNT
};

/* One row of a query, as slices (p NULL for SQL NULL), borrowed for the call.
 * Parameters are text; one left out is NULL. */
struct sq_store_row {
    const sq_str *cols;
    int ncols;
};
/* fn must not write to the store. */
enum sq_status sq_store_each(struct sq_store *s, enum sq_store_query query,
                             const sq_str *params, int nparams,
                             void (*fn)(void *ctx,
                                        const struct sq_store_row *row),
                             void *ctx, struct sq_err *err) SQ_CHECKED;

#endif
