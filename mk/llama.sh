#!/bin/sh
# `make llama`: gets libllama, the library of the local engine, where no
# installed one is to be found: one release of it, prebuilt, from the npm
# registry, with the headers of the same release. Everything is pinned by
# version and SHA-512, resumed when it was cut, and kept in .llama, which has
# the layout of an install prefix (include, lib, lib/pkgconfig/llama.pc).
#
# The registry is LLAMA_REGISTRY, else npm's (npm_config_registry, npm config,
# ~/.npmrc), else the public one. No npm is needed, but curl, tar and git.
set -eu
umask 022
cd "$(dirname "$0")/.."
dir=${LLAMA_CACHE:-.llama}
release=0.5.0
says=0.5.0-dev # what llama_version() calls it
# What carries it: package, version, SHA-512, what to take of it.
lib_package=@node-llama-cpp/linux-x64
head_package=node-llama-cpp
version=3.22.1
head_sha=6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55\
bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f
lib_sha=e6e0820cda9608d7da026f1a47f533c5ba381c1a4a80d17dd640873dea4a8603\
2057638099ab6879f6ce94c8a1b2a0a21f639ddf913f7941d00856df44126e3a

say() { echo "make llama: $*" >&2; }
give_up() {
    say "$*; the local engine is not built, all else is"
    exit 1
}

registry() {
    r=${LLAMA_REGISTRY:-${npm_config_registry:-}}
    if [ -z "$r" ] && command -v npm >/dev/null; then
        r=$(npm config get registry 2>/dev/null || true)
    fi
    if [ -z "$r" ] && [ -r "${HOME:-/}/.npmrc" ]; then
        r=$(sed -n 's/^registry *= *//p' "${HOME:-/}/.npmrc" | tail -n 1)
    fi
    case $r in
    http://* | https://* | file://*) ;;
    *) r=https://registry.npmjs.org ;;
    esac
    echo "${r%/}"
}

sha512() {
    if command -v sha512sum >/dev/null; then
        sha512sum "$1"
    else
        shasum -a 512 "$1"
    fi | cut -d ' ' -f 1
}

# PACKAGE SHA: $dir/NAME.tgz, whole and right. What is there of it is gone on
# with; what proves wrong is got once more from the start.
fetch() {
    file=${1##*/}-$version.tgz
    for try in resumed whole; do
        if [ ! -e "$dir/$file" ]; then
            [ $try = resumed ] || rm -f "$dir/$file.part"
            [ ! -t 2 ] || say "getting $1 $version"
            why=$(curl -fsSL --connect-timeout 15 --speed-limit 1 \
                --speed-time 30 --retry 3 -C - -o "$dir/$file.part" \
                "$base/$1/-/$file" 2>&1) || {
                # The server knows no ranges, or all may be there already.
                case $? in
                22 | 33 | 36) [ -e "$dir/$file.part" ] ;;
                *) false ;;
                esac || give_up "$1 $version: $(echo "$why" | sed -n "s/^curl: //p" | head -n 1)"
            }
            mv "$dir/$file.part" "$dir/$file"
        fi
        [ "$(sha512 "$dir/$file")" != "$2" ] || return 0
        rm -f "$dir/$file"
    done
    give_up "$1 $version: what came is not the pinned file (SHA-512 differs)"
}

if [ "$(cat "$dir/release" 2>/dev/null)" = "$says $version" ]; then
    exit 0
fi
case $(uname -s)-$(uname -m) in
Linux-x86_64) ;;
*) give_up "no prebuilt libllama is known for $(uname -s) $(uname -m):" \
    "install llama.cpp $release, or set LLAMA_DIR to where it is" ;;
esac
for c in curl tar git; do
    command -v $c >/dev/null || give_up "no $c"
done
mkdir -p "$dir"
base=$(registry)
fetch $lib_package $lib_sha
fetch $head_package $head_sha

new=$dir/new
rm -rf "$new"
mkdir -p "$new/lib/pkgconfig"
tar -xzf "$dir/linux-x64-$version.tgz" -C "$new" package/bins/linux-x64 \
    package/LICENSE
tar -xzf "$dir/node-llama-cpp-$version.tgz" -C "$new" \
    package/llama/gitRelease.bundle
mv "$new"/package/bins/linux-x64/libggml*.so \
    "$new"/package/bins/linux-x64/libllama.v*.so "$new/lib"
git clone --quiet --bare "$new/package/llama/gitRelease.bundle" "$new/git"
git --git-dir="$new/git" archive HEAD include ggml/include LICENSE |
    tar -xf - -C "$new"
mv "$new"/ggml/include/* "$new/include"
rm -rf "$new/package" "$new/git" "$new/ggml"
cat >"$new/lib/pkgconfig/llama.pc" <<END
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: llama
Description: libllama $release as @node-llama-cpp $version ships it
Version: $says
Libs: -L\${libdir} -l:libllama.v$release.so -l:libggml.v$release.so -l:libggml-base.so
Cflags: -I\${includedir}
END
rm -rf "$dir/include" "$dir/lib" "$dir/LICENSE"
mv "$new/include" "$new/lib" "$new/LICENSE" "$dir"
rmdir "$new"
rm -f "$dir"/*.tgz
echo "$says $version" >"$dir/release"
say "libllama $release is in $dir"
