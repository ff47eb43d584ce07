#ifndef SQ_JUDGE_CANARY_H
#define SQ_JUDGE_CANARY_H
/*
 * Canaries: responses whose verdict is known, to find out whether a judge is
 * any good. Of each query in judges/canaries.jsonl there are four: a perfect
 * one, one that carried out a known part of the steps, one off the topic and an
 * empty one. Pure but for loading.
 */
#include "judge/judge.h"

enum sq_canary_kind {
    SQ_CANARY_PERFECT,
    SQ_CANARY_HALF,
    SQ_CANARY_OFF_TOPIC,
    SQ_CANARY_EMPTY,
    SQ_CANARY_KINDS
};

struct sq_canary {
    const char *name; /* "birds/half" */
    enum sq_canary_kind kind;
    struct sq_sample sample;
    sq_str response;
    const bool *done; /* by step */
};

struct sq_canaries {
    struct sq_canary *list;
    size_t n;
    char digest[65]; /* of the file's bytes */
    struct sq_arena arena;
};

/* HOME/judges/canaries.jsonl; its format stands in judges/README.md. Release
 * with sq_canaries_free. */
enum sq_status sq_canaries_load(struct sq_canaries **out, const char *home,
                                struct sq_err *err) SQ_CHECKED;
void sq_canaries_free(struct sq_canaries *c);

/* One question of a template about a canary, and how the verdict did. */
struct sq_canary_mark {
    const char *question; /* "following", "quality", "step" */
    size_t step;          /* 0-based */
    bool yes;             /* the right verdict: done, followed, good */
    bool right;           /* the judge found it */
};

/* Marks a verdict; out has room for the steps and two more. Right is: following
 * and steps, the known verdict; quality, 4 or more for a perfect response, 3 or
 * less for half of one, 2 or less for the others. A verdict that could not be
 * read, or whose quote is not there, is not right. Returns how many there are.
 */
size_t sq_canary_marks(const struct sq_canary *c,
                       const struct sq_judge_template *t,
                       const struct sq_verdict *v, struct sq_canary_mark *out);

/* How many marks a template has over all canaries. */
size_t sq_canary_count(const struct sq_canaries *c,
                       const struct sq_judge_template *t);

/* How a judge did over all canaries of a template. */
struct sq_canary_tally {
    size_t yes, yes_right, no, no_right;
};
/* The rule that a judge must pass: at least 3/4 of what is to be found done is
 * (sensitivity), and at least 4/5 of what is to be found not done is
 * (specificity). tests/bench/audit.sh measures what it lets through. */
bool sq_canary_passed(const struct sq_canary_tally *t);

#endif
