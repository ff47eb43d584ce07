#ifndef SQ_REPORT_GOLD_H
#define SQ_REPORT_GOLD_H
/*
 * A gold file: responses labelled by people (or by readers one trusts), to
 * measure judges and rules against. judges/README.md specifies it.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define SQ_GOLD_ANNOTATORS 8 /* most of one label */

/* One question about one response. */
struct sq_gold_unit {
    size_t pair;          /* which response */
    const char *question; /* "step", "correct", "following", "quality" */
    size_t step;          /* 0-based; 0 where the question is of no step */
    double labels[SQ_GOLD_ANNOTATORS]; /* 1 yes, 0 no, or the quality; NaN =
                                          the annotator gave none */
    size_t nlabels;
    double agreed; /* what all that gave one say; of a quality their mean; NaN =
                      they differ, or there is none */
};

struct sq_gold_pair {
    sq_str id;       /* of the sample */
    sq_str digest;   /* the response's SHA-256, 16 hex digits or more */
    size_t first, n; /* its units */
};

struct sq_gold {
    struct sq_gold_pair *pairs; /* in the order of their ids */
    size_t npairs;
    struct sq_gold_unit *units;
    size_t nunits;
    size_t annotators; /* most of one label */
    struct sq_arena arena;
};

/* Release whatever the status. */
enum sq_status sq_gold_load(struct sq_gold *g, const char *path,
                            struct sq_err *err) SQ_CHECKED;
void sq_gold_release(struct sq_gold *g);

#endif
