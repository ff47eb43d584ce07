#include "run/settings.h"

#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "run/audit.h"
#include "run/opponent.h"
#include "run/source.h"

/* A limit or sampling value; what is not set stays out. */
static void put_set(struct sq_json *j, const char *key, double v, double unset)
{
    if (!isnan(v) && v != unset)
        sq_json_put_num(j, key, v);
}

static void put_engine(struct sq_json *j, const char *key,
                       const struct sq_engine *e)
{
    if (!e)
        return;
    struct sq_json *o = sq_json_object();
    sq_json_put_str(o, "engine", sq_str_from(e->ops->name));
    sq_json_put_str(o, "endpoint", sq_str_from(e->endpoint));
    sq_json_put_str(o, "model", sq_str_from(e->model));
    sq_json_put(j, key, o);
}

static void put_prompt(struct sq_json *j, const struct sq_run_prompt *p)
{
    struct sq_json *stops = p->nstops ? sq_json_array() : NULL;
    if (p->system.n)
        sq_json_put_str(j, "system", p->system);
    for (size_t i = 0; i < p->nstops; i++)
        sq_json_put_str(stops, NULL, p->stops[i]);
    if (stops)
        sq_json_put(j, "stop", stops);
    if (p->top_logprobs)
        sq_json_put_int(j, "logprobs", p->top_logprobs);
    if (p->extra.n)
        sq_json_put_str(j, "extra_body", p->extra);
}

/* How the source asked its model: all its settings that are not of scoring. */
static void put_rest(struct sq_json *j, const struct sq_json *settings)
{
    static const char *const ours[] = {
        "seqeval",      "judges",   "suites",      "judge_templates",
        "judge_reasks", "canaries", "no_cache",    "scored_from",
        "baseline",     "python",   "unsafe_code", "cgroup"};
    for (const struct sq_json *i = sq_json_first(settings); i;
         i = sq_json_next(i)) {
        bool skip = false;
        for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
            skip = skip || sq_str_eq(sq_json_key(i), sq_str_from(ours[k]));
        if (!skip)
            sq_json_put(j, sq_json_key(i).p, sq_json_copy(i));
    }
}

struct sq_json *sq_settings_identity(const struct sq_session *s)
{
    const struct sq_run_options *o = s->options;
    struct sq_json *j = sq_json_object();
    sq_json_put_str(j, "seqeval", SQ_STR(SQ_VERSION));
    if (!o->source)
        put_engine(j, "model", s->model);
    struct sq_json *asked = sq_json_array();
    for (size_t i = 0; i < s->njudges; i++)
        put_engine(asked, NULL, s->judges[i].engine);
    if (s->njudges)
        sq_json_put(j, "judges", asked);
    else
        sq_json_free(asked);
    struct sq_json *list = sq_json_array();
    for (size_t i = 0; i < s->nsuites; i++) {
        const struct sq_suite *suite = s->suites[i];
        struct sq_json *u = sq_json_object();
        sq_json_put_str(u, "suite", sq_str_from(suite->label));
        sq_json_put_str(u, "definition", sq_str_from(suite->def->digest));
        sq_json_put_str(u, "data", sq_str_from(suite->data_digest));
        sq_json_put_str(u, "steps", sq_str_from(suite->def->steps_digest));
        if (suite->modified)
            sq_json_put_bool(u, "modified", true);
        sq_json_put(list, NULL, u);
    }
    sq_json_put(j, "suites", list);
    struct sq_json *judges = sq_json_array();
    for (size_t i = 0; i < s->ntemplates; i++) {
        struct sq_json *t = sq_json_object();
        sq_json_put_str(t, "template", s->templates[i]->name);
        sq_json_put_str(t, "digest", sq_str_from(s->templates[i]->digest));
        sq_json_put(judges, NULL, t);
    }
    sq_json_put(j, "judge_templates", judges);
    if (s->njudges)
        sq_json_put_int(j, "judge_reasks", o->judge_reasks);
    if (s->opponent)
        sq_json_put_str(j, "baseline", sq_opponent_name(s->opponent));
    if (s->canaries)
        sq_json_put_str(j, "canaries", sq_str_from(s->canaries->digest));
    sq_json_put_bool(j, "no_cache", o->no_cache);
    if (s->sandbox) {
        sq_json_put_str(j, "python", sq_str_from(s->sandbox->python));
        sq_json_put_bool(j, "unsafe_code", s->sandbox->unsafe);
        sq_json_put_bool(j, "cgroup", s->sandbox->cgroup);
    }
    if (o->source) {
        sq_json_put_str(j, "scored_from", sq_str_from(o->source->id));
        put_rest(j, o->source->settings);
        return j;
    }
    sq_json_put_int(j, "epochs", o->epochs);
    put_set(j, "limit_first", (double)o->limit.first, 0);
    put_set(j, "limit_last", (double)o->limit.last, 0);
    put_set(j, "temperature", o->sampling.temperature, -1);
    put_set(j, "top_p", o->sampling.top_p, -1);
    put_set(j, "max_tokens", (double)o->sampling.max_tokens, -1);
    put_set(j, "seed", (double)o->sampling.seed, -1);
    put_prompt(j, &o->prompt);
    return j;
}

