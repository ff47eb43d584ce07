#!/bin/sh
# kill -9 in mid-run, over and over: the tables at the end are those of a run
# that nobody disturbed, and only requests in flight are asked twice.
. "$(dirname "$0")/lib.sh"
n=400
OPENAI_API_KEY=k
export OPENAI_API_KEY
# in its own process, so that kill reaches seqeval itself
ask() {
    exec "$seqeval" run --suite "chain:n=$n$2" --model m --seed 1 -j 4 \
        --base-url "http://127.0.0.1:$port/v1" --db "$1" -q >/dev/null 2>&1
}
# the tables without what names the run or tells the time
tables() {
    sqlite3 -readonly "$1" "
    select suite, sample_id, epoch, step, grader, kind, state, rule_pass,
      judge_pass, evidence, explanation, correct from step_scores
      order by 1, 2, 3, 4, 5;
    select suite, sample_id, epoch, metric, value from sample_scores
      order by 1, 2, 3, 4;
    select suite, slice, metric, value, stderr, lo, hi, n from leaderboard
      order by 1, 2, 3;
    select role, requests, cached from usage;
    select status from runs"
}

start_stub --echo --latency-ms 10 --log "$tmp/whole.log" || exit 1
(ask "$tmp/whole.db" "")
tables "$tmp/whole.db" >"$tmp/whole.txt"
is "an undisturbed run asks each query once" \
    "$(wc -l <"$tmp/whole.log" | tr -d ' ')" $n

start_stub --echo --latency-ms 10 --log "$tmp/cut.log" || exit 1
kills=0
for wait in 0.05 0.1 0.12 0.14 0.16 0.18; do
    ask "$tmp/cut.db" "" &
    pid=$!
    sleep $wait
    kill -9 $pid 2>/dev/null && kills=$((kills + 1))
    wait $pid 2>/dev/null
done
ok "it was killed in mid-run at least once" test $kills -gt 1
(ask "$tmp/cut.db" "")
tables "$tmp/cut.db" >"$tmp/cut.txt"
ok "the final tables are the same" cmp "$tmp/whole.txt" "$tmp/cut.txt"
is "it is one run, gone on with" \
    "$(sqlite3 -readonly "$tmp/cut.db" "select count(*) from runs")" 1
asked=$(wc -l <"$tmp/cut.log" | tr -d ' ')
ok "asked twice: at most what was in flight ($asked of $n, $kills kills)" \
    test "$asked" -le $((n + 4 * kills))

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
