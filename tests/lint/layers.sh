#!/bin/sh
# Rule: a file includes only its own header and modules of lower layers, never
# one of a higher or of its own layer. tests/lint/layers lists the layers, one a
# line from low to high; each file of src/ and include/ is in exactly one, and
# each name there has a file. Its line "apart:" names folders that do not know
# each other, but for what stands above that line.
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
# The name that a path goes by in the list: its own, or its module.
function name(path) {
    sub(/^(src|include)\//, "", path)
    return path in level ? path : module(path)
}
function module(path) {
    sub(/^(src|include)\//, "", path)
    sub(/\.[ch]$/, "", path)
    return path
}
function folder(m) { return m ~ /\// ? substr(m, 1, index(m, "/") - 1) : "" }
function complain(text) { print text; bad = 1 }
$1 == "L" && $2 == "apart:" {
    for (i = 3; i <= NF; i++) apart[$i] = 1
    common = nlayers
    next
}
$1 == "L" {
    nlayers++
    for (i = 3; i <= NF; i++) {
        if ($i in level)
            complain("tests/lint/layers: " $i " stands there twice")
        level[$i] = nlayers
        layer[$i] = substr($2, 1, length($2) - 1)
    }
}
$1 == "F" {
    file = $2
    own = name(file)
    seen[own] = 1
    if (!(own in level))
        complain(file ": " own " is in no layer; add it to tests/lint/layers")
}
$1 == "I" {
    to = name($2)
    if (module(to) == module(file) || !(own in level)) next
    if (!(to in level))
        complain(file ": includes \"" $2 "\", which is in no layer")
    else if (level[to] == level[own])
        complain(file ": sideways to " to " (both in layer " layer[own] ")")
    else if (level[to] > level[own])
        complain(file ": upwards to " to " (from layer " layer[own] \
            " to layer " layer[to] ")")
    else if (folder(to) != folder(own) && folder(to) in apart && \
        folder(own) in apart && level[to] > common)
        complain(file ": " folder(own) " is apart from " to)
}
END {
    for (m in level)
        if (!(m in seen))
            complain("tests/lint/layers: no file for " m)
    exit bad
}'
