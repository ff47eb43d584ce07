#!/bin/sh
# The scripted model of chain: what it says it made wrong is what is wrong.
. "$(dirname "$0")/lib.sh"
model=$BUILD/scripted_model
truth=$tmp/truth

# steps FIELD: how many steps the truth lists under it
steps() {
    sed 's/.*"'"$1"'":\[\([0-9,]*\)\].*/\1/' "$truth" | tr ',' '\n' |
        grep -c '[0-9]'
}

all=steps=1-6,n=600 # 2100 steps
run "$model" --suite-params $all --error-rate 0 --truth "$truth"
is "answers every sample" "$(grep -c '"output"' "$out")" 600
is "is right where told to be" "$(steps made)-$(steps wrong)" 0-0
cp "$out" "$tmp/right"

run "$model" --suite-params $all --error-rate 1 --truth "$truth"
is "is wrong in every step" "$(steps made)-$(steps wrong)" 2100-2100

run "$model" --suite-params $all --error-rate 0.1 --seed 5 --truth "$truth"
made=$(steps made)
is "a wrong step alone is wrong" "$(steps wrong)" "$made"
ok "about one step in ten ($made)" test "$made" -gt 160 -a "$made" -lt 260
grep '"wrong":\[\]' "$truth" | sed 's/","made.*//' >"$tmp/clean"
grep -F -f "$tmp/clean" "$out" >"$tmp/a"
grep -F -f "$tmp/clean" "$tmp/right" >"$tmp/b"
ok "the other samples are right" cmp "$tmp/a" "$tmp/b"
grep -v '"wrong":\[\]' "$truth" | sed 's/","made.*//' >"$tmp/dirty"
grep -F -f "$tmp/dirty" "$out" | sort >"$tmp/a"
is "and these are not" "$(sort "$tmp/right" | comm -12 - "$tmp/a" | wc -l)" 0
cp "$out" "$tmp/tenth"

run "$model" --suite-params $all --error-rate 0.1 --seed 5
ok "the seed decides" cmp "$out" "$tmp/tenth"
run "$model" --suite-params $all --error-rate 0.1 --seed 6
is "another seed, other errors" "$(cmp -s "$out" "$tmp/tenth" || echo other)" \
    other

run "$model" --suite-params $all --error-rate 0.1 --seed 5 --carry \
    --truth "$truth"
is "carrying makes no more errors" "$(steps made)" "$made"
ok "but more steps are wrong" test "$(steps wrong)" -gt $((made * 3 / 2))

run "$model" --suite-params steps=99
is "a wrong parameter is wrong usage" "$status" 2
like "and is named" "$err" '^scripted_model: chain: steps=99: '
finish
