#!/bin/sh
# Rule: cppcheck's errors, warnings, performance and portability findings are
# none. A finding that is wrong is silenced beside the line, with a reason:
# /* cppcheck-suppress ID ; why */.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=${BUILD:-build}/cppcheck
mkdir -p "$dir"
cppcheck --quiet --std=c11 --language=c --inline-suppr --error-exitcode=1 \
    --enable=warning,performance,portability --cppcheck-build-dir="$dir" \
    --suppress=missingIncludeSystem -j "$(getconf _NPROCESSORS_ONLN)" \
    --template='{file}:{line}: {id}: {message}' \
    -Isrc -Iinclude -D_POSIX_C_SOURCE=200809L '-DSQ_PREFIX="/"' \
    '-DSQ_TEXTCAT_DIR="/"' '-DSQ_LLAMA_RELEASE="0"' src tools
