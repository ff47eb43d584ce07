#!/bin/sh
# What a run costs beside the waiting: N requests to a loopback server of 50 ms
# latency, at 64, 256 and 1,000 in flight. Prints wall time against the least
# that is possible (50 ms for each round of as many as are in flight), CPU time
# for each request, all in (generate, send, read, check, store), and peak memory;
# the same for a bare client on libcurl's multi interface that sends the same
# requests and forgets the answers, and the ratio of the two; then memory at ten
# times as many requests, which must not grow with them; then how much the
# database grows by a run. Figures of one run, to be compared with each other; no
# thresholds. The queries are SeqEval's 805, ten times each, where its data is at
# hand, else generated ones.
. "$(dirname "$0")/../cli/lib.sh"
n=${1:-8050}
data=${SEQEVAL_DATA:-${SEQEVAL_SHARED:-../shared}/datasets}
OPENAI_API_KEY=k
export OPENAI_API_KEY

# suite N: sets $suite to what makes N requests
suite() {
    suite="chain:n=$1"
    if [ -d "$data/seqeval" ] && [ $(($1 % 805)) -eq 0 ]; then
        suite="seqeval --epochs $(($1 / 805)) --data $data"
    fi
}
# ask N IN_FLIGHT COMMAND...: a run, by way of the command
ask() {
    suite "$1"
    in_flight=$2
    shift 2
    rm -f "$tmp"/bench.db*
    # shellcheck disable=SC2086 # options
    "$@" "$seqeval" run --suite $suite --model m -j "$in_flight" -q \
        --base-url "http://127.0.0.1:$port/v1" --db "$tmp/bench.db" >/dev/null
}
# row WHO N IN_FLIGHT: from $tmp/peak; CPU for each request into $tmp/cpu.WHO
row() {
    awk -v who="$1" -v n="$2" -v j="$3" -v cpu="$tmp/cpu.$1" '{
        least = int((n + j - 1) / j) * 0.05
        printf "%-8s %8d %9d %8.2f %8.2f %6.2f %8.0f %9.1f\n", who, n, j, $1,
            least, $1 / least, $2 * 1e6 / n, $3 / 1024
        print $2 >cpu
    }' "$tmp/peak"
}

start_stub --echo --log "$tmp/log" --max-seconds 60 || exit 1
ask "$n" 64 env || exit 1
sed 's/.*"body":"\(.*\)"}$/\1/; s/\\"/"/g; s/\\\\/\\/g' "$tmp/log" |
    grep '^{' >"$tmp/bodies"
start_stub --echo --latency-ms 50 --max-seconds 600 || exit 1
printf '%-8s %8s %9s %8s %8s %6s %8s %9s\n' who requests in_flight wall_s \
    least_s ratio us_cpu peak_MiB
for j in 64 256 1000; do
    "$BUILD/peak" "$tmp/peak" "$BUILD/bare_client" \
        "http://127.0.0.1:$port/v1/chat/completions" $j "$tmp/bodies" \
        >/dev/null || exit 1
    row bare "$n" $j
    ask "$n" $j "$BUILD/peak" "$tmp/peak" || exit 1
    row seqeval "$n" $j
    paste "$tmp/cpu.bare" "$tmp/cpu.seqeval" |
        awk '{ printf "%-8s CPU, seqeval / bare: %.2f\n", "", $2 / $1 }'
done
bytes() { wc -c <"$tmp/bench.db" | tr -d ' '; }
small=$(bytes)
ask $((10 * n)) 1000 "$BUILD/peak" "$tmp/peak" || exit 1
row seqeval $((10 * n)) 1000
printf 'database: %d bytes for each response (%d after %d)\n' \
    $((small / n)) "$small" "$n"
