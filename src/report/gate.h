#ifndef SQ_REPORT_GATE_H
#define SQ_REPORT_GATE_H
/*
 * A gate: is the candidate as good as the baseline? Evaluates limits over two
 * sets of scores and renders what came out. docs/gate.md has the rule;
 * stat/gate.h the test.
 *
 * A point is a hundredth of the metric's range: 0.01 of a rate, 0.04 of a
 * quality from 1 to 5.
 *
 * A sample that has a value on one side only (its response was truncated or
 * refused, its verdict could not be read) is in no pair. So that such losses
 * hide no drop, a limit that holds on the pairs must also hold when the missing
 * value counts as the worst there is; else it is inconclusive.
 */
#include "report/scores.h"
#include "stat/gate.h"

struct sq_gate_limit {
    sq_str metric, suite; /* suite: the label of one; "" = all that have it */
    double value; /* floor: in the metric's unit; else points, above 0 */
    bool floor;   /* --min: the candidate's mean may not be below it */
};

struct sq_gate_options {
    const struct sq_gate_limit *limits;
    size_t nlimits;
    double alpha;
    const char *suite; /* NULL = all */
};

/* A limit on one suite. */
struct sq_gate_row {
    struct sq_gate_limit limit;
    const struct sq_pair_group *group;
    double baseline, candidate; /* means over the pairs; with a floor the
                                   candidate's over all its samples */
    struct sq_gate_test test;   /* of the drop; unused with a floor */
    size_t lost;                /* samples with a value on one side only */
    enum sq_gate_verdict verdict;
    char why[240];
};

struct sq_gate_result {
    struct sq_arena arena;
    sq_str baseline_run, baseline_model, candidate_run, candidate_model;
    struct sq_gate_row *rows;
    size_t n;
    enum sq_gate_verdict verdict; /* FAIL before INCONCLUSIVE before PASS */
};

/* Parses METRIC[@SUITE]=NUMBER; text must outlive the limit. */
enum sq_status sq_gate_limit_parse(const char *text, bool floor,
                                   struct sq_gate_limit *out,
                                   struct sq_err *err) SQ_CHECKED;

/* Scores that may not be compared are SQ_INPUT, a metric that no suite has is
 * SQ_NOT_FOUND. The result borrows from both sets; release it. */
enum sq_status sq_gate_evaluate(const struct sq_scores *baseline,
                                const struct sq_scores *candidate,
                                const struct sq_gate_options *how,
                                struct sq_gate_result *out,
                                struct sq_err *err) SQ_CHECKED;
void sq_gate_release(struct sq_gate_result *r);

/* One row for each limit and suite. format: table, markdown, csv, json. */
void sq_gate_render(struct sq_gate_result *r, const char *format,
                    struct sq_buf *out);
/* "gate: fail: 1 of 3 limits failed", one line without its end. */
void sq_gate_headline(const struct sq_gate_result *r, struct sq_buf *out);
/* The limit as people write it: "max-drop step_rate=2". */
void sq_gate_limit_name(const struct sq_gate_limit *l, struct sq_buf *out);

#endif
