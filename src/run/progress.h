#ifndef SQ_RUN_PROGRESS_H
#define SQ_RUN_PROGRESS_H
/* The line that says how a run gets on. */
#include "run/session.h"

/* Zero but for what the functions set. */
struct sq_progress {
    size_t done, total; /* jobs; total 0 = unknown */
    int64_t begun_ms, shown_ms;
};

void sq_progress_begin(struct sq_progress *p);
/* Logs the line when it is time for another: soon on a terminal, seldom
 * elsewhere. */
void sq_progress_show(struct sq_progress *p, const struct sq_session *s,
                      size_t in_flight, bool stopping);

#endif
