#!/bin/sh
# Every lint, one line each; what is wrong is printed in full, and the exit
# status is 1 when any found something. The rule that a script checks stands in
# its first lines. `make lint` calls this with TIDY_FLAGS and BUILD set.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
bad=0
for lint in layers includes banned sizes paths format cppcheck tidy; do
    if sh "tests/lint/$lint.sh" >"$out" 2>&1; then
        echo "ok      lint $lint"
    else
        echo "FAILED  lint $lint"
        sed 's/^/    /' "$out"
        bad=$((bad + 1))
    fi
done
echo "lint: $bad found something"
[ $bad -eq 0 ]
