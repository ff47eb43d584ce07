#!/bin/sh
# Budgets: no more is sent than was allowed, however many requests are in flight
# and whatever the server does; what is left is not_run, and the next run goes
# on.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it; here requests are counted
export SEQEVAL_JUDGE_AUDIT
n=300
OPENAI_API_KEY=k
export OPENAI_API_KEY
sql() { sqlite3 -readonly "$1" "$2"; }
# ask DB ARGUMENT...: model and rule checks alone
ask() {
    db=$1
    shift
    run "$seqeval" run --suite "chain:n=$n" --model m --seed 1 --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
sent() { wc -l <"$1" | tr -d ' '; }
# faults CONCURRENCY: one at a time, each back-off is waited for
faults() {
    if [ "$1" -gt 1 ]; then
        echo 500=0.1,429=0.05,close=0.1
    else
        echo 500=0.02,close=0.03
    fi
}
states="select group_concat(state || ' ' || n, ', ') from (select state,
    count(*) as n from samples group by state order by state)"
tokens="select sum(prompt_tokens + completion_tokens) from usage"

# ---- requests --------------------------------------------------------------
for j in 1 16 256; do
    start_stub --echo --latency-ms 5 --log "$tmp/log" || exit 1
    ask "$tmp/r$j.db" -j $j --max-requests 100
    is "-j $j: exit status 4" "$status" 4
    is "-j $j: 100 requests reached the server" "$(sent "$tmp/log")" 100
    is "-j $j: the states add up" "$(sql "$tmp/r$j.db" "$states")" \
        "not_run 200, pass 100"
    is "-j $j: so do those of the steps" "$(sql "$tmp/r$j.db" "select
        count(distinct sample_id) from step_scores where state = 'not_run'")" \
        200
    like "-j $j: one line names budget, spending and what to do" "$err" \
        '--max-requests 100 ended .*100 requests, [0-9]+ tok.*200 resp.*again'

    start_stub --echo --latency-ms 5 --fault "$(faults $j)" --seed $j \
        --log "$tmp/log" || exit 1
    ask "$tmp/f$j.db" -j $j --max-requests 100
    is "-j $j, with faults: exit status 4" "$status" 4
    is "-j $j, with faults: retries are requests" "$(sent "$tmp/log")" 100
    is "-j $j, with faults: every sample has a state" \
        "$(sql "$tmp/f$j.db" "select count(*) from samples")" $n
    is "-j $j, with faults: usage counts what the server does" \
        "$(sql "$tmp/f$j.db" "select requests from usage")" 100
done
is "the reason is with the sample" "$(sql "$tmp/r16.db" "select distinct error
    from samples where state = 'not_run'")" "--max-requests 100 is spent"

start_stub --echo --log "$tmp/log" || exit 1
ask "$tmp/again.db" --max-requests 100
ask "$tmp/again.db" --max-requests 100
is "run again: as much again" "$(sent "$tmp/log")" 200
ask "$tmp/again.db" --max-requests 100
is "enough for the rest: done" "$status" 0
is "in one run" "$(sql "$tmp/again.db" "select status from runs")" complete
is "and nothing was asked twice" "$(sent "$tmp/log")" $n
ask "$tmp/again.db" --max-requests 0 --epochs 2
is "none at all: exit status 4" "$status" 4
is "known answers are free" "$(sql "$tmp/again.db" "select count(*) from samples
    where epoch = 1 and state = 'pass'")" $((2 * n))
is "and nobody was asked" "$(sent "$tmp/log")" $n

# ---- tokens and cost -------------------------------------------------------
for j in 1 16 256; do
    start_stub --echo --latency-ms 5 --fault "$(faults $j)" --seed $j \
        --log "$tmp/log" || exit 1
    ask "$tmp/t$j.db" -j $j --max-tokens-total 20000 --max-tokens 200
    is "-j $j: tokens: exit status 4" "$status" 4
    spent=$(sql "$tmp/t$j.db" "$tokens")
    ok "-j $j: tokens: within the budget ($spent)" test "$spent" -le 20000
    ok "-j $j: tokens: it was used ($spent)" test "$spent" -ge 5000
    is "-j $j: tokens: every sample has a state" \
        "$(sql "$tmp/t$j.db" "select count(*) from samples")" $n
    like "-j $j: tokens: named" "$err" '--max-tokens-total 20000 ended'

    start_stub --echo --latency-ms 5 --log "$tmp/log" || exit 1
    ask "$tmp/c$j.db" -j $j --max-cost 0.01 --price-in 0.5 --price-out 2 \
        --max-tokens 200
    is "-j $j: cost: exit status 4" "$status" 4
    is "-j $j: cost: within the budget, and used" "$(sql "$tmp/c$j.db" \
        "select cost between 0.0080 and 0.0100 from usage")" 1
    is "-j $j: cost: tokens by their price" "$(sql "$tmp/c$j.db" "select
        abs(cost - (prompt_tokens * 0.5 + completion_tokens * 2) / 1e6) < 1e-9
        from usage")" 1
    like "-j $j: cost: named" "$err" '--max-cost 0.01 ended .*\$0.0[01]'
done

