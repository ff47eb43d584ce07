#ifndef SQ_CMD_RUN_JUDGES_H
#define SQ_CMD_RUN_JUDGES_H
/*
 * Options that say who judges: --judge may be given several times. Each of the
 * others may be given once, for all judges, or as often as --judge, the first
 * for the first.
 */
#include "base/opt.h"
#include "run/run.h"

struct sq_run_judge_args {
    struct sq_opt_list specs, base_urls, key_envs, fields, prices_in,
        prices_out, rpms, tpms;
};

#define SQ_RUN_JUDGE_ROWS 8
void sq_run_judge_rows(struct sq_run_judge_args *a,
                       struct sq_opt t[SQ_RUN_JUDGE_ROWS]);
/* Into run->judges; run->model is resolved already. Borrows from argv. */
enum sq_status sq_run_judges_resolve(const struct sq_run_judge_args *a,
                                     struct sq_run_options *run,
                                     struct sq_err *err) SQ_CHECKED;
void sq_run_judges_release(struct sq_run_judge_args *a);

#endif
