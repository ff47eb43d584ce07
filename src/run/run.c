#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "run/audit.h"
#include "run/choices.h"
#include "run/item.h"
#include "run/metrics.h"
#include "run/programs.h"
#include "run/progress.h"

/* The items under way and the asks that wait for a busy engine. */
struct loop {
    struct sq_session *s;
    struct sq_item *items;
    size_t nitems, window;
    size_t turn;   /* as many answers are handed on, and as many samples begun,
                      between two looks at the network */
    size_t stored; /* of the arrivals, the first ones */
    struct sq_ask *queue, **queue_end;
    bool planned;    /* the plan has no more jobs */
    bool stopping;   /* nothing new is asked */
    bool starved;    /* nothing new is affordable until an answer is settled */
    bool drained;    /* the queue was tried since an engine last moved */
    size_t canaries; /* begun */
    struct sq_ask *group; /* asks gathered for one request; NULL = none */
    struct sq_progress progress;
};

static void link_item(struct loop *l, struct sq_item *item)
{
    item->next = l->items;
    if (l->items)
        l->items->prev = item;
    l->items = item;
    l->nitems++;
}

static void end_item(struct loop *l, struct sq_item *item)
{
    if (item->prev)
        item->prev->next = item->next;
    else
        l->items = item->next;
    if (item->next)
        item->next->prev = item->prev;
    l->nitems--;
    l->progress.done += !item->canary;
    sq_item_free(item);
}

static void enqueue(struct loop *l, struct sq_ask *ask)
{
    ask->next = NULL;
    ask->state = SQ_ASK_WAITING;
    *l->queue_end = ask;
    l->queue_end = &ask->next;
}

/* Sends an ask, or lets it wait for its engine or for the budget, or ends it
 * without an answer when the budget is spent. */
static enum sq_status submit(struct loop *l, struct sq_ask *ask,
                             struct sq_err *err)
{
    bool over = l->s->budget->over != SQ_BUDGET_NONE;
    if (over && ask->engine->ops->asks)
        return sq_ask_go_without(ask, err);
    if (l->starved || ask->engine->full) {
        enqueue(l, ask);
        return SQ_OK;
    }
    switch (sq_ask_afford(ask)) {
    case SQ_BUDGET_NO:
        return sq_ask_go_without(ask, err);
    case SQ_BUDGET_WAIT:
        l->starved = true;
        enqueue(l, ask);
        return SQ_OK;
    default:
        ask->state = SQ_ASK_IN_FLIGHT;
        return ask->engine->ops->submit(ask->engine, &ask->request, err);
    }
}

/* Sends an ask, unless the store has its answer or the run is stopping. */
static enum sq_status dispatch(struct loop *l, struct sq_ask *ask,
                               struct sq_err *err)
{
    bool found = false;
    enum sq_status st = sq_ask_from_store(ask, &found, err);
    if (st != SQ_OK || found)
        return st;
    return l->stopping ? SQ_OK : submit(l, ask, err);
}

/* Moves an item on as far as it goes without waiting. */
static enum sq_status advance(struct loop *l, struct sq_item *item,
                              struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < item->njudges && st == SQ_OK; i++)
        if (item->judges[i].state == SQ_ASK_NEW)
            st = dispatch(l, &item->judges[i], err);
    if (st != SQ_OK || item->waiting)
        return st;
    st = sq_item_score(item, err);
    end_item(l, item);
    return st;
}

/* Sends what was waiting, as far as the engines take it. */
static enum sq_status drain_queue(struct loop *l, struct sq_err *err)
{
    struct sq_ask *waiting = l->queue;
    l->drained = true;
    l->queue = NULL;
    l->queue_end = &l->queue;
    enum sq_status st = SQ_OK;
    while (waiting) {
        struct sq_ask *ask = waiting;
        waiting = ask->next;
        if (st != SQ_OK) {
            enqueue(l, ask);
            continue;
        }
        st = submit(l, ask, err);
        if (st == SQ_OK && ask->state == SQ_ASK_DONE)
            st = advance(l, ask->item, err);
    }
    return st;
}

static bool can_begin(const struct loop *l)
{
    const struct sq_session *s = l->s;
    return !l->planned && l->nitems < l->window && !s->model->full &&
           !l->starved && !(s->sandbox && s->sandbox->full);
}

/* Begins canaries up to the nth, which go with the real items. */
static enum sq_status begin_canaries(struct loop *l, size_t n,
                                     struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = SQ_OK;
    while (s->canaries && l->canaries < n && l->canaries < s->canaries->n &&
           st == SQ_OK) {
        struct sq_item *item = sq_audit_begin(s, l->canaries++);
        link_item(l, item);
        st = advance(l, item, err);
    }
    return st;
}

