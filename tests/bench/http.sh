#!/bin/sh
# What a run costs beside the waiting: N requests to a loopback server of 50 ms
# latency, at 64, 256 and 1,000 in flight. Prints wall time against the least
# that is possible (N x latency / in flight), CPU time for each request, all in
# (generate, send, read, check, store), and peak memory; then memory at ten times
# as many requests, which must not grow with them. Figures of one run, to be
# compared with each other; no thresholds.
. "$(dirname "$0")/../cli/lib.sh"
n=${1:-8050}
command -v /usr/bin/time >/dev/null || {
    echo "tests/bench/http.sh needs GNU time (apt-get install time)"
    exit 0
}

# measure N IN_FLIGHT
measure() {
    rm -f "$tmp"/bench.db*
    OPENAI_API_KEY=k /usr/bin/time -f '%e %U %S %M' -o "$tmp/time" \
        "$seqeval" run --suite "chain:n=$1" --model m -j "$2" -q \
        --base-url "http://127.0.0.1:$port/v1" --db "$tmp/bench.db" \
        >/dev/null || exit 1
    awk -v n="$1" -v j="$2" '{
        ideal = n * 0.05 / j
        printf "%8d %9d %9.2f %9.2f %8.2f %10.0f %8.1f\n", n, j, $1, ideal,
            $1 / ideal, ($2 + $3) * 1e6 / n, $4 / 1024
    }' "$tmp/time"
}

start_stub --echo --latency-ms 50 --max-seconds 600 || exit 1
printf '%8s %9s %9s %9s %8s %10s %8s\n' requests in_flight wall_s least_s \
    ratio us_cpu_each peak_MiB
for j in 64 256 1000; do measure "$n" $j; done
measure $((10 * n)) 1000
