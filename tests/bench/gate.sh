#!/bin/sh
# The promises of `seqeval gate`, by simulation: equal models fail in at most 5%
# of gates, drops of twice the detectable one in at least 95%. Exit 1 if not.
set -u
cd "$(dirname "$0")/../.." || exit 1
exec "${BUILD:-build}/gate_sim" "${PAIRS:-1000}" "${DROPS:-400}" "${SEED:-1}"
