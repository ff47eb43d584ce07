#!/bin/sh
# All suites over the recorded answers, one run after another: answers, seconds on
# the wall, CPU seconds (with those of the programs that humaneval and mbpp run)
# and their share of all. The promise is under 180 s on two free cores, most of
# which goes into the 39 programs of HumanEval's that are late after 3 s each; so
# exit 1 when all CPU seconds over two are more. Needs the shared recordings.
set -u
cd "$(dirname "$0")/../.." || exit 1
seqeval=${BUILD:-build}/seqeval
data=${SEQEVAL_SHARED:-../shared}/datasets
rec=$data/recordings
[ -d "$rec" ] || {
    echo "suites: needs the shared data; skipped"
    exit 0
}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# row SUITE RECORDING [OPTION...]
row() {
    suite=$1 model=$2
    shift 2
    from=$(date +%s%N)
    (
        "$seqeval" run -q --db "$tmp/all.db" --data "$data" --suite "$suite" \
            --model "replay:$model" "$@" >"$tmp/out" 2>"$tmp/err"
        case $? in 0 | 4) ;; *) cat "$tmp/err" >&2 && exit 1 ;; esac
        times >"$tmp/times"
    ) || exit 1
    n=$(sqlite3 "$tmp/all.db" "SELECT count(*) FROM job
        WHERE run = (SELECT max(id) FROM run) AND judge = ''")
    sed 's/[ms]/ /g' "$tmp/times" | awk -v s="$suite" -v n="$n" \
        -v wall=$(($(date +%s%N) - from)) '
        { for (i = 1; i < NF; i += 2) cpu += $i * 60 + $(i + 1) }
        END { printf "%s\t%d\t%.2f\t%.2f\n", s, n, wall / 1e9, cpu }' \
        >>"$tmp/rows"
}

for path in "$rec"/ifeval/*; do
    row ifeval "$path/eval_results_strict.jsonl.gz"
done
row gsm8k "$rec/gsm8k/abel-7b.jsonl.gz"
for path in "$rec"/mgsm/*; do
    mode=cot-en
    case $path in *trans-cot*) mode=trans-cot ;; esac
    row "mgsm:mode=$mode" "$path/predictions_*.jsonl"
done
for path in "$rec"/xquad/*/*_xquad_*.gz; do
    lang=${path##*_} kind=${path%_xquad_*}
    row "xquad:lang=${lang%%.*},mode=trans" "$path"
done
for path in "$rec"/csqa_repeat/*; do
    row csqa-repeat "$path" --limit 100
done
gzip -dc "$rec"/math/rho-math-7b-v0.1/*.jsonl.gz | python3 -c '
import json, sys
for r in map(json.loads, sys.stdin):
    print(json.dumps({"question": r["question"], "output": r["code"][0]}))
' >"$tmp/rho.jsonl"
row math500 "$tmp/rho.jsonl"
row mbpp:set=all "$data/mbpp/mbpp.jsonl" --replay-field code
row mbpp:set=sanitised-all "$data/mbpp/sanitized-mbpp.json" --replay-field code
for path in "$rec"/seqeval/*; do
    judge=none
    case $path in */gpt-3.5) judge="replay:$(echo "$path"/*.gz)" ;; esac
    set -- --judge "$judge"
    [ "$judge" = none ] || set -- "$@" --judge-template paper
    row seqeval "$path/*.gz" "$@"
done
for path in "$rec"/alpaca_eval/*/*/annotations.json.gz; do
    row alpaca_eval "$path" --judge "replay:$path"
done
for path in "$rec"/humaneval/*; do
    row humaneval "$(echo "$path"/*_results.jsonl.gz)" --epochs 20
done
printf '%-32s %4s %8s %9s %9s %6s\n' suite runs answers 'wall s' 'CPU s' share
awk -F '\t' '
    { name[NR] = $1; n[NR] = $2; wall[NR] = $3; cpu[NR] = $4; all += $4 }
    END {
        for (i = 1; i <= NR; i++) {
            runs[name[i]]++; a[name[i]] += n[i]
            w[name[i]] += wall[i]; c[name[i]] += cpu[i]; t += wall[i]; m += n[i]
        }
        for (i = 1; i <= NR; i++) {
            s = name[i]
            if (s in shown) continue
            shown[s] = 1
            printf "%-32s %4d %8d %9.2f %9.2f %5.1f%%\n", s, runs[s], a[s], w[s],
                c[s], 100 * c[s] / all
        }
        printf "%-32s %4d %8d %9.2f %9.2f\n", "all", NR, m, t, all
        exit all / 2 > 180
    }' "$tmp/rows"
