#!/bin/sh
# `seqeval export --baseline` and `seqeval gate`: every exit status, the files
# for a CI, and baselines that must never pass.
. "$(dirname "$0")/lib.sh"
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
db=$tmp/g.db
params=n=400,steps=1-6
# asks MODEL ERROR-RATE SEED [OPTION...]
asks() {
    name=$1 rate=$2 seed=$3
    shift 3
    "$BUILD/scripted_model" --suite-params "$params" --error-rate "$rate" \
        --seed "$seed" >"$tmp/$name.jsonl" || exit 1
    "$seqeval" run -q --suite "chain:$params" --model "replay:$tmp/$name.jsonl" \
        --db "$db" "$@" >/dev/null 2>&1
}
hostile='m<b>|"&%x](y)'
asks good 0.02 3
asks same 0.02 3
asks near 0.03 4
asks "$hostile" 0.2 5
gate() { run "$seqeval" gate --db "$db" "$@"; }

run "$seqeval" export --baseline latest:good --db "$db" --out "$tmp/base.json"
is "a baseline is exported" "$status" 0
ok "and small" test "$(wc -c <"$tmp/base.json")" -lt 40000
run "$seqeval" export --baseline latest:good --db "$db"
ok "the same again" cmp -s "$out" "$tmp/base.json"

gate --candidate latest:same --baseline "$tmp/base.json" --max-drop step_rate=2
is "an equal candidate passes" "$status" 0
like "and it is said why" "$out" 'changed by \+0\.00 points, a drop of 2'
gate --candidate latest:near --baseline "$tmp/base.json" --max-drop step_rate=5 \
    --min full_rate=0.5
is "a candidate that is about as good passes" "$status" 0
gate --candidate latest:near --baseline latest:good --max-drop full_rate=1
is "too few samples to see a drop of one point" "$status" 3
like "and how many would do" "$out" \
    'too few samples: 400 show a drop of 1 points .*, about [0-9]{4,5} would'
gate --candidate latest:near --baseline latest:good --min full_rate=0.99
is "below a floor it fails" "$status" 1
like "with the value" "$out" '0\.[0-9]+ is below 0\.99'

# a run alone in its database, and the file: all that a CI has
"$seqeval" run -q --suite "chain:$params" --model "replay:$tmp/$hostile.jsonl" \
    --db "$tmp/ci.db" >/dev/null
run "$seqeval" gate --db "$tmp/ci.db" --candidate latest \
    --baseline "$tmp/base.json" --max-drop step_rate=2 --junit "$tmp/j.xml"
is "a worse candidate fails" "$status" 1
like "junit counts it" "$tmp/j.xml" 'tests="1" failures="1" errors="0"'
like "and names the limit" "$tmp/j.xml" \
    'testcase classname="chain:n=400" name="max-drop step_rate=2"'
like "with the worst samples and their steps" "$tmp/j.xml" \
    'test-[^ ]+  1 &gt; 0  1 [a-z]+: fail'
like "names are escaped" "$tmp/j.xml" \
    'candidate model" value="m&lt;b&gt;\|&quot;&amp;%x\]\(y\)"'
if command -v xmllint >/dev/null; then
    ok "junit is well formed" xmllint --noout "$tmp/j.xml"
else
    skip "junit is well formed" "no xmllint"
fi

echo "before" >"$tmp/summary.md"
GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$tmp/summary.md \
    gate --candidate "latest:$hostile" --baseline latest:good \
    --max-drop step_rate=2 --max-drop full_rate=2 --format json
is "on GitHub it fails as well" "$status" 1
like "the summary is appended" "$tmp/summary.md" '^before$'
like "it is a table" "$tmp/summary.md" '^\| fail \| max-drop step_rate=2 \|'
like "names cannot become markup" "$tmp/summary.md" \
    'candidate \| m&lt;b>\\\|"&amp;%x\\\]\(y\) \|'
like "the steps that changed are in it" "$tmp/summary.md" \
    '\| [0-9] [a-z]+: pass > fail'
is "an annotation for each limit" \
    "$(grep -c '^::error title=seqeval gate [a-z_]*::chain:n=400' "$err")" 2
like "json holds the figures" "$out" '"verdict":"fail".*"needed_n":[0-9]+'

# alpha: the same drop is a failure or chance
"$BUILD/scripted_model" --suite-params n=60,steps=1-6 --error-rate 0.02 \
    --seed 3 >"$tmp/a.jsonl"
"$BUILD/scripted_model" --suite-params n=60,steps=1-6 --error-rate 0.06 \
    --seed 8 >"$tmp/b.jsonl"
for m in a b; do
    "$seqeval" run -q --suite chain:n=60,steps=1-6 --model \
        "replay:$tmp/$m.jsonl" --db "$tmp/small.db" >/dev/null
done
for alpha in 0.5 0.0005; do
    run "$seqeval" gate --db "$tmp/small.db" --candidate latest:b \
        --baseline latest:a --max-drop step_rate=1 --alpha $alpha
    case $alpha in 0.5) want=1 ;; *) want=3 ;; esac
    is "60 samples, alpha $alpha" "$status" $want
done
run "$seqeval" gate --db "$tmp/small.db" --candidate latest:a \
    --baseline latest:a --max-drop step_rate=2
