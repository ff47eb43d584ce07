#include "cmd/run_options.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/path.h"
#include "cmd/common.h"
#include "cmd/named_model.h"
#include "cmd/places.h"

static const struct sq_opt_usage ask_usage = {
    "run", "", "Ask a model a suite's queries, score every step, keep it all.",
    "SPEC is NAME or openai:NAME (an OpenAI-compatible API, reached at\n"
    "--base-url, else OPENAI_BASE_URL, else OpenAI's own address), local:FILE\n"
    "(a GGUF file, in this process) or replay:FILE (recorded outputs; see\n"
    "seqeval(1)). --judge none, the default, leaves the rule checks alone.\n"
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

static const struct sq_opt_usage score_usage = {
    "score", "RUN", "Score a run's responses again, asking its model nothing.",
    "RUN is a run's id, a unique prefix of it, latest, or latest:MODEL. Its\n"
    "responses are judged by --judge and --judge-template, and checked by the\n"
    "rules of the suites as they are now. That is a run of its own in the\n"
    "database, which leaderboard, compare and gate take like any other; the "
    "old\n"
    "scores stay. A response that the run lacks has the same state here.\n"
    "\n"
    "Run the same command again and it goes on where it stopped. A budget "
    "covers\n"
    "the judges.\n"
    "\n"
    "Exit status: as of seqeval run.\n"};

static const struct sq_opt_usage import_usage = {
    "import", "FILE...", "Score outputs that another tool has recorded.",
    "FILE is AlpacaEval's model outputs, lm-evaluation-harness's\n"
    "samples_*.jsonl, a JSON log of inspect_ai, or any JSON, JSON Lines or "
    "CSV\n"
    "with an output and an id or a prompt in each record; gzip too. Each FILE "
    "is\n"
    "a run of its own, as of seqeval run --model replay:FILE; a pattern in "
    "quotes\n"
    "is one run of several files. The model is called what the file says "
    "(AlpacaEval's\n"
    "generator, lm-evaluation-harness's results file beside it, the log's "
    "model),\n"
    "else by the file's name.\n"
    "\n"
    "    seqeval import 'outputs/*.json' --suite alpaca_eval\n"
    "    seqeval import samples_gsm8k_2024-11-05T12-34-56.jsonl --suite gsm8k\n"
    "\n"
    "An inspect_ai log that ends in .eval becomes JSON by inspect log dump.\n"
    "\n"
    "Exit status: as of seqeval run; 4 when a sample has no recording.\n"};

const struct sq_opt_usage *sq_run_usage(enum sq_run_kind kind)
{
    static const struct sq_opt_usage *const usages[] = {
        [SQ_RUN_ASK] = &ask_usage,
        [SQ_RUN_SCORE] = &score_usage,
        [SQ_RUN_IMPORT] = &import_usage};
    return usages[kind];
}

/* What is asked. */
static size_t model_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"model", 'm', SQ_OPT_STR, &r->model.spec, "SPEC",
         "the model to test: NAME, openai:NAME, local:FILE or replay:FILE", 0,
         0},
        {"base-url", 0, SQ_OPT_LIST, &a->base_urls, "URL[,URL]",
         "address of the model's API, as http://localhost:8000/v1; several "
         "share the requests",
         0, 0},
        {"num-choices", 0, SQ_OPT_INT, &r->num_choices, "N",
         "ask a server for up to N epochs by one request (its n; default 1)", 1,
         128},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* What of. */
static size_t tested_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"suite", 's', SQ_OPT_LIST, &a->suites, "NAME[:K=V,..]",
         "suite to run (several times, or names with commas; default seqeval)",
         0, 0},
        {"limit", 'n', SQ_OPT_STR, &a->limit, "N|A-B",
         "only the first N samples of each suite, or samples A to B", 0, 0},
        {"shard", 0, SQ_OPT_STR, &a->shard, "I/N",
         "only part I of N of the jobs, to be merged (seqeval merge)", 0, 0},
        {"epochs", 0, SQ_OPT_INT, &r->epochs, "N",
         "ask each query N times (default 1)", 1, 100000},
        {"num-fewshot", 0, SQ_OPT_INT, &r->num_fewshot, "N",
         "examples before a query, of suites that have any (default: theirs)",
         0, 1000},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* Who judges what. */
