/* `seqeval import`: recorded outputs as runs. */
#include "cmd/cmd.h"

#include "cmd/run_command.h"

int sq_cmd_import(int argc, char **argv)
{
    return sq_run_command(SQ_RUN_IMPORT, argc, argv);
}
