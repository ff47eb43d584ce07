#!/bin/sh
# Rule: no call of a function that cannot know its buffer's size, that reads a
# number without saying whether it was one, or that keeps hidden state. Only
# src/cmd, src/report and the log print; only src/main.c exits.
set -u
cd "$(dirname "$0")/../.." || exit 1
never='strcpy|strcat|sprintf|vsprintf|atoi|atol|atof|strtok|localtime|gmtime|ctime|asctime|gets|scanf|sscanf|fscanf|alloca|rand'
prints='printf|fprintf|vprintf|vfprintf|puts|putchar|perror'
bad=0

# look WHAT PATTERN FILE...: complains about calls of the functions named
look() {
    what=$1
    pattern=$2
    shift 2
    [ $# -gt 0 ] || return 0
    if awk -f tests/lint/bare.awk "$@" |
        grep -E "(^|[^A-Za-z0-9_>.])($pattern)[[:space:]]*\("; then
        echo "^ $what"
        bad=1
    fi
}

# shellcheck disable=SC2046 # no file name here has a blank
{
    look 'banned everywhere' "$never" $(find src include tests tools -name '*.[ch]')
    look 'no shell under the program' 'system|popen' \
        $(find src include -name '*.[ch]')
    look 'printing is for src/cmd, src/report and src/base/log.c' "$prints" \
        $(find src include -name '*.[ch]' ! -path 'src/cmd/*' \
            ! -path 'src/report/*' ! -path src/base/log.c ! -path src/main.c)
    look 'only src/main.c exits' 'exit' \
        $(find src include -name '*.[ch]' ! -path src/main.c)
}
exit $bad
