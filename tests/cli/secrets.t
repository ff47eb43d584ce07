#!/bin/sh
# The keys are in no file that a run leaves behind, however it ends, nor in
# anything printed at -vv, nor in any report: not even where a server repeats
# them in what it says.
. "$(dirname "$0")/lib.sh"
key=sk-secret-0123456789
judge_key=sk-judge-9876543210
header=gate-header-135791
OPENAI_API_KEY=$key
JUDGE_KEY=$judge_key
export OPENAI_API_KEY JUDGE_KEY
mkdir "$tmp/all" "$tmp/wire"
db=$tmp/all/s.db
printf 'X-Gate: %s\n' $header >"$tmp/wire/headers"
cat >"$tmp/wire/replies.jsonl" <<EOF2
{"match": "the-judge", "content": "4"}
{"match": "rude-model", "status": 400, "body": "{\"error\": {\"message\": \"what is $key and $header?\"}}"}
EOF2
start_stub --echo --latency-ms 20 --reply-file "$tmp/wire/replies.jsonl" \
    --fault 500=0.05,close=0.05 --log "$tmp/wire/log" || exit 1
# ask NAME MODEL ARGUMENT...: all that it prints is kept
ask() {
    name=$1 model=$2
    shift 2
    exec "$seqeval" run --suite chain:n=40 --model "$model" -vv --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" --headers "$tmp/wire/headers" \
        --judge the-judge --judge-template paper --no-cache \
        --judge-base-url "http://127.0.0.1:$port/v1" \
        --judge-api-key-env JUDGE_KEY "$@" \
        >"$tmp/all/$name.out" 2>"$tmp/all/$name.err"
}
# none NAME: no file of $tmp/all holds a secret
none() {
    ok "no secret in $1" sh -c "! grep -rqaF -e '$key' -e '$judge_key' \
        -e '$header' '$tmp/all'"
}

(ask whole m)
is "a run with keys and faults" "$?" 0
(ask rude rude-model --max-retries 0)
is "a server that repeats the key" "$?" 4
ok "is quoted without it" test "$(sqlite3 -readonly "$db" "select count(*)
    from samples where error like 'HTTP 400: what is %'")" -gt 10
ask killed m2 -j 1 &
pid=$!
sleep 0.4
kill -9 $pid
wait $pid 2>/dev/null
ok "after kill -9 the log of the database stands" test -s "$db-wal"
none "the database, its log, its lock, or what was printed"

(
    ulimit -c unlimited 2>/dev/null
    cd "$tmp/all" || exit
    ask aborted m3 -j 1
) &
pid=$!
sleep 0.4
kill -ABRT $pid
wait $pid 2>/dev/null
is "a process that is aborted" $? 134
ok "leaves no core" sh -c "! ls '$tmp/all' | grep -q ^core$ &&
    ! ls '$tmp/all' | grep -q '^core\\.[0-9]'"

cd "$tmp/all" || exit 1
for format in table markdown csv json; do
    "$seqeval" leaderboard --db "$db" --format $format >board.$format
done
"$seqeval" show latest --db "$db" >show.txt
"$seqeval" show latest:m "$(sqlite3 -readonly "$db" \
    "select min(sample_id) from samples")" --db "$db" >sample.txt
"$seqeval" compare latest:m latest:rude-model --db "$db" >compare.txt 2>&1
"$seqeval" export --baseline latest:m --db "$db" >export.json
"$seqeval" gate --candidate latest:m --baseline latest:m --db "$db" \
    --max-drop step_rate=5 --junit junit.xml >gate.txt 2>&1
ok "the reports were made" test -s board.json -a -s show.txt -a -s sample.txt \
    -a -s compare.txt -a -s export.json -a -s junit.xml
none "any report"
ok "the server saw all three" sh -c "grep -q 'Bearer $key' '$tmp/wire/log' &&
    grep -q 'Bearer $judge_key' '$tmp/wire/log' &&
    grep -q $header '$tmp/wire/log'"
finish
