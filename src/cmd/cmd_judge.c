/* `seqeval judge audit`: are the judges right, by labels of people? */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/common.h"
#include "report/gold_audit.h"
#include "report/grid.h"

static const struct sq_opt_usage usage = {
    "judge", "audit --gold FILE",
    "Measure judges and rules against labels of people.",
    "For each judge, the rules, and what counts (score): Cohen's kappa (of "
    "grades\n"
    "with quadratic weights), Krippendorff's alpha, sensitivity and "
    "specificity,\n"
    "all with 95% intervals; then the run's rates, raw and corrected for "
    "these\n"
    "(Rogan-Gladen). judges/README.md has the format of the file and the "
    "rules.\n"};

struct judge_audit {
    struct sq_opt_list runs;
    const char *gold, *db, *format, *out;
};

/* The id of the newest run with a judge; board rows come oldest first. */
static void on_run(void *ctx, const struct sq_store_row *row)
{
    struct sq_run *latest = ctx;
    sq_str id = row->cols[0], judge = row->cols[3];
    if (judge.n && !sq_str_eq(judge, SQ_STR("none")) &&
        id.n < sizeof latest->id) {
        memcpy(latest->id, id.p, id.n);
        latest->id[id.n] = '\0';
    }
}

static enum sq_status find_runs(struct judge_audit *a, struct sq_store *store,
                                struct sq_arena *arena,
                                struct sq_gold_audit_options *how,
                                struct sq_err *err)
{
    const sq_str all = SQ_STR("");
    struct sq_run latest = {0};
    const char **ids = sq_arena_array(arena, 1, sizeof *ids);
    if (a->runs.n) {
        how->nruns = a->runs.n;
        return sq_cmd_runs(store, a->runs.v, a->runs.n, arena, &how->runs, err);
    }
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_BOARD, &all, 1, on_run, &latest, err);
    if (st == SQ_OK && !*latest.id)
        st = sq_store_run_find(store, SQ_STR("latest"), &latest, err);
    ids[0] = sq_arena_strdup(arena, latest.id);
    how->runs = ids;
    how->nruns = 1;
    return st;
}

static enum sq_status audit(struct judge_audit *a, struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_gold gold = {0};
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_gold_audit_options how = {.file = a->gold, .format = a->format};
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    enum sq_status st = sq_gold_load(&gold, a->gold, err);
    if (st == SQ_OK)
        st = sq_store_open(&store, a->db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = find_runs(a, store, &arena, &how, err);
    if (st == SQ_OK)
        st = sq_gold_audit_render(store, &gold, &how, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_gold_release(&gold);
    sq_arena_release(&arena);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_judge(int argc, char **argv)
{
    struct judge_audit a = {.db = SQ_DEFAULT_DB, .format = "table"};
    const char *config_path = NULL;
    const struct sq_opt table[] = {
        {"gold", 0, SQ_OPT_STR, &a.gold, "FILE",
         "the labels (JSON Lines, JSON; gzip)", 0, 0},
        {"run", 0, SQ_OPT_LIST, &a.runs, "RUN",
         "what found something about these responses; may be given several "
         "times (default: the latest with a judge)",
         0, 0},
        {"db", 0, SQ_OPT_STR, &a.db, "FILE",
         "the database (default " SQ_DEFAULT_DB ")", 0, 0},
        {"format", 0, SQ_OPT_STR, &a.format, "FORMAT",
         "table, markdown, csv or json (default table)", 0, 0},
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
    if (st == SQ_OK && !helped && (n != 1 || strcmp(argv[1], "audit") != 0))
        st = sq_err_set(&err, SQ_USAGE,
                        "say what to do: seqeval judge audit --gold FILE");
    if (st == SQ_OK && !helped && !a.gold)
        st = sq_err_set(&err, SQ_USAGE,
                        "--gold: missing; name the file with the labels");
    if (st == SQ_OK && !helped)
        st = sq_grid_format_check(a.format, &err);
    if (st == SQ_OK && !helped)
        st = audit(&a, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("judge", &err);
    sq_json_free(config);
    free(a.runs.v);
    return status;
}
