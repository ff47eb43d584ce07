#!/bin/sh
# README's two commands on a machine that has nothing: a Debian 12 made by
# debootstrap, without compiler or make, gets a clean clone of HEAD, and runs
# ./bootstrap run and ./bootstrap test as root in a chroot.
#
#   tests/bootstrap/debian12.sh [COMMAND...]   # instead of the two commands
#
# Packages come from where the host's own apt gets Debian 12 (its mirror, proxy
# and time-outs are read from it). Prints "skipped: reason" and succeeds where
# it cannot be done; KEEP=1 leaves the folder.
set -u
cd "$(dirname "$0")/../.." || exit 1

skip() {
    echo "skipped: $1"
    exit 0
}

[ "$(id -u)" = 0 ] || skip "not root"
for c in debootstrap apt-get chroot git; do
    command -v $c >/dev/null || skip "no $c"
done
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    'Codename: bookworm' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Release: bookworm' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || skip "the host's apt knows no Debian 12"

work=$(mktemp -d "${TMPDIR:-/tmp}/seqeval-debian.XXXXXX") || exit 1
deb=$work/root
cleanup() {
    for m in proc sys dev; do
        if mountpoint -q "$deb/$m" 2>/dev/null; then umount -l "$deb/$m"; fi
    done
    if [ -n "${KEEP:-}" ]; then
        echo "kept: $deb"
    else
        rm -rf --one-file-system "$work"
    fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

clock() { date +%s; }
start=$(clock)
took() { # WHAT: how long since the last
    now=$(clock)
    echo "debian12: $1: $((now - start)) s"
    start=$now
}

if ! debootstrap --variant=minbase bookworm "$deb" "$mirror" \
    >"$work/debootstrap.log" 2>&1; then
    tail -n 5 "$work/debootstrap.log"
    if [ ! -e "$deb/debootstrap/base" ] &&
        grep -Eq 'Failed getting release|mounted with noexec|Operation not' \
            "$work/debootstrap.log"; then
        skip "no mirror reachable, or no chroot allowed"
    fi
    echo "debian12: debootstrap failed"
    exit 1
fi
took debootstrap

# The host's way to its packages, and nothing else of it.
apt-config dump | grep -E '^Acquire::(https?|ftp|Retries|Check-)' |
    grep -v '""' >"$deb/etc/apt/apt.conf.d/99host"
for f in /etc/resolv.conf /etc/hosts; do
    [ ! -e $f ] || cp -L $f "$deb$f"
done
mountpoint -q "$deb/proc" || mount -t proc proc "$deb/proc" 2>/dev/null ||
    echo "debian12: no /proc in the chroot"

registry=$(npm config get registry 2>/dev/null)
bundle=${CURL_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}
ca=
if [ -r "$bundle" ]; then
    cp -L "$bundle" "$deb/etc/host-ca.crt"
    ca=/etc/host-ca.crt
fi
git clone --quiet --no-hardlinks . "$deb/seqeval" || exit 1
inside() {
    # shellcheck disable=SC2016 # $@ is the inner shell's
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
        no_proxy="${no_proxy:-}" LLAMA_REGISTRY="$registry" \
        ${ca:+CURL_CA_BUNDLE="$ca"} \
        chroot "$deb" /bin/sh -c 'cd /seqeval && "$@"' sh "$@"
}
if inside sh -c 'command -v make || command -v cc || command -v gcc'; then
    echo "debian12: the system is not bare"
    exit 1
fi

if [ $# -gt 0 ]; then
    inside "$@"
    status=$?
    took "$*"
    exit $status
fi

inside ./bootstrap run >"$work/run.out" 2>"$work/run.err"
status=$?
took './bootstrap run'
if [ $status -ne 0 ] || ! grep -q 'step_rate' "$work/run.out"; then
    tail -n 30 "$work/run.err" "$work/run.out"
    echo "debian12: ./bootstrap run: status $status, or no leaderboard"
    exit 1
fi
grep '^make llama' "$work/run.err"
cat "$work/run.out"

inside ./bootstrap test >"$work/test.out" 2>&1
status=$?
took './bootstrap test'
tail -n 20 "$work/test.out"
if [ $status -ne 0 ] ||
    ! tail -n 1 "$work/test.out" | grep -Eq '^[1-9][0-9]* passed, 0 failed'; then
    grep -A 40 '^FAILED' "$work/test.out"
    echo "debian12: ./bootstrap test: status $status"
    exit 1
fi
