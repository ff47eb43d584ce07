#include "cmd/run_judges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sq_run_judge_rows(struct sq_run_judge_args *a,
                       struct sq_opt t[SQ_RUN_JUDGE_ROWS])
{
    const struct sq_opt rows[SQ_RUN_JUDGE_ROWS] = {
        {"judge", 0, SQ_OPT_LIST, &a->specs, "SPEC",
         "a model that judges, or none (several times; default none)", 0, 0},
        {"judge-base-url", 0, SQ_OPT_LIST, &a->base_urls, "URL",
         "address of the judge's API (default: OPENAI_BASE_URL)", 0, 0},
        {"judge-api-key-env", 0, SQ_OPT_LIST, &a->key_envs, "NAME",
         "the same for the judge (default: the model's)", 0, 0},
        {"judge-replay-field", 0, SQ_OPT_LIST, &a->fields, "FIELD",
         "field of a recording that holds the judge's reply", 0, 0},
        {"judge-price-in", 0, SQ_OPT_LIST, &a->prices_in, "USD",
         "price of a million prompt tokens of the judge", 0, 0},
        {"judge-price-out", 0, SQ_OPT_LIST, &a->prices_out, "USD",
         "price of a million tokens of its replies", 0, 0},
        {"judge-rpm", 0, SQ_OPT_LIST, &a->rpms, "N",
         "send the judge at most N requests in any minute", 0, 0},
        {"judge-tpm", 0, SQ_OPT_LIST, &a->tpms, "N",
         "have the judge read and write at most N tokens in any minute", 0, 0},
    };
    memcpy(t, rows, sizeof rows);
}

/* The value for judge k; *out stays as it is where there is none. */
static enum sq_status value_for(const struct sq_opt_list *list,
                                const char *flag, size_t k, size_t njudges,
                                const char **out, struct sq_err *err)
{
    if (list->n > 1 && list->n != njudges)
        return sq_err_set(err, SQ_USAGE,
                          "--%s: given %zu times for %zu judges; give it once, "
                          "for all, or once for each --judge",
                          flag, list->n, njudges);
    if (list->n)
        *out = list->v[list->n > 1 ? k : 0];
    return SQ_OK;
}

static enum sq_status price_for(const struct sq_opt_list *list,
                                const char *flag, size_t k, size_t njudges,
                                double *out, struct sq_err *err)
{
    const char *text = NULL;
    enum sq_status st = value_for(list, flag, k, njudges, &text, err);
    *out = NAN;
    if (st != SQ_OK || !text)
        return st;
    if (!sq_str_to_num(sq_str_from(text), out) || *out < 0 || *out > 1e9)
        return sq_err_set(err, SQ_USAGE, "--%s: '%s' is no price in USD", flag,
                          text);
    return SQ_OK;
}

static enum sq_status limit_for(const struct sq_opt_list *list,
                                const char *flag, size_t k, size_t njudges,
                                long long *out, struct sq_err *err)
{
    const char *text = NULL;
    enum sq_status st = value_for(list, flag, k, njudges, &text, err);
    if (st != SQ_OK || !text)
        return st;
    if (!sq_str_to_int(sq_str_from(text), out) || *out < 1)
        return sq_err_set(err, SQ_USAGE, "--%s: '%s' is no number above 0",
                          flag, text);
    return SQ_OK;
}

static enum sq_status one_judge(const struct sq_run_judge_args *a, size_t k,
                                struct sq_run_options *run, struct sq_err *err)
{
    struct sq_run_model *m = &run->judges[k];
    size_t n = run->njudges;
    *m = (struct sq_run_model){.spec = a->specs.v[k],
                               .base_url = getenv("OPENAI_BASE_URL"),
                               .key_env = run->model.key_env};
    enum sq_status st;
    if ((st = value_for(&a->base_urls, "judge-base-url", k, n, &m->base_url,
                        err)) != SQ_OK ||
        (st = value_for(&a->key_envs, "judge-api-key-env", k, n, &m->key_env,
                        err)) != SQ_OK ||
        (st = value_for(&a->fields, "judge-replay-field", k, n,
                        &m->replay_field, err)) != SQ_OK ||
        (st = price_for(&a->prices_in, "judge-price-in", k, n, &m->price.input,
                        err)) != SQ_OK ||
        (st = price_for(&a->prices_out, "judge-price-out", k, n,
                        &m->price.output, err)) != SQ_OK ||
        (st = limit_for(&a->rpms, "judge-rpm", k, n, &m->rpm, err)) != SQ_OK ||
        (st = limit_for(&a->tpms, "judge-tpm", k, n, &m->tpm, err)) != SQ_OK)
        return st;
    m->key = getenv(m->key_env);
    return SQ_OK;
}

enum sq_status sq_run_judges_resolve(const struct sq_run_judge_args *a,
                                     struct sq_run_options *run,
                                     struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    bool none = a->specs.n == 1 && strcmp(a->specs.v[0], "none") == 0;
    run->njudges = none ? 0 : a->specs.n;
    if (run->njudges > SQ_JUDGES_MAX)
        return sq_err_set(err, SQ_USAGE, "--judge: given %zu times; at most %d",
                          run->njudges, SQ_JUDGES_MAX);
    for (size_t k = 0; k < run->njudges && st == SQ_OK; k++) {
        if (strcmp(a->specs.v[k], "none") == 0)
            return sq_err_set(err, SQ_USAGE,
                              "--judge: none and another judge; name one");
        st = one_judge(a, k, run, err);
    }
    return st;
}

void sq_run_judges_release(struct sq_run_judge_args *a)
{
    free(a->specs.v);
    free(a->base_urls.v);
    free(a->key_envs.v);
    free(a->fields.v);
    free(a->prices_in.v);
    free(a->prices_out.v);
    free(a->rpms.v);
    free(a->tpms.v);
}
