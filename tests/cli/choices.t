#!/bin/sh
# --num-choices: epochs of a sample by one request. Each choice is a response of
# its own, known, kept and counted as if it had been asked for alone; a server
# that gives fewer, or none, is asked for each alone, and nothing is lost.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it; here requests are counted
OPENAI_API_KEY=k
export SEQEVAL_JUDGE_AUDIT OPENAI_API_KEY
sql() { sqlite3 -readonly "$1" "$2"; }
# ask DB ARGUMENT...
ask() {
    db=$1
    shift
    run "$seqeval" run --suite chain:n=20 --model m --db "$tmp/$db.db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
sent() { wc -l <"$tmp/log" | tr -d ' '; }
# wanted: how many choices the requests wanted, each number with its count
wanted() {
    sed 's/.*,\\"n\\":\([0-9]*\).*/\1/; /^{/s/.*/1/' "$tmp/log" | sort -n |
        uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\1x\2/' | tr '\n' ' '
}
usage="select requests, cached, retries, prompt_tokens, completion_tokens
    from usage"
texts="select epoch, response_text, count(*) from samples group by 1, 2
    order by 1, 2"
# What two runs must have in common.
results="select suite, sample_id, epoch, state, error, response_text, stop,
    finish_reason from samples order by sample_id, epoch"
keys="select key from response order by key"

# ---- as if asked alone -----------------------------------------------------
start_stub --reply 'choice {choice}, at some length' --log "$tmp/log" || exit 1
ask one --epochs 6 --num-choices 4
is "in one request as many as allowed: exit status" "$status" 0
is "then the rest" "$(wanted)" "20x2 20x4 "
is "each choice is the response of an epoch, in order" \
    "$(sql "$tmp/one.db" "$texts" | tr '\n' ' ')" \
    "1|choice 0, at some length|20 2|choice 1, at some length|20 3|choice 2, at some length|20 4|choice 3, at some length|20 5|choice 0, at some length|20 6|choice 1, at some length|20 "
is "each with a raw answer of its own" "$(sql "$tmp/one.db" "select
    count(*), sum(json_array_length(raw -> 'choices') = 1),
    sum(raw ->> '\$.choices[0].message.content' = text),
    sum(raw ->> '\$.model' = 'stub-1') from (select text,
    sqlar_uncompress(raw_z, raw_bytes) as raw from response)")" "120|120|120|120"
is "each with the request's latency" "$(sql "$tmp/one.db" "select
    count(*) from samples where latency_ms is null")" 0
stop_stub
is "usage counts a request once, and its tokens" "$(sql "$tmp/one.db" \
    "select requests, cached, retries, prompt_tokens + completion_tokens
    from usage")" "40|0|0|$(counted tokens)"
is "the prompt's tokens are the first choice's" "$(sql "$tmp/one.db" "select
    sum(prompt_tokens > 0), sum(prompt_tokens = 0), min(completion_tokens) > 0
    from samples")" "40|80|1"
is "--num-choices stands with the run" "$(sql "$tmp/one.db" \
    "select provenance_json ->> '\$.num_choices' from run")" 4

start_stub --echo --log "$tmp/log" || exit 1
ask alone --epochs 4
ask group --epochs 4 --num-choices 4
is "80 requests alone, 20 in groups" "$(wanted)" "80x1 20x4 "
is "the same is stored under the same keys" "$(sql "$tmp/group.db" "$keys")" \
    "$(sql "$tmp/alone.db" "$keys")"
is "the same responses" "$(sql "$tmp/group.db" "$results" | sha256sum)" \
    "$(sql "$tmp/alone.db" "$results" | sha256sum)"
board="select suite, slice, metric, value, stderr, n from leaderboard"
is "and the same results" "$(sql "$tmp/group.db" "$board" | sha256sum)" \
    "$(sql "$tmp/alone.db" "$board" | sha256sum)"
right=$(sql "$tmp/group.db" "$results" | sha256sum)
ask group --epochs 4
is "a run without goes on with what groups got" "$(sent)" 100
ask alone --epochs 7 --num-choices 9
is "a run with it asks for what is not known" "$(wanted)" "80x1 20x3 20x4 "
is "and knows the rest" "$(sql "$tmp/alone.db" "$usage" | tail -n 1 |
    cut -d '|' -f 1-3)" "20|80|0"
ask alone --epochs 2 --num-choices 2 --no-cache
is "--no-cache asks anew, in groups" "$(wanted)" "80x1 20x2 20x3 20x4 "

