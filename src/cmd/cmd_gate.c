/* `seqeval gate`: may the candidate replace the baseline? */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "cmd/common.h"
#include "report/baseline.h"
#include "report/gate_files.h"
#include "report/grid.h"

static const struct sq_opt_usage usage = {
    "gate", "", "Fail when a candidate is worse than its baseline.",
    "RUN is a run's id, a unique prefix of it, latest, or latest:MODEL; FILE "
    "a\n"
    "baseline written by seqeval export --baseline. --max-drop and --min may "
    "be\n"
    "given several times and hold for every suite that has the metric, or for\n"
    "the one that is named: step_rate@SUITE=2. A point is a hundredth of the\n"
    "metric's range: 0.01 of a rate.\n"
    "\n"
    "A drop fails when it is larger than allowed and, by a paired test at "
    "level\n"
    "alpha over all drops together, no chance. docs/gate.md has the rule.\n"
    "\n"
    "In GitHub Actions a summary is appended to GITHUB_STEP_SUMMARY and "
    "errors\n"
    "are annotated.\n"
    "\n"
    "Exit status: 0 pass; 1 fail; 2 wrong baseline or usage; 3 too few "
    "samples\n"
    "to see such a drop; 4 responses of the candidate are missing.\n"};

/* The gate's own exit statuses; others are those of enum sq_status. */
enum { EXIT_FAIL = 1, EXIT_INCONCLUSIVE = 3 };

struct gate_args {
    const char *candidate, *baseline, *suite, *junit, *db, *format, *out;
    struct sq_opt_list drops, mins;
    double alpha;
    struct sq_gate_limit *limits;
    size_t nlimits;
};

/* Everything a gate holds while it runs. */
struct gate {
    struct sq_store *store;
    struct sq_run run, baseline_run;
    struct sq_scores candidate, baseline;
    struct sq_gate_result result;
    struct sq_gate_steps steps;
};

static enum sq_status take_limits(struct gate_args *a, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    a->limits = sq_xcalloc(a->drops.n + a->mins.n + 1, sizeof *a->limits);
    for (size_t i = 0; i < a->drops.n && st == SQ_OK; i++)
        st = sq_gate_limit_parse(a->drops.v[i], false, &a->limits[a->nlimits++],
                                 err);
    for (size_t i = 0; i < a->mins.n && st == SQ_OK; i++)
        st = sq_gate_limit_parse(a->mins.v[i], true, &a->limits[a->nlimits++],
                                 err);
    for (size_t i = 0; i < a->nlimits && st == SQ_OK; i++)
        for (size_t j = 0; j < i && st == SQ_OK; j++)
            if (a->limits[i].floor == a->limits[j].floor &&
                sq_str_eq(a->limits[i].metric, a->limits[j].metric) &&
                (!a->limits[i].suite.n || !a->limits[j].suite.n ||
                 sq_str_eq(a->limits[i].suite, a->limits[j].suite)))
                st = sq_err_set(err, SQ_USAGE, "%s: %.*s is given twice",
                                a->limits[i].floor ? "--min" : "--max-drop",
                                SQ_STR_ARG(a->limits[i].metric));
    return st;
}

static enum sq_status check_args(struct gate_args *a, struct sq_err *err)
{
    if (!a->candidate || !a->baseline)
        return sq_err_set(err, SQ_USAGE,
                          "which runs? seqeval gate --candidate RUN --baseline "
                          "RUN|FILE --max-drop step_rate=2");
    if (!a->drops.n && !a->mins.n)
        return sq_err_set(err, SQ_USAGE,
                          "nothing to hold to; add --max-drop METRIC=POINTS, "
                          "as step_rate=2, or --min METRIC=VALUE");
    enum sq_status st = sq_grid_format_check(a->format, err);
    return st == SQ_OK ? take_limits(a, err) : st;
}

/* A name with a slash or .json at its end, or of a file that is there, is a
 * file; anything else a run. */
static bool is_file(const char *name)
{
    return strchr(name, '/') ||
           sq_str_ends(sq_str_from(name), SQ_STR(".json")) ||
           sq_path_exists(name);
}

static enum sq_status read_baseline(struct gate *g, const char *name,
                                    struct sq_err *err)
{
    enum sq_status st;
    if (is_file(name)) {
        st = sq_baseline_load(name, &g->baseline, err);
    } else {
        st = sq_store_run_find(g->store, sq_str_from(name), &g->baseline_run,
                               err);
        if (st == SQ_OK)
            st =
                sq_scores_read(g->store, g->baseline_run.id, &g->baseline, err);
        g->steps.baseline = g->baseline_run.id;
        if (st == SQ_OK && !sq_str_eq(g->baseline.status, SQ_STR("complete")))
            st = sq_err_set(err, SQ_INPUT, "run %s is %.*s, no baseline",
                            g->baseline_run.id, SQ_STR_ARG(g->baseline.status));
    }
    return st == SQ_OK ? st : sq_err_prefix(err, "--baseline");
}

static enum sq_status read_all(struct gate *g, const struct gate_args *a,
                               struct sq_err *err)
{
    enum sq_status st = sq_store_open(&g->store, a->db, SQ_STORE_READ, err);
    if (st != SQ_OK)
        return st;
    st = sq_store_run_find(g->store, sq_str_from(a->candidate), &g->run, err);
    if (st == SQ_OK)
        st = sq_scores_read(g->store, g->run.id, &g->candidate, err);
    if (st != SQ_OK)
        return sq_err_prefix(err, "--candidate");
    g->steps.store = g->store;
    g->steps.candidate = g->run.id;
    return read_baseline(g, a->baseline, err);
}

