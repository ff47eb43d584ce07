/* Scores of a (sample, epoch). */
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
                                     " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
                                     " ?12, ?13)");

    sq_stmt_bind_int(q, 4, (int64_t)p->step);
    sq_stmt_bind_cstr(q, 5, p->grader);
    sq_stmt_bind_int(q, 6, p->state);
    sq_stmt_bind_int_opt(q, 7, p->rule_pass);
    sq_stmt_bind_int_opt(q, 8, p->judge_pass);
    sq_stmt_bind_int_opt(q, 9, p->correct);
    sq_stmt_bind_str_opt(q, 10, p->evidence);
    sq_stmt_bind_str_opt(q, 11, p->explanation);
    if (p->own) {
        sq_stmt_bind_int(q, 12, (int64_t)p->own_start);
        sq_stmt_bind_int(q, 13, (int64_t)p->own_end);
    }
    return sq_stmt_run(q, err);
}

static enum sq_status put_verdict(const struct place *at,
                                  const struct sq_store_verdict *v,
                                  struct sq_err *err)
{
    struct sq_stmt *q = query_at(at, "INSERT INTO verdict VALUES(?1, ?2, ?3,"
                                     " ?4, ?5, ?6, ?7, ?8, ?9, ?10)");

    sq_stmt_bind_cstr(q, 4, v->judge_template);
    sq_stmt_bind_int(q, 5, v->following);
    sq_stmt_bind_int(q, 6, v->quality);
    if (v->quality == SQ_STATE_PASS)
        sq_stmt_bind_num(q, 7, v->value);
    sq_stmt_bind_str_opt(q, 8, v->explanation);
    sq_stmt_bind_int(q, 9, v->compares ? v->preference : SQ_STATE_NOT_JUDGED);
    if (v->compares && v->preference == SQ_STATE_PASS)
        sq_stmt_bind_num(q, 10, v->share);
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

/* 0 rows when the metric has no number yet. */
static enum sq_status add_metric(const struct place *at,
                                 const struct sq_metric_value *v,
                                 struct sq_err *err)
{
    struct sq_stmt *q = query_at(at, "INSERT INTO sample_score"
                                     " SELECT ?1, ?2, ?3, id, ?5 FROM metric"
                                     " WHERE name = ?4");

    sq_stmt_bind_cstr(q, 4, v->metric);
    sq_stmt_bind_num(q, 5, v->value);
    return sq_stmt_run(q, err);
}

static enum sq_status put_metric(const struct place *at,
                                 const struct sq_metric_value *v,
                                 struct sq_err *err)
{
    enum sq_status st = add_metric(at, v, err);
    int64_t number;

    if (st != SQ_OK || sq_db_changes(at->s->db) > 0)
        return st;
    st = sq_store_metric_number(at->s, v->metric, &number, err);
    return st == SQ_OK ? add_metric(at, v, err) : st;
}

/* What hangs on the sheet goes with it. */
static enum sq_status drop_sheet(const struct place *at, struct sq_err *err)
{
    int64_t there = 0;
    enum sq_status st =
        sq_stmt_run_int(query_at(at, "SELECT 1 FROM sheet WHERE run = ?1"
                                     " AND sample = ?2 AND epoch = ?3"),
                        &there, err);

    if (st != SQ_OK || !there)
        return st;
    return sq_stmt_run(query_at(at, "DELETE FROM sheet WHERE run = ?1"
                                    " AND sample = ?2 AND epoch = ?3"),
                       err);
}

static enum sq_status put_sheet(const struct place *at,
                                const struct sq_score_sheet *sheet,
                                struct sq_err *err)
{
    enum sq_status st = drop_sheet(at, err);
    struct sq_stmt *q;

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
