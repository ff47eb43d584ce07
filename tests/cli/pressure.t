#!/bin/sh
# Back-pressure: what a minute may hold, and a server that takes less at a time
# than it is offered.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
db=$tmp/p.db
sql() { sqlite3 -readonly "$db" "$1"; }
# ask N OPTION...: N requests into a new database
ask() {
    n=$1
    shift
    rm -f "$db"*
    run "$seqeval" run --suite "chain:n=$n" --model m --seed 1 --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
passed="select count(*) from samples where state = 'pass'"
# From the first answer to the last, in milliseconds
span="select round((max(julianday(created_at)) - min(julianday(created_at)))
    * 86400000) from response"
between() { awk -v v="$1" -v a="$2" -v b="$3" 'BEGIN { exit v < a || v > b }'; }

# ---- requests per minute ---------------------------------------------------
start_stub --echo --log "$tmp/log" || exit 1
ask 31 --rpm 1200 -j 16
is "--rpm: done" "$status" 0
is "--rpm: all asked" "$(sql "$passed")" 31
took=$(sql "$span")
ok "--rpm: 30 after the first take 1.5 s, evenly (took $took ms)" \
    between "$took" 1450 60000
is "--rpm is kept with the run" "$(sqlite3 -readonly "$db" \
    "select provenance_json ->> 'rpm' from run")" 1200
start_stub --echo || exit 1
ask 20 --rpm 60 -j 16 --max-wall 0.5
is "--rpm and --max-wall: what waits is not sent, and not an error" \
    "$(sql "select group_concat(state || ' ' || n, ', ') from (select state,
    count(*) as n from samples group by state order by state)")" \
    "not_run 19, pass 1"
SEQEVAL_RPM=x ask 2
is "--rpm takes a number" "$status" 2

# ---- tokens per minute -----------------------------------------------------
start_stub --echo || exit 1
ask 40 --tpm 100000000 -j 8 --max-tokens 100
is "--tpm: enough for all at once" "$(sql "$passed")" 40
ask 3 --tpm 500 --max-tokens 600
is "--tpm: a request beyond it ends with 4" "$status" 4
like "and one line says why" "$err" 'tokens, and --tpm allows 500 a minute'
is "nothing was scored of it" "$(sql "select distinct state from samples")" error
ask 12 --tpm 9000 --max-tokens 1500 -j 12 --max-wall 5
is "--tpm: what answers did not take is free again" "$status" 0

# ---- a judge of its own ----------------------------------------------------
start_stub --reply 1 || exit 1
ask 12 --judge j --judge-template paper --judge-rpm 600 -j 16 \
    --judge-base-url "http://127.0.0.1:$port/v1"
is "--judge-rpm: done" "$status" 0
took=$(sql "select round((max(julianday(created_at)) -
    min(julianday(created_at))) * 86400000) from response where model = 'j'")
ok "--judge-rpm: the judge is asked evenly (took $took ms)" \
    between "$took" 1050 60000

# ---- a server that takes less at a time ------------------------------------
start_stub --echo --latency-ms 40 --capacity 4 --log "$tmp/log" || exit 1
ask 60 -j 40 -v
is "a server of 4 at a time, offered 40: done" "$status" 0
is "all answered" "$(sql "$passed")" 60
ok "with few refusals ($(wc -l <"$tmp/log") requests)" \
    test "$(wc -l <"$tmp/log")" -lt 200
like "-v tells of the window" "$err" 'overloaded; of 40 in flight at most'

# ---- one that says that nothing is left -------------------------------------
start_stub --echo --header 'x-ratelimit-remaining-requests: 0' \
    --header 'x-ratelimit-reset-requests: 300ms' || exit 1
ask 4 -j 1
took=$(sql "$span")
ok "an exhausted limit of the server's is waited for (took $took ms)" \
    between "$took" 850 60000

# ---- Ctrl-C while everything waits ------------------------------------------
start_stub --fault 429=1 --retry-after 100 --log "$tmp/log" || exit 1
rm -f "$db"*
"$seqeval" run --suite chain:n=5 --model m --db "$db" -j 5 \
    --base-url "http://127.0.0.1:$port/v1" >"$out" 2>"$err" &
pid=$!
tries=0
while [ "$(wc -l <"$tmp/log")" -lt 5 ] && [ $tries -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -INT $pid
wait $pid
status=$?
is "the first Ctrl-C does not wait for another try" "$status" 130
is "what was to be tried again is not_run" "$(sql \
    "select group_concat(distinct state) from samples")" not_run
finish
