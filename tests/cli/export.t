#!/bin/sh
# Runs in the forms of other tools, and such files as runs: what is exported and
# read again scores the same.
. "$(dirname "$0")/lib.sh"
db=$tmp/e.db
suite=chain:steps=1-4,n=40
for epoch in 1 2; do
    "$BUILD/scripted_model" --suite-params steps=1-4,n=40 --error-rate 0.2 \
        --seed $epoch --carry
done >"$tmp/model.jsonl"
"$seqeval" run --suite $suite --model "replay:$tmp/model.jsonl" --epochs 2 \
    --db "$db" -q >/dev/null || exit 1
scores() { # DB RUN: every sample's scores
    id=$(sqlite3 "$1" "select run_id from runs where model like '$2'")
    sqlite3 "$1" "select sample_id, epoch, metric, value from sample_scores
        where run_id = '$id' order by 1, 2, 3"
}
scores "$db" model >"$tmp/want.txt"

for form in alpaca_eval lm_eval csv; do
    case $form in
    lm_eval) file=$tmp/$form.jsonl ;;
    csv) file=$tmp/$form.csv ;;
    *) file=$tmp/$form.json ;;
    esac
    run "$seqeval" export latest:model --as $form --db "$db" --out "$file"
    is "$form is written" "$status" 0
    run "$seqeval" import "$file" --suite $suite --epochs 2 \
        --db "$tmp/$form.db" -q
    is "and read again" "$status" 0
    scores "$tmp/$form.db" model >"$tmp/got.txt"
    ok "with the same scores, under the model's name" \
        cmp "$tmp/want.txt" "$tmp/got.txt"
done
is "AlpacaEval finds its fields" "$(sqlite3 :memory: "select
    count(*) from json_each(readfile('$tmp/alpaca_eval.json'))
    where json_type(value, '\$.instruction') = 'text'
    and json_type(value, '\$.output') = 'text'
    and json_extract(value, '\$.generator') = 'model'")" 80
head -n 1 "$tmp/lm_eval.jsonl" >"$tmp/one.json"
is "a line for each sample, its epochs as resps" "$(wc -l <"$tmp/lm_eval.jsonl") \
$(sqlite3 :memory: "select json_array_length(readfile('$tmp/one.json'),
    '\$.resps[0]')")" "40 2"
is "with the sample's scores" "$(sqlite3 :memory: "select
    json_extract(readfile('$tmp/one.json'), '\$.full_rate')")" \
    "$(sqlite3 "$db" "select avg(value) from sample_scores join runs using
        (run_id) where model = 'model' and metric = 'full_rate' and sample_id =
        json_extract(readfile('$tmp/one.json'), '\$.doc.id')")"
run "$seqeval" export latest:model --as csv --db "$db" --out "$tmp/e.csv"
is "csv has a row for each sample and epoch" "$(sqlite3 :memory: -cmd \
    ".import --csv $tmp/e.csv t" "select count(*), count(distinct sample_id),
    round(avg(full_rate), 9) from t")" "80|40|$(sqlite3 "$db" "select
    round(value, 9) from leaderboard where model = 'model' and slice = '' and
    metric = 'full_rate'")"

# ---- inspect_ai's logs: of our own making, in their form
cat >"$tmp/log.json" <<'END'
{"version": 2, "status": "success", "eval": {"task": "chain", "model": "m/x"},
 "samples": [
  {"id": "test-mixed-s1-L1-000000", "epoch": 1, "input": "ignored: the id joins",
   "output": {"choices": [{"message": {"role": "assistant",
     "content": [{"type": "reasoning", "reasoning": "1. 9"},
                 {"type": "text", "text": "1. 4"}]}}]}},
  {"id": 2, "epoch": 1, "input": [{"role": "system", "content": "be short"},
     {"role": "user", "content": "QUERY"}],
   "output": {"choices": [{"message": {"role": "assistant",
     "content": "no idea"}}]}},
  {"id": 3, "input": "x", "output": {"choices": []}, "error": "a fault"}]}