# ---- servers that do not -----------------------------------------------------
for most in 1 2; do
    start_stub --echo --choices $most --log "$tmp/log" || exit 1
    ask few$most --epochs 4 --num-choices 4 -j 1
    is "$most of 4 come: exit status" "$status" 0
    like "$most of 4 come: said" "$err" "$most of 4 choices came.*its own"
    is "$most of 4 come: said once" "$(grep -c choices "$err")" 1
    is "$most of 4 come: the others are asked for alone" "$(wanted)" \
        "$((80 - most))x1 1x4 "
    is "$most of 4 come: the same results" \
        "$(sql "$tmp/few$most.db" "$results" | sha256sum)" \
        "$right"
    stop_stub
    is "$most of 4 come: usage is the server's" "$(sql "$tmp/few$most.db" \
        "select requests, prompt_tokens + completion_tokens from usage")" \
        "$(counted requests)|$(counted tokens)"
done
start_stub --echo --choices 0 --log "$tmp/log" || exit 1
ask none --epochs 4 --num-choices 4 -j 1
is "n is refused: exit status" "$status" 0
is "n is refused: asked for once" "$(wanted)" "80x1 1x4 "
is "n is refused: the same results" \
    "$(sql "$tmp/none.db" "$results" | sha256sum)" \
    "$right"
is "n is refused: every request is counted" "$(sql "$tmp/none.db" \
    "select requests, retries from usage")" "81|1"
ask many --epochs 4 --num-choices 4 -j 20
is "with many in flight: exit status" "$status" 0
is "with many in flight: the same results" \
    "$(sql "$tmp/many.db" "$results" | sha256sum)" \
    "$right"


# ---- what is in an answer ----------------------------------------------------
# quoted TEXT: as a JSON string
quoted() { printf '%s' "$1" | sed 's/[\"]/\\&/g; s/.*/"&"/'; }
# rule MATCH BODY: the answer to requests that hold it
rule() {
    printf '{"match": %s, "status": 200, "body": %s}\n' "$(quoted "$1")" \
        "$(printf '%s\n' "$2" | sed 's/[\"]/\\&/g' |
            awk '{ printf "%s%s", (NR > 1 ? "\\n" : "\""), $0 }
                 END { printf "\"" }')"
}
# part CONTENT REASON MORE: a choice
part() {
    printf '{"message": {"content": %s}, "finish_reason": "%s"%s}' "$@"
}
tokens='"usage": {"prompt_tokens": 10, "completion_tokens": 90,
 "prompt_tokens_details": {"cached_tokens": 6},
 "completion_tokens_details": {"reasoning_tokens": 9}}'
{
    rule 'one bad' "{\"choices\": [$(part '"cut off"' length ''),
        $(part null stop ''), $(part '"<think>hm</think>good"' stop \
        ', "logprobs": {"content": [7]}')], $tokens}"
    rule 'all bad' "{\"choices\": [$(part null stop ''),
        $(part null stop '')], $tokens}"
    rule 'too many' "{\"choices\": [$(part '"a"' stop ''),
        $(part '"b"' stop ''), $(part '"c"' stop ''), $(part '"d"' stop ''),
        $(part '"e"' stop '')], $tokens}"
    rule 'filter' '{"error": {"message": "filtered", "code":
        "content_filter"}}' | sed 's/"status": 200/"status": 400/'
    rule 'raw' '{"choices": [{"text": "a", "finish_reason": "stop"},
        {"text": "b", "finish_reason": "length"}]}'
    rule 'pieces' 'data: {"choices": [{"index": 1, "delta": {"content": "b"}}]}

data: {"choices": [{"index": 0, "delta": {"content": "a"}}]}

data: {"choices": [{"index": 1, "delta": {"content": "b"},
data:   "finish_reason": "stop"}, {"index": 0, "delta": {"content": "a"},
data:   "finish_reason": "length"}, {"index": 5, "delta": {"content": "f"}}]}

data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 8}}

data: [DONE]'
    rule 'half' 'data: {"choices": [{"index": 0, "delta": {"content": "a"}}]}

data: {"choices": [{"index": 1, "delta": {"content": "b"},
data:   "finish_reason": "stop"}]}'
} >"$tmp/replies.jsonl"
start_stub --reply-file "$tmp/replies.jsonl" --log "$tmp/log" || exit 1
# one NAME EPOCHS ARGUMENT...: of one sample
one() {
    name=$1 epochs=$2
    shift 2
    rm -f "$tmp/one.db"*
    run "$seqeval" run --suite chain:n=1 --model m --db "$tmp/one.db" \
        --base-url "http://127.0.0.1:$port/v1" --system "$name" \
        --epochs "$epochs" --num-choices "$epochs" --max-retries 0 "$@"
}
rows="select epoch, state, response_text, stop, prompt_tokens, cached_tokens,
    completion_tokens, reasoning_tokens, retries from samples order by epoch"
