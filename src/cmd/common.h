#ifndef SQ_CMD_COMMON_H
#define SQ_CMD_COMMON_H
/* What the commands share: reading options, the database's place, output. */
#include <stdbool.h>
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"

/* Prints "seqeval: COMMAND: message" on stderr; returns the exit status. */
int sq_cmd_fail(const char *command, const struct sq_err *err);

/* Reads argv by the table, with --config FILE underneath. *config is yours
 * (sq_json_free) and must outlive the options' strings. When the help was asked
 * for it is printed and *helped set. */
enum sq_status sq_cmd_options(const struct sq_opt_usage *usage,
                              const struct sq_opt *table, int argc, char **argv,
                              struct sq_json **config, int *noperands,
                              bool *helped, struct sq_err *err) SQ_CHECKED;

/* A log on stderr: -q says errors only, each -v more. */
struct sq_log sq_cmd_log(bool quiet, int verbose);

/* Default place of the database. */
#define SQ_DEFAULT_DB "results/seqeval.db"

/* The ids of the runs that n references name (sq_store_run_find), in the arena.
 */
struct sq_store;
enum sq_status sq_cmd_runs(struct sq_store *store, const char *const *refs,
                           size_t n, struct sq_arena *arena,
                           const char *const **ids,
                           struct sq_err *err) SQ_CHECKED;

/* Writes text to the file `out`, or to stdout when out is NULL or "-". */
enum sq_status sq_cmd_output(const char *out, sq_str text,
                             struct sq_err *err) SQ_CHECKED;

#endif
