#ifndef SQ_RUN_OPPONENT_H
#define SQ_RUN_OPPONENT_H
/*
 * The other responses that judges compare with (--baseline-responses): a
 * recording, joined to the samples as replay does, or a run of the database.
 */
#include "run/session.h"

struct sq_opponent;

/* Sets s->opponent where the options name one. SQ_USAGE when a judge is to be
 * asked to compare and none is named; one that is replayed needs none. */
enum sq_status sq_opponent_open(struct sq_session *s,
                                struct sq_err *err) SQ_CHECKED;
void sq_opponent_close(struct sq_opponent *o);
/* Which responses these are: name and digest of the recording, id of the run.
 */
sq_str sq_opponent_name(const struct sq_opponent *o);
/* The response to a sample, in the arena: that of its epoch, else the first;
 * p NULL when there is none, or no opponent. */
sq_str sq_opponent_get(struct sq_opponent *o, const char *suite,
                       const struct sq_sample *sample, int epoch,
                       struct sq_arena *arena);

#endif