/* Sends the asks that were gathered. */
static enum sq_status send_group(struct loop *l, struct sq_err *err)
{
    struct sq_ask *ask = l->group;
    l->group = NULL;
    enum sq_status st = ask ? submit(l, ask, err) : SQ_OK;
    if (st == SQ_OK && ask && ask->state == SQ_ASK_DONE)
        st = advance(l, ask->item, err);
    return st;
}

/* Answers a model's ask from the store, or gathers it with others of the same
 * sample and sends them when they are as many as one request may have. */
static enum sq_status gather(struct loop *l, struct sq_ask *ask,
                             struct sq_err *err)
{
    bool found = false;
    enum sq_status st = sq_ask_from_store(ask, &found, err);
    if (st == SQ_OK && found && ask->state == SQ_ASK_DONE)
        return advance(l, ask->item, err);
    if (st != SQ_OK || found)
        return st;
    if (!sq_choices_join(l->group, ask)) {
        st = send_group(l, err);
        l->group = ask;
    }
    return st == SQ_OK && sq_choices_full(l->group) ? send_group(l, err) : st;
}

/* New items, as many as the window holds. */
static enum sq_status refill(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    /* Long prompts take their time to begin, too. */
    for (size_t begun = 0; begun < l->turn && can_begin(l) && !sq_stop;
         begun++) {
        struct sq_plan_job job;
        enum sq_status st = sq_plan_next(&s->plan, &job, err);
        if (st != SQ_OK)
            return st;
        if (!job.sample) {
            l->planned = true;
            st = send_group(l, err);
            return st == SQ_OK ? begin_canaries(l, SIZE_MAX, err) : st;
        }
        s->result->jobs++;
        struct sq_item *item = NULL;
        st = sq_item_begin(s, &job, &item, err);
        if (st == SQ_OK)
            st = begin_canaries(l, s->result->jobs, err);
        if (st != SQ_OK) {
            if (item)
                sq_item_free(item);
            return st;
        }
        if (!item) {
            s->result->skipped++;
            l->progress.done++;
            continue;
        }
        link_item(l, item);
        if (item->model.state == SQ_ASK_NEW)
            st = gather(l, &item->model, err);
        else
            st = advance(l, item, err);
        if (st != SQ_OK)
            return st;
    }
    return SQ_OK; /* a group that is not full waits for the next items */
}

/* Ends a transaction; st: how what was written went. What was written is worth
 * keeping even when the run must stop. */
static enum sq_status commit(struct sq_store *store, enum sq_status st,
                             struct sq_err *err)
{
    struct sq_err late = {0};
    enum sq_status committed = sq_store_commit(store, &late);
    if (committed == SQ_OK)
        return st;
    sq_store_rollback(store);
    if (st != SQ_OK)
        return st;
    *err = late;
    return committed;
}

/* Stores what arrived and commits it, before anything is made of it. */
static enum sq_status store_arrivals(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    if (l->stored == s->narrivals)
        return SQ_OK;
    enum sq_status st = sq_store_begin(s->store, err);
    if (st != SQ_OK)
        return st;
    for (size_t i = l->stored; i < s->narrivals && st == SQ_OK; i++)
        st = sq_ask_store(&s->arrivals[i], err);
    st = commit(s->store, st, err);
    if (st == SQ_OK)
        l->stored = s->narrivals;
    return st;
}

/* Hands stored arrivals to their items; those may bring new arrivals. */
static enum sq_status take_arrivals(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    size_t n = l->stored < l->turn ? l->stored : l->turn;
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < n; i++) {
        struct sq_arrival arrival = s->arrivals[i];
        struct sq_item *item = arrival.ask->item;
        bool answer = arrival.ask == &item->model;
        sq_ask_arrived(&arrival);
        if (answer)
            sq_programs_begin(item);
        if (st == SQ_OK)
            st = advance(l, item, err);
    }
    l->stored -= n;
    s->narrivals -= n;
    if (n > 0)
        memmove(s->arrivals, s->arrivals + n,
                s->narrivals * sizeof *s->arrivals);
    return st;
}

/* Goes on with items whose programs have ended. */
static enum sq_status take_ready(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < s->nready && st == SQ_OK; i++)
        st = advance(l, s->ready[i], err);
    s->nready = 0;
    return st;
}

