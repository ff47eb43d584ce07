/* `seqeval export`: what leaves the database as a file of its own. */
#include "cmd/cmd.h"

#include "cmd/common.h"
#include "report/baseline.h"
#include "report/export.h"

static const struct sq_opt_usage usage = {
    "export", "[RUN]",
    "Write a run as a gate's baseline, or in the forms of other tools.",
    "A baseline (--baseline RUN) is a small JSON file with each sample's "
    "values, the\n"
    "digests of the data and the settings: commit it, and seqeval gate needs "
    "nothing\n"
    "else but the candidate's run. It must be complete.\n"
    "\n"
    "--as FORM writes the responses of RUN: alpaca_eval (AlpacaEval's model "
    "outputs),\n"
    "lm_eval (lm-evaluation-harness's samples) or csv, with the samples' "
    "scores.\n"
    "seqeval import reads such files again.\n"
    "\n"
    "RUN is a run's id, a unique prefix of it, latest, or latest:MODEL.\n"};

static enum sq_status render_baseline(struct sq_store *store, const char *run,
                                      struct sq_buf *out, struct sq_err *err)
{
    struct sq_scores scores = {0};
    enum sq_status st = sq_scores_read(store, run, &scores, err);
    if (st == SQ_OK)
        st = sq_baseline_render(&scores, out, err);
    sq_scores_release(&scores);
    return st;
}

/* form NULL: a baseline. */
static enum sq_status export_run(const char *db, const char *ref,
                                 const char *form, const char *file,
                                 struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_run run = {0};
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(ref), &run, err);
    if (st == SQ_OK)
        st = form ? sq_export_render(store, run.id, form, &out, err)
                  : render_baseline(store, run.id, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_export(int argc, char **argv)
{
    const char *db = SQ_DEFAULT_DB, *out = NULL, *run = NULL, *form = NULL;
    const char *config_path = NULL;
    const struct sq_opt table[] = {
        {"baseline", 0, SQ_OPT_STR, &run, "RUN",
         "the run to write as a baseline", 0, 0},
        {"as", 0, SQ_OPT_STR, &form, "FORM",
         "write RUN's responses: alpaca_eval, lm_eval or csv", 0, 0},
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
    if (st == SQ_OK && !helped && (form ? n != 1 || run : n || !run))
        st = sq_err_set(&err, SQ_USAGE,
                        "which run? seqeval export --baseline RUN, or seqeval "
                        "export RUN --as FORM");
    if (st == SQ_OK && !helped)
        st = export_run(db, form ? argv[1] : run, form, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("export", &err);
    sq_json_free(config);
    return status;
}
