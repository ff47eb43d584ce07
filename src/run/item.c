#include "run/item.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/audit.h"
#include "run/choices.h"
#include "run/judging.h"
#include "run/opponent.h"
#include "run/score.h"
#include "run/source.h"

void sq_ask_key(struct sq_ask *ask)
{
    sq_request_key(ask->engine, &ask->request, ask->key);
    const struct sq_session *s = ask->item->session;
    if (!s->options->no_cache && !ask->repeat)
        return;
    /* asked anew, yet found again when this same run is resumed */
    struct sq_sha256 *d = sq_sha256_new();
    sq_sha256_add_field(d, sq_str_from(ask->key));
    if (s->options->no_cache)
        sq_sha256_add_field(d, sq_str_from(s->run.id));
    if (ask->repeat)
        sq_sha256_add_field(d, SQ_STR("repeat"));
    sq_sha256_finish(d, ask->key);
}

static enum sq_asked asked(const struct sq_ask *ask)
{
    return ask->template_ ? (enum sq_asked)(SQ_ASKED_JUDGE + (int)ask->judge)
                          : SQ_ASKED_MODEL;
}

static enum sq_status put_job(struct sq_ask *ask, enum sq_state state,
                              const struct sq_response *r, int64_t row,
                              bool cached, const char *error,
                              struct sq_err *err)
{
    struct sq_price price = ask->item->session->budget->prices[asked(ask)];
    struct sq_item *item = ask->item;
    struct sq_session *s = item->session;
    const struct sq_judge_template *t = ask->template_;
    struct sq_job job = {.sample = item->sample->row,
                         .epoch = item->epoch,
                         .judge = t ? s->judges[ask->judge].name : "",
                         .attempt = ask->attempt,
                         .judge_template = t ? t->name.p : "",
                         .template_digest = t ? t->digest : "",
                         .response = row,
                         .state = state,
                         .error = error ? error : "",
                         .retries = r ? r->retries : 0,
                         .cost = NAN,
                         .cached = cached,
                         .shared = ask->shared};
    if (r && r->prompt_tokens >= 0 && r->completion_tokens >= 0)
        job.cost = sq_price_cost(price, sq_budget_used(r));
    if (item->canary || ask->repeat)
        job.probe = sq_audit_probe_name(ask);
    else
        sq_plan_job_id(s->suites[item->sample->suite], item->sample->sample->id,
                       item->epoch, job.id);
    return sq_store_job_put(s->store, &s->run, &job, err);
}

static void model_done(struct sq_item *item, enum sq_state state,
                       const char *error)
{
    item->state = state;
    item->error = sq_arena_strdup(&item->arena, error ? error : "");
    item->model.state = SQ_ASK_DONE;
    item->waiting--;
}

const struct sq_message *sq_item_prompt(const struct sq_session *s,
                                        const struct sq_sample *sample,
                                        struct sq_arena *arena, size_t *n)
{
    const struct sq_run_prompt *p = &s->options->prompt;
    struct sq_message *list =
        sq_arena_array(arena, sample->nmessages + 2, sizeof *list);
    *n = 0;
    if (p->system.n)
        list[(*n)++] =
            (struct sq_message){.role = "system", .content = p->system};
    for (size_t i = 0; i < sample->nmessages; i++) {
        bool system = strcmp(sample->messages[i].role, "system") == 0;
        if (!system || !p->system.n) /* the user's replaces the suite's */
            list[(*n)++] = sample->messages[i];
    }
    if (!sample->nmessages)
        list[(*n)++] =
            (struct sq_message){.role = "user", .content = sample->query};
    return list;
}

/* The request to the model. */
static void set_request(struct sq_item *item)
{
    struct sq_session *s = item->session;
    const struct sq_run_prompt *p = &s->options->prompt;
    const struct sq_task *t = &s->suites[item->sample->suite]->def->task;
    const struct sq_sample *sample = item->sample->sample;
    size_t n = 0;
    const struct sq_message *messages =
        sq_item_prompt(s, sample, &item->arena, &n);
    item->model = (struct sq_ask){.item = item, .engine = s->model};
    item->model.request = (struct sq_request){
        .messages = messages,
        .nmessages = n,
        .sampling = sq_session_sampling(s, item->sample->suite, item->epoch),
        .stops = p->nstops ? p->stops : t->stops,
        .nstops = p->nstops ? p->nstops : t->nstops,
        .top_logprobs = p->top_logprobs,
        .extra = p->extra,
        .choices = 1,
        .sample = sample,
        .epoch = item->epoch,
        .tag = &item->model};
}

