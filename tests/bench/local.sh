#!/bin/sh
# The local engine on the largest model at hand: tokens a second of 8 texts with
# a common beginning of about 200 tokens, one at a time and together, the prompt
# tokens that were not computed again against those predicted; then samples a
# second of whole runs. The model is SEQEVAL_BENCH_MODEL, else the largest that
# `seqeval model pull` got, else a tiny one of noise. Figures of one run, to be
# compared with each other; no thresholds.
. "$(dirname "$0")/../cli/lib.sh"
[ -e "$BUILD/engine_local.so" ] || {
    echo "local: no libllama here: make llama"
    exit 0
}
cache=${SEQEVAL_DATA:-${XDG_CACHE_HOME:-$HOME/.cache}/seqeval}
data=${SEQEVAL_SHARED:-../shared}/datasets
model=${SEQEVAL_BENCH_MODEL:-$(ls -S "$cache"/models/*.gguf 2>/dev/null |
    head -n 1)}
if [ -z "$model" ]; then
    model=$tmp/noise.gguf
    "$BUILD/tiny_gguf" "$model" end=0 || exit 1
fi
echo "local: $(basename "$model")"
"$BUILD/local_bench" "$model" || exit 1

# samples NAME SUITE ARGUMENT...: a run, its samples a second, by the clock and
# by the CPU time of this script's children
samples() {
    name=$1
    suite=$2
    shift 2
    times >"$tmp/before"
    start=$(date +%s%N)
    "$seqeval" run -q --suite "$suite" --model "local:$model" --no-cache \
        --data "$data" --db "$tmp/bench.db" "$@" >"$out" 2>"$err" || {
        echo "$name: $(head -n 1 "$err")"
        return
    }
    took=$(($(date +%s%N) - start))
    times >"$tmp/after"
    n=$(sqlite3 "$tmp/bench.db" "SELECT count(*) FROM response")
    cat "$tmp/before" "$tmp/after" | awk -v name="$name" -v n="$n" -v ns=$took '
        NR % 2 == 0 { # of the children: "1m2.3s 0m4.5s"
            split($1 "m" $2, f, /[ms]+/)
            cpu = f[1] * 60 + f[2] + f[3] * 60 + f[4] - cpu
        }
        END { printf "%s: %d samples, %.2f samples/s, %.2f per second of CPU " \
            "time\n", name, n, n / (ns / 1e9), n / cpu }'
    sqlite3 "$tmp/bench.db" "SELECT '  of ' || sum(prompt_tokens) ||
        ' prompt tokens ' || sum(cached_tokens) || ' were not computed again'
        FROM response"
    rm -f "$tmp"/bench.db*
}
if [ -d "$data/seqeval" ]; then
    samples "SeqEval" seqeval --limit 16 --max-tokens 64
else
    samples "chain" chain --limit 16 --max-tokens 64
fi
if "$seqeval" suites 2>/dev/null | grep -q '^gsm8k ' &&
    [ -d "$data/gsm8k" ]; then
    samples "GSM8K, 8 examples" gsm8k --limit 32 --max-tokens 64
fi
