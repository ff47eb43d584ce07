/* `seqeval show`: what happened, and why. */
#include "cmd/cmd.h"

#include <stdlib.h>

#include "cmd/common.h"
#include "report/show.h"

static const struct sq_opt_usage usage = {
    "show", "RUN [SAMPLE]",
    "One run, or one sample of it: steps, checks, verdicts with their "
    "evidence.",
    "RUN is a run's id, a unique prefix of it, latest, or latest:MODEL.\n"};

struct show_args {
    const char *db, *out, *suite;
    long long epoch;
};

static enum sq_status show(const struct show_args *a, const char *ref,
                           const char *sample, struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_run run = {0};
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, a->db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(ref), &run, err);
    if (st == SQ_OK && sample) {
        struct sq_show_sample what = {run.id, sample, a->suite, a->epoch};
        st = sq_show_sample(store, &what, &out, err);
    } else if (st == SQ_OK) {
        st = sq_show_run(store, run.id, &out, err);
    }
    if (st == SQ_OK)
        st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_show(int argc, char **argv)
{
    struct show_args a = {.db = SQ_DEFAULT_DB, .epoch = 1};
    const char *config_path = NULL;
    const struct sq_opt table[] = {
        {"suite", 's', SQ_OPT_STR, &a.suite, "NAME",
         "the sample's suite, where several have that id", 0, 0},
        {"epoch", 0, SQ_OPT_INT, &a.epoch, "N",
         "which of the sample's responses (default 1)", 1, 100000},
        {"db", 0, SQ_OPT_STR, &a.db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"out", 'o', SQ_OPT_STR, &a.out, "FILE",
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
    if (st == SQ_OK && !helped && (n < 1 || n > 2))
        st = sq_err_set(&err, SQ_USAGE,
                        "which run? seqeval show RUN [SAMPLE], as seqeval "
                        "show latest");
    if (st == SQ_OK && !helped)
        st = show(&a, argv[1], n > 1 ? argv[2] : NULL, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("show", &err);
    sq_json_free(config);
    return status;
}
