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
 "data": [{"file": "$3", "sha256": "$2", "licence": "ours",
           "bytes": $(cat "$tmp/data/$3" "$tmp/ok.jsonl" 2>/dev/null | wc -c),
           "url": "http://127.0.0.1:1/$3"}],
 "sample": {"input": "q"}}
EOF
}
sha() { sha256sum "$1" | cut -c1-64; }
home_run() {
    SEQEVAL_HOME=$home "$seqeval" run --data "$tmp/data" --db "$db" \
        --model "replay:$tmp/ok.jsonl" "$@"
}

fails "unknown suite" 2 "no suite 'seqevl'; there is: alpaca_eval, chain" \
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
fails "an unreadable file" 2 "is a folder" \
    "$seqeval" run --suite chain --model "replay:$tmp" --db "$db"
printf '{"id": 1, "output": "x"}\n{"id": 2, "output": }\n' >"$tmp/bad.jsonl"
fails "broken JSON names line and column" 2 "bad.jsonl:2:21" \
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
    home_run --suite field --dry-run

# databases
good=$tmp/good.db
"$seqeval" run --suite chain:n=1,steps=1 --model "replay:$tmp/ok.jsonl" \
    --db "$good" -q >/dev/null || exit 1
chain_run() {
    "$seqeval" run --suite chain:n=300 --model "replay:$tmp/ok.jsonl" --db "$@"
}
printf 'this is no database, it only looks like a long enough file\n' \
    >"$tmp/text.db"
fails "a file that is no database" 2 "text.db" \
    "$seqeval" leaderboard --db "$tmp/text.db"
sqlite3 "$tmp/other.db" "create table t(x); insert into t values (1)"
fails "another program's database" 2 "other.db" chain_run "$tmp/other.db" -q
is "is left alone" "$(sqlite3 "$tmp/other.db" ".tables")" t
cp "$good" "$tmp/newer.db"
sqlite3 "$tmp/newer.db" "pragma user_version = 999"
fails "a database from a newer version" 2 "newer" \
    "$seqeval" leaderboard --db "$tmp/newer.db"
fails "no database to read" 2 "gone.db" \
    "$seqeval" leaderboard --db "$tmp/gone.db"
ok "is not made by reading" test ! -e "$tmp/gone.db"
fails "an unknown run" 2 "nope" "$seqeval" show nope --db "$good"
fails "an unknown sample" 2 "'nope'" "$seqeval" show latest nope --db "$good"

mkdir -p "$tmp/ro"
cp "$good" "$tmp/ro/ro.db"
before=$(sha256sum <"$tmp/ro/ro.db")
if [ "$(id -u)" = 0 ]; then # root may write anything but a read-only mount
    if mount -t tmpfs -o size=8m none "$tmp/ro" 2>/dev/null; then
        cp "$good" "$tmp/ro/ro.db" && mount -o remount,ro "$tmp/ro"
        mounted=$tmp/ro
        trap 'stop_stub; umount "$mounted"; rm -rf "$tmp"' EXIT
    fi
else
    chmod 444 "$tmp/ro/ro.db"
    chmod 555 "$tmp/ro"
    mounted=$tmp/ro
    trap 'stop_stub; chmod 755 "$mounted"; rm -rf "$tmp"' EXIT
fi
if [ -n "${mounted:-}" ]; then
    fails "a read-only database" 2 "ro.db.*(read-only|written|permission)" \
        chain_run "$tmp/ro/ro.db" -q
    is "is left as it was" "$(sha256sum <"$tmp/ro/ro.db")" "$before"
    run "$seqeval" leaderboard --db "$tmp/ro/ro.db"
    is "and can be read" "$status" 0
else
    skip "a read-only database" "may not mount a read-only file system"
fi

# A full disk: writes past the limit fail as they do there.
small() { (ulimit -f 300 && chain_run "$tmp/full.db" -q); }
run small
is "a full disk ends with 4" "$status" 4
like "says so" "$err" "full|too large|disk"
is "in one line" "$(wc -l <"$err" | tr -d ' ')" 1
is "the database stays whole" \
    "$(sqlite3 "$tmp/full.db" "pragma integrity_check")" ok
run chain_run "$tmp/full.db" -q
is "and the next run goes on in it" \
    "$(sqlite3 "$tmp/full.db" "select count(*), max(status) from runs")" \
    "1|incomplete"
is "to its end" "$(sqlite3 "$tmp/full.db" \
    "select count(distinct sample_id) from step_scores")" 300
finish
