#!/bin/sh
# Responses compared with a baseline's: both orders (pairwise), one token's
# logprobs (preference), and AlpacaEval's recorded verdicts, whose leaderboard
# figures must come out.
. "$(dirname "$0")/lib.sh"
db=$tmp/win.db
sql() { sqlite3 -readonly "$db" "$1"; }
last="run_id = (select run_id from run order by id desc limit 1)"
metric() {
    sql "select printf('%.6f', value) from leaderboard where $last
        and slice = '' and metric = '$1'"
}
mkdir -p "$tmp/home/benchmarks/tiny" "$tmp/data"
ln -s "$root/judges" "$tmp/home/judges"
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME
# Of eight queries the model answers five better, two worse, one as well.
awk -v d="$tmp/data/tiny.jsonl" -v m="$tmp/model.jsonl" -v b="$tmp/base.jsonl" '
    BEGIN { for (i = 1; i <= 8; i++) {
        printf "{\"q\": \"Say %d.\"}\n", i >d
        printf "{\"prompt\": \"Say %d.\", \"output\": \"%s %d\"}\n", i,
            i <= 5 ? "GOOD" : "POOR", i >m
        printf "{\"prompt\": \"Say %d.\", \"output\": \"%s %d\"}\n", i,
            i == 6 || i == 7 ? "GOOD" : "POOR", i + 10 >b
    } }'
sum=$(sha256sum "$tmp/data/tiny.jsonl" | cut -c1-64)
cat >"$tmp/home/benchmarks/tiny/suite.json" <<EOT
{"name": "tiny", "version": 1, "title": "Eight queries",
 "data": [{"file": "tiny.jsonl", "sha256": "$sum", "licence": "ours",
           "bytes": $(wc -c <"$tmp/data/tiny.jsonl"),
           "url": "http://127.0.0.1:1/tiny.jsonl"}],
 "sample": {"input": "q"}}
EOT
cat >"$tmp/replies.jsonl" <<'EOT'
{"match": "judge-first", "content": "{\"reason\": \"a\", \"better\": \"first\"}"}
{"match": "judge-mute", "content": "Hm."}
{"match": "first response ===\nGOOD", "content": "{\"better\": \"first\"}"}
{"match": "second response ===\nGOOD", "content": "{\"better\": \"second\"}"}
{"match": "first response ===", "content": "{\"better\": \"tie\"}"}
{"match": "model m ===\nGOOD", "status": 200, "body": "{\"choices\": [{\"message\": {\"content\": \"m\"}, \"finish_reason\": \"length\", \"logprobs\": {\"content\": [{\"token\": \"m\", \"top_logprobs\": [{\"token\": \"m\", \"logprob\": -0.2231435513142097}, {\"token\": \"M\", \"logprob\": -2.302585092994046}, {\"token\": \"The\", \"logprob\": -3}]}]}}]}"}
{"match": "model M ===\nGOOD", "status": 200, "body": "{\"choices\": [{\"message\": {\"content\": \"M\"}, \"finish_reason\": \"length\", \"logprobs\": {\"content\": [{\"token\": \"M\", \"top_logprobs\": [{\"token\": \"M\", \"logprob\": -0.01}, {\"token\": \"The\", \"logprob\": -3}]}]}}]}"}
{"match": "", "status": 200, "body": "{\"choices\": [{\"message\": {\"content\": \"The\"}, \"finish_reason\": \"length\", \"logprobs\": {\"content\": [{\"token\": \"The\", \"top_logprobs\": [{\"token\": \"The\", \"logprob\": -0.1}]}]}}]}"}
EOT
start_stub --reply-file "$tmp/replies.jsonl" --log "$tmp/requests.jsonl" ||
    exit 1
url=http://127.0.0.1:$port/v1
# duel JUDGE TEMPLATE [OPTION...]
duel() {
    judge=$1 template=$2
    shift 2
    run "$seqeval" run --suite tiny --data "$tmp/data" --db "$db" \
        --model "replay:$tmp/model.jsonl" --judge "$judge" \
        --judge-base-url "$url" --judge-template "$template" "$@"
}

duel fair pairwise
is "nothing to compare with: exit status" "$status" 2
like "says what to give" "$err" '--baseline-responses FILE'
duel fair pairwise --baseline-responses "$tmp/base.jsonl"
is "both orders: exit status" "$status" 0
is "two requests a sample" "$(wc -l <"$tmp/requests.jsonl" | tr -d ' ')" 16
is "wins, draws, losses" "$(metric wins) $(metric draws) $(metric losses)" \
    "5.000000 1.000000 2.000000"
is "a tie is half a win" "$(metric win_rate)" 0.687500
is "nothing flips" "$(metric flip_rate) $(metric first_position_rate)" \
    "0.000000 0.500000"
is "both verdicts are there" "$(sql "select template, question, count(*)
    from judge_verdicts where $last group by 1")" "pairwise|preference|8
pairwise-swapped|preference|8"
fair=$(sql "select run_id from run")

duel judge-first pairwise --baseline-responses "$tmp/base.jsonl"
is "a judge of positions: all flip, all are draws" \
    "$(metric flip_rate) $(metric draws) $(metric win_rate)" \
    "1.000000 8.000000 0.500000"
is "and its bias is told" "$(metric first_position_rate)" 1.000000

duel judge-mute pairwise --baseline-responses "$tmp/base.jsonl"
is "no verdict: exit status" "$status" 0
is "is unparsable and in no rate" "$(sql "select distinct preference_state
    from verdicts where $last") $(metric win_rate)" "unparsable "

