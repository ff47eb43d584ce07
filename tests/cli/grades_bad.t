#!/bin/sh
# Data and answers that are not as they should be, in every suite with graders,
# without the shared folder: a mistake in the data ends the run and is named by
# file and line; whatever a model answers is data.
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || skip_all "no sqlite3"
data=$tmp/data
db=$tmp/b.db
one() { printf '%s' "$1" | sed "s/@/$2/g"; } # a record, its number for each @

# A run over 10 MB takes one to two CPU seconds.
case $BUILD in *asan*) most=200 ;; *) most=10 ;; esac

# go SUITE [OPTION...]: the answers in $tmp/r.jsonl
go() {
    suite=$1
    shift
    rm -f "$db"
    (
        ulimit -t $most
        exec "$seqeval" run -q --allow-modified --data "$data" --db "$db" \
            --suite "$suite" --model "replay:$tmp/r.jsonl" "$@"
    ) >"$out" 2>"$err" </dev/null
    status=$?
}
states() {
    sqlite3 "$db" "SELECT group_concat(state, ' ') FROM (SELECT state FROM
        step_scores WHERE grader = '$1' ORDER BY length(sample_id), sample_id)"
}
metric() {
    sqlite3 "$db" "SELECT round(value, 4) FROM leaderboard
        WHERE metric = '$1' AND slice = ''"
}

# answer ID TEXT: a line of the recording; the text is JSON without its quotes
answer() {
    printf '{"id":"%s","output":"%s"}\n' "$1" "$2"
}
# Ten million bytes of words, numbers and sentences.
awk 'BEGIN { for (i = 0; i < 200000; i++)
    printf "The cat of Bonn sat on 7 mats. One and two, and so on; " }' |
    head -c 10000000 >"$tmp/big"

# records FILE SECOND: three, the second of them this one
records() {
    mkdir -p "$data/${1%/*}"
    for i in 0 1 2; do
        case $i in 1) one "$2" 1 ;; *) one "$record" $i ;; esac
        echo
    done | case $1 in
        *.json) sed '1s/^/[/; s/$/,/; $s/,$/]/' ;;
        *.gz) gzip -c ;;
        *) cat ;;
    esac >"$data/$1"
}

# suite NAME FILE RECORD IDS GRADER TWO STATES BEFORE BEHIND: the first sample
# gets two answers, the second nothing, the third 10 MB between these texts. The
# suite's other files have the same records.
suite() {
    name=$1 file=$2 record=$3 ids=$4 grader=$5
    rm -rf "$data"
    for f in $(sed -n 's/.*"file": "\(.*\)",/\1/p' \
        "benchmarks/${name%%:*}/suite.json"); do
        records "$f" "$record"
    done
    printf '{"id":"%s","output":"a\\u0000b 2"}\n' "$(one "$ids" 0)" \
        >"$tmp/r.jsonl"
    go "$name"
    is "$name: a NUL is refused" "$status" 2
    like "$name: and its place is named" "$err" 'r\.jsonl:1:'
    {
        answer "$(one "$ids" 0)" "$6"
        answer "$(one "$ids" 1)" ''
        printf '{"id":"%s","output":"%s' "$(one "$ids" 2)" "$8"
        cat "$tmp/big"
        printf '%s"}\n' "$9"
    } >"$tmp/r.jsonl"
    go "$name"
    is "$name: bad answers are data" "$status" 0
    is "$name: two answers, none, and 10 MB" "$(states "$grader")" "$7"
}
# broken WHAT RECORD MESSAGE: the last suite with this second record
broken() {
    records "$file" "$2"
    go "$name"
    is "$name: $1 ends the run" "$status" 2
    like "$name: $1: file, line and field" "$err" "${file##*/}:2: $3"
}

suite gsm8k:shots=0 gsm8k/test.jsonl \
    '{"question":"Q@?","answer":"It is 2.\n#### 2"}' @ authors \
    '#### 3\n#### 2' 'pass fail pass' '' ' 2'
is "and strict takes the first" "$(states strict)" 'fail fail fail'
broken "no reference" '{"question":"Q@?","answer":"It is 1."}' \
    'gold: no "####"'
broken "an empty one" '{"question":"Q@?","answer":"#### "}' '.*reference: is empty'
broken "no answer" '{"question":"Q@?"}' 'answer: missing'

suite mgsm:lang=en,shots=0 mgsm/test/en.jsonl \
    '{"question":"Q@?","answer_number":2}' en-@ authors 'It is 3, or 2' \
    'pass fail pass' '' ' 2.'
broken "no reference" '{"question":"Q@?"}' 'answer_number: missing'
broken "none at all" '{"question":"Q@?","answer_number":null}' 'answer_number: want'

