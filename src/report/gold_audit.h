#ifndef SQ_REPORT_GOLD_AUDIT_H
#define SQ_REPORT_GOLD_AUDIT_H
/*
 * What runs found, measured against a gold file: the judges, the rules, and
 * what counts in the end. For each and each question: Cohen's kappa (quality:
 * with quadratic weights, in steps of a half), Krippendorff's alpha among the
 * rater and the annotators and among the annotators alone, sensitivity and
 * specificity; then each run's rates as they are and corrected for these
 * (stat/prevalence.h). Every figure with its 95% interval and n; where one
 * cannot be told its note says why.
 */
#include "report/gold.h"
#include "store/store.h"

struct sq_gold_audit_options {
    const char *const *runs; /* ids */
    size_t nruns;
    const char *file;   /* the gold's name, for messages */
    const char *format; /* table, markdown, csv, json */
};

/* SQ_INPUT when no response of the runs is in the gold, or none of its labels
 * meets a verdict. */
enum sq_status sq_gold_audit_render(struct sq_store *store,
                                    const struct sq_gold *gold,
                                    const struct sq_gold_audit_options *how,
                                    struct sq_buf *out,
                                    struct sq_err *err) SQ_CHECKED;

#endif
