#include "cmd/run_command.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "cmd/common.h"
#include "cmd/run_options.h"
#include "report/leaderboard.h"
#include "run/source.h"

/* Responses or verdicts are missing. */
#define EXIT_MISSING 4

static void put_part(struct sq_buf *out, const char *role,
                     const struct sq_run_forecast_part *p)
{
    sq_buf_addf(out,
                "%s: %zu requests, about %lld prompt tokens (at most %lld), ",
                role, p->requests, p->prompt_about, p->prompt_most);
    if (p->completion_most < 0)
        sq_buf_adds(out, "completion tokens without a limit (--max-tokens)");
    else
        sq_buf_addf(out, "at most %lld completion tokens", p->completion_most);
    if (!isnan(p->cost_most))
        sq_buf_addf(out, ", at most $%.4f", p->cost_most);
    sq_buf_addc(out, '\n');
}

static int dry_run(struct sq_run_args *a, const char *name, struct sq_err *err)
{
    struct sq_run_forecast f;
    enum sq_status st = sq_run_forecast(&a->run, &f, err);
    if (st != SQ_OK)
        return sq_cmd_fail(name, err);
    struct sq_buf out;
    size_t requests = 0;
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        requests += f.parts[i].requests;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    sq_buf_addf(&out,
                "%zu samples, %zu responses, %zu steps, at most %zu requests\n",
                f.samples, f.jobs, f.steps, requests);
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        if (f.paid[i])
            put_part(&out, i == SQ_ASKED_MODEL ? "model" : "judge",
                     &f.parts[i]);
    st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_buf_release(&out);
    return st == SQ_OK ? 0 : sq_cmd_fail(name, err);
}

/* "1,200 steps: 300 pass, 20 fail" in the order of the states. */
static void log_counts(struct sq_log *log, const struct sq_run_result *r)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    size_t total = 0;
    for (int i = 0; i < SQ_STATE_COUNT; i++)
        total += r->states[i];
    sq_buf_addf(&text, "run %s%s: %zu responses planned, %zu asked, %zu known",
                r->id, r->resumed ? " (resumed)" : "", r->jobs, r->asked,
                r->cached);
    if (r->skipped)
        sq_buf_addf(&text, ", %zu scored before", r->skipped);
    sq_buf_addf(&text, "; %zu steps", total);
    const char *sep = ": ";
    for (int i = 0; i < SQ_STATE_COUNT; i++) {
        if (!r->states[i])
            continue;
        sq_buf_addf(&text, "%s%zu %s", sep, r->states[i],
                    sq_state_name((enum sq_state)i));
        sep = ", ";
    }
    if (r->budget.requests) {
        sq_buf_adds(&text, "; spent ");
        sq_budget_spent(&r->budget, &text);
    }
    sq_log(log, SQ_LOG_INFO, "%s", text.p);
    sq_buf_release(&text);
}

/* What is missing and why, and how to get it. */
static void log_missing(struct sq_log *log, const struct sq_run_result *r)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    if (r->budget.over != SQ_BUDGET_NONE) {
        sq_budget_name(&r->budget, &text);
        sq_buf_adds(&text, " ended the run (spent ");
        sq_budget_spent(&r->budget, &text);
        sq_buf_addf(&text,
                    "): %zu responses or verdicts are missing; run the same "
                    "command again to go on with as much again",
                    r->missing);
    } else {
        sq_buf_addf(&text,
                    "%zu responses or verdicts are missing; run the same "
                    "command again to ask for these alone",
                    r->missing);
        if (r->first_error.msg[0])
            sq_buf_addf(&text, " (the first: %s)", r->first_error.msg);
    }
    sq_log(log, SQ_LOG_ERROR, "%s", text.p);
    sq_buf_release(&text);
}

static struct sq_leaderboard_options board_options(const struct sq_run_args *a)
{
    return (struct sq_leaderboard_options){.sort = "value",
                                           .format = a->format};
}

static enum sq_status check_format(const struct sq_run_args *a,
                                   struct sq_err *err)
{
    struct sq_leaderboard_options how = board_options(a);
    return sq_leaderboard_check(&how, err);
}

