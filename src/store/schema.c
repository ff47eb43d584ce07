/* Migrations and the tables of version 1; docs/store.md explains them. */
#include "store/schema.h"
#include <stdio.h>

/* What the requests of a group came to. */
#define USAGE                                                                  \
    "  sum(j.requests) AS requests,"                                           \
    "  sum(j.cached) AS cached,"                                               \
    "  sum(j.retries) AS retries,"                                             \
    "  iif(sum(j.requests) = 0, 0,"                                            \
    "   sum(p.prompt_tokens) FILTER (WHERE NOT j.cached)) AS prompt_tokens,"   \
    "  iif(sum(j.requests) = 0, 0, sum(p.completion_tokens)"                   \
    "   FILTER (WHERE NOT j.cached)) AS completion_tokens,"                    \
    "  iif(sum(j.requests) = 0, 0.0, sum(j.cost)) AS cost,"                    \
    "  iif(sum(j.requests) = 0, 0,"                                            \
    "   sum(p.cached_tokens) FILTER (WHERE NOT j.cached)) AS cached_tokens,"   \
    "  iif(sum(j.requests) = 0, 0, sum(p.reasoning_tokens)"                    \
    "   FILTER (WHERE NOT j.cached)) AS reasoning_tokens"                      \
    " FROM (SELECT run, judge, requests, retries, cached, cost, response"      \
    "  FROM job"                                                               \
    "  UNION ALL SELECT run, judge, requests, retries, cached, cost, response" \
    "  FROM probe_job) j JOIN run r ON r.id = j.run"                           \
    " LEFT JOIN response p ON p.id = j.response"

/* Keys that rows of runs repeat are integers, and the tables with one row per
 * step or value are their own index (WITHOUT ROWID). What refers to names
 * that are never deleted (state, metric) does not say so: it would cost a
 * look-up for each row. */
