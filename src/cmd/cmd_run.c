/* `seqeval run`: options to a run, a run to the leaderboard's rows of it. */
#include "cmd/cmd.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/stop.h"
#include "cmd/common.h"
#include "cmd/places.h"
#include "cmd/run_prompt.h"
#include "report/leaderboard.h"
#include "run/run.h"

struct run_args {
    struct sq_run_options run;
    struct sq_opt_list suites, templates;
    struct sq_run_prompt_args prompt;
    const char *limit, *key_env, *judge_key_env, *format, *out, *config;
    bool quiet, dry_run;
    int verbose;
    struct sq_log log;
    /* what the options point into */
    char *home, *data;
    const char **suite_list, **template_list;
};

static void defaults(struct run_args *a)
{
    *a = (struct run_args){.key_env = "OPENAI_API_KEY", .format = "table"};
    a->run = (struct sq_run_options){
        .db = SQ_DEFAULT_DB,
        .sampling = {NAN, NAN, -1, -1},
        .epochs = 1,
        .concurrency = 16,
        .max_retries = 6,
        .timeout_s = 600,
        .model.price = {NAN, NAN},
        .judge.price = {NAN, NAN},
        .budget = {-1, -1, NAN, NAN},
    };
}

static const struct sq_opt_usage usage = {
    "run", "", "Ask a model a suite's queries, score every step, keep it all.",
    "SPEC is NAME or openai:NAME (an OpenAI-compatible API, reached at\n"
    "--base-url, else OPENAI_BASE_URL, else OpenAI's own address) or\n"
    "replay:FILE (recorded outputs; see seqeval(1)). --judge none, the "
    "default,\n"
    "leaves the rule checks alone.\n"
    "\n"
    "Everything that came back is in the database before anything else "
    "happens\n"
    "to it. Run the same command again and it goes on where it stopped; what "
    "was\n"
    "answered is never asked twice.\n"
    "\n"
    "A budget (--max-requests, --max-tokens-total, --max-cost, --max-wall) "
    "covers\n"
    "model and judge, and this one call: run again, it may be spent anew. It "
    "holds\n"
    "at any concurrency: a request counts with the most that it can take until "
    "its\n"
    "answer tells. Recordings are free. Where it ends a run, what is left is\n"
    "not_run.\n"
    "\n"
    "Exit status: 0 done; 2 wrong usage or input; 4 responses or verdicts are\n"
    "missing (run again to ask for these alone); 5 a fault of seqeval; 130\n"
    "interrupted, everything saved.\n"};

/* Room for all the rows below; the last row stays zero. */
#define NOPTS 64