one 'one bad' 2 --logprobs 1
is "two choices of which one is no answer: asked for alone" "$(wanted)" \
    "1x1 1x2 "
one 'one bad' 3
is "one of three is no answer: exit status" "$status" 0
is "one of three is no answer: it is asked for alone" "$(wanted)" \
    "2x1 1x2 1x3 "
is "each has its own stop, thoughts and part of the tokens" \
    "$(sql "$tmp/one.db" "$rows")" '1|truncated|cut off|length|10|6|48|4|0
2|pass|good|stop|0|0|42|5|0
3|truncated|cut off|length|10|6|90|9|0'
is "and its own log-probabilities" "$(sql "$tmp/one.db" "select
    sqlar_uncompress(raw_z, raw_bytes) ->> '\$.choices[0].logprobs.content[0]'
    from response where text = 'good'")" 7
one 'all bad' 3
is "no choice is an answer: exit status" "$status" 4
is "no choice is an answer: every epoch is an error" "$(sql "$tmp/one.db" \
    "select group_concat(distinct state), count(*) from samples")" "error|3"
is "of one request" "$(sql "$tmp/one.db" "select requests, cached from usage")" \
    "1|0"
one 'too many' 3
is "more than asked for: the first are taken, with all tokens" \
    "$(sql "$tmp/one.db" "select group_concat(response_text, ''),
    sum(completion_tokens) from samples")" "abc|90"
one 'filter' 3
is "a prompt that a filter refuses: all are refused" "$(sql "$tmp/one.db" \
    "select group_concat(distinct state || ' ' || finish_reason), count(*),
    sum(prompt_tokens) from samples")" "refused content_filter|3|"
is "in one request, with the server's words" "$(sql "$tmp/one.db" \
    "select (select requests from usage), count(*) from response where
    sqlar_uncompress(raw_z, raw_bytes) ->> '\$.error.message' = 'filtered'")" \
    "1|1"
one 'raw' 2 --api completions
is "/completions: exit status" "$status" 0
is "/completions: has n, too" "$(tail -n 1 "$tmp/log" |
    grep -c '"prompt.*,."n.":2}"')|$(sql "$tmp/one.db" \
    "select group_concat(state || response_text, ' ') from samples")" \
    "1|passa truncatedb"
one 'pieces' 2 --stream
is "a stream of two: each is put together" "$(sql "$tmp/one.db" "$rows")" \
    '1|truncated|aa|length|5||4||0
2|pass|bb|stop|0||4||0'
is "a stream of two: both have the time to the first piece" "$(sql \
    "$tmp/one.db" "select count(*) from samples where ttft_ms >= 0")" 2
one 'half' 2 --stream
is "a stream that is cut: what is whole is kept, the rest asked for alone" \
    "$(sql "$tmp/one.db" "select state, response_text,
    substr(error, 1, 53) from samples order by epoch")" "pass|b|
error||malformed answer: the stream ends before the answer d"

# ---- faults, budgets, an end -------------------------------------------------
start_stub --echo --latency-ms 2 --fault 500=0.2,close=0.2,malformed=0.1 \
    --seed 5 --log "$tmp/log" || exit 1
ask faults --epochs 4 --num-choices 4 -j 16 --max-retries 20
is "faults: every epoch is answered" "$status" 0
is "faults: the same results" \
    "$(sql "$tmp/faults.db" "$results" | sha256sum)" "$right"
is "faults: each request is counted once" \
    "$(sql "$tmp/faults.db" "select requests from usage")" "$(sent)"
start_stub --echo --once-fail --log "$tmp/log" || exit 1
ask errors --epochs 4 --num-choices 4 --max-retries 0
is "faults alone: exit status" "$status" 4
is "faults alone: errors, of one request for each sample" "$(sql \
    "$tmp/errors.db" "select (select group_concat(distinct state) || count(*)
    from samples), requests, retries from usage")" "error80|20|0"
ask errors --epochs 4 --num-choices 4
is "and are asked for again" "$(sql "$tmp/errors.db" \
    "select requests, cached from usage")" "40|0"
is "and the next run gets them" "$(sql "$tmp/errors.db" "$results" |
    sha256sum)" "$right"

