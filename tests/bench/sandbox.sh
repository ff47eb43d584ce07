#!/bin/sh
# What programs cost: HumanEval's recorded completions, those that ran out of time
# left out, by `seqeval run` in the sandbox and by one plain process for each, in
# turn on the same cores. Then all of the recordings, and MBPP's own solutions.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
data=${SEQEVAL_SHARED:-../shared}/datasets
rec=$(ls "$data"/recordings/humaneval/*/codex_eval_predictions.jsonl_results.jsonl.gz \
    2>/dev/null)
[ -n "$rec" ] || {
    echo "sandbox: needs the shared data; skipped"
    exit 0
}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
python3 - "$data/humaneval/HumanEval.jsonl.gz" "$rec" "$tmp" <<'END'
import gzip, json, sys
tasks = {t["task_id"]: t for t in map(json.loads, gzip.open(sys.argv[1]))}
with open(sys.argv[3] + "/rec.jsonl", "w") as rec, \
        open(sys.argv[3] + "/programs.jsonl", "w") as programs:
    for r in map(json.loads, gzip.open(sys.argv[2])):
        if "timed" in r["result"] or not r["completion"]:
            continue
        t = tasks[r["task_id"]]
        print(json.dumps({k: r[k] for k in ("task_id", "completion")}), file=rec)
        print(json.dumps({"program": t["prompt"] + r["completion"] + "\n" +
            t["test"] + "\ncheck(%s)\n" % t["entry_point"]}), file=programs)
END
n=$(wc -l <"$tmp/programs.jsonl")

run() {
    "$BUILD/seqeval" run -q --data "$data" --db "$tmp/$db.db" "$@"
}
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
passed() { sqlite3 "$tmp/$db.db" "SELECT sum(state = 'pass') FROM step_scores"; }

begun=$(now)
db=own
run --suite humaneval --model "replay:$tmp/rec.jsonl" --epochs 20 >/dev/null 2>&1
own=$(since "$begun")
own_passed=$(passed)
read -r other_passed other <<END
$(python3 tests/bench/one_process_each.py "$tmp/programs.jsonl")
END
awk -v n="$n" -v a="$own" -v b="$other" -v p="$own_passed" -v q="$other_passed" '
BEGIN {
    printf "%d programs of HumanEval       passed  seconds  programs/s\n", n
    printf "  seqeval run, sandbox on      %6d  %7.2f  %10.0f\n", p, a, n / a
    printf "  one plain process for each   %6d  %7.2f  %10.0f\n", q, b, n / b
    printf "  %.1f times as many a second\n", b / a
}'
begun=$(now)
db=all
run --suite humaneval --model "replay:$rec" --epochs 20 >/dev/null
echo "all 3,280, 39 of them late: $(passed) passed, $(since "$begun") s"
for set in all sanitised-all; do
    begun=$(now)
    db=$set
    file=mbpp.jsonl
    [ $set = all ] || file=sanitized-mbpp.json
    run --suite mbpp:set=$set --model "replay:$data/mbpp/$file" \
        --replay-field code >/dev/null
    echo "mbpp:set=$set: $(passed) solutions pass, $(since "$begun") s"
done
