#!/bin/sh
# tests/run.sh counts what ran: each kind of test, passing, failing, crashing,
# hanging and skipped, in a small tree of made-up tests.
. "$(dirname "$0")/lib.sh"

t=$tmp/t
mkdir -p "$t/tests/unit" "$t/tests/cli" "$t/tests/fuzz/corpus/x" "$t/b/tests"
cp tests/run.sh "$t/tests"

# unit NAME: its stand-in for a cmocka binary, from standard input
unit() {
    : >"$t/tests/unit/test_$1.c"
    { echo '#!/bin/sh'; cat; } >"$t/b/tests/test_$1"
    chmod +x "$t/b/tests/test_$1"
}
tap() { cat >"$t/tests/cli/$1.t"; }
none() { rm -rf "$t"/tests/unit/* "$t"/tests/cli/* "$t"/tests/fuzz/*.c; }
tests_run() { TESTS='*' BUILD=b TEST_LIMIT=2 run sh "$t/tests/run.sh"; }
closing() { tail -n 1 "$out"; }

tests_run
is "nothing to run is a failure" "$status" 1
is "and says so" "$(closing)" "0 passed, 0 failed"

unit good <<'END'
echo '[  PASSED  ] 3 test(s).'
echo '[  SKIPPED ] 1 test(s), listed below:'
echo '[  SKIPPED ] needs_data'
END
tap good <<'END'
echo 'ok 1 - a'
echo 'ok 2 - b # SKIP no server'
echo 1..2
END
echo data >"$t/tests/fuzz/corpus/x/1"
: >"$t/tests/fuzz/fuzz_x.c"
printf '#!/bin/sh\ntest -s "$1"\n' >"$t/b/tests/fuzz_x"
chmod +x "$t/b/tests/fuzz_x"
tests_run
is "all kinds pass" "$status" 0
is "they are added up" "$(closing)" "5 passed, 0 failed, 2 skipped"
like "a skipped unit test is named" "$out" 'unit test_good: needs_data'
like "a skipped TAP test has its reason" "$out" 'cli good: b \(no server\)'

rm "$t/tests/fuzz/corpus/x/1"
tests_run
is "an empty corpus is a failure" "$(closing)" "4 passed, 1 failed, 2 skipped"

none
unit bad <<'END'
echo '[  PASSED  ] 1 test(s).'
echo '[  FAILED  ] 2 test(s), listed below:'
echo ' 2 FAILED TEST(S)'
exit 2
END
tests_run
is "failed unit tests fail the run" "$status" 1
is "each is counted" "$(closing)" "1 passed, 2 failed"

none
unit crash <<'END'
echo '[ RUN      ] deep'
kill -SEGV $$
END
tests_run
is "a crash is one failure" "$(closing)" "0 passed, 1 failed"
like "its output is shown" "$out" 'RUN      . deep'

none
unit hang <<'END'
exec sleep 30
END
if command -v timeout >/dev/null; then
    tests_run
    is "a hang is one failure" "$(closing)" "0 passed, 1 failed"
    like "and is named" "$out" 'out of time'
else
    skip "a hang" "no timeout(1)"
fi

none
echo 'echo "ok 1 - a"; echo 1..2' | tap short
tests_run
is "fewer tests than planned is a failure" "$(closing)" "1 passed, 1 failed"
none
echo 'echo "ok 1 - a"; echo "not ok 2 - b"; echo 1..2; exit 1' | tap notok
tests_run
is "not ok is one failure" "$(closing)" "1 passed, 1 failed"
none
echo 'echo "ok 1 - a"; echo 1..1; exit 3' | tap status
tests_run
is "a bad exit status is a failure" "$(closing)" "1 passed, 1 failed"
none
echo 'echo "1..0 # SKIP no data"' | tap skipall
echo 'echo "ok 1 - a"; echo 1..1' | tap one
tests_run
is "a script may skip itself" "$(closing)" "1 passed, 0 failed, 1 skipped"
like "and is named" "$out" 'cli skipall: all \(no data\)'
finish