static size_t judge_rows(struct sq_run_args *a, struct sq_opt *t)
{
    const struct sq_opt rows[] = {
        {"judge-template", 0, SQ_OPT_LIST, &a->templates, "NAME",
         "what is judged: following, quality, steps, paper, pairwise, "
         "preference (default: the suite's own)",
         0, 0},
        {"baseline-responses", 0, SQ_OPT_STR, &a->run.baseline, "FILE|RUN",
         "what pairwise and preference compare with: recorded outputs of a "
         "reference model, or a run",
         0, 0},
        {"judge-reasks", 0, SQ_OPT_INT, &a->run.judge_reasks, "N",
         "ask again up to N times when a reply cannot be read (default 2)", 0,
         20},
        {"judge-audit", 0, SQ_OPT_FLAG, &a->run.judge_audit, NULL,
         "find out how good the judges are (default; --no-judge-audit)", 0, 0},
        {"require-judge-audit", 0, SQ_OPT_FLAG, &a->require_audit, NULL,
         "exit 4 unless every judge was audited and passed", 0, 0},
    };
    sq_run_judge_rows(&a->judges, t);
    memcpy(t + SQ_RUN_JUDGE_ROWS, rows, sizeof rows);
    return SQ_RUN_JUDGE_ROWS + sizeof rows / sizeof *rows;
}

/* How a server is reached. */
static size_t reach_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"api-key-env", 0, SQ_OPT_STR, &a->key_env, "NAME",
         "environment variable with the key (default OPENAI_API_KEY)", 0, 0},
        {"cacert", 0, SQ_OPT_STR, &r->cacert, "FILE",
         "trust the CA certificates in this PEM file", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* How the model draws its tokens. */
static size_t sampling_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"temperature", 0, SQ_OPT_NUM, &r->sampling.temperature, "T",
         "sampling temperature (default: the suite's)", 0, 100},
        {"top-p", 0, SQ_OPT_NUM, &r->sampling.top_p, "P",
         "nucleus sampling (default: the suite's)", 0, 1},
        {"max-tokens", 0, SQ_OPT_INT, &r->sampling.max_tokens, "N",
         "most tokens of a response (default: the suite's)", 1, 1e9},
        {"seed", 0, SQ_OPT_INT, &r->sampling.seed, "N",
         "seed sent to the model; each epoch adds one", 0, 9e15},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* How requests are sent. */
static size_t sending_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"concurrency", 'j', SQ_OPT_INT, &r->concurrency, "N",
         "most requests in flight to each of model and judge (default 16)", 1,
         100000},
        {"rpm", 0, SQ_OPT_INT, &r->model.rpm, "N",
         "send the model at most N requests in any minute", 1, 1e9},
        {"tpm", 0, SQ_OPT_INT, &r->model.tpm, "N",
         "have the model read and write at most N tokens in any minute", 1,
         1e12},
        {"stream", 0, SQ_OPT_FLAG, &r->stream, NULL,
         "have answers come in pieces, and keep the time to the first", 0, 0},
        {"max-retries", 0, SQ_OPT_INT, &r->max_retries, "N",
         "most further tries of a request that failed (default 6)", 0, 1000},
        {"timeout", 0, SQ_OPT_NUM, &r->timeout_s, "SECONDS",
         "most time for one try (default 600)", 0.001, 1e6},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* What may be spent. */
