#!/bin/sh
# Two runs at once, and a run that is interrupted; kill.t has kill -9.
. "$(dirname "$0")/lib.sh"
n=400
OPENAI_API_KEY=k
export OPENAI_API_KEY
# in its own process, so that kill reaches seqeval itself
ask() {
    exec "$seqeval" run --suite "chain:n=$n$2" --model m --seed 1 -j 4 \
        --base-url "http://127.0.0.1:$port/v1" --db "$1" -q >/dev/null 2>&1
}
start_stub --echo --latency-ms 10 || exit 1

# two runs writing one database at once
ask "$tmp/two.db" "" &
first=$!
(ask "$tmp/two.db" ,seed=9)
is "the second of two writers succeeds" $? 0
wait $first
is "and so does the first" $? 0
is "both runs are whole" "$(sqlite3 -readonly "$tmp/two.db" "select count(*),
    count(distinct run_id) from samples where state = 'pass'")" "$((2 * n))|2"

# Ctrl-C: what is in flight is saved, the rest is left for the next time
start_stub --echo --latency-ms 40 || exit 1
"$seqeval" run --suite "chain:n=$n" --model m -j 4 \
    --base-url "http://127.0.0.1:$port/v1" --db "$tmp/int.db" \
    >"$out" 2>"$err" &
pid=$!
sleep 0.6
kill -TERM $pid
wait $pid
status=$?
is "SIGTERM ends a run with 130" "$status" 130
like "and says how to go on" "$err" 'run the same command'
is "every step has a state" "$(sqlite3 -readonly "$tmp/int.db" \
    "select count(distinct sample_id) from step_scores")" $n
is "what was not asked is not_run" "$(sqlite3 -readonly "$tmp/int.db" \
    "select count(distinct state) from step_scores
     where state in ('error', 'unparsable')")" 0
finish
