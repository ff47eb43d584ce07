#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "run/audit.h"
#include "run/item.h"
#include "run/metrics.h"
#include "run/programs.h"

/* The items under way and the asks that wait for a busy engine. */
struct loop {
    struct sq_session *s;
    struct sq_item *items;
    size_t nitems, window;
    struct sq_ask *queue, **queue_end;
    bool planned;    /* the plan has no more jobs */
    bool stopping;   /* nothing new is asked */
    bool starved;    /* nothing new is affordable until an answer is settled */
    bool drained;    /* the queue was tried since an engine last moved */
    size_t canaries; /* begun */
    size_t done, total; /* jobs, for the progress line; total 0 = unknown */
    int64_t begun_ms, shown_ms;
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
    l->done += !item->canary;
    sq_item_free(item);
}

static void enqueue(struct loop *l, struct sq_ask *ask)
{
    ask->next = NULL;
    ask->state = SQ_ASK_WAITING;
    *l->queue_end = ask;
    l->queue_end = &ask->next;
}

/* The budget is spent: the ask ends here, and others that the store can answer
 * go on. */
static enum sq_status go_without(struct sq_ask *ask, struct sq_err *err)
{
    const struct sq_session *s = ask->item->session;
    struct sq_buf why;
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_budget_name(s->budget, &why);
    sq_buf_adds(&why, " is spent");
    s->result->missing++;
    enum sq_status st = sq_ask_give_up(ask, why.p, err);
    sq_buf_release(&why);
    return st;
}

/* Sends an ask, or lets it wait for its engine or for the budget, or ends it
 * without an answer when the budget is spent. */
