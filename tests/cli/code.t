#!/bin/sh
# Suites that run programs: what each kind of answer ends as, pass@k, what is
# refused; and the published benchmarks against what is known of them.
. "$(dirname "$0")/lib.sh"
db=$tmp/code.db
sql() { sqlite3 -readonly "$db" "$1"; }

# add_suite NAME SECONDS: from $tmp/data/NAME.jsonl; tests are the field `test`
add_suite() {
    mkdir -p "$tmp/home/benchmarks/$1"
    cat >"$tmp/home/benchmarks/$1/suite.json" <<END
{"name": "$1", "version": 1, "title": "functions",
 "data": [{"file": "$1.jsonl", "licence": "ours", "url": "file:///$1.jsonl",
           "sha256": "$(sha256sum "$tmp/data/$1.jsonl" | cut -c1-64)",
           "bytes": $(wc -c <"$tmp/data/$1.jsonl")}],
 "sample": {"id": "key"}, "prompt": "{q}",
 "steps": [{"kind": "code", "graders": [{"name": "tests", "metric": "pass@1",
   "check": "unit_tests", "prompt": "{q}", "entry": "f", "stops": ["\\nprint"],
   "tests": "{test}", "seconds": $2}]}]}
END
}
mkdir -p "$tmp/home/benchmarks" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
for n in right wrong empty nul two chat left late; do
    cat <<END
{"key": "$n", "q": "def f(x):\n    \"\"\"$n\"\"\"\n", "test": "assert f(1) == 2"}
END
done >"$tmp/all.jsonl"
grep -v '"late"' "$tmp/all.jsonl" >"$tmp/data/mini.jsonl"
grep '"late"' "$tmp/all.jsonl" >"$tmp/data/brief.jsonl"
add_suite mini 60
add_suite brief 0.3
cat >"$tmp/answers.jsonl" <<'END'
{"id": "right", "output": "    return x + 1\nprint('and more')"}
{"id": "right", "output": "    return x + 1"}
{"id": "right", "output": "    return x"}
{"id": "wrong", "output": "    return x - 1"}
{"id": "wrong", "output": "    return x + "}
{"id": "wrong", "output": "    return y"}
{"id": "empty", "output": ""}
{"id": "empty", "output": "\n \n"}
{"id": "empty", "output": "    pass"}
{"id": "nul", "output": "    return x + 1\u0001"}
{"id": "nul", "output": "    return x + \u00ff"}
{"id": "nul", "output": "    return x + 1 # \u00ff\t"}
{"id": "two", "output": "```\nprint(1)\n```\nor\n```\ndef f(x): return x + 1\n```"}
{"id": "two", "output": "```\ndef f(x): return x + 1\n```\nor\n```\ndef f(x): return 0\n```"}
{"id": "two", "output": "```\ndef f(x): return 0\n```\nor\n```\ndef f(x): return x + 1\n```"}
{"id": "chat", "output": "Sure!\n\n```python\ndef f(x):\n    return x + 1\n```\nDone."}
{"id": "chat", "output": "Sure!\ndef f(x):\n    return x + 1\n\nThat adds one."}
{"id": "chat", "output": "I cannot do that."}
{"id": "late", "output": "    while True: pass"}
{"id": "late", "output": "    import time; time.sleep(60)"}
{"id": "left", "output": "    import os; os._exit(0)"}
{"id": "left", "output": "    raise SystemExit(0)"}
{"id": "left", "output": "    import os; os.kill(1, 9); os.abort()"}
END
run_mini() {
    SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite mini --data "$tmp/data" \
        --db "$db" --epochs 3 "$@"
}

run_mini --model "replay:$tmp/answers.jsonl"
if [ "$status" = 2 ] && grep -q 'no sandbox on this machine' "$err"; then
    like "it is refused with one line" "$err" 'unsafe-code'
    skip "the rest" "this machine gives no sandbox"
    finish
fi
is "it is run" "$status" 0
is "each answer ends as documented" "$(sql "SELECT group_concat(v, ' ') FROM
    (SELECT sample_id || '=' || group_concat(substr(state, 1, 1), '') AS v FROM
    (SELECT * FROM step_scores ORDER BY sample_id, epoch) GROUP BY sample_id)")" \
    'chat=ppf empty=fff left=fff nul=ffp right=ppf two=ppf wrong=fff'
