#include "run/run.h"

#include <math.h>

#include "run/item.h"
#include "run/judging.h"
#include "run/opponent.h"

/* A guess that fits English text, and one for an image of middling size. */
#define BYTES_PER_TOKEN 4
#define PER_IMAGE 1000

static void add_answer(struct sq_run_forecast_part *p,
                       const struct sq_request *r)
{
    if (r->sampling.max_tokens < 0)
        p->completion_most = -1;
    else if (p->completion_most >= 0)
        p->completion_most += r->sampling.max_tokens;
}

static void add_request(struct sq_run_forecast_part *p,
                        const struct sq_request *r)
{
    long long bytes = 0, images = 0;
    for (size_t i = 0; i < r->nmessages; i++) {
        bytes += (long long)r->messages[i].content.n;
        images += (long long)r->messages[i].nimages;
    }
    p->requests++;
    p->prompt_most += sq_budget_most(r).input;
    p->prompt_about += bytes / BYTES_PER_TOKEN + 1 + images * PER_IMAGE;
    add_answer(p, r);
}

/* What a judge would be asked about a response. */
static void add_judge(struct sq_run_forecast_part *p,
                      const struct sq_judge_template *t,
                      const struct sq_sample *q, sq_str response,
                      sq_str baseline)
{
    struct sq_arena arena = {0};
    struct sq_request r = {.sampling.max_tokens = t->max_tokens};
    r.messages =
        sq_judge_request_pair(t, q, response, baseline, &arena, &r.nmessages);
    add_request(p, &r);
    sq_arena_release(&arena);
}

/* The same about the answer to a sample, once it is there. */
static void add_judges(struct sq_run_forecast_part *p,
                       const struct sq_session *s,
                       const struct sq_plan_job *job, size_t judge,
                       long long response)
{
    const struct sq_sample *q = job->sample->sample;
    bool twice = s->judges[judge].engine->ops->asks &&
                 sq_judging_repeats(s, q, job->epoch);
    struct sq_arena arena = SQ_ARENA_INIT;
    sq_str baseline =
        sq_opponent_get(s->opponent, s->suites[job->sample->suite]->label, q,
                        job->epoch, &arena);
    for (size_t i = 0; i < s->ntemplates; i++)
        for (int k = 0;
             k < (twice && !sq_judge_compares(s->templates[i]) ? 2 : 1); k++) {
            if (!sq_judging_asks(s, job->sample->suite, s->templates[i]))
                continue;
            add_judge(p, s->templates[i], q, SQ_STR(""), baseline);
            if (response > 0) {
                p->prompt_most += response;
                p->prompt_about += response;
            }
        }
    sq_arena_release(&arena);
}

static void add_canaries(struct sq_run_forecast *f, const struct sq_session *s)
{
    for (size_t k = 0; s->canaries && k < s->njudges; k++)
        for (size_t i = 0; i < s->ntemplates * s->canaries->n; i++) {
            const struct sq_canary *c = &s->canaries->list[i / s->ntemplates];
            const struct sq_judge_template *t = s->templates[i % s->ntemplates];
            if (s->judges[k].engine->ops->asks && !sq_judge_compares(t))
                add_judge(&f->parts[SQ_ASKED_JUDGE + k], t, &c->sample,
                          c->response, SQ_STR(""));
        }
}

/* The jobs that the last request would answer. */
struct group {
    size_t suite, ordinal; /* of their sample */
    long long n;           /* 0 = there is none */
};

static void add_job(struct sq_run_forecast *f, const struct sq_session *s,
                    const struct sq_plan_job *job, struct group *g)
{
    const struct sq_sample *sample = job->sample->sample;
    bool again =
        g->n && g->suite == job->sample->suite && g->ordinal == sample->ordinal;
    bool joins = again && g->n < s->num_choices;
    struct sq_arena arena = {0};
    struct sq_request r = {
        .sampling = sq_session_sampling(s, job->sample->suite, job->epoch)};
    r.messages = sq_item_prompt(s, sample, &arena, &r.nmessages);
    *g = (struct group){job->sample->suite, sample->ordinal,
                        joins ? g->n + 1 : 1};
    f->jobs++;
    f->samples += !again;
    f->steps += sample->nsteps;
    bool asked = sample->query.n || !s->model->ops->asks;
    if (asked && joins)
        add_answer(&f->parts[SQ_ASKED_MODEL], &r);
    else if (asked)
        add_request(&f->parts[SQ_ASKED_MODEL], &r);
    for (size_t k = 0; asked && k < s->njudges; k++)
        add_judges(&f->parts[SQ_ASKED_JUDGE + k], s, job, k,
                   r.sampling.max_tokens);
    sq_arena_release(&arena);
}

static void add_cost(struct sq_run_forecast_part *p, struct sq_price price,
                     bool bounded)
{
    p->cost_most = NAN;
    if (bounded && p->completion_most >= 0)
        p->cost_most = sq_price_cost(
            price, (struct sq_tokens){p->prompt_most, p->completion_most, 0});
}

enum sq_status sq_run_forecast(const struct sq_run_options *options,
                               struct sq_run_forecast *out, struct sq_err *err)
{
    struct sq_session s;
    struct sq_run_result unused = {0};
    struct group group = {0, 0, 0};
    *out = (struct sq_run_forecast){0};
    enum sq_status st = sq_session_open(&s, options, &unused, err);
    while (st == SQ_OK) {
        struct sq_plan_job job;
        st = sq_plan_next(&s.plan, &job, err);
        if (st != SQ_OK || !job.sample)
            break;
        add_job(out, &s, &job, &group);
        sq_plan_sample_drop(job.sample);
    }
    if (st == SQ_OK)
        add_canaries(out, &s);
    /* A judge's prompt has no bound where the response has none. */
    bool bounded = out->parts[SQ_ASKED_MODEL].completion_most >= 0;
    for (size_t i = 0; i <= s.njudges && st == SQ_OK; i++) {
        const struct sq_engine *e = i ? s.judges[i - 1].engine : s.model;
        out->paid[i] = e->ops->asks;
        add_cost(&out->parts[i], s.budget->prices[i], bounded);
    }
    sq_session_close(&s);
    return st;
}
