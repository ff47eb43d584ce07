#!/bin/sh
# IFEval over recorded responses: verdict by verdict against those recorded with
# them. Needs the recordings: SEQEVAL_SHARED.
. "$(dirname "$0")/lib.sh"
data=${SEQEVAL_SHARED:-}/datasets
rec=$data/recordings/ifeval
[ -f "$data/ifeval/input_data.jsonl" ] && [ -d "$rec" ] ||
    skip_all "SEQEVAL_SHARED does not hold datasets/"
db=$tmp/ifeval.db
sql() { sqlite3 -readonly "$db" "$1"; }

# recorded MODEL GRADER: the recorded verdicts and ours, side by side in the
# table pair of a database of their own
recorded() {
    gzip -dc "$rec/$1/eval_results_$2.jsonl.gz" |
        sed "s/'/''/g; s/.*/INSERT INTO line VALUES('&');/" |
        { echo 'CREATE TABLE line(j);BEGIN;'; cat; echo 'COMMIT;'; } |
        sqlite3 "$tmp/$1-$2.db"
    sqlite3 "$tmp/$1-$2.db" "ATTACH '$db' AS r;
        CREATE TABLE sample AS SELECT query, sample_id FROM r.samples;
        CREATE TABLE score AS SELECT sample_id, step, state, explanation
            FROM r.step_scores WHERE grader = '$2' AND state IN ('pass', 'fail');
        CREATE INDEX by_query ON sample(query);
        CREATE INDEX by_step ON score(sample_id, step);
        CREATE TABLE pair AS SELECT s.sample_id, e.key AS step,
            json_extract(l.j, '\$.instruction_id_list[' || e.key || ']') AS id,
            e.value AS theirs, p.state = 'pass' AS ours, p.explanation AS why
        FROM line l
        JOIN json_each(l.j, '\$.follow_instruction_list') e
        JOIN sample s ON s.query = json_extract(l.j, '\$.prompt')
        JOIN score p ON p.sample_id = s.sample_id AND p.step = e.key;"
}

for path in "$rec"/*; do
    model=${path##*/}
    db=$tmp/$model.db
    run "$seqeval" run --suite ifeval --data "$data" --judge none --db "$db" \
        --model "replay:$path/eval_results_strict.jsonl.gz"
    # Key 2785 has an older wording in the recordings: no answer to it.
    is "$model is scored" "$status" 4
    ok "$model: what told languages is in the provenance" \
        sql "select 1 / (json_extract(provenance_json, '\$.languages_told_by')
            in ('langdetect', 'libexttextcat')) from run"
    is "its samples have a state" "$(sql "select count(*), sum(state = 'error')
        from samples")" "541|1"
    for grader in strict loose; do
        recorded "$model" $grader
        n=$(sqlite3 "$tmp/$model-$grader.db" "select count(*) from pair")
        bad=$(sqlite3 "$tmp/$model-$grader.db" \
            "select count(*) from pair where ours <> theirs")
        echo "# $model, $grader: $((n - bad)) of $n verdicts agree"
        sqlite3 "$tmp/$model-$grader.db" "select '#   ' || sample_id || ' ' ||
            id || ', recorded ' || theirs || ': ' || why from pair
            where ours <> theirs"
        sqlite3 "$tmp/$model-$grader.db" "
            select printf('#   prompt level %.4f, recorded %.4f', avg(o),
            avg(t)) from (select min(ours) as o, min(theirs) as t from pair
            group by sample_id);
            select printf('#   instruction level %.4f, recorded %.4f',
            avg(ours), avg(theirs)) from pair"
        is "$model: all $grader verdicts are compared" "$n" 832
        # Random letters and a random detector: no other causes than these.
        is "$model: $grader verdicts that differ have a known cause" \
            "$(sqlite3 "$tmp/$model-$grader.db" "select count(*) from pair
                where ours <> theirs and not (sample_id in ('1122', '1129')
                and id like '%letter_frequency' or id like '%change_case:english%'
                or id like '%response_language'
                or id like '%number_sentences')")" 0
        if sqlite3 -readonly "$db" "select 1 from step_scores
            where explanation like '%libexttextcat%'" | grep -q 1; then
            skip "$model: $grader agreement" "langdetect's profiles are not here"
        else
            ok "$model: at least 99.5% of $grader verdicts agree" \
                [ $((bad * 1000)) -le $((n * 5)) ]
        fi
        is "$model: prompt level, $grader, is the share of prompts" \
            "$(sql "select printf('%.9f', value), n from leaderboard
                where metric = 'prompt_level_${grader}_acc'")" \
            "$(sqlite3 "$tmp/$model-$grader.db" "select printf('%.9f', avg(v)),
                count(*) from (select min(ours) as v from pair
                group by sample_id)")"
        is "$model: instruction level, $grader, is the share of all" \
            "$(sql "select printf('%.9f', value), n from leaderboard
                where metric = 'inst_level_${grader}_acc'")" \
            "$(sqlite3 "$tmp/$model-$grader.db" \
                "select printf('%.9f', avg(ours)), count(*) from pair")"
    done