# ---- a thousand in flight ---------------------------------------------------
n=1100
for j in 1 64 1000; do
    rate=0.1
    [ $j -gt 1 ] || rate=0.002
    start_stub --echo --latency-ms 1 --fault 500=$rate,close=$rate || exit 1
    ask "$tmp/r.db" -j $j --max-requests 500 --no-cache
    stop_stub
    is "-j $j: the server never counts 501" "$(counted requests)" 500
    [ $j -gt 1 ] || continue # above

    start_stub --echo --latency-ms 1 || exit 1
    ask "$tmp/s.db" -j $j --max-tokens-total 50000 --max-tokens 200 --no-cache
    stop_stub
    spent=$(counted tokens)
    ok "-j $j: nor more tokens than allowed ($spent)" \
        sh -c "test $spent -le 50000 && test $spent -ge 40000"

    start_stub --echo --latency-ms 1 || exit 1
    ask "$tmp/d.db" -j $j --max-cost 0.05 --price-in 1 --price-out 1 \
        --max-tokens 200 --no-cache
    stop_stub
    spent=$(counted tokens)
    ok "-j $j: nor more than the cost allows ($spent)" \
        sh -c "test $spent -le 50000 && test $spent -ge 40000"
    rm -f "$tmp"/[rsd].db*
done
n=300

# ---- model and judge share it ----------------------------------------------
start_stub --reply 1 --latency-ms 5 --log "$tmp/log" || exit 1
cat >"$tmp/prices.json" <<'EOF2'
{"m": {"input": 1, "output": 2}, "j": {"input": 10, "output": 20},
 "m-large": {"input": 5, "output": 5}}
EOF2
ask "$tmp/j.db" --judge j --judge-template paper \
    --judge-base-url "http://127.0.0.1:$port/v1" --max-requests 101 \
    --prices "$tmp/prices.json"
is "model and judge: exit status 4" "$status" 4
is "model and judge: one budget" "$(sent "$tmp/log")" 101
is "model and judge: both in usage" \
    "$(sql "$tmp/j.db" "select sum(requests), count(*) from usage")" "101|2"
is "model and judge: each by its price" "$(sql "$tmp/j.db" "select
    sum(abs(cost - (prompt_tokens + 2.0 * completion_tokens) *
    iif(role = 'judge', 10, 1) / 1e6) < 1e-9) from usage")" 2
is "the prices are kept with the run" "$(sqlite3 -readonly "$tmp/j.db" \
    "select provenance_json ->> '\$.judge_prices.j.output' from run")" 20

# ---- time ------------------------------------------------------------------
start_stub --echo --latency-ms 300 --log "$tmp/log" || exit 1
ask "$tmp/w.db" -j 4 --max-wall 0.5
is "time: exit status 4" "$status" 4
like "time: named" "$err" '--max-wall 0.5 ended'
is "time: what was in flight is kept" "$(sql "$tmp/w.db" \
    "select count(*) from samples where state = 'pass'")" "$(sent "$tmp/log")"
start_stub --fault 503=1 --retry-after 30 --log "$tmp/log" || exit 1
ask "$tmp/w2.db" -j 4 --max-wall 1
is "time: a retry that would come too late is not waited for" "$status" 4
is "time: and every sample has a state" "$(sql "$tmp/w2.db" \
    "select count(*) from samples where state in ('error', 'not_run')")" $n

# ---- what must be given ----------------------------------------------------
ask "$tmp/u.db" --max-cost 1
is "a cost needs a price: exit status 2" "$status" 2
like "and says which" "$err" '"m".*--price-in and --price-out.*--prices'
ask "$tmp/u.db" --max-cost 1 --price-in 1
like "half a price" "$err" 'price-in and --price-out belong together'
ask "$tmp/u.db" --judge j --judge-template paper --max-cost 1 --price-in 1 \
    --price-out 1
like "the judge's price, too" "$err" '"j".*--judge-price-in'
printf '{"m2": {"input": 1, "output": 2}}' >"$tmp/other.json"
ask "$tmp/u.db" --prices "$tmp/other.json"
like "a list without the model" "$err" 'other.json: no price of "m"'

mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
printf '{"q": "Say it."}\n' >"$tmp/data/tiny.jsonl"
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOF2
{"name": "tiny", "version": 1, "title": "One query",
 "data": [{"file": "tiny.jsonl", "licence": "ours",
           "sha256": "$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q"}}
EOF2
SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite tiny --data "$tmp/data" \
    --model m --db "$tmp/u.db" --max-tokens-total 1000
is "tokens need --max-tokens: exit status 2" "$status" 2
like "and say so" "$err" '--max-tokens-total.*tiny.*--max-tokens N'
ok "none of these made a database" test ! -e "$tmp/u.db"

# ---- recordings, and the estimate ------------------------------------------
printf '{"id":"test-mixed-s1-L1-000000","output":"1. x"}\n' >"$tmp/ok.jsonl"
run "$seqeval" run --suite chain:n=1 --model "replay:$tmp/ok.jsonl" \
    --db "$tmp/u.db" --max-requests 0 --max-cost 0
unlike "recordings are free" "$err" 'ended the run'
ask "$tmp/d.db" --dry-run --price-in 1 --price-out 2 --judge j \
    --judge-template paper --judge-price-in 10 --judge-price-out 20
is "--dry-run: exit status" "$status" 0
like "--dry-run: requests" "$out" 'at most 600 requests'
like "--dry-run: the model's" "$out" \
    '^model: 300 requests, about [0-9]+ .* at most 307200 compl.*most \$0\.[67]'
like "--dry-run: the judge's" "$out" \
    '^judge: 300 requests, .*, at most 4800 completion tokens, at most \$[0-9]'
finish
