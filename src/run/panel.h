#ifndef SQ_RUN_PANEL_H
#define SQ_RUN_PANEL_H
/*
 * What the judges of a response found, and what they say together. Pure.
 *
 * Several judges: a yes or a no is theirs when more than half of them say it,
 * else the step is, in this order, error, not_run, unparsable or unsupported,
 * when one of them is, or not_judged. Quality is the mean of what they gave,
 * when more than half gave one. docs/scoring.md has the same.
 */
#include "judge/judge.h"
#include "seqeval.h"
#include "seqeval_program.h"
#include "store/store.h"

/* What one judge gave for a response by one template. */
struct sq_judged {
    const struct sq_judge_template *template_;
    const char *judge;   /* its name */
    enum sq_state state; /* PASS: verdict holds; ERROR or NOT_RUN: none came */
    struct sq_verdict verdict;
    const char *error; /* why none came; "" */
    bool again;        /* not the last word: a further try is missing */
};

/* A program that a rule wanted run. */
struct sq_ran {
    const struct sq_rule *rule;
    struct sq_program_result result; /* LOST: it was not run */
    void *item;                      /* whose it is; the loop's */
};

/* state: PASS when `text` is the model's response; else why there is none to
 * score (ERROR, NOT_RUN, TRUNCATED, REFUSED), with `error` for people. */
struct sq_score_input {
    const struct sq_sample *sample;
    enum sq_state state;
    sq_str text;
    const char *error;
    const struct sq_judged *judged; /* the judges of a template side by side */
    size_t njudged;
    const struct sq_ran *ran;
    size_t nran;
};

/* The judges that were asked by one template. */
struct sq_panel {
    const struct sq_judged *judged;
    size_t n;
};

/* The next template's judges; begin with {0}. False at the end. */
bool sq_panel_next(const struct sq_score_input *in, struct sq_panel *p);
/* The judges of steps; false when there are none. */
bool sq_panel_of_steps(const struct sq_score_input *in, struct sq_panel *p);

/* What they say of a step. Their reasons are added to why; *evidence is set to
 * the quote of the first who says so, too. */
enum sq_state sq_panel_step(const struct sq_panel *p, size_t step,
                            struct sq_buf *why, sq_str *evidence);
/* What they say of the whole response. */
void sq_panel_verdict(const struct sq_panel *p, struct sq_arena *arena,
                      struct sq_store_verdict *out);
/* What each of them found by itself, into sheet->findings. */
void sq_panel_findings(const struct sq_score_input *in, struct sq_arena *arena,
                       struct sq_score_sheet *sheet);

#endif
