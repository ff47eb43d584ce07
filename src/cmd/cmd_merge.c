/* `seqeval merge`: databases of several machines into one. */
#include "cmd/cmd.h"

#include <string.h>

#include "cmd/common.h"
#include "run/merge.h"

static const struct sq_opt_usage usage = {
    "merge", "OUT.db IN.db...",
    "Copy the runs of databases into one; make one run of shards.",
    "OUT.db is made if need be. The shards of a run (run --shard I/N) become "
    "one\n"
    "run, complete when all of them are there. What is there already stays: "
    "merging\n"
    "twice, or in another order, changes nothing. Of a whole run that two "
    "files\n"
    "hold, the one finished later stays.\n"};

int sq_cmd_merge(int argc, char **argv)
{
    const char *config_path = NULL;
    const struct sq_opt table[] = {{"config", 0, SQ_OPT_STR, &config_path,
                                    "FILE", "options as JSON", 0, 0},
                                   {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    struct sq_buf text;
    int n = 0;
    bool helped = false;
    sq_buf_init(&text, SQ_MAX_REPORT);
    enum sq_status st =
        sq_cmd_options(&usage, table, argc, argv, &config, &n, &helped, &err);
    if (st == SQ_OK && !helped && n < 2)
        st = sq_err_set(&err, SQ_USAGE,
                        "which databases? seqeval merge OUT.db IN.db...");
    for (int i = 2; i <= n && st == SQ_OK && !helped; i++)
        if (strcmp(argv[1], argv[i]) == 0)
            st = sq_err_set(&err, SQ_USAGE,
                            "%s is both what is merged and what is written",
                            argv[i]);
    if (st == SQ_OK && !helped)
        st = sq_merge(argv[1], (const char *const *)argv + 2, (size_t)n - 1,
                      &text, &err);
    if (st == SQ_OK && !helped)
        st = sq_cmd_output(NULL, sq_buf_str(&text), &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("merge", &err);
    sq_buf_release(&text);
    sq_json_free(config);
    return status;
}
