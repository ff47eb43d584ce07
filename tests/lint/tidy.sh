#!/bin/sh
# Rule: clang-tidy with .clang-tidy finds nothing in src/ and the tests' own C.
# A finding that is wrong is silenced beside the line, with a reason:
# // NOLINT(check): why. TIDY_FLAGS are the compiler's. One file a process:
# with several, version 14 sees uninitialised va_lists that are not.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v clang-tidy >/dev/null || {
    echo "no clang-tidy: ./bootstrap lint installs it"
    exit 1
}
find src tests/http tests/tools tests/fuzz tests/unit -name '*.c' 2>/dev/null |
    LC_ALL=C sort | xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 1 sh -c '
        # shellcheck disable=SC2086 # words are meant to be split
        clang-tidy --quiet "$@" -- $TIDY_FLAGS 2>/dev/null' tidy
