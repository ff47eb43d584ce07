/* The queries of reports; store.h tells their parameters and columns. */
#include "store/store.h"
#include <stdlib.h>
#include "base/mem.h"
#include "store/handle.h"

/* lang=de before lang=sw, length=2 before length=10, the whole first. */
#define BY_SLICE                                                               \
    " substr(q.slice, 1, instr(q.slice, '=')),"                                \
    " CAST(substr(q.slice, instr(q.slice, '=') + 1) AS REAL), q.slice"

/* The jobs of a run (?1), of one sample where ?2 names it. */
#define ONE_SAMPLE                                                             \
    " FROM run r JOIN run_suite t ON t.run = r.id"                             \
    " JOIN suite u ON u.id = t.suite"                                          \
    " JOIN sample s ON s.suite = u.id"                                         \
    "  AND (?2 IS NULL OR s.sample_id = ?2)"                                   \
    " JOIN job j ON j.run = r.id AND j.sample = s.id"

static const char *const queries[SQ_QUERY_COUNT] = {
    [SQ_QUERY_BOARD] =
        "SELECT r.run_id, r.created_at, r.model, r.judge,"
        " (SELECT group_concat(tag) FROM (SELECT tag FROM run_tag"
        "  WHERE run = r.id ORDER BY tag)),"
        " r.settings_json, u.label, u.definition_digest, u.data_digest,"
        " u.steps_digest"
        " FROM run r JOIN run_suite t ON t.run = r.id"
        " JOIN suite u ON u.id = t.suite"
        " WHERE iif(?1 = '', r.status = 'complete', r.run_id = ?1)"
        " ORDER BY r.id, u.label",

    [SQ_QUERY_RUN] =
        "SELECT run_id, created_at, finished_at, status, model, judge,"
        " seqeval_version, settings_json, provenance_json"
        " FROM run WHERE run_id = ?1",

    [SQ_QUERY_RUN_SUITES] =
        "SELECT u.label, u.name, u.definition_digest, u.data_digest,"
        " u.steps_digest, u.modified, count(DISTINCT j.sample),"
        " coalesce(max(j.epoch), 0)"
        " FROM run r JOIN run_suite t ON t.run = r.id"
        " JOIN suite u ON u.id = t.suite"
        " LEFT JOIN sample s ON s.suite = u.id"
        " LEFT JOIN job j ON j.run = r.id AND j.sample = s.id AND j.judge = ''"
        " WHERE r.run_id = ?1 GROUP BY u.id ORDER BY u.label",

    [SQ_QUERY_RUN_STATES] =
        "SELECT suite, unit, grader, e.name, count(*) FROM ("
        " SELECT u.label AS suite, 'sample' AS unit, '' AS grader, j.state"
        "  FROM run r JOIN job j ON j.run = r.id AND j.judge = ''"
        "  JOIN sample s ON s.id = j.sample JOIN suite u ON u.id = s.suite"
        "  WHERE r.run_id = ?1"
        " UNION ALL"
        " SELECT u.label, 'step', v.grader, v.state"
        "  FROM run r JOIN step_score v ON v.run = r.id"
        "  JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
        "  WHERE r.run_id = ?1"
        " UNION ALL"
        " SELECT u.label, 'following', v.template, v.following"
        "  FROM run r JOIN verdict v ON v.run = r.id"
        "  JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
        "  WHERE r.run_id = ?1"
        " UNION ALL"
        " SELECT u.label, 'quality', v.template, v.quality_state"
        "  FROM run r JOIN verdict v ON v.run = r.id"
        "  JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
        "  WHERE r.run_id = ?1"
        " UNION ALL"
        " SELECT u.label, 'preference', v.template, v.preference_state"
        "  FROM run r JOIN verdict v ON v.run = r.id"
        "   AND v.preference_state <> 8"
        "  JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
        "  WHERE r.run_id = ?1) k"
        " JOIN state e ON e.id = k.state"
        " GROUP BY suite, unit, grader, k.state"
        " ORDER BY suite, unit, grader, k.state",

    [SQ_QUERY_RUN_METRICS] =
        "SELECT u.label, q.slice, m.name, q.value, q.stderr, q.lo, q.hi, q.n"
        " FROM run r JOIN result q ON q.run = r.id"
        " JOIN suite u ON u.id = q.suite JOIN metric m ON m.id = q.metric"
        " WHERE r.run_id = ?1 AND (?2 IS NULL OR u.label = ?2)"
        " AND (?3 IS NULL OR q.slice = ?3)"
        " ORDER BY u.label," BY_SLICE ", m.name",

    [SQ_QUERY_RUN_VALUES] =
        "SELECT u.label, m.name, s.sample_id, avg(v.value)"
        " FROM run r JOIN sample_score v ON v.run = r.id"
        " JOIN sample s ON s.id = v.sample JOIN suite u ON u.id = s.suite"
        " JOIN metric m ON m.id = v.metric"
        " WHERE r.run_id = ?1 GROUP BY v.sample, v.metric",

    [SQ_QUERY_RUN_UNSAFE] = "SELECT 1 FROM run WHERE run_id = ?1"
                            " AND json_extract(settings_json, '$.unsafe_code')",

    [SQ_QUERY_RUN_ATTACKS] =
        "SELECT count(*) FROM run r JOIN sheet h ON h.run = r.id"
        " WHERE r.run_id = ?1 AND h.attack IS NOT NULL HAVING count(*) > 0",

    [SQ_QUERY_RUN_PROBES] =
        "SELECT p.judge, p.template, p.kind, p.expected, count(*),"
        " sum(p.right) FROM run r JOIN probe p ON p.run = r.id"
        " WHERE r.run_id = ?1 GROUP BY p.judge, p.template, p.kind, p.expected",

    [SQ_QUERY_RUN_RULE_JUDGE] =
        "SELECT f.judge, f.template, count(*), sum(v.rule_pass = (f.state = 0))"
        " FROM run r JOIN finding f ON f.run = r.id AND f.question = 'step'"
        "  AND f.state IN (0, 1)"
        " JOIN step_score v ON v.run = f.run AND v.sample = f.sample"
        "  AND v.epoch = f.epoch AND v.step = f.step AND v.grader = ''"
        "  AND v.rule_pass IS NOT NULL"
        " WHERE r.run_id = ?1 GROUP BY f.judge, f.template",

    [SQ_QUERY_RUN_FINDINGS] =
        "SELECT f.template, f.question, f.sample || '/' || f.epoch || '/' ||"
        " f.step, f.judge, e.name, f.value"
        " FROM run r JOIN finding f ON f.run = r.id"
        " JOIN state e ON e.id = f.state WHERE r.run_id = ?1"
        " ORDER BY f.template, f.question, f.sample, f.epoch, f.step",

    [SQ_QUERY_RUN_ANSWERS] =
        "SELECT u.label, s.sample_id, k.epoch, k.judge, k.template, k.question,"
        " k.step, e.name, k.value FROM ("
        " SELECT f.run, f.sample, f.epoch, f.judge, f.template, f.question,"
        "  f.step, f.state, f.value FROM finding f"
        " UNION ALL SELECT run, sample, epoch, 'rules', '', 'step', step,"
        "  1 - rule_pass, NULL FROM step_score"
        "  WHERE grader = '' AND rule_pass IS NOT NULL"
        " UNION ALL SELECT run, sample, epoch, '', '', 'step', step, state,"
        "  NULL FROM step_score WHERE grader = ''"
        " UNION ALL SELECT run, sample, epoch, '', '', 'correct', step,"
        "  1 - correct, NULL FROM step_score"
        "  WHERE grader = '' AND correct IS NOT NULL"
        " UNION ALL SELECT run, sample, epoch, '', template, 'following', 0,"
        "  following, NULL FROM verdict WHERE following <> 8"
        " UNION ALL SELECT run, sample, epoch, '', template, 'quality', 0,"
        "  quality_state, quality FROM verdict WHERE quality_state <> 8) k"
        " JOIN run r ON r.id = k.run JOIN sample s ON s.id = k.sample"
        " JOIN suite u ON u.id = s.suite JOIN state e ON e.id = k.state"
        " WHERE r.run_id = ?1",

    [SQ_QUERY_RUN_RANGES] =
        "SELECT u.label, g.metric, g.lo, g.hi, g.missing"
        " FROM run r JOIN gap g ON g.run = r.id JOIN suite u ON u.id = g.suite"
        " WHERE r.run_id = ?1 AND g.missing > 0 ORDER BY u.label, g.metric",

    [SQ_QUERY_RUN_AUDIT] =
        "SELECT a.judge, a.template, a.measure, a.value, a.lo, a.hi, a.n"
        " FROM run r JOIN audit a ON a.run = r.id WHERE r.run_id = ?1"
        " ORDER BY a.judge, a.template, a.measure",

    [SQ_QUERY_RUN_SAMPLES] =
        "SELECT u.label, s.sample_id, j.epoch, e.name, j.error,"
        " j.cached, j.retries, v.grader,"
        " count(v.step), count(*) FILTER (WHERE v.state = 0),"
        " count(*) FILTER (WHERE v.state = 1),"
        " count(*) FILTER (WHERE v.state = 7)"
        " FROM run r JOIN job j ON j.run = r.id AND j.judge = ''"
        " JOIN sample s ON s.id = j.sample JOIN suite u ON u.id = s.suite"
        " JOIN state e ON e.id = j.state"
        " LEFT JOIN step_score v ON v.run = r.id AND v.sample = j.sample"
        "  AND v.epoch = j.epoch"
        " WHERE r.run_id = ?1 GROUP BY j.sample, j.epoch, v.grader"
        " ORDER BY u.label, s.ordinal, j.epoch, v.grader",

    [SQ_QUERY_RUN_USAGE] =
        "SELECT role, requests, cached, retries, prompt_tokens,"
        " cached_tokens, completion_tokens, reasoning_tokens, cost"
        " FROM usage WHERE run_id = ?1 ORDER BY role DESC",

    [SQ_QUERY_RUN_LATENCIES] =
        "SELECT iif(j.judge = '', 'model', 'judge'), p.latency_ms"
        " FROM run r JOIN job j ON j.run = r.id"
        " JOIN response p ON p.id = j.response"
        " WHERE r.run_id = ?1 AND p.latency_ms IS NOT NULL"
        "  AND p.engine <> 'replay'"
        " ORDER BY j.judge <> '', p.latency_ms",

    [SQ_QUERY_SAMPLE] =
        "SELECT u.label, s.sample_id, j.epoch, e.name, j.error,"
        " j.cached, j.retries,"
        " (SELECT group_concat(name || '=' || value) FROM sample_facet f"
        "  WHERE f.sample = s.id),"
        " s.query, p.text, p.stop, p.server_model, p.prompt_tokens,"
        " p.completion_tokens, p.latency_ms, h.attack" ONE_SAMPLE
        " AND j.judge = ''"
        " JOIN state e ON e.id = j.state"
        " LEFT JOIN response p ON p.id = j.response"
        " LEFT JOIN sheet h ON h.run = j.run AND h.sample = j.sample"
        "  AND h.epoch = j.epoch"
        " WHERE r.run_id = ?1 ORDER BY u.label, s.ordinal, j.epoch",

    [SQ_QUERY_SAMPLE_STEPS] =
        "SELECT u.label, j.epoch, p.step, p.start_byte, p.end_byte, p.kind,"
        " p.answerable, p.depends, p.rules, v.grader, e.name, v.rule_pass,"
        " v.judge_pass, v.correct, v.evidence, v.explanation,"
        " s.sample_id, v.own_start, v.own_end" ONE_SAMPLE " AND j.judge = ''"
        " JOIN step p ON p.sample = s.id"
        " LEFT JOIN step_score v ON v.run = r.id AND v.sample = s.id"
        "  AND v.epoch = j.epoch AND v.step = p.step"
        " LEFT JOIN state e ON e.id = v.state"
        " WHERE r.run_id = ?1"
        " ORDER BY u.label, s.ordinal, j.epoch, p.step, v.grader",

    [SQ_QUERY_SAMPLE_VERDICTS] =
        "SELECT * FROM (SELECT u.label AS suite, j.epoch, t2.name AS template,"
        " t2.digest, e.name, j.error,"
        " coalesce((SELECT name FROM state WHERE id = f.state), 'not_judged'),"
        " coalesce((SELECT name FROM state WHERE id = g.state), 'not_judged'),"
        " g.value, coalesce(f.explanation, g.explanation, h.explanation,"
        "  (SELECT v.explanation FROM verdict v WHERE v.run = r.id"
        "   AND v.sample = s.id AND v.epoch = j.epoch"
        "   AND v.template = t2.name)), p.text, "
        "j.judge AS judge, s.sample_id,"
        " coalesce((SELECT name FROM state WHERE id = h.state), 'not_judged'),"
        " h.value, s.ordinal AS ordinal" ONE_SAMPLE " AND j.judge <> ''"
        " AND j.attempt = (SELECT max(k.attempt) FROM job k"
        "  WHERE k.run = j.run AND k.sample = j.sample AND k.epoch = j.epoch"
        "  AND k.judge = j.judge AND k.template = j.template)"
        " JOIN state e ON e.id = j.state"
        " JOIN template t2 ON t2.id = j.template"
        " LEFT JOIN response p ON p.id = j.response"
        " LEFT JOIN finding f ON f.run = r.id AND f.sample = s.id"
        "  AND f.epoch = j.epoch AND f.judge = j.judge"
        "  AND f.template = t2.name AND f.question = 'following'"
        " LEFT JOIN finding g ON g.run = r.id AND g.sample = s.id"
        "  AND g.epoch = j.epoch AND g.judge = j.judge"
        "  AND g.template = t2.name AND g.question = 'quality'"
        " LEFT JOIN finding h ON h.run = r.id AND h.sample = s.id"
        "  AND h.epoch = j.epoch AND h.judge = j.judge"
        "  AND h.template = t2.name AND h.question = 'preference'"
        " WHERE r.run_id = ?1"
        " UNION ALL"
        " SELECT u.label, v.epoch, v.template, NULL, 'pass', NULL, f.name,"
        " g.name, v.quality, v.explanation, NULL, '', s.sample_id, h.name,"
        " v.preference, s.ordinal" ONE_SAMPLE " AND j.judge = ''"
        " JOIN verdict v ON v.run = r.id AND v.sample = s.id"
        "  AND v.epoch = j.epoch"
        " JOIN state f ON f.id = v.following"
        " JOIN state g ON g.id = v.quality_state"
        " JOIN state h ON h.id = v.preference_state"
        " WHERE r.run_id = ?1 AND 1 < (SELECT count(DISTINCT k.judge)"
        "  FROM job k WHERE k.run = r.id AND k.sample = s.id"
        "  AND k.epoch = v.epoch AND k.judge <> ''))"
        " ORDER BY suite, ordinal, epoch, template, judge = '', judge",
};

enum sq_status sq_store_each(struct sq_store *s, enum sq_store_query query,
                             const sq_str *params, int nparams,
                             void (*fn)(void *ctx,
                                        const struct sq_store_row *row),
                             void *ctx, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, queries[query]);
    int n = sq_stmt_ncols(q);
    sq_str *cols = sq_xcalloc((size_t)n + 1, sizeof(*cols));
    const struct sq_store_row out = {cols, n};
    enum sq_status st;
    bool row;

    for (int i = 0; i < nparams; i++)
        sq_stmt_bind_str(q, i + 1, params[i]);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        for (int i = 0; i < n; i++)
            cols[i] = sq_stmt_str(q, i);
        fn(ctx, &out);
    }
    sq_stmt_release(q);
    free(cols);
    return st;
}
