#!/bin/sh
# The program without any work: version, help, and commands that are not.
. "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^#define SQ_VERSION "\(.*\)"/\1/p' include/seqeval.h)
run "$seqeval" --version
is "--version succeeds" "$status" 0
is "--version names program and version" "$(cat "$out")" "seqeval $version"

run "$seqeval" --help
is "--help succeeds" "$status" 0
is "--help is silent on stderr" "$(cat "$err")" ""
commands=$(sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' "$out")
like "--help lists commands" "$out" '^  run +[A-Za-z]'
unlike "--help fits 80 columns" "$out" '^.{81}'

for c in $commands; do
    run "$seqeval" "$c" --help
    is "$c --help succeeds" "$status" 0
    like "$c --help says how it is used" "$out" "^usage: seqeval $c"
    unlike "$c --help fits 80 columns" "$out" '^.{81}'
    run "$seqeval" "$c" --no-such-flag
    is "$c refuses an unknown flag" "$status" 2
    like "$c names the unknown flag" "$err" 'no-such-flag'
done

run "$seqeval"
is "no command is a usage error" "$status" 2
is "no command prints nothing on stdout" "$(cat "$out")" ""

run "$seqeval" leadrboard
is "an unknown command is a usage error" "$status" 2
like "it suggests the nearest" "$err" 'leaderboard'
is "in one line" "$(wc -l <"$err" | tr -d ' ')" 1

run "$seqeval" run --modle x
is "an unknown flag is a usage error" "$status" 2
like "it suggests the nearest flag" "$err" '\-\-model'

for flags in --version --help 'run --help'; do
    name="$flags onto a full disk is an error"
    if [ ! -e /dev/full ]; then
        skip "$name" "no /dev/full"
        continue
    fi
    # shellcheck disable=SC2086 # words are meant to be split
    "$seqeval" $flags >/dev/full 2>"$err"
    status=$?
    is "$name" "$status" 4
done
finish
