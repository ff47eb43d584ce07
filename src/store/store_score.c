/* Scores of a (sample, epoch), and the metrics made of them. */
#include "store/store.h"
#include <math.h>
#include "store/handle.h"

/* ---- one sheet --------------------------------------------------------- */

/* Which sheet, as its rows begin. */
struct place {
    struct sq_store *s;
    int64_t run, sample;
    int epoch;
};

static struct sq_stmt *query_at(const struct place *at, const char *sql)
{
    struct sq_stmt *q = sq_db_query(at->s->db, sql);

    sq_stmt_bind_int(q, 1, at->run);
    sq_stmt_bind_int(q, 2, at->sample);
    sq_stmt_bind_int(q, 3, at->epoch);
    return q;
}

static enum sq_status put_step(const struct place *at,
                               const struct sq_step_score *p,
                               struct sq_err *err)
{
    struct sq_stmt *q = query_at(at, "INSERT INTO step_score VALUES(?1, ?2, ?3,"
                                     " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");

    sq_stmt_bind_int(q, 4, (int64_t)p->step);
    sq_stmt_bind_cstr(q, 5, p->grader);
    sq_stmt_bind_int(q, 6, p->state);
    sq_stmt_bind_int_opt(q, 7, p->rule_pass);
    sq_stmt_bind_int_opt(q, 8, p->judge_pass);
    sq_stmt_bind_int_opt(q, 9, p->correct);
    sq_stmt_bind_str_opt(q, 10, p->evidence);
    sq_stmt_bind_str_opt(q, 11, p->explanation);
    return sq_stmt_run(q, err);
}

static enum sq_status put_verdict(const struct place *at,
                                  const struct sq_store_verdict *v,
                                  struct sq_err *err)
{
    struct sq_stmt *q = query_at(at, "INSERT INTO verdict VALUES(?1, ?2, ?3,"
                                     " ?4, ?5, ?6, ?7, ?8)");

    sq_stmt_bind_cstr(q, 4, v->judge_template);
    sq_stmt_bind_int(q, 5, v->following);
    sq_stmt_bind_int(q, 6, v->quality);
    if (v->quality == SQ_STATE_PASS)
        sq_stmt_bind_num(q, 7, v->value);
    sq_stmt_bind_str_opt(q, 8, v->explanation);
    return sq_stmt_run(q, err);
}

static enum sq_status put_finding(const struct place *at,
                                  const struct sq_judge_finding *f,
                                  struct sq_err *err)
{
    struct sq_stmt *q = query_at(at, "INSERT INTO finding VALUES(?1, ?2, ?3,"
                                     " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");

    sq_stmt_bind_cstr(q, 4, f->judge);
    sq_stmt_bind_cstr(q, 5, f->judge_template);
    sq_stmt_bind_cstr(q, 6, f->question);
    sq_stmt_bind_int(q, 7, (int64_t)f->step);
    sq_stmt_bind_int(q, 8, f->state);
    if (!isnan(f->value))
        sq_stmt_bind_num(q, 9, f->value);
    sq_stmt_bind_str_opt(q, 10, f->evidence);
    sq_stmt_bind_str_opt(q, 11, f->explanation);
    return sq_stmt_run(q, err);
}

/* The number of a metric's name, made if need be; inside a transaction. */
static enum sq_status metric_row(struct sq_store *s, const char *name,
                                 int64_t *row, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT id FROM metric WHERE name = ?1");
    enum sq_status st;

    *row = 0;
    sq_stmt_bind_cstr(q, 1, name);
    st = sq_stmt_run_int(q, row, err);
    if (st != SQ_OK || *row)
        return st;
    q = sq_db_query(s->db, "INSERT INTO metric(name) VALUES(?1) RETURNING id");
    sq_stmt_bind_cstr(q, 1, name);
    return sq_stmt_run_int(q, row, err);
}

static enum sq_status put_metric(const struct place *at,
                                 const struct sq_metric_value *v,
                                 struct sq_err *err)
{
    int64_t metric;
    enum sq_status st = metric_row(at->s, v->metric, &metric, err);
    struct sq_stmt *q;

    if (st != SQ_OK)
        return st;
    q = query_at(at, "INSERT INTO sample_score VALUES(?1, ?2, ?3, ?4, ?5)");
    sq_stmt_bind_int(q, 4, metric);
    sq_stmt_bind_num(q, 5, v->value);
    return sq_stmt_run(q, err);
}

static enum sq_status put_sheet(const struct place *at,
                                const struct sq_score_sheet *sheet,
                                struct sq_err *err)
{
    enum sq_status st;
    struct sq_stmt *q;

