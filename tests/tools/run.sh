#!/bin/sh
# The main job, from nothing to a leaderboard: `make run` calls this.
#
# The two tiny models of benchmarks/chain/models answer `chain` through the local
# engine; where libllama could not be had, two scripted models answer instead,
# one with a slip now and then, one with many. Where SeqEval's data and
# recordings are at hand (SEQEVAL_DATA, else ../shared/datasets), its 805 queries
# are scored over recorded models too.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
params=family=tiny
work=$BUILD/run
mkdir -p "$work"

say() { printf '%s\n' "$*" >&2; }

# trained NAME WHAT_IT_LEARNT
trained() {
    say "chain: 300 generated samples, answered by $1 (learnt: $2)"
    "$BUILD/seqeval" run --suite "chain:$params" --judge none \
        --model "local:benchmarks/chain/models/$1.gguf" >/dev/null
}

# scripted NAME ERROR_RATE SEED
scripted() {
    say "chain: 300 generated samples, answered by $1 (wrong in $2 of steps)"
    "$BUILD/scripted_model" --suite-params "$params" --error-rate "$2" \
        --seed "$3" --carry >"$work/$1.jsonl"
    "$BUILD/seqeval" run --suite "chain:$params" \
        --model "replay:$work/$1.jsonl" --judge none >/dev/null
}

# by_length METRIC: the models as rows, the lengths of the chains as columns
by_length() {
    "$BUILD/seqeval" leaderboard --suite "chain:$params" --metric "$1" \
        --format csv |
        awk -F, -v metric="$1" '
        match($0, /,length=[0-9]+,/) {
            split(substr($0, RSTART + 8), f, ",") # length, metric, value
            if (!($3 in seen)) { seen[$3] = 1; name[++n] = $3 }
            value[$3, f[1]] = f[3]
        }
        END {
            printf "%-24s", metric " by length"
            for (i = 1; i <= 6; i++) printf "%8d", i
            print ""
            for (k = 1; k <= n; k++) {
                printf "%-24s", name[k]
                for (i = 1; i <= 6; i++) printf "%8.3f", value[name[k], i]
                print ""
            }
        }'
}

if [ -e "$BUILD/engine_local.so" ]; then
    trained single "instructions of one step"
    trained sequential "instructions of one to four steps"
else
    say "no libllama here (make llama gets it): scripted models answer instead"
    scripted scripted-careful 0.03 1
    scripted scripted-hasty 0.2 2
fi

data=${SEQEVAL_DATA:-../shared/datasets}
for dir in "$data"/recordings/seqeval/self-*; do
    [ -d "$dir" ] || continue
    say "seqeval: 805 queries, answered by the recorded ${dir##*/}"
    "$BUILD/seqeval" run --suite seqeval --data "$data" \
        --model "replay:$dir/*.json.gz" --judge none >/dev/null
done
"$BUILD/seqeval" leaderboard
echo
by_length step_rate
echo
by_length full_rate
say
say "More: $BUILD/seqeval show latest, $BUILD/seqeval --help, README.md"
