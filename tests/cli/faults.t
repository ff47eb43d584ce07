#!/bin/sh
# A server that fails now and then, and one that does nothing else: no fault is
# ever scored, no sample lost or counted twice, and no more is asked than it
# takes. The stub repeats the query, so an answer tells whose it is.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
sql() { sqlite3 -readonly "$db" "$1"; }
# ask DB N ARGUMENT...
ask() {
    db=$1 n=$2
    shift 2
    run "$seqeval" run --suite "chain:n=$n" --model m --seed 1 --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
sent() { wc -l <"$tmp/log" | tr -d ' '; }

# ---- now and then ----------------------------------------------------------
mix=429=0.05,500=0.02,malformed=0.01,reset=0.01,stall=0.005
start_stub --echo --latency-ms 5 --retry-after 1 --fault $mix --seed 7 \
    --log "$tmp/log" || exit 1
ask "$tmp/mix.db" 1000 -j 64 --timeout 1.5 -vv
is "faults now and then: exit status 0" "$status" 0
is "each sample once, with the answer to its own query" "$(sql "select count(*),
    count(distinct sample_id), sum(state = 'pass' and response_text = query)
    from samples")" "1000|1000|1000"
is "each of them scored" "$(sql "select count(distinct sample_id) from
    step_scores where state in ('pass', 'fail', 'unanswerable')")" 1000
is "no step is without a score for a fault" "$(sql "select count(*)
    from step_scores where state in ('error', 'not_run', 'unparsable')")" 0
total=$(sent)
ok "at most 1.15 requests for each ($total)" test "$total" -le 1150
for cause in 'HTTP 429' 'HTTP 500' malformed reset timeout; do
    like "a try that failed is told at -vv: $cause" "$err" \
        "$cause.*again in [0-9]+ ms"
done
unlike "a reset is not told as a close" "$err" 'closed before an answer'
is "usage counts what the server does" \
    "$(sql "select requests, retries from usage")" "$total|$((total - 1000))"
is "what is stored came whole: no fault among the responses" "$(sql "select
    count(*), sum(sqlar_uncompress(raw_z, raw_bytes) ->>
    '\$.choices[0].message.content' = text) from response")" "1000|1000"
start_stub --echo --log "$tmp/log" || exit 1
ask "$tmp/calm.db" 1000 -j 64
scores="select suite, sample_id, epoch, metric, value from sample_scores
    order by 1, 2, 3, 4"
sql "$scores" >"$tmp/calm.txt"
db=$tmp/mix.db
sql "$scores" >"$tmp/mix.txt"
ok "the scores are those of a server without faults" \
    cmp "$tmp/calm.txt" "$tmp/mix.txt"

# ---- nothing else ----------------------------------------------------------
start_stub --retry-after 0 --log "$tmp/log" || exit 1
kinds='408 429 500 503 malformed null dup reset close stall halt cut garbage'
for kind in $kinds; do
    {
        db=$tmp/$kind.db
        "$seqeval" run --suite chain:n=20 --model m --db "$db" -q -j 20 \
            --base-url "http://127.0.0.1:$port/_fault/$kind" --timeout 0.5 \
            --max-retries 1 >/dev/null 2>"$tmp/$kind.err"
        echo $? >"$tmp/$kind.status"
    } &
    pids="${pids:-} $!"
done
# shellcheck disable=SC2086 # a list; the stub is not in it
wait $pids
for kind in $kinds; do
    db=$tmp/$kind.db
    is "nothing but $kind: exit status 4" "$(cat "$tmp/$kind.status")" 4
    is "nothing but $kind: every state is error" "$(sql "select group_concat(
        distinct state), count(distinct sample_id) from step_scores
        where state <> 'unanswerable'")" "error|20"
    is "nothing but $kind: no score" "$(sql "select
        (select count(*) from sample_scores) +
        (select count(*) from leaderboard where value is not null) +
        (select count(*) from response)")" 0
    is "nothing but $kind: two tries each" \
        "$(sql "select requests, retries from usage")" "40|20"
    ok "nothing but $kind: the server saw no more" \
        test "$(grep -c "/_fault/$kind/" "$tmp/log")" -le 40
    is "nothing but $kind: a reason with each" \
        "$(sql "select count(*) from samples where error <> ''")" 20
done
finish
