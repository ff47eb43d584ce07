#!/bin/sh
# The main job, from nothing to a leaderboard: `make run` calls this.
#
# Two scripted models of ours answer `chain`, one with a slip now and then, one
# with many. Where SeqEval's data and recordings are at hand (SEQEVAL_DATA, else
# ../shared/datasets), its 805 queries are scored over recorded models too.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
params=steps=1-8,n=400
work=$BUILD/run
mkdir -p "$work"

say() { printf '%s\n' "$*" >&2; }

# model NAME ERROR_RATE SEED
model() {
    say "chain: 400 generated samples, answered by $1 (wrong in $2 of steps)"
    "$BUILD/scripted_model" --suite-params "$params" --error-rate "$2" \
        --seed "$3" --carry >"$work/$1.jsonl"
    "$BUILD/seqeval" run --suite "chain:$params" \
        --model "replay:$work/$1.jsonl" --judge none >/dev/null
}

model scripted-careful 0.03 1
model scripted-hasty 0.2 2

data=${SEQEVAL_DATA:-../shared/datasets}
for dir in "$data"/recordings/seqeval/self-*; do
    [ -d "$dir" ] || continue
    say "seqeval: 805 queries, answered by the recorded ${dir##*/}"
    "$BUILD/seqeval" run --suite seqeval --data "$data" \
        --model "replay:$dir/*.json.gz" --judge none >/dev/null
done
"$BUILD/seqeval" leaderboard
say
say "More: $BUILD/seqeval show latest, $BUILD/seqeval --help, README.md"
