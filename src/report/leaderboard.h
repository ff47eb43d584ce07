#ifndef SQ_REPORT_LEADERBOARD_H
#define SQ_REPORT_LEADERBOARD_H
/*
 * The leaderboard: models in the order of their values, each with standard
 * error, 95% interval and n. All its numbers come from the store's metrics;
 * nothing is computed again, but for the macro average over columns.
 *
 * Runs whose numbers may not stand side by side (report/board.h) are ranked
 * apart, with a line that says how they differ. A rank is a range where the
 * intervals overlap.
 *
 * table, markdown and html are for people: rounded, overall figures of the main
 * metrics unless more is asked for. csv and json are for programs: the columns
 * of the view `leaderboard`, unrounded, every metric and slice; then tags,
 * group, rank_lo, rank_hi and notes (report/notes.h).
 *
 * With columns, one row for each model: each column a metric of a suite (its
 * first, unless one is named), then the mean of the columns, the macro average,
 * with its standard error sqrt(sum se^2) / k (suites are independent samples);
 * where ranges of metrics differ there is none. Only runs of group 1 of each
 * suite are in it; a model that lacks a column has no average and no rank.
 */
#include "report/board.h"

struct sq_leaderboard_options {
    struct sq_board_choice choice;
    const char *suite;  /* NULL = all */
    const char *metric; /* NULL = the main ones; "all" */
    const char *slice;  /* NULL = overall; "all", or one as "iteration=3" */
    const char *const *columns; /* "SUITE" or "METRIC@SUITE", or "all" */
    size_t ncolumns;
    const char *sort;   /* "value" (the best first), "model", "date" */
    const char *format; /* table, markdown, html, csv, json */
};

/* SQ_USAGE when the format or the order has no such name. */
enum sq_status sq_leaderboard_check(const struct sq_leaderboard_options *how,
                                    struct sq_err *err) SQ_CHECKED;

enum sq_status sq_leaderboard_render(struct sq_store *store,
                                     const struct sq_leaderboard_options *how,
                                     struct sq_buf *out,
                                     struct sq_err *err) SQ_CHECKED;

#endif
