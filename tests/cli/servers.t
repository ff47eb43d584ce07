#!/bin/sh
# Several servers of one model: shared work, one that dies, one that refuses.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
db=$tmp/s.db
sql() { sqlite3 -readonly "$db" "$1"; }
second=
trap 'stop_stub; [ -z "$second" ] || kill $second; rm -rf "$tmp"' EXIT
# start_second [ARGUMENT...]: another stub; sets $other to its port
start_second() {
    if [ -n "$second" ]; then
        kill "$second"
        wait "$second" 2>/dev/null # it tells its counts, there
    fi
    : >"$tmp/second"
    "$BUILD/stub" "$@" >"$tmp/second" 2>&1 </dev/null &
    second=$!
    tries=0
    while [ ! -s "$tmp/second" ] && [ $tries -lt 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    other=$(head -n 1 "$tmp/second")
}
# ask N URL...: N requests; the database stays
ask() {
    n=$1
    shift
    run "$seqeval" run --suite "chain:n=$n" --model m --seed 1 --db "$db" -v \
        -j 8 "$@"
}
sent() { wc -l <"$1" | tr -d ' '; }
passed="select count(*) from samples where state = 'pass'"

start_stub --echo --latency-ms 10 --log "$tmp/a" || exit 1
start_second --echo --latency-ms 10 --log "$tmp/b"
one=http://127.0.0.1:$port/v1 two=http://127.0.0.1:$other/v1
ask 60 --base-url "$one" --base-url "$two/"
is "two servers: done" "$status" 0
is "each request went to one of them" $(($(sent "$tmp/a") + $(sent "$tmp/b"))) 60
ok "both were asked ($(sent "$tmp/a"), $(sent "$tmp/b"))" \
    test "$(sent "$tmp/a")" -ge 15 -a "$(sent "$tmp/b")" -ge 15
like "the end tells what each did" "$err" "$one/.*answered; $two/.*answered"
is "the first is the endpoint" \
    "$(sql "select distinct endpoint from response")" "$one"
ask 60 --base-url "$one"
is "one of them alone is the same plan" "$(sql "select count(distinct plan_key)
    from run")" 1
is "and asks nothing anew" $(($(sent "$tmp/a") + $(sent "$tmp/b"))) 60

# ---- one is down -----------------------------------------------------------
rm -f "$db"*
kill "$second"
wait "$second" 2>/dev/null
second=
ask 40 --base-url "$one,$two"
is "one is down: done" "$status" 0
is "all answered by the other" "$(sql "$passed")" 40
like "-v tells that it is set aside" "$err" "$two/chat.*: set aside for 1 s"
like "so does the end" "$err" "$two/.*: 0 of .*set aside"

# ---- one has no key for us -------------------------------------------------
rm -f "$db"*
start_second --fault 401=1
two=http://127.0.0.1:$other/v1
ask 40 --base-url "$one" --base-url "$two"
is "one refuses the key: the run stops" "$status" 2
like "and names it" "$err" "run: $two/chat/completions: HTTP 401"

# What the other has under way is paid for: it is waited for, and kept.
rm -f "$db"*
start_stub --echo --latency-ms 500 --log "$tmp/a" || exit 1
one=http://127.0.0.1:$port/v1
ask 40 --base-url "$one" --base-url "$two"
is "one refuses, the other is slow: the run stops" "$status" 2
like "and names the one" "$err" "run: $two/chat/completions: HTTP 401"
ok "the other was asked a little ($(sent "$tmp/a"))" \
    test "$(sent "$tmp/a")" -ge 1 -a "$(sent "$tmp/a")" -le 8
is "what it brought is kept" "$(sql "select count(*) from response")" \
    "$(sent "$tmp/a")"
ask 40 --base-url "$one"
is "nothing was paid for twice" "$(sent "$tmp/a")" 40

# ---- the judge's has none ----------------------------------------------------
# What the model has under way is paid for: it is waited for, and kept.
rm -f "$db"*
start_stub --echo --latency-ms 500 --log "$tmp/a" || exit 1
one=http://127.0.0.1:$port/v1
start_second --fault 401=1
ask 40 --base-url "$one" --judge j --judge-template paper \
    --judge-base-url "http://127.0.0.1:$other/v1"
is "the judge's key is refused: the run stops" "$status" 2
like "and names it" "$err" "run: http://127.0.0.1:$other/.*HTTP 401"
is "after few requests" "$(sent "$tmp/a")" 8
is "what these brought is kept" "$(sql "select count(*) from response")" 8
like "and it was said that it is waited for" "$err" \
    'HTTP 401.*; waiting for 8 requests in flight'
ask 40 --base-url "$one"
is "nothing was paid for twice" "$(sent "$tmp/a")" 40

# ---- wrong use -------------------------------------------------------------
ask 2 --base-url "$one,ftp://x"
is "a URL that is none, behind a comma" "$status" 2
finish