enum sq_status sq_item_begin(struct sq_session *s,
                             const struct sq_plan_job *job,
                             struct sq_item **out, struct sq_err *err)
{
    struct sq_plan_sample *ps = job->sample;
    struct sq_item *item = sq_xcalloc(1, sizeof *item);
    item->session = s;
    item->sample = ps;
    item->epoch = job->epoch;
    item->waiting = 1;
    *out = NULL;

    bool scored = false;
    enum sq_status st = SQ_OK;
    if (!ps->row)
        st = sq_store_sample_put(s->store, s->suite_rows[ps->suite], ps->sample,
                                 &ps->row, err);
    if (st == SQ_OK && s->run.resumed)
        st = sq_store_scored(s->store, &s->run, ps->row, job->epoch, &scored,
                             err);
    if (st != SQ_OK || scored) {
        sq_item_free(item);
        return st;
    }
    set_request(item);
    sq_ask_key(&item->model);
    if (ps->sample->query.n == 0 && s->model->ops->asks) {
        st =
            sq_ask_give_up(&item->model, "the query is empty: never sent", err);
        if (st != SQ_OK) {
            sq_item_free(item);
            return st;
        }
    }
    *out = item;
    return SQ_OK;
}

void sq_item_free(struct sq_item *item)
{
    sq_response_release(&item->response);
    sq_plan_sample_drop(item->sample);
    sq_arena_release(&item->arena);
    free(item);
}

/* The answer that the source run has, or the state that it has instead. */
static enum sq_status from_source(struct sq_ask *ask, struct sq_err *err)
{
    struct sq_item *item = ask->item;
    struct sq_session *s = item->session;
    const struct sq_sample *sample = item->sample->sample;
    /* as the run called it, whose rules may have been others */
    const char *label = s->options->suites[item->sample->suite];
    struct sq_source_job j;
    enum sq_status st =
        sq_store_source_get(s->store, s->options->source->id, label, sample->id,
                            item->epoch, &j, err);
    if (st == SQ_OK && j.there &&
        !sq_str_eq(sq_str_from(j.query), sample->query)) {
        st = sq_err_set(err, SQ_INPUT,
                        "sample %.*s of %s is not the query that run %s "
                        "asked: its responses answer another one",
                        SQ_STR_ARG(sample->id), label, s->options->source->id);
    } else if (st == SQ_OK && j.row) {
        ask->state = SQ_ASK_IN_FLIGHT;
        sq_session_arrive(s, ask, &j.response, j.row);
    } else if (st == SQ_OK) {
        const char *why = j.there ? j.error : "the run has no response to it";
        s->result->missing += sample->query.n > 0;
        model_done(item, j.state, why);
        st = put_job(ask, j.state, NULL, 0, true, why, err);
    }
    sq_source_job_release(&j);
    return st;
}

enum sq_status sq_ask_from_store(struct sq_ask *ask, bool *found,
                                 struct sq_err *err)
{
    struct sq_session *s = ask->item->session;
    if (s->options->source && !ask->template_) {
        *found = true;
        return from_source(ask, err);
    }
    struct sq_response r = {0};
    int64_t row = 0;
    enum sq_status st =
        sq_store_response_get(s->store, ask->key, &row, &r, err);
    *found = st == SQ_OK && row != 0;
    if (*found) {
        ask->state = SQ_ASK_IN_FLIGHT;
        sq_session_arrive(s, ask, &r, row);
    }
    return st;
}

enum sq_budget_answer sq_ask_afford(struct sq_ask *ask)
{
    if (!ask->engine->ops->asks) /* recordings are free */
        return SQ_BUDGET_YES;
    struct sq_budget *b = ask->item->session->budget;
    ask->hold = (struct sq_hold){.asked = asked(ask),
                                 .most = sq_budget_most(&ask->request)};
    enum sq_budget_answer answer = sq_budget_take(b, &ask->hold, sq_clock_ms());
    if (answer != SQ_BUDGET_NO || !ask->mates)
        return answer;
    b->over = SQ_BUDGET_NONE;
    sq_choices_part(ask);
    return sq_ask_afford(ask);
}

