#!/bin/sh
# A run in shards, each in a database of its own, merged: the views show what
# one run shows; in any order, any number of times, and when a part comes later.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
printf '{"match": "the-judge", "content": "[[Yes, 4]]"}\n' >"$tmp/replies.jsonl"
start_stub --echo --reply-file "$tmp/replies.jsonl" --log "$tmp/log" || exit 1
# ask DB [OPTION...]: 60 samples, two epochs each, with a judge
ask() {
    db=$1
    shift
    "$seqeval" run --suite chain:steps=1-4,n=60 --model m --epochs 2 \
        --judge the-judge --judge-template paper --db "$db" -q --seed 1 \
        --base-url "http://127.0.0.1:$port/v1" \
        --judge-base-url "http://127.0.0.1:$port/v1" "$@" >/dev/null 2>"$err"
}
# views DB: all that the views show of its run, but for its id and times
views() {
    for view in leaderboard sample_scores step_scores verdicts samples usage; do
        columns=$(sqlite3 "$1" "select group_concat(name) from
            pragma_table_info('$view') where name not in
            ('run_id', 'created_at', 'latency_ms')")
        sqlite3 "$1" "select '$view', $columns from $view order by $columns"
    done
    sqlite3 "$1" "select plan_key, status, model, judge, settings_json,
        (select group_concat(tag) from run_tag) from run"
}
same() { views "$1" | cmp - "$tmp/whole.txt"; }

ask "$tmp/whole.db" --tag nightly
views "$tmp/whole.db" >"$tmp/whole.txt"
for i in 1 2 3; do ask "$tmp/$i.db" --shard $i/3 --tag nightly -j $i; done
is "each job is in one shard" "$(for i in 1 2 3; do sqlite3 "$tmp/$i.db" \
    "select job_id from samples where state = 'pass'"; done | sort | uniq |
    wc -l)" 120
is "and in no other" "$(for i in 1 2 3; do sqlite3 "$tmp/$i.db" \
    "select count(*) from samples"; done | awk '{ n += $1 } END { print n }')" 120
ok "all have a share" test "$(sqlite3 "$tmp/2.db" \
    "select count(*) > 20 from samples")" = 1
run "$seqeval" leaderboard --db "$tmp/1.db" --format json --metric following_rate
is "a shard says that it is one" "$(sqlite3 "$tmp/1.db" \
    "select json_extract(settings_json, '\$.shard.of') from runs")" 3

run "$seqeval" merge "$tmp/m.db" "$tmp/1.db" "$tmp/2.db"
is "two of three make an incomplete run" "$status $(sqlite3 "$tmp/m.db" \
    "select status from runs")" "0 incomplete"
like "which says what there is" "$out" \
    '^run shards-[0-9a-f]{12}: incomplete \(1/3 complete, 2/3 complete\)$'
run "$seqeval" merge "$tmp/m.db" "$tmp/3.db"
like "the third completes it" "$out" 'complete \(1/3 complete, .*3/3 complete\)$'
ok "it shows what one run shows" same "$tmp/m.db"
run "$seqeval" merge "$tmp/m.db" "$tmp/1.db" "$tmp/3.db" "$tmp/2.db"
ok "again changes nothing" same "$tmp/m.db"
run "$seqeval" merge "$tmp/other.db" "$tmp/3.db" "$tmp/1.db" "$tmp/2.db"
ok "another order gives the same" same "$tmp/other.db"
run "$seqeval" merge "$tmp/12.db" "$tmp/1.db" "$tmp/2.db"
run "$seqeval" merge "$tmp/tree.db" "$tmp/3.db" "$tmp/12.db"
ok "so does merging what was merged" same "$tmp/tree.db"
before=$(wc -l <"$tmp/log")
ask "$tmp/m.db" --tag nightly
is "the whole run, asked for after it, asks nobody" "$(wc -l <"$tmp/log")" \
    "$before"

# ---- a shard that was cut off
ask "$tmp/cut.db" --shard 1/3 --tag nightly --max-requests 20
is "a shard ended by its budget" "$(sqlite3 "$tmp/cut.db" \
    "select status from runs")" incomplete
run "$seqeval" merge "$tmp/late.db" "$tmp/2.db" "$tmp/cut.db" "$tmp/3.db"
like "leaves the run incomplete" "$out" '1/3 incomplete'
ask "$tmp/cut.db" --shard 1/3 --tag nightly
run "$seqeval" merge "$tmp/late.db" "$tmp/cut.db"
ok "and completes it once it has gone on" same "$tmp/late.db"

# ---- whole runs
run "$seqeval" merge "$tmp/w.db" "$tmp/whole.db" "$tmp/whole.db"
is "a whole run is copied once, with its id" "$(sqlite3 "$tmp/w.db" \
    "select group_concat(run_id) from runs")" "$(sqlite3 "$tmp/whole.db" \
    "select run_id from runs")"
ok "with all there is" same "$tmp/w.db"
is "and its references hold" "$(sqlite3 "$tmp/w.db" \
    'pragma foreign_key_check; pragma integrity_check')" ok
is "likewise those of shards" "$(sqlite3 "$tmp/late.db" \
    'pragma foreign_key_check; pragma integrity_check')" ok

# ---- mistakes
for wrong in 0/3 4/3 1 1/0 a/b 1/2/3; do
    run "$seqeval" run --suite chain --model m --shard $wrong --db "$tmp/x.db"
    is "--shard $wrong is refused" "$status" 2
done
run "$seqeval" merge "$tmp/tree.db"
is "merging nothing is refused" "$status" 2
run "$seqeval" merge "$tmp/tree.db" "$tmp/tree.db"
is "and a file into itself" "$status" 2
run "$seqeval" merge "$tmp/tree.db" "$tmp/gone.db"
is "a file that is not there" "$status" 2
like "is named" "$err" 'gone\.db'
echo no database >"$tmp/text.db"
run "$seqeval" merge "$tmp/tree.db" "$tmp/text.db"
is "so is one that is no database" "$status" 2
ok "nothing is lost by that" same "$tmp/tree.db"
finish
