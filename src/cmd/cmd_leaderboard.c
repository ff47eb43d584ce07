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
    "of samples it is a mean of; ranks are ranges where intervals overlap. "
    "Runs on\n"
    "other data, with another judge, template, limit or settings are ranked "
    "apart,\n"
    "with a line that says how they differ.\n"
    "\n"
    "table, markdown and html show the overall figures of the main metrics "
    "unless\n"
    "--slice and --metric say otherwise; csv and json hold everything, "
    "unrounded.\n"
    "\n"
    "--where FIELD=PATTERN (or !=) with model, judge, suite or tag, or "
    "date>=2026-11-01\n"
    "(>, <, <=, = by the part given); of those that fit all, the latest "
    "counts.\n"};

static enum sq_status render(const struct sq_leaderboard_options *how,
                             const char *db, const char *file,
                             struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_buf out;
    struct sq_leaderboard_options found = *how;
    struct sq_arena arena = SQ_ARENA_INIT;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_cmd_runs(store, how->choice.runs, how->choice.nruns, &arena,
                         &found.choice.runs, err);
    if (st == SQ_OK)
        st = sq_leaderboard_render(store, &found, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_arena_release(&arena);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_leaderboard(int argc, char **argv)
{
    struct sq_leaderboard_options how = {.sort = "value", .format = "table"};
    struct sq_opt_list where = {0}, columns = {0}, runs = {0};
    const char *db = SQ_DEFAULT_DB, *out = NULL, *config_path = NULL;
    const struct sq_opt table[] = {
        {"suite", 's', SQ_OPT_STR, &how.suite, "NAME", "only this suite", 0, 0},
        {"metric", 0, SQ_OPT_STR, &how.metric, "METRIC",
         "only this metric; all for those of detail too", 0, 0},
        {"slice", 0, SQ_OPT_STR, &how.slice, "SLICE",
         "only this slice, as iteration=3; all for every slice", 0, 0},
        {"column", 0, SQ_OPT_LIST, &columns, "[METRIC@]SUITE",
         "one row a model, with this column and the macro average (several "
         "times; or all)",
         0, 0},
        {"where", 0, SQ_OPT_LIST, &where, "CONDITION",
         "only runs that fit, as tag=nightly (several times: all hold)", 0, 0},
        {"sort", 0, SQ_OPT_STR, &how.sort, "ORDER",
         "value, model or date (default value: the best first)", 0, 0},
        {"run", 0, SQ_OPT_LIST, &runs, "RUN",
         "this run: an id, a prefix of one, latest, latest:MODEL (several "
         "times)",
         0, 0},
        {"db", 0, SQ_OPT_STR, &db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"format", 0, SQ_OPT_STR, &how.format, "FORMAT",
         "table, markdown, html, csv or json (default table)", 0, 0},
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
    how.choice.runs = runs.v;
    how.choice.nruns = runs.n;
    how.choice.where = where.v;
    how.choice.nwhere = where.n;
    how.columns = columns.v;
    how.ncolumns = columns.n;
    if (st == SQ_OK && !helped && noperands)
        st = sq_err_set(&err, SQ_USAGE, "'%s' is no option; see --help",
                        argv[1]);
    if (st == SQ_OK && !helped)
        st = sq_leaderboard_check(&how, &err);
    if (st == SQ_OK && !helped)
        st = render(&how, db, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("leaderboard", &err);
    free(where.v);
    free(runs.v);
    free(columns.v);
    sq_json_free(config);
    return status;
}
