#!/bin/sh
# How long `seqeval leaderboard` and `seqeval compare` take in a database of 1,000
# runs of 40 models, of 805 samples each with all their steps and scores: best of
# 20. The promise is at most 0.1 s (table), and 0.3 s for compare.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
db=$tmp/many.db
params=steps=1-5,n=805
"$BUILD/scripted_model" --suite-params "$params" --error-rate 0.1 --seed 1 \
    --carry >"$tmp/model.jsonl"
"$BUILD/seqeval" run --suite "chain:$params" --model "replay:$tmp/model.jsonl" \
    --db "$db" -q >/dev/null || exit 1
bytes=$(wc -c <"$db")
# The same run 999 times more, under other names.
sqlite3 "$db" "
PRAGMA synchronous = OFF;
CREATE TABLE copy AS WITH RECURSIVE k(i) AS (SELECT 2 UNION ALL
    SELECT i + 1 FROM k WHERE i < 1000) SELECT i FROM k;
INSERT INTO run SELECT i, 'copy-' || i, 'key-' || i, created_at, finished_at,
    status, 'model-' || (i % 40), judge, seqeval_version, settings_json,
    provenance_json FROM copy, run WHERE run.id = 1;" >/dev/null || exit 1
for table in run_suite job sheet step_score sample_score result gap; do
    columns=$(sqlite3 "$db" "SELECT group_concat(iif(name = 'run', 'k.i',
        't.' || name)) FROM pragma_table_info('$table')")
    sqlite3 "$db" "PRAGMA synchronous = OFF; INSERT INTO $table SELECT $columns
        FROM copy k CROSS JOIN $table t WHERE t.run = 1 ORDER BY k.i" \
        >/dev/null || exit 1
done
echo "leaderboard: one run of 805 samples, 5 steps at most: $((bytes / 1024)) KiB"
# best COMMAND...: its shortest time of 20
best() {
    best=
    i=0
    while [ $i -lt 20 ]; do
        a=$(date +%s%N)
        "$@" >/dev/null || exit 1
        took=$((($(date +%s%N) - a) / 1000))
        if [ -z "$best" ] || [ $took -lt "$best" ]; then best=$took; fi
        i=$((i + 1))
    done
    echo "$((best / 1000)).$((best / 100 % 10)) ms"
}
echo "leaderboard: 1,000 runs: $(($(wc -c <"$db") / 1048576)) MiB"
for format in table json html; do
    echo "leaderboard: 1,000 runs, $format: $(best "$BUILD/seqeval" leaderboard \
        --db "$db" --format $format)"
done
echo "compare: two of 1,000 runs: $(best "$BUILD/seqeval" compare copy-500 \
    copy-900 --db "$db")"
