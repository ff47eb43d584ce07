#!/bin/sh
# `seqeval compare` over scripted models: its numbers against plain SQL, what
# moved, and what it refuses.
. "$(dirname "$0")/lib.sh"
db=$tmp/c.db
params=n=120,steps=1-6
sql() { sqlite3 -readonly "$db" "$1"; }
# asks MODEL ERROR-RATE SEED [OPTION...]
asks() {
    name=$1 rate=$2 seed=$3
    shift 3
    "$BUILD/scripted_model" --suite-params "$params" --error-rate "$rate" \
        --seed "$seed" >"$tmp/$name.jsonl" || exit 1
    "$seqeval" run -q --suite "chain:$params" --model "replay:$tmp/$name.jsonl" \
        --db "$db" "$@" >/dev/null || exit 1
}
asks careful 0.1 3
asks hasty 0.4 4
asks again 0.1 3

run "$seqeval" compare latest:careful latest:hasty --db "$db" --format csv
is "a comparison ends with 0" "$status" 0
tr -d '\r' <"$out" | sed 's/"[^"]*"/chain/' >"$tmp/csv"
column() { awk -F, -v m="$1" -v c="$2" '$4 == m { print $c }' "$tmp/csv"; }
for m in full_rate prefix_rate step_rate; do
    ours="select printf('%.12f', value) from leaderboard join runs using (run_id)
        where metric = '$m' and slice = '' and runs.model ="
    is "$m: A is the leaderboard's value" \
        "$(printf '%.12f' "$(column $m 5)")" "$(sql "$ours 'careful'")"
    is "$m: B likewise" \
        "$(printf '%.12f' "$(column $m 6)")" "$(sql "$ours 'hasty'")"
    is "$m: n counts the pairs" "$(column $m 12),$(column $m 13)" 120,0
done
diff_by_hand=$(sql "select printf('%.12f', avg(b.value - a.value))
    from sample_scores a join sample_scores b using (sample_id, metric)
    join runs ra on ra.run_id = a.run_id join runs rb on rb.run_id = b.run_id
    where metric = 'step_rate' and ra.model = 'careful'
    and rb.model = 'hasty'")
is "the difference is that of the pairs" \
    "$(printf '%.12f' "$(column step_rate 7)")" "$diff_by_hand"
ok "it lies within its interval, which leaves 0 out" \
    awk -v lo="$(column step_rate 8)" -v hi="$(column step_rate 9)" \
    -v d="$diff_by_hand" 'BEGIN { exit !(lo < d && d < hi && hi < 0) }'
ok "Holm's p is not below p" awk -v p="$(column full_rate 10)" \
    -v h="$(column full_rate 11)" 'BEGIN { exit !(p <= h && h < 0.05) }'

run "$seqeval" compare latest:hasty latest:careful --db "$db" --format csv
is "turned round the difference changes its sign" \
    "$(tr -d '\r' <"$out" | sed 's/"[^"]*"/chain/' |
        awk -F, '$4 == "step_rate" { printf "%.12f", -$7 }')" "$diff_by_hand"

run "$seqeval" compare latest:careful latest:again --db "$db"
is "equal answers" "$status" 0
like "differ by nothing" "$out" 'step_rate .* \+0\.000 .* 1\.000 +1\.000 +120$'
unlike "and no sample moved" "$out" 'moved'

run "$seqeval" compare latest:careful latest:hasty --db "$db" --top 1
like "the samples that moved most come with the step that changed" "$out" \
    '^step_rate +test-[^ ]+ +0\.000 +1\.000 +1 [a-z]+: fail > pass'
is "no line is wider than a terminal" \
    "$(awk 'length($0) > 80' "$out" | wc -l | tr -d ' ')" 0
run "$seqeval" compare latest:careful latest:hasty --db "$db" --format json \
    --moved --top 2 --metric step_rate
is "as json, as many as asked for" "$(grep -c '"sample_id"' "$out")" 2
run "$seqeval" compare latest:careful latest:hasty --db "$db" --format markdown
like "markdown is a table" "$out" '^\| step_rate \| 0\.[0-9]+ \| 0\.[0-9]+ \|'

# what may not be compared
asks warm 0.1 3 --temperature 0.7
run "$seqeval" compare latest:careful latest:warm --db "$db"
is "other settings are refused" "$status" 2
like "by name" "$err" 'temperature differs \(unset, 0\.7\)'
run "$seqeval" compare latest:careful latest:warm --db "$db" --allow-different
is "unless allowed" "$status" 0
like "and then it says so" "$err" 'not the same in both: temperature'
asks part 0.1 3 --limit 50
run "$seqeval" compare latest:careful latest:part --db "$db"
is "another limit is refused" "$status" 2
like "by name too" "$err" 'limit_last differs'
run "$seqeval" compare latest:careful latest:part --db "$db" \
    --allow-different --format csv
is "allowed, what both have is compared" \
    "$(tr -d '\r' <"$out" | awk -F, '/step_rate/ { print $(NF-1), $NF }')" \
    "50 70"
params=n=120,seed=9,steps=1-6
asks other 0.1 3
run "$seqeval" compare latest:careful latest:other --db "$db"
is "another suite is refused" "$status" 2
like "by its label" "$err" 'suite chain:n=120 is not in 20'
sqlite3 "$db" "update suite set data_digest = 'changed' where id =
    (select suite from run_suite order by run desc limit 1)"
"$seqeval" run -q --suite "chain:$params" --model "replay:$tmp/other.jsonl" \
    --db "$db" >/dev/null
run "$seqeval" compare "$(sql "select run_id from runs where model = 'other'
    order by created_at limit 1")" "$(sql "select run_id from runs where
    model = 'other' order by created_at desc limit 1")" --db "$db"
is "other data is refused" "$status" 2
like "with the digests" "$err" 'data differs \(changed, '

run "$seqeval" compare latest:careful --db "$db"
is "one run is no comparison" "$status" 2
run "$seqeval" compare latest:careful latest:again --db "$db" --metric nope
is "no such metric" "$status" 2
run "$seqeval" compare latest:careful latest:again --db "$db" --format html
is "no such format" "$status" 2
finish