duel fair preference --baseline-responses "$tmp/base.jsonl"
is "logprobs: exit status" "$status" 0
like "asks for them" "$tmp/requests.jsonl" 'top_logprobs...5'
# m: 0.8 / (0.8 + 0.1); M: what is not among the five counts 0
is "one token's mass, whatever the order" "$(sql "select distinct
    printf('%.6f', iif(preference < 0.5, 1 - preference, preference))
    from verdicts where $last and preference_state = 'pass' order by 1")" \
    "0.888889
1.000000"
is "wins and losses" "$(metric wins) $(metric losses)" "5.000000 2.000000"
is "neither letter: unparsable" "$(sql "select count(*) from verdicts
    where $last and preference_state = 'unparsable'")" 1
sent=$(wc -l <"$tmp/requests.jsonl")
weighted=$(metric win_rate_weighted)
duel fair preference --baseline-responses "$tmp/base.jsonl" --tag again
is "the same from the store" "$(metric win_rate_weighted)" "$weighted"
is "without a request" "$(wc -l <"$tmp/requests.jsonl")" "$sent"

duel fair pairwise --baseline-responses "$fair"
is "a run as the baseline: its equal is a tie, a flip is one too" \
    "$(metric draws) $(metric flip_rate)" "8.000000 0.625000"
duel fair pairwise --baseline-responses nothing
is "no such run: exit status" "$status" 2
sed 3d "$tmp/base.jsonl" >"$tmp/short.jsonl"
duel fair pairwise --baseline-responses "$tmp/short.jsonl"
is "a baseline response is missing: exit status" "$status" 4
is "and the sample has no verdict" "$(metric wins) $(sql "select distinct
    preference_state from verdicts where $last and sample_id = '2'")" \
    "4.000000 error"

run "$seqeval" show "$fair" 0 --db "$db"
like "show has the verdict of each order" "$out" \
    '^Judge fair, pairwise-swapped: preference 1'
run "$seqeval" report "$fair" --db "$db" --out "$tmp/page.html"
like "and so has the page" "$tmp/page.html" '"found":"preference 1.0"'

# A recording with the verdict beside both responses, as AlpacaEval writes it.
cat >"$tmp/notes.json" <<'EOT'
[{"instruction": "Say 1.", "output_1": "a", "output_2": "b", "preference": 2},
 {"instruction": "Say 2.", "output_1": "a", "output_2": "b", "preference": 1.75},
 {"instruction": "Say 3.", "output_1": "a", "output_2": "b", "preference": 1},
 {"instruction": "Say 4.", "output_1": "a", "output_2": "b", "preference": 0},
 {"instruction": "Say 5.", "output_1": "a", "output_2": "b", "preference": 1.5},
 {"instruction": "Say 6.", "output_1": "a", "output_2": "b", "preference": null}]
EOT
run "$seqeval" run --suite tiny --data "$tmp/data" --db "$db" --limit 6 \
    --model "replay:$tmp/notes.json" --judge "replay:$tmp/notes.json" \
    --judge-template preference
is "recorded verdicts: exit status" "$status" 0
is "by hand" "$(metric win_rate_weighted) $(metric win_rate) $(metric wins)" \
    "0.550000 0.600000 2.000000"
is "draws are 0 and 1.5, null is none" "$(metric draws) $(sql "select n
    from leaderboard where $last and metric = 'win_rate' and slice = ''")" \
    "2.000000 5"
is "the model's response is output_2" "$(sql "select distinct response_text
    from samples where $last")" b

data=${SEQEVAL_SHARED:-}/datasets
rec=$data/recordings/alpaca_eval
if [ ! -d "$rec" ]; then
    skip "AlpacaEval's leaderboard" "SEQEVAL_SHARED does not hold datasets/"
    finish
    exit
fi
unset SEQEVAL_HOME
db=$tmp/alpaca.db
for file in "$rec"/*/*/annotations.json.gz; do
    board=$(basename "$(dirname "$file")")
    model=$(basename "$(dirname "$(dirname "$file")")")
    run "$seqeval" run --suite alpaca_eval --data "$data" --db "$db" -q \
        --model "replay:$file" --judge "replay:$file"
    is "$model by $board: exit status" "$status" 0
    awk -F, -v model="$model" '
        NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
        $1 == model { print $col["win_rate"], $col["standard_error"],
            $col["discrete_win_rate"], $col["n_wins"], $col["n_draws"],
            $col["n_wins_base"], $col["n_total"] }' \
        "$rec/${board}_leaderboard.csv" >"$tmp/want"
    sql "select printf('%.15g %.15g', 100 * a.value, 100 * a.stderr),
        printf('%.15g', 100 * b.value), w.value, d.value, l.value, a.n
        from leaderboard a join leaderboard b using (run_id, slice)
        join leaderboard w using (run_id, slice)
        join leaderboard d using (run_id, slice)
        join leaderboard l using (run_id, slice)
        where a.$last and slice = '' and a.metric = 'win_rate_weighted'
        and b.metric = 'win_rate' and w.metric = 'wins'
        and d.metric = 'draws' and l.metric = 'losses'" | tr '|' ' ' >"$tmp/got"
    is "$model by $board: the leaderboard's figures to 1e-9" \
        "$(paste -d ' ' "$tmp/got" "$tmp/want" | awk 'NF == 14 {
            for (i = 1; i <= 7; i++) {
                d = $i - $(i + 7)
                if (d > 1e-9 || d < -1e-9) print i, $i, $(i + 7)
            }
            print "compared" }')" compared
done
finish
