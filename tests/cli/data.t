#!/bin/sh
# `seqeval data`: list, verify, pull from a mirror folder.
. "$(dirname "$0")/lib.sh"
here=$root/tests/data/suites
SEQEVAL_HOME=$here
SEQEVAL_DATA=$tmp/data
export SEQEVAL_HOME SEQEVAL_DATA

run "$seqeval" data list
is "list succeeds without data" "$status" 0
is "it shows each file" "$(grep -c ' missing ' "$out")" 3
like "with its licence" "$out" 'licence: Apache-2.0'
run "$seqeval" data verify
is "verify fails without data" "$status" 2
like "and says what to do" "$err" 'seqeval data pull'

run "$seqeval" data pull
is "a source that is not there is exit status 2" "$status" 2
like "it is named" "$err" '/no/such/mirror/colours/a.jsonl'

run "$seqeval" data pull --mirror "$here/data" colours
is "pull from a mirror succeeds" "$status" 0
is "all files are ok" "$(grep -c ' ok ' "$out")" 3
ok "they are the mirror's" diff -r "$here/data" "$tmp/data"
run "$seqeval" data verify
is "verify is content" "$status" 0

printf x >>"$tmp/data/colours/a.jsonl"
sed 's/List/Name/' "$here/data/colours/c.csv" >"$tmp/data/colours/c.csv"
rm "$tmp/data/colours/b.json.gz"
run "$seqeval" data verify colours
is "verify finds fault" "$status" 2
like "a wrong size" "$out" 'colours +wrong size +[0-9]+  colours/a.jsonl'
like "a missing file" "$out" 'colours +missing +[0-9]+  colours/b.json.gz'
like "wrong content" "$out" 'colours +wrong digest .*colours/c.csv'
like "it counts them" "$err" 'missing or wrong: 3'
run "$seqeval" data list --format json
is "list as JSON succeeds" "$status" 0
like "with the state of a file" "$out" '"state":"missing"'
run "$seqeval" data pull --mirror "file://$here/data" -q
is "pull mends all of it" "$status" 0
ok "from a file: URL too" diff -r "$here/data" "$tmp/data"

cp -R "$here/data" "$tmp/mirror"
printf x >"$tmp/mirror/colours/a.jsonl"
rm -r "$tmp/data"
run "$seqeval" data pull --mirror "$tmp/mirror"
is "wrong content is refused" "$status" 2
like "by its digest" "$err" 'is not the file that the suite wants'
is "the other files are pulled all the same" "$(grep -c ' ok ' "$out")" 2
is "nothing is left of it" "$(ls "$tmp/data/colours")" "b.json.gz
c.csv"

if [ "$(id -u)" -ne 0 ]; then
    mkdir "$tmp/locked"
    chmod 555 "$tmp/locked"
    run "$seqeval" data pull --mirror "$here/data" --data "$tmp/locked"
    is "a folder that cannot be written is exit status 4" "$status" 4
else
    skip "a folder that cannot be written" "root may write everywhere"
fi

run "$seqeval" data
is "no verb is a usage error" "$status" 2
run "$seqeval" data verify colour
is "an unknown suite is exit status 2" "$status" 2
like "the known ones are named" "$err" 'there is: colours'
is "and no table is printed" "$(cat "$out")" ""
run "$seqeval" data list --format xml
is "an unknown format is a usage error" "$status" 2
run sh -c '"$1" data list >/dev/full' sh "$seqeval"
if [ -e /dev/full ]; then
    is "a full disk under stdout is an error" "$status" 4
else
    skip "a full disk under stdout is an error" "no /dev/full"
fi
finish
