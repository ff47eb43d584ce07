#!/bin/sh
# IFEval's 541 recorded responses of each model: the CPU time that checking them
# takes (the promise is under 0.2 s), and whether 100 runs, which take in data,
# checks and store, give the same scores to the byte. Needs the recordings:
# SEQEVAL_SHARED.
set -u
cd "$(dirname "$0")/../.." || exit 1
seqeval=${BUILD:-build}/seqeval
data=${SEQEVAL_SHARED:-}/datasets
[ -d "$data/recordings/ifeval" ] || {
    echo "ifeval: skipped, SEQEVAL_SHARED does not hold datasets/"
    exit 0
}
"${BUILD:-build}/ifeval_bench" 200 "$data/ifeval/input_data.jsonl" \
    "$data"/recordings/ifeval/*/eval_results_strict.jsonl.gz || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
for path in "$data"/recordings/ifeval/*; do
    i=0
    : >"$tmp/sums"
    while [ $i -lt "${TIMES:-100}" ]; do
        rm -f "$tmp"/one.db*
        "$seqeval" run --suite ifeval --data "$data" --judge none -q \
            --model "replay:$path/eval_results_strict.jsonl.gz" \
            --db "$tmp/one.db" >/dev/null 2>&1
        sqlite3 "$tmp/one.db" "SELECT sample_id, step, grader, state,
            explanation, evidence FROM step_scores ORDER BY 1, 2, 3" |
            sha256sum >>"$tmp/sums"
        i=$((i + 1))
    done
    printf 'ifeval %s: %d runs, %d different results\n' "${path##*/}" "$i" \
        "$(sort -u "$tmp/sums" | wc -l)"
    [ "$(sort -u "$tmp/sums" | wc -l)" -eq 1 ] || exit 1
done
times >"$tmp/times"
tail -n 1 "$tmp/times" | sed "s/^/user and system time, all of it: /"
