/* Responses, found by the digest of what was asked, and what became of each
 * request of a run. */
#include "store/store.h"
#include <assert.h>
#include <math.h>
#include <string.h>
#include "base/gz.h"
#include "base/mem.h"
#include "store/handle.h"

static enum sq_stop_reason stop_from_name(sq_str name)
{
    int i = 0;

    while (i < SQ_STOP_COUNT &&
           !sq_str_eq(name, sq_str_from(sq_stop_name((enum sq_stop_reason)i))))
        i++;
    return (enum sq_stop_reason)i;
}

static enum sq_status read_response(struct sq_store *s, struct sq_stmt *q,
                                    struct sq_response *out, struct sq_err *err)
{
    sq_str text = sq_stmt_str(q, 2), server = sq_stmt_str(q, 3);
    enum sq_stop_reason stop = stop_from_name(sq_stmt_str(q, 1));

    if (stop == SQ_STOP_COUNT)
        return sq_err_set(err, SQ_STORE,
                          "%s: response %lld has an unknown stop reason",
                          sq_db_path(s->db), (long long)sq_stmt_int(q, 0));
    *out = (struct sq_response)SQ_RESPONSE_INIT;
    out->stop = stop;
    out->text = sq_str_dup(text);
    out->text_len = text.n;
    out->server_model = server.p ? sq_str_dup(server) : NULL;
    out->prompt_tokens = sq_stmt_int_opt(q, 4);
    out->completion_tokens = sq_stmt_int_opt(q, 5);
    out->latency_ms = sq_stmt_int_opt(q, 6);
    out->retries = (int)sq_stmt_int(q, 7);
    return SQ_OK;
}

enum sq_status sq_store_response_get(struct sq_store *s, const char *key,
                                     int64_t *row, struct sq_response *out,
                                     struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT id, stop, text, server_model, prompt_tokens,"
                           " completion_tokens, latency_ms, retries"
                           " FROM response WHERE key = ?1");
    enum sq_status st;
    bool found;

    *row = 0;
    sq_stmt_bind_cstr(q, 1, key);
    st = sq_stmt_next(q, &found, err);
    if (st == SQ_OK && found && out)
        st = read_response(s, q, out, err);
    if (st == SQ_OK && found)
        *row = sq_stmt_int(q, 0);
    sq_stmt_release(q);
    return st;
}

/* Makes *response the one that is kept under this key. */
static enum sq_status take_kept(struct sq_store *s, const char *key,
                                struct sq_response *response, int64_t *row,
                                struct sq_err *err)
{
    struct sq_response kept = SQ_RESPONSE_INIT;
    enum sq_status st = sq_store_response_get(s, key, row, &kept, err);

    if (st != SQ_OK)
        return st;
    kept.retries = response->retries; /* these were made all the same */
    sq_response_release(response);
    *response = kept;
    return SQ_OK;
}

enum sq_status sq_store_response_put(struct sq_store *s,
                                     const struct sq_store_origin *origin,
                                     struct sq_response *response, int64_t *row,
                                     struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db,
        "INSERT INTO response(key, created_at, engine, endpoint, model,"
        " request_json, stop, text, server_model, prompt_tokens,"
        " completion_tokens, latency_ms, retries, finish_reason, reasoning,"
        " system_fingerprint, cached_tokens, reasoning_tokens, raw_bytes,"
        " raw_z, ttft_ms)"
        " VALUES(?1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?2, ?3, ?4, ?5,"
        "  ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
        "  ?20)"
        " ON CONFLICT(key) DO NOTHING");
    enum sq_status st;
    struct sq_buf packed;

    assert(response->stop != SQ_STOP_ERROR);
    sq_buf_init(&packed, 2 * SQ_MAX_REPLY);
    if (response->raw && !s->packer)
        s->packer = sq_packer_new();
    if (response->raw)
        sq_packer_pack(s->packer, (sq_str){response->raw, response->raw_len},
                       &packed);
    *row = 0;
    sq_stmt_bind_cstr(q, 1, origin->key);
    sq_stmt_bind_cstr(q, 2, origin->engine);
    sq_stmt_bind_cstr(q, 3, origin->endpoint);
    sq_stmt_bind_cstr(q, 4, origin->model);
    sq_stmt_bind_str_opt(q, 5, sq_str_from(origin->request_json));
    sq_stmt_bind_cstr(q, 6, sq_stop_name(response->stop));
    sq_stmt_bind_str(q, 7, (sq_str){response->text, response->text_len});
    sq_stmt_bind_str_opt(q, 8, sq_str_from(response->server_model));
    sq_stmt_bind_int_opt(q, 9, response->prompt_tokens);
    sq_stmt_bind_int_opt(q, 10, response->completion_tokens);
    sq_stmt_bind_int_opt(q, 11, response->latency_ms);
    sq_stmt_bind_int(q, 12, response->retries);
    sq_stmt_bind_str_opt(q, 13, sq_str_from(response->finish_reason));
    sq_stmt_bind_str_opt(q, 14, sq_str_from(response->reasoning));
    sq_stmt_bind_str_opt(q, 15, sq_str_from(response->fingerprint));
    sq_stmt_bind_int_opt(q, 16, response->cached_tokens);
    sq_stmt_bind_int_opt(q, 17, response->reasoning_tokens);
    sq_stmt_bind_int_opt(
        q, 18, response->raw ? (int64_t)response->raw_len : (int64_t)-1);
    sq_stmt_bind_blob_opt(q, 19, sq_buf_str(&packed));
    sq_stmt_bind_int_opt(q, 20, response->ttft_ms);
    st = sq_stmt_run(q, err);
    sq_buf_release(&packed);
    if (st == SQ_OK && sq_db_changes(s->db) > 0)
        *row = sq_db_last_row(s->db);
    else if (st == SQ_OK)
        st = take_kept(s, origin->key, response, row, err);
    return st;
}

