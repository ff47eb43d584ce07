#ifndef SQ_BASE_STOP_H
#define SQ_BASE_STOP_H
/* The one mutable global: has the user asked to stop? */
#include <signal.h>

/* 0 = no; 1 = after what is in flight; 2 or more = at once. */
extern volatile sig_atomic_t sq_stop;
/* SIGINT and SIGTERM count sq_stop up (the third ends the process); SIGPIPE and
 * SIGXFSZ are ignored, so that a full disk or closed pipe is an error to
 * report. */
void sq_stop_install(void);

#endif
