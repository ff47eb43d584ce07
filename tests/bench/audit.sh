#!/bin/sh
# What the audit of judges lets through, by simulation: a perfect judge never
# fails, a good one in at most 5% of runs, bad ones in nearly all. Exit 1 if not.
set -u
cd "$(dirname "$0")/../.." || exit 1
exec "${BUILD:-build}/audit_sim" "${RUNS:-1000}"
