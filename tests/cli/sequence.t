#!/bin/sh
# Responses with planted outcomes, order and places of the answers: the metrics
# of sequences are what was planted, over two epochs.
. "$(dirname "$0")/lib.sh"
db=$tmp/sequence.db
value() {
    sqlite3 -readonly "$db" "select printf('%.4f %d', value, n)
        from leaderboard where metric = '$1' and slice = '$2'"
}
sample() {
    sqlite3 -readonly "$db" "select printf('%.4f', avg(value))
        from sample_scores where metric = '$1' and sample_id = '$2'"
}
mkdir -p "$tmp/home/benchmarks/plant" "$tmp/data"
data=$tmp/data/plant.jsonl
steps=$tmp/home/benchmarks/plant/steps.jsonl
query='Say A. Say B. Say C.'
text=$(printf '%s' "$query" | sha256sum | cut -c1-16)
# Step 3 builds on step 2, and may be answered together with it.
plant() { # ID RESPONSE
    printf '{"k": "%s", "q": "%s"}\n' "$1" "$query" >>"$data"
    printf '%s' "{\"id\": \"$1\", \"sha256\": \"$text\", \"steps\": [" \
        '{"span": [0, 6], "kind": "first", "rules": [{"check": "contains",' \
        '"role": "constraint", "any": ["alpha"]}]},' \
        '{"span": [7, 13], "kind": "next", "rules": [{"check": "contains",' \
        '"role": "constraint", "any": ["beta"]}]},' \
        '{"span": [14, 20], "kind": "next", "depends": [1], "rules":' \
        '[{"check": "contains", "role": "constraint",' \
        '"any": ["gamma", "eta x"]}]}]}' >>"$steps"
    echo >>"$steps"
    for epoch in 1 2; do
        printf '{"k": "%s", "output": "%s"}\n' "$1" "$2"
    done >>"$tmp/out.jsonl"
}
plant order 'alpha beta gamma'
plant back 'gamma beta alpha'
plant swap 'alpha gamma beta'
plant skip2 'alpha gamma'
plant none 'nothing of it'
plant merge 'alpha, then beta x'
plant first2 'beta gamma'
plant apart 'Step 1: alpha\nStep 2: beta\nStep 3: gamma'
sum=$(sha256sum "$data" | cut -c1-64)
cat >"$tmp/home/benchmarks/plant/suite.json" <<EOF2
{"name": "plant", "version": 1, "title": "Planted",
 "data": [{"file": "plant.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$data"),
           "url": "http://127.0.0.1:1/plant.jsonl"}],
 "sample": {"input": "q", "id": "k"}, "steps": "steps.jsonl"}
EOF2
SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite plant --data "$tmp/data" \
    --model "replay:$tmp/out.jsonl" --epochs 2 --judge none --db "$db" \
    --replay-key k
is "the run is whole" "$status" 0

is "in order" "$(sample order_tau order)" 1.0000
is "backwards" "$(sample order_tau back)" -1.0000
is "one pair of three is swapped" "$(sample order_tau swap)" 0.3333
is "two of three come too early" "$(sample out_of_order_rate back)" 0.6667
is "one does" "$(sample out_of_order_rate swap)" 0.3333
is "one of three is skipped" "$(sample skipped_rate skip2)" 0.3333
is "all are" "$(sample skipped_rate none)" 1.0000
is "two of three are merged" "$(sample merged_rate merge)" 0.6667
is "none is" "$(sample merged_rate order)" 0.0000
is "order of nothing is none" "$(sample order_tau none)" 0.0000
is "and is not stored" "$(sqlite3 "$db" "select count(*) from sample_scores
    where metric = 'order_tau' and sample_id = 'none'")" 0

is "6 of 8 survive step 1" "$(value survival position=1)" "0.7500 16"
is "5 of these 6 step 2" "$(value survival position=2)" "0.8333 12"
is "all of these 5 step 3" "$(value survival position=3)" "1.0000 10"
is "16 of 19 in all" "$(value survival '')" "0.8421 38"
is "2 fail first at 1" "$(value first_fail position=1)" "0.2500 16"
is "1 at 2" "$(value first_fail position=2)" "0.1250 16"
is "5 never" "$(value first_fail position=none)" "0.6250 16"
is "steps by kind" "$(value step_rate kind=next)" "0.8125 8"
is "1 of 2 behind a failure fails" \
    "$(value fail_rate depends=failed)" "0.5000 4"
is "0 of 6 otherwise" "$(value fail_rate depends=done)" "0.0000 12"
is "the damage" "$(value dependency_damage '')" "0.5000 16"

is "a step's own text is known where it is numbered" "$(sqlite3 "$db" "select
    group_concat(scope || own_start || '-' || own_end) from step_scores
    where sample_id = 'apart' and epoch = 1")" "own8-14,own22-27,own35-40"
is "and nowhere else" "$(sqlite3 "$db" "select count(*) from step_scores
    where sample_id <> 'apart' and scope <> 'whole'")" 0
run "$seqeval" show latest apart --db "$db"
like "show tells" "$out" 'in its own text, bytes 22 to 27'
finish
