#!/bin/sh
# Rule: a .c or .h has at most 600 lines, a function at most 80 (with its
# signature), README.md at most 150, the Makefile at most 200.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v ctags >/dev/null || {
    echo "no ctags: ./bootstrap lint installs universal-ctags"
    exit 1
}
bad=0
for rule in README.md:150 Makefile:200; do
    file=${rule%:*}
    [ -e "$file" ] || continue
    lines=$(wc -l <"$file")
    if [ "$lines" -gt "${rule#*:}" ]; then
        echo "$file: $lines lines, at most ${rule#*:}"
        bad=1
    fi
done
find src include tests tools -name '*.[ch]' -exec awk '
    END { if (FNR > 600) { print FILENAME ": " FNR " lines, at most 600" } }
' {} \; | grep . && bad=1
find src include tests tools -name '*.c' -exec ctags -x --c-kinds=f --fields=+e \
    --_xformat='%n %{end} %N %F' {} + |
    awk '$2 - $1 + 1 > 80 {
        print $4 ": " $3 " has " $2 - $1 + 1 " lines, at most 80"
    }' | grep . && bad=1
exit $bad
