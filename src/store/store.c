/* Opening, transactions, suites and samples. */
#include "store/store.h"
#include <stdlib.h>
#include "base/buf.h"
#include "base/gz.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/checkpoint.h"
#include "store/handle.h"
#include "store/schema.h"

enum sq_status sq_store_open(struct sq_store **out, const char *path,
                             enum sq_store_mode mode, struct sq_err *err)
{
    struct sq_store *s;
    struct sq_db *db = NULL;
    enum sq_status st = SQ_OK;

    *out = NULL;
    if (mode == SQ_STORE_WRITE && !sq_path_exists(path))
        st = sq_path_mkdirs_for(path, err);
    if (st == SQ_OK)
        st = sq_db_open(&db, path,
                        mode == SQ_STORE_WRITE ? SQ_DB_WRITE : SQ_DB_READ, err);
    if (st == SQ_OK)
        st = mode == SQ_STORE_WRITE
                 ? sq_schema_migrate(db, sq_schema_migrations,
                                     sq_schema_version, err)
                 : sq_schema_check(db, sq_schema_version, err);
    if (st != SQ_OK) {
        sq_db_close(db);
        return st;
    }
    s = sq_xcalloc(1, sizeof(*s));
    s->db = db;
    if (mode == SQ_STORE_WRITE)
        s->checkpoint = sq_checkpoint_begin(db);
    s->lock_fd = -1;
    *out = s;
    return SQ_OK;
}

void sq_store_close(struct sq_store *s)
{
    if (!s)
        return;
    sq_store_unlock_all(s);
    sq_checkpoint_end(s->checkpoint);
    sq_db_close(s->db);
    sq_packer_free(s->packer);
    free(s);
}

void sq_store_settle(struct sq_store *s)
{
    sq_checkpoint_hurry(s->checkpoint);
}

enum sq_status sq_store_begin(struct sq_store *s, struct sq_err *err)
{
    return sq_db_begin(s->db, err);
}

enum sq_status sq_store_commit(struct sq_store *s, struct sq_err *err)
{
    return sq_db_end(s->db, SQ_OK, err);
}

void sq_store_rollback(struct sq_store *s)
{
    (void)!sq_db_end(s->db, SQ_STORE, NULL);
}

/* ---- suites ------------------------------------------------------------ */

static void bind_suite(struct sq_stmt *q, const struct sq_store_suite *suite)
{
    sq_stmt_bind_cstr(q, 1, suite->label);
    sq_stmt_bind_cstr(q, 2, suite->name);
    sq_stmt_bind_cstr(q, 3, suite->definition_digest);
    sq_stmt_bind_cstr(q, 4, suite->data_digest);
    sq_stmt_bind_cstr(q, 5, suite->steps_digest);
    sq_stmt_bind_int(q, 6, suite->modified);
}

enum sq_status sq_store_suite_put(struct sq_store *s, const struct sq_run *run,
                                  const struct sq_store_suite *suite,
                                  int64_t *row, struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);
    struct sq_stmt *q;

    *row = 0;
    if (st != SQ_OK)
        return st;
    q = sq_db_query(s->db,
                    "INSERT INTO suite(label, name, definition_digest,"
                    " data_digest, steps_digest, modified)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
    bind_suite(q, suite);
    st = sq_stmt_run(q, err);
    if (st == SQ_OK) {
        q = sq_db_query(s->db,
                        "SELECT id FROM suite WHERE label = ?1 AND name = ?2"
                        " AND definition_digest = ?3 AND data_digest = ?4"
                        " AND steps_digest = ?5 AND modified = ?6");
        bind_suite(q, suite);
        st = sq_stmt_run_int(q, row, err);
    }
    if (st == SQ_OK) {
        q = sq_db_query(s->db, "INSERT INTO run_suite VALUES(?1, ?2)"
                               " ON CONFLICT DO NOTHING");
        sq_stmt_bind_int(q, 1, run->row);
        sq_stmt_bind_int(q, 2, *row);
        st = sq_stmt_run(q, err);
    }
    return sq_db_end(s->db, st, err);
}

/* ---- samples ----------------------------------------------------------- */

