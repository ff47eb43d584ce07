#!/bin/sh
# `make models`: trains the two tiny models of benchmarks/chain/models from
# nothing, both at once on one core each, into BUILD/models, and says whether
# they are the shipped ones. With two free cores it takes under half an hour.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
out=$BUILD/models
shipped=benchmarks/chain/models
mkdir -p "$out" || exit 1
[ -x "$BUILD/train_chain" ] || {
    echo "make models: no libllama here: make llama gets it" >&2
    exit 1
}

# one NAME: trains it; its loss curve goes to out/NAME.log and to the terminal
one() {
    {
        "$BUILD/train_chain" --backends "$BACKENDS" --out "$out/$1.gguf" "$1" \
            2>&1
        echo $? >"$out/$1.status"
    } | tee "$out/$1.log" | sed "s/^/$1  /"
}

one single &
one sequential &
wait
for name in single sequential; do
    [ "$(cat "$out/$name.status")" = 0 ] || {
        echo "make models: $name failed, see $out/$name.log" >&2
        exit 1
    }
    if cmp -s "$out/$name.gguf" "$shipped/$name.gguf"; then
        echo "$out/$name.gguf: the shipped file, byte for byte"
    else
        echo "$out/$name.gguf: not the shipped bytes" \
            "(see $shipped/README.md, Reproducing)"
    fi
done
