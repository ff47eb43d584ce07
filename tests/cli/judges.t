#!/bin/sh
# Several judges of one response, and judges that do not keep the form: who said
# what stays apart, a tie is nobody's verdict, a reply that cannot be read is
# asked for again, and everything is counted.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it; here requests are counted
export SEQEVAL_JUDGE_AUDIT
db=$tmp/judges.db
sql() { sqlite3 -readonly "$db" "$1"; }
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME
printf '{"q": "Say it. Then sum it up."}\n{"q": "Sing."}\n' >"$tmp/data/tiny.jsonl"
sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOT
{"name": "tiny", "version": 1, "title": "Two queries",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q"}, "judges": ["following"],
 "sampling": {"temperature": 0, "max_tokens": 77}}
EOT
cat >"$tmp/replies.jsonl" <<'EOT'
{"match": "judge-yes", "content": "{\"reason\": \"all\", \"following\": \"yes\", \"quality\": 5}"}
{"match": "judge-no", "content": "{\"reason\": \"none\", \"following\": \"no\", \"quality\": 2}"}
{"match": "judge-mute", "content": "Hm."}
{"match": "This is try 3", "content": "{\"reason\": \"now\", \"following\": \"yes\", \"quality\": 3}"}
{"match": "judge-slow", "content": "I would say: very good."}
{"match": "", "content": "It. In sum: it.\n"}
EOT
start_stub --reply-file "$tmp/replies.jsonl" --log "$tmp/requests.jsonl" ||
    exit 1
url=http://127.0.0.1:$port/v1
# ask JUDGE...: a run with these judges, its result in the database
ask() {
    args=
    for j; do args="$args --judge $j"; done
    # shellcheck disable=SC2086
    run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
        --base-url "$url" --judge-base-url "$url" \
        --judge-template following,quality $args
}
last="run_id = (select run_id from run order by id desc limit 1)"

ask judge-yes judge-no
is "two judges: exit status" "$status" 0
is "the run names both" "$(sql "select judge from runs where $last")" \
    "judge-yes + judge-no"
is "each one's verdicts stay apart" \
    "$(sql "select judge, question, state, value from judge_verdicts
       where $last and sample_id = '0' order by 2, 1")" \
    "judge-no|following|fail|
judge-yes|following|pass|
judge-no|quality|pass|2.0
judge-yes|quality|pass|5.0"
is "a tie is not judged, quality the mean" \
    "$(sql "select template, following, quality_state, quality from verdicts
       where $last and sample_id = '0' order by 1")" \
    "following|not_judged|not_judged|
quality|not_judged|pass|3.5"
is "a tie has no part in the rate" "$(sql "select count(*) from leaderboard
    where $last and metric = 'following_rate' and slice = ''")" 0
is "usage by judge" "$(sql "select judge, requests from judge_usage
    where $last order by 1")" "judge-no|4
judge-yes|4"
is "and of both" "$(sql "select role, requests from usage where $last
    order by 1")" "judge|8
model|2"
run "$seqeval" show latest 0 --db "$db"
like "show says who said what" "$out" '^Judge judge-no, following: following fail'
like "and what they say together" "$out" \
    '^The judges together, quality: quality 3.5'

ask judge-yes judge-no judge-slow
is "three judges: exit status" "$status" 0
is "more than half decide" "$(sql "select following from verdicts
    where $last and template = 'following' and sample_id = '0'")" pass
is "what could not be read was asked for again" \
    "$(sql "select attempt, count(*), sum(requests) from job
       where judge = 'judge-slow' group by attempt")" "0|4|4
1|4|4
2|4|4"
is "each try is a request of its own in usage" "$(sql "select requests
    from judge_usage where $last and judge = 'judge-slow'")" 12
like "the further try names the form" "$tmp/requests.jsonl" \
    'try 2: an earlier reply .* could not be read. Reply with one JSON object'
before=$(wc -l <"$tmp/requests.jsonl")
ask judge-yes judge-no judge-slow
is "nothing is asked twice, further tries neither" \
    "$(wc -l <"$tmp/requests.jsonl")" "$before"

ask judge-mute
is "a judge without a verdict: exit status" "$status" 0
is "unparsable in the end" "$(sql "select distinct following, quality_state
    from verdicts where $last order by 1")" "not_judged|unparsable
unparsable|not_judged"
is "after three tries each" "$(sql "select requests from judge_usage
    where $last")" 12
run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
    --base-url "$url" --judge-base-url "$url" --judge judge-mute \
    --judge-reasks 0 --no-cache
is "--judge-reasks 0: one try" "$(sql "select requests from judge_usage
    where $last")" 2
run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
    --base-url "$url" --judge-base-url "$url" --judge judge-mute \
    --no-cache --max-requests 3 -j 1
is "a further try that the budget forbids: exit status" "$status" 4
is "is missing, its sheet not final" "$(sql "select sum(final) from sheet
    where run = (select max(id) from run)")" 0

ask judge-yes judge-yes
is "the same judge twice: exit status" "$status" 2
like "says so" "$err" 'judge-yes: is given twice'
run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
    --judge a --judge b --judge c --judge-base-url "$url" \
    --judge-base-url "$url"
is "addresses that fit no judge: exit status" "$status" 2
like "say how" "$err" 'once, for all, or once for each --judge'
run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
    --base-url "$url" --judge judge-yes --judge judge-yes \
    --judge-base-url "$url" --judge-base-url "http://localhost:$port/v1" \
    --judge-price-in 1 --judge-price-in 2 --judge-price-out 3
is "one name at two addresses: exit status" "$status" 0
is "has two names" "$(sql "select judge from judge_usage where $last
    order by 1")" "judge-yes
judge-yes#2"
is "each has its price" "$(sql "select
    json_extract(provenance_json, '\$.judge_prices.judge-yes.input'),
    json_extract(provenance_json, '\$.judge_prices.judge-yes#2.input'),
    json_extract(provenance_json, '\$.judge_prices.judge-yes#2.output')
    from run order by id desc limit 1")" "1|2|3"
finish
