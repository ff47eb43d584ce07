#!/bin/sh
# How long `seqeval leaderboard` takes in a database of 1,000 runs of 40 models,
# best of 20. The promise is at most 0.1 s.
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
WITH RECURSIVE k(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM k WHERE i < 1000)
INSERT INTO run SELECT i, 'copy-' || i, 'key-' || i, created_at, finished_at,
    status, 'model-' || (i % 40), judge, seqeval_version, settings_json,
    provenance_json FROM k, run WHERE run.id = 1;
INSERT INTO run_suite SELECT r.id, t.suite FROM run r, run_suite t
    WHERE t.run = 1 AND r.id > 1;
INSERT INTO result SELECT r.id, q.suite, q.slice, q.metric, q.value, q.stderr,
    q.lo, q.hi, q.n FROM run r, result q WHERE q.run = 1 AND r.id > 1;" ||
    exit 1
echo "leaderboard: one run of 805 samples, 5 steps at most: $((bytes / 1024)) KiB"
for format in table json html; do
    best=
    i=0
    while [ $i -lt 20 ]; do
        a=$(date +%s%N)
        "$BUILD/seqeval" leaderboard --db "$db" --format $format >/dev/null ||
            exit 1
        took=$((($(date +%s%N) - a) / 1000))
        if [ -z "$best" ] || [ $took -lt "$best" ]; then best=$took; fi
        i=$((i + 1))
    done
    echo "leaderboard: 1,000 runs, $format: $((best / 1000)).$((best / 100 % 10)) ms"
done