/* The runs that were made, as one leaderboard. */
static enum sq_status print_result(struct sq_run_args *a,
                                   const char *const *runs, size_t n,
                                   struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    struct sq_leaderboard_options how = board_options(a);
    how.choice.runs = runs;
    how.choice.nruns = n;
    enum sq_status st = sq_store_open(&store, a->run.db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_leaderboard_render(store, &how, &out, err);
    if (st == SQ_OK)
        st = sq_cmd_output(a->out, sq_buf_str(&out), err);
    sq_store_close(store);
    sq_buf_release(&out);
    return st;
}

/* One run; its id is "" when there came to be none. */
static int run(struct sq_run_args *a, const char *name, char id[SQ_RUN_ID_SIZE],
               struct sq_err *err)
{
    struct sq_run_result result;
    enum sq_status st = sq_run(&a->run, &result, err);
    memcpy(id, result.id, SQ_RUN_ID_SIZE);
    if (!id[0])
        return sq_cmd_fail(name, err);
    log_counts(&a->log, &result);
    if (result.interrupted) {
        sq_log(&a->log, SQ_LOG_WARN,
               "interrupted; all that came back is saved: run the same command "
               "again to go on");
        return sq_status_exit(SQ_INTERRUPTED);
    }
    if (st != SQ_OK)
        return sq_cmd_fail(name, err);
    bool audited = !a->require_audit || result.audits_passed == result.audits;
    if (!audited)
        sq_log(&a->log, SQ_LOG_ERROR,
               "--require-judge-audit: %zu of %zu audits passed (seqeval show "
               "%s lists them); recorded judges cannot be audited",
               result.audits_passed, result.audits, result.id);
    if (result.missing)
        log_missing(&a->log, &result);
    return result.missing || !audited ? EXIT_MISSING : 0;
}

static char *with_prefix(const char *prefix, const char *file)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_CONFIG);
    sq_buf_addf(&text, "%s%s", prefix, file);
    char *out = sq_buf_take(&text);
    sq_buf_release(&text);
    return out;
}

/* A run of the options, or of each file. The first that fails ends it. */
static int run_all(struct sq_run_args *a, char **files, size_t nfiles,
                   const char *name, struct sq_err *err)
{
    size_t most = nfiles ? nfiles : 1, n = 0;
    char(*ids)[SQ_RUN_ID_SIZE] = sq_xcalloc(most, sizeof *ids);
    const char **list = sq_xcalloc(most, sizeof *list);
    int status = 0;
    sq_stop_install();
    for (size_t i = 0; i < most && (!status || status == EXIT_MISSING); i++) {
        char *spec = NULL;
        if (nfiles)
            a->run.model.spec = spec = with_prefix("replay:", files[i]);
        int one =
            a->dry_run ? dry_run(a, name, err) : run(a, name, ids[n], err);
        list[n] = ids[n];
        n += ids[n][0] != 0;
        status = one ? one : status;
        free(spec);
    }
    if (n && print_result(a, list, n, err) != SQ_OK &&
        (!status || status == EXIT_MISSING))
        status = sq_cmd_fail(name, err);
    free(list);
    free(ids);
    return status;
}

/* The run that `score` names, as the suites and the plan of the new one. */
static enum sq_status take_source(struct sq_run_args *a, const char *ref,
                                  struct sq_run_source *source,
                                  struct sq_err *err)
{
    if (!ref)
        return sq_err_set(err, SQ_USAGE,
                          "which run? seqeval score RUN, as seqeval score "
                          "latest --judge gpt-4o");
    enum sq_status st = sq_run_source_open(source, a->run.db, ref, err);
    if (st == SQ_OK)
        sq_run_source_apply(source, &a->run);
    return st;
}

/* Operands are files for import, else those that the command has no use for. */
static enum sq_status check_files(const struct sq_run_args *a, size_t n,
                                  struct sq_err *err)
{
    if (n == 0)
        return sq_err_set(err, SQ_USAGE,
                          "which outputs? seqeval import FILE..., as seqeval "
                          "import outputs.json --suite alpaca_eval");
    if (n > 1 && a->run.model.name)
        return sq_err_set(err, SQ_USAGE,
                          "--model-name: one name for %zu files; each is a run "
                          "of its own",
                          n);
    return SQ_OK;
}

int sq_run_command(enum sq_run_kind kind, int argc, char **argv)
{
    static const size_t takes[] = {
        [SQ_RUN_ASK] = 0, [SQ_RUN_SCORE] = 1, [SQ_RUN_IMPORT] = SIZE_MAX};
    struct sq_run_args a;
    struct sq_run_source source = {0};
    struct sq_opt table[SQ_RUN_OPTIONS];
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int noperands = 0, status = 0;
    bool helped = false, import = kind == SQ_RUN_IMPORT;
    sq_run_options_init(&a, kind, table);
    enum sq_status st = sq_cmd_options(sq_run_usage(kind), table, argc, argv,
                                       &config, &noperands, &helped, &err);
    size_t n = (size_t)noperands;
    if (st == SQ_OK && !helped && import)
        st = check_files(&a, n, &err);
    if (st == SQ_OK && !helped) {
        a.log = sq_cmd_log(a.quiet, a.verbose);
        a.run.log = &a.log;
        st = sq_run_options_resolve(
            &a, n > takes[kind] ? argv[1 + takes[kind]] : NULL, &err);
    }
    if (st == SQ_OK && !helped && kind == SQ_RUN_SCORE)
        st = take_source(&a, n ? argv[1] : NULL, &source, &err);
    if (st == SQ_OK && !helped)
        st = check_format(&a, &err);
    if (st != SQ_OK)
        status = sq_cmd_fail(argv[0], &err);
    else if (!helped)
        status = run_all(&a, argv + 1, import ? n : 0, argv[0], &err);

    sq_run_options_release(&a);
    sq_run_source_close(&source);
    sq_json_free(config);
    return status;
}
