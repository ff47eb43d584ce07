#ifndef SQ_REPORT_BOARD_H
#define SQ_REPORT_BOARD_H
/*
 * What a leaderboard is made of: runs chosen from the store, and their results.
 *
 * An entry is one suite of one run. Entries may be ranked together when they
 * are of one suite with the same digests (definition, data, step annotation)
 * and on the same terms (report/terms.h: judge, templates, limit, sampling...).
 * Such entries are a group; groups of a suite are numbered from 1, the largest
 * first, of equally large ones that with the newest run.
 *
 * Life cycle: zero it, open, read rows as often as wanted, release. All texts
 * are in its arena.
 */
#include "report/terms.h"
#include "store/store.h"

struct sq_board_entry {
    sq_str run, created, model, judge, tags, suite;
    sq_str definition, data, steps; /* digests */
    sq_str terms;                   /* as text */
    size_t group;                   /* 1-based, within the suite */
    sq_str notes; /* on its judges (report/notes.h); "" = none */
    sq_str apart; /* how its group differs from group 1; "" = it is that */
};

/* One result, its numbers as the store gives them ("" = none) and read (NaN).
 */
struct sq_board_row {
    const struct sq_board_entry *entry;
    sq_str slice, metric;
    sq_str value_text, stderr_text, lo_text, hi_text, n_text;
    double value, stderr_, lo, hi;
    size_t rank_lo, rank_hi; /* after sq_board_rank */
};

struct sq_board {
    struct sq_arena arena;
    struct sq_board_entry *entries; /* by suite, group, the newest first */
    size_t nentries;
    struct sq_board_row *rows;
    size_t nrows, cap;
};

/* Which runs: those given by their ids, whatever their status; or (none given)
 * of all complete ones that fit every condition the latest of each model,
 * judge, suite, digests and terms. A condition is "model=GLOB", "judge=",
 * "tag=", "suite=" (or !=), or "date>=2026-11-01" (also <, >, <=, =, by the
 * prefix given). */
struct sq_board_choice {
    const char *const *runs;
    size_t nruns;
    const char *const *where;
    size_t nwhere;
};
enum sq_status sq_board_open(struct sq_board *b, struct sq_store *store,
                             const struct sq_board_choice *choice,
                             struct sq_err *err) SQ_CHECKED;
void sq_board_release(struct sq_board *b);

/* Reads the entries' results into rows (in place of those there were): of one
 * suite, metric and slice, NULL = of all. */
enum sq_status sq_board_read(struct sq_board *b, struct sq_store *store,
                             const char *suite, const char *metric,
                             const char *slice, struct sq_err *err) SQ_CHECKED;

/* Which comes first, of two rows of one metric: the better value (-1: a). */
int sq_board_better(const struct sq_board_row *a, const struct sq_board_row *b);
/* Sets ranks of n rows of one metric: a row is surely behind another when the
 * intervals do not overlap; it may stand from 1 + those it is surely behind, to
 * n - those surely behind it. A row without an interval overlaps with all. */
void sq_board_rank(struct sq_board_row *rows, size_t n);
/* "2" or "1-3", in the arena. */
sq_str sq_board_rank_text(struct sq_arena *arena,
                          const struct sq_board_row *row);

#endif
