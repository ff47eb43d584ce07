#!/bin/sh
# Bad input: one line that says where and what to do, the documented exit
# status, nothing lost.
. "$(dirname "$0")/lib.sh"
db=$tmp/e.db
printf '{"id":"test-mixed-s1-L1-000000","output":"1. x"}\n' >"$tmp/ok.jsonl"

# fails NAME STATUS PATTERN COMMAND...: that status, one line, that line
fails() {
    name=$1 want=$2 pattern=$3
    shift 3
    run "$@"
    is "$name: exit status" "$status" "$want"
    is "$name: one line" "$(wc -l <"$err" | tr -d ' ')" 1
    like "$name: says so" "$err" "$pattern"
}

# a home with suites of our own making
home=$tmp/home
mkdir -p "$tmp/data"
ln -s "$root/judges" "$tmp/judges"
mkdir -p "$home"
ln -s "$root/judges" "$home/judges"
# suite NAME SHA256 FILE: a suite over one data file
suite() {
    mkdir -p "$home/benchmarks/$1"
    cat >"$home/benchmarks/$1/suite.json" <<EOF
{"name": "$1", "version": 1, "title": "a test",
 "data": [{"file": "$3", "sha256": "$2", "licence": "ours", "bytes": 1,
           "url": "http://127.0.0.1:1/$3"}],
 "sample": {"input": "q"}}
EOF
}
sha() { sha256sum "$1" | cut -c1-64; }
home_run() {
    SEQEVAL_HOME=$home "$seqeval" run --data "$tmp/data" --db "$db" \
        --model "replay:$tmp/ok.jsonl" "$@"
}

fails "unknown suite" 2 "seqeval: run: .*seqevl.*seqeval suites" \
    "$seqeval" run --suite seqevl --model "replay:$tmp/ok.jsonl" --db "$db"
fails "unknown suite parameter" 2 "stepz" \
    "$seqeval" run --suite chain:stepz=3 --model "replay:$tmp/ok.jsonl" \
    --db "$db"
fails "no model" 2 "--model SPEC" "$seqeval" run
fails "misspelt flag" 2 "did you mean --model" "$seqeval" run --modle x
fails "a number that is none" 2 "--epochs.*'x'" \
    "$seqeval" run --model x --epochs x
fails "a wrong limit" 2 "--limit: '9-3'" "$seqeval" run --model x --limit 9-3
fails "an unknown format" 2 "--format: 'xml'" \
    "$seqeval" leaderboard --format xml --db "$db"
fails "an unknown judge template" 2 "judge.*nope" \
    "$seqeval" run --suite chain --model "replay:$tmp/ok.jsonl" --db "$db" \
    --judge "replay:$tmp/ok.jsonl" --judge-template nope
fails "templates that judge the same" 2 "paper.*quality|quality.*paper" \
    "$seqeval" run --suite chain --model "replay:$tmp/ok.jsonl" --db "$db" \
    --judge "replay:$tmp/ok.jsonl" --judge-template paper,quality
fails "a recording that is not there" 2 "none.jsonl" \
    "$seqeval" run --suite chain --model "replay:$tmp/none.jsonl" --db "$db"
fails "an unreadable file" 2 "directory" \
    "$seqeval" run --suite chain --model "replay:$tmp" --db "$db"
printf '{"id": 1, "output": "x"}\n{"id": 2, "output": }\n' >"$tmp/bad.jsonl"
fails "broken JSON names line and column" 2 "bad.jsonl:2:22" \
    "$seqeval" run --suite chain --model "replay:$tmp/bad.jsonl" --db "$db"
printf '{"id": 1, "text": "x"}\n' >"$tmp/field.jsonl"
fails "a recording without an output" 2 "field.jsonl:1: .*--replay-field" \
    "$seqeval" run --suite chain --model "replay:$tmp/field.jsonl" --db "$db"
printf '{"modle": "x"}\n' >"$tmp/config.json"
fails "a misspelt key of a config file" 2 "modle.*model" \
    "$seqeval" run --config "$tmp/config.json"

suite missing 0000000000000000000000000000000000000000000000000000000000000000 \
    gone.jsonl
fails "missing data" 2 "seqeval data pull missing" home_run --suite missing
printf '{"q": "hi"}\n' >"$tmp/data/other.jsonl"
suite digest 0000000000000000000000000000000000000000000000000000000000000000 \
    other.jsonl
fails "data with a wrong digest" 2 "other.jsonl.*--allow-modified" \
    home_run --suite digest
run home_run --suite digest --allow-modified
is "is used when told so" "$status" 4
is "and marked" "$(sqlite3 "$db" "select json_extract(settings_json,
    '\$.suites[0].modified') from runs where status = 'incomplete'")" 1
printf '{"q": "hi"}\n{"p": "ho"}\n' >"$tmp/data/field.jsonl"
suite field "$(sha "$tmp/data/field.jsonl")" field.jsonl
fails "a record without its field" 2 "field.jsonl:2: .*q" \
    "$seqeval" run --dry-run --model "replay:$tmp/ok.jsonl"
finish