static size_t model_rows(struct run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"model", 'm', SQ_OPT_STR, &r->model.spec, "SPEC",
         "the model to test: NAME, openai:NAME or replay:FILE", 0, 0},
        {"suite", 's', SQ_OPT_LIST, &a->suites, "NAME[:K=V,..]",
         "suite to run (several times, or names with commas; default seqeval)",
         0, 0},
        {"judge", 0, SQ_OPT_STR, &r->judge.spec, "SPEC",
         "the model that judges, or none (default none)", 0, 0},
        {"judge-template", 0, SQ_OPT_LIST, &a->templates, "NAME",
         "what is judged: following, quality, steps, paper (default: the "
         "suite's own)",
         0, 0},
        {"base-url", 0, SQ_OPT_STR, &r->model.base_url, "URL",
         "address of the model's API, as http://localhost:8000/v1", 0, 0},
        {"judge-base-url", 0, SQ_OPT_STR, &r->judge.base_url, "URL",
         "address of the judge's API (default: OPENAI_BASE_URL)", 0, 0},
        {"api-key-env", 0, SQ_OPT_STR, &a->key_env, "NAME",
         "environment variable with the key (default OPENAI_API_KEY)", 0, 0},
        {"judge-api-key-env", 0, SQ_OPT_STR, &a->judge_key_env, "NAME",
         "the same for the judge (default: the model's)", 0, 0},
        {"cacert", 0, SQ_OPT_STR, &r->cacert, "FILE",
         "trust the CA certificates in this PEM file", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

static size_t asking_rows(struct run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"limit", 'n', SQ_OPT_STR, &a->limit, "N|A-B",
         "only the first N samples of each suite, or samples A to B", 0, 0},
        {"epochs", 0, SQ_OPT_INT, &r->epochs, "N",
         "ask each query N times (default 1)", 1, 100000},
        {"temperature", 0, SQ_OPT_NUM, &r->sampling.temperature, "T",
         "sampling temperature (default: the suite's)", 0, 100},
        {"top-p", 0, SQ_OPT_NUM, &r->sampling.top_p, "P",
         "nucleus sampling (default: the suite's)", 0, 1},
        {"max-tokens", 0, SQ_OPT_INT, &r->sampling.max_tokens, "N",
         "most tokens of a response (default: the suite's)", 1, 1e9},
        {"seed", 0, SQ_OPT_INT, &r->sampling.seed, "N",
         "seed sent to the model; each epoch adds one", 0, 9e15},
        {"concurrency", 'j', SQ_OPT_INT, &r->concurrency, "N",
         "most requests in flight to each of model and judge (default 16)", 1,
         100000},
        {"max-retries", 0, SQ_OPT_INT, &r->max_retries, "N",
         "most further tries of a request that failed (default 6)", 0, 1000},
        {"timeout", 0, SQ_OPT_NUM, &r->timeout_s, "SECONDS",
         "most time for one try (default 600)", 0.001, 1e6},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

static size_t budget_rows(struct run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"max-requests", 0, SQ_OPT_INT, &r->budget.requests, "N",
         "send at most N requests, retries and judge included", 0, 9e15},
        {"max-tokens-total", 0, SQ_OPT_INT, &r->budget.tokens, "N",
         "spend at most N tokens, of prompts and responses", 0, 9e15},
        {"max-cost", 0, SQ_OPT_NUM, &r->budget.cost, "USD",
         "spend at most this much money; needs prices", 0, 1e9},
        {"max-wall", 0, SQ_OPT_NUM, &r->budget.wall_s, "SECONDS",
         "send nothing after this time", 0, 1e9},
        {"prices", 0, SQ_OPT_STR, &r->prices, "FILE",
         "price list, {\"MODEL\": {\"input\": USD, \"output\": USD}}, per "
         "million tokens",
         0, 0},
        {"price-in", 0, SQ_OPT_NUM, &r->model.price.input, "USD",
         "price of a million prompt tokens of the model", 0, 1e9},
        {"price-out", 0, SQ_OPT_NUM, &r->model.price.output, "USD",
         "price of a million tokens of its responses", 0, 1e9},
        {"judge-price-in", 0, SQ_OPT_NUM, &r->judge.price.input, "USD",
         "price of a million prompt tokens of the judge", 0, 1e9},
        {"judge-price-out", 0, SQ_OPT_NUM, &r->judge.price.output, "USD",
         "price of a million tokens of its replies", 0, 1e9},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

static size_t keeping_rows(struct run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"db", 0, SQ_OPT_STR, &r->db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"data", 0, SQ_OPT_STR, &r->data_dir, "DIR",
         "folder with the suites' data (default: the user's cache)", 0, 0},
        {"replay-field", 0, SQ_OPT_STR, &r->model.replay_field, "FIELD",
         "field of a recording that holds the output", 0, 0},
        {"judge-replay-field", 0, SQ_OPT_STR, &r->judge.replay_field, "FIELD",
         "field of a recording that holds the judge's reply", 0, 0},
        {"replay-key", 0, SQ_OPT_STR, &r->replay_key, "FIELD",
         "field of a recording that joins it to a sample", 0, 0},
        {"allow-modified", 0, SQ_OPT_FLAG, &r->allow_modified, NULL,
         "use data with another digest, and say so in every report", 0, 0},
        {"no-cache", 0, SQ_OPT_FLAG, &r->no_cache, NULL,
         "ask anew what earlier runs have answers to", 0, 0},
        {"dry-run", 0, SQ_OPT_FLAG, &a->dry_run, NULL,
         "count what would be asked and its cost; ask and store nothing", 0, 0},
        {"format", 0, SQ_OPT_STR, &a->format, "FORMAT",
         "of the result: table, markdown, csv or json (default table)", 0, 0},
        {"out", 'o', SQ_OPT_STR, &a->out, "FILE",
         "write the result there (default: standard output)", 0, 0},
        {"config", 0, SQ_OPT_STR, &a->config, "FILE",
         "options as JSON, {\"model\": ..., \"max-tokens\": ...}", 0, 0},
        {"quiet", 'q', SQ_OPT_FLAG, &a->quiet, NULL, "errors only", 0, 0},
        {"verbose", 'v', SQ_OPT_COUNT, &a->verbose, NULL, "say more", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

static void option_table(struct run_args *a, struct sq_opt t[NOPTS])
{
    size_t n = 0;
    memset(t, 0, NOPTS * sizeof *t);
    n += model_rows(a, t + n);
    n += asking_rows(a, t + n);
    sq_run_prompt_rows(&a->prompt, t + n);
    n += SQ_RUN_PROMPT_ROWS;
    n += budget_rows(a, t + n);
    n += keeping_rows(a, t + n);
    assert(n < NOPTS);
}

/* --suite a,b --suite c:x=1,y=2 -> a, b, c:x=1,y=2: a comma parts names until a
 * colon begins a suite's parameters. The pieces are copies. */
static size_t split_names(const struct sq_opt_list *list, const char ***out)
{
    size_t n = 0;
    *out = NULL;
    for (size_t i = 0; i < list->n; i++) {
        sq_str rest = sq_str_from(list->v[i]), piece;
        while (rest.p && rest.n) {
            if (memchr(rest.p, ':', rest.n) &&
                sq_str_find(rest, SQ_STR(":"), 0) <
                    sq_str_find(rest, SQ_STR(","), 0)) {
                piece = rest;
                rest = (sq_str){NULL, 0};
            } else {
                sq_str_split(&rest, ',', &piece);
            }
            *out = sq_xrealloc(*out, n + 1, sizeof **out);
            (*out)[n++] = sq_str_dup(piece);
        }
    }
    return n;
}

static void free_names(const char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((char *)names[i]);
    free(names);
}

/* From what the user wrote to what a run takes. */
static enum sq_status resolve(struct run_args *a, int noperands, char **argv,
                              struct sq_err *err)
{
    struct sq_run_options *r = &a->run;
    if (noperands)
        return sq_err_set(err, SQ_USAGE, "'%s' is no option; see --help",
                          argv[1]);
    if (!r->model.spec)
        return sq_err_set(err, SQ_USAGE,
                          "which model? give --model SPEC, as --model gpt-4o "
                          "or --model replay:FILE");
    if (r->judge.spec && strcmp(r->judge.spec, "none") == 0)
        r->judge.spec = NULL;
    r->nsuites = split_names(&a->suites, &a->suite_list);
    r->ntemplates = split_names(&a->templates, &a->template_list);
    if (!r->nsuites) {
        a->suite_list = sq_xrealloc(a->suite_list, 1, sizeof(char *));
        a->suite_list[r->nsuites++] = sq_xstrdup("seqeval");
    }
    r->suites = a->suite_list;
    r->templates = a->template_list;
    enum sq_status st = sq_cmd_home(&a->home, err);
    if (st != SQ_OK)
        return st;
    r->home = a->home;
    if (!r->data_dir)
        r->data_dir = a->data = sq_path_data();
    r->model.key_env = a->key_env;
    r->judge.key_env = a->judge_key_env ? a->judge_key_env : a->key_env;
    r->model.key = getenv(r->model.key_env);
    r->judge.key = getenv(r->judge.key_env);
    if (!r->model.base_url)
        r->model.base_url = getenv("OPENAI_BASE_URL");
    if (!r->judge.base_url)
        r->judge.base_url = getenv("OPENAI_BASE_URL");
    st = sq_run_prompt_resolve(&a->prompt, r, err);
    if (st != SQ_OK)
        return st;
    return a->limit ? sq_plan_limit_parse(a->limit, &r->limit, err) : SQ_OK;
}

static void put_part(struct sq_buf *out, const char *role,
                     const struct sq_run_forecast_part *p)
{
    sq_buf_addf(out,
                "%s: %zu requests, about %lld prompt tokens (at most %lld), ",
                role, p->requests, p->prompt_about, p->prompt_most);
    if (p->completion_most < 0)
        sq_buf_adds(out, "completion tokens without a limit (--max-tokens)");
    else
        sq_buf_addf(out, "at most %lld completion tokens", p->completion_most);
    if (!isnan(p->cost_most))
        sq_buf_addf(out, ", at most $%.4f", p->cost_most);
    sq_buf_addc(out, '\n');
}

static enum sq_status dry_run(struct run_args *a, struct sq_err *err)
{
    struct sq_run_forecast f;
    enum sq_status st = sq_run_forecast(&a->run, &f, err);
    if (st != SQ_OK)
        return st;
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    sq_buf_addf(
        &out, "%zu samples, %zu responses, %zu steps, at most %zu requests\n",
        f.samples, f.jobs, f.steps,
        f.parts[SQ_ASKED_MODEL].requests + f.parts[SQ_ASKED_JUDGE].requests);
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        if (f.paid[i])
            put_part(&out, i == SQ_ASKED_JUDGE ? "judge" : "model",
                     &f.parts[i]);
    st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_buf_release(&out);
    return st;
}

/* "1,200 steps: 300 pass, 20 fail" in the order of the states. */
static void log_counts(struct sq_log *log, const struct sq_run_result *r)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    size_t total = 0;
    for (int i = 0; i < SQ_STATE_COUNT; i++)
        total += r->states[i];
    sq_buf_addf(&text, "run %s%s: %zu responses planned, %zu asked, %zu known",
                r->id, r->resumed ? " (resumed)" : "", r->jobs, r->asked,
                r->cached);
    if (r->skipped)
        sq_buf_addf(&text, ", %zu scored before", r->skipped);
    sq_buf_addf(&text, "; %zu steps", total);
    const char *sep = ": ";
    for (int i = 0; i < SQ_STATE_COUNT; i++) {
        if (!r->states[i])
            continue;
        sq_buf_addf(&text, "%s%zu %s", sep, r->states[i],
                    sq_state_name((enum sq_state)i));
        sep = ", ";
    }
    if (r->budget.requests) {
        sq_buf_adds(&text, "; spent ");
        sq_budget_spent(&r->budget, &text);
    }
    sq_log(log, SQ_LOG_INFO, "%s", text.p);
    sq_buf_release(&text);
}

/* What is missing and why, and how to get it. */
static void log_missing(struct sq_log *log, const struct sq_run_result *r)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    if (r->budget.over != SQ_BUDGET_NONE) {
        sq_budget_name(&r->budget, &text);
        sq_buf_adds(&text, " ended the run (spent ");
        sq_budget_spent(&r->budget, &text);
        sq_buf_addf(&text,
                    "): %zu responses or verdicts are missing; run the same "
                    "command again to go on with as much again",
                    r->missing);
    } else {
        sq_buf_addf(&text,
                    "%zu responses or verdicts are missing; run the same "
                    "command again to ask for these alone",
                    r->missing);
        if (r->first_error.msg[0])
            sq_buf_addf(&text, " (the first: %s)", r->first_error.msg);
    }
    sq_log(log, SQ_LOG_ERROR, "%s", text.p);
    sq_buf_release(&text);
}

