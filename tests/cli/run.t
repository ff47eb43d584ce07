#!/bin/sh
# The main job from the command line: chain over a scripted model, resuming,
# counts that add up, and the leaderboard against plain SQL.
. "$(dirname "$0")/lib.sh"
db=$tmp/run.db
params=n=60,steps=1-6
sql() { sqlite3 -readonly "$db" "$1"; }

"$BUILD/scripted_model" --suite-params "$params" --error-rate 0.2 --seed 3 \
    --truth "$tmp/truth.jsonl" >"$tmp/hasty.jsonl" || exit 1
"$BUILD/scripted_model" --suite-params "$params" --error-rate 0 --seed 3 \
    >"$tmp/perfect.jsonl" || exit 1

run "$seqeval" run --suite "chain:$params" --model "replay:$tmp/hasty.jsonl" \
    --db "$db" --format csv
is "a run ends with 0" "$status" 0
is "one state for each planned step" \
    "$(sql "select count(*) from step_scores")" 210
is "the failed steps are those that were made wrong" \
    "$(sql "select sum(state = 'fail') from step_scores")" \
    "$(sed 's/.*"wrong":\[\([^]]*\)\].*/\1/' "$tmp/truth.jsonl" | tr ',' '\n' |
       grep -c '[0-9]')"
is "all other steps pass" \
    "$(sql "select count(*) from step_scores where state not in ('pass','fail')")" 0

# the leaderboard's numbers by hand from step_scores
by_hand="select printf('%.12f', avg(r)) from (select avg(state = 'pass') as r
 from step_scores group by sample_id)"
is "step_rate equals the query by hand" \
    "$(sql "select printf('%.12f', value) from leaderboard
       where metric = 'step_rate' and slice = ''")" "$(sql "$by_hand")"
by_hand="select printf('%.12f', avg(r)) from (select min(state = 'pass') as r
 from step_scores group by sample_id)"
is "full_rate equals the query by hand" \
    "$(sql "select printf('%.12f', value) from leaderboard
       where metric = 'full_rate' and slice = ''")" "$(sql "$by_hand")"
by_hand="select printf('%.12f', avg(r)) from (select
 coalesce(min(case when state = 'fail' then step end), count(*)) * 1.0 /
 count(*) as r from step_scores group by sample_id)"
is "prefix_rate equals the query by hand" \
    "$(sql "select printf('%.12f', value) from leaderboard
       where metric = 'prefix_rate' and slice = ''")" "$(sql "$by_hand")"
is "each length is a slice of its own" \
    "$(sql "select group_concat(slice || ' ' || n, ', ') from leaderboard
       where metric = 'step_rate' and slice like 'length=%'")" \
    "length=1 10, length=2 10, length=3 10, length=4 10, length=5 10, length=6 10"

run "$seqeval" run --suite "chain:$params" --model "replay:$tmp/hasty.jsonl" \
    --db "$db"
is "a finished run is run anew" "$(sql "select count(*) from runs")" 2
is "but nothing is asked twice" \
    "$(sql "select group_concat(requests || ' ' || cached, ', ') from usage
       where role = 'model'")" "60 0, 0 60"
is "and scores the same" "$(sql "select count(distinct value) from leaderboard
    where metric = 'step_rate' and slice = ''")" 1

run "$seqeval" run --suite "chain:$params" --db "$db" \
    --model "replay:$tmp/perfect.jsonl"
is "a better model" "$status" 0
run "$seqeval" leaderboard --db "$db" --metric full_rate
golden "ranks above the other" leaderboard.txt
run "$seqeval" leaderboard --db "$db" --format markdown --metric step_rate
like "markdown is a table" "$out" '^\| 1 \| perfect \| 1\.0000 \|'
run "$seqeval" leaderboard --db "$db" --format json --metric step_rate \
    --slice length=3
like "json holds the view's columns" "$out" \
    '"model":"perfect".*"slice":"length=3","metric":"step_rate","value":1'
run "$seqeval" leaderboard --db "$db" --format csv
is "csv has a header and a line for each value" "$(wc -l <"$out" | tr -d ' ')" \
    "$(($(sql "select count(*) from leaderboard where run_id in
       (select max(run_id) from runs group by model)") + 1))"

run "$seqeval" show latest:hasty --db "$db"
like "show names the run's model" "$out" '^model +hasty'
like "show counts the states" "$out" 'step +pass +1[0-9][0-9]$'
is "in 80 columns" "$(awk 'length($0) > 80' "$out" | wc -l | tr -d ' ')" 0
sample=$(sql "select sample_id from step_scores where state = 'fail' limit 1")
run "$seqeval" show latest:hasty "$sample" --db "$db"
is "show a sample" "$status" 0
like "with its steps marked" "$out" '\[1: '
like "and why one failed" "$out" 'constraint step_result broken'
is "no line is wider than a terminal" \
    "$(awk 'length($0) > 80' "$out" | wc -l | tr -d ' ')" 0

run "$seqeval" run --suite "chain:n=70" --model "replay:$tmp/perfect.jsonl" \
    --db "$tmp/part.db"
is "samples without a recording end with 4" "$status" 4
like "and are counted" "$err" 'found no recording'
is "they are errors, not failures" "$(sqlite3 "$tmp/part.db" \
    "select count(*) from step_scores where state = 'fail'")" 0
is "the run stays incomplete" \
    "$(sqlite3 "$tmp/part.db" "select status from runs")" incomplete

run "$seqeval" run --suite "chain:$params" --model "replay:$tmp/hasty.jsonl" \
    --db "$tmp/lim.db" --limit 3-5 -q
is "--limit A-B takes these samples" "$(sqlite3 "$tmp/lim.db" \
    "select count(distinct sample_id) from step_scores")" 3
run "$seqeval" run --suite "chain:$params" --model "replay:$tmp/hasty.jsonl" \
    --db "$tmp/never.db" --dry-run
is "--dry-run says what would be asked" "$(cat "$out")" \
    "60 samples, 60 responses, 210 steps, at most 60 requests"
ok "and stores nothing" test ! -e "$tmp/never.db"
SEQEVAL_LIMIT=2 run "$seqeval" run --suite "chain:$params" -q \
    --model "replay:$tmp/hasty.jsonl" --db "$tmp/env.db"
is "an option's environment twin" "$(sqlite3 "$tmp/env.db" \
    "select count(distinct sample_id) from step_scores")" 2
finish
