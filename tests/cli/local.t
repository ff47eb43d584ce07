#!/bin/sh
# The local engine as a user meets it: a run over a tiny GGUF of random weights,
# alone and in batches, as its own judge, with bad files, and stopped.
. "$(dirname "$0")/lib.sh"
tiny() { "$BUILD/tiny_gguf" "$@"; }
local_run() { # FILE ARGUMENT...
    file=$1
    shift
    run "$seqeval" run -q --suite chain:n=12 --model "local:$file" \
        --max-tokens 40 "$@"
}
answers() { # DATABASE: one line each
    sqlite3 "$1" "SELECT key, hex(text), stop, completion_tokens FROM response
        WHERE model <> '' ORDER BY key"
}
tiny "$tmp/tiny.gguf" || exit 1

# Without the module: what works without libllama still does.
mkdir "$tmp/alone"
cp "$seqeval" "$BUILD/http.so" "$tmp/alone"
run env SEQEVAL_HOME="$root" "$tmp/alone/seqeval" run --suite chain:n=1 \
    --model "local:$tmp/tiny.gguf" --db "$tmp/none.db"
is "no module: status 2" "$status" 2
is "no module: one line" "$(wc -l <"$err" | tr -d ' ')" 1
like "it says how to get it" "$err" 'engine_local.so is not there.*make llama'
[ -e "$BUILD/engine_local.so" ] || {
    skip "local models" "no libllama: make llama"
    finish
    exit
}

# ---- answers ----------------------------------------------------------------
local_run "$tmp/tiny.gguf" --db "$tmp/1.db" -j 1
is "a run, one at a time" "$status" 0
local_run "$tmp/tiny.gguf" --db "$tmp/16.db" -j 16
is "a run in batches" "$status" 0
is "as many answers as queries" "$(answers "$tmp/1.db" | wc -l | tr -d ' ')" 12
answers "$tmp/1.db" >"$tmp/1.txt"
answers "$tmp/16.db" >"$tmp/16.txt"
ok "every answer is the same, one at a time or not" \
    cmp "$tmp/1.txt" "$tmp/16.txt"
is "some end by themselves, some at their limit" \
    "$(cut -d '|' -f 3 "$tmp/1.txt" | sort -u | tr '\n' ' ')" "length stop "
# Weights of a kind that libllama would lay out anew, and multiply otherwise by
# one token than by several.
tiny "$tmp/wide.gguf" wide=1 end=0
for j in 1 3 16; do
    local_run "$tmp/wide.gguf" --db "$tmp/w$j.db" -j $j --logprobs 3
    sqlite3 "$tmp/w$j.db" "SELECT key, json_extract(sqlar_uncompress(raw_z,
        raw_bytes), '\$.choices[0].logprobs') FROM response ORDER BY key" \
        >"$tmp/w$j.txt"
done
ok "quantised: there are logprobs" test \
    "$(grep -c 'top_logprobs":\[{' "$tmp/w1.txt")" -gt 6
for j in 3 16; do
    ok "quantised: the same to the last digit, $j at a time" \
        cmp "$tmp/w1.txt" "$tmp/w$j.txt"
done
draw() { # DATABASE ARGUMENT...
    db=$1
    shift
    local_run "$tmp/tiny.gguf" --db "$db" --temperature 1 --epochs 2 "$@"
}
draw "$tmp/t1.db" -j 1 --seed 7
draw "$tmp/t2.db" -j 5 --seed 7
draw "$tmp/t3.db" -j 5 --seed 8
answers "$tmp/t1.db" >"$tmp/t1.txt"
answers "$tmp/t2.db" >"$tmp/t2.txt"
ok "a seed draws the same at any concurrency" cmp "$tmp/t1.txt" "$tmp/t2.txt"
is "each epoch draws otherwise" "$(sort -t '|' -u -k 2,2 "$tmp/t1.txt" |
    wc -l | tr -d ' ')" 24
ok "another seed draws otherwise" test \
    "$(cut -d '|' -f 2 "$tmp/t1.txt")" != \
    "$(answers "$tmp/t3.db" | cut -d '|' -f 2)"
is "provenance has the file's digest" "$(sqlite3 "$tmp/1.db" \
    "SELECT json_extract(provenance_json, '\$.model.sha256') FROM run")" \
    "$(sha256sum "$tmp/tiny.gguf" 2>/dev/null | cut -d ' ' -f 1)"
local_run "$tmp/tiny.gguf" --db "$tmp/l.db" --logprobs 3 -n 2
is "logprobs: a run" "$status" 0
content="json_each(sqlar_uncompress(raw_z, raw_bytes),
    '\$.choices[0].logprobs.content') t"
