#ifndef SQ_REPORT_LEADERBOARD_H
#define SQ_REPORT_LEADERBOARD_H
/*
 * The leaderboard: for each suite and metric the models in the order of their
 * values, each with standard error, 95% interval and n. All its numbers come
 * from the store's metrics; nothing is computed again.
 *
 * table and markdown are for people: rounded, with ranks, overall figures only
 * unless slices are asked for. csv and json are for programs: the columns of
 * the view `leaderboard`, unrounded, every slice.
 */
#include "store/store.h"

struct sq_leaderboard_options {
    const char *run;    /* id of the one run to show; NULL = each model's latest
                           complete run */
    const char *suite;  /* NULL = all */
    const char *metric; /* NULL = all */
    const char *slice;  /* NULL = overall; "all", or one as "iteration=3" */
    const char *format; /* table, markdown, csv, json */
};

/* SQ_USAGE when the name is none of the formats. */
enum sq_status sq_report_format_check(const char *format,
                                      struct sq_err *err) SQ_CHECKED;

enum sq_status sq_leaderboard_render(struct sq_store *store,
                                     const struct sq_leaderboard_options *how,
                                     struct sq_buf *out,
                                     struct sq_err *err) SQ_CHECKED;

#endif
