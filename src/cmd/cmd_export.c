/* `seqeval export`: what leaves the database as a file of its own. */
#include "cmd/cmd.h"

#include "cmd/common.h"
#include "report/baseline.h"

static const struct sq_opt_usage usage = {
    "export", "", "Write a run as a baseline that a gate compares with.",
    "A baseline is a small JSON file with each sample's values, the digests "
    "of\n"
    "the data and the settings: commit it, and seqeval gate needs nothing else "
    "but\n"
    "the candidate's run. RUN is a run's id, a unique prefix of it, latest, "
    "or\n"
    "latest:MODEL; it must be complete.\n"};

static enum sq_status export_run(const char *db, const char *ref,
                                 const char *file, struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_scores scores = {0};
    struct sq_run run = {0};
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(ref), &run, err);
    if (st == SQ_OK)
        st = sq_scores_read(store, run.id, &scores, err);
    if (st == SQ_OK)
        st = sq_baseline_render(&scores, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_scores_release(&scores);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_export(int argc, char **argv)
{
    const char *db = SQ_DEFAULT_DB, *out = NULL, *run = NULL;
    const char *config_path = NULL;
    const struct sq_opt table[] = {
        {"baseline", 0, SQ_OPT_STR, &run, "RUN", "the run to write", 0, 0},
        {"db", 0, SQ_OPT_STR, &db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
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
    if (st == SQ_OK && !helped && (n || !run))
        st = sq_err_set(&err, SQ_USAGE,
                        "which run? seqeval export --baseline RUN --out FILE");
    if (st == SQ_OK && !helped)
        st = export_run(db, run, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("export", &err);
    sq_json_free(config);
    return status;
}
