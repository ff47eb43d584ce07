#!/bin/sh
# assets.sh NAME FILE...: writes the C source of src/report/assets.h, each FILE
# as the bytes that sq_asset_NAME gives; a FILE of - is empty.
set -eu
echo '#include "report/assets.h"'
while [ $# -gt 1 ]; do
    echo
    if [ "$2" = - ]; then
        printf 'sq_str sq_asset_%s(void)\n{\n    return (sq_str){"", 0};\n}\n' "$1"
    else
        printf 'static const unsigned char %s[] = {\n' "$1"
        od -An -v -tu1 "$2" | sed 's/  */,/g; s/^,//; s/$/,/'
        printf '};\n\nsq_str sq_asset_%s(void)\n{\n' "$1"
        printf '    return (sq_str){(const char *)%s, sizeof %s};\n}\n' "$1" "$1"
    fi
    shift 2
done
