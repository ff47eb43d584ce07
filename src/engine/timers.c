#include "engine/timers.h"
#include <stdlib.h>
#include "base/mem.h"

static void place(struct sq_timers *ts, size_t i, struct sq_timer *t)
{
    ts->v[i] = t;
    t->slot = i + 1;
}

static void sift_up(struct sq_timers *ts, size_t i, struct sq_timer *t)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (ts->v[parent]->at <= t->at)
            break;
        place(ts, i, ts->v[parent]);
        i = parent;
    }
    place(ts, i, t);
}

static void sift_down(struct sq_timers *ts, size_t i, struct sq_timer *t)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= ts->n)
            break;
        if (child + 1 < ts->n && ts->v[child + 1]->at < ts->v[child]->at)
            child++;
        if (t->at <= ts->v[child]->at)
            break;
        place(ts, i, ts->v[child]);
        i = child;
    }
    place(ts, i, t);
}

static void resettle(struct sq_timers *ts, size_t i, struct sq_timer *t)
{
    if (i > 0 && t->at < ts->v[(i - 1) / 2]->at)
        sift_up(ts, i, t);
    else
        sift_down(ts, i, t);
}

void sq_timers_set(struct sq_timers *ts, struct sq_timer *t, int64_t at)
{
    t->at = at;
    if (t->slot != 0) {
        resettle(ts, t->slot - 1, t);
        return;
    }
    if (ts->n == ts->cap) {
        ts->cap = ts->cap ? 2 * ts->cap : 64;
        ts->v = sq_xrealloc(ts->v, ts->cap, sizeof(ts->v[0]));
    }
    ts->n++;
    sift_up(ts, ts->n - 1, t);
}

void sq_timers_clear(struct sq_timers *ts, struct sq_timer *t)
{
    if (t->slot == 0)
        return;
    size_t i = t->slot - 1;
    t->slot = 0;
    struct sq_timer *last = ts->v[--ts->n];
    if (last != t)
        resettle(ts, i, last);
}

struct sq_timer *sq_timers_first(const struct sq_timers *ts)
{
    return ts->n > 0 ? ts->v[0] : NULL;
}

void sq_timers_release(struct sq_timers *ts)
{
    free(ts->v);
    *ts = (struct sq_timers){0};
}