/* *row is 0 when it is not there. */
static enum sq_status find_sample(struct sq_store *s, int64_t suite,
                                  const struct sq_sample *sample, int64_t *row,
                                  struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, "SELECT id, query FROM sample"
                                           " WHERE suite = ?1"
                                           " AND sample_id = ?2");
    enum sq_status st;
    bool found;

    *row = 0;
    sq_stmt_bind_int(q, 1, suite);
    sq_stmt_bind_str(q, 2, sample->id);
    st = sq_stmt_next(q, &found, err);
    if (st == SQ_OK && found) {
        if (sq_str_eq(sq_stmt_str(q, 1), sample->query))
            *row = sq_stmt_int(q, 0);
        else
            st = sq_err_set(err, SQ_INPUT,
                            "%s: sample %.*s stands there with another query; "
                            "a suite whose samples change needs a new version "
                            "in suite.json",
                            sq_db_path(s->db), SQ_STR_ARG(sample->id));
    }
    sq_stmt_release(q);
    return st;
}

/* Facets, or clusters. */
static enum sq_status put_fields(struct sq_store *s, int64_t row,
                                 const char *sql, const struct sq_field *fields,
                                 size_t n, struct sq_err *err)
{
    enum sq_status st = SQ_OK;

    for (size_t i = 0; st == SQ_OK && i < n; i++) {
        struct sq_stmt *q = sq_db_query(s->db, sql);

        sq_stmt_bind_int(q, 1, row);
        sq_stmt_bind_str(q, 2, fields[i].name);
        sq_stmt_bind_str(q, 3, fields[i].value);
        st = sq_stmt_run(q, err);
    }
    return st;
}

static enum sq_status put_step(struct sq_store *s, int64_t row, size_t i,
                               const struct sq_step *step, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db, "INSERT INTO step VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    struct sq_buf depends, rules;
    enum sq_status st;

    sq_buf_init(&depends, SQ_MAX_RECORD);
    sq_buf_init(&rules, SQ_MAX_RECORD);
    for (size_t d = 0; d < step->ndepends; d++)
        sq_buf_addf(&depends, "%c%zu", d ? ',' : '[', step->depends[d]);
    if (step->ndepends)
        sq_buf_addc(&depends, ']');
    for (size_t r = 0; r < step->nrules; r++) {
        if (r)
            sq_buf_addc(&rules, '\n');
        sq_buf_add(&rules, step->rules[r].text);
    }
    sq_stmt_bind_int(q, 1, row);
    sq_stmt_bind_int(q, 2, (int64_t)i);
    sq_stmt_bind_int(q, 3, (int64_t)step->start);
    sq_stmt_bind_int(q, 4, (int64_t)step->end);
    sq_stmt_bind_str(q, 5, step->kind);
    sq_stmt_bind_int(q, 6, step->answerable);
    sq_stmt_bind_str_opt(q, 7, sq_buf_str(&depends));
    sq_stmt_bind_str_opt(q, 8, sq_buf_str(&rules));
    st = sq_stmt_run(q, err);
    sq_buf_release(&depends);
    sq_buf_release(&rules);
    return st;
}

/* Makes the sample unless it is there; *row is 0 then. */
static enum sq_status make_sample(struct sq_store *s, int64_t suite,
                                  const struct sq_sample *sample, int64_t *row,
                                  struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "INSERT INTO sample(suite, ordinal,"
                           " sample_id, query) VALUES(?1, ?2, ?3, ?4)"
                           " ON CONFLICT(suite, sample_id) DO NOTHING");
    enum sq_status st;

    *row = 0;
    sq_stmt_bind_int(q, 1, suite);
    sq_stmt_bind_int(q, 2, (int64_t)sample->ordinal);
    sq_stmt_bind_str(q, 3, sample->id);
    sq_stmt_bind_str(q, 4, sample->query);
    st = sq_stmt_run(q, err);
    if (st != SQ_OK || sq_db_changes(s->db) == 0)
        return st;
    *row = sq_db_last_row(s->db);
    st = put_fields(s, *row, "INSERT INTO sample_facet VALUES(?1, ?2, ?3)",
                    sample->facets, sample->nfacets, err);
    if (st == SQ_OK)
        st =
            put_fields(s, *row, "INSERT INTO sample_cluster VALUES(?1, ?2, ?3)",
                       sample->clusters, sample->nclusters, err);
    for (size_t i = 0; st == SQ_OK && i < sample->nsteps; i++)
        st = put_step(s, *row, i, &sample->steps[i], err);
    return st;
}

enum sq_status sq_store_sample_put(struct sq_store *s, int64_t suite,
                                   const struct sq_sample *sample, int64_t *row,
                                   struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);

    *row = 0;
    if (st != SQ_OK)
        return st;
    st = make_sample(s, suite, sample, row, err);
    if (st == SQ_OK && !*row)
        st = find_sample(s, suite, sample, row, err);
    return sq_db_end(s->db, st, err);
}
