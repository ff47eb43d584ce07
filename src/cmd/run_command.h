#ifndef SQ_CMD_RUN_COMMAND_H
#define SQ_CMD_RUN_COMMAND_H
/* What `run`, `score` and `import` are: options to a run, a run to the
 * leaderboard's rows of it. */
#include "cmd/run_options.h"

/* The whole command; returns its exit status. */
int sq_run_command(enum sq_run_kind kind, int argc, char **argv);

#endif
