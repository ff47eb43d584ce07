#ifndef SQ_REPORT_COLUMNS_H
#define SQ_REPORT_COLUMNS_H
/* The leaderboard with suites as columns; report/leaderboard.h says what it
 * shows. */
#include "report/grid.h"
#include "report/leaderboard.h"

/* A grid (release it; its columns and texts are in the board's arena) of the
 * rows read into the board; *note says which runs are not in it, "" = all are.
 * A column that fits nothing is SQ_NOT_FOUND. people: rounded. */
enum sq_status sq_columns_grid(struct sq_board *b,
                               const struct sq_leaderboard_options *how,
                               bool people, struct sq_grid *g, sq_str *note,
                               struct sq_err *err) SQ_CHECKED;

#endif
