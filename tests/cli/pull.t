#!/bin/sh
# Pulling over HTTP from a loopback server: cut transfers, resuming after
# kill -9, servers without ranges, wrong content. A file under its final name is
# whole and right, or is not there.
. "$(dirname "$0")/lib.sh"
home=$tmp/home
mkdir -p "$home/benchmarks/big" "$tmp/www" "$tmp/data"
ln -s "$root/judges" "$home/judges"
i=0
while [ $i -lt 20000 ]; do
    echo "{\"q\": \"question number $i of a file that takes a while to send\"}"
    i=$((i + 1))
done >"$tmp/www/big.jsonl"
size=$(wc -c <"$tmp/www/big.jsonl" | tr -d ' ')
sum=$(sha256sum "$tmp/www/big.jsonl" | cut -c1-64)
cat >"$home/benchmarks/big/suite.json" <<EOF
{"name": "big", "version": 1, "title": "a large file",
 "data": [{"file": "big.jsonl", "sha256": "$sum", "bytes": $size,
           "licence": "ours", "url": "http://127.0.0.1:1/big.jsonl"}],
 "sample": {"input": "q"}}
EOF
SEQEVAL_HOME=$home
SEQEVAL_DATA=$tmp/data
export SEQEVAL_HOME SEQEVAL_DATA
pull() { "$seqeval" data pull big --mirror "http://127.0.0.1:$port"; }
right() { cmp -s "$tmp/data/big.jsonl" "$tmp/www/big.jsonl"; }
bytes_sent() { grep -c . "$tmp/requests.jsonl"; }

start_stub --root "$tmp/www" --log "$tmp/requests.jsonl" || exit 1
run pull
is "a plain pull" "$status" 0
ok "gives the file" right
ok "leaves no part behind" sh -c '! ls "$1"/*.part* 2>/dev/null' sh "$tmp/data"
run pull
is "a second pull asks the server nothing" "$(bytes_sent)" 1

rm "$tmp/data/big.jsonl"
: >"$tmp/requests.jsonl"
start_stub --root "$tmp/www" --cut-after 100000 --log "$tmp/requests.jsonl" ||
    exit 1
run pull
is "a transfer that is cut goes on by itself" "$status" 0
ok "to the right file" right
like "from where it was cut" "$tmp/requests.jsonl" '[Bb]ytes=100000-'

rm "$tmp/data/big.jsonl"
head -c 300000 "$tmp/www/big.jsonl" >"$tmp/data/big.jsonl.part"
: >"$tmp/requests.jsonl"
run pull
ok "a part that an earlier pull left is gone on with" right
like "with a range" "$tmp/requests.jsonl" '[Bb]ytes=300000-'

rm "$tmp/data/big.jsonl"
head -c 300000 "$tmp/www/big.jsonl" >"$tmp/data/big.jsonl.part"
start_stub --root "$tmp/www" --no-range || exit 1
run pull
ok "a server without ranges starts anew" right

rm "$tmp/data/big.jsonl"
sed 's/number 7 /number 8 /' "$tmp/www/big.jsonl" >"$tmp/www/x"
mv "$tmp/www/x" "$tmp/www/big.jsonl"
run pull
is "wrong content is refused" "$status" 2
ok "and not there" test ! -e "$tmp/data/big.jsonl"
ok "nor left as a part" test ! -e "$tmp/data/big.jsonl.part"
finish
