#include "run/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/audit.h"
#include "run/choices.h"
#include "run/opponent.h"
#include "run/programs.h"
#include "run/settings.h"
#include "run/source.h"
#include "run/templates.h"

void sq_session_arrive(struct sq_session *s, struct sq_ask *ask,
                       struct sq_response *response, int64_t row)
{
    if (s->narrivals == s->arrivals_cap) {
        s->arrivals_cap = s->arrivals_cap ? 2 * s->arrivals_cap : 64;
        s->arrivals =
            sq_xrealloc(s->arrivals, s->arrivals_cap, sizeof *s->arrivals);
    }
    s->arrivals[s->narrivals++] = (struct sq_arrival){ask, *response, row};
    *response = (struct sq_response){0};
}

static void on_done(void *ctx, const struct sq_request *request,
                    struct sq_response *response)
{
    sq_choices_arrive(ctx, request->tag, response);
}

static bool on_failed(void *ctx, const struct sq_request *request, bool paid,
                      int64_t again_ms)
{
    (void)ctx;
    return sq_ask_failed(request->tag, paid, again_ms);
}

struct sq_sampling sq_session_sampling(const struct sq_session *s, size_t suite,
                                       int epoch)
{
    struct sq_sampling v = s->suites[suite]->def->sampling;
    const struct sq_sampling *user = &s->options->sampling;
    if (!isnan(user->temperature))
        v.temperature = user->temperature;
    if (!isnan(user->top_p))
        v.top_p = user->top_p;
    if (user->max_tokens >= 0)
        v.max_tokens = user->max_tokens;
    if (user->seed >= 0)
        v.seed = user->seed;
    if (v.seed >= 0)
        v.seed += epoch - 1;
    return v;
}

