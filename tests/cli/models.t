#!/bin/sh
# The two tiny models that are shipped with chain: they are the files that their
# README speaks of, libllama finds the loss in them that the training graph does,
# and they do on the test split as the README says.
. "$(dirname "$0")/lib.sh"
dir=benchmarks/chain/models
readme=$dir/README.md

sums() { (cd "$dir" && sha256sum -c SHA256SUMS); }
if command -v sha256sum >/dev/null; then
    run sums
    is "the digests are those of SHA256SUMS" "$status" 0
    is "both are there" "$(grep -c ': OK$' "$out")" 2
else
    skip "the digests are those of SHA256SUMS" "no sha256sum"
fi

for name in single sequential; do
    if [ ! -x "$BUILD/train_chain" ] || [ ! -e "$BUILD/llama" ]; then
        skip "$name: libllama finds the same loss in it" "no libllama"
        continue
    fi
    run "$BUILD/train_chain" --backends "$BUILD/llama" \
        --check "$dir/$name.gguf" --samples 12
    is "$name: libllama finds the same loss in it" "$status" 0
    like "$name: says which" "$out" '^loss on it: [0-9.]*, by libllama'
done

# claimed NAME: what the README says of its full_rate at lengths 1 to 3
claimed() {
    sed -n "s/^| \`$1\` full_rate |//p" "$readme" | tr -d '|' |
        cut -d ' ' -f 1-6
}

# got: the same of the one run, from the leaderboard as CSV
got() {
    sed -n 's/.*,length=[1-3],full_rate,\([0-9.]*\),.*/\1/p' "$out" |
        tr '\n' ' '
}

for name in single sequential; do
    if [ ! -e "$BUILD/engine_local.so" ]; then
        skip "$name: does as the README says" "no libllama"
        continue
    fi
    run "$seqeval" run --suite chain:family=tiny,steps=1-3,n=60 --judge none \
        --model "local:$dir/$name.gguf" --db "$tmp/$name.db"
    is "$name: answers" "$status" 0
    run "$seqeval" leaderboard --db "$tmp/$name.db" --format csv
    far=$(echo "$(claimed $name) $(got)" | awk '
        NF != 6 { print "6 figures wanted: " $0; exit }
        { for (i = 1; i <= 3; i++)
              if ($i - $(i + 3) > 0.25 || $(i + 3) - $i > 0.25)
                  print "length " i ": " $i " claimed, " $(i + 3) " found" }')
    is "$name: does as the README says" "$far" ""
done
finish