static void put_price(struct sq_json *j, const char *key, struct sq_price p)
{
    if (!sq_price_known(p))
        return;
    struct sq_json *o = sq_json_object();
    sq_json_put_num(o, "input", p.input);
    sq_json_put_num(o, "output", p.output);
    if (p.cached_less > 0)
        sq_json_put_num(o, "cached_input", p.input - p.cached_less);
    sq_json_put(j, key, o);
}

static void put_rate(struct sq_json *j, const char *key, long long n)
{
    if (n)
        sq_json_put_int(j, key, n);
}

struct sq_json *sq_settings_provenance(const struct sq_session *s)
{
    struct sq_json *j = sq_json_object();
    struct utsname host;
    if (uname(&host) == 0) {
        struct sq_json *h = sq_json_object();
        sq_json_put_str(h, "name", sq_str_from(host.nodename));
        sq_json_put_str(h, "system", sq_str_from(host.sysname));
        sq_json_put_str(h, "release", sq_str_from(host.release));
        sq_json_put_str(h, "machine", sq_str_from(host.machine));
        sq_json_put(j, "host", h);
    }
    for (size_t i = 0; i < s->nsuites; i++)
        if (s->suites[i]->languages && !sq_json_get(j, "languages_told_by"))
            sq_json_put_str(j, "languages_told_by",
                            sq_str_from(s->suites[i]->languages));
    sq_json_put_int(j, "concurrency", s->options->concurrency);
    if (s->num_choices > 1)
        sq_json_put_int(j, "num_choices", s->num_choices);
    put_rate(j, "rpm", s->options->model.rpm);
    put_rate(j, "tpm", s->options->model.tpm);
    if (s->options->stream)
        sq_json_put_bool(j, "stream", true);
    sq_json_put_int(j, "max_retries", s->options->max_retries);
    sq_json_put_num(j, "timeout_s", s->options->timeout_s);
    sq_engine_put_metadata(j, "model", s->model);
    struct sq_json *judges = sq_json_object();
    for (size_t i = 0; i < s->njudges; i++)
        sq_engine_put_metadata(judges, s->judges[i].name, s->judges[i].engine);
    sq_json_put(j, "judges", judges);
    put_price(j, "model_price", s->budget->prices[SQ_ASKED_MODEL]);
    struct sq_json *prices = sq_json_object();
    for (size_t i = 0; i < s->njudges; i++)
        put_price(prices, s->judges[i].name,
                  s->budget->prices[SQ_ASKED_JUDGE + i]);
    sq_json_put(j, "judge_prices", prices);
    return j;
}
