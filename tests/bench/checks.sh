#!/bin/sh
# How long each check takes on 1 MB of hostile text: the slowest of some forty
# texts, CPU time. The promise is under 50 ms.
set -u
cd "$(dirname "$0")/../.." || exit 1
exec "${BUILD:-build}/check_bench" 50