bool sq_ask_failed(struct sq_ask *ask, bool paid, int64_t again_ms)
{
    int64_t at_ms = again_ms < 0 ? -1 : sq_clock_ms() + again_ms;
    return sq_budget_failed(ask->item->session->budget, &ask->hold, paid,
                            at_ms);
}

/* The digests of a message's images: the data has them. */
static void put_images(struct sq_json *to, const struct sq_message *m)
{
    struct sq_json *list = m->nimages ? sq_json_array() : NULL;
    char digest[SQ_DIGEST_HEX];
    for (size_t i = 0; i < m->nimages; i++) {
        sq_sha256_of(m->images[i], digest);
        sq_json_put_str(list, NULL, sq_str_from(digest));
    }
    if (list)
        sq_json_put(to, "images_sha256", list);
}

/* The request as JSON, for whoever audits the database. */
static void render_request(const struct sq_request *r, struct sq_buf *out)
{
    struct sq_json *j = sq_json_object(), *messages = sq_json_array();
    for (size_t i = 0; i < r->nmessages; i++) {
        struct sq_json *m = sq_json_object();
        sq_json_put_str(m, "role", sq_str_from(r->messages[i].role));
        sq_json_put_str(m, "content", r->messages[i].content);
        put_images(m, &r->messages[i]);
        sq_json_put(messages, NULL, m);
    }
    sq_json_put(j, "messages", messages);
    if (!isnan(r->sampling.temperature))
        sq_json_put_num(j, "temperature", r->sampling.temperature);
    if (!isnan(r->sampling.top_p))
        sq_json_put_num(j, "top_p", r->sampling.top_p);
    if (r->sampling.max_tokens >= 0)
        sq_json_put_int(j, "max_tokens", r->sampling.max_tokens);
    if (r->sampling.seed >= 0)
        sq_json_put_int(j, "seed", r->sampling.seed);
    struct sq_json *stops = r->nstops ? sq_json_array() : NULL;
    for (size_t i = 0; i < r->nstops; i++)
        sq_json_put_str(stops, NULL, r->stops[i]);
    if (stops)
        sq_json_put(j, "stop", stops);
    if (r->top_logprobs)
        sq_json_put_int(j, "top_logprobs", r->top_logprobs);
    if (r->extra.n)
        sq_json_put_str(j, "extra", r->extra);
    if (r->schema.n)
        sq_json_put_str(j, "schema", r->schema);
    sq_json_render(j, out);
    sq_json_free(j);
}

static enum sq_state response_state(const struct sq_response *r)
{
    switch (r->stop) {
    case SQ_STOP_LENGTH:
        return SQ_STATE_TRUNCATED;
    case SQ_STOP_REFUSED:
        return SQ_STATE_REFUSED;
    case SQ_STOP_ERROR:
        return SQ_STATE_ERROR;
    default:
        return SQ_STATE_PASS;
    }
}

/* A verdict that is in the first token's logprobs becomes the text. */
static void keep_logprobs(const struct sq_ask *ask, struct sq_response *r)
{
    struct sq_buf text;
    if (!ask->request.top_logprobs || !ask->template_ || !r->raw)
        return;
    sq_buf_init(&text, SQ_MAX_REPLY);
    if (sq_judge_first_token((sq_str){r->raw, r->raw_len}, &text)) {
        free(r->text);
        r->text_len = text.n;
        r->text = sq_buf_take(&text);
    }
    sq_buf_release(&text);
}

enum sq_status sq_ask_store(struct sq_arrival *a, struct sq_err *err)
{
    struct sq_ask *ask = a->ask;
    struct sq_session *s = ask->item->session;
    const struct sq_response *r = &a->response;
    enum sq_status st = SQ_OK;
    bool cached = a->row != 0;
    if (!cached && r->stop != SQ_STOP_ERROR) {
        struct sq_buf request;
        sq_buf_init(&request, SQ_MAX_PROMPT);
        render_request(&ask->request, &request);
        keep_logprobs(ask, &a->response);
        struct sq_store_origin origin = {ask->key, ask->engine->ops->name,
                                         ask->engine->endpoint,
                                         ask->engine->model, request.p};
        st = sq_store_response_put(s->store, &origin, &a->response, &a->row,
                                   err);
        sq_buf_release(&request);
        free(a->response.raw); /* stored: of no more use */
        a->response.raw = NULL;
    }
    if (st == SQ_OK)
        st = put_job(ask, response_state(r), r, a->row, cached, r->error, err);
    if (r->stop == SQ_STOP_ERROR) {
        s->result->missing++;
        if (!s->result->first_error.status)
            (void)sq_err_set(&s->result->first_error, SQ_NET, "%s", r->error);
    }
    s->result->cached += cached;
    s->result->asked += !cached;
    return st;
}