/* ---- jobs -------------------------------------------------------------- */

/* The row of a judge's template, made if need be; inside a transaction. */
static enum sq_status template_row(struct sq_store *s, const struct sq_job *job,
                                   int64_t *row, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, "INSERT INTO template(name, digest)"
                                           " VALUES(?1, ?2)"
                                           " ON CONFLICT DO NOTHING");
    enum sq_status st;

    sq_stmt_bind_cstr(q, 1, job->judge_template);
    sq_stmt_bind_cstr(q, 2, job->template_digest);
    st = sq_stmt_run(q, err);
    if (st != SQ_OK)
        return st;
    q = sq_db_query(s->db, "SELECT id FROM template WHERE name = ?1"
                           " AND digest = ?2");
    sq_stmt_bind_cstr(q, 1, job->judge_template);
    sq_stmt_bind_cstr(q, 2, job->template_digest);
    return sq_stmt_run_int(q, row, err);
}

#define ON_CONFLICT                                                            \
    " DO UPDATE SET response = excluded.response,"                             \
    "  state = excluded.state, error = excluded.error,"                        \
    "  requests = requests + excluded.requests,"                               \
    "  retries = retries + excluded.retries,"                                  \
    "  cached = excluded.cached AND requests + excluded.requests = 0,"         \
    "  cost = iif(cost IS NULL, excluded.cost,"                                \
    "   cost + ifnull(excluded.cost, 0))"                                      \
    " WHERE response IS NOT excluded.response OR response IS NULL"

static enum sq_status put_job(struct sq_store *s, const struct sq_run *run,
                              const struct sq_job *job, struct sq_err *err)
{
    static const char job_sql[] =
        "INSERT INTO job VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        "  ?12, ?13, ?14)"
        " ON CONFLICT(run, sample, epoch, judge, template, "
        "attempt)" ON_CONFLICT;
    static const char probe_sql[] =
        "INSERT INTO probe_job VALUES(?1, ?4, ?5, ?2, ?6, ?8, ?9, ?10, ?11,"
        "  ?12, ?13, ?14)"
        " ON CONFLICT(run, judge, template, probe, attempt)" ON_CONFLICT;
    bool asked = !job->cached && job->state != SQ_STATE_NOT_RUN;
    int64_t template = 0;
    enum sq_status st = SQ_OK;
    struct sq_stmt *q;

    if (job->judge[0])
        st = template_row(s, job, &template, err);
    if (st != SQ_OK)
        return st;
    q = sq_db_query(s->db, job->probe ? probe_sql : job_sql);
    sq_stmt_bind_int(q, 1, run->row);
    if (job->probe) {
        sq_stmt_bind_cstr(q, 2, job->probe);
    } else {
        sq_stmt_bind_int(q, 2, job->sample);
        sq_stmt_bind_int(q, 3, job->epoch);
    }
    sq_stmt_bind_cstr(q, 4, job->judge);
    sq_stmt_bind_int(q, 5, template);
    sq_stmt_bind_int(q, 6, job->attempt);
    /* A judge's requests are part of the job that the model's one began. */
    if (!job->judge[0])
        sq_stmt_bind_cstr(q, 7, job->id);
    sq_stmt_bind_int_opt(q, 8, job->response ? job->response : -1);
    sq_stmt_bind_int(q, 9, job->state);
    sq_stmt_bind_str_opt(q, 10, sq_str_from(job->error));
    sq_stmt_bind_int(q, 11, asked && !job->shared ? 1 + job->retries : 0);
    sq_stmt_bind_int(q, 12, asked ? job->retries : 0);
    sq_stmt_bind_int(q, 13, job->cached && job->response);
    sq_stmt_bind_num(q, 14, asked ? job->cost : NAN);
    return sq_stmt_run(q, err);
}

enum sq_status sq_store_job_put(struct sq_store *s, const struct sq_run *run,
                                const struct sq_job *job, struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);

    if (st != SQ_OK)
        return st;
    st = put_job(s, run, job, err);
    return sq_db_end(s->db, st, err);
}