static enum sq_status append(const char *path, sq_str text, struct sq_err *err)
{
    FILE *f = fopen(path, "a");
    bool ok = f && fwrite(text.p, 1, text.n, f) == text.n;
    int why = errno;
    if (f && fclose(f) != 0)
        ok = false;
    if (ok)
        return SQ_OK;
    return sq_err_set(err, SQ_IO, "GITHUB_STEP_SUMMARY: %s: %s", path,
                      strerror(why));
}

static bool on_github(void)
{
    const char *v = getenv("GITHUB_ACTIONS");
    return v && *v;
}

/* The result, and the files that were asked for. */
static enum sq_status report(struct gate *g, const struct gate_args *a,
                             struct sq_err *err)
{
    const char *summary = getenv("GITHUB_STEP_SUMMARY");
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    sq_gate_render(&g->result, a->format, &out);
    enum sq_status st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_buf_reset(&out);
    if (st == SQ_OK && a->junit) {
        st = sq_gate_junit(&g->result, &g->steps, &out, err);
        if (st == SQ_OK)
            st = sq_cmd_output(a->junit, sq_buf_str(&out), err);
    }
    sq_buf_reset(&out);
    if (st == SQ_OK && summary && *summary) {
        st = sq_gate_summary(&g->result, &g->steps, &out, err);
        if (st == SQ_OK)
            st = append(summary, sq_buf_str(&out), err);
    }
    sq_buf_reset(&out);
    if (st == SQ_OK && on_github()) {
        sq_gate_annotations(&g->result, &out);
        fputs(out.p, stderr);
    }
    sq_buf_reset(&out);
    struct sq_log log = sq_cmd_log(false, 0);
    if (st == SQ_OK)
        st = sq_gate_notes(&g->steps, &out, err);
    sq_str rest = sq_buf_str(&out), line;
    while (sq_str_line(&rest, &line))
        sq_log(&log, SQ_LOG_WARN, "gate: %.*s", SQ_STR_ARG(line));
    sq_buf_reset(&out);
    sq_gate_headline(&g->result, &out);
    sq_log(&log, SQ_LOG_INFO, "%s", out.p);
    sq_buf_release(&out);
    return st;
}

/* The exit status, or an error. */
static enum sq_status gate(const struct gate_args *a, int *status,
                           struct sq_err *err)
{
    static const int exits[] = {[SQ_GATE_PASS] = 0,
                                [SQ_GATE_FAIL] = EXIT_FAIL,
                                [SQ_GATE_INCONCLUSIVE] = EXIT_INCONCLUSIVE};
    struct sq_gate_options how = {a->limits, a->nlimits, a->alpha, a->suite};
    struct gate g = {0};
    enum sq_status st = read_all(&g, a, err);
    if (st == SQ_OK)
        st = sq_gate_evaluate(&g.baseline, &g.candidate, &how, &g.result, err);
    if (st == SQ_OK && !sq_str_eq(g.candidate.status, SQ_STR("complete")))
        st = sq_err_set(err, SQ_NET,
                        "the candidate's run %s is %.*s: responses or verdicts "
                        "are missing; run it again to ask for them",
                        g.run.id, SQ_STR_ARG(g.candidate.status));
    if (st == SQ_OK)
        st = report(&g, a, err);
    if (st == SQ_OK)
        *status = exits[g.result.verdict];
    sq_gate_release(&g.result);
    sq_scores_release(&g.candidate);
    sq_scores_release(&g.baseline);
    sq_store_close(g.store);
    return st;
}

/* Says what went wrong, to GitHub as well. */
static int fail(const struct sq_err *err)
{
    if (on_github()) {
        struct sq_buf out;
        sq_buf_init(&out, SQ_MAX_MESSAGE);
        sq_gate_annotation(sq_str_from(err->msg), &out);
        fputs(out.p, stderr);
        sq_buf_release(&out);
    }
    return sq_cmd_fail("gate", err);
}

int sq_cmd_gate(int argc, char **argv)
{
    struct gate_args a = {.db = SQ_DEFAULT_DB, .format = "table"};
    const char *config_path = NULL;
    a.alpha = 0.05;
    const struct sq_opt table[] = {
        {"candidate", 0, SQ_OPT_STR, &a.candidate, "RUN", "the run to judge", 0,
         0},
        {"baseline", 0, SQ_OPT_STR, &a.baseline, "RUN|FILE",
         "the run, or the exported baseline, that it is compared with", 0, 0},
        {"max-drop", 0, SQ_OPT_LIST, &a.drops, "METRIC=POINTS",
         "fail when the metric drops by more points, as step_rate=2", 0, 0},
        {"min", 0, SQ_OPT_LIST, &a.mins, "METRIC=VALUE",
         "fail when the candidate's value is lower, as full_rate=0.6", 0, 0},
        {"alpha", 0, SQ_OPT_NUM, &a.alpha, "A",
         "most chance to fail an equal model (default 0.05)", 0.0005, 0.5},
        {"suite", 's', SQ_OPT_STR, &a.suite, "NAME", "only this suite", 0, 0},
        {"junit", 0, SQ_OPT_STR, &a.junit, "FILE", "write JUnit XML there", 0,
         0},
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
    int n = 0, status = 0;
    bool helped = false;
    enum sq_status st =
        sq_cmd_options(&usage, table, argc, argv, &config, &n, &helped, &err);
    if (st == SQ_OK && !helped && n)
        st = sq_err_set(&err, SQ_USAGE, "'%s' is no option; see --help",
                        argv[1]);
    if (st == SQ_OK && !helped)
        st = check_args(&a, &err);
    if (st == SQ_OK && !helped)
        st = gate(&a, &status, &err);
    if (st != SQ_OK)
        status = fail(&err);
    free(a.drops.v);
    free(a.mins.v);
    free(a.limits);
    sq_json_free(config);
    return status;
}
