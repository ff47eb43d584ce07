#ifndef SQ_RUN_RUN_H
#define SQ_RUN_RUN_H
/*
 * A run: every job of the plan through model, judge and scorer into the store,
 * in one loop that owns all waiting. A run that was cut off is gone on with by
 * calling it again with the same options.
 */
#include "engine/engine.h"
#include "run/budget.h"
#include "run/plan.h"
#include "store/store.h"

/* How an engine is reached; see struct sq_engine_config. */
struct sq_run_model {
    const char *spec;
    const char *base_url;       /* NULL = the engine's default */
    const char *key;            /* secret, NULL = none */
    const char *key_env;        /* the variable it came from */
    const char *replay_field;   /* NULL = the usual ones */
    const char *name;           /* of a recorded model; NULL = as it says */
    bool completions;           /* /completions instead of /chat/completions */
    const char *chat_template;  /* of a local model, NULL = its own */
    const char *const *headers; /* secret, NULL-terminated; NULL = none */
    struct sq_price price;      /* NAN = look it up in the price list */
    long long rpm, tpm; /* requests and tokens per minute, 0 = no limit */
};

/* What every request to the tested model has beside the query. */
struct sq_run_prompt {
    sq_str system; /* "" = no system message */
    const sq_str *stops;
    size_t nstops;
    long long top_logprobs; /* 0 = none */
    sq_str extra;           /* members for the body; see struct sq_request */
};

/* Most values of k in pass@k. */
#define SQ_PASS_K_MAX 16
struct sq_run_source; /* run/source.h */

struct sq_run_options {
    const struct sq_run_source *source; /* score its responses; NULL = ask */
    struct sq_run_model model, judges[SQ_JUDGES_MAX];
    size_t njudges;
    long long judge_reasks;    /* most further tries of an unreadable verdict */
    const char *const *suites; /* specs, "chain:n=20" */
    size_t nsuites;
    const char *const *templates; /* names; none = those of the suites */
    size_t ntemplates;
    const char *const *tags; /* given to the run; no part of its identity */
    size_t ntags;
    const char *db, *home, *data_dir;
    const char *replay_key, *cacert;
    const char *baseline; /* responses to compare with: a recording or a run;
                             NULL = none */
    const char *prices;   /* a price list, NULL = none */
    struct sq_budget_limits budget;
    struct sq_plan_limit limit;
    struct sq_plan_shard shard;  /* this part of the jobs */
    struct sq_sampling sampling; /* what is set overrides the suite's */
    struct sq_run_prompt prompt;
    long long epochs, concurrency, max_retries;
    long long num_choices; /* epochs of a sample asked for by one request */
    double timeout_s;
    bool stream; /* answers come in pieces */
    bool allow_modified, no_cache;
    const char *python;              /* what runs programs; NULL = python3 */
    bool unsafe_code;                /* without a sandbox */
    long long pass_k[SQ_PASS_K_MAX]; /* pass@k for these k; 0 ends them; none =
                                        1, 10, 100 */
    bool judge_audit;      /* of judges that are asked, not replayed */
    const char *ifeval;    /* "reference" or "fixed"; NULL = as suites say */
    long long num_fewshot; /* examples before a query; -1 = the suite's */
    struct sq_log *log;
};

struct sq_run_result {
    char id[SQ_RUN_ID_SIZE];
    bool resumed, interrupted;
    size_t jobs;               /* (sample, epoch) pairs of the plan */
    size_t skipped;            /* already scored before */
    size_t missing;            /* responses or verdicts that could not be had */
    struct sq_err first_error; /* why the first of them is missing */
    size_t audits;        /* of judges, one for each judge and template... */
    size_t audits_passed; /* ...those that they passed */
    size_t asked, cached; /* requests sent to engines; answered by the store */
    struct sq_budget budget; /* what was spent; over when it ended the run */
    size_t states[SQ_STATE_COUNT]; /* of the steps scored now */
};

/* SQ_OK also when something is missing (then result->missing > 0) or the user
 * interrupted it: all that was got is in the store. Another status means that
 * the run could not begin or had to stop; what was got is stored likewise. */
enum sq_status sq_run(const struct sq_run_options *options,
                      struct sq_run_result *result,
                      struct sq_err *err) SQ_CHECKED;

/* What one role would be asked, retries apart. */
struct sq_run_forecast_part {
    size_t requests;
    /* As sq_budget_most has it, and a guess at 4 bytes a token. A judge's
     * prompt holds the response: its max_tokens are counted, as the judge's
     * own. */
    long long prompt_most, prompt_about;
    long long completion_most; /* -1 = no limit is set */
    double cost_most;          /* USD; NAN = no price, or no limit */
};

/* What a run would do, without asking or storing anything. Parts of engines
 * that ask nobody have requests alone. */
struct sq_run_forecast {
    size_t samples, jobs, steps;
    struct sq_run_forecast_part parts[SQ_ASKED_COUNT];
    bool paid[SQ_ASKED_COUNT]; /* a server is asked */
};
enum sq_status sq_run_forecast(const struct sq_run_options *options,
                               struct sq_run_forecast *out,
                               struct sq_err *err) SQ_CHECKED;

#endif