static enum sq_status open_suites(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    struct sq_suite_open how = {.home = o->home,
                                .data_dir = o->data_dir,
                                .allow_modified = o->allow_modified,
                                .shots_set = o->num_fewshot >= 0,
                                .shots = o->num_fewshot,
                                .ifeval = o->ifeval,
                                .ifeval_over = o->ifeval && o->source};
    s->suites = sq_xcalloc(o->nsuites, sizeof(struct sq_suite *));
    s->suite_rows = sq_xcalloc(o->nsuites, sizeof *s->suite_rows);
    for (size_t i = 0; i < o->nsuites; i++) {
        enum sq_status st =
            sq_suite_open(&s->suites[i], sq_str_from(o->suites[i]), &how, err);
        if (st != SQ_OK)
            return st;
        s->nsuites++;
        for (size_t j = 0; j < i; j++)
            if (strcmp(s->suites[i]->label, s->suites[j]->label) == 0)
                return sq_err_set(err, SQ_USAGE, "--suite: %s is given twice",
                                  s->suites[i]->label);
    }
    s->plan = (struct sq_plan){.suites = s->suites,
                               .nsuites = s->nsuites,
                               .epochs = (int)o->epochs,
                               .limit = o->limit,
                               .shard = o->shard};
    return SQ_OK;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The limits per minute. A model that judges itself has one account for both.
 */
static struct sq_rate *open_rate(struct sq_session *s,
                                 const struct sq_run_model *of)
{
    const struct sq_run_model *m = &s->options->model;
    struct sq_rate *rate =
        of == m ? &s->rates[SQ_ASKED_MODEL]
                : &s->rates[SQ_ASKED_JUDGE + (of - s->options->judges)];
    if (of != m && !of->rpm && !of->tpm && same_text(m->spec, of->spec) &&
        same_text(m->base_url, of->base_url) && same_text(m->key, of->key))
        rate = &s->rates[SQ_ASKED_MODEL];
    else
        sq_rate_init(rate, of->rpm, of->tpm);
    return rate->rpm || rate->tpm ? rate : NULL;
}

static enum sq_status open_engine(struct sq_session *s,
                                  const struct sq_run_model *m, bool judge,
                                  struct sq_engine **out, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    const struct sq_engine_ops *ops = NULL;
    struct sq_engine_config config = {.base_url = m->base_url,
                                      .key = m->key,
                                      .key_env = m->key_env,
                                      .concurrency = o->concurrency,
                                      .max_retries = o->max_retries,
                                      .timeout_s = o->timeout_s,
                                      .replay_field = m->replay_field,
                                      .replay_key = o->replay_key,
                                      .model_name = m->name,
                                      .cacert = o->cacert,
                                      .completions = m->completions,
                                      .headers = m->headers,
                                      .stream = o->stream,
                                      .http = &s->http,
                                      .local = &s->local,
                                      .chat_template = m->chat_template,
                                      .rate = open_rate(s, m),
                                      .judge = judge,
                                      .log = o->log,
                                      .done = on_done,
                                      .failed = on_failed,
                                      .ctx = s};
    enum sq_status st =
        sq_engine_find(sq_str_from(m->spec), &ops, &config.model, err);
    if (st == SQ_OK)
        st = ops->open(out, &config, err);
    return st == SQ_OK ? st
                       : sq_err_prefix(err, "--%s %s",
                                       judge ? "judge" : "model", m->spec);
}

/* The judge's model, with a number where an earlier judge has the same. */
static const char *judge_name(struct sq_session *s, const char *model)
{
    const char *name = model;
    for (size_t i = 0, n = 1; i < s->njudges; i++)
        if (strcmp(s->judges[i].engine->model, model) == 0)
            name = sq_arena_printf(&s->arena, "%s#%zu", model, ++n);
    return name;
}

static enum sq_status open_judges(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    for (size_t i = 0; i < o->njudges; i++) {
        struct sq_engine *e = NULL;
        enum sq_status st = open_engine(s, &o->judges[i], true, &e, err);
        if (st != SQ_OK || !e)
            return st;
        const char *name = judge_name(s, e->model);
        for (size_t k = 0; k < i; k++)
            if (strcmp(s->judges[k].engine->model, e->model) == 0 &&
                strcmp(s->judges[k].engine->endpoint, e->endpoint) == 0)
                st = sq_err_set(err, SQ_USAGE,
                                "--judge %s: is given twice; what it says "
                                "would count twice",
                                o->judges[i].spec);
        s->judges[s->njudges++] = (struct sq_session_judge){e, name};
        if (st != SQ_OK)
            return st;
    }
    return SQ_OK;
}

/* The place of a model whose responses are there; nothing is asked of it. */
static enum sq_status stored_submit(struct sq_engine *e,
                                    const struct sq_request *request,
                                    struct sq_err *err)
{
    (void)e;
    (void)request;
    return sq_err_set(err, SQ_INTERNAL, "a stored response was asked for");
}

static enum sq_status stored_step(struct sq_engine *e, int wait_ms,
                                  struct sq_err *err)
{
    (void)e;
    (void)wait_ms;
    (void)err;
    return SQ_OK;
}

static void stored_close(struct sq_engine *e)
{
    (void)e;
}

static const struct sq_engine_ops stored_ops = {.name = "stored",
                                                .about = "an earlier run",
                                                .submit = stored_submit,
                                                .step = stored_step,
                                                .close = stored_close};

static enum sq_status open_model(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_source *from = s->options->source;
    if (!from)
        return open_engine(s, &s->options->model, false, &s->model, err);
    s->stored = (struct sq_engine){
        .ops = &stored_ops, .endpoint = from->id, .model = from->model};
    s->model = &s->stored;
    return SQ_OK;
}

/* Does the model take the images of the suites? */
static enum sq_status check_images(const struct sq_session *s,
                                   struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    const char *what = o->model.completions     ? "--api completions"
                       : !s->model->ops->images ? o->model.spec
                                                : NULL;
    for (size_t i = 0; what && !o->source && i < s->nsuites; i++)
        if (s->suites[i]->def->images.form != SQ_IMAGE_NONE)
            return sq_err_set(err, SQ_USAGE,
                              "suite %s asks about images, and %s takes text "
                              "alone; ask a server's chat API",
                              s->suites[i]->label, what);
    return SQ_OK;
}

/* Several epochs by one request: is that what is wanted, and can it be had? */
static enum sq_status check_choices(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    s->num_choices = o->num_choices > 1 && !o->source ? o->num_choices : 1;
    if (s->num_choices > 1 && !s->model->ops->choices)
        return sq_err_set(err, SQ_USAGE,
                          "--num-choices: only servers are asked for several "
                          "choices, and --model %s is none",
                          o->model.spec);
    for (size_t i = 0; s->num_choices > 1 && i < s->nsuites; i++)
        if (sq_session_sampling(s, i, 1).seed >= 0)
            return sq_err_set(err, SQ_USAGE,
                              "--num-choices: a request has one seed, and each "
                              "epoch of %s is to have its own; leave out "
                              "%s",
                              s->suites[i]->label,
                              o->sampling.seed >= 0 ? "--seed"
                                                    : "--num-choices");
    return SQ_OK;
}

/* ---- budget -------------------------------------------------------------- */

static enum sq_status set_price(struct sq_session *s, enum sq_asked asked,
                                struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    bool judge = asked != SQ_ASKED_MODEL;
    const char *prefix = judge ? "judge-" : "";
    size_t k = judge ? (size_t)(asked - SQ_ASKED_JUDGE) : 0;
    const struct sq_engine *e = judge ? s->judges[k].engine : s->model;
    struct sq_price *p = &s->budget->prices[asked];
    if (!e->ops->asks)
        return SQ_OK;
    *p = judge ? o->judges[k].price : o->model.price;
    if (isnan(p->input) != isnan(p->output))
        return sq_err_set(err, SQ_USAGE,
                          "--%sprice-in and --%sprice-out belong together; "
                          "give both",
                          prefix, prefix);
    if (!sq_price_known(*p) && o->prices) {
        enum sq_status st = sq_price_load(o->prices, e->model, p, err);
        if (st != SQ_OK)
            return sq_err_prefix(err, "--prices");
    }
    if (sq_price_known(*p) || isnan(o->budget.cost))
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "--max-cost needs the price of \"%s\": give "
                      "--%sprice-in and --%sprice-out (USD per million "
                      "tokens), or --prices FILE",
                      e->model, prefix, prefix);
}

