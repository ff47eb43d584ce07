/* `seqeval compare`: is the difference between two runs real? */
#include "cmd/cmd.h"

#include "cmd/common.h"
#include "report/compare.h"
#include "report/grid.h"

static const struct sq_opt_usage usage = {
    "compare", "RUN_A RUN_B",
    "Compare two runs sample by sample: difference, interval, p, what moved.",
    "RUN is a run's id, a unique prefix of it, latest, or latest:MODEL.\n"
    "The difference is B - A over the samples that both have a value for, "
    "with\n"
    "its 95% bootstrap interval; p is two-sided (McNemar's mid-p where every "
    "value\n"
    "is 0 or 1, else the paired t-test), Holm adjusts it for the number of "
    "rows.\n"
    "Runs with other data, templates, limits or settings are refused.\n"};

static enum sq_status compare(const struct sq_compare_options *options,
                              const char *db, char **refs, const char *file,
                              struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_run a = {0}, b = {0};
    struct sq_compare_options how = *options;
    struct sq_buf out, notes;
    struct sq_log log = sq_cmd_log(false, 0);
    sq_buf_init(&out, SQ_MAX_REPORT);
    sq_buf_init(&notes, SQ_MAX_MESSAGE);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(refs[0]), &a, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(refs[1]), &b, err);
    how.a = a.id;
    how.b = b.id;
    if (st == SQ_OK)
        st = sq_compare_render(store, &how, &out, &notes, err);
    sq_str rest = sq_buf_str(&notes), line;
    while (st == SQ_OK && sq_str_line(&rest, &line))
        sq_log(&log, SQ_LOG_WARN, "compare: %.*s", SQ_STR_ARG(line));
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    sq_buf_release(&notes);
    return st;
}

int sq_cmd_compare(int argc, char **argv)
{
    struct sq_compare_options how = {.format = "table", .top = 3};
    const char *db = SQ_DEFAULT_DB, *out = NULL, *config_path = NULL;
    const struct sq_opt table[] = {
        {"suite", 's', SQ_OPT_STR, &how.suite, "NAME", "only this suite", 0, 0},
        {"metric", 0, SQ_OPT_STR, &how.metric, "METRIC", "only this metric", 0,
         0},
        {"top", 0, SQ_OPT_INT, &how.top, "N",
         "samples to show of each metric, those that moved most (default 3)", 0,
         1000000},
        {"moved", 0, SQ_OPT_FLAG, &how.moved, NULL,
         "csv and json: those samples in place of the differences", 0, 0},
        {"allow-different", 0, SQ_OPT_FLAG, &how.allow_different, NULL,
         "compare runs with other data or settings, and say what differs", 0,
         0},
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
    int n = 0;
    bool helped = false;
    enum sq_status st =
        sq_cmd_options(&usage, table, argc, argv, &config, &n, &helped, &err);
    if (st == SQ_OK && !helped && n != 2)
        st = sq_err_set(&err, SQ_USAGE,
                        "which two runs? seqeval compare RUN_A RUN_B, as "
                        "latest:MODEL latest:OTHER");
    if (st == SQ_OK && !helped)
        st = sq_grid_format_check(how.format, &err);
    if (st == SQ_OK && !helped)
        st = compare(&how, db, argv + 1, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("compare", &err);
    sq_json_free(config);
    return status;
}
