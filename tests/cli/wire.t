#!/bin/sh
# What goes over the wire and what is kept of what comes back: requests as
# documented, thoughts apart, the server's own JSON, and no secret anywhere.
. "$(dirname "$0")/lib.sh"
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
ask
is "an answer with thoughts" "$status" 0
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
finish
