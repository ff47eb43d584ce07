#!/bin/sh
# Data and answers that are not as they should be, without the shared folder.
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || skip_all "no sqlite3"
mkdir -p "$tmp/gsm8k"
printf '%s\n' '{"question":"One and one?","answer":"It is 2.\n#### 2"}' \
    '{"question":"Two and two?","answer":"It is 4.\n#### 4"}' \
    '{"question":"Three?","answer":"#### 3"}' >"$tmp/gsm8k/test.jsonl"
cp "$tmp/gsm8k/test.jsonl" "$tmp/gsm8k/train.jsonl"
go() {
    run "$seqeval" run -q --allow-modified --data "$tmp" --db "$tmp/b.db" \
        --suite gsm8k --num-fewshot 0 --model "replay:$tmp/r.jsonl"
}
state() {
    sqlite3 "$tmp/b.db" "select sample_id, state, evidence from step_scores
        where grader = '$1' and run_id = (select run_id from runs order by created_at desc limit 1)
        order by 1"
}
# Two answers: the last counts; nothing at all is wrong.
printf '%s\n' '{"id":0,"output":"#### 3\n#### 2"}' '{"id":1,"output":""}' \
    '{"id":2,"output":"no digits"}' >"$tmp/r.jsonl"
go
is "bad answers are data" "$status" 0
is "the last number counts, and else all of it" "$(state authors)" "0|pass|2
1|fail|
2|fail|no digits"
is "strict takes the first" "$(state strict | head -n 1)" "0|fail|3"
# 10 MB
{
    printf '{"id":0,"output":"'
    head -c 10000000 /dev/zero | tr '\0' '7'
    printf ' 2"}\n{"id":1,"output":"#### 4"}\n{"id":2,"output":"3"}\n'
} >"$tmp/r.jsonl"
go
is "a text of 10 MB is graded" "$(state authors | head -n 1)" "0|pass|2"
# A NUL byte
printf '{"id":0,"output":"a\\u0000b 2"}\n' >"$tmp/r.jsonl"
go
is "a NUL in a recording is refused" "$status" 2
like "and its place is named" "$err" 'r\.jsonl:1'
# A reference that is not there
printf '{"id":0,"output":"2"}\n' >"$tmp/r.jsonl"
printf '%s\n' '{"question":"One?","answer":"It is 1."}' >"$tmp/gsm8k/test.jsonl"
go
is "a missing reference is refused" "$status" 2
like "and its place is named" "$err" 'test\.jsonl:1: gold: no "####"'
finish
