#ifndef SQ_CMD_RUN_PROMPT_H
#define SQ_CMD_RUN_PROMPT_H
/* The options of `seqeval run` about what is sent beside the query, from what
 * the user wrote to what a run takes. */
#include "base/opt.h"
#include "run/run.h"

/* Zeroed but for what the option table writes; release with
 * sq_run_prompt_release. */
struct sq_run_prompt_args {
    const char *system;        /* text, or @FILE */
    const char *extra_body;    /* a JSON object */
    const char *headers, *api; /* a file; "chat" or "completions" */
    const char *chat_template; /* a name or a file */
    bool no_chat;
    struct sq_opt_list stops;
    long long logprobs;
    struct sq_arena arena; /* private: what the run's options point into */
};

/* Their rows of the option table. */
#define SQ_RUN_PROMPT_ROWS 8
void sq_run_prompt_rows(struct sq_run_prompt_args *a,
                        struct sq_opt t[SQ_RUN_PROMPT_ROWS]);
/* Fills the run's prompt and how its engines are reached. The headers go to the
 * judge too when it has the model's address: they may hold secrets, which no
 * other host is to see. */
enum sq_status sq_run_prompt_resolve(struct sq_run_prompt_args *a,
                                     struct sq_run_options *run,
                                     struct sq_err *err) SQ_CHECKED;
void sq_run_prompt_release(struct sq_run_prompt_args *a);

#endif