/* The most that a request can take must be known where a limit depends on it.
 * Judges' templates always tell. */
static enum sq_status check_max_tokens(const struct sq_session *s,
                                       struct sq_err *err)
{
    if (!s->model->ops->asks || !sq_budget_needs_most(&s->options->budget))
        return SQ_OK;
    for (size_t i = 0; i < s->nsuites; i++)
        if (sq_session_sampling(s, i, 1).max_tokens < 0)
            return sq_err_set(err, SQ_USAGE,
                              "%s needs to know the most that a response can "
                              "take, and suite %s does not say: give "
                              "--max-tokens N",
                              s->options->budget.tokens >= 0
                                  ? "--max-tokens-total"
                                  : "--max-cost",
                              s->suites[i]->label);
    return SQ_OK;
}

static enum sq_status open_budget(struct sq_session *s, struct sq_err *err)
{
    sq_budget_init(s->budget, &s->options->budget, sq_clock_ms());
    enum sq_status st = check_max_tokens(s, err);
    for (size_t i = 0; i <= s->njudges && st == SQ_OK; i++)
        st = set_price(s, (enum sq_asked)i, err);
    return st;
}

enum sq_status sq_session_open(struct sq_session *s,
                               const struct sq_run_options *options,
                               struct sq_run_result *result, struct sq_err *err)
{
    *s = (struct sq_session){.options = options,
                             .http.config.cacert = options->cacert,
                             .result = result,
                             .budget = &result->budget};
    enum sq_status st = open_suites(s, err);
    if (st == SQ_OK && options->njudges)
        st = sq_templates_open(s, err);
    if (st == SQ_OK)
        st = open_model(s, err);
    if (st == SQ_OK)
        st = check_choices(s, err);
    if (st == SQ_OK)
        st = check_images(s, err);
    if (st == SQ_OK && s->ntemplates)
        st = sq_attack_rules(&s->arena, &s->attacks, err);
    if (st == SQ_OK && s->ntemplates)
        st = open_judges(s, err);
    else if (st == SQ_OK && options->njudges)
        sq_log(options->log, SQ_LOG_WARN,
               "these suites are scored by rules alone: the judge has nothing "
               "to do (--judge-template NAME would ask it)");
    if (st == SQ_OK)
        st = sq_opponent_open(s, err);
    if (st == SQ_OK)
        st = sq_audit_open(s, err);
    if (st == SQ_OK)
        st = open_budget(s, err);
    return st;
}

