#!/bin/sh
# seqeval score: a run's responses under another judge, template or rules; no
# model is asked, the old scores stay, and the new run is one like any other.
. "$(dirname "$0")/lib.sh"
db=$tmp/score.db
sql() { sqlite3 -readonly "$db" "$1"; }
SEQEVAL_JUDGE_AUDIT=0
export SEQEVAL_JUDGE_AUDIT
start_stub --judges "$root" --echo --log "$tmp/requests.jsonl" || exit 1
url=http://127.0.0.1:$port/v1
last="run_id = (select run_id from run order by id desc limit 1)"
first="run_id = (select run_id from run order by id limit 1)"

run "$seqeval" run --suite chain:steps=3,n=12,seed=3 --limit 3-12 --epochs 2 \
    --model m --temperature 0 --db "$db" --base-url "$url"
is "a run without a judge: exit status" "$status" 0
source=$(sql "select run_id from runs")
sent=$(wc -l <"$tmp/requests.jsonl" | tr -d ' ')
before=$(sql "select * from step_scores order by 2, 3, 4, 5" | sha256sum)
run "$seqeval" score latest --db "$db"
is "scored by the rules alone: exit status" "$status" 0
is "asks nobody" "$(wc -l <"$tmp/requests.jsonl" | tr -d ' ')" "$sent"
is "is a run of its own, of the same model" \
    "$(sql "select count(*), count(distinct model) from runs")" "2|1"
is "with the same plan and the same scores" "$(sql "select count(*) from
    (select suite, sample_id, epoch, step, state, correct from step_scores
     where $first except select suite, sample_id, epoch, step, state, correct
     from step_scores where $last)")" 0
is "says what it scored" "$(sql "select settings_json ->> 'scored_from',
    settings_json ->> 'temperature', settings_json ->> 'limit_first'
    from run order by id desc limit 1")" "$source|0|3"
is "no response is asked for or stored again" "$(sql "select requests, cached
    from usage where $last and role = 'model'")" "0|20"

run "$seqeval" score "$source" --db "$db" --judge perfect --judge always-no \
    --judge-base-url "$url" --judge-template following,steps
is "with two judges: exit status" "$status" 0
is "only these are asked" "$(sql "select role, requests from usage where $last
    order by 1")" "judge|80
model|0"
is "their verdicts are there" "$(sql "select count(*) from judge_verdicts
    where $last and question = 'following'")" 40
is "the old scores stay" "$(sql "select * from step_scores where $first
    order by 2, 3, 4, 5" | sha256sum)" "$before"
like "the leaderboard has the new run" "$out" 'following_rate'
run "$seqeval" compare "$source" latest --db "$db" --allow-different
ok "compare takes the two" test "$status" -le 1
run "$seqeval" score "$source" --db "$db" --judge perfect \
    --judge-base-url "$url" --judge-template quality --max-requests 5
is "a budget holds: exit status" "$status" 4
like "and says so" "$err" '--max-requests 5 ended the run'
n=$(sql "select count(*) from runs")
run "$seqeval" score "$source" --db "$db" --judge perfect \
    --judge-base-url "$url" --judge-template quality
is "the same command goes on: exit status" "$status" 0
is "in the same run" "$(sql "select count(*) from runs")" "$n"

run "$seqeval" score 1999 --db "$db"
is "an unknown run: exit status" "$status" 2
like "names those there are" "$err" "no run '1999'; the newest are"
run "$seqeval" score --db "$db"
is "no run: exit status" "$status" 2
like "says what to give" "$err" 'which run'
run "$seqeval" score latest latest --db "$db"
is "two runs: exit status" "$status" 2
run "$seqeval" score latest --db "$db" --model m
is "a model is no option" "$status" 2

# Responses that the source lacks keep their states.
stop_stub
db=$tmp/part.db
start_stub --echo || exit 1
run "$seqeval" run --suite chain:steps=3,n=6 --model m --db "$db" -j 1 \
    --base-url "http://127.0.0.1:$port/v1" --max-requests 4
stop_stub
run "$seqeval" score latest --db "$db"
is "a run cut short: exit status" "$status" 4
is "has the states of its source" "$(sql "select state, count(*) from samples
    where $last group by 1 order by 1")" "not_run|2
pass|4"
is "and its status" "$(sql "select distinct status from runs")" incomplete

# A new version of the rules; a query that is another one.
db=$tmp/rules.db
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME
suite() {
    printf '{"id": "a", "q": "%s"}\n' "$1" >"$tmp/data/tiny.jsonl"
    sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
    cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOT
{"name": "tiny", "version": 1, "title": "One query",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"id": "id", "input": "q"}, "steps": "steps.jsonl"}
EOT
    printf '{"id": "a", "sha256": "%s", "steps": [{"span": [0, 3], "kind": "x",
"answerable": true, "depends": [], "rules": [{"role": "constraint",
"check": "contains", "any": ["%s"]}]}]}' \
        "$(printf %s "$1" | sha256sum | cut -c1-16)" "$2" | tr -d '\n' \
        >"$tmp/home/benchmarks/tiny/steps.jsonl"
}
suite "Say yes." no
printf '{"id": "a", "output": "yes"}\n' >"$tmp/responses.jsonl"
run "$seqeval" run --suite tiny --data "$tmp/data" --db "$db" \
    --model "replay:$tmp/responses.jsonl"
suite "Say yes." yes
run "$seqeval" score latest --data "$tmp/data" --db "$db"
is "another version of the rules: exit status" "$status" 0
is "scores anew, beside the old" \
    "$(sql "select state from step_scores join run using (run_id)
       order by run.id" | tr '\n' ' ')" "fail pass "
suite "Say no." no
run "$seqeval" score latest --data "$tmp/data" --db "$db"
is "another query: exit status" "$status" 2
like "is said" "$err" 'sample a of tiny is not the query that run .* asked'
finish
