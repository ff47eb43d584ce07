#include "run/judging.h"

#include <math.h>

#include "run/score.h"

bool sq_judging_asks(const struct sq_session *s, size_t suite,
                     const struct sq_judge_template *t)
{
    const struct sq_suite_def *def = s->suites[suite]->def;
    if (s->options->ntemplates)
        return true;
    for (size_t i = 0; i < def->njudges; i++)
        if (sq_str_eq(def->judges[i], t->base))
            return true;
    return false;
}

static void add_ask(struct sq_item *item, const struct sq_judge_template *t,
                    size_t judge, const struct sq_message *messages, size_t n)
{
    const struct sq_session_judge *j = &item->session->judges[judge];
    struct sq_ask *ask = &item->judges[item->njudges];
    *ask = (struct sq_ask){
        .item = item, .template_ = t, .judge = judge, .engine = j->engine};
    ask->request = (struct sq_request){.messages = messages,
                                       .nmessages = n,
                                       .sampling = {.temperature = 0,
                                                    .top_p = NAN,
                                                    .max_tokens = t->max_tokens,
                                                    .seed = -1},
                                       .top_logprobs = sq_judge_logprobs(t),
                                       .schema = t->schema,
                                       .sample = item->sample->sample,
                                       .epoch = item->epoch,
                                       .tag = ask};
    item->judged[item->njudges++] =
        (struct sq_judged){.template_ = t, .judge = j->name};
    item->waiting++;
}

/* An empty query is nobody's question, and no recording has a canary. */
static bool is_asked(const struct sq_item *item, const struct sq_engine *e)
{
    return e->ops->asks ? item->sample->sample->query.n > 0 : !item->canary;
}

bool sq_judging_repeats(const struct sq_session *s, const struct sq_sample *q,
                        int epoch)
{
    size_t first = s->options->limit.first;
    return s->canaries && epoch == 1 &&
           q->ordinal < (first ? first - 1 : 0) + SQ_JUDGING_REPEATS;
}

/* Has the judges of a few samples say everything twice. */
static void add_repeats(struct sq_item *item)
{
    if (item->canary ||
        !sq_judging_repeats(item->session, item->sample->sample, item->epoch))
        return;
    for (size_t i = 0; i < item->nscored; i++) {
        const struct sq_ask *ask = &item->judges[i];
        if (!ask->engine->ops->asks || sq_judge_compares(ask->template_))
            continue;
        add_ask(item, ask->template_, ask->judge, ask->request.messages,
                ask->request.nmessages);
        item->judges[item->njudges - 1].repeat = i + 1;
    }
}

/* What was added last has nothing to compare with. */
static void no_baseline(struct sq_item *item)
{
    struct sq_run_result *r = item->session->result;
    struct sq_judged *j = &item->judged[item->njudges - 1];
    item->judges[item->njudges - 1].state = SQ_ASK_DONE;
    item->waiting--;
    j->state = SQ_STATE_ERROR;
    j->error = "--baseline-responses has none to this sample";
    r->missing++;
    if (!r->first_error.status)
        (void)sq_err_set(&r->first_error, SQ_INPUT, "%s", j->error);
}

void sq_judging_begin(struct sq_item *item)
{
    struct sq_session *s = item->session;
    const struct sq_sample *sample = item->sample->sample;
    size_t most = s->ntemplates * s->njudges;
    if (!most || item->state != SQ_STATE_PASS)
        return;
    item->judges = sq_arena_array(&item->arena, 2 * most, sizeof *item->judges);
    item->judged = sq_arena_array(&item->arena, 2 * most, sizeof *item->judged);
    sq_str text = {item->response.text, item->response.text_len};
    for (size_t i = 0; i < s->ntemplates; i++) {
        const struct sq_judge_template *t = s->templates[i];
        if (item->canary ? sq_judge_compares(t)
                         : !sq_judging_asks(s, item->sample->suite, t))
            continue;
        size_t n = 0;
        const struct sq_message *messages = sq_judge_request_pair(
            t, sample, text, item->baseline, &item->arena, &n);
        for (size_t k = 0; k < s->njudges; k++) {
            if (!is_asked(item, s->judges[k].engine))
                continue;
            add_ask(item, t, k, messages, n);
            if (sq_judge_compares(t) && s->judges[k].engine->ops->asks &&
                !item->baseline.p)
                no_baseline(item);
        }
    }
    item->nscored = item->njudges;
    add_repeats(item);
}

/* A first reply stays unless a later one says more. */
static void keep_better(struct sq_judged *j, const struct sq_verdict *v,
                        bool first)
{
    if (first || sq_judge_unread(v) < sq_judge_unread(&j->verdict))
        j->verdict = *v;
}

/* Turns the ask into its next try, when there is one. */
static bool ask_again(struct sq_ask *ask)
{
    struct sq_item *item = ask->item;
    struct sq_request *r = &ask->request;
    if (!ask->engine->ops->asks ||
        ask->attempt >= item->session->options->judge_reasks)
        return false;
    sq_str text = {item->response.text, item->response.text_len};
    const struct sq_message *first =
        sq_judge_request_pair(ask->template_, item->sample->sample, text,
                              item->baseline, &item->arena, &r->nmessages);
    ask->attempt++;
    r->messages = sq_judge_request_again(ask->template_, first, r->nmessages,
                                         ask->attempt + 1, &item->arena);
    ask->state = SQ_ASK_NEW;
    return true;
}

bool sq_judging_done(struct sq_ask *ask, enum sq_state state, const char *error,
                     const struct sq_response *r)
{
    struct sq_item *item = ask->item;
    struct sq_judged *j = &item->judged[ask - item->judges];
    if (state == SQ_STATE_ERROR || state == SQ_STATE_NOT_RUN) {
        /* What an earlier try gave stands, but is not the last word. */
        j->error = sq_arena_strdup(&item->arena, error ? error : "");
        j->state = ask->attempt ? SQ_STATE_PASS : state;
        j->again = true;
    } else {
        /* A cut or refused reply is one that holds no verdict. */
        struct sq_verdict v;
        sq_judge_parse(
            ask->template_, item->sample->sample,
            (sq_str){item->response.text, item->response.text_len},
            sq_arena_str(&item->arena, (sq_str){r->text, r->text_len}),
            &item->arena, &v);
        keep_better(j, &v, ask->attempt == 0);
        j->state = SQ_STATE_PASS;
        j->error = "";
        if (sq_judge_unread(&v) && ask_again(ask))
            return true;
    }
    ask->state = SQ_ASK_DONE;
    item->waiting--;
    return false;
}
