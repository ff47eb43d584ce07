#ifndef SQ_RUN_METRICS_H
#define SQ_RUN_METRICS_H
/* The leaderboard's rows of a run, from the scores in its store. */
#include "run/session.h"

/* Every metric of every suite of the run, over all samples (slice '') and over
 * each slice, with n, standard error and 95% interval; and the ranges that
 * missing verdicts leave open. */
enum sq_status sq_metrics_put(struct sq_session *s,
                              struct sq_err *err) SQ_CHECKED;

#endif
