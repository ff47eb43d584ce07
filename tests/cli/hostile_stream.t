#!/bin/sh
# Streams that mean harm: whatever a server sends to --stream, nothing but a
# whole answer is one; all else is an error of infrastructure, in bounded memory
# and time, and nothing of it is kept.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
# The sanitizer's own hoard of freed memory is not what is measured.
ASAN_OPTIONS=quarantine_size_mb=1:${ASAN_OPTIONS:-}
export ASAN_OPTIONS
start_stub --max-seconds 120 || exit 1
# stream KIND ARGUMENT...: into $db
stream() {
    kind=$1
    db=$tmp/$1.db
    shift
    run "$BUILD/peak" "$tmp/peak" "$seqeval" run --suite chain:n=1 --model m \
        --db "$db" --timeout 3 --max-retries 0 --stream \
        --base-url "http://127.0.0.1:$port/_fault/$kind" "$@"
}
stream sse
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
    stream "$kind"
    is "$kind: exit status 4" "$status" 4
    is "$kind: every step is an error" "$(sqlite3 -readonly "$db" "select
        group_concat(distinct state), count(distinct sample_id)
        from step_scores where state <> 'unanswerable'")" "error|1"
    is "$kind: nothing was kept and nothing scored" "$(sqlite3 -readonly "$db" \
        "select (select count(*) from response) +
         (select count(*) from sample_scores)")" 0
    like "$kind: one line says why" "$err" 'missing;.*first: .*[a-z]{3}'
    read -r took cpu kib <"$tmp/peak"
    ok "$kind: under 100 MB ($kib KiB, $took s, $cpu s of CPU)" \
        test "$kib" -lt 100000
    ok "$kind: in time" test "${took%.*}" -lt 20
done
finish
