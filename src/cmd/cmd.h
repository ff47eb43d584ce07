#ifndef SQ_CMD_CMD_H
#define SQ_CMD_CMD_H
/*
 * The commands. Each is cmd_NAME.c with one function: argv[0] is the command's
 * name, the return value the exit status of the program. To add one: write the
 * file, declare it here, add its row to the table in main.c.
 */
#include "base/err.h"
#include "base/opt.h"

int sq_cmd_run(int argc, char **argv);
int sq_cmd_score(int argc, char **argv);
int sq_cmd_leaderboard(int argc, char **argv);
int sq_cmd_compare(int argc, char **argv);
int sq_cmd_gate(int argc, char **argv);
int sq_cmd_merge(int argc, char **argv);
int sq_cmd_report(int argc, char **argv);
int sq_cmd_show(int argc, char **argv);
int sq_cmd_suites(int argc, char **argv);
int sq_cmd_judge(int argc, char **argv);
int sq_cmd_data(int argc, char **argv);
int sq_cmd_model(int argc, char **argv);
int sq_cmd_import(int argc, char **argv);
int sq_cmd_export(int argc, char **argv);
int sq_cmd_doctor(int argc, char **argv);

#endif
