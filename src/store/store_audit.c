/* Audits of judges: what was asked only to find out about them, and what it
 * told. Apart from jobs and scores, so that no metric counts it. */
#include <math.h>
#include "store/handle.h"
#include "store/store.h"

static struct sq_stmt *query_for(struct sq_store *s, const struct sq_run *run,
                                 const char *judge, const char *judge_template,
                                 const char *sql)
{
    struct sq_stmt *q = sq_db_query(s->db, sql);

    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_cstr(q, 2, judge);
    sq_stmt_bind_cstr(q, 3, judge_template);
    return q;
}

enum sq_status sq_store_probes_put(struct sq_store *s, const struct sq_run *run,
                                   const struct sq_probe *probes, size_t n,
                                   struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);

    if (st != SQ_OK)
        return st;
    for (size_t i = 0; st == SQ_OK && i < n; i++) {
        const struct sq_probe *p = &probes[i];
        struct sq_stmt *q =
            query_for(s, run, p->judge, p->judge_template,
                      "INSERT OR REPLACE INTO probe VALUES(?1, ?2, ?3, ?4, ?5,"
                      " ?6, ?7, ?8, ?9)");

        sq_stmt_bind_cstr(q, 4, p->kind);
        sq_stmt_bind_cstr(q, 5, p->name);
        sq_stmt_bind_cstr(q, 6, p->question);
        sq_stmt_bind_int(q, 7, (int64_t)p->step);
        sq_stmt_bind_int_opt(q, 8, p->expected);
        sq_stmt_bind_int(q, 9, p->right);
        st = sq_stmt_run(q, err);
    }
    return sq_db_end(s->db, st, err);
}

enum sq_status sq_store_audit_put(struct sq_store *s, const struct sq_run *run,
                                  const struct sq_audit *a, struct sq_err *err)
{
    struct sq_stmt *q = query_for(s, run, a->judge, a->judge_template,
                                  "INSERT OR REPLACE INTO audit VALUES(?1, ?2,"
                                  " ?3, ?4, ?5, ?6, ?7, ?8)");
    const double numbers[] = {a->value, a->lo, a->hi};

    sq_stmt_bind_cstr(q, 4, a->measure);
    for (int i = 0; i < 3; i++)
        if (!isnan(numbers[i]))
            sq_stmt_bind_num(q, 5 + i, numbers[i]);
    sq_stmt_bind_int(q, 8, (int64_t)a->n);
    return sq_stmt_run(q, err);
}
