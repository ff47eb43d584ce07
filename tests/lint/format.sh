#!/bin/sh
# Rule: every .c and .h is as clang-format with .clang-format leaves it;
# `make format` does it.
set -u
cd "$(dirname "$0")/../.." || exit 1
find src include tests tools -name '*.[ch]' -print0 |
    xargs -0 clang-format --dry-run --Werror