/* Which part this is of the run whose settings have this digest. */
static void put_shard(struct sq_json *settings, struct sq_plan_shard shard,
                      const char *plan)
{
    struct sq_json *j = sq_json_object();
    sq_json_put_int(j, "index", shard.index);
    sq_json_put_int(j, "of", shard.of);
    sq_json_put_str(j, "plan", sq_str_from(plan));
    sq_json_put(settings, "shard", j);
}

static enum sq_status put_suites(struct sq_session *s, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < s->nsuites && st == SQ_OK; i++) {
        const struct sq_suite *suite = s->suites[i];
        struct sq_store_suite row = {
            suite->label,       suite->def->name.p,       suite->def->digest,
            suite->data_digest, suite->def->steps_digest, suite->modified};
        st =
            sq_store_suite_put(s->store, &s->run, &row, &s->suite_rows[i], err);
    }
    return st;
}

/* As one text: "a + b". */
static const char *judge_names(struct sq_session *s)
{
    const char *names = s->njudges ? s->judges[0].name : "";
    for (size_t i = 1; i < s->njudges; i++)
        names = sq_arena_printf(&s->arena, "%s + %s", names, s->judges[i].name);
    return names;
}

enum sq_status sq_session_begin(struct sq_session *s, struct sq_err *err)
{
    struct sq_buf settings, origin;
    enum sq_status st = sq_programs_open(s, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&settings, SQ_MAX_CONFIG);
    sq_buf_init(&origin, SQ_MAX_CONFIG);
    struct sq_json *id = sq_settings_identity(s),
                   *from = sq_settings_provenance(s);
    char key[SQ_DIGEST_HEX];
    sq_json_render(id, &settings);
    sq_sha256_of(sq_buf_str(&settings), key);
    if (s->options->shard.of) {
        put_shard(id, s->options->shard, key);
        sq_buf_reset(&settings);
        sq_json_render(id, &settings);
        sq_sha256_of(sq_buf_str(&settings), key);
    }
    sq_json_render(from, &origin);
    struct sq_run_info info = {.plan_key = key,
                               .model = s->model->model,
                               .judge = judge_names(s),
                               .settings_json = settings.p,
                               .provenance_json = origin.p};
    st = sq_store_open(&s->store, s->options->db, SQ_STORE_WRITE, err);
    if (st == SQ_OK)
        st = sq_store_run_begin(s->store, &info, &s->run, err);
    if (st == SQ_OK)
        st = put_suites(s, err);
    for (size_t i = 0; i < s->options->ntags && st == SQ_OK; i++)
        st = sq_store_run_tag(s->store, &s->run, s->options->tags[i], err);
    if (st == SQ_OK) {
        memcpy(s->result->id, s->run.id, sizeof s->result->id);
        s->result->resumed = s->run.resumed;
    }
    sq_json_free(id);
    sq_json_free(from);
    sq_buf_release(&settings);
    sq_buf_release(&origin);
    return st;
}

static void log_summary(const struct sq_session *s, const struct sq_engine *e)
{
    if (!e || !e->ops->summary)
        return;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    e->ops->summary(e, &text);
    if (text.n)
        sq_log(s->options->log, SQ_LOG_WARN, "%s", text.p);
    sq_buf_release(&text);
}

void sq_session_summary(const struct sq_session *s)
{
    log_summary(s, s->model);
    for (size_t i = 0; i < s->njudges; i++)
        log_summary(s, s->judges[i].engine);
}

void sq_session_close(struct sq_session *s)
{
    for (size_t i = 0; i < s->njudges; i++)
        s->judges[i].engine->ops->close(s->judges[i].engine);
    if (s->model)
        s->model->ops->close(s->model);
    sq_sandbox_close(s->sandbox);
    free(s->ready);
    sq_plan_release(&s->plan);
    for (size_t i = 0; i < s->ntemplates; i++)
        sq_judge_template_free(s->templates[i]);
    free(s->templates);
    for (size_t i = 0; i < s->nsuites; i++)
        sq_suite_close(s->suites[i]);
    free(s->suites);
    free(s->suite_rows);
    for (size_t i = 0; i < s->narrivals; i++)
        sq_response_release(&s->arrivals[i].response);
    free(s->arrivals);
    sq_audit_close(s);
    sq_opponent_close(s->opponent);
    sq_arena_release(&s->arena);
    sq_store_close(s->store);
}
