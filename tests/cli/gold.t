#!/bin/sh
# seqeval judge audit: agreement with labels of people, and rates corrected by
# it. The verdicts are planted: 12 of 20 responses follow, the judge misses one
# of these and takes two of the others for good.
. "$(dirname "$0")/lib.sh"
db=$tmp/gold.db
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
    echo "{\"id\": \"s$i\", \"q\": \"Say it $i times.\"}"
done >"$tmp/data/tiny.jsonl"
sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOT
{"name": "tiny", "version": 1, "title": "Twenty queries",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q", "id": "id"}, "judges": ["paper"],
 "sampling": {"temperature": 0, "max_tokens": 77}}
EOT
awk -v r="$tmp/rec.jsonl" -v g="$tmp/gold.jsonl" 'BEGIN {
    print "{\"about\": \"planted\"}" >g
    for (i = 1; i <= 20; i++) {
        yes = i <= 12
        said = i <= 11 || i == 13 || i == 14
        printf "{\"id\": \"s%02d\", \"output\": \"it %d\", " \
            "\"llm_as_a_judge\": \"[[%s]]\"}\n", i, i, \
            said ? "Yes, 5" : "No, 1" >r
        printf "{\"id\": \"s%02d\", \"response\": \"it %d\", " \
            "\"all_followed\": [%s, %s], \"quality\": %d}\n", i, i, \
            yes ? "true" : "false", yes ? "true" : "null", yes ? 5 : 1 >g
    } }'

run "$seqeval" run --suite tiny --data "$tmp/data" --db "$db" \
    --model "replay:$tmp/rec.jsonl" --judge "replay:$tmp/rec.jsonl"
is "the run" "$status" 0
audit() { run "$seqeval" judge audit --db "$db" "$@"; }
audit --gold "$tmp/gold.jsonl" --format csv
is "exit status" "$status" 0
tr -d '\r' <"$out" | awk -F, '$2 == "rec" || $1 != "" {
    printf "%s %s %.6f %s\n", $4, $5, $6, $9 }' | grep -v alpha >"$tmp/figures"
is "every figure as planted" "$(cat "$tmp/figures")" \
    "question measure 0.000000 n
following kappa 0.680851 20
following sensitivity 0.916667 12
following specificity 0.750000 8
quality weighted_kappa 0.680851 20
following following_rate 0.650000 20
following following_rate_corrected 0.600000 20"
audit --gold "$tmp/gold.jsonl" --format json
is "json is read by programs" "$(sqlite3 :memory: "select
    value ->> 'lo' < 0.4 and value ->> 'hi' > 0.7, value ->> 'n'
    from json_each(readfile('$out'))
    where value ->> 'measure' = 'following_rate_corrected' limit 1")" "1|20"
audit --gold "$tmp/gold.jsonl"
like "for people" "$out" '^20 responses of .*, 20 in it'
cp "$out" "$tmp/first"
audit --gold "$tmp/gold.jsonl"
ok "the same twice" cmp -s "$out" "$tmp/first"

sed -n 2,13p "$tmp/gold.jsonl" >"$tmp/yes.jsonl"
audit --gold "$tmp/yes.jsonl" --format csv
is "one class only" "$status" 0
like "says what cannot be told" "$out" 'specificity,,,,0,no no in the gold'
like "and does not correct" "$out" \
    'rate_corrected,,,,20,tiny: no no in the gold: specificity is not known'
unlike "no NaN" "$out" 'nan'

# bad NAME WANTED-IN-STDERR TEXT: a gold file that is refused
bad() {
    printf '%s\n' "$3" >"$tmp/bad.jsonl"
    audit --gold "$tmp/bad.jsonl"
    is "$1: exit status" "$status" 2
    like "$1" "$err" "$2"
}
bad "other samples" 'has none of its 1 samples' \
    '{"id": 7, "response": "it", "quality": 3}'
bad "another response" 'their responses there are others' \
    '{"id": "s01", "response": "that", "quality": 3}'
bad "nothing decides it" 'neither a rule nor a judge decides' \
    '{"id": "s01", "response": "it 1", "labels": [{"step": 0, "label": "done"}]}'
bad "a label nobody knows" 'bad.jsonl:1: label: want' \
    '{"id": "s01", "response": "it", "labels": [{"step": 0, "label": "ok"}]}'
bad "a grade beyond 5" 'bad.jsonl:1: quality: want a number from 1 to 5' \
    '{"id": "s01", "response": "it", "quality": [3, 6]}'
bad "no response" 'response_sha256: want 16 to 64 hex digits' \
    '{"id": "s01", "quality": 3}'
bad "no label" 'no label; give' '{"id": "s01", "response": "it"}'
bad "the same response twice" 'the same response twice' \
    '{"id": "s01", "response": "it", "quality": 3}
{"id": "s01", "response": "it", "quality": 3}'
bad "nothing" 'no labelled response' '{"about": "nothing"}'
run "$seqeval" judge audit --db "$db"
like "no file named" "$err" '--gold: missing'
run "$seqeval" judge
like "no verb" "$err" 'seqeval judge audit --gold FILE'

shared=${SEQEVAL_SHARED:-}
rec=$shared/datasets/recordings/seqeval
if [ -f "$shared/annotations/gold_steps.jsonl" ]; then
    unset SEQEVAL_HOME
    db=$tmp/real.db
    for f in self-seq-Meta-Llama-3-8B-wizardlm \
        self-seq-Meta-Llama-3-8B-alpaca_sit_separated-epoch-2 gpt-3.5; do
        run "$seqeval" run --suite seqeval --data "$shared/datasets" -q \
            --judge none --db "$db" --model "replay:$rec/$f/*.gz"
    done
    # shellcheck disable=SC2046
    audit --gold "$shared/annotations/gold_steps.jsonl" $(
        sqlite3 "$db" "select '--run ' || run_id from runs")
    like "the 40 labelled responses are found" "$out" '^40 responses .* 40 in it'
    like "our rules: sensitivity" "$out" 'rules +step +sensitivity +1\.000'
else
    skip "the 40 labelled responses are found" "SEQEVAL_SHARED is not set"
fi
finish
