#ifndef SQ_BASE_STOP_H
#define SQ_BASE_STOP_H
/* The one mutable global: has the user asked to stop? */
#include <signal.h>
#include <stdbool.h>

/* 0 = no; 1 = after what is in flight; 2 or more = at once. */
extern volatile sig_atomic_t sq_stop;
/* SIGINT and SIGTERM count sq_stop up (the third ends the process); SIGPIPE and
 * SIGXFSZ are ignored, so that a full disk or closed pipe is an error to
 * report. */
void sq_stop_install(void);
/* From on = true until on = false the first of them ends the process at once,
 * with one line on stderr: for a library's work that cannot be interrupted,
 * while there is nothing to save. */
void sq_stop_at_once(bool on);

#endif
