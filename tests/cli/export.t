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

for form in alpaca_eval lm_eval; do
    case $form in lm_eval) file=$tmp/$form.jsonl ;; *) file=$tmp/$form.json ;; esac
    run "$seqeval" export latest:model --as $form --db "$db" --out "$file"
    is "$form is written" "$status" 0
    run "$seqeval" run --suite $suite --model "replay:$file" --epochs 2 \
        --db "$db" -q
    is "and read again" "$status" 0
    scores "$db" $form >"$tmp/got.txt"
    ok "with the same scores" cmp "$tmp/want.txt" "$tmp/got.txt"
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
run "$seqeval" run --suite $suite --model "replay:$tmp/log.json" --db "$db" -q
is "a log of inspect_ai is read: what it lacks is missing" "$status" 4
is "a sample by its id, its text without the reasoning" "$(sqlite3 "$db" \
    "select response_text from samples join runs using (run_id)
    where model = 'log' and sample_id like '%L1-000000'")" "1. 4"
is "another by what the user said" "$(sqlite3 "$db" "select response_text
    from samples join runs using (run_id) where model = 'log'
    and sample_id like '%L2-000000'")" "no idea"
is "and no other" "$(sqlite3 "$db" "select count(*) from samples join runs
    using (run_id) where model = 'log' and state = 'pass'")" 2

# ---- mistakes
run "$seqeval" export latest --as xml --db "$db"
is "an unknown form" "$status $(grep -c 'none of alpaca_eval, lm_eval, csv' \
    "$err")" "2 1"
run "$seqeval" export --as csv --db "$db"
is "no run" "$status" 2
run "$seqeval" export latest --baseline latest --as csv --db "$db"
is "two things at once" "$status" 2
finish
