#!/bin/sh
# Runs every test that `make tests` built and says what became of them.
#
# Unit binaries (cmocka's native output), command-line tests (TAP), fuzz
# corpora. Failures are printed in full, skipped tests by name. The last line is
# "N passed, N failed[, N skipped]"; exit 1 when any failed or none ran.
# BUILD names the build folder; TESTS (a pattern) picks some: TESTS='*chain*'.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
TESTS=${TESTS:-*}
LIMIT=${TEST_LIMIT:-120} # seconds for one binary or script

# Nothing of the caller's own set-up may reach a test.
for name in $(env | sed -n 's/^\(SEQEVAL_[A-Z_]*\)=.*/\1/p') OPENAI_API_KEY \
    OPENAI_BASE_URL http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy \
    ALL_PROXY; do
    case $name in SEQEVAL_SHARED) ;; *) unset "$name" ;; esac
done
if [ -z "${SEQEVAL_SHARED:-}" ] && [ -d ../shared ]; then
    SEQEVAL_SHARED=$(cd ../shared && pwd)
fi
[ -z "${SEQEVAL_SHARED:-}" ] || export SEQEVAL_SHARED
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
mkdir "$tmp/home"
export BUILD HOME="$tmp/home" XDG_CACHE_HOME="$tmp/cache" LC_ALL=C.UTF-8 TZ=UTC

if command -v timeout >/dev/null; then
    limited() { timeout -k 5 "$LIMIT" "$@"; }
else
    limited() { "$@"; }
fi

passed=0
failed=0
skipped=0
: >"$tmp/skips"

# $1 passed, $2 failed, $3 skipped of $4; its output is in $tmp/out
count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    if [ "$2" -gt 0 ]; then
        printf 'FAILED  %s\n' "$4"
        sed 's/^/    /' "$tmp/out"
    else
        printf 'ok      %-36s %5d passed' "$4" "$1"
        [ "$3" -eq 0 ] || printf ', %d skipped' "$3"
        printf '\n'
    fi
}

# The numbers behind a pattern of $tmp/out, added up.
sum() {
    sed -n "s/$1/\\1/p" "$tmp/out" | awk '{ n += $1 } END { print n + 0 }'
}

# A program that ended badly without naming a failed test has one all the same.
note_status() { # $1 exit status, $2 failures seen; prints the failures
    if [ "$1" -ne 0 ] && [ "$2" -eq 0 ]; then
        [ "$1" -ne 124 ] || echo "out of time ($LIMIT s)" >>"$tmp/out"
        echo "exit status $1" >>"$tmp/out"
        echo 1
    else
        echo "$2"
    fi
}

run_unit() {
    limited "$1" >"$tmp/out" 2>&1
    status=$?
    p=$(sum '^\[  PASSED  \] \([0-9]*\) test(s)\..*')
    f=$(sum '^ *\([0-9]*\) FAILED TEST(S).*')
    s=$(sum '^\[  SKIPPED \] \([0-9]*\) test(s), listed below:.*')
    f=$(note_status $status "$f")
    if [ $((p + f + s)) -eq 0 ]; then
        echo "no test ran" >>"$tmp/out"
        f=1
    fi
    sed -n 's/^\[  SKIPPED \] \([^ ]*\)$/\1/p' "$tmp/out" | sort -u |
        sed "s|^|$2: |" >>"$tmp/skips"
    count "$p" "$f" "$s" "$2"
}

run_tap() {
    limited sh "$1" >"$tmp/out" 2>&1 </dev/null
    status=$?
    s=$(grep -c '^ok .*# SKIP' "$tmp/out")
    p=$(($(grep -c '^ok ' "$tmp/out") - s))
    f=$(grep -c '^not ok ' "$tmp/out")
    f=$(note_status $status "$f")
    plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$tmp/out" | tail -n 1)
    if [ "$f" -eq 0 ] && [ "$plan" != $((p + s)) ]; then
        echo "planned ${plan:-nothing}, ran $((p + s))" >>"$tmp/out"
        f=1
    fi
    if grep -q '^1\.\.0 # SKIP' "$tmp/out"; then s=1; fi
    sed -n -e 's/^ok [0-9]* - \(.*\) # SKIP \(.*\)/\1 (\2)/p' \
        -e 's/^1\.\.0 # SKIP \(.*\)/all (\1)/p' "$tmp/out" |
        sed "s|^|$2: |" >>"$tmp/skips"
    count "$p" "$f" "$s" "$2"
}

run_corpus() {
    corpus=tests/fuzz/corpus/${1##*/fuzz_}
    if [ -z "$(ls -A "$corpus" 2>/dev/null)" ]; then
        echo "$corpus has no files" >"$tmp/out"
        count 0 1 0 "$2"
        return
    fi
    limited "$1" "$corpus"/* >"$tmp/out" 2>&1
    f=$(note_status $? 0)
    count $((1 - f)) "$f" 0 "$2"
}

for src in tests/unit/test_*.c tests/fuzz/fuzz_*.c tests/cli/*.t; do
    [ -e "$src" ] || continue
    name=${src##*/}
    name=${name%.*}
    # shellcheck disable=SC2254 # it is a pattern
    case $name in $TESTS) ;; *) continue ;; esac
    case $src in
    tests/unit/*) run_unit "$BUILD/tests/$name" "unit $name" ;;
    tests/fuzz/*) run_corpus "$BUILD/tests/$name" "corpus $name" ;;
    *) run_tap "$src" "cli $name" ;;
    esac
done

if [ -s "$tmp/skips" ]; then
    echo
    echo "skipped:"
    sed 's/^/    /' "$tmp/skips"
fi
echo
line="$passed passed, $failed failed"
[ $skipped -eq 0 ] || line="$line, $skipped skipped"
echo "$line"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
