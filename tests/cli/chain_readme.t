#!/bin/sh
# benchmarks/chain/README.md lists every instruction that there is.
. "$(dirname "$0")/lib.sh"
readme=benchmarks/chain/README.md

grep -ho '"[A-Z][^"]*\."' src/suite/chain_ops_*.c | tr -d '"' | sort -u \
    >"$tmp/code"
sed -n '/^## Operations/,/^Rules/s/^|.*| \([A-Z].*\.\) |$/\1/p' "$readme" |
    sort -u >"$tmp/doc"
ok "there are instructions" test "$(wc -l <"$tmp/code")" -gt 40
run diff "$tmp/code" "$tmp/doc"
is "the table is the code's" "$status" 0
finish
