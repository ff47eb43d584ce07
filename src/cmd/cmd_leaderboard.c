/* `seqeval leaderboard`: ranks what a database holds. */
#include "cmd/cmd.h"

#include <stdlib.h>

#include "cmd/common.h"
#include "report/leaderboard.h"

static const struct sq_opt_usage usage = {
    "leaderboard", "",
    "Rank the models in a database, each by its latest complete run.",
    "Each value stands with its standard error, 95% interval and n, the "
    "number\n"
    "of samples it is a mean of. table and markdown show the overall figures\n"
    "unless --slice says otherwise; csv and json hold every slice, "
    "unrounded.\n"};

static enum sq_status render(const struct sq_leaderboard_options *how,
                             const char *db, const char *file,
                             struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_buf out;
    struct sq_leaderboard_options with_run = *how;
    struct sq_run run = {0};
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK && how->run) {
        st = sq_store_run_find(store, sq_str_from(how->run), &run, err);
        with_run.run = run.id;
    }
    if (st == SQ_OK)
        st = sq_leaderboard_render(store, &with_run, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_leaderboard(int argc, char **argv)
{
    struct sq_leaderboard_options how = {.format = "table"};
    const char *db = SQ_DEFAULT_DB, *out = NULL, *config_path = NULL;
    const struct sq_opt table[] = {
        {"suite", 's', SQ_OPT_STR, &how.suite, "NAME", "only this suite", 0, 0},
        {"metric", 0, SQ_OPT_STR, &how.metric, "METRIC", "only this metric", 0,
         0},
        {"slice", 0, SQ_OPT_STR, &how.slice, "SLICE",
         "only this slice, as iteration=3; all for every slice", 0, 0},
        {"run", 0, SQ_OPT_STR, &how.run, "RUN",
         "only this run: an id, a prefix of one, latest, latest:MODEL", 0, 0},
        {"db", 0, SQ_OPT_STR, &db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"format", 0, SQ_OPT_STR, &how.format, "FORMAT",
         "table, markdown, csv or json (default table)", 0, 0},
        {"out", 'o', SQ_OPT_STR, &out, "FILE",
         "write there (default: standard output)", 0, 0},
        {"config", 0, SQ_OPT_STR, &config_path, "FILE", "options as JSON", 0,
         0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int noperands = 0;
    bool helped = false;
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    if (st == SQ_OK && !helped && noperands)
        st = sq_err_set(&err, SQ_USAGE, "'%s' is no option; see --help",
                        argv[1]);
    if (st == SQ_OK && !helped)
        st = sq_report_format_check(how.format, &err);
    if (st == SQ_OK && !helped)
        st = render(&how, db, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("leaderboard", &err);
    sq_json_free(config);
    return status;
}
