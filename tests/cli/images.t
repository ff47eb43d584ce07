#!/bin/sh
# Images of a record go to the server before the query's text, in each form that
# a suite can have them; a wrong one is named, and who takes none says so.
. "$(dirname "$0")/lib.sh"
SEQEVAL_JUDGE_AUDIT=0 # audit.t has it
OPENAI_API_KEY=k
SEQEVAL_HOME=$tmp/home
export OPENAI_API_KEY SEQEVAL_HOME SEQEVAL_JUDGE_AUDIT
mkdir -p "$tmp/home/benchmarks/pics" "$tmp/data/pics/in"
ln -s "$root/judges" "$tmp/home/judges"
# One grey pixel.
png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==
gif=R0lGODlhAQABAAAAACw=
echo $png | base64 -d >"$tmp/data/pics/in/a.png"
echo $gif | base64 -d >"$tmp/data/pics/b.gif"

# file PATH SET: an entry of "data"
file() {
    printf '{"file": "%s", "sha256": "%s", "bytes": %d, "licence": "ours",
        "url": "http://127.0.0.1:1/%s", "set": "%s"}' "$1" \
        "$(sha256sum "$tmp/data/$1" | cut -c1-64)" \
        "$(wc -c <"$tmp/data/$1")" "$1" "$2"
}
# suite FORM RECORD|@FILE [MORE]: makes it, of one record
suite() {
    case $2 in
    @*) cp "${2#@}" "$tmp/data/pics/q.jsonl" ;;
    *) printf '%s\n' "$2" >"$tmp/data/pics/q.jsonl" ;;
    esac
    cat >"$tmp/home/benchmarks/pics/suite.json" <<EOF
{"name": "pics", "version": 1, "title": "Pictures", "data": [
 $(file pics/q.jsonl test), $(file pics/in/a.png images)],
 "sample": {"input": "q", "images": {"field": "pic", "form": "$1"}},
 "sampling": {"temperature": 0, "max_tokens": 20}${3:-}}
EOF
}
check() { run "$seqeval" suites --check "$tmp/home/benchmarks/pics" --data "$tmp/data"; }
# ask DB ARGUMENT...
ask() {
    db=$tmp/$1.db
    shift
    run "$seqeval" run --suite pics --data "$tmp/data" --model m --db "$db" \
        --base-url "http://127.0.0.1:$port/v1" "$@"
}
bodies() {
    sed 's/.*"body":"\(.*\)"}$/\1/; s/\\"/"/g; s/\\\\/\\/g' "$tmp/log"
}
part() { printf '{"type":"image_url","image_url":{"url":"data:%s"}},' "$1"; }
text='{"type":"text","text":"What is it?"}'
start_stub --reply grey --log "$tmp/log" || exit 1

# ---- what is sent ----------------------------------------------------------
suite data_url "{\"q\": \"What is it?\", \"pic\": \"data:image/png;base64,$png\"}"
check
is "a data URL: the suite is well" "$status" 0
ask url
is "a data URL: exit status" "$status" 0
is "a data URL: is a part before the text" "$(bodies)" \
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[$(part \
    "image/png;base64,$png")$text]}],\"temperature\":0,\"max_tokens\":20}"
is "the request is kept with the image's digest" "$(sqlite3 -readonly "$db" \
    "select request_json ->> '\$.messages[0].images_sha256[0]',
    request_json ->> '\$.messages[0].content' from response")" \
    "$(printf 'data:image/png;base64,%s' $png | sha256sum | cut -c1-64)|What is it?"
one=$(sqlite3 -readonly "$db" "select key from response")

suite base64 "{\"q\": \"What is it?\", \"pic\": [\"$png\", \"$gif\"]}"
ask two
is "two in base64: both are sent, in order" "$(bodies | tail -n 1 |
    sed 's/.*"content":\[\(.*\)\]}\],.*/\1/')" "$(part \
    "image/png;base64,$png")$(part "image/gif;base64,$gif")$text"
is "another image is another request" "$(sqlite3 -readonly "$db" \
    "select key <> '$one' from response")" 1
suite base64 "{\"q\": \"What is it?\", \"pic\": \"$png\"}"
ask same
is "the same image from elsewhere is the same request" \
    "$(sqlite3 -readonly "$db" "select key from response")" "$one"
suite file '{"q": "What is it?", "pic": "in/a.png"}'
ask file
is "and from a file" "$(sqlite3 -readonly "$db" "select key from response")" \
    "$one"
gzip "$tmp/data/pics/in/a.png"
ask packed
is "and from a packed one" "$(sqlite3 -readonly "$db" \
    "select key from response")" "$one"
