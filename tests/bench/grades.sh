#!/bin/sh
# How long the suites of maths and languages take over recorded answers: start,
# data, grading, database. Needs the shared recordings.
set -u
cd "$(dirname "$0")/../.." || exit 1
seqeval=${BUILD:-build}/seqeval
shared=${SEQEVAL_SHARED:-../shared}
rec=$shared/datasets/recordings
[ -d "$rec" ] || exit 0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
ns() { date +%s%N; }
# row SUITE RECORDING [OPTION...]
row() {
    suite=$1 model=$2
    shift 2
    from=$(ns)
    "$seqeval" run -q --db "$tmp/$suite.db" --data "$shared/datasets" \
        --suite "$suite" --model "replay:$model" "$@" >"$tmp/out" || exit 1
    awk -v s="$suite" -v t=$(($(ns) - from)) -v n="$(
        awk 'NR == 3 { print $NF }' "$tmp/out")" 'BEGIN {
        printf "grades %-28s %5d answers %6.2f s\n", s, n, t / 1e9 }'
}
row gsm8k "$rec/gsm8k/abel-7b.jsonl.gz"
for run in "$rec"/mgsm/*trans-cot-8shot; do
    row mgsm:mode=trans-cot "$run/predictions_*.jsonl"
done
for lang in en de zh; do
    row xquad:lang=$lang,mode=trans \
        "$rec/xquad/self-seq-7B-baseline/llama-7b_base_xquad_$lang.jsonl.gz"
done
row csqa-repeat "$rec/csqa_repeat/Meta-Llama-3-70B-Instruct.json" --limit 100
