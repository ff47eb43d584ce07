#!/bin/sh
# What goes over the wire and what is kept of what comes back: requests as
# documented, thoughts apart, the server's own JSON, and no secret anywhere.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it; here requests are counted
export SEQEVAL_JUDGE_AUDIT
db=$tmp/wire.db
sql() { sqlite3 -readonly "$db" "$1"; }
OPENAI_API_KEY=sk-wire-0123456789
SEQEVAL_HOME=$tmp/home
export OPENAI_API_KEY SEQEVAL_HOME

# A suite of one query that asks for two words.
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
printf '{"q": "Say two words."}\n' >"$tmp/data/tiny.jsonl"
sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
text=$(printf 'Say two words.' | sha256sum | cut -c1-16)
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOF
{"name": "tiny", "version": 1, "title": "One query",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q"}, "steps": "steps.jsonl", "judges": ["following"],
 "sampling": {"temperature": 0, "max_tokens": 77}}
EOF
printf '%s' "{\"id\": 0, \"sha256\": \"$text\", \"steps\": [" \
    '{"span": [0, 14], "kind": "write", "answerable": true, "depends": [],' \
    '"rules": [{"check": "words", "role": "constraint", "op": "==", "n": 2}]' \
    '}]}' >"$tmp/home/benchmarks/tiny/steps.jsonl"

# serve: a stub that answers by the rules in $tmp/replies.jsonl
serve() {
    start_stub --reply-file "$tmp/replies.jsonl" --log "$tmp/requests.jsonl" ||
        exit 1
}
# ask [OPTION...]: one run against the stub, into a new database
ask() {
    rm -f "$db"*
    run "$seqeval" run --suite tiny --data "$tmp/data" --model m --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
# bodies: the requests' bodies, one a line
bodies() {
    sed 's/.*"body":"\(.*\)"}$/\1/; s/\\"/"/g; s/\\\\/\\/g' \
        "$tmp/requests.jsonl"
}
# quoted TEXT: as a JSON string
quoted() {
    printf '%s' "$1" | sed 's/[\"]/\\&/g; s/.*/"&"/'
}
prompt='"messages":[{"role":"user","content":"Say two words."}]'
sampling='"temperature":0,"max_tokens":77'

# ---- what came back -------------------------------------------------------
body='{"model": "m-7", "system_fingerprint": "fp_1", "choices": [{"message":'
body=$body' {"content": "<think>secretly, at length</think>\n\nTwo words."},'
body=$body' "finish_reason": "eos"}], "usage": {"prompt_tokens": 9,'
body=$body' "completion_tokens": 8, "prompt_tokens_details":'
body=$body' {"cached_tokens": 7}, "completion_tokens_details":'
body=$body' {"reasoning_tokens": 6}}}'
printf '{"match": "", "status": 200, "body": %s}\n' \
    "$(quoted "$body")" >"$tmp/replies.jsonl"
serve
echo '{"m": {"input": 100, "output": 1000, "cached_input": 10}}' \
    >"$tmp/prices.json"
ask --prices "$tmp/prices.json"
is "an answer with thoughts" "$status" 0
is "cached tokens cost what the list says" \
    "$(sql "select round(cost * 1e6) from usage")" 8270.0
is "and the run remembers the price" "$(sql "select
    provenance_json ->> '\$.model_price.cached_input' from run")" 10
is "the request is the documented one" "$(bodies)" \
    "{\"model\":\"m\",$prompt,$sampling}"
is "the checks read the text without them" \
    "$(sql "select state, rule_pass from step_scores")" "pass|1"
is "they are kept apart" \
    "$(sql "select response_text, reasoning from samples")" \
    "Two words.|secretly, at length"
is "the server's words are kept" \
    "$(sql "select stop, finish_reason, server_model, system_fingerprint
       from samples")" "stop|eos|m-7|fp_1"
is "and its counts" "$(sql "select prompt_tokens, completion_tokens,
    cached_tokens, reasoning_tokens from usage where role = 'model'")" "9|8|7|6"
is "the raw JSON unpacks to what was sent" \
    "$(sql "select sqlar_uncompress(raw_z, raw_bytes) from response")" "$body"
mark=$(printf '\357\273\277')
printf '{"match": "", "status": 200, "body": %s}\n' \
    "$(quoted "$mark$body")" >"$tmp/replies.jsonl"
serve
ask
is "a byte order mark before an answer is none of it" "$status|$(
    sql "select response_text, retries from samples")" "0|Two words.|0"

