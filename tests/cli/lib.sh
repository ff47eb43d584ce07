# Helpers of the command-line tests: source it from a .t, which prints TAP.
#
#   . "$(dirname "$0")/lib.sh"
#   run "$seqeval" suites                 # sets $status; $out, $err are files
#   is "lists chain" "$status" 0
#   like "lists chain" "$out" '^chain '
#   golden "the whole list" suites.txt    # $out against golden/suites.txt
#   finish
#
# The working directory is the repository's root; $tmp is the test's own folder,
# removed at the end with whatever was started. Nothing is asked of the network.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$(pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
seqeval=$BUILD/seqeval
tmp=$(mktemp -d) || exit 1
out=$tmp/.out
err=$tmp/.err
status=0
tests=0
failures=0
stub_pid=
trap 'stop_stub; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

pass() {
    tests=$((tests + 1))
    echo "ok $tests - $1"
}

# fail NAME [WHY]: with what the last run printed
fail() {
    tests=$((tests + 1))
    failures=$((failures + 1))
    echo "not ok $tests - $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
    for f in "$out" "$err"; do
        [ -s "$f" ] || continue
        echo "# ${f##*/.}, exit status $status:"
        head -n 40 "$f" | sed 's/^/#   /'
    done
}

# skip NAME WHY: one test that cannot be made here
skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# skip_all WHY: ends the script
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# run COMMAND...: its output in $out and $err, its exit status in $status
run() {
    "$@" >"$out" 2>"$err" </dev/null
    status=$?
}

# ok NAME COMMAND...: passes when the command does
ok() {
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then pass "$name"; else fail "$name" "$*"; fi
}

# is NAME GOT WANT
is() {
    if [ "$2" = "$3" ]; then
        pass "$1"
    else
        fail "$1" "got:  $2
want: $3"
    fi
}

# like NAME FILE PATTERN / unlike: a line matches the extended expression
like() {
    if grep -Eq -- "$3" "$2"; then pass "$1"; else fail "$1" "no line like $3"; fi
}
unlike() {
    if grep -Eq -- "$3" "$2"; then fail "$1" "a line like $3"; else pass "$1"; fi
}

# golden NAME FILE: $out equals tests/cli/golden/FILE. GOLDEN=write writes it.
golden() {
    want=$root/tests/cli/golden/$2
    if [ "${GOLDEN:-}" = write ]; then cp "$out" "$want"; fi
    if diff -u "$want" "$out" >"$tmp/.diff" 2>&1; then
        pass "$1"
    else
        fail "$1" "$(cat "$tmp/.diff")"
    fi
}

# start_stub [ARGUMENT...]: the loopback server; sets $port. Its first line of
# output is the port; what it logs is in $tmp/stub.log.
start_stub() {
    stop_stub
    : >"$tmp/stub.log"
    "$BUILD/stub" "$@" >"$tmp/stub.log" 2>&1 </dev/null &
    stub_pid=$!
    tries=0
    port=
    while [ -z "$port" ] && [ $tries -lt 100 ]; do
        port=$(sed -n '1s/[^0-9]*\([0-9][0-9]*\).*/\1/p' "$tmp/stub.log")
        [ -n "$port" ] || sleep 0.05
        tries=$((tries + 1))
    done
    [ -n "$port" ]
}

stop_stub() {
    [ -n "$stub_pid" ] || return 0
    kill "$stub_pid" 2>/dev/null
    wait "$stub_pid" 2>/dev/null
    stub_pid=
}

# counted NAME: what the stub, stopped, counted by this name
counted() {
    sed -n "s/^{.*\"$1\":\([0-9]*\).*/\1/p" "$tmp/stub.log"
}

# Ends every test: the plan, and whether all was well.
finish() {
    echo "1..$tests"
    [ $failures -eq 0 ]
    exit
}
