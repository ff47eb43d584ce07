#!/bin/sh
# Servers that mean harm: whatever they send, nothing but a whole answer is one;
# all else is an error of infrastructure, in bounded memory and time, nothing of
# it is kept, and the run goes on.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
# The sanitizer's own hoard of freed memory is not what is measured.
ASAN_OPTIONS=quarantine_size_mb=1:${ASAN_OPTIONS:-}
export ASAN_OPTIONS
start_stub --max-seconds 120 || exit 1
# ask KIND OPTION...: one request, into $db
ask() {
    db=$tmp/$1.db
    kind=$1
    shift
    rm -f "$db"*
    run "$BUILD/peak" "$tmp/peak" "$seqeval" run --suite chain:n=1 --model m \
        --db "$db" --max-retries 0 "$@" \
        --base-url "http://127.0.0.1:$port/_fault/$kind"
}
# harm NAME KIND OPTION...: what such a request must come to
harm() {
    name=$1
    shift
    ask "$@"
    is "$name: exit status 4" "$status" 4
    is "$name: every step is an error" "$(sqlite3 -readonly "$db" "select
        group_concat(distinct state), count(distinct sample_id)
        from step_scores where state <> 'unanswerable'")" "error|1"
    is "$name: nothing was kept and nothing scored" "$(sqlite3 -readonly "$db" \
        "select (select count(*) from response) +
         (select count(*) from sample_scores)")" 0
    like "$name: one line says why" "$err" 'missing;.*first: .*[a-z]{3}'
    read -r took cpu kib <"$tmp/peak"
    ok "$name: under 100 MB ($kib KiB, $took s, $cpu s of CPU)" \
        test "$kib" -lt 100000
    ok "$name: in time" test "${took%.*}" -lt 20
}

# big: a stream of 1 GB; bomb: 64 MB in 64 kB of gzip; headers, header: 1 MB of
# them; endless: chunks for ever; trickle, drip: a byte now and then
for kind in big bomb headers header endless trickle drip deep nul utf8 dup; do
    harm "$kind" "$kind" --timeout 0.7
done

ask sse --stream
is "a stream that is one: exit status" "$status" 0
is "a stream that is one: its text" "$(sqlite3 -readonly "$db" \
    "select response_text from samples")" aa
# endless, comments, blank: for ever; gigabyte, event, many-lines: 1 GB; 31-mb*:
# as much as is read, without an end; trickle: a byte now and then
for kind in sse-endless sse-gigabyte sse-event sse-many-lines sse-comments \
    sse-blank sse-31-mb sse-31-mb-event sse-nul sse-escaped-nul sse-utf8 \
    sse-half-char sse-deep sse-dup sse-cut sse-no-end sse-empty sse-done \
    sse-garbage sse-array sse-number sse-error sse-error-event sse-reason \
    sse-page trickle halt bomb; do
    harm "stream $kind" "$kind" --stream --timeout 3
done
finish