# ---- what is sent ---------------------------------------------------------
printf '{"match": "", "content": "Two words."}\n' >"$tmp/replies.jsonl"
serve
secret=gate-secret-987
printf '# the gateway\nX-Gate: %s\nX-Team: eval team\n' $secret >"$tmp/headers"
printf 'Be brief.\nVery.\n' >"$tmp/system.txt"
ask --system "@$tmp/system.txt" --stop END --stop "$(printf '\n-')" \
    --logprobs 2 --extra-body '{"top_k": 20, "x": {"y": null}}' \
    --headers "$tmp/headers" -vv
is "a request with all options" "$status" 0
body='{"model":"m","messages":[{"role":"system","content":"Be brief.\nVery."},'
body=$body'{"role":"user","content":"Say two words."}],'$sampling
body=$body',"stop":["END","\n-"],"logprobs":true,"top_logprobs":2,'
body=$body'"top_k":20,"x":{"y":null}}'
is "is the documented one" "$(bodies)" "$body"
like "with the user's headers" "$tmp/requests.jsonl" \
    "\"X-Gate\":\"$secret\".*\"X-Team\":\"eval team\""
like "and the key" "$tmp/requests.jsonl" "Bearer $OPENAI_API_KEY"
ok "the headers are in no file of the database" \
    sh -c "! grep -q $secret '$db'*"
ok "nor on stderr at -vv" sh -c "! grep -q $secret '$err'"
is "the settings tell the rest" "$(sql "select s ->> 'system', s -> 'stop',
    s ->> 'logprobs', s ->> 'extra_body' from
    (select settings_json as s from runs)")" \
    'Be brief.
Very.|["END","\n-"]|2|"top_k":20,"x":{"y":null}'
key=$(sql "select key from response")
ask --system "$(printf 'Be brief.\nVery.')" --stop END \
    --stop "$(printf '\n-')" --logprobs 2 \
    --extra-body '{"top_k":20,"x":{"y":null}}'
is "headers are no part of a request's key" "$(sql "select key from response")" \
    "$key"
SEQEVAL_SYSTEM=Hi SEQEVAL_STOP=END ask
like "the options have twins in the environment" "$tmp/requests.jsonl" \
    '"system.*Hi.*stop.*END'
printf 'Authorization: Basic abcdef123\n' >"$tmp/headers"
ask --headers "$tmp/headers" --judge j --judge-reasks 0 \
    --judge-base-url "http://localhost:$port/v1" --judge-template following
is "an Authorization of the user's replaces the key, for the model alone" \
    "$(tail -n 2 "$tmp/requests.jsonl" |
       grep -c -e 'model.."m.*Basic abcdef123' -e '"Basic abcdef123".*:..m')|$(
       tail -n 1 "$tmp/requests.jsonl" | grep -c "Bearer $OPENAI_API_KEY")|$(
       tail -n 1 "$tmp/requests.jsonl" | grep -c Basic)" "1|1|0"

# refused NAME PATTERN OPTION...: a wrong option is one line and status 2
refused() {
    name=$1 pattern=$2
    shift 2
    ask "$@"
    is "$name ends with 2" "$status" 2
    like "$name says why" "$err" "$pattern"
}
refused "an extra body that is none" "extra-body.*object" --extra-body '[1]'
refused "broken extra JSON" "extra-body:1:7" --extra-body '{"a": }'
refused "an extra field with an option" '"temperature"' \
    --extra-body '{"temperature": 1}'
refused "too many stops" "at most 4" --stop a --stop b --stop c --stop d --stop e
refused "an unknown API" "chat, completions" --api responses
printf 'X-Gate %s\n' $secret >"$tmp/headers"
refused "a header that is none" "headers:1: want" --headers "$tmp/headers"
unlike "without quoting it" "$err" $secret
refused "a system message that is not there" "--system.*none.txt" \
    --system "@$tmp/none.txt"

# ---- what a server refuses ------------------------------------------------
cat >"$tmp/replies.jsonl" <<'EOF'
{"match": "max_tokens", "status": 400, "body": "{\"error\": {\"message\": \"Unsupported parameter: 'max_tokens'; use 'max_completion_tokens' (X-Gate: gate-secret-987)\"}}"}
{"match": "json_schema", "status": 400, "body": "{\"error\": {\"message\": \"response_format is not supported\"}}"}
{"match": "J9", "content": "{\"reason\": \"r\", \"following\": \"yes\"}"}
{"match": "", "content": "Two words."}
EOF
serve
printf 'X-Gate: %s\n' $secret >"$tmp/headers"
ask --epochs 3 -j 1 --judge J9 --judge-base-url "http://127.0.0.1:$port/v1" \
    --headers "$tmp/headers" --max-retries 0 -vv