for j in 1 64; do
    start_stub --echo --latency-ms 2 --log "$tmp/log" || exit 1
    ask "r$j" --epochs 4 --num-choices 4 -j $j --max-requests 7
    is "-j $j: --max-requests: exit status" "$status" 4
    is "-j $j: --max-requests counts requests" "$(sent)|$(sql "$tmp/r$j.db" \
        "select count(*) from samples where state = 'pass'")" "7|28"
    ask "r$j" --epochs 4 --num-choices 4 -j $j
    is "-j $j: and the next run asks for the rest" "$(sent)|$(sql \
        "$tmp/r$j.db" "$results" | sha256sum)" "20|$right"

    start_stub --echo --latency-ms 2 --log "$tmp/log" || exit 1
    ask "t$j" --epochs 4 --num-choices 4 -j $j --max-tokens-total 3500 \
        --max-tokens 500
    is "-j $j: --max-tokens-total: exit status" "$status" 4
    stop_stub
    ok "-j $j: --max-tokens-total holds ($(counted tokens))" \
        test "$(counted tokens)" -le 3500
    is "-j $j: and every epoch has a state" "$(sql "$tmp/t$j.db" \
        "select count(*) from samples where state in ('pass', 'not_run')")" 80
done
start_stub --echo --log "$tmp/log" || exit 1
ask small --epochs 4 --num-choices 4 --max-tokens-total 3000 --max-tokens 1500
ok "where no group has room, one epoch has ($(wanted))" \
    sh -c "wanted='$(wanted)'; [ \"\${wanted#[1-9]*x1}\" = ' ' ]"
ask cost --epochs 4 --num-choices 4 --price-in 10 --price-out 100
is "a request costs its tokens" "$(sql "$tmp/cost.db" "select abs(cost -
    (prompt_tokens * 10 + completion_tokens * 100) / 1e6) < 1e-9 from usage")" 1

start_stub --echo --latency-ms 400 --log "$tmp/log" || exit 1
"$seqeval" run --suite chain:n=20 --model m --db "$tmp/int.db" --epochs 4 \
    --num-choices 4 -j 3 --base-url "http://127.0.0.1:$port/v1" \
    >"$out" 2>"$err" </dev/null &
pid=$!
sleep 0.2
kill -INT $pid
wait $pid
is "interrupted: exit status" $? 130
is "interrupted: what was in flight is kept" "$(sql "$tmp/int.db" "select
    count(*) from samples where state = 'pass'")|$(wanted)" "12|3x4 "
ask int --epochs 4 --num-choices 4
is "interrupted: the next run asks for the rest" "$(wanted)|$(sql \
    "$tmp/int.db" "$results" | sha256sum)" "20x4 |$right"

start_stub --echo --log "$tmp/log" || exit 1
run "$seqeval" run --suite chain:n=1 --model m --db "$tmp/tpm.db" --epochs 4 \
    --num-choices 4 --max-tokens 1000 --tpm 3000 \
    --base-url "http://127.0.0.1:$port/v1"
is "a group that --tpm never allows: each alone" "$status|$(wanted)" "0|4x1 "

# ---- what is told before ---------------------------------------------------
ask dry --epochs 6 --num-choices 4 --dry-run
like "--dry-run: a request for a group" "$out" 'at most 40 requests'
most=$(sed -n 's/^model:.*at most \([0-9]*\)).*/\1/p' "$out")
ask dry --epochs 2 --dry-run
is "--dry-run: prompts once for each" \
    "$most" "$(sed -n 's/^model:.*at most \([0-9]*\)).*/\1/p' "$out")"
ask dry --epochs 6 --num-choices 4 --dry-run
like "--dry-run: all responses" "$out" '120 responses.*'
like "--dry-run: tokens of all" "$out" 'at most 122880 completion tokens'
ask dry --epochs 5 --num-choices 4 --shard 1/3 --dry-run
jobs=$(sed -n 's/^\([0-9]*\) samples, \([0-9]*\) responses.*/\2/p' "$out")
samples=$(sed -n 's/^\([0-9]*\) samples.*/\1/p' "$out")
requests=$(sed -n 's/.*at most \([0-9]*\) requests$/\1/p' "$out")
ask shard --epochs 5 --num-choices 4 --shard 1/3
is "--dry-run of a shard tells its samples, responses and requests" \
    "$samples|$jobs|$requests" "$(sql "$tmp/shard.db" "select
    count(distinct sample_id), count(*), (select requests from usage)
    from samples")"
ask bad --epochs 2 --num-choices 2 --seed 1
is "a seed for each epoch: exit status" "$status" 2
like "a seed for each epoch: one line" "$err" 'num-choices.*one seed.*--seed'
echo '{"id": "a", "output": "b"}' >"$tmp/recorded.jsonl"
run "$seqeval" run --suite chain:n=1 --model "replay:$tmp/recorded.jsonl" \
    --num-choices 2 --db "$tmp/bad.db"
is "recordings: exit status" "$status" 2
like "recordings: one line" "$err" 'num-choices: only servers.*replay'
ask bad --num-choices 129
is "more than servers take: exit status" "$status" 2
ok "none of these made a database" test ! -e "$tmp/bad.db"
finish