is "one for each token but that which ends an answer" "$(sqlite3 "$tmp/l.db" \
    "SELECT count(*) FROM response, $content WHERE raw_z NOT NULL")" \
    "$(sqlite3 "$tmp/l.db" "SELECT sum(completion_tokens) - sum(stop = 'stop')
        FROM response WHERE raw_z NOT NULL")"
is "the chosen one is the likeliest of three" "$(sqlite3 "$tmp/l.db" \
    "SELECT DISTINCT json_array_length(t.value, '\$.top_logprobs'),
        t.value ->> '\$.logprob' = t.value ->> '\$.top_logprobs[0].logprob',
        t.value ->> '\$.logprob' >= t.value ->> '\$.top_logprobs[2].logprob'
    FROM response, $content WHERE raw_z NOT NULL")" "3|1|1"
letter=$(sqlite3 "$tmp/1.db" "SELECT text FROM response" | tr -cd a-z | cut -c1)
local_run "$tmp/tiny.gguf" --db "$tmp/s.db" --stop "$letter"
is "no answer has the text that stops it" "$(sqlite3 "$tmp/s.db" \
    "SELECT count(*), sum(instr(text, '$letter')) FROM response")" "12|0"
ok "one was stopped by it" test "$(sqlite3 "$tmp/s.db" \
    "SELECT sum(length(text)) FROM response")" -lt \
    "$(sqlite3 "$tmp/1.db" "SELECT sum(length(text)) FROM response")"

for model in benchmarks/chain/models/*.gguf; do
    [ -e "$model" ] || continue
    for j in 1 16; do
        run "$seqeval" run -q --suite chain:family=tiny,n=24 -j $j \
            --model "local:$model" --db "$tmp/m$j.db"
        answers "$tmp/m$j.db" >"$tmp/m$j.txt"
        rm "$tmp/m$j.db"
    done
    is "${model##*/}: answers" "$(wc -l <"$tmp/m1.txt" | tr -d ' ')" 24
    ok "${model##*/}: the same, one at a time or not" \
        cmp "$tmp/m1.txt" "$tmp/m16.txt"
done

# ---- judging ----------------------------------------------------------------
run "$seqeval" run -v --suite chain:n=6 --model "local:$tmp/tiny.gguf" \
    --judge "local:$tmp/./tiny.gguf" --judge-template steps --max-tokens 30 \
    --db "$tmp/judge.db"
ok "model and judge of one file" test "$status" -eq 0 -o "$status" -eq 4
is "it is loaded once" "$(grep -c 'texts at a time' "$err")" 1
is "every step has a state" "$(sqlite3 "$tmp/judge.db" \
    "SELECT count(*) FROM step_scores WHERE state IS NULL OR
     state = 'not_run'")" 0

# ---- templates --------------------------------------------------------------
tiny "$tmp/odd.gguf" template='{{ strange }}'
local_run "$tmp/odd.gguf" --db "$tmp/x.db"
is "an unknown template: status 2" "$status" 2
like "it says what to do" "$err" 'chat-template NAME.FILE .*chatml.*--no-chat'
local_run "$tmp/odd.gguf" --db "$tmp/x.db" --chat-template chatml
is "another named" "$status" 0
local_run "$tmp/odd.gguf" --db "$tmp/x.db" --no-chat
is "none at all" "$status" 0
is "they are different models to the store" "$(sqlite3 "$tmp/x.db" \
    "SELECT count(DISTINCT endpoint) FROM response")" 2
echo "{% for m in messages %}<|im_start|>{{ m.role }}{% endfor %}" >"$tmp/t.txt"
local_run "$tmp/odd.gguf" --db "$tmp/x.db" --chat-template "$tmp/t.txt" -n 1
is "a file with a template" "$status" 0
local_run "$tmp/odd.gguf" --db "$tmp/x.db" --chat-template nonesuch
is "an unknown name: status 2" "$status" 2

# ---- limits -----------------------------------------------------------------
tiny "$tmp/short.gguf" context=100
local_run "$tmp/short.gguf" --db "$tmp/short.db" --system "$(printf '%200s' x)"
is "prompts longer than the context: status 4" "$status" 4
is "each is an error of its own" "$(sqlite3 "$tmp/short.db" \
    "SELECT DISTINCT state FROM step_scores")" error
tiny "$tmp/full.gguf" context=400 end=0
run "$seqeval" run -q --suite chain:n=12,steps=1-2 --no-chat --max-tokens 4000 \
    --model "local:$tmp/full.gguf" --db "$tmp/full.db"
is "answers that fill the context: a run" "$status" 0
is "each is truncated where it ends" "$(sqlite3 "$tmp/full.db" \
    "SELECT count(*), min(prompt_tokens + completion_tokens),
        max(prompt_tokens + completion_tokens), max(stop) FROM response")" \
    "12|400|400|length"
