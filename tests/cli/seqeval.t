#!/bin/sh
# SeqEval's 805 queries over recorded models, and the authors' recorded judge,
# whose own figures must come out. Needs the recordings: SEQEVAL_SHARED.
. "$(dirname "$0")/lib.sh"
data=${SEQEVAL_SHARED:-}/datasets
rec=$data/recordings/seqeval
[ -f "$data/seqeval/seqEval.json" ] && [ -d "$rec" ] ||
    skip_all "SEQEVAL_SHARED does not hold datasets/"
db=$tmp/seqeval.db
sql() { sqlite3 -readonly "$db" "$1"; }

run "$seqeval" run --suite seqeval --data "$data" --judge none --db "$db" \
    --model "replay:$rec/self-seq-Meta-Llama-3-8B-wizardlm/*.json.gz"
is "a recorded model is scored" "$status" 0
is "all 805 samples" "$(sql "select count(*) from samples")" 805
is "all 3894 steps have a state" \
    "$(sql "select count(*) from step_scores")" 3894
is "unanswerable steps stay out" "$(sql "select count(*) from step_scores
    where state = 'unanswerable'")" 553
is "without a judge only rules decide" "$(sql "select count(*) from step_scores
    where state in ('pass', 'fail') and rule_pass is null")" 0

run "$seqeval" run --suite seqeval --data "$data" --db "$db" \
    --model "replay:$rec/self-seq-Meta-Llama-3-8B-alpaca_sit_dialogues/*.gz"
run "$seqeval" leaderboard --db "$db" --metric step_rate
like "a second one ranks against it" "$out" '^2  self-seq'
is "step_rate equals the query by hand" \
    "$(sql "select printf('%.10f', value) from leaderboard
       where metric = 'step_rate' and slice = '' order by run_id")" \
    "$(sql "select printf('%.10f', avg(r)) from (
       select run_id, avg(state = 'pass') as r from step_scores
       where state in ('pass', 'fail') group by run_id, sample_id)
       group by run_id order by run_id")"
is "step_correct_rate, too" \
    "$(sql "select printf('%.10f', value) from leaderboard
       where metric = 'step_correct_rate' and slice = 'iteration=4'
       order by run_id limit 1")" \
    "$(sql "select printf('%.10f', avg(r)) from (
       select s.run_id, avg(correct) as r from step_scores s
       join sample p on p.sample_id = s.sample_id
       join sample_facet f on f.sample = p.id and f.value = '4'
       where correct is not null group by s.run_id, s.sample_id)
       group by run_id order by run_id limit 1")"

gpt=$rec/gpt-3.5/gpt-3.5-turbo_reward.json.gz
db=$tmp/judge.db
run "$seqeval" run --data "$data" --db "$db" --model "replay:$gpt" \
    --judge "replay:$gpt" --judge-template paper
is "the authors' judge is replayed" "$status" 0
is "803 replies parse, 708 say yes" \
    "$(sql "select n, sum(1) from leaderboard where metric = 'following_rate'
       and slice = '' group by n; select sum(following = 'pass') from verdicts")" \
    "803|1
708"
is "2 are unparsable, and counted so" "$(sql "select count(*) from verdicts
    where following = 'unparsable' and quality_state = 'unparsable'")" 2
is "mean quality" "$(sql "select printf('%.6f', value) from leaderboard
    where metric = 'quality' and slice = ''")" 4.666874
is "by iteration" \
    "$(sql "select slice, n, printf('%.6f', value) from leaderboard
       where metric = 'following_rate' and slice <> '' order by slice")" \
    "iteration=1|81|0.901235
iteration=2|161|0.857143
iteration=3|242|0.900826
iteration=4|319|0.874608"

start_stub --reply "I am a stub." || exit 1
db=$tmp/empty.db
OPENAI_API_KEY=sk-test run "$seqeval" run --data "$data" --db "$db" \
    --model stub --base-url "http://127.0.0.1:$port/v1" --limit 545-550
is "the empty query 547 is no failure" "$status" 0
is "it is never sent" "$(sql "select state, error from samples
    where sample_id = '547'")" "not_run|the query is empty: never sent"
run "$seqeval" show latest 547 --db "$db"
like "and shows as such" "$out" '\(empty\)'
finish
