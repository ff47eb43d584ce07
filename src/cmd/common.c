#include "cmd/common.h"

#include <stdio.h>
#include <unistd.h>

#include "base/path.h"
#include "store/store.h"

int sq_cmd_fail(const char *command, const struct sq_err *err)
{
    fprintf(stderr, "seqeval: %s: %s\n", command, err->msg);
    return sq_status_exit(err->status);
}

enum sq_status sq_cmd_options(const struct sq_opt_usage *usage,
                              const struct sq_opt *table, int argc, char **argv,
                              struct sq_json **config, int *noperands,
                              bool *helped, struct sq_err *err)
{
    const char *path = sq_opt_config_path(argc, argv);
    *config = NULL;
    if (path) {
        *config = sq_json_load(path, err);
        if (!*config)
            return sq_err_prefix(err, "--config");
    }
    enum sq_status st =
        sq_opt_parse(table, argc, argv, *config, noperands, helped, err);
    if (st != SQ_OK || !*helped)
        return st;
    struct sq_buf help;
    sq_buf_init(&help, SQ_MAX_CONFIG);
    sq_opt_help(usage, table, &help);
    st = sq_cmd_output(NULL, sq_buf_str(&help), err);
    sq_buf_release(&help);
    return st;
}

struct sq_log sq_cmd_log(bool quiet, int verbose)
{
    int level = quiet ? SQ_LOG_ERROR : SQ_LOG_INFO + verbose;
    return (struct sq_log){.out = stderr,
                           .level = (enum sq_log_level)(
                               level > SQ_LOG_TRACE ? SQ_LOG_TRACE : level),
                           .tty = isatty(STDERR_FILENO)};
}

enum sq_status sq_cmd_output(const char *out, sq_str text, struct sq_err *err)
{
    return sq_path_write(out ? out : "-", text, err);
}

enum sq_status sq_cmd_runs(struct sq_store *store, const char *const *refs,
                           size_t n, struct sq_arena *arena,
                           const char *const **ids, struct sq_err *err)
{
    const char **found = sq_arena_array(arena, n, sizeof *found);
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        struct sq_run run = {0};
        st = sq_store_run_find(store, sq_str_from(refs[i]), &run, err);
        found[i] = sq_arena_strdup(arena, run.id);
    }
    *ids = found;
    return st;
}