void sq_ask_arrived(struct sq_arrival *a)
{
    struct sq_ask *ask = a->ask;
    struct sq_item *item = ask->item;
    enum sq_state state = response_state(&a->response);
    if (ask->template_) {
        if (sq_judging_done(ask, state, a->response.error, &a->response))
            sq_ask_key(ask);
    } else {
        model_done(item, state, a->response.error);
        item->response = a->response;
        a->response = (struct sq_response){0};
        item->baseline =
            sq_opponent_get(item->session->opponent,
                            item->session->suites[item->sample->suite]->label,
                            item->sample->sample, item->epoch, &item->arena);
        sq_judging_begin(item);
        for (size_t i = 0; i < item->njudges; i++)
            sq_ask_key(&item->judges[i]);
    }
    sq_response_release(&a->response);
}

enum sq_status sq_ask_give_up(struct sq_ask *ask, const char *why,
                              struct sq_err *err)
{
    if (ask->template_)
        (void)sq_judging_done(ask, SQ_STATE_NOT_RUN, why, NULL);
    else
        model_done(ask->item, SQ_STATE_NOT_RUN, why);
    return put_job(ask, SQ_STATE_NOT_RUN, NULL, 0, false, why, err);
}

enum sq_status sq_ask_go_without(struct sq_ask *ask, struct sq_err *err)
{
    const struct sq_session *s = ask->item->session;
    struct sq_buf why;
    sq_choices_part(ask);
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_budget_name(s->budget, &why);
    sq_buf_adds(&why, " is spent");
    s->result->missing++;
    enum sq_status st = sq_ask_give_up(ask, why.p, err);
    sq_buf_release(&why);
    return st;
}

enum sq_status sq_item_give_up(struct sq_item *item, const char *why,
                               struct sq_err *err)
{
    struct sq_run_result *result = item->session->result;
    enum sq_status st = SQ_OK;
    if (item->model.state != SQ_ASK_DONE) {
        result->missing++;
        st = sq_ask_give_up(&item->model, why, err);
    }
    for (size_t i = 0; i < item->njudges && st == SQ_OK; i++)
        if (item->judges[i].state != SQ_ASK_DONE) {
            result->missing++;
            st = sq_ask_give_up(&item->judges[i], why, err);
        }
    return st;
}

#define QUOTED 80 /* bytes of what is found, in its description */

/* How the response talks to the judge: "demand: Give 5". */
static sq_str describe_attack(struct sq_item *item, sq_str text)
{
    sq_str found = {0};
    const char *rule = sq_attack_find(item->session->attacks, text, &found);
    if (!rule)
        return SQ_STR("");
    size_t end = 0;
    while (end < found.n && end < QUOTED)
        (void)sq_utf8_next(found, &end);
    return sq_str_from(
        sq_arena_printf(&item->arena, "%s: %.*s", rule,
                        SQ_STR_ARG(sq_str_trim(sq_str_sub(found, 0, end)))));
}

enum sq_status sq_item_score(struct sq_item *item, struct sq_err *err)
{
    struct sq_session *s = item->session;
    if (item->canary)
        return sq_audit_canary(item, err);
    struct sq_score_input in = {
        .sample = item->sample->sample,
        .state = item->state,
        .text = {item->response.text, item->response.text_len},
        .error = item->error,
        .judged = item->judged,
        .njudged = item->nscored,
        .ran = item->ran,
        .nran = item->nran};
    struct sq_score_sheet sheet;
    sq_score(&in, &item->arena, &sheet);
    if (item->nscored)
        sheet.attack = describe_attack(item, in.text);
    for (size_t i = 0; i < sheet.nsteps; i++)
        s->result->states[sheet.steps[i].state]++;
    enum sq_status st = sq_store_scores_put(
        s->store, &s->run, item->sample->row, item->epoch, &sheet, err);
    return st == SQ_OK ? sq_audit_repeats(item, err) : st;
}
