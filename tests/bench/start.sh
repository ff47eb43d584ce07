#!/bin/sh
# How long a start takes: --version and --help, best and mean of 200.
# The promise is under 10 ms.
set -u
cd "$(dirname "$0")/../.." || exit 1
seqeval=${BUILD:-build}/seqeval
ns() { date +%s%N; }
for flag in --version --help; do
    best=
    from=$(ns)
    i=0
    while [ $i -lt 200 ]; do
        a=$(ns)
        "$seqeval" $flag >/dev/null || exit 1
        took=$(($(ns) - a))
        if [ -z "$best" ] || [ $took -lt "$best" ]; then best=$took; fi
        i=$((i + 1))
    done
    mean=$((($(ns) - from) / 200))
    awk -v f="$flag" -v b="$best" -v m="$mean" 'BEGIN {
        printf "start %-10s best %.2f ms, mean %.2f ms (with the clock)\n",
            f, b / 1e6, m / 1e6 }'
done
