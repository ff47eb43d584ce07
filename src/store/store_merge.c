/* Copies the runs of one database into another. */
#include "store/store_merge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/handle.h"

/* Tables whose rows have numbers that other rows name, in an order in which
 * they can be copied, and how a row of src (s) is found again in main (m). A
 * column of one of these names, in any table, holds such a number when it is an
 * integer: so no other table has to be listed here. */
static const struct {
    const char *name, *found;
} numbered[] = {
    {"suite", "JOIN main.suite m USING (label, name, definition_digest,"
              " data_digest, steps_digest, modified)"},
    {"sample", "JOIN map_suite u ON u.old = s.suite JOIN main.sample m"
               " ON m.suite = u.new AND m.sample_id = s.sample_id"},
    {"template", "JOIN main.template m USING (name, digest)"},
    {"metric", "JOIN main.metric m USING (name)"},
    {"response", "JOIN main.response m USING (key)"},
};
#define NNUMBERED (sizeof numbered / sizeof *numbered)

/* Runs statements made with a format. */
static enum sq_status exec(struct sq_db *db, struct sq_err *err,
                           const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static enum sq_status exec(struct sq_db *db, struct sq_err *err,
                           const char *fmt, ...)
{
    struct sq_buf sql;
    va_list ap;
    sq_buf_init(&sql, SQ_MAX_REPLY);
    va_start(ap, fmt);
    sq_buf_vaddf(&sql, fmt, ap);
    va_end(ap);
    enum sq_status st = sq_db_exec(db, sql.p, err);
    sq_buf_release(&sql);
    return st;
}

/* ---- one table ----------------------------------------------------------- */

static bool is_number_of_row(sq_str column, sq_str type)
{
    bool known = sq_str_eq(column, SQ_STR("run"));
    for (size_t i = 0; i < NNUMBERED; i++)
        known = known || sq_str_eq(column, sq_str_from(numbered[i].name));
    return known && sq_str_eq(type, SQ_STR("INTEGER"));
}

/* Appends the names of a table's columns, and as what they are read from src:
 * numbers as the other file has them. */
static enum sq_status add_columns(struct sq_db *db, const char *table,
                                  struct sq_buf *names, struct sq_buf *values,
                                  struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        db, "SELECT name, type FROM pragma_table_info(?1) WHERE name <> 'id'");
    enum sq_status st;
    bool row;
    sq_stmt_bind_cstr(q, 1, table);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        sq_str name = sq_stmt_str(q, 0);
        const char *sep = names->n ? ", " : "";
        sq_buf_addf(names, "%s%.*s", sep, SQ_STR_ARG(name));
        if (is_number_of_row(name, sq_stmt_str(q, 1)))
            sq_buf_addf(values,
                        "%s(SELECT new FROM map_%.*s WHERE old = s.%.*s)", sep,
                        SQ_STR_ARG(name), SQ_STR_ARG(name));
        else
            sq_buf_addf(values, "%ss.%.*s", sep, SQ_STR_ARG(name));
    }
    sq_stmt_release(q);
    return st;
}

/* Copies the rows that are not there yet. */
static enum sq_status copy_rows(struct sq_db *db, const char *table,
                                const char *where, struct sq_err *err)
{
    struct sq_buf names, values;
    sq_buf_init(&names, SQ_MAX_MESSAGE);
    sq_buf_init(&values, SQ_MAX_MESSAGE);
    enum sq_status st = add_columns(db, table, &names, &values, err);
    if (st == SQ_OK)
        st =
            exec(db, err,
                 "INSERT OR IGNORE INTO main.%s(%s) SELECT %s FROM src.%s s %s",
                 table, names.p, values.p, table, where);
    sq_buf_release(&names);
    sq_buf_release(&values);
    return st;
}

static enum sq_status copy_numbered(struct sq_db *db, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < NNUMBERED && st == SQ_OK; i++) {
        const char *table = numbered[i].name;
        st = copy_rows(db, table, "", err);
        if (st == SQ_OK)
            st = exec(db, err,
                      "DROP TABLE IF EXISTS map_%s; CREATE TEMP TABLE"
                      " map_%s(old INTEGER PRIMARY KEY, new INTEGER);"
                      " INSERT INTO map_%s SELECT s.id, m.id FROM src.%s s %s",
                      table, table, table, table, numbered[i].found);
    }
    return st;
}

/* ---- the runs ------------------------------------------------------------ */

/* The runs of src that are shards, or were made of some: by their plan, with
 * {"1/4": {"run", "status", "provenance"}} for each. */
static const char find_shards[] =
    "DROP TABLE IF EXISTS part;"
    "CREATE TEMP TABLE part AS SELECT id, json_extract(settings_json,"
    "  '$.shard.plan') AS plan, json_object("
    "  json_extract(settings_json, '$.shard.index') || '/' ||"
    "  json_extract(settings_json, '$.shard.of'),"
    "  json_object('run', run_id, 'status', status, 'provenance',"
    "   json(provenance_json))) AS shards"
    " FROM src.run WHERE json_extract(settings_json, '$.shard') IS NOT NULL"
    " UNION ALL SELECT id, plan_key, json_extract(provenance_json, '$.shards')"
    " FROM src.run WHERE json_extract(provenance_json, '$.shards') IS NOT "
    "NULL;";

