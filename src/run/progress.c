#include "run/progress.h"

#include "base/clock.h"
#include "base/log.h"

void sq_progress_begin(struct sq_progress *p)
{
    p->begun_ms = p->shown_ms = sq_clock_ms();
}

static void put_engine(const struct sq_engine *e, const char *name,
                       struct sq_buf *out)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    if (e->ops->progress)
        e->ops->progress(e, &text);
    if (text.n)
        sq_buf_addf(out, "%s%s", name, text.p);
    sq_buf_release(&text);
}

void sq_progress_show(struct sq_progress *p, const struct sq_session *s,
                      size_t in_flight, bool stopping)
{
    struct sq_log *log = s->options->log;
    int64_t now = sq_clock_ms();
    int64_t every = log && log->tty ? 100 : 10000;
    if (!log || now - p->shown_ms < every)
        return;
    p->shown_ms = now;
    double seconds = (double)(now - p->begun_ms) / 1000.0;
    double rate = seconds > 0 ? (double)p->done / seconds : 0;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    sq_buf_addf(&text, "%zu", p->done);
    if (p->total)
        sq_buf_addf(&text, "/%zu", p->total);
    sq_buf_addf(&text, " samples, %.1f/s, %zu in flight", rate, in_flight);
    if (p->total > p->done && rate > 0)
        sq_buf_addf(&text, ", %.0f s left",
                    (double)(p->total - p->done) / rate);
    put_engine(s->model, "", &text);
    for (size_t i = 0; i < s->njudges; i++)
        put_engine(s->judges[i].engine, ", judge", &text);
    if (s->result->missing)
        sq_buf_addf(&text, ", %zu missing", s->result->missing);
    if (s->budget->requests) {
        sq_buf_adds(&text, ", ");
        sq_budget_spent(s->budget, &text);
    }
    if (stopping)
        sq_buf_adds(&text, ", stopping");
    sq_log_progress(log, text.p);
    sq_buf_release(&text);
}
