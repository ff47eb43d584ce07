#!/bin/sh
# make llama: what it does where the library cannot be had, and that nothing but
# the pinned files is taken. The right files are too big for a test.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS
case $(uname -s)-$(uname -m) in
Linux-x86_64) ;;
*) skip_all "nothing is fetched for $(uname -s) $(uname -m)" ;;
esac
for c in curl git tar; do
    command -v $c >/dev/null || skip_all "no $c"
done

fetching() {
    LLAMA_REGISTRY="file://$tmp/registry" LLAMA_CACHE="$tmp/cache" \
        sh mk/llama.sh
}

run fetching
is "no registry: status 1" "$status" 1
is "no registry: one line" "$(wc -l <"$err" | tr -d ' ')" 1
like "it says what is not built" "$err" 'the local engine is not built'

package=$tmp/registry/@node-llama-cpp/linux-x64/-
mkdir -p "$package"
echo "not the library" >"$package/linux-x64-3.22.1.tgz"
run fetching
is "another file: status 1" "$status" 1
is "another file: one line" "$(wc -l <"$err" | tr -d ' ')" 1
like "it says so" "$err" 'not the pinned file'
is "nothing is left of it" "$(find "$tmp/cache" -type f)" ""
mkdir -p "$tmp/cache"
echo "the beginning of something else, longer than it" \
    >"$tmp/cache/linux-x64-3.22.1.tgz.part"
run fetching
is "a part of another file: status 1" "$status" 1
is "nothing is left of it" "$(find "$tmp/cache" -type f)" ""

run make -n LLAMA_DIR="$tmp/nowhere"
is "LLAMA_DIR without a library: make stops" "$status" 2
like "it says what it wants" "$err" 'LLAMA_DIR=.*no lib/pkgconfig/llama.pc'
mkdir -p "$tmp/old/lib/pkgconfig"
printf 'Name: llama\nDescription: old\nVersion: 0.0.5882\n' \
    >"$tmp/old/lib/pkgconfig/llama.pc"
run make -n LLAMA_DIR="$tmp/old"
is "a library that is too old: make stops" "$status" 2
like "it says which it wants" "$err" 'older than llama.cpp 0'
finish