/* A shard's plan names the run that all its shards make together. */
static const char map_shards[] =
    "DROP TABLE IF EXISTS map_run;"
    "CREATE TEMP TABLE map_run(old INTEGER PRIMARY KEY, new INTEGER,"
    " shard INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO main.run(run_id, plan_key, created_at, finished_at,"
    " status, model, judge, seqeval_version, settings_json, provenance_json)"
    " SELECT 'shards-' || substr(p.plan, 1, 12), p.plan, s.created_at,"
    "  s.finished_at, 'incomplete', s.model, s.judge, s.seqeval_version,"
    "  json_remove(s.settings_json, '$.shard'), '{\"shards\":{}}'"
    " FROM part p JOIN src.run s USING (id);"
    "INSERT INTO map_run SELECT p.id, m.id, 1 FROM part p JOIN main.run m"
    " ON m.run_id = 'shards-' || substr(p.plan, 1, 12);"
    "UPDATE main.run SET"
    " created_at = min(created_at, (SELECT min(s.created_at) FROM src.run s"
    "  JOIN map_run p ON p.old = s.id WHERE p.new = main.run.id)),"
    " finished_at = max(coalesce(finished_at, ''),"
    "  (SELECT coalesce(max(s.finished_at), '') FROM src.run s"
    "   JOIN map_run p ON p.old = s.id WHERE p.new = main.run.id)),"
    " provenance_json = json_patch(provenance_json, json_object('shards',"
    "  (SELECT json_group_object(e.key, json(e.value)) FROM part p"
    "   JOIN map_run q ON q.old = p.id, json_each(p.shards) e"
    "   WHERE q.new = main.run.id)))"
    " WHERE id IN (SELECT new FROM map_run);";

/* A whole run that is in both files: the one that was finished later stays. */
static const char drop_older[] =
    "DELETE FROM main.run WHERE id NOT IN (SELECT new FROM map_run)"
    " AND EXISTS (SELECT 1 FROM src.run s WHERE s.run_id = main.run.run_id"
    "  AND coalesce(s.finished_at, '') > coalesce(main.run.finished_at, ''))";

/* Whole runs are copied with all their rows where they were not there. */
static const char map_whole_runs[] =
    "INSERT INTO map_run SELECT s.id, m.id, 0 FROM src.run s"
    " JOIN main.run m USING (run_id)"
    " WHERE s.id NOT IN (SELECT id FROM part)"
    " AND NOT EXISTS (SELECT 1 FROM main.run_suite t WHERE t.run = m.id)";

/* What a shard scored finally takes the place of what was missing; so do
 * answers to probes of the judges. */
static const char replace_missing[] =
    "DELETE FROM main.probe_job WHERE response IS NULL"
    " AND run IN (SELECT new FROM map_run WHERE shard);"
    "DROP TABLE IF EXISTS again;"
    "CREATE TEMP TABLE again AS SELECT p.new AS run, a.new AS sample, s.epoch"
    " FROM src.sheet s JOIN map_run p ON p.old = s.run AND p.shard"
    " JOIN map_sample a ON a.old = s.sample"
    " JOIN main.sheet m ON m.run = p.new AND m.sample = a.new"
    "  AND m.epoch = s.epoch WHERE s.final AND NOT m.final;"
    "DELETE FROM main.job WHERE (run, sample, epoch) IN"
    " (SELECT run, sample, epoch FROM again);"
    "DELETE FROM main.sheet WHERE (run, sample, epoch) IN"
    " (SELECT run, sample, epoch FROM again);";

/* The results of shards are no results of all: those are made anew. */
static enum sq_status copy_of_runs(struct sq_db *db, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(db, "SELECT t.name FROM main.sqlite_schema t"
                        " JOIN pragma_table_info(t.name) c"
                        " WHERE t.type = 'table' AND c.name = 'run'");
    struct sq_arena arena = SQ_ARENA_INIT;
    const char **tables = NULL;
    size_t n = 0;
    enum sq_status st;
    bool row;
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        tables = sq_xrealloc(tables, n + 1, sizeof *tables);
        tables[n++] = sq_arena_str(&arena, sq_stmt_str(q, 0)).p;
    }
    sq_stmt_release(q);
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        bool result = sq_str_eq(sq_str_from(tables[i]), SQ_STR("result")) ||
                      sq_str_eq(sq_str_from(tables[i]), SQ_STR("gap"));
        st = copy_rows(db, tables[i],
                       result ? "WHERE s.run IN (SELECT old FROM map_run"
                                " WHERE NOT shard)"
                              : "WHERE s.run IN (SELECT old FROM map_run)",
                       err);
    }
    free(tables);
    sq_arena_release(&arena);
    return st;
}

