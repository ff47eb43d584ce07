#!/bin/sh
# Servers that mean harm: whatever they send is an error of infrastructure, in
# bounded memory and time, and the run goes on.
. "$(dirname "$0")/lib.sh"
OPENAI_API_KEY=k
export OPENAI_API_KEY
# The sanitizer's own hoard of freed memory is not what is measured.
ASAN_OPTIONS=quarantine_size_mb=1:${ASAN_OPTIONS:-}
export ASAN_OPTIONS
start_stub --max-seconds 120 || exit 1

# big: a stream of 1 GB; bomb: 64 MB in 64 kB of gzip; headers, header: 1 MB of
# them; endless: chunks for ever; trickle, drip: a byte now and then
kinds='big bomb headers header endless trickle drip deep nul utf8 dup'
for kind in $kinds; do
    db=$tmp/$kind.db
    run "$BUILD/peak" "$tmp/peak" "$seqeval" run --suite chain:n=1 --model m \
        --db "$db" --timeout 0.7 --max-retries 0 \
        --base-url "http://127.0.0.1:$port/_fault/$kind"
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
done
finish
