#ifndef SQ_RUN_SESSION_H
#define SQ_RUN_SESSION_H
/*
 * What a run holds open: its suites, engines, judge templates and the store.
 * Life cycle: open (validates everything before anything is asked), use, close.
 */
#include "engine/http.h"
#include "engine/limiter.h"
#include "engine/local_model.h"
#include "judge/attack.h"
#include "judge/canary.h"
#include "judge/judge.h"
#include "run/run.h"
#include "sandbox/sandbox.h"

struct sq_ask;
struct sq_item;
struct sq_opponent; /* run/opponent.h */

/* A request that an engine answered, waiting to be stored. */
struct sq_arrival {
    struct sq_ask *ask;
    struct sq_response response;
    int64_t row; /* of a response that the store already had; 0 = new */
};

struct sq_session_judge {
    struct sq_engine *engine;
    const char *name; /* as it is shown; no other judge of the run has it */
};

struct sq_session {
    const struct sq_run_options *options;
    struct sq_suite **suites;
    int64_t *suite_rows;
    size_t nsuites;
    struct sq_judge_template **templates;
    size_t ntemplates;
    struct sq_http_shared http;   /* the one pump of model and judges */
    struct sq_local_shared local; /* the models loaded for them */
    struct sq_rate rates[SQ_ASKED_COUNT];
    struct sq_engine *model;
    struct sq_engine stored; /* the model, where responses are scored again */
    struct sq_session_judge judges[SQ_JUDGES_MAX];
    size_t njudges;
    struct sq_arena arena;
    struct sq_opponent *opponent;          /* NULL = no baseline is given */
    const struct sq_attack_rules *attacks; /* where a judge is asked */
    struct sq_canaries *canaries; /* NULL = the judges are not audited */
    struct sq_plan_sample *canary_samples; /* of each, in its order */
    struct sq_store *store;
    struct sq_run run;
    struct sq_plan plan;
    struct sq_run_result *result;
    struct sq_budget *budget; /* the result's */

    struct sq_sandbox *sandbox; /* NULL = no suite runs programs */
    struct sq_item **ready;     /* whose last program has ended */
    size_t nready;

    struct sq_arrival *arrivals;
    size_t narrivals, arrivals_cap;
    long long num_choices; /* most answers that a request wants, from 1 */
    struct sq_ask *parted; /* asks that must be sent alone (run/choices.h) */
};

/* Suites, templates, engines; no store yet: enough for a forecast. */
enum sq_status sq_session_open(struct sq_session *s,
                               const struct sq_run_options *options,
                               struct sq_run_result *result,
                               struct sq_err *err) SQ_CHECKED;
/* Opens the database and begins or resumes the run in it. */
enum sq_status sq_session_begin(struct sq_session *s,
                                struct sq_err *err) SQ_CHECKED;
void sq_session_close(struct sq_session *s);
/* Logs what a person should know of each engine at the end. */
void sq_session_summary(const struct sq_session *s);

/* Suites' own sampling, but for what the user set. */
struct sq_sampling sq_session_sampling(const struct sq_session *s, size_t suite,
                                       int epoch);

/* Takes an answer into the list of arrivals; *response is moved. */
void sq_session_arrive(struct sq_session *s, struct sq_ask *ask,
                       struct sq_response *response, int64_t row);
/* A try of the ask failed (struct sq_engine_config, failed); in item.c. */
bool sq_ask_failed(struct sq_ask *ask, bool paid, int64_t again_ms);

#endif