    /* What hangs on the old sheet goes with it. */
    st = sq_stmt_run(query_at(at, "DELETE FROM sheet WHERE run = ?1"
                                  " AND sample = ?2 AND epoch = ?3"),
                     err);
    if (st != SQ_OK)
        return st;
    q = query_at(at, "INSERT INTO sheet VALUES(?1, ?2, ?3, ?4, ?5)");
    sq_stmt_bind_int(q, 4, sheet->final);
    if (sheet->attack.n)
        sq_stmt_bind_str(q, 5, sheet->attack);
    st = sq_stmt_run(q, err);
    for (size_t i = 0; st == SQ_OK && i < sheet->nsteps; i++)
        st = put_step(at, &sheet->steps[i], err);
    for (size_t i = 0; st == SQ_OK && i < sheet->nverdicts; i++)
        st = put_verdict(at, &sheet->verdicts[i], err);
    for (size_t i = 0; st == SQ_OK && i < sheet->nfindings; i++)
        st = put_finding(at, &sheet->findings[i], err);
    for (size_t i = 0; st == SQ_OK && i < sheet->nmetrics; i++)
        st = put_metric(at, &sheet->metrics[i], err);
    return st;
}

enum sq_status sq_store_scores_put(struct sq_store *s, const struct sq_run *run,
                                   int64_t sample, int epoch,
                                   const struct sq_score_sheet *sheet,
                                   struct sq_err *err)
{
    const struct place at = {s, run->row, sample, epoch};
    enum sq_status st = sq_db_begin(s->db, err);

    if (st != SQ_OK)
        return st;
    st = put_sheet(&at, sheet, err);
    return sq_db_end(s->db, st, err);
}

enum sq_status sq_store_scored(struct sq_store *s, const struct sq_run *run,
                               int64_t sample, int epoch, bool *scored,
                               struct sq_err *err)
{
    const struct place at = {s, run->row, sample, epoch};
    int64_t final = 0;
    enum sq_status st =
        sq_stmt_run_int(query_at(&at, "SELECT final FROM sheet WHERE run = ?1"
                                      " AND sample = ?2 AND epoch = ?3"),
                        &final, err);

    *scored = st == SQ_OK && final;
    return st;
}

/* ---- metrics ----------------------------------------------------------- */

enum sq_status sq_store_metric_each(struct sq_store *s,
                                    const struct sq_run *run, int64_t suite,
                                    void (*fn)(void *ctx,
                                               const struct sq_metric_row *row),
                                    void *ctx, struct sq_err *err)
{
    /* Sorted by a sample's place in the suite, not by when it was stored: sums
     * come out the same, to the last bit, however the run was cut up. */
    struct sq_stmt *q = sq_db_query(
        s->db,
        "WITH v AS MATERIALIZED ("
        " SELECT m.name AS metric, p.id AS sample, p.ordinal,"
        "  avg(c.value) AS value, count(*) AS epochs,"
        "  sum(c.value = 1) AS ones,"
        "  (SELECT count(*) FROM step t"
        "   WHERE t.sample = p.id AND t.answerable) AS steps"
        " FROM sample p JOIN sample_score c ON c.run = ?1 AND c.sample = p.id"
        " JOIN metric m ON m.id = c.metric"
        " WHERE p.suite = ?2 GROUP BY m.id, p.id)"
        " SELECT metric, '' AS slice, value,"
        "  (SELECT label FROM suite WHERE id = ?2), ordinal, steps, epochs, "
        "ones"
        " FROM v"
        " UNION ALL"
        " SELECT v.metric, f.name || '=' || f.value, v.value,"
        "  (SELECT label FROM suite WHERE id = ?2), v.ordinal, v.steps,"
        "  v.epochs, v.ones"
        " FROM v JOIN sample_facet f ON f.sample = v.sample"
        " ORDER BY 1, 2, 5");
    struct sq_metric_row out;
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_int(q, 2, suite);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        out.metric = sq_stmt_str(q, 0).p;
        out.slice = sq_stmt_str(q, 1).p;
        out.value = sq_stmt_num(q, 2);
        out.suite = sq_stmt_str(q, 3).p;
        out.steps = (size_t)sq_stmt_int(q, 5);
        out.epochs = sq_stmt_int(q, 6);
        out.ones = sq_stmt_int(q, 7);
        fn(ctx, &out);
    }
    sq_stmt_release(q);
    return st;
}

enum sq_status sq_store_metric_put(struct sq_store *s, const struct sq_run *run,
                                   int64_t suite, const char *slice,
                                   const char *metric, double value,
                                   double stderr_, double lo, double hi,
                                   size_t n, struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);
    int64_t row;
    struct sq_stmt *q;

    if (st != SQ_OK)
        return st;
    st = metric_row(s, metric, &row, err);
    if (st == SQ_OK) {
        q = sq_db_query(s->db, "INSERT OR REPLACE INTO result"
                               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        sq_stmt_bind_int(q, 1, run->row);
        sq_stmt_bind_int(q, 2, suite);
        sq_stmt_bind_cstr(q, 3, slice);
        sq_stmt_bind_int(q, 4, row);
        sq_stmt_bind_num(q, 5, value);
        sq_stmt_bind_num(q, 6, stderr_);
        sq_stmt_bind_num(q, 7, lo);
        sq_stmt_bind_num(q, 8, hi);
        sq_stmt_bind_int(q, 9, (int64_t)n);
        st = sq_stmt_run(q, err);
    }
    return sq_db_end(s->db, st, err);
}
