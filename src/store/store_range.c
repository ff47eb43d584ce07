/* What a run lacks leaves ranges open; docs/store.md, view ranges. They are
 * kept and not made when they are read: that takes a look at every step, for
 * each run of a leaderboard. */
#include "store/store.h"
#include "store/handle.h"

/* The value of a verdict's metric if all that is missing had been the worst,
 * and if it had been the best. Bound: 1 the run. */
#define OF_VERDICTS(metric, lo, hi, state, known)                              \
    "INSERT INTO gap SELECT ?1, k.suite, '" metric "',"                        \
    "  avg(k.lo), avg(k.hi), sum(k.missing)"                                   \
    " FROM (SELECT s.suite, " lo " AS lo, " hi " AS hi,"                       \
    "   sum(NOT coalesce(" known ", 0)) AS missing, count(" state ") AS asked" \
    "  FROM job j JOIN sample s ON s.id = j.sample AND s.query <> ''"          \
    "  LEFT JOIN verdict v ON v.run = j.run AND v.sample = j.sample"           \
    "   AND v.epoch = j.epoch AND " state " <> 8"                              \
    "  WHERE EXISTS(SELECT 1 FROM verdict WHERE run = ?1)"                     \
    "   AND j.run = ?1 AND j.judge = '' AND j.state IN (0, 4, 9)"              \
    "  GROUP BY j.sample) k"                                                   \
    " GROUP BY k.suite HAVING sum(k.asked) > 0"

/* One of these states, as a number of SQL; an IN would be a look-up in a table
 * for each row. */
#define ANY_OF(bits) "((" bits " >> state) & 1)"
#define MISSING ANY_OF("0x214") /* unparsable, error, not_run */
#define COUNTED ANY_OF("0x217") /* and pass, fail */

static const char *const fill[] = {
    "INSERT INTO gap SELECT ?1, s.suite, 'step_rate',"
    "  avg(k.lo), avg(k.hi), sum(k.missing)"
    " FROM (SELECT sample, avg(1.0 * pass / n) AS lo,"
    "   avg(1.0 * (pass + missing) / n) AS hi, sum(missing > 0) AS missing"
    "  FROM (SELECT sample, epoch,"
    "    sum(state = 0) AS pass, sum(" MISSING ") AS missing,"
    "    sum(" COUNTED ") AS n"
    "   FROM step_score WHERE run = ?1 AND grader = ''"
    "   GROUP BY sample, epoch)"
    "  WHERE n > 0 GROUP BY sample) k"
    " JOIN sample s ON s.id = k.sample AND s.query <> ''"
    " GROUP BY s.suite",
    OF_VERDICTS("following_rate", "avg(coalesce(v.following = 0, 0))",
                "avg(coalesce(v.following <> 1, 1))", "v.following",
                "v.following IN (0, 1)"),
    OF_VERDICTS("quality", "avg(iif(v.quality_state = 0, v.quality, 1))",
                "avg(iif(v.quality_state = 0, v.quality, 5))",
                "v.quality_state", "v.quality_state = 0"),
};

static enum sq_status run_sql(struct sq_store *s, const char *sql,
                              const struct sq_run *run, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, sql);

    sq_stmt_bind_int(q, 1, run->row);
    return sq_stmt_run(q, err);
}

enum sq_status sq_store_ranges_put(struct sq_store *s, const struct sq_run *run,
                                   struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);

    if (st != SQ_OK)
        return st;
    st = run_sql(s, "DELETE FROM gap WHERE run = ?1", run, err);
    for (size_t i = 0; i < sizeof(fill) / sizeof(*fill) && st == SQ_OK; i++)
        st = run_sql(s, fill[i], run, err);
    return sq_db_end(s->db, st, err);
}