static enum sq_status submit(struct loop *l, struct sq_ask *ask,
                             struct sq_err *err)
{
    bool over = l->s->budget->over != SQ_BUDGET_NONE;
    if (over && ask->engine->ops->asks)
        return go_without(ask, err);
    if (l->starved || ask->engine->full) {
        enqueue(l, ask);
        return SQ_OK;
    }
    switch (sq_ask_afford(ask)) {
    case SQ_BUDGET_NO:
        return go_without(ask, err);
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

/* New items, as many as the window holds. */
static enum sq_status refill(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    /* Long prompts take their time to begin, too. */
    for (size_t begun = 0; begun < l->window && can_begin(l) && !sq_stop;
         begun++) {
        struct sq_plan_job job;
        enum sq_status st = sq_plan_next(&s->plan, &job, err);
        if (st != SQ_OK)
            return st;
        if (!job.sample) {
            l->planned = true;
            return begin_canaries(l, SIZE_MAX, err);
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
            l->done++;
            continue;
        }
        link_item(l, item);
        if (item->model.state == SQ_ASK_NEW)
            st = dispatch(l, &item->model, err);
        if (st == SQ_OK && item->model.state == SQ_ASK_DONE)
            st = advance(l, item, err);
        if (st != SQ_OK)
            return st;
    }
    return SQ_OK;
}

/* Stores what arrived and commits it, before anything is made of it. */
static enum sq_status store_arrivals(struct sq_session *s, struct sq_err *err)
{
    if (!s->narrivals)
        return SQ_OK;
    enum sq_status st = sq_store_begin(s->store, err);
    for (size_t i = 0; i < s->narrivals && st == SQ_OK; i++)
        st = sq_ask_store(&s->arrivals[i], err);
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}

/* Hands the stored arrivals to their items; those may bring new arrivals. */
static enum sq_status take_arrivals(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    struct sq_arrival *list = s->arrivals;
    size_t n = s->narrivals;
    s->arrivals = NULL;
    s->narrivals = s->arrivals_cap = 0;
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < n; i++) {
        struct sq_item *item = list[i].ask->item;
        bool answer = list[i].ask == &item->model;
        sq_ask_arrived(&list[i]);
        if (answer)
            sq_programs_begin(item);
        if (st == SQ_OK)
            st = advance(l, item, err);
    }
    free(list);
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
    return s->narrivals || s->nready ||
           (!l->stopping && (can_begin(l) || sendable));
}

static enum sq_status work(struct loop *l, struct sq_err *err)
{
    struct sq_session *s = l->s;
    enum sq_status st = store_arrivals(s, err);
    l->starved = false;
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
    /* What was scored so far is worth keeping even when the run must stop. */
    struct sq_err commit_err = {0};
    enum sq_status committed = sq_store_commit(s->store, &commit_err);
    if (st == SQ_OK && committed != SQ_OK) {
        *err = commit_err;
        st = committed;
    }
    if (committed != SQ_OK)
        sq_store_rollback(s->store);
    return st;
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

static void put_engines(const struct sq_session *s, struct sq_buf *out)
{
    for (size_t i = 0; i <= s->njudges; i++) {
        const struct sq_engine *e = engine_at(s, i);
        struct sq_buf text;
        sq_buf_init(&text, SQ_MAX_MESSAGE);
        if (e->ops->progress)
            e->ops->progress(e, &text);
        if (text.n)
            sq_buf_addf(out, "%s%s", i ? ", judge" : "", text.p);
        sq_buf_release(&text);
    }
}

static void show_progress(struct loop *l)
{
    struct sq_log *log = l->s->options->log;
    int64_t now = sq_clock_ms();
    int64_t every = log && log->tty ? 100 : 10000;
    if (!log || now - l->shown_ms < every)
        return;
    l->shown_ms = now;
    double seconds = (double)(now - l->begun_ms) / 1000.0;
    double rate = seconds > 0 ? (double)l->done / seconds : 0;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    sq_buf_addf(&text, "%zu", l->done);
    if (l->total)
        sq_buf_addf(&text, "/%zu", l->total);
    sq_buf_addf(&text, " samples, %.1f/s, %zu in flight", rate,
                in_flight(l->s));
    if (l->total > l->done && rate > 0)
        sq_buf_addf(&text, ", %.0f s left",
                    (double)(l->total - l->done) / rate);
    put_engines(l->s, &text);
    if (l->s->result->missing)
        sq_buf_addf(&text, ", %zu missing", l->s->result->missing);
    if (l->s->budget->requests) {
        sq_buf_adds(&text, ", ");
        sq_budget_spent(l->s->budget, &text);
    }
    if (l->stopping)
        sq_buf_adds(&text, ", stopping");
    sq_log_progress(log, text.p);
    sq_buf_release(&text);
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
        else if (has_waiting(l))
            st = step_engines(l, 200, err);
        else
            break;
        if (st == SQ_OK && in_flight(s) && s->narrivals == 0 && has_work(l))
            st = step_engines(l, 0, err);
        show_progress(l);
    }
    return st;
}

static enum sq_status give_up_asks(struct sq_item *item, const char *why,
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
    while (st == SQ_OK && l->items) {
        struct sq_item *item = l->items;
        st = give_up_asks(item, why, err);
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
        st = give_up_asks(item, why, err);
        if (st == SQ_OK)
            st = sq_item_score(item, err);
        sq_item_free(item);
    }
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}

static enum sq_status count_jobs(struct sq_plan *plan, size_t *total,
                                 struct sq_err *err)
{
    struct sq_plan_job job;
    enum sq_status st;
    while ((st = sq_plan_next(plan, &job, err)) == SQ_OK && job.sample) {
        ++*total;
        sq_plan_sample_drop(job.sample);
    }
    return st == SQ_OK ? sq_plan_rewind(plan, err) : st;
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

/* Runs the begun session to its end, whichever that is, and closes its books.
 */
static enum sq_status run_session(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    struct loop l = {.s = s, .begun_ms = sq_clock_ms()};
    l.queue_end = &l.queue;
    /* Items that wait for a slow judge must not keep the model idle. */
    l.window = (size_t)o->concurrency * (1 + s->njudges) + 64;
    l.shown_ms = l.begun_ms;
    enum sq_status st = SQ_OK;
    if (o->log && o->log->tty)
        st = count_jobs(&s->plan, &l.total, err);
    if (st == SQ_OK)
        st = loop(&l, err);
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
    log_summary(s, s->model);
    for (size_t i = 0; i < s->njudges; i++)
        log_summary(s, s->judges[i].engine);
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
