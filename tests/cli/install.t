#!/bin/sh
# make install puts everything that the program needs below PREFIX, where it is
# found from any folder; make uninstall takes it away again.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS SANITIZE
p=$tmp/p
installing() { make -s BUILD="$tmp/b" PREFIX="$p" CFLAGS=-O0 "$@"; }

run installing install
is "make install succeeds" "$status" 0
cd "$tmp" || exit 1
run "$p/bin/seqeval" --version
is "the installed program starts" "$status" 0
run "$p/bin/seqeval" suites
is "it finds its suites" "$status" 0
like "chain is one of them" "$out" '^ *chain '
run "$p/bin/seqeval" run -q --suite chain --limit 1 --model m --max-retries 0 \
    --base-url http://127.0.0.1:1/v1 --db "$tmp/x.db"
is "it finds its HTTP module: no server is status 4" "$status" 4
ok "the manual page is there" test -s "$p/share/man/man1/seqeval.1"
ok "the judges are there" test -s "$p/share/seqeval/judges/steps.json"
ok "the licence is there" test -s "$p/share/doc/seqeval/LICENSE"
cd "$root" || exit 1

run installing install DESTDIR="$tmp/stage"
ok "DESTDIR is put before PREFIX" test -x "$tmp/stage$p/bin/seqeval"
run installing uninstall
is "make uninstall leaves no file" "$(find "$p" ! -type d)" ""
finish
