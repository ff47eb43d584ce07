#!/bin/sh
# `seqeval suites`: the list, and --check.
. "$(dirname "$0")/lib.sh"
here=tests/data/suites

run "$seqeval" suites --data "$tmp/none"
is "the list succeeds" "$status" 0
like "chain needs no data" "$out" '^chain +[0-9]+ +- +generated '
like "seqeval has steps, and no data here" "$out" \
    '^seqeval +[0-9]+ +3894 +missing '
unlike "the list fits 80 columns" "$out" '^.{81}'
is "the list is silent on stderr" "$(cat "$err")" ""

run "$seqeval" suites --check $here/benchmarks/colours --data $here/data
is "a good suite passes" "$status" 0
like "it counts samples and steps" "$out" \
    'colours is well made: 4 samples \(1 without text\), 6 steps'
run "$seqeval" suites --check $here/benchmarks/colours/suite.json \
    --data "$tmp/none"
is "so does its suite.json, without data" "$status" 0
like "it says that no sample was read" "$out" 'no sample was read'

# The example of benchmarks/README.md holds: blocks() takes the indented lines
# behind a heading, block after block.
blocks() {
    awk -v head="$1" -v want="$2" '
        $0 == head { on = 1 }
        !on { next }
        /^    / { if (!inside) n++; inside = 1 }
        !/^    / { inside = 0 }
        inside && n == want { print substr($0, 5) }' benchmarks/README.md
}
mkdir -p "$tmp/mini" "$tmp/data/mini"
blocks '## suite.json' 1 >"$tmp/mini/suite.json"
blocks '## steps.jsonl' 1 >"$tmp/mini/steps.jsonl"
blocks '## steps.jsonl' 2 >"$tmp/data/mini/queries.jsonl"
run "$seqeval" suites --check "$tmp/mini" --data "$tmp/data"
is "the example of benchmarks/README.md is well made" "$status" 0
like "with its two samples" "$out" '2 samples .*, 2 steps'

cp -R $here/benchmarks "$tmp/benchmarks"
steps=$tmp/benchmarks/colours/steps.jsonl
sed '2s/"kind"/"kidn"/' $here/benchmarks/colours/steps.jsonl >"$steps"
run "$seqeval" suites --check "$tmp/benchmarks/colours"
is "a mistake is exit status 2" "$status" 2
like "it is named by file, line and path" "$err" \
    '/steps.jsonl:2: steps\[0\]: unknown key "kidn"'
is "in one line" "$(wc -l <"$err" | tr -d ' ')" 1
is "with nothing on stdout" "$(cat "$out")" ""

mkdir "$tmp/benchmarks/plain"
sed 's/"name": "chain"/"name": "plain"/' benchmarks/chain/suite.json \
    >"$tmp/benchmarks/plain/suite.json"
run env SEQEVAL_HOME="$tmp" "$seqeval" suites
is "a broken suite makes the list fail" "$status" 2
like "and does not hide the others" "$out" '^plain '
like "it is named" "$err" 'colours/steps.jsonl:2'

run "$seqeval" suites extra
is "an operand is a usage error" "$status" 2
finish