done

is "the error is clustered by prompt" \
    "$(sql "select printf('%.9f', stderr * stderr) from leaderboard
        where metric = 'inst_level_strict_acc'")" \
    "$(sql "select printf('%.9f', sum(d * d) / sum(n) / sum(n)) from (
        select count(*) as n, sum((state = 'pass') - (select value
            from leaderboard where metric = 'inst_level_strict_acc')) as d
        from step_scores where grader = 'strict' and state in ('pass', 'fail')
        group by sample_id)")"
is "no other metric stands beside" "$(sql "select count(distinct metric)
    from leaderboard")" 4

# The same again, and the repaired rules beside it.
scores() {
    sqlite3 -readonly "$1" "select sample_id, step, grader, state, explanation
        from step_scores order by 1, 2, 3"
}
run "$seqeval" run --suite ifeval --data "$data" --judge none \
    --db "$tmp/again.db" --model "replay:$path/eval_results_strict.jsonl.gz"
scores "$db" >"$tmp/first"
scores "$tmp/again.db" >"$tmp/second"
ok "scoring again gives the same bytes" cmp "$tmp/first" "$tmp/second"
run "$seqeval" run --suite ifeval:rules=fixed --data "$data" --judge none \
    --db "$tmp/again.db" --model "replay:$path/eval_results_strict.jsonl.gz"
is "fixed is a suite of its own" "$(sqlite3 "$tmp/again.db" "select
    count(distinct suite) from leaderboard where suite like 'ifeval:rules=fixed'")" 1
run "$seqeval" run --suite ifeval:rules=odd --data "$data" --judge none \
    --db "$tmp/again.db" --model "replay:$path/eval_results_strict.jsonl.gz"
is "another name is refused" "$status" 2
like "and says so" "$err" 'rules=reference or rules=fixed'
again() {
    run "$seqeval" "$@" --data "$data" --judge none --db "$tmp/again.db"
}
replay="replay:$path/eval_results_strict.jsonl.gz"
scores_of() {
    sqlite3 "$tmp/again.db" "select metric, value, n from leaderboard where
        suite = '$1' and run_id = (select run_id from runs order by created_at
        desc, run_id desc limit 1) order by 1"
}
fixed=$(scores_of ifeval:rules=fixed)
ok "fixed has its figures" [ -n "$fixed" ]
again run --suite ifeval --ifeval fixed --model "$replay" --no-cache
is "--ifeval fixed is the same suite" "$(sqlite3 "$tmp/again.db" \
    "select count(*) from runs; select group_concat(suite) from (select distinct
    suite from leaderboard order by 1)")" "3
ifeval,ifeval:rules=fixed"
again run --suite ifeval:rules=fixed --ifeval reference --model "$replay"
is "both, and not the same: refused" "$status" 2
like "in one line" "$err" '^seqeval: .*rules=fixed.*--ifeval reference'
again run --suite ifeval --ifeval mended --model "$replay"
is "a third word is refused" "$status" 2
like "with what is wanted" "$err" '--ifeval.*reference or fixed'
SEQEVAL_IFEVAL=fixed
export SEQEVAL_IFEVAL
rm -f "$tmp/again.db"*
again run --suite ifeval --model "$replay"
unset SEQEVAL_IFEVAL
is "SEQEVAL_IFEVAL says it, too" "$(scores_of ifeval:rules=fixed)" "$fixed"
rm -f "$tmp/again.db"*
again run --suite ifeval --model "$replay"
again score latest --ifeval fixed
is "score by the other rules" "$(scores_of ifeval:rules=fixed)" "$fixed"
again score latest --ifeval reference
is "and back" "$(sqlite3 "$tmp/again.db" "select count(*), count(distinct
    value) from leaderboard where suite = 'ifeval' and metric =
    'prompt_level_strict_acc' and slice = ''")" "2|1"
run "$seqeval" show latest 1000 --db "$db"
like "a step is shown with its instruction" "$out" 'punctuation:no_comma'
like "in both ways of grading" "$out" '\(loose\)'
finish
