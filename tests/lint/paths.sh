#!/bin/sh
# Rule: no path of the machine that it was written on stands in a tracked file:
# a clone works anywhere.
set -u
cd "$(dirname "$0")/../.." || exit 1
pattern='(^|[^A-Za-z0-9_./-])/(work|root|farm|tmp/w)(/|$)'
if [ -e .git ] && command -v git >/dev/null; then
    git grep -nIE "$pattern" -- . ':!tests/lint/paths.sh'
else
    grep -rnIE "$pattern" . --exclude-dir=.git --exclude-dir='build*' \
        --exclude=paths.sh
fi
[ $? -eq 1 ]
