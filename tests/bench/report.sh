#!/bin/sh
# The report of two runs of 805 samples: its size, the time to write it, and in
# Chromium (where it is) the time until its samples are listed and to filter
# them. SeqEval's recordings where SEQEVAL_SHARED has them, else chain. The
# promise is under 8 MB, and under a second for each.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
shared=${SEQEVAL_SHARED:-../shared}/datasets
n=0
for dir in "$shared"/recordings/seqeval/self-*; do
    [ -d "$dir" ] && [ $n -lt 2 ] || continue
    "$BUILD/seqeval" run --suite seqeval --data "$shared" --db "$tmp/r.db" -q \
        --model "replay:$dir/*.json.gz" >/dev/null || exit 1
    n=$((n + 1))
done
while [ $n -lt 2 ]; do
    n=$((n + 1))
    "$BUILD/scripted_model" --suite-params steps=1-6,n=805 --error-rate 0.1 \
        --seed $n --carry >"$tmp/model$n.jsonl"
    "$BUILD/seqeval" run --suite chain:steps=1-6,n=805 --db "$tmp/r.db" -q \
        --model "replay:$tmp/model$n.jsonl" >/dev/null || exit 1
done
ids=$(sqlite3 "$tmp/r.db" "select run_id from runs order by run_id")
from=$(date +%s%N)
# shellcheck disable=SC2086 # two ids
"$BUILD/seqeval" report $ids --db "$tmp/r.db" --out "$tmp/r.html" || exit 1
echo "report: $(($(wc -c <"$tmp/r.html") / 1024)) KiB, written in" \
    "$((($(date +%s%N) - from) / 1000000)) ms"
command -v chromium >/dev/null || exit 0
chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --disable-background-networking --user-data-dir="$tmp/profile" \
    --virtual-time-budget=8000 --dump-dom "file://$tmp/r.html#text=the" \
    2>/dev/null | sed -n 's/.*data-shown="\([0-9]*\)" data-filter-ms="\([0-9.]*\)" data-open-ms="\([0-9.]*\)".*/report: listed in \3 ms, filtered to \1 samples in \2 ms/p'
