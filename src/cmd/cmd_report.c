/* `seqeval report`: runs to one HTML page. */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/common.h"
#include "report/page.h"
#include "store/store.h"

static const struct sq_opt_usage usage = {
    "report", "RUN...", "Write runs as one HTML page that needs nothing else.",
    "The page holds the results with their intervals, how every other run\n"
    "differs from the first, slices, states, cost, every sample with its "
    "steps,\n"
    "and how the runs were made. RUN is an id, a unique prefix of one, latest, "
    "or\n"
    "latest:MODEL.\n"};

static enum sq_status render(const char *db, char **refs, size_t n,
                             const char *file, struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_buf out;
    const char *const *runs = NULL;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_cmd_runs(store, (const char *const *)refs, n, &arena, &runs,
                         err);
    for (size_t i = 0; i < n && st == SQ_OK; i++)
        for (size_t k = 0; k < i && st == SQ_OK; k++)
            if (strcmp(runs[i], runs[k]) == 0)
                st = sq_err_set(err, SQ_USAGE, "%s and %s are the same run",
                                refs[k], refs[i]);
    if (st == SQ_OK)
        st = sq_page_render(store, runs, n, &out, err);
    if (st == SQ_OK && out.over)
        st = sq_err_set(err, SQ_INPUT,
                        "the page would be larger than %zu MiB; report fewer "
                        "runs",
                        SQ_MAX_REPORT >> 20);
    if (st == SQ_OK)
        st = sq_cmd_output(file, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_arena_release(&arena);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_report(int argc, char **argv)
{
    const char *db = SQ_DEFAULT_DB, *out = NULL, *config_path = NULL;
    const struct sq_opt table[] = {
        {"db", 0, SQ_OPT_STR, &db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"out", 'o', SQ_OPT_STR, &out, "FILE",
         "write there (- for standard output)", 0, 0},
        {"config", 0, SQ_OPT_STR, &config_path, "FILE", "options as JSON", 0,
         0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int n = 0;
    bool helped = false;
    enum sq_status st =
        sq_cmd_options(&usage, table, argc, argv, &config, &n, &helped, &err);
    if (st == SQ_OK && !helped && n < 1)
        st = sq_err_set(&err, SQ_USAGE,
                        "which runs? seqeval report RUN... --out FILE.html, as "
                        "seqeval report latest --out report.html");
    if (st == SQ_OK && !helped && !out)
        st = sq_err_set(&err, SQ_USAGE,
                        "--out FILE.html: where the page is to be written");
    if (st == SQ_OK && !helped)
        st = render(db, argv + 1, (size_t)n, out, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("report", &err);
    sq_json_free(config);
    return status;
}