is "a server that wants max_completion_tokens and no schema" "$status" 0
is "is asked so from then on" "$(bodies | sed 's/.*"model":"\([^"]*\)".*/\1 &/
    s/ .*"max_tokens".*json_schema.*/ old schema/; s/ .*json_schema.*/ schema/
    s/ .*"max_tokens".*/ old/; s/ .*"max_comp.*/ new/' | sort | uniq -c |
    sed 's/^ *//' | tr '\n' ',')" \
    "3 J9 new,1 J9 old schema,1 J9 schema,3 m new,1 m old,"
is "and judged all the same" \
    "$(sql "select count(*) from verdicts where following = 'pass'")" 3
ok "an error that repeats a header does not show it" \
    sh -c "! grep -q $secret '$err'"
sql "select request_json from response order by request_json" >"$tmp/old.txt"
like "the request as it was meant is kept" "$tmp/old.txt" 'schema.*following'
keys=$(sql "select count(*), count(distinct key) from response")
is "six responses" "$keys" "6|6"

printf '{"match": "", "status": 400, "body": %s}\n' \
    "$(quoted '{"error": "max_completion_tokens and response_format"}')" \
    >"$tmp/replies.jsonl"
serve
ask --judge j --judge-base-url "http://127.0.0.1:$port/v1"
is "a server that refuses every form ends with 4" "$status" 4
is "after one more try" "$(wc -l <"$tmp/requests.jsonl" | tr -d ' ')" 2

printf '{"match": "", "status": 400, "body": %s}\n' \
    "$(quoted '{"error": {"message": "ask for another kind"}}')" \
    >"$tmp/replies.jsonl"
serve
OPENAI_API_KEY=k ask
is "a key of a letter is no secret: the server's words stay whole" \
    "$(sql "select error from samples")" "HTTP 400: ask for another kind"

# ---- base models ----------------------------------------------------------
printf '{"match": "", "status": 200, "body": %s}\n' "$(quoted \
    '{"choices": [{"text": " Two words", "finish_reason": "stop"}]}')" \
    >"$tmp/replies.jsonl"
serve
ask --api completions --system Hello --logprobs 1
is "a base model answers" "$status" 0
is "a raw prompt" "$(bodies)" '{"model":"m","prompt":"Hello\n\nSay two words.",'"$sampling"',"logprobs":1}'
like "goes to /completions" "$tmp/requests.jsonl" '"/v1/completions"'
is "its text is scored" "$(sql "select response_text, step_scores.state
    from samples join step_scores using (run_id, sample_id)")" " Two words|pass"
is "under another endpoint" "$(sql "select endpoint from response")" \
    "http://127.0.0.1:$port/v1/completions"

# ---- answers in pieces ----------------------------------------------------
events='data: {"model": "m-8", "choices": [{"index": 0, "delta":
data: {"reasoning_content": "hm", "content": "Two "}}]}

data: {"choices": [{"index": 0, "delta": {"content": "words."},
data:  "finish_reason": "stop"}]}

data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}

data: [DONE]'
lines() { printf '%s' "$1" | sed 's/[\"]/\\&/g' | awk '{ printf "%s\\n", $0 }'; }
{
    printf '{"match": "stream_options", "status": 400, "body": %s}\n' \
        "$(quoted '{"error": {"message": "no stream_options here"}}')"
    printf '{"match": "cut me", "status": 200, "body": "%s"}\n' \
        "$(lines "$(printf '%s' "$events" | head -n 3)")"
    printf '{"match": "", "status": 200, "body": "%s"}\n' "$(lines "$events")"
} >"$tmp/replies.jsonl"
serve
ask --stream
is "a stream is an answer" "$status" 0
is "asked without stream_options after they were refused" \
    "$(bodies | sed 's/.*\("stream".*\)}/\1/' | tr '\n' ' ')" \
    '"stream":true,"stream_options":{"include_usage":true} "stream":true '
is "its pieces are one text, its thoughts apart" "$(sql "select response_text,
    reasoning, state, prompt_tokens, completion_tokens, server_model
    from samples")" "Two words.|hm|pass|9|4|m-8"
is "the time to the first is kept" "$(sql "select ttft_ms between 0 and
    latency_ms from samples")" 1
is "raw JSON in one piece" "$(sql "select
    sqlar_uncompress(raw_z, raw_bytes) ->> '$.choices[0].message.content'
    from response")" "Two words."
ask --stream --system "cut me" --max-retries 1
is "a stream that is cut is no answer" "$status" 4
like "and says so" "$err" 'the stream ends before the answer does'
is "nothing is scored of it" "$(sql "select state from samples")" error
finish
