#ifndef SQ_RUN_PROGRAMS_H
#define SQ_RUN_PROGRAMS_H
/*
 * The programs that rules want run: the sandbox of a run, and an item's
 * programs in it. An item waits for them as for the judges' answers.
 */
#include "run/item.h"

/* Opens the sandbox when a suite of the session runs programs; else there is
 * none. SQ_UNAVAILABLE where there is no sandbox and --unsafe-code was not
 * given. */
enum sq_status sq_programs_open(struct sq_session *s,
                                struct sq_err *err) SQ_CHECKED;
/* Has the programs of an answered item run; each is something more that the
 * item waits for. */
void sq_programs_begin(struct sq_item *item);
/* Lets the sandbox move, waiting at most wait_ms. Items that wait for nothing
 * more are added to the session's list `ready`. */
enum sq_status sq_programs_step(struct sq_session *s, int wait_ms,
                                struct sq_err *err) SQ_CHECKED;

#endif
