#!/bin/sh
# run.sh SECONDS: runs every fuzz target that `make fuzz` built for that long,
# from its corpus in the repository. New inputs and crashes go to BUILD.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${1:-60}
BUILD=${BUILD:-build-fuzz}
bad=0
ran=0
for bin in "$BUILD"/fuzz/fuzz_*; do
    [ -x "$bin" ] || continue
    name=${bin##*/fuzz_}
    found=$BUILD/found/$name
    mkdir -p "$found"
    printf 'fuzz %s, %s s: ' "$name" "$seconds"
    if "$bin" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found/crash-" "$found" \
        "tests/fuzz/corpus/$name" >"$BUILD/$name.log" 2>&1; then
        grep '^Done ' "$BUILD/$name.log"
    else
        echo "FINDING; the end of $BUILD/$name.log:"
        tail -n 40 "$BUILD/$name.log"
        bad=$((bad + 1))
    fi
    ran=$((ran + 1))
done
echo "$((ran - bad)) passed, $bad failed"
[ $bad -eq 0 ] && [ $ran -gt 0 ]