static size_t budget_rows(struct sq_run_args *a, struct sq_opt *t)
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
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* How recordings are read. */
static size_t recording_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"model-name", 0, SQ_OPT_STR, &r->model.name, "NAME",
         "what a recording's model is called (default: as the file says)", 0,
         0},
        {"replay-field", 0, SQ_OPT_STR, &r->model.replay_field, "FIELD",
         "field of a recording that holds the output", 0, 0},
        {"replay-key", 0, SQ_OPT_STR, &r->replay_key, "FIELD",
         "field of a recording that joins it to a sample", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* Which of its rules a suite goes by. */
static size_t rule_rows(struct sq_run_args *a, struct sq_opt *t)
{
    const struct sq_opt rows[] = {
        {"ifeval", 0, SQ_OPT_STR, &a->run.ifeval, "RULES",
         "IFEval's rules: reference (default), or fixed, its faults repaired",
         0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* How programs are run and counted. */
static size_t program_rows(struct sq_run_args *a, struct sq_opt *t)
{
    const struct sq_opt rows[] = {
        {"python", 0, SQ_OPT_STR, &a->run.python, "FILE",
         "the interpreter that runs programs (default: python3)", 0, 0},
        {"unsafe-code", 0, SQ_OPT_FLAG, &a->run.unsafe_code, NULL,
         "run them with your own rights, without a sandbox; every report says "
         "so",
         0, 0},
        {"pass-k", 0, SQ_OPT_LIST, &a->pass_k, "K[,K..]",
         "report pass@K (default: 1, and 10 and 100 where epochs allow)", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* What is kept, and where. */
static size_t keeping_rows(struct sq_run_args *a, struct sq_opt *t)
{
    struct sq_run_options *r = &a->run;
    const struct sq_opt rows[] = {
        {"db", 0, SQ_OPT_STR, &r->db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"tag", 0, SQ_OPT_LIST, &a->tags, "NAME",
         "give the run a name to find it by (several times)", 0, 0},
        {"data", 0, SQ_OPT_STR, &r->data_dir, "DIR",
         "folder with the suites' data (default: the user's cache)", 0, 0},
        {"allow-modified", 0, SQ_OPT_FLAG, &r->allow_modified, NULL,
         "use data with another digest, and say so in every report", 0, 0},
        {"no-cache", 0, SQ_OPT_FLAG, &r->no_cache, NULL,
         "ask anew what earlier runs have answers to", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
    return sizeof rows / sizeof *rows;
}

/* What is said. */
static size_t output_rows(struct sq_run_args *a, struct sq_opt *t)
{
    const struct sq_opt rows[] = {
        {"dry-run", 0, SQ_OPT_FLAG, &a->dry_run, NULL,
         "count what would be asked and its cost; ask and store nothing", 0, 0},
        {"format", 0, SQ_OPT_STR, &a->format, "FORMAT",
         "of the result: table, markdown, html, csv or json (default table)", 0,
         0},
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

static size_t prompt_rows(struct sq_run_args *a, struct sq_opt *t)
{
    sq_run_prompt_rows(&a->prompt, t);
    return SQ_RUN_PROMPT_ROWS;
}

/* Whose options they are. */
#define ASK (1U << SQ_RUN_ASK)
#define IMPORT (1U << SQ_RUN_IMPORT)
#define ALL (ASK | IMPORT | 1U << SQ_RUN_SCORE)

/* In the order of the help. */
static const struct {
    size_t (*rows)(struct sq_run_args *, struct sq_opt *);
    unsigned kinds;
} groups[] = {{model_rows, ASK},
              {tested_rows, ASK | IMPORT},
              {judge_rows, ALL},
              {reach_rows, ALL},
              {sampling_rows, ASK},
              {prompt_rows, ASK},
              {sending_rows, ALL},
              {budget_rows, ALL},
              {recording_rows, ASK | IMPORT},
              {rule_rows, ALL},
              {program_rows, ALL},
              {keeping_rows, ALL},
              {output_rows, ALL}};

void sq_run_options_init(struct sq_run_args *a, enum sq_run_kind kind,
                         struct sq_opt table[SQ_RUN_OPTIONS])
{
    *a = (struct sq_run_args){
        .kind = kind, .key_env = "OPENAI_API_KEY", .format = "table"};
    a->run = (struct sq_run_options){
        .db = SQ_DEFAULT_DB,
        .sampling = {NAN, NAN, -1, -1},
        .epochs = 1,
        .num_fewshot = -1,
        .num_choices = 1,
        .concurrency = 16,
        .max_retries = 6,
        .judge_reasks = 2,
        .judge_audit = true,
        .timeout_s = 600,
        .model.price = {NAN, NAN, 0},
        .budget = {-1, -1, NAN, NAN},
    };
    size_t n = 0;
    memset(table, 0, SQ_RUN_OPTIONS * sizeof *table);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (groups[i].kinds & 1U << kind)
            n += groups[i].rows(a, table + n);
    assert(n < SQ_RUN_OPTIONS);
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

/* --pass-k 1,10 --pass-k 100 -> 1, 10, 100. */
static enum sq_status read_pass_k(const struct sq_opt_list *list,
                                  long long out[SQ_PASS_K_MAX],
                                  struct sq_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        sq_str rest = sq_str_from(list->v[i]), piece;
        while (sq_str_split(&rest, ',', &piece)) {
            if (n == SQ_PASS_K_MAX)
                return sq_err_set(err, SQ_USAGE, "--pass-k: at most %d values",
                                  SQ_PASS_K_MAX);
            if (!sq_str_to_int(piece, &out[n]) || out[n] < 1)
                return sq_err_set(err, SQ_USAGE,
                                  "--pass-k: '%.*s': want whole numbers from "
                                  "1, as 1,10,100",
                                  SQ_STR_ARG(piece));
            n++;
        }
    }
    return SQ_OK;
}

/* With commas between them. */
static char *join(const struct sq_opt_list *list)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_CONFIG);
    for (size_t i = 0; i < list->n; i++)
        sq_buf_addf(&text, "%s%s", i ? "," : "", list->v[i]);
    char *out = sq_buf_take(&text);
    sq_buf_release(&text);
    return out;
}

static void free_names(const char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((char *)names[i]);
    free(names);
}

/* A core file of the process would hold the keys. */
static void leave_no_core(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
}

/* Tags are listed with commas, and asked for with patterns. */
static enum sq_status check_tags(const struct sq_opt_list *tags,
                                 struct sq_err *err)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";
    for (size_t i = 0; i < tags->n; i++) {
        size_t n = strlen(tags->v[i]);
        if (!n || n > 64 || strspn(tags->v[i], plain) != n)
            return sq_err_set(err, SQ_USAGE,
                              "--tag: '%.80s': want 1 to 64 letters, digits or "
                              "any of ._/+-",
                              tags->v[i]);
    }
    return SQ_OK;
}

enum sq_status sq_run_options_resolve(struct sq_run_args *a,
                                      const char *operand, struct sq_err *err)
{
    struct sq_run_options *r = &a->run;
    if (operand)
        return sq_err_set(err, SQ_USAGE, "'%s' is no option; see --help",
                          operand);
    if (!r->model.spec && a->kind == SQ_RUN_ASK)
        return sq_err_set(err, SQ_USAGE,
                          "which model? give --model SPEC, as --model gpt-4o "
                          "or --model replay:FILE");
    if (r->ifeval && strcmp(r->ifeval, "reference") != 0 &&
        strcmp(r->ifeval, "fixed") != 0)
        return sq_err_set(err, SQ_USAGE,
                          "--ifeval: '%.40s': want reference or fixed",
                          r->ifeval);
    if (r->model.name && a->kind == SQ_RUN_ASK &&
        strncmp(r->model.spec, "replay:", 7) != 0)
        return sq_err_set(err, SQ_USAGE,
                          "--model-name: only a recording's model (replay:) is "
                          "given a name");
    enum sq_status st = check_tags(&a->tags, err);
    if (st != SQ_OK)
        return st;
    st = read_pass_k(&a->pass_k, r->pass_k, err);
    if (st != SQ_OK)
        return st;
    r->tags = a->tags.v;
    r->ntags = a->tags.n;
    r->nsuites = split_names(&a->suites, &a->suite_list);
    r->ntemplates = split_names(&a->templates, &a->template_list);
    if (!r->nsuites && a->kind != SQ_RUN_SCORE) {
        a->suite_list = sq_xrealloc(a->suite_list, 1, sizeof(char *));
        a->suite_list[r->nsuites++] = sq_xstrdup("seqeval");
    }
    r->suites = a->suite_list;
    r->templates = a->template_list;
    if ((st = sq_cmd_home(&a->home, err)) != SQ_OK)
        return st;
    r->home = a->home;
    if (!r->data_dir)
        r->data_dir = a->data = sq_path_data();
    r->model.key_env = a->key_env;
    r->model.key = getenv(r->model.key_env);
    r->model.base_url = getenv("OPENAI_BASE_URL");
    if (a->base_urls.n)
        r->model.base_url = a->base_url = join(&a->base_urls);
    st = sq_run_judges_resolve(&a->judges, r, err);
    bool secret = r->model.key != NULL;
    for (size_t i = 0; i < r->njudges; i++)
        secret = secret || r->judges[i].key;
    if (secret)
        leave_no_core();
    if (st == SQ_OK)
        st = sq_run_prompt_resolve(&a->prompt, r, err);
    if (st == SQ_OK)
        st = sq_cmd_named_model(&r->model, r, &a->prompt.arena, err);
    for (size_t i = 0; i < r->njudges && st == SQ_OK; i++)
        st = sq_cmd_named_model(&r->judges[i], r, &a->prompt.arena, err);
    if (st != SQ_OK)
        return st;
    if (a->limit)
        st = sq_plan_limit_parse(a->limit, &r->limit, err);
    if (st == SQ_OK && a->shard)
        st = sq_plan_shard_parse(a->shard, &r->shard, err);
    return st;
}

void sq_run_options_release(struct sq_run_args *a)
{
    if (a->kind != SQ_RUN_SCORE)
        free_names(a->suite_list, a->run.nsuites);
    free_names(a->template_list, a->run.ntemplates);
    free(a->suites.v);
    free(a->tags.v);
    free(a->pass_k.v);
    free(a->templates.v);
    sq_run_prompt_release(&a->prompt);
    sq_run_judges_release(&a->judges);
    free(a->base_urls.v);
    free(a->base_url);
    free(a->home);
    free(a->data);
}
