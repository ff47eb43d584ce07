#!/bin/sh
# Rule: clang-tidy with .clang-tidy finds nothing in src/ and the tests' programs.
# A finding that is wrong is silenced beside the line, with a reason:
# // NOLINT(check): why. TIDY_FLAGS are the compiler's. One file a process:
# with several, version 14 sees uninitialised va_lists that are not. Where there
# is no libllama (TIDY_LLAMA is empty), what includes it cannot be read.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v clang-tidy >/dev/null || {
    echo "no clang-tidy: ./bootstrap lint installs it"
    exit 1
}
# The flags are quoted for a shell, as -DSQ_PREFIX='"/usr/local"' is.
find src tests/http tests/tools tests/fuzz tools -name '*.c' | LC_ALL=C sort |
    while IFS= read -r file; do
        [ -z "${TIDY_LLAMA:-}" ] && grep -Eq '<(llama|ggml)\.h>' "$file" ||
            printf '%s\n' "$file"
    done |
    xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 1 sh -c '
        eval "clang-tidy --quiet \"\$1\" -- $TIDY_FLAGS" 2>/dev/null' tidy
