# shellcheck shell=sh
# What the scripts beside this file share. Sourced, never run.

set -eu

# shellcheck disable=SC2034 # for the scripts
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cache=${SHMPROOF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/shmproof}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac

# What build.sh builds.
# shellcheck disable=SC2034 # for the scripts
firmware_targets='armv7-unknown-linux-musleabihf aarch64-unknown-linux-musl x86_64-unknown-linux-musl
i686-unknown-linux-musl arm-unknown-linux-musleabi'

# Progress goes to stderr: stdout carries only what a caller asked for.
say() { printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2; }

# die CODE MESSAGE...: 2 is usage, 3 is infrastructure, the rest is the failing tool's own.
die() {
    code=$1
    shift
    say "$*"
    exit "$code"
}

# The comment on top of the script is its help.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

have() { command -v "$1" >/dev/null 2>&1; }

# number_at FILE OFFSET BYTES: an unsigned number of a little-endian file. od, because
# readelf is not everywhere.
number_at() { od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

make_cache() {
    mkdir -p "$cache" 2>/dev/null ||
        die 3 "cannot create the cache $cache; set SHMPROOF_CACHE to a writable directory"
    [ -w "$cache" ] ||
        die 3 "cannot write to the cache $cache; set SHMPROOF_CACHE to a writable directory"
}

# lock NAME: holds a lock of the cache until the script ends, so that other
# invocations, also from another checkout, wait instead of interfering.
lock() {
    make_cache
    exec 9>"$cache/$1.lock"
    flock -n 9 && return
    say "waiting for another invocation that holds $cache/$1.lock"
    flock 9
}

unlock() { exec 9>&-; }

# stage WHAT COMMAND...: runs a step, whose noise goes to $log and is shown if it fails.
stage() {
    say "$1"
    shift
    # shellcheck disable=SC2154 # by the scripts
    ("$@") 2>"$log" && return
    code=$?
    say "that failed; the end of $log:"
    tail -n 20 "$log" >&2
    exit "$code"
}

# host_tool: builds the tool of this machine; sets $tool.
host_tool() {
    unset CARGO_BUILD_TARGET # it would move the tool elsewhere
    case ${CARGO_TARGET_DIR:=$root/target} in
    /*) ;;
    *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;;
    esac
    # shellcheck disable=SC2034 # for the scripts
    tool=$CARGO_TARGET_DIR/release/shmproof
    stage 'host tool' host_build
}

host_build() {
    have cargo || die 3 'no cargo in PATH; install Rust, for instance with rustup'
    cd "$root" && cargo build --release --locked
}

# missing_packages PACKAGE...: those of them that are not installed.
missing_packages() {
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

# install_packages WHY PACKAGE...: installs Debian packages, or says how to.
install_packages() {
    why=$1
    shift
    have apt-get || die 3 "$why, and there is no apt-get to install it with; install what Debian calls: $*"
    hint="install as root: apt-get install --no-install-recommends $*"
    [ "$(id -u)" -eq 0 ] || die 3 "$why; $hint"
    say "installing $*"
    # The lists may be absent or stale, so a failure is worth one retry after an update.
    apt_install "$@" || { apt-get -q update >&2 && apt_install "$@"; } || install_backports "$@" ||
        die 3 "$why, and apt could not install it; $hint"
}

# --no-remove: some of these packages conflict with others (rustc-web with
# rustc); never take anything away from the machine.
# DPkg::Lock::Timeout: another apt may be at work.
apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=120 "$@" >&2 9>&-
}

# install_backports PACKAGE...: the same from the release's backports. A machine that has
# one package from there may take its siblings from nowhere else (qemu-utils and qemu-system).
# The machine's own sources are not changed.
install_backports() {
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    site=$(apt-get --print-uris update 2>/dev/null |
        sed -n "s|^'\(.*\)/dists/$release/InRelease'.*|\1|p" | head -n 1)
    [ -n "$release" ] && [ -n "$site" ] || return 1
    say "trying the backports of $release"
    make_cache
    list=$cache/backports.list
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keyring] $site $release-backports main" >"$list"
    apt-get -q -o Dir::Etc::sourcelist="$list" update >&2 &&
        apt_install -o Dir::Etc::sourcelist="$list" -t "$release-backports" "$@"
}
