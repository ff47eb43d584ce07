/* What a run was answered, for another run that scores it again. */
#include <stdlib.h>
#include "base/mem.h"
#include "store/handle.h"
#include "store/store.h"

enum sq_status sq_store_source_get(struct sq_store *s, const char *run_id,
                                   const char *suite, sq_str sample, int epoch,
                                   struct sq_source_job *out,
                                   struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db, "SELECT j.state, j.error, p.key, s.query"
               " FROM run r JOIN run_suite t ON t.run = r.id"
               " JOIN suite u ON u.id = t.suite AND u.label = ?2"
               " JOIN sample s ON s.suite = u.id AND s.sample_id = ?3"
               " JOIN job j ON j.run = r.id AND j.sample = s.id"
               "  AND j.epoch = ?4 AND j.judge = ''"
               " LEFT JOIN response p ON p.id = j.response"
               " WHERE r.run_id = ?1");
    char *key = NULL;
    enum sq_status st;

    *out = (struct sq_source_job){.state = SQ_STATE_NOT_RUN};
    sq_stmt_bind_cstr(q, 1, run_id);
    sq_stmt_bind_cstr(q, 2, suite);
    sq_stmt_bind_str(q, 3, sample);
    sq_stmt_bind_int(q, 4, epoch);
    st = sq_stmt_next(q, &out->there, err);
    if (st == SQ_OK && out->there) {
        out->state = (enum sq_state)sq_stmt_int(q, 0);
        out->error = sq_str_dup(sq_stmt_str(q, 1));
        key = sq_stmt_str(q, 2).p ? sq_str_dup(sq_stmt_str(q, 2)) : NULL;
        out->query = sq_str_dup(sq_stmt_str(q, 3));
    }
    sq_stmt_release(q);
    if (st == SQ_OK && key)
        st = sq_store_response_get(s, key, &out->row, &out->response, err);
    free(key);
    return st;
}

void sq_source_job_release(struct sq_source_job *j)
{
    free(j->error);
    free(j->query);
    sq_response_release(&j->response);
}
