#!/bin/sh
# HTTP/2 with TLS: many requests over few connections, and whom to trust. Needs
# nghttpd (Debian: nghttp2-server) and openssl.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
command -v nghttpd >/dev/null || skip_all "no nghttpd"
command -v openssl >/dev/null || skip_all "no openssl"
OPENAI_API_KEY=k
export OPENAI_API_KEY
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$tmp"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$tmp/key.pem" -out "$tmp/ca.pem" 2>/dev/null || skip_all "no key"
mkdir -p "$tmp/root/v1/chat"
printf '%s' '{"choices": [{"message": {"content": "ok"},' \
    '"finish_reason": "stop"}]}' >"$tmp/root/v1/chat/completions"
# A port that is free: the first of some that the server can listen on.
for i in 1 2 3 4 5; do
    port=$((20000 + ($$ * 7 + i * 1237) % 20000))
    nghttpd -v -d "$tmp/root" -a 127.0.0.1 $port "$tmp/key.pem" \
        "$tmp/ca.pem" >"$tmp/log" 2>&1 &
    server=$!
    tries=0
    while kill -0 $server 2>/dev/null && [ $tries -lt 100 ] &&
        ! grep -q 'listen 127' "$tmp/log"; do
        sleep 0.05
        tries=$((tries + 1))
    done
    grep -q 'listen 127' "$tmp/log" && break
    server=
done
[ -n "$server" ] || skip_all "nghttpd does not listen"

ask() {
    rm -f "$tmp"/h2.db*
    run "$seqeval" run --suite chain:n=50 --model m -j 50 --seed 1 \
        --base-url "https://localhost:$port/v1" --db "$tmp/h2.db" "$@"
}
ask --cacert "$tmp/ca.pem"
is "50 requests: done" "$status" 0
is "all answered" "$(sqlite3 -readonly "$tmp/h2.db" \
    "select count(*) from samples where response_text = 'ok'")" 50
is "each was sent once" "$(grep -c ':method: POST' "$tmp/log")" 50
connections=$(sed -n 's/^\[id=\([0-9]*\)\].*/\1/p' "$tmp/log" | sort -u | wc -l)
ok "over a few connections ($((connections)))" test "$connections" -le 4

ask
is "a CA that nobody named is not trusted: exit status 4" "$status" 4
like "one line says what to do" "$err" 'certificate.*--cacert FILE'
is "and nothing was sent to it" "$(grep -c ':method: POST' "$tmp/log")" 50
ask --cacert "$tmp/none.pem"
is "a file of certificates that is not there" "$status" 2
finish