gunzip "$tmp/data/pics/in/a.png.gz"
for none in null '[]'; do
    suite base64 "{\"q\": \"What is it?\", \"pic\": $none}"
    ask none
    is "$none: text alone" "$(bodies | tail -n 1 | grep -c \
        '"messages":\[{"role":"user","content":"What is it?"}\]')" 1
done
suite base64 "{\"q\": \"What is it?\", \"pic\": \"$png\", \"s\": \"See.\"}" \
    ', "system": "{s}"'
ask system
is "a system message has none" "$(bodies | tail -n 1 |
    sed 's/.*"messages":\(.*\),"temp.*/\1/')" \
    "[{\"role\":\"system\",\"content\":\"See.\"},{\"role\":\"user\",\"content\":[$(part "image/png;base64,$png")$text]}]"
ask dry --dry-run
like "--dry-run: an image is estimated" "$out" \
    'about 10[0-9][0-9] prompt tokens \(at most 50[0-9]{3}\)'
ask budget --max-tokens-total 50000
is "a budget without room for an image sends none" "$status" 4

# ---- who takes none ----------------------------------------------------------
ask raw --api completions
is "/completions: exit status" "$status" 2
like "/completions: one line" "$err" 'pics.*images.*--api completions.*text'
echo '{"prompt": "What is it?", "output": "grey"}' >"$tmp/recorded.jsonl"
run "$seqeval" run --suite pics --data "$tmp/data" --db "$tmp/replay.db" \
    --model "replay:$tmp/recorded.jsonl"
is "recordings are joined as ever" "$status" 0
if [ -e "$BUILD/engine_local.so" ]; then
    "$BUILD/tiny_gguf" "$tmp/tiny.gguf"
    run "$seqeval" run --suite pics --data "$tmp/data" --db "$tmp/local.db" \
        --model "local:$tmp/tiny.gguf"
    is "a local model: exit status" "$status" 2
    like "a local model: one line" "$err" 'pics.*images.*local:.*text alone'
    ok "a local model: nothing was begun" test ! -e "$tmp/local.db"
else
    skip "a local model takes no images" "no libllama: make llama"
fi

# ---- mistakes ----------------------------------------------------------------
# refused NAME PATTERN: the suite is
refused() {
    check
    is "$1: exit status" "$status" 2
    like "$1: one line" "$err" "$2"
    is "$1: no more than one" "$(wc -l <"$err" | tr -d ' ')" 1
}
suite picture '{"q": "a", "pic": null}'
refused "an unknown form" "sample: images: form: want data_url, base64 or file"
suite base64 '{"q": "a"}'
refused "no field" 'q.jsonl:1: pic: missing'
suite base64 '{"q": "a", "pic": 7}'
refused "a number" 'q.jsonl:1: pic: image 1: want a text'
suite base64 "{\"q\": \"a\", \"pic\": [\"$png\", \"$png \"]}"
refused "a blank in base64" 'pic: image 2: no base64, at its byte 90'
suite base64 '{"q": "a", "pic": "aGVsbG8h"}'
refused "no image" 'image 1: neither PNG, JPEG, GIF nor WebP'
suite data_url "{\"q\": \"a\", \"pic\": \"$png\"}"
refused "no data URL" 'image 1: want data:TYPE;base64'
suite data_url "{\"q\": \"a\", \"pic\": \"data:image/jpeg;base64,$png\"}"
refused "a type that it is not" 'is called image/jpeg and is image/png'
suite data_url '{"q": "a", "pic": "https://example.org/a.png"}'
refused "an address" 'want data:TYPE;base64'
suite file '{"q": "a", "pic": "b.gif"}'
refused "a file that is not listed" \
    'pics/b.gif is none of the suite.s data files: list it in data'
suite file '{"q": "a", "pic": "../../../../etc/passwd"}'
refused "a way out" 'etc/passwd is none of'
suite file '{"q": "a", "pic": "in/a.png"}'
echo more >>"$tmp/data/pics/in/a.png"
refused "a file that was changed" 'in/a.png: is not suite pics.s data'
{
    printf '{"q": "a", "pic": ["%s"' $png
    yes ", \"$png\"" | head -n 64
    echo ']}'
} | tr -d '\n' >"$tmp/many.json"
suite base64 "$(cat "$tmp/many.json")"
refused "too many" 'pic: 65 images, at most 64'
{
    printf '{"q": "a", "pic": "iVBORw0KGgo'
    head -c 29000001 /dev/zero | tr '\0' A
    echo '"}'
} >"$tmp/big.json"
suite base64 "@$tmp/big.json"
refused "too large" 'pic: image 1: more than 20 MiB'
finish