END
query=$(sqlite3 "$db" "select query from samples where
    sample_id like '%L2-000000' limit 1")
python3 - "$tmp/log.json" "$query" <<'PY' 2>/dev/null || skip_all "no python3"
import json, sys
log = json.load(open(sys.argv[1]))
log["samples"][1]["input"][1]["content"] = sys.argv[2]
json.dump(log, open(sys.argv[1], "w"))
PY
run "$seqeval" import "$tmp/log.json" --suite $suite --db "$db" -q
is "a log of inspect_ai is read: what it lacks is missing" "$status" 4
is "under its model's name" "$(sqlite3 "$db" "select model from runs
    order by created_at desc limit 1")" m/x
is "a sample by its id, its text without the reasoning" "$(sqlite3 "$db" \
    "select response_text from samples join runs using (run_id)
    where model = 'm/x' and sample_id like '%L1-000000'")" "1. 4"
is "another by what the user said" "$(sqlite3 "$db" "select response_text
    from samples join runs using (run_id) where model = 'm/x'
    and sample_id like '%L2-000000'")" "no idea"
is "and no other" "$(sqlite3 "$db" "select count(*) from samples join runs
    using (run_id) where model = 'm/x' and state = 'pass'")" 2

# ---- whose they are
one=chain:steps=1-2,n=4
names() { sqlite3 "$1" "select group_concat(model, ' ') from (select model
    from runs order by created_at, run_id)"; }
"$BUILD/scripted_model" --suite-params steps=1-2,n=4 --seed 1 >"$tmp/plain.jsonl"
say() { sed "s/}\$/,$1}/" "$tmp/plain.jsonl" >"$tmp/$2"; }
say '"generator":"gen-a"' a.json
say '"model":"gen-b"' b.jsonl
mkdir "$tmp/lm"
cp "$tmp/plain.jsonl" "$tmp/lm/samples_my_task_2024-11-05T12-34-56.123.jsonl"
echo '{"results": {}, "model_name": "org/lm"}' \
    >"$tmp/lm/results_2024-11-05T12-34-56.123.json"
run "$seqeval" import "$tmp/a.json" "$tmp/b.jsonl" "$tmp"/lm/samples_* \
    "$tmp/plain.jsonl" --suite $one --db "$tmp/names.db"
is "several files are several runs" "$status $(names "$tmp/names.db")" \
    "0 gen-a gen-b org/lm plain"
is "on one leaderboard" "$(grep -c 'full_rate$' "$out") $(grep -c ' gen-b ' \
    "$out")" "1 3"
run "$seqeval" import "$tmp/plain.jsonl" --model-name mine --suite $one \
    --db "$tmp/mine.db"
is "--model-name" "$status $(names "$tmp/mine.db")" "0 mine"
sed '1s/gen-a/gen-c/' "$tmp/a.json" >"$tmp/mixed.json"
run "$seqeval" import "$tmp/mixed.json" --suite $one --db "$tmp/mixed.db"
is "records of several models are called as the file is" \
    "$(names "$tmp/mixed.db")" mixed
cat "$tmp/plain.jsonl" "$tmp/a.json" >"$tmp/twice.jsonl"
run "$seqeval" import "$tmp/twice.jsonl" --suite $one --db "$tmp/twice.db"
like "recordings that do not count are told" "$err" \
    'has 2 recordings or more, of which 1 counted: --epochs 2'
run "$seqeval" import "$tmp/twice.jsonl" --suite $one --epochs 2 \
    --db "$tmp/twice.db"
unlike "and are no news when they do" "$err" 'recordings or more'

# ---- a response that never came is no empty answer
sed 2d "$tmp/plain.jsonl" >"$tmp/torn.jsonl"
run "$seqeval" import "$tmp/torn.jsonl" --suite $one --db "$tmp/torn.db"
is "a sample without a recording is missing" "$status" 4
for form in alpaca_eval lm_eval csv; do
    case $form in csv) file=$tmp/torn.csv ;; *) file=$tmp/torn-$form.jsonl ;; esac
    "$seqeval" export latest --as $form --db "$tmp/torn.db" --out "$file"
    mv "$file" "$file.txt"
    ln -s "$file.txt" "$file"
    run "$seqeval" import "$file" --suite $one --db "$tmp/torn-$form.db"
    is "and again when it comes back as $form" "$status $(sqlite3 \
        "$tmp/torn-$form.db" "select group_concat(n) from (select state || ' '
        || count(*) as n from samples group by state)")" "4 error 1,pass 3"
done

# ---- mistakes
run "$seqeval" export latest --as xml --db "$db"
is "an unknown form" "$status $(grep -c 'none of alpaca_eval, lm_eval, csv' \
    "$err")" "2 1"
run "$seqeval" export --as csv --db "$db"
is "no run" "$status" 2
run "$seqeval" export latest --baseline latest --as csv --db "$db"
is "two things at once" "$status" 2
run "$seqeval" import --suite $one --db "$db"
is "no file" "$status $(grep -c 'which outputs' "$err")" "2 1"
run "$seqeval" import "$tmp/none.json" --suite $one --db "$db"
is "a file that is not there" "$status $(grep -c 'none\.json: No such' "$err")" \
    "2 1"
run "$seqeval" import "$tmp/a.json" "$tmp/b.jsonl" --model-name x --suite $one \
    --db "$db"
is "one name for two files" "$status $(grep -c 'one name for 2 files' "$err")" \
    "2 1"
run "$seqeval" run --model gpt --model-name x --suite $one --db "$db"
is "a name for a model that has one" "$status $(grep -c 'only a recording' \
    "$err")" "2 1"
printf 'PK\003\004 and so on' >"$tmp/log.eval"
run "$seqeval" import "$tmp/log.eval" --suite $one --db "$db"
is "inspect_ai's archive" "$status $(grep -c 'inspect log dump' "$err")" "2 1"
finish
