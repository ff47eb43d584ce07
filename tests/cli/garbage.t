#!/bin/sh
# One judge's reply in ten is no verdict and one request in twenty fails for
# good: everything is counted once, and the range that the missing leave open
# holds the value that a faultless run has.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0
export SEQEVAL_JUDGE_AUDIT
n=400
# ask DB STUB_OPTION...
ask() {
    db=$1
    shift
    start_stub --judges "$root" --echo "$@" || exit 1
    run "$seqeval" run --suite "chain:steps=3,n=$n" --model m --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" --judge perfect \
        --judge-base-url "http://127.0.0.1:$port/v1" --max-retries 0 \
        --judge-template following,steps --judge-reasks 0
    stop_stub
}
sql() { sqlite3 -readonly "$db" "$1"; }
ask "$tmp/true.db"
is "without faults: exit status" "$status" 0
true_rate=$(sql "select value from leaderboard where metric = 'following_rate'
    and slice = ''")
ask "$tmp/bad.db" --babble 0.1 --fault 500=0.05 --seed 4
is "with faults: exit status" "$status" 4
is "every response has a state" "$(sql "select count(*) from samples")" $n
is "every step, too" "$(sql "select count(*) from step_scores")" $((3 * n))
is "every verdict, too" "$(sql "select (select count(*) from verdicts
    where template = 'following') + (select count(*) from samples
    where state <> 'pass')")" $n
ok "faults are errors, garbage is unparsable" test "$(sql "select
    sum(following = 'error') > 5 and sum(following = 'unparsable') > 15
    from verdicts where template = 'following'")" = 1
is "each counts where it belongs" "$(sql "select n = (select count(*)
    from verdicts where following in ('pass', 'fail')) from leaderboard
    where metric = 'following_rate' and slice = ''")" 1
range=$(sql "select lo, hi from ranges where metric = 'following_rate'")
is "the range holds the true value ($range, $true_rate)" \
    "$(echo "$range|$true_rate" | awk -F'|' '{ print ($1 <= $3 && $3 <= $2) }')" 1
is "and is no wider than what is missing" "$(echo "$range" | awk -F'|' \
    '{ print ($2 - $1 > 0.05 && $2 - $1 < 0.3) }')" 1
true_steps=$(sqlite3 -readonly "$tmp/true.db" "select value from leaderboard
    where metric = 'step_rate' and slice = ''")
is "so does that of step_rate" "$(sql "select lo <= $true_steps and
    $true_steps <= hi and lo < hi from ranges where metric = 'step_rate'")" 1
like "the run says its range" "$out" 'following_rate of chain'
is "a faultless run has nothing missing" "$(sqlite3 -readonly "$tmp/true.db" \
    "select count(*), sum(missing), sum(lo < hi) from ranges")" "2|0|0"
finish