/* 0 is the model's, k + 1 that of judge k. */
static struct sq_engine *engine_at(const struct sq_session *s, size_t i)
{
    return i ? s->judges[i - 1].engine : s->model;
}

/* Those that run or wait to be run. */
static size_t programs(const struct sq_session *s)
{
    return s->sandbox ? s->sandbox->in_flight : 0;
}

static size_t in_flight(const struct sq_session *s)
{
    size_t n = 0;
    for (size_t i = 0; i <= s->njudges; i++)
        n += engine_at(s, i)->in_flight;
    return n + programs(s);
}

static size_t under_way(const struct sq_session *s)
{
    size_t n = in_flight(s);
    for (size_t i = 0; i <= s->njudges; i++)
        n -= engine_at(s, i)->waiting;
    return n;
}

/* Is there anything to wait for? A run that stops does not wait for what would
 * only be sent later. */
static bool has_waiting(const struct loop *l)
{
    const struct sq_session *s = l->s;
    bool full = false;
    if (l->stopping)
        return under_way(s) > 0;
    for (size_t i = 0; i <= s->njudges; i++)
        full = full || engine_at(s, i)->full;
    return in_flight(s) > 0 || (full && (l->queue || !l->planned));
}

/* Is there anything to do that needs no waiting? */
static bool has_work(const struct loop *l)
{
    const struct sq_session *s = l->s;
    bool free_engine = false;
    for (size_t i = 0; i <= s->njudges; i++)
        free_engine = free_engine || !engine_at(s, i)->full;
    bool sendable = l->queue && !l->drained && !l->starved && free_engine;
    return s->narrivals || s->nready || s->parted ||
           (!l->stopping && (can_begin(l) || sendable));
}

/* A turn of what can be done without waiting. */
static enum sq_status work(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    struct sq_ask *alone;
    enum sq_status st = store_arrivals(l, err);
    l->starved = false;
    while ((alone = sq_choices_parted(s)))
        enqueue(l, alone);
    if (st == SQ_OK)
        st = sq_store_begin(s->store, err);
    if (st != SQ_OK)
        return st;
    st = take_arrivals(l, err);
    if (st == SQ_OK)
        st = take_ready(l, err);
    if (st == SQ_OK && !l->stopping)
        st = drain_queue(l, err);
    if (st == SQ_OK && !l->stopping)
        st = refill(l, err);
    return commit(s->store, st, err);
}

/* Not longer than until an engine is due. */
static int time_to_wait(const struct sq_engine *e, int wait_ms)
{
    if (e->due_ms == 0)
        return wait_ms;
    int64_t left = e->due_ms - sq_clock_ms();
    return left < 0 ? 0 : left < wait_ms ? (int)left : wait_ms;
}

/* How long programs are waited for while engines wait, too, for their network:
 * so long may an answer lie there before it is looked at. */
#define PROGRAMS_MS 10

/* Lets engines and programs move; one of them may wait: the programs when there
 * are any, else the first engine with requests in flight. */
static enum sq_status step_engines(struct loop *l, int wait_ms,
                                   struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = SQ_OK;
    l->drained = false;
    for (size_t i = 0; i <= s->njudges; i++)
        wait_ms = time_to_wait(engine_at(s, i), wait_ms);
    int program_ms = wait_ms;
    if (programs(s)) {
        if (in_flight(s) > programs(s) && program_ms > PROGRAMS_MS)
            program_ms = PROGRAMS_MS;
        wait_ms = 0;
    }
    for (size_t i = 0; i <= s->njudges && st == SQ_OK; i++) {
        struct sq_engine *e = engine_at(s, i);
        if (!e->in_flight && !e->full)
            continue;
        st = e->ops->step(e, s->narrivals ? 0 : wait_ms, err);
        wait_ms = 0;
    }
    if (st == SQ_OK)
        st = sq_programs_step(s, s->narrivals ? 0 : program_ms, err);
    return st;
}

static enum sq_status loop(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = SQ_OK;
    while (st == SQ_OK && sq_stop < 2) {
        if (sq_stop && !l->stopping) {
            l->stopping = true;
            sq_log(s->options->log, SQ_LOG_WARN,
                   "stopping: waiting for %zu requests in flight (again to "
                   "stop at once)",
                   under_way(s));
        }
        if (has_work(l))
            st = work(l, err);
        else if (!has_waiting(l))
            break;
        if (st == SQ_OK && has_waiting(l))
            st = step_engines(l, has_work(l) ? 0 : 200, err);
        l->progress.in_flight = in_flight(s);
        l->progress.stopping = l->stopping;
        sq_progress_show(&l->progress);
    }
    return st;
}