why() { sql "SELECT explanation FROM step_scores WHERE sample_id = '$1'
    AND epoch = $2"; }
why right 1 >"$out"
like "the rule is told" "$out" 'passed after .* \(continuation, cut at a stop string\)'
why chat 1 >"$out"
like "a code block" "$out" '\(code block\)'
why chat 2 >"$out"
like "a function" "$out" '\(function\)'
why wrong 3 >"$out"
like "the exception is told" "$out" "failed .*NameError: name 'y' is not defined"
SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite brief --data "$tmp/data" \
    --db "$tmp/brief.db" --epochs 2 --model "replay:$tmp/answers.jsonl"
is "the late fail" "$(sqlite3 "$tmp/brief.db" "SELECT group_concat(state)
    FROM step_scores")" fail,fail
sqlite3 "$tmp/brief.db" 'SELECT explanation FROM step_scores
    WHERE epoch = 2' >"$out"
like "the second run is told" "$out" 'timeout after .*, run again alone'
why left 1 >"$out"
like "leaving early is no pass" "$out" 'exited after .*status 0'
is "what was run is the evidence" "$(sql "SELECT evidence FROM step_scores
    WHERE sample_id = 'chat' AND epoch = 1")" "def f(x):
    return x + 1"
is "pass@1 is the mean" "$(sql "SELECT round(value, 12), n FROM leaderboard
    WHERE metric = 'pass@1'")" "0.333333333333|7"
is "no pass@10 of three" "$(sql "SELECT count(*) FROM leaderboard
    WHERE metric = 'pass@10'")" 0
is "the interpreter is kept" "$(sql "SELECT
    json_extract(settings_json, '$.python') LIKE '3.%',
    json_extract(settings_json, '$.unsafe_code') FROM runs")" '1|0'

run_mini --model "replay:$tmp/answers.jsonl" --pass-k 2,3
# of 3: c=2 for right, chat, two; c=1 for nul; 0 for the rest
is "pass@2, pass@3" "$(sql "SELECT group_concat(metric || ' ' ||
    round(value, 9), ', ') FROM leaderboard WHERE metric IN
    ('pass@2', 'pass@3') AND run_id = (SELECT max(run_id) FROM runs)")" \
    "pass@2 0.523809524, pass@3 0.571428571"
run_mini --model "replay:$tmp/answers.jsonl" --pass-k 1,x
is "--pass-k wants numbers" "$status" 2

printf '{"id": "right", "output": "\\u0000"}\n' >"$tmp/nul.jsonl"
run_mini --model "replay:$tmp/nul.jsonl"
is "a recording with a NUL byte is refused" "$status" 2
like "and says where" "$err" 'nul.jsonl:1:'

# Ten million bytes of answer.
awk 'BEGIN { printf "{\"id\": \"right\", \"output\": \"    return x + 1 #";
    for (i = 0; i < 100000; i++) printf "%0100d", 0; print "\"}" }' \
    >"$tmp/long.jsonl"
SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite mini --limit 1 \
    --data "$tmp/data" --db "$tmp/long.db" --model "replay:$tmp/long.jsonl"
is "an answer of 10 MB is run" "$(sqlite3 "$tmp/long.db" \
    'SELECT state FROM step_scores')" pass

printf '{"key": "a", "q": "x", "test": " "}\n' >"$tmp/data/bare.jsonl"
add_suite bare 3
printf '{"id": "a", "output": "x"}\n' >"$tmp/a.jsonl"
SEQEVAL_HOME=$tmp/home run "$seqeval" run --suite bare --data "$tmp/data" \
    --db "$tmp/bare.db" --model "replay:$tmp/a.jsonl"
is "a missing test ends the run" "$status" 2
like "and says where" "$err" 'bare.jsonl:1: .*tests'

# In a user namespace that allows no further ones there is no sandbox; nor where
# it is to be had, but not the namespace that each program gets in it.
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME
cores=$(getconf _NPROCESSORS_ONLN) # as many workers have one each
for limit in max_user_namespaces=0 max_pid_namespaces=1 \
    "max_pid_namespaces=$cores"; do
    bare="echo ${limit#*=} >/proc/sys/user/${limit%=*} && exec \"\$0\" \"\$@\""
    run unshare -Ur sh -c "$bare" "$seqeval" run --suite mini \
        --data "$tmp/data" --db "$tmp/none.db" \
        --model "replay:$tmp/answers.jsonl"
    if [ ! -s "$err" ] || grep -q unshare: "$err"; then
        skip "$limit: it is refused" "this machine makes no namespaces"
        continue
    fi
    is "$limit: it is refused" "$status" 2
    is "$limit: with one line" "$(wc -l <"$err")" 1
    like "$limit: that says what to do" "$err" \
        'no sandbox on this machine.*unsafe-code'
    ok "$limit: and nothing is stored" [ ! -e "$tmp/none.db" ]
    [ "${limit#*=}" -le 1 ] || continue # doctor has one worker
    run unshare -Ur sh -c "$bare" "$seqeval" doctor
    like "$limit: doctor says so" "$out" '^sandbox: .* no '
