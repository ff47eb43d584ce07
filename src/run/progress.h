#ifndef SQ_RUN_PROGRESS_H
#define SQ_RUN_PROGRESS_H
/* The line that tells how far a run is: done/total, rate, what is in flight,
 * time left, what holds the engines back, spend. */
#include "run/session.h"

struct sq_progress {
    size_t done, total; /* jobs; total 0 = not counted */
    size_t in_flight;   /* requests and programs */
    bool stopping;
    const struct sq_session *s; /* private, as are the following */
    int64_t begun_ms, shown_ms;
};

/* Counts the jobs of the plan, where a terminal will show them. */
enum sq_status sq_progress_begin(struct sq_progress *p, struct sq_session *s,
                                 struct sq_err *err) SQ_CHECKED;
/* Shows the line, ten times a second on a terminal, else every ten seconds. */
void sq_progress_show(struct sq_progress *p);

#endif