static enum sq_status print_result(struct run_args *a, const char *run_id,
                                   struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    struct sq_leaderboard_options how = {.run = run_id, .format = a->format};
    enum sq_status st = sq_store_open(&store, a->run.db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_leaderboard_render(store, &how, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

static int run(struct run_args *a, struct sq_err *err)
{
    struct sq_run_result result;
    sq_stop_install();
    enum sq_status st = sq_run(&a->run, &result, err);
    if (!result.id[0])
        return sq_cmd_fail("run", err);
    log_counts(&a->log, &result);
    struct sq_err late = {0};
    if (print_result(a, result.id, &late) != SQ_OK && st == SQ_OK) {
        *err = late;
        st = late.status;
    }
    if (result.interrupted) {
        sq_log(&a->log, SQ_LOG_WARN,
               "interrupted; all that came back is saved: run the same command "
               "again to go on");
        return sq_status_exit(SQ_INTERRUPTED);
    }
    if (st != SQ_OK)
        return sq_cmd_fail("run", err);
    if (!result.missing)
        return 0;
    log_missing(&a->log, &result);
    return 4;
}

int sq_cmd_run(int argc, char **argv)
{
    struct run_args a;
    struct sq_opt table[NOPTS];
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int noperands = 0, status = 0;
    bool helped = false;
    defaults(&a);
    option_table(&a, table);
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    if (st == SQ_OK && !helped) {
        a.log = sq_cmd_log(a.quiet, a.verbose);
        a.run.log = &a.log;
        st = resolve(&a, noperands, argv, &err);
    }
    if (st == SQ_OK && !helped)
        st = sq_report_format_check(a.format, &err);
    if (st == SQ_OK && !helped && a.dry_run)
        st = dry_run(&a, &err);
    if (st != SQ_OK)
        status = sq_cmd_fail("run", &err);
    else if (!helped && !a.dry_run)
        status = run(&a, &err);

    free_names(a.suite_list, a.run.nsuites);
    free_names(a.template_list, a.run.ntemplates);
    free(a.suites.v);
    free(a.templates.v);
    sq_run_prompt_release(&a.prompt);
    free(a.home);
    free(a.data);
    sq_json_free(config);
    return status;
}
