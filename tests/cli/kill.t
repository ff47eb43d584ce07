#!/bin/sh
# kill -9 at 100 random moments of one run, and at the end of others: the tables
# are those of a run that nobody disturbed, and only what was in flight is asked
# twice. KILLS=N makes it N.
. "$(dirname "$0")/lib.sh"
kills=${KILLS:-100}
n=$((9 * kills)) # more than can be answered between the kills
j=4
OPENAI_API_KEY=k
export OPENAI_API_KEY
printf '{"match": "the-judge", "content": "[[Yes, 4]]"}\n' >"$tmp/replies.jsonl"
start_stub --echo --latency-ms 15 --reply-file "$tmp/replies.jsonl" \
    --log "$tmp/log" || exit 1
# ask DB N: in its own process, so that kill reaches seqeval itself
ask() {
    exec "$seqeval" run --suite "chain:steps=3-4,n=$2" --model m --seed 1 -j "$3" \
        --judge the-judge --judge-template paper --db "$1" -q \
        --base-url "http://127.0.0.1:$port/v1" \
        --judge-base-url "http://127.0.0.1:$port/v1" >/dev/null 2>&1
}
sent() { wc -l <"$tmp/log" | tr -d ' '; }
# tables DB: all of them, whole, rows in an order of their own; but for numbers
# of rows, which follow the order of arrival (what they point to stands in their
# place), and for the times: run.created_at, finished_at and the run_id made of
# them, response.created_at and latency_ms; and for -j, which is not the same here.
tables() {
    sqlite3 -readonly "$1" "
    select 'run', plan_key, status, model, judge, seqeval_version,
      settings_json, json_remove(provenance_json, '\$.concurrency')
      from run order by id limit 1;
    select 'run_tag', tag from run_tag where run = 1 order by 2;
    select 'suite', label, name, definition_digest, data_digest, steps_digest,
      modified from suite order by label;
    select 'run_suite', label from run_suite join suite on id = suite
      where run = 1 order by 2;
    select 'sample', ordinal, sample_id, query from sample order by ordinal;
    select 'facet', ordinal, name, value from sample_facet
      join sample on id = sample order by 2, 3;
    select 'step', ordinal, step, start_byte, end_byte, kind, answerable,
      depends, rules from step join sample on id = sample order by 2, 3;
    select 'response', key, engine, endpoint, model, request_json, stop, text,
      server_model, prompt_tokens, completion_tokens, retries, finish_reason,
      reasoning, system_fingerprint, cached_tokens, reasoning_tokens,
      raw_bytes, hex(raw_z) from response order by key;
    select 'template', name, digest from template order by 2, 3;
    select 'state', id, name from state order by id;
    select 'job', ordinal, epoch, judge, attempt, job_id, name, key, state, error,
      requests, job.retries, cost from job join sample on sample.id = sample
      left join template on template.id = template
      left join response on response.id = response
      where run = 1 order by 2, 3, 4;
    select 'sheet', ordinal, epoch, final, attack from sheet
      join sample on id = sample where run = 1 order by 2, 3;
    select 'step_score', ordinal, epoch, step, grader, state, rule_pass,
      judge_pass, correct, evidence, explanation from step_score
      join sample on id = sample where run = 1 order by 2, 3, 4, 5;
    select 'verdict', ordinal, epoch, template, following, quality_state, quality,
      explanation from verdict join sample on id = sample
      where run = 1 order by 2, 3, 4;
    select 'finding', ordinal, epoch, judge, template, question, step, state,
      value, evidence, explanation from finding join sample on id = sample
      where run = 1 order by 2, 3, 4, 5, 6, 7;
    select 'probe_job', judge, name, probe, attempt, key, state, error, requests,
      probe_job.retries, cost from probe_job
      left join template on template.id = template
      left join response on response.id = response where run = 1 order by 2, 4;
    select 'probe', judge, template, kind, name, question, step, expected, right
      from probe where run = 1 order by 2, 3, 4, 5, 6, 7;
    select 'audit', judge, template, measure, value, lo, hi, n from audit
      where run = 1 order by 2, 3, 4;
    select 'sample_score', ordinal, epoch, name, value from sample_score
      join sample on sample.id = sample join metric on metric.id = metric
      where run = 1 order by 2, 3, 4;
    select 'result', slice, name, value, stderr, lo, hi, n from result
      join metric on metric.id = metric where run = 1 order by 2, 3;
    select 'result_range', metric, lo, hi, missing from result_range
      where run = 1 order by 2;
    select 'sample_cluster', ordinal, name, c.value from sample_cluster c
      join sample on sample.id = c.sample order by 2, 3;"
}
# moments COUNT FROM TO: so many seconds, the same each time
moments() {
    awk -v n="$1" -v a="$2" -v b="$3" 'BEGIN { srand(20250101)
        for (i = 0; i < n; i++) printf "%.3f\n", a + (b - a) * rand() }'
}

(ask "$tmp/whole.db" $n 64)
tables "$tmp/whole.db" >"$tmp/whole.txt"
# 16 canaries, and 8 samples that are judged twice
audit=24
is "an undisturbed run asks each query once, and the judge" "$(sent)" \
    $((2 * n + audit))
is "no table is left out" "$(grep -c "^    select '" "$0")" "$(sqlite3 \
    "$tmp/whole.db" "select count(*) from sqlite_schema where type = 'table'
    and name <> 'metric'")"

before=$(sent)
killed=0
for wait in $(moments "$kills" 0 0.09); do
    ask "$tmp/cut.db" $n $j &
    pid=$!
    sleep "$wait"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
done
is "killed in mid-run, each time" $killed "$kills"
(ask "$tmp/cut.db" $n 64)
tables "$tmp/cut.db" >"$tmp/cut.txt"
ok "the final tables are the same, byte for byte" \
    cmp "$tmp/whole.txt" "$tmp/cut.txt"
is "it is one run, gone on with" \
    "$(sqlite3 -readonly "$tmp/cut.db" "select count(*) from runs")" 1
again=$(($(sent) - before - 2 * n - audit))
# model and judge have j each
ok "asked twice: no more than what was in flight ($again)" \
    test "$again" -le $((2 * j * kills))

(ask "$tmp/short.db" 40 64)
tables "$tmp/short.db" >"$tmp/short.txt"
same=0
for wait in $(moments 10 0.03 0.1); do
    rm -f "$tmp"/end.db*
    ask "$tmp/end.db" 40 64 &
    pid=$!
    sleep "$wait"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    (ask "$tmp/end.db" 40 64)
    tables "$tmp/end.db" | cmp -s - "$tmp/short.txt" && same=$((same + 1))
done
is "likewise near the end of a run" $same 10
finish
