#!/bin/sh
# A real round trip over loopback: model and judge behind one stub server; the
# request bodies are the documented ones and no key is kept anywhere.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it; here requests are counted
export SEQEVAL_JUDGE_AUDIT
db=$tmp/judge.db
sql() { sqlite3 -readonly "$db" "$1"; }
key=sk-secret-0123456789

# The judge of steps quotes the model's text; so does no other step.
cat >"$tmp/replies.jsonl" <<'EOF'
{"match": "judge-model", "content": "{\"steps\": [{\"step\": 1, \"done\": true, \"evidence\": \"the stub   answered\", \"reason\": \"it did\"}, {\"step\": 2, \"done\": true, \"evidence\": \"never said\", \"reason\": \"so it claims\"}]}"}
{"match": "", "content": "Well, the stub answered.\n"}
EOF
start_stub --reply-file "$tmp/replies.jsonl" --log "$tmp/requests.jsonl" ||
    exit 1
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
printf '{"q": "Say it. Then sum it up."}\n' >"$tmp/data/tiny.jsonl"
sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
text=$(printf 'Say it. Then sum it up.' | sha256sum | cut -c1-16)
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOF
{"name": "tiny", "version": 1, "title": "One query",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q"}, "steps": "steps.jsonl", "judges": ["steps"],
 "sampling": {"temperature": 0, "max_tokens": 77}}
EOF
printf '%s' "{\"id\": 0, \"sha256\": \"$text\", \"steps\": [" \
    '{"span": [0, 7], "kind": "write", "answerable": true, "depends": [],' \
    '"rules": []}, {"span": [8, 23], "kind": "summarize",' \
    '"answerable": true, "depends": [0], "rules": []}]}' \
    >"$tmp/home/benchmarks/tiny/steps.jsonl"

SEQEVAL_HOME=$tmp/home OPENAI_API_KEY=$key run "$seqeval" run --suite tiny \
    --data "$tmp/data" --model tested-model --judge judge-model --db "$db" \
    --base-url "http://127.0.0.1:$port/v1" --seed 5 -v -v \
    --judge-base-url "http://127.0.0.1:$port/v1"
is "model and judge answer" "$status" 0
is "a quote that stands there is a pass, an invented one is not" \
    "$(sql "select step, state, judge_pass from step_scores order by step")" \
    "0|pass|1
1|unsupported|"
is "two requests were sent" "$(wc -l <"$tmp/requests.jsonl" | tr -d ' ')" 2
like "the model's body is the documented one" "$tmp/requests.jsonl" \
    'tested-model.*Say it. Then sum it up.*temperature.*max_tokens.*77.*seed.*5'
like "posted to /v1/chat/completions" "$tmp/requests.jsonl" \
    '"/v1/chat/completions"'
like "the judge reads query, steps and response" "$tmp/requests.jsonl" \
    'judge-model.*Say it\..*the stub answered'
like "the key travels as a bearer token" "$tmp/requests.jsonl" "Bearer $key"
ok "but is in no file of the database" sh -c "! grep -q '$key' '$db'*"
ok "nor on stderr at -vv" sh -c "! grep -q '$key' '$err'"
run "$seqeval" show latest 0 --db "$db"
golden "show tells which step failed, and why" show_judge.txt
finish
