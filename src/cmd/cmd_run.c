/* `seqeval run`: ask a model. */
#include "cmd/cmd.h"

#include "cmd/run_command.h"

int sq_cmd_run(int argc, char **argv)
{
    return sq_run_command(SQ_RUN_ASK, argc, argv);
}
