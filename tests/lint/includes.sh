#!/bin/sh
# Rule: each library's header is included by exactly one .c of src/, and by one
# of tools/, so that a library can be replaced in one place. A header in <> that is neither of C or
# POSIX nor in the table below is a new library: add its row.
set -u
cd "$(dirname "$0")/../.." || exit 1
homes='
cJSON.h                src/base/json.c
zlib.h                 src/base/gz.c
openssl/evp.h          src/base/digest.c
dlfcn.h                src/base/module.c
llama.h                src/engine/engine_local.c
pcre2.h                src/check/regex.c
libexttextcat/textcat.h src/check/langid.c
expat.h                src/check/check_xml.c
curl/curl.h            src/engine/http.c
sqlite3.h              src/store/db.c
sys/epoll.h            src/engine/poller.c
ggml-alloc.h           tools/train/model.c
ggml-backend.h         tools/train/model.c
ggml.h                 tools/train/model.c
gguf.h                 tools/train/model.c
llama.h                tools/train/check.c
seccomp.h              src/sandbox/filter.c
linux/capability.h     src/sandbox/jail.c
sys/prctl.h            src/sandbox/jail.c
sys/syscall.h          src/sandbox/jail.c
'
standard='assert complex ctype errno fenv float inttypes iso646 limits locale
math setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib
stdnoreturn string tgmath threads time uchar wchar wctype
dirent fcntl fnmatch glob grp langinfo libgen netdb poll pthread pwd regex sched
semaphore spawn strings termios unistd wordexp
arpa/inet net/if netinet/in netinet/tcp sys/file sys/mman sys/resource
sys/select sys/socket sys/stat sys/statvfs sys/time sys/times sys/types sys/uio
sys/un sys/utsname sys/wait sys/ioctl'
find src include tools -name '*.[ch]' | LC_ALL=C sort | while IFS= read -r file; do
    sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$file" |
        sed "s|\$| $file|"
done | awk -v homes="$homes" -v standard="$standard" '
# A header in the program that a path is of.
function key(header, path) {
    sub(/\/.*/, "", path)
    return header " " (path == "tools" ? path : "src")
}
BEGIN {
    n = split(homes, words, /[ \n]+/)
    for (i = 1; i <= n; i++)
        if (words[i] != "") {
            home[key(words[i], words[i + 1])] = words[i + 1]
            i++
        }
    n = split(standard, words, /[ \n]+/)
    for (i = 1; i <= n; i++) std[words[i] ".h"] = 1
}
$1 in std { next }
!(key($1, $2) in home) { print $2 ": <" $1 "> is not in tests/lint/includes.sh"; bad = 1; next }
home[key($1, $2)] != $2 {
    print $2 ": <" $1 "> belongs to " home[key($1, $2)] " alone"
    bad = 1
}
END { exit bad }'