/* An engine ended the run. What others have under way may have been paid for:
 * it is waited for, as after a first Ctrl-C. */
static void finish_flight(struct loop *l, const char *why)
{
    struct sq_session *s = l->s;
    struct sq_err ignored;
    bool told = false;
    l->stopping = true;
    for (size_t i = 0; i <= s->njudges; i++) {
        struct sq_engine *e = engine_at(s, i);
        while (!sq_stop && e->in_flight > e->waiting) {
            if (e->ops->step(e, told ? 200 : 0, &ignored) != SQ_OK ||
                (s->narrivals && work(l, &ignored) != SQ_OK))
                break;
            if (!told)
                sq_log(s->options->log, SQ_LOG_WARN,
                       "%s; waiting for %zu requests in flight (Ctrl-C to stop "
                       "at once)",
                       why, e->in_flight - e->waiting);
            told = true;
        }
    }
}

/* What the run leaves behind when it stops early gets a state, too: not_run. */
static enum sq_status leave(struct loop *l, const char *why, struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = SQ_OK;
    l->stopping = true;
    while (st == SQ_OK && s->narrivals)
        st = work(l, err);
    if (st == SQ_OK)
        st = sq_store_begin(s->store, err);
    if (st != SQ_OK)
        return st;
    while (st == SQ_OK && l->items) {
        struct sq_item *item = l->items;
        st = sq_item_give_up(item, why, err);
        if (st == SQ_OK)
            st = sq_item_score(item, err);
        end_item(l, item);
    }
    while (st == SQ_OK && !l->planned) {
        struct sq_plan_job job;
        struct sq_item *item = NULL;
        st = sq_plan_next(&s->plan, &job, err);
        l->planned = st == SQ_OK && !job.sample;
        if (st != SQ_OK || l->planned)
            break;
        s->result->jobs++;
        st = sq_item_begin(s, &job, &item, err);
        if (st != SQ_OK || !item)
            continue;
        st = sq_item_give_up(item, why, err);
        if (st == SQ_OK)
            st = sq_item_score(item, err);
        sq_item_free(item);
    }
    return commit(s->store, st, err);
}

/* Runs the begun session to its end, whichever that is, and closes its books.
 */
static enum sq_status run_session(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    struct loop l = {.s = s};
    l.queue_end = &l.queue;
    /* Items that wait for a slow judge must not keep the model idle. */
    l.window =
        (size_t)(o->concurrency * s->num_choices) * (1 + s->njudges) + 64;
    /* Requests that all wait for each other's scores stay in step for ever, and
     * the servers idle meanwhile; a turn for each answer costs a commit. */
    l.turn = s->model->ops->asks ? 8 + (size_t)o->concurrency / 16 : l.window;
    enum sq_status st = sq_progress_begin(&l.progress, s, err);
    if (st == SQ_OK)
        st = loop(&l, err);
    if (st != SQ_OK && st != SQ_STORE)
        finish_flight(&l, err->msg);
    sq_log_progress_end(o->log);
    s->result->interrupted = sq_stop > 0;

    /* A failing store cannot take down what is left, either. */
    struct sq_err late = {0};
    enum sq_status left = SQ_OK;
    if (st != SQ_STORE && sq_stop < 2 && (l.items || !l.planned))
        left = leave(
            &l, s->result->interrupted ? "the run was interrupted" : err->msg,
            &late);
    while (l.items)
        end_item(&l, l.items);
    sq_session_summary(s);
    sq_store_settle(s->store);
    const char *status = s->result->interrupted              ? "interrupted"
                         : st != SQ_OK || s->result->missing ? "incomplete"
                                                             : "complete";
    if (left == SQ_OK && st != SQ_STORE)
        left = sq_metrics_put(s, &late);
    if (left == SQ_OK && st != SQ_STORE)
        left = sq_audit_put(s, &late);
    if (left == SQ_OK && st != SQ_STORE)
        left = sq_store_run_finish(s->store, &s->run, status, &late);
    if (st == SQ_OK && left != SQ_OK) {
        *err = late;
        st = left;
    }
    return st;
}

enum sq_status sq_run(const struct sq_run_options *options,
                      struct sq_run_result *result, struct sq_err *err)
{
    struct sq_session s;
    *result = (struct sq_run_result){0};
    enum sq_status st = sq_session_open(&s, options, result, err);
    if (st == SQ_OK)
        st = sq_session_begin(&s, err);
    if (st == SQ_OK)
        st = run_session(&s, err);
    sq_session_close(&s);
    return st;
}
