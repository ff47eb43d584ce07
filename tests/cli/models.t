#!/bin/sh
# The two tiny models that are shipped with chain: they are the files that their
# README speaks of, libllama finds the loss in them that they were trained to,
# and they do as well on the test split as the README says.
. "$(dirname "$0")/lib.sh"
dir=benchmarks/chain/models
readme=$dir/README.md

if command -v sha256sum >/dev/null; then
    (cd "$dir" && run sha256sum -c SHA256SUMS; exit "$status")
    is "the digests are those of SHA256SUMS" $? 0
else
    skip "the digests are those of SHA256SUMS" "no sha256sum"
fi

for name in single sequential; do
    if [ -x "$BUILD/train_chain" ]; then
        run "$BUILD/train_chain" --backends "$BUILD/llama" \
            --check "$dir/$name.gguf" --samples 36
        is "$name: libllama finds the same loss" "$status" 0
        like "$name: says which" "$out" '^loss on it: [0-9.]*, by libllama'
    else
        skip "$name: libllama finds the same loss" "no libllama"
    fi
done

# claimed NAME: the README's row of it, full_rate of lengths 1 to 6
claimed() {
    sed -n "s/^| \`$1\` full_rate |//p" "$readme" | tr -d '|'
}

# got: the same of the latest run, from the leaderboard as CSV
got() {
    sed -n 's/.*,length=[1-6],full_rate,\([0-9.]*\),.*/\1/p' "$out" |
        tr '\n' ' '
}

if [ ! -e "$BUILD/engine_local.so" ]; then
    skip "they do as well as the README says" "no libllama"
    finish
fi
for name in single sequential; do
    run "$seqeval" run --suite chain:family=tiny,n=120 --judge none \
        --model "local:$dir/$name.gguf" --db "$tmp/$name.db"
    is "$name: runs" "$status" 0
    run "$seqeval" leaderboard --db "$tmp/$name.db" --format csv
    far=$(echo "$(claimed $name) $(got)" | awk '
        NF != 12 { print "12 figures wanted: " $0; exit }
        { for (i = 1; i <= 6; i++)
              if ($i - $(i + 6) > 0.25 || $(i + 6) - $i > 0.25)
                  print "length " i ": " $i " claimed, " $(i + 6) " found" }')
    is "$name: does as well as the README says" "$far" ""
done
finish
