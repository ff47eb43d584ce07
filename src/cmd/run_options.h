#ifndef SQ_CMD_RUN_OPTIONS_H
#define SQ_CMD_RUN_OPTIONS_H
/*
 * The options of `seqeval run`, `score` and `import`: their rows by group, and
 * the way from what the user wrote to what a run takes. To add one: a row in
 * its group's function in run_options.c, its paragraph in seqeval.1.in.
 */
#include "base/log.h"
#include "base/opt.h"
#include "cmd/run_judges.h"
#include "cmd/run_prompt.h"
#include "run/run.h"

enum sq_run_kind {
    SQ_RUN_ASK,   /* seqeval run */
    SQ_RUN_SCORE, /* seqeval score: no model is asked */
    SQ_RUN_IMPORT /* seqeval import: a run of recordings for each operand */
};

struct sq_run_args {
    enum sq_run_kind kind;
    struct sq_run_options run;
    struct sq_opt_list suites, templates, tags, base_urls, pass_k;
    struct sq_run_prompt_args prompt;
    struct sq_run_judge_args judges;
    const char *limit, *shard, *key_env, *format, *out, *config;
    bool quiet, dry_run, require_audit;
    int verbose;
    struct sq_log log;
    /* private: what the options point into */
    char *home, *data, *base_url;
    const char **suite_list, **template_list;
};

/* Room for all rows and the zero row that ends them. */
#define SQ_RUN_OPTIONS 128

const struct sq_opt_usage *sq_run_usage(enum sq_run_kind kind);

/* Sets every default; the table writes into *a. */
void sq_run_options_init(struct sq_run_args *a, enum sq_run_kind kind,
                         struct sq_opt table[SQ_RUN_OPTIONS]);
/* From what the table wrote to a->run, keys from the environment. operand is
 * the first one given, which is one too many; NULL = none. */
enum sq_status sq_run_options_resolve(struct sq_run_args *a,
                                      const char *operand,
                                      struct sq_err *err) SQ_CHECKED;
void sq_run_options_release(struct sq_run_args *a);

#endif
