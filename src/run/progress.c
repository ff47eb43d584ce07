#include "run/progress.h"

#include "base/clock.h"
#include "base/log.h"

#define TTY_EVERY_MS 100
#define EVERY_MS 10000

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

enum sq_status sq_progress_begin(struct sq_progress *p, struct sq_session *s,
                                 struct sq_err *err)
{
    const struct sq_log *log = s->options->log;
    *p = (struct sq_progress){.s = s, .begun_ms = sq_clock_ms()};
    p->shown_ms = p->begun_ms;
    return log && log->tty ? count_jobs(&s->plan, &p->total, err) : SQ_OK;
}

static void put_engine(const struct sq_engine *e, bool judge,
                       struct sq_buf *out)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    if (e->ops->progress)
        e->ops->progress(e, &text);
    if (text.n)
        sq_buf_addf(out, "%s%s", judge ? ", judge" : "", text.p);
    sq_buf_release(&text);
}

static void render(const struct sq_progress *p, int64_t now, struct sq_buf *out)
{
    const struct sq_session *s = p->s;
    double seconds = (double)(now - p->begun_ms) / 1000.0;
    double rate = seconds > 0 ? (double)p->done / seconds : 0;
    sq_buf_addf(out, "%zu", p->done);
    if (p->total)
        sq_buf_addf(out, "/%zu", p->total);
    sq_buf_addf(out, " samples, %.1f/s, %zu in flight", rate, p->in_flight);
    if (p->total > p->done && rate > 0)
        sq_buf_addf(out, ", %.0f s left", (double)(p->total - p->done) / rate);
    put_engine(s->model, false, out);
    for (size_t i = 0; i < s->njudges; i++)
        put_engine(s->judges[i].engine, true, out);
    if (s->result->missing)
        sq_buf_addf(out, ", %zu missing", s->result->missing);
    if (s->budget->requests) {
        sq_buf_adds(out, ", ");
        sq_budget_spent(s->budget, out);
    }
    if (p->stopping)
        sq_buf_adds(out, ", stopping");
}

void sq_progress_show(struct sq_progress *p)
{
    struct sq_log *log = p->s->options->log;
    int64_t now = sq_clock_ms();
    int64_t every = log && log->tty ? TTY_EVERY_MS : EVERY_MS;
    if (!log || now - p->shown_ms < every)
        return;
    p->shown_ms = now;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    render(p, now, &text);
    sq_log_progress(log, text.p);
    sq_buf_release(&text);
}