static const char *const version_1[] = {
    "CREATE TABLE run("
    " id INTEGER PRIMARY KEY,"
    " run_id TEXT NOT NULL UNIQUE,"
    " plan_key TEXT NOT NULL,"
    " created_at TEXT NOT NULL,"
    " finished_at TEXT,"
    " status TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " judge TEXT NOT NULL,"
    " seqeval_version TEXT NOT NULL,"
    " settings_json TEXT NOT NULL,"
    " provenance_json TEXT NOT NULL"
    ") STRICT",
    "CREATE INDEX run_plan ON run(plan_key)",
    "CREATE TABLE run_tag("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " tag TEXT NOT NULL,"
    " PRIMARY KEY(run, tag)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE suite("
    " id INTEGER PRIMARY KEY,"
    " label TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " definition_digest TEXT NOT NULL,"
    " data_digest TEXT NOT NULL,"
    " steps_digest TEXT NOT NULL,"
    " modified INTEGER NOT NULL,"
    " UNIQUE(label, name, definition_digest, data_digest, steps_digest,"
    "  modified)"
    ") STRICT",
    "CREATE TABLE run_suite("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " suite INTEGER NOT NULL REFERENCES suite,"
    " PRIMARY KEY(run, suite)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE sample("
    " id INTEGER PRIMARY KEY,"
    " suite INTEGER NOT NULL REFERENCES suite,"
    " ordinal INTEGER NOT NULL,"
    " sample_id TEXT NOT NULL,"
    " query TEXT NOT NULL,"
    " UNIQUE(suite, sample_id)"
    ") STRICT",
    "CREATE TABLE sample_facet("
    " sample INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,"
    " name TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY(sample, name)"
    ") STRICT, WITHOUT ROWID",
    /* name '' = the usual clustering */
    "CREATE TABLE sample_cluster("
    " sample INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,"
    " name TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY(sample, name)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE step("
    " sample INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,"
    " step INTEGER NOT NULL,"
    " start_byte INTEGER NOT NULL,"
    " end_byte INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " answerable INTEGER NOT NULL,"
    " depends TEXT,"
    " rules TEXT,"
    " PRIMARY KEY(sample, step)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE response("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " created_at TEXT NOT NULL,"
    " engine TEXT NOT NULL,"
    " endpoint TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " request_json TEXT,"
    " stop TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " server_model TEXT,"
    " prompt_tokens INTEGER,"
    " completion_tokens INTEGER,"
    " latency_ms INTEGER,"
    " ttft_ms INTEGER,"
    " retries INTEGER NOT NULL,"
    " finish_reason TEXT,"
    " reasoning TEXT,"
    " system_fingerprint TEXT,"
    " cached_tokens INTEGER,"
    " reasoning_tokens INTEGER,"
    " raw_bytes INTEGER,"
    " raw_z BLOB"
    ") STRICT",
    "CREATE TABLE template("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " digest TEXT NOT NULL,"
    " UNIQUE(name, digest)"
    ") STRICT",
    /* what the model is asked by */
    "INSERT INTO template VALUES(0, '', '')",
    "CREATE TABLE job("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " sample INTEGER NOT NULL REFERENCES sample,"
    " epoch INTEGER NOT NULL,"
    " judge TEXT NOT NULL,"
    " template INTEGER NOT NULL REFERENCES template,"
    " attempt INTEGER NOT NULL,"
    " job_id TEXT,"
    " response INTEGER REFERENCES response,"
    " state INTEGER NOT NULL,"
    " error TEXT,"
    " requests INTEGER NOT NULL,"
    " retries INTEGER NOT NULL,"
    " cached INTEGER NOT NULL,"
    " cost REAL,"
    " PRIMARY KEY(run, sample, epoch, judge, template, attempt)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE state("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE"
    ") STRICT",
    "INSERT INTO state VALUES"
    " (0, 'pass'), (1, 'fail'), (2, 'unparsable'), (3, 'unsupported'),"
    " (4, 'error'), (5, 'truncated'), (6, 'refused'), (7, 'unanswerable'),"
    " (8, 'not_judged'), (9, 'not_run')",
    "CREATE TABLE sheet("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " sample INTEGER NOT NULL REFERENCES sample,"
    " epoch INTEGER NOT NULL,"
    " final INTEGER NOT NULL,"
    " attack TEXT,"
    " PRIMARY KEY(run, sample, epoch)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE step_score("
    " run INTEGER NOT NULL,"
    " sample INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " step INTEGER NOT NULL,"
    " grader TEXT NOT NULL,"
    " state INTEGER NOT NULL,"
    " rule_pass INTEGER,"
    " judge_pass INTEGER,"
    " correct INTEGER,"
    " evidence TEXT,"
    " explanation TEXT,"
    " own_start INTEGER,"
    " own_end INTEGER,"
    " PRIMARY KEY(run, sample, epoch, step, grader),"
    " FOREIGN KEY(run, sample, epoch) REFERENCES sheet ON DELETE CASCADE,"
    " FOREIGN KEY(sample, step) REFERENCES step"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE verdict("
    " run INTEGER NOT NULL,"
    " sample INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " template TEXT NOT NULL,"
    " following INTEGER NOT NULL,"
    " quality_state INTEGER NOT NULL,"
    " quality REAL,"
    " explanation TEXT,"
    " preference_state INTEGER NOT NULL,"
    " preference REAL,"
    " PRIMARY KEY(run, sample, epoch, template),"
    " FOREIGN KEY(run, sample, epoch) REFERENCES sheet ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE finding("
    " run INTEGER NOT NULL,"
    " sample INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " judge TEXT NOT NULL,"
    " template TEXT NOT NULL,"
    " question TEXT NOT NULL,"
    " step INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " value REAL,"
    " evidence TEXT,"
    " explanation TEXT,"
    " PRIMARY KEY(run, sample, epoch, judge, template, question, step),"
    " FOREIGN KEY(run, sample, epoch) REFERENCES sheet ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE probe_job("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " judge TEXT NOT NULL,"
    " template INTEGER NOT NULL REFERENCES template,"
    " probe TEXT NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " response INTEGER REFERENCES response,"
    " state INTEGER NOT NULL REFERENCES state,"
    " error TEXT,"
    " requests INTEGER NOT NULL,"
    " retries INTEGER NOT NULL,"
    " cached INTEGER NOT NULL,"
    " cost REAL,"
    " PRIMARY KEY(run, judge, template, probe, attempt)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE probe("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " judge TEXT NOT NULL,"
    " template TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " question TEXT NOT NULL,"
    " step INTEGER NOT NULL,"
    " expected INTEGER,"
    " right INTEGER NOT NULL,"
    " PRIMARY KEY(run, judge, template, kind, name, question, step)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE audit("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " judge TEXT NOT NULL,"
    " template TEXT NOT NULL,"
    " measure TEXT NOT NULL,"
    " value REAL,"
    " lo REAL,"
    " hi REAL,"
    " n INTEGER NOT NULL,"
    " PRIMARY KEY(run, judge, template, measure)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE metric("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE"
    ") STRICT",
    "CREATE TABLE sample_score("
    " run INTEGER NOT NULL,"
    " sample INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " metric INTEGER NOT NULL,"
    " value REAL NOT NULL,"
    " PRIMARY KEY(run, sample, epoch, metric),"
    " FOREIGN KEY(run, sample, epoch) REFERENCES sheet ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE result("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " suite INTEGER NOT NULL REFERENCES suite,"
    " slice TEXT NOT NULL,"
    " metric INTEGER NOT NULL,"
    " value REAL,"
    " stderr REAL,"
    " lo REAL,"
    " hi REAL,"
    " n INTEGER NOT NULL,"
    " PRIMARY KEY(run, suite, slice, metric)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE gap("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " suite INTEGER NOT NULL REFERENCES suite,"
    " metric TEXT NOT NULL,"
    " lo REAL NOT NULL,"
    " hi REAL NOT NULL,"
    " missing INTEGER NOT NULL,"
    " PRIMARY KEY(run, suite, metric)"
    ") STRICT, WITHOUT ROWID",

    "CREATE VIEW runs AS"
    " SELECT run_id, created_at, finished_at, status, model, judge,"
    "  seqeval_version, settings_json,"
    "  coalesce((SELECT group_concat(tag) FROM (SELECT tag FROM run_tag"
    "   WHERE run = run.id ORDER BY tag)), '') AS tags"
    " FROM run",
    "CREATE VIEW leaderboard AS"
    " SELECT r.run_id, r.created_at, r.model, r.judge, u.label AS suite,"
    "  q.slice, m.name AS metric, q.value, q.stderr, q.lo, q.hi, q.n"
    " FROM result q JOIN run r ON r.id = q.run"
    " JOIN suite u ON u.id = q.suite JOIN metric m ON m.id = q.metric",
    "CREATE VIEW sample_scores AS"
    " SELECT r.run_id, u.label AS suite, s.sample_id, v.epoch,"
    "  m.name AS metric, v.value"
    " FROM sample_score v JOIN run r ON r.id = v.run"
    " JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
    " JOIN metric m ON m.id = v.metric",
    "CREATE VIEW step_scores AS"
    " SELECT r.run_id, u.label AS suite, s.sample_id, v.epoch, v.step,"
    "  v.grader, p.kind, (SELECT name FROM state WHERE id = v.state) AS state,"
    "  v.rule_pass, v.judge_pass, v.evidence, v.explanation, v.correct,"
    "  iif(v.own_start IS NULL, 'whole', 'own') AS scope, v.own_start,"
    "  v.own_end"
    " FROM step_score v JOIN run r ON r.id = v.run"
    " JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
    " JOIN step p ON p.sample = v.sample AND p.step = v.step",
    "CREATE VIEW verdicts AS"
    " SELECT r.run_id, u.label AS suite, s.sample_id, v.epoch,"
    "  v.template,"
    "  (SELECT name FROM state WHERE id = v.following) AS following,"
    "  (SELECT name FROM state WHERE id = v.quality_state) AS quality_state,"
    "  v.quality, v.explanation,"
    "  (SELECT name FROM state WHERE id = v.preference_state)"
    "   AS preference_state, v.preference"
    " FROM verdict v JOIN run r ON r.id = v.run"
    " JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite",
    "CREATE VIEW judge_verdicts AS"
    " SELECT r.run_id, u.label AS suite, s.sample_id, v.epoch, v.judge,"
    "  v.template, v.question, iif(v.question = 'step', v.step, NULL) AS step,"
    "  (SELECT name FROM state WHERE id = v.state) AS state, v.value,"
    "  v.evidence, v.explanation"
    " FROM finding v JOIN run r ON r.id = v.run"
    " JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite",
    "CREATE VIEW ranges AS"
    " SELECT r.run_id, u.label AS suite, g.metric, g.lo, g.hi, g.missing"
    " FROM gap g JOIN run r ON r.id = g.run JOIN suite u ON u.id = g.suite",
    "CREATE VIEW judge_audit AS"
    " SELECT r.run_id, a.judge, a.template, a.measure, a.value, a.lo, a.hi,"
    "  a.n FROM audit a JOIN run r ON r.id = a.run",
    "CREATE VIEW judge_probes AS"
    " SELECT r.run_id, p.judge, p.template, p.kind, p.name, p.question,"
    "  iif(p.question = 'step', p.step, NULL) AS step, p.expected, p.right"
    " FROM probe p JOIN run r ON r.id = p.run",
    "CREATE VIEW samples AS"
    " SELECT r.run_id, u.label AS suite, s.sample_id, j.epoch,"
    "  (SELECT name FROM state WHERE id = j.state) AS state, j.error,"
    "  j.retries, j.cached,"
    "  p.text AS response_text, p.stop, p.server_model, p.prompt_tokens,"
    "  p.completion_tokens, p.latency_ms, s.query, j.job_id, p.reasoning,"
    "  p.finish_reason, p.system_fingerprint, p.cached_tokens,"
    "  p.reasoning_tokens, h.attack, p.ttft_ms"
    " FROM job j JOIN run r ON r.id = j.run"
    " JOIN sample s ON s.id = j.sample JOIN suite u ON u.id = s.suite"
    " LEFT JOIN response p ON p.id = j.response"
    " LEFT JOIN sheet h ON h.run = j.run AND h.sample = j.sample"
    "  AND h.epoch = j.epoch"
    " WHERE j.judge = ''",
    "CREATE VIEW usage AS"
    " SELECT r.run_id, iif(j.judge = '', 'model', 'judge') AS role," USAGE
    " GROUP BY r.id, j.judge = ''",
    "CREATE VIEW judge_usage AS"
    " SELECT r.run_id, j.judge," USAGE
    " WHERE j.judge <> '' GROUP BY r.id, j.judge",
    NULL};

const char *const *const sq_schema_migrations[] = {version_1};
const size_t sq_schema_version =
    sizeof(sq_schema_migrations) / sizeof(sq_schema_migrations[0]);

/* *version is 0 for an empty file. One statement, so that all three are of one
 * moment: another process may be making the tables. */
static enum sq_status read_version(struct sq_db *db, size_t newest,
                                   size_t *version, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(db, "SELECT application_id, user_version,"
                        " (SELECT count(*) FROM sqlite_schema)"
                        " FROM pragma_application_id, pragma_user_version");
    int64_t app = 0, v = 0, tables = 0;
    bool row = false;
    enum sq_status st = sq_stmt_next(q, &row, err);

    if (st == SQ_OK && row) {
        app = sq_stmt_int(q, 0);
        v = sq_stmt_int(q, 1);
        tables = sq_stmt_int(q, 2);
    }
    sq_stmt_release(q);
    if (st != SQ_OK)
        return st;
    *version = v > 0 ? (size_t)v : 0;
    if (app == 0 && v == 0 && tables == 0)
        return SQ_OK;
    if (app != SQ_SCHEMA_APPLICATION_ID || v < 1)
        return sq_err_set(err, SQ_INPUT,
                          "%s: a database of another program; name another "
                          "file",
                          sq_db_path(db));
    if (*version > newest)
        return sq_err_set(err, SQ_INPUT,
                          "%s: written by a newer seqeval (schema %zu, this "
                          "one knows %zu); update seqeval or name another file",
                          sq_db_path(db), *version, newest);
    return SQ_OK;
}

/* The same outside of a transaction: another process may be at work, and what
 * is read must be of one moment. */
static enum sq_status look_at_version(struct sq_db *db, size_t newest,
                                      size_t *version, struct sq_err *err)
{
    enum sq_status st = sq_db_exec(db, "BEGIN", err), ended;

    if (st != SQ_OK)
        return st;
    st = read_version(db, newest, version, err);
    ended = sq_db_exec(db, "COMMIT", st == SQ_OK ? err : NULL);
    return st == SQ_OK ? ended : st;
}

/* One step up, unless another process has just made it. */
static enum sq_status migrate_once(struct sq_db *db,
                                   const char *const *const *migrations,
                                   size_t n, size_t *version,
                                   struct sq_err *err)
{
    enum sq_status st = sq_db_begin(db, err);
    char set[96];

    if (st != SQ_OK)
        return st;
    st = read_version(db, n, version, err);
    if (st == SQ_OK && *version < n) {
        const char *const *sql = migrations[*version];

        for (; st == SQ_OK && *sql; sql++)
            st = sq_db_exec(db, *sql, err);
        ++*version;
        snprintf(set, sizeof(set),
                 "PRAGMA application_id=%d; PRAGMA user_version=%zu",
                 SQ_SCHEMA_APPLICATION_ID, *version);
        if (st == SQ_OK)
            st = sq_db_exec(db, set, err);
    }
    return sq_db_end(db, st, err);
}

enum sq_status sq_schema_migrate(struct sq_db *db,
                                 const char *const *const *migrations, size_t n,
                                 struct sq_err *err)
{
    size_t version = 0;
    enum sq_status st = look_at_version(db, n, &version, err);

    if (st == SQ_OK)
        st = sq_db_use_wal(db, err);
    while (st == SQ_OK && version < n)
        st = migrate_once(db, migrations, n, &version, err);
    return st;
}

enum sq_status sq_schema_check(struct sq_db *db, size_t n, struct sq_err *err)
{
    size_t version = 0;
    enum sq_status st = look_at_version(db, n, &version, err);

    if (st != SQ_OK)
        return st;
    if (version == 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: an empty file, no database; seqeval run makes "
                          "one",
                          sq_db_path(db));
    if (version < n)
        return sq_err_set(err, SQ_INPUT,
                          "%s: written by an older seqeval (schema %zu); a "
                          "command that writes to it, as seqeval run, brings "
                          "it to %zu",
                          sq_db_path(db), version, n);
    return SQ_OK;
}
