#!/bin/sh
# Each lint script passes a small clean tree and fails one with a planted
# violation of its rule.
. "$(dirname "$0")/lib.sh"

# A clean tree, made anew.
plant() {
    rm -rf "$tmp/t"
    mkdir -p "$tmp/t/tests/lint" "$tmp/t/src/base" "$tmp/t/src/store" \
        "$tmp/t/src/cmd" "$tmp/t/include" "$tmp/t/tools/x"
    cp tests/lint/*.sh tests/lint/*.awk "$tmp/t/tests/lint"
    cp .clang-format "$tmp/t"
    cd "$tmp/t" || exit 1
    echo 'low: base/a
        contract: c
        high: store/db cmd/x
        main: main' >tests/lint/layers
    echo 'int a(void);' >src/base/a.h
    printf '#include "base/a.h"\n/* strcpy(), printf("%%d") */\nint a(void)\n{\n    return 0;\n}\n' >src/base/a.c
    echo '#include "base/a.h"' >include/c.h
    printf '#include <sqlite3.h>\n#include "c.h"\n' >src/store/db.c
    printf '#include <stdio.h>\n#include "c.h"\nvoid x(void)\n{\n    puts("a strcpy(");\n}\n' >src/cmd/x.c
    printf '#include "base/a.h"\nint main(void)\n{\n    return a();\n}\n' >src/main.c
    cd "$root" || exit 1
}

# lint SCRIPT STATUS NAME
lint() {
    run sh "$tmp/t/tests/lint/$1.sh"
    case $2 in
    0) is "$1: $3" "$status" 0 ;;
    *) if [ "$status" -ne 0 ] && [ -s "$out" ]; then
        pass "$1: $3"
    else
        fail "$1: $3" "it found nothing"
    fi ;;
    esac
}

plant
lints='layers includes banned paths'
if command -v ctags >/dev/null; then lints="$lints sizes"; fi
for s in $lints; do lint "$s" 0 "passes a clean tree"; done

plant; echo '#include "c.h"' >>"$tmp/t/src/base/a.c"
lint layers 1 "fails on an edge upwards"
plant; echo '#include "store/db.h"' >>"$tmp/t/src/cmd/x.c"
echo >"$tmp/t/src/store/db.h"
lint layers 1 "fails on an edge sideways"
plant; echo >"$tmp/t/src/base/new.c"
lint layers 1 "fails on a file in no layer"
plant; sed -i.old '1s/.*/apart: base store\
&/' "$tmp/t/tests/lint/layers"
lint layers 0 "passes folders that are apart"
echo '#include "base/a.h"' >>"$tmp/t/src/store/db.c"
lint layers 1 "fails on an edge between folders that are apart"
sed -e /apart/d -e '/low:/s/$/\
apart: base store/' "$tmp/t/tests/lint/layers.old" >"$tmp/t/tests/lint/layers"
lint layers 0 "passes an edge to what stands above the line"
plant; rm "$tmp/t/src/cmd/x.c"
lint layers 1 "fails on a layer's name without a file"

plant; echo '#include <sqlite3.h>' >>"$tmp/t/src/cmd/x.c"
lint includes 1 "fails on a second includer of a library"
plant; echo '#include <ggml.h>' >"$tmp/t/tools/x/x.c"
lint includes 1 "fails on a second includer of a library in tools"
plant; echo '#include <newlib/new.h>' >>"$tmp/t/src/cmd/x.c"
lint includes 1 "fails on a library that is not in its table"

for f in strcpy strcat sprintf atoi strtok localtime gets scanf alloca; do
    plant; echo "void *y = $f(a);" >>"$tmp/t/src/cmd/x.c"
    lint banned 1 "fails on $f"
done
plant; echo 'void y(void) { fprintf (stderr, ""); }' >>"$tmp/t/src/base/a.c"
lint banned 1 "fails on printing in base"
plant; echo 'void y(void) { exit(1); }' >>"$tmp/t/src/cmd/x.c"
lint banned 1 "fails on exit outside main"

plant; echo "see /""work/notes" >"$tmp/t/src/NOTES"
lint paths 1 "fails on a path of the machine"

if command -v ctags >/dev/null; then
    plant
    { echo 'int y(void)'; echo '{'; yes '    ;' | head -n 80; echo '}'; } \
        >>"$tmp/t/src/cmd/x.c"
    lint sizes 1 "fails on a function of 83 lines"
    plant; yes '/* */' | head -n 600 >>"$tmp/t/src/base/a.h"
    lint sizes 1 "fails on a file of 601 lines"
    plant; yes | head -n 151 >"$tmp/t/README.md"
    lint sizes 1 "fails on a README of 151 lines"
else
    skip "sizes" "no ctags"
fi

if command -v clang-format >/dev/null; then
    plant; printf '#include "base/a.h"\nint  b;\n' >"$tmp/t/src/base/b.c"
    run sh "$tmp/t/tests/lint/format.sh"
    ok "format: fails on two blanks" test "$status" -ne 0
else
    skip "format" "no clang-format"
fi
finish
