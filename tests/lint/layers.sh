#!/bin/sh
# Rule: a file includes only its own header and modules of lower layers, never
# one of a higher or of its own layer. tests/lint/layers lists the layers, one a
# line from low to high; each file of src/ and include/ is in exactly one, and
# each name there has a file.
set -u
cd "$(dirname "$0")/../.." || exit 1
{
    sed 's/#.*//' tests/lint/layers | sed '/^ *$/d' | sed 's/^/L /'
    find src include -name '*.[ch]' | LC_ALL=C sort |
        while IFS= read -r file; do
            echo "F $file"
            sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/I \1/p' "$file"
        done
} | awk '
function module(path) {
    sub(/^(src|include)\//, "", path)
    sub(/\.[ch]$/, "", path)
    return path
}
function complain(text) { print text; bad = 1 }
$1 == "L" {
    nlayers++
    for (i = 3; i <= NF; i++) {
        if ($i in level)
            complain("tests/lint/layers: " $i " stands there twice")
        level[$i] = nlayers
        layer[$i] = $2
    }
}
$1 == "F" {
    file = $2
    own = module(file)
    seen[own] = 1
    if (!(own in level))
        complain(file ": " own " is in no layer; add it to tests/lint/layers")
}
$1 == "I" {
    to = module($2)
    if (to == own || !(own in level)) next
    if (!(to in level))
        complain(file ": includes \"" $2 "\", which is in no layer")
    else if (level[to] == level[own])
        complain(file ": sideways to " to " (both in layer " layer[to] ")")
    else if (level[to] > level[own])
        complain(file ": upwards from " layer[own] " to " to " " layer[to])
}
END {
    for (m in level)
        if (!(m in seen))
            complain("tests/lint/layers: no file for " m)
    exit bad
}'