is "60 equal samples cannot rule 2 points out" "$status" 3

# baselines that must not pass: one line, exit 2
refused() {
    gate --candidate latest:same --baseline "$2" --max-drop step_rate=2
    is "$1: exit 2" "$status" 2
    like "$1: why" "$err" "$3"
    is "$1: one line" "$(wc -l <"$err" | tr -d ' ')" 1
}
b=$tmp/bad.json
refused "no such file" "$tmp/none.json" 'No such file'
refused "no such run" latest:nobody 'there are models'
head -c 900 "$tmp/base.json" >"$b"
refused "a file cut short" "$b" 'bad\.json:1:'
echo '{"a": 1}' >"$b"
refused "another JSON file" "$b" 'no baseline'
sed 's/"seqeval_baseline":1/"seqeval_baseline":2/' "$tmp/base.json" >"$b"
refused "a newer version" "$b" 'version 2, this seqeval knows 1'
sed 's/"step_rate":\[1,/"step_rate":[0,/' "$tmp/base.json" >"$b"
refused "a changed value" "$b" 'differ: it was changed'
sed 's/"epochs":1/"epochs":2/' "$tmp/base.json" >"$b"
refused "a changed setting" "$b" 'differ: it was changed'
sed 's/"step_rate":\[1,/"step_rate":[/' "$tmp/base.json" >"$b"
refused "a lost value" "$b" 'want a value for each sample'
asks warm 0.02 3 --temperature 0.5
refused "other settings" latest:warm 'temperature differs'
params=n=410,steps=1-6
asks other 0.02 3
refused "another suite" latest:other 'suite chain:n=410 is not in the candidate'
sqlite3 "$db" "update suite set definition_digest = 'x' where label like '%410%'"
asks other 0.02 3
run "$seqeval" gate --db "$db" --candidate latest:other --max-drop step_rate=2 \
    --baseline "$(sqlite3 "$db" "select run_id from runs
        where model = 'other' order by created_at limit 1")"
is "another template" "$status" 2
like "by its digest" "$err" 'definition or template differs'

# missing responses
params=n=400,steps=1-6
sed 40q "$tmp/good.jsonl" >"$tmp/torn.jsonl"
"$seqeval" run -q --suite "chain:$params" --model "replay:$tmp/torn.jsonl" \
    --db "$db" >/dev/null 2>&1
torn=$(sqlite3 "$db" "select run_id from runs where model = 'torn'")
gate --candidate "$torn" --baseline "$tmp/base.json" --max-drop step_rate=2
is "missing responses" "$status" 4
like "are said to be" "$err" 'is incomplete: responses or verdicts are missing'
gate --candidate latest:good --baseline "$torn" --max-drop step_rate=2
is "nor is such a run a baseline" "$status" 2
run "$seqeval" export --baseline "$torn" --db "$db"
is "nor exported as one" "$status" 2

# two suites, each with a limit of its own
params=n=40,steps=2
for m in good near; do
    "$BUILD/scripted_model" --suite-params $params --error-rate 0.02 --seed 3 \
        >"$tmp/two.jsonl"
    cat "$tmp/$m.jsonl" >>"$tmp/two.jsonl"
    mv "$tmp/two.jsonl" "$tmp/two-$m.jsonl"
    "$seqeval" run -q --suite "chain:$params" --suite chain:n=400,steps=1-6 \
        --model "replay:$tmp/two-$m.jsonl" --db "$tmp/two.db" >/dev/null 2>&1
done
two() {
    run "$seqeval" gate --db "$tmp/two.db" --candidate latest:two-near \
        --baseline latest:two-good --format csv "$@"
    rows=$(sed 1d "$out" | cut -d, -f1-3 | tr '\n' ';')
}
two --min step_rate=0.5
is "a limit holds for every suite" "$status $(sed 1d "$out" | wc -l |
    tr -d ' ')" "0 2"
two --min "step_rate@chain:n=40,steps=2=0.5" \
    --min step_rate@chain:n=400=0.999
is "or for the one that is named" "$status $(grep -c ',pass,' "$out") $(grep -c \
    ',fail,' "$out")" "1 1 1"
two --min step_rate@gsm9k=0.5
is "which must be there" "$status $(grep -c "no suite gsm9k" "$err")" "2 1"
two --min step_rate=0.5 --min "step_rate@chain:n=40,steps=2=0.5"
is "and have one limit" "$status" 2

# usage
gate --candidate latest:good --baseline latest:same
is "nothing to hold to" "$status" 2
gate --candidate latest:good --baseline latest:same --max-drop nope=2
is "no such metric" "$status" 2
gate --candidate latest:good --baseline latest:same --max-drop step_rate
is "no points" "$status" 2
gate --candidate latest:good --baseline latest:same --max-drop step_rate=0
is "no drop at all" "$status" 2
gate --candidate latest:good --baseline latest:same --min step_rate=90
is "a floor beyond the metric's range" "$status" 2
gate --candidate latest:good --baseline latest:same --max-drop step_rate=2 \
    --suite nope
is "no such suite" "$status" 2
gate --candidate latest:good --baseline latest:same --max-drop step_rate=2 \
    --junit "$tmp/no/such/dir.xml"
ok "a file that cannot be written is no pass" test "$status" -ne 0
finish
