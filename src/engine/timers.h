#ifndef SQ_ENGINE_TIMERS_H
#define SQ_ENGINE_TIMERS_H
/*
 * Deadlines in order: a binary heap of timers that live inside their owners.
 * Setting, moving and clearing one is O(log n); the earliest is at hand.
 */
#include <stddef.h>
#include <stdint.h>

/* Embedded; zeroed means not set. */
struct sq_timer {
    int64_t at;  /* milliseconds of sq_clock_ms */
    size_t slot; /* private: place in the heap + 1, 0 = not set */
};

/* Zeroed means empty. */
struct sq_timers {
    struct sq_timer **v;
    size_t n, cap;
};

/* Sets t, or moves it when it is set already. */
void sq_timers_set(struct sq_timers *ts, struct sq_timer *t, int64_t at);
void sq_timers_clear(struct sq_timers *ts, struct sq_timer *t);
/* The earliest, still set; NULL when there is none. */
struct sq_timer *sq_timers_first(const struct sq_timers *ts);
/* Frees the heap, not the timers. */
void sq_timers_release(struct sq_timers *ts);

#endif
