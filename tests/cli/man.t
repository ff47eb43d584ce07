#!/bin/sh
# seqeval.1 and --help say the same: every command, and every flag of each.
# In the page, a command's section is .SH or .SS "seqeval NAME", a flag is named
# in a .TP's term as \fB\-\-name\fR.
. "$(dirname "$0")/lib.sh"

# The long flags in the section of command $1, sorted, one a line
in_page() {
    awk -v name="$1" '
        /^\.S[HS]/ { on = ($0 ~ ("seqeval " name "\"?$")); next }
        on && /^\.(B|BR|BI|IP|OP) |^\\f/ { print }' "$BUILD/seqeval.1" |
        sed 's/\\-/-/g' | grep -o -- '--[a-z][a-z0-9-]*' | LC_ALL=C sort -u
}

in_help() {
    sed -n 's/^  \(-[A-Za-z],\|   \) \(--[a-z][a-z0-9-]*\).*/\2/p' "$1" |
        LC_ALL=C sort -u
}

run "$seqeval" --help
commands=$(sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' "$out")
ok "--help names commands" test -n "$commands"
is "the page has the commands that --help has" \
    "$(sed -n 's/^\.S[HS] "seqeval \([a-z]*\)"$/\1/p' "$BUILD/seqeval.1" |
        sort)" "$(echo "$commands" | sort)"

for c in $commands; do
    run "$seqeval" "$c" --help
    in_help "$out" >"$tmp/help"
    in_page "$c" | grep -v -x -e --help >"$tmp/page"
    sed -i.old '/^--help$/d' "$tmp/help"
    diff "$tmp/help" "$tmp/page" >"$tmp/diff"
    is "flags of $c (< in --help only, > in the page only)" \
        "$(grep '^[<>]' "$tmp/diff")" ""
done

version=$(sed -n 's/^#define SQ_VERSION "\(.*\)"/\1/p' include/seqeval.h)
like "the page names the version" "$BUILD/seqeval.1" "$version"
if command -v mandoc >/dev/null; then
    run mandoc -T lint -W error "$BUILD/seqeval.1"
    is "mandoc finds no error" "$status" 0
elif command -v groff >/dev/null; then
    run groff -man -ww -z "$BUILD/seqeval.1"
    is "groff finds no error" "$(cat "$err")" ""
else
    skip "the page is well formed" "no mandoc or groff"
fi
finish