suite math math/test.jsonl \
    '{"problem":"P@","level":"1","type":"t","solution":"So $\\boxed{2}$."}' @ \
    math '\\boxed{3} or \\boxed{2}' 'pass fail pass' '' '\\boxed{2.0}'
is "and its text is another" "$(states hendrycks)" 'pass fail fail'
broken "no box" '{"problem":"P@","level":"1","type":"t","solution":"2"}' 'gold: '
broken "an empty box" \
    '{"problem":"P@","level":"1","type":"t","solution":"\\boxed{ }"}' \
    '.*reference: is empty'

suite math500 math/math500_test.jsonl \
    '{"question":"P@","answer":"So $\\boxed{2}$."}' @ math \
    '\\boxed{2} or \\boxed{3}' 'fail fail pass' '' 'The answer is 2.'
broken "no solution" '{"question":"P@"}' 'answer: missing'

passage='"instruction":"Q","input":"Context: A cat of Bonn.\nQuestion: Who@?"'
suite xquad:lang=en xquad/xquad_base_en.json "{$passage,\"output\":\"the cat\"}" \
    en-@ em 'A cat or a dog' 'fail fail fail' '' ' cat'
is "F1 is that of all words" "$(metric f1)" 0.1667
broken "no answer" "{$passage}" 'output: missing'
broken "an empty one" "{$passage,\"output\":\" \"}" '.*reference: is empty'

suite xquad:lang=en,mode=trans xquad/xquad_base_en.json \
    "{$passage,\"output\":\"the cat\"}" en-@ ac_en_authors \
    'Answer: a dog\nAnswer: the cat' 'pass pass pass' '' '. Answer: the cat'
is "nothing is contained in all, and exactly nothing" "$(states em)" \
    'fail fail pass'
broken "no context" '{"instruction":"Q","input":"x","output":"the cat"}' \
    'context: no ": "'

suite csqa-repeat csqa_repeat/commonsense_qa_repeat.json \
    '{"instruction":"Repeat.","input":"Question: Who@?\nChoices: A:cat, B:dog","output":"B"}' \
    @ letter 'The answer is A. No, the answer is B.' 'pass fail pass' '' \
    ' The answer is B.'
broken "no letter" \
    '{"instruction":"R","input":"Question: W?\nChoices: A:cat, B:dog","output":""}' \
    '.*reference: '
broken "no choices" '{"instruction":"R","input":"Question: W?","output":"B"}' \
    'question: .*Choices'

# Programs: the same, where there is a sandbox.
run "$seqeval" doctor
if ! grep -Eq '^sandbox: programs run +yes' "$out"; then
    skip "humaneval, mbpp" "this machine gives no sandbox"
    finish
fi
task='"task_id":"@","prompt":"def f(x):\n    \"F.\"\n","entry_point":"f"'
test='"test":"def check(f):\n    assert f(1) == 2"'
suite humaneval humaneval/HumanEval.jsonl.gz "{$task,$test}" @ tests \
    '```\ndef f(x): return 2\n```\n```\ndef f(x): return 3\n```' \
    'pass fail pass' '    return x + 1 # ' ''
broken "no test" "{$task}" 'test: missing'
broken "null for a test" "{$task,\"test\":null}" 'test: want'
broken "an empty test" "{$task,\"test\":\"\\n\"}" '.*tests: is empty'
broken "no function's name" "$(one "{$task,$test}" @ |
    sed 's/"f"/""/')" '.*entry: is empty'
task='"task_id":@,"text":"Add one.","code":"","test_setup_code":"x = 1"'
test='"test_list":["assert f(1) == 2", "assert f(2) == 3"]'
suite mbpp:set=all mbpp/mbpp.jsonl "{$task,$test}" @ tests \
    '```\ndef g(x): return 2\n```\n```\ndef f(x): return x + 1\n```' \
    'fail fail pass' 'def f(x): return x + 1 # ' ''
broken "no tests" "{$task}" 'test_list: missing'
broken "an empty list of them" "{$task,\"test_list\":[]}" '.*tests: want'
broken "an empty test" "{$task,\"test_list\":[\"assert f(1) == 2\", \" \"]}" \
    '.*tests: is empty'
task='"task_id":@,"prompt":"Add one.","code":"","test_imports":[]'
suite mbpp:set=sanitised-all mbpp/sanitized-mbpp.json "{$task,$test}" @ tests \
    'def f(x): return x + 1\n\nor\n\ndef f(x): return 0' 'pass fail pass' \
    'def f(x): return x + 1 # ' ''
broken "an empty list of tests" "{$task,\"test_list\":[]}" '.*tests: want'
finish