static enum sq_status copy_all(struct sq_db *db, struct sq_err *err)
{
    enum sq_status st = sq_db_exec(db, "PRAGMA defer_foreign_keys = ON", err);
    if (st == SQ_OK)
        st = copy_numbered(db, err);
    /* Of samples; those of runs follow. */
    if (st == SQ_OK)
        st = copy_rows(db, "sample_facet", "", err);
    if (st == SQ_OK)
        st = copy_rows(db, "sample_cluster", "", err);
    if (st == SQ_OK)
        st = copy_rows(db, "step", "", err);
    if (st == SQ_OK)
        st = sq_db_exec(db, find_shards, err);
    if (st == SQ_OK)
        st = sq_db_exec(db, map_shards, err);
    if (st == SQ_OK)
        st = sq_db_exec(db, drop_older, err);
    if (st == SQ_OK)
        st = copy_rows(db, "run", "WHERE s.id NOT IN (SELECT id FROM part)",
                       err);
    if (st == SQ_OK)
        st = sq_db_exec(db, map_whole_runs, err);
    if (st == SQ_OK)
        st = sq_db_exec(db, replace_missing, err);
    return st == SQ_OK ? copy_of_runs(db, err) : st;
}

static enum sq_status count(struct sq_db *db, const char *sql, size_t *n,
                            struct sq_err *err)
{
    int64_t v = 0;
    enum sq_status st = sq_db_int(db, sql, &v, err);
    *n = (size_t)v;
    return st;
}

enum sq_status sq_store_merge(struct sq_store *s, const char *from,
                              struct sq_merged *out, struct sq_err *err)
{
    struct sq_db *db = s->db;
    struct sq_stmt *q = sq_db_query(db, "ATTACH ?1 AS src");
    *out = (struct sq_merged){0};
    sq_stmt_bind_cstr(q, 1, from);
    enum sq_status st = sq_stmt_run(q, err);
    if (st != SQ_OK)
        return st;
    st = sq_db_begin(db, err);
    if (st == SQ_OK) {
        st = copy_all(db, err);
        if (st == SQ_OK)
            st = count(db, "SELECT count(*) FROM map_run WHERE NOT shard",
                       &out->runs, err);
        if (st == SQ_OK)
            st = count(db, "SELECT count(*) FROM map_run WHERE shard",
                       &out->shards, err);
        st = sq_db_end(db, st, err);
    }
    struct sq_err ignored;
    if (sq_db_exec(db, "DETACH src", &ignored) != SQ_OK && st == SQ_OK) {
        *err = ignored;
        st = ignored.status;
    }
    return st == SQ_OK ? SQ_OK : sq_err_prefix(err, "merging %s", from);
}

/* ---- runs made of shards --------------------------------------------------
 */

/* All N of some N are there and complete. */
#define WHOLE                                                                  \
    "(SELECT max(n = wanted) FROM (SELECT count(*) AS n,"                      \
    "  CAST(substr(key, instr(key, '/') + 1) AS INTEGER) AS wanted"            \
    "  FROM json_each(r.provenance_json, '$.shards')"                          \
    "  WHERE json_extract(value, '$.status') = 'complete' GROUP BY wanted))"

enum sq_status sq_store_sharded(struct sq_store *s, int64_t after,
                                struct sq_sharded *out, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db, "SELECT r.id, r.run_id, coalesce(" WHOLE ", 0),"
               " (SELECT group_concat(key || ' ' ||"
               "   json_extract(value, '$.status'), ', ')"
               "  FROM json_each(r.provenance_json, '$.shards'))"
               " FROM run r WHERE r.id > ?1"
               " AND json_extract(r.provenance_json, '$.shards') IS NOT NULL"
               " ORDER BY r.id LIMIT 1");
    bool row = false;
    *out = (struct sq_sharded){0};
    sq_stmt_bind_int(q, 1, after);
    enum sq_status st = sq_stmt_next(q, &row, err);
    if (st == SQ_OK && row) {
        out->run.row = sq_stmt_int(q, 0);
        (void)snprintf(out->run.id, sizeof out->run.id, "%s",
                       sq_stmt_str(q, 1).p);
        out->whole = sq_stmt_int(q, 2) != 0;
        out->shards = sq_str_dup(sq_stmt_str(q, 3));
    }
    sq_stmt_release(q);
    return st;
}

enum sq_status sq_store_sharded_finish(struct sq_store *s,
                                       const struct sq_sharded *sharded,
                                       struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "UPDATE run SET status = ?2 WHERE id = ?1");
    sq_stmt_bind_int(q, 1, sharded->run.row);
    sq_stmt_bind_cstr(q, 2, sharded->whole ? "complete" : "incomplete");
    return sq_stmt_run(q, err);
}

enum sq_status sq_store_run_suites(struct sq_store *s, const struct sq_run *run,
                                   int64_t **suites, size_t *n,
                                   struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db, "SELECT suite FROM run_suite WHERE run = ?1 ORDER BY suite");
    enum sq_status st;
    bool row;
    *suites = NULL;
    *n = 0;
    sq_stmt_bind_int(q, 1, run->row);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        *suites = sq_xrealloc(*suites, *n + 1, sizeof **suites);
        (*suites)[(*n)++] = sq_stmt_int(q, 0);
    }
    sq_stmt_release(q);
    return st;
}
