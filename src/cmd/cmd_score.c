/* `seqeval score`: score what a run was answered once more. */
#include "cmd/cmd.h"

#include "cmd/run_command.h"

int sq_cmd_score(int argc, char **argv)
{
    return sq_run_command(SQ_RUN_SCORE, argc, argv);
}
