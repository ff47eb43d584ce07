#ifndef SEQEVAL_METRIC_H
#define SEQEVAL_METRIC_H
/* The table of metrics: what every part that names, aggregates, ranks or draws
 * one knows of it. docs/scoring.md says how each is computed. */
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct sq_metric {
    const char *name; /* a family of them ends in '*': "acc_*" */
    double min, max;  /* the values that one sample can have */
    bool pooled;      /* its mean is over the steps of all samples: a sample
                         weighs as many as it has answerable steps */
    bool sum;         /* its value is the sum over samples, a count */
    bool lower;       /* lower is better: reports rank it that way */
    bool detail;      /* shown where it is asked for, not in a first overview */
};

/* A slice of that name, "clustered=family", holds all samples, with errors that
 * are clustered by a facet's groups. No facet is called so. */
#define SQ_CLUSTERED "clustered"

/* The row of a metric, by its exact name or else its family's; NULL for one
 * that this seqeval does not know. Rows are in the order of reports, so of two
 * the smaller pointer is shown first. */
const struct sq_metric *sq_metric_find(sq_str name);

#endif