is "and so are its steps" "$(sqlite3 "$tmp/full.db" \
    "SELECT DISTINCT state FROM step_scores")" truncated

# ---- bad files --------------------------------------------------------------
bad() { # NAME FILE PATTERN: status 2 and one line, nothing of the library's
    run timeout 60 "$seqeval" run --suite chain:n=1 --model "local:$2" \
        --db "$tmp/bad.db"
    if [ "$status" -eq 2 ] && [ "$(wc -l <"$err")" -eq 1 ] &&
        [ ! -s "$out" ] && grep -q "$3" "$err"; then
        pass "$1"
    else
        fail "$1" "want status 2 and one line with: $3"
    fi
}
echo "this is no model" >"$tmp/text.gguf"
bad "no GGUF" "$tmp/text.gguf" 'not a GGUF file'
: >"$tmp/empty.gguf"
bad "an empty file" "$tmp/empty.gguf" 'not a GGUF file'
bad "no file" "$tmp/nowhere.gguf" 'No such file'
bad "a folder" "$tmp" 'a folder'
bad "a device" /dev/null 'no regular file'
mkfifo "$tmp/pipe.gguf"
bad "a pipe that nobody writes" "$tmp/pipe.gguf" 'no regular file'
cp "$tmp/tiny.gguf" "$tmp/mine.gguf"
chmod 0 "$tmp/mine.gguf"
if [ -r "$tmp/mine.gguf" ]; then
    skip "a file of another's" "root reads all"
else
    bad "a file of another's" "$tmp/mine.gguf" 'Permission denied'
fi
tiny "$tmp/vocab.gguf" without=tensors
bad "a vocabulary alone" "$tmp/vocab.gguf" 'vocabulary alone'
tiny "$tmp/mute.gguf" without=tokens
bad "no vocabulary" "$tmp/mute.gguf" 'no vocabulary'
tiny "$tmp/claims.gguf" claims=100000
bad "tensors beyond the end" "$tmp/claims.gguf" 'cut off'
bytes=$(wc -c <"$tmp/tiny.gguf")
for n in 3 4 7 15 23 24 30 57 100 333 800 2500 4000 5000 5500 6000 100000 \
    $((bytes - 32)) $((bytes - 1)); do
    head -c "$n" "$tmp/tiny.gguf" >"$tmp/cut.gguf"
    bad "cut off after $n bytes" "$tmp/cut.gguf" 'cut off\|not a GGUF'
done
tiny "$tmp/large.gguf" claims=10000000
truncate -s 3000G "$tmp/large.gguf" 2>/dev/null &&
    bad "more than the memory" "$tmp/large.gguf" 'GB are free'
tiny "$tmp/other.gguf" arch=nonesuch
bad "an architecture that nobody knows" "$tmp/other.gguf" \
    "unknown model architecture: 'nonesuch'"
tiny "$tmp/nan.gguf" nan=1
bad "weights that are no numbers" "$tmp/nan.gguf" 'no numbers'
tiny "$tmp/abort.gguf" epsilon=-1
bad "what libllama aborts at" "$tmp/abort.gguf" 'libllama cannot go on.*eps'

# ---- stopping ---------------------------------------------------------------
# stop NAME ARGUMENT...: SIGINT amid a run that would take minutes
stop() {
    name=$1
    shift
    rm -f "$tmp/stop.db"
    "$seqeval" run --suite chain:n=400 --model "local:$tmp/long.gguf" \
        --db "$tmp/stop.db" "$@" >"$out" 2>"$err" &
    pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -e "$tmp/stop.db" ] || break
        sleep 0.2
    done
    sleep 0.5
    free=0
    for _ in 1 2 3 4 5; do
        sqlite3 "$tmp/stop.db" 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null &&
            free=$((free + 1))
    done
    # A second, or as many as there are programs for each core.
    busy=$(cut -d ' ' -f 4 /proc/loadavg 2>/dev/null | cut -d / -f 1)
    most=$((${busy:-1} * 1000 / $(getconf _NPROCESSORS_ONLN)))
    [ $most -gt 1000 ] || most=1000
    begun=$(date +%s%N)
    kill -INT $pid
    wait $pid
    status=$?
    took=$((($(date +%s%N) - begun) / 1000000))
    is "Ctrl-C ends it with what was there, amid $name" "$status" 130
    like "it says so" "$err" 'interrupted'
    ok "within a second ($took ms)" test $took -lt $most
}
tiny "$tmp/long.gguf" end=0 context=100000
stop answers --max-tokens 90000
ok "others may write to the database while it computes" test $free -ge 4
stop "a prompt" --no-chat --system "$(printf '%30000s' x | tr ' ' y)"
ok "likewise amid a prompt" test $free -ge 4
stop "prompts that are too long" --no-chat \
    --system "$(printf '%90000s' x | tr ' ' y)"
finish