done
run "$seqeval" run --suite mini --limit 1 --data "$tmp/data" \
    --db "$tmp/unsafe.db" --model "replay:$tmp/answers.jsonl" --unsafe-code
is "--unsafe-code runs it" "$status" 0
like "and says so" "$err" 'without a sandbox'
like "in the result" "$out" 'note: .*without a sandbox'
run "$seqeval" leaderboard --db "$tmp/unsafe.db"
like "and on the leaderboard" "$out" 'note: .*without a sandbox'
run "$seqeval" show latest --db "$tmp/unsafe.db"
like "and where the run is shown" "$out" '^notes .*without a sandbox'
run "$seqeval" compare latest latest --db "$tmp/unsafe.db"
like "where it is compared" "$err" 'without a sandbox'
run "$seqeval" report latest --db "$tmp/unsafe.db" --out "$tmp/page.html"
like "on the page" "$tmp/page.html" '<p class="bad">.*without a sandbox'
GITHUB_STEP_SUMMARY=$tmp/summary.md
export GITHUB_STEP_SUMMARY
run "$seqeval" gate --candidate latest --baseline latest --db "$tmp/unsafe.db" \
    --min pass@1=0 --max-drop pass@1@mini=50 --junit "$tmp/junit.xml"
unset GITHUB_STEP_SUMMARY
like "by the gate" "$err" 'without a sandbox'
like "in its JUnit file" "$tmp/junit.xml" 'name="notes".*without a sandbox'
like "in its summary" "$tmp/summary.md" 'without a sandbox'
unset SEQEVAL_HOME

# The published benchmarks.
data=${SEQEVAL_SHARED:-}/datasets
if [ ! -e "$data/humaneval/HumanEval.jsonl.gz" ]; then
    skip "humaneval, mbpp" "needs the shared data"
    finish
fi
run "$seqeval" run -q --suite humaneval --data "$data" --db "$db" --model \
    "replay:$data/humaneval/HumanEval.jsonl.gz" --replay-field canonical_solution
is "all 164 canonical solutions pass" "$(sql "SELECT value, n FROM leaderboard
    WHERE suite = 'humaneval' AND metric = 'pass@1'")" "1.0|164"
run "$seqeval" run -q --suite mbpp:set=all --limit 300-360 --data "$data" \
    --db "$db" --model "replay:$data/mbpp/mbpp.jsonl" --replay-field code
is "mbpp's reference solutions pass" "$(sql "SELECT value, n FROM leaderboard
    WHERE suite LIKE 'mbpp:set=all%' AND metric = 'pass@1'")" "1.0|61"
run "$seqeval" run -q --suite mbpp:set=sanitised --limit 200-257 --data "$data" \
    --db "$db" --model "replay:$data/mbpp/sanitized-mbpp.json" --replay-field code
is "and the sanitised ones" "$(sql "SELECT value, n FROM leaderboard
    WHERE suite LIKE 'mbpp:set=sanitised%' AND metric = 'pass@1'")" "1.0|58"

rec=$(ls "$data"/recordings/humaneval/*/codex_eval_predictions.jsonl_results.jsonl.gz)
run "$seqeval" run -q --suite humaneval --data "$data" --db "$tmp/rec.db" \
    --limit 27-39 --epochs 20 --model "replay:$rec"
gzip -dc "$rec" >"$tmp/rec.jsonl"
sqlite3 "$tmp/rec.db" >"$out" 2>&1 <<END
CREATE TEMP TABLE line(t);
.mode ascii
.separator "\037" "\n"
.import $tmp/rec.jsonl line
.mode list
.separator "|"
WITH want AS (SELECT json_extract(t, '$.task_id') AS id, json_extract(t,
    '$.passed') AS passed, row_number() OVER (PARTITION BY
    json_extract(t, '$.task_id') ORDER BY rowid) AS epoch FROM line)
SELECT count(*), sum((s.state = 'pass') <> w.passed), sum(w.passed)
FROM step_scores s JOIN want w ON w.id = s.sample_id AND w.epoch = s.epoch;
END
is "recorded verdicts come out the same" "$(cat "$out")" "260|0|108"
finish
