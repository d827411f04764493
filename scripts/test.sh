#!/bin/sh
# Runs everything that must pass: formatting, lints, the firmware builds, the
# suite on this machine's own kernel, and the tests, among them boots of real
# Debian kernels in QEMU.
#
# Usage: scripts/test.sh [GUEST...]
#
#   GUEST   boot only these; default is every guest that `shmproof guests` lists
#
# What cannot run here (no root, no QEMU) is named and left out, and its tests show
# as ignored; with CI set in the environment it is a failure.
#
# Environment: as scripts/build.sh and scripts/boot.sh.

. "$(dirname -- "$0")/lib.sh"

case ${1-} in -h | --help) usage && exit 0 ;; esac
have cargo || die 3 'no cargo in PATH; install Rust, for instance with rustup'
cd "$root"
make_cache

# A fresh clone compiles nothing twice that another has compiled; see build.sh.
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR

say 'formatting'
cargo fmt --check
say 'lints'
cargo clippy --quiet --locked --all-targets -- -D warnings
cargo clippy --quiet --locked --no-default-features --bin shmproof -- -D warnings
# Checking shell scripts is a convenience of those who have it.
if have shellcheck; then shellcheck -x -P SCRIPTDIR scripts/*.sh .ci/run; else say 'skipped: shellcheck (not installed)'; fi

say 'the suite on this kernel'
cargo build --quiet --locked --release
tool=$CARGO_TARGET_DIR/release/shmproof
"$tool" run

say 'firmware for every target'
scripts/build.sh all

# left_out WHY: nothing is skipped silently, and nothing at all in CI.
left_out() {
    [ -z "${CI:-}" ] || die 3 "CI must not skip this: $*"
    say "skipped: $*"
}

# SHMPROOF_GUESTS: a line `GUEST KERNEL FIRMWARE` for each, for tests/guests.rs.
SHMPROOF_GUESTS=
# shellcheck disable=SC2046 # one word a guest
[ $# -gt 0 ] || set -- $("$tool" guests | cut -d ' ' -f 1)
for guest in "$@"; do
    facts=$("$tool" guests --shell "$guest") || exit
    eval "$facts"
    # shellcheck disable=SC2154 # from the facts
    if ! have "$qemu" && ! (install_packages "$qemu is missing" "$qemu_package"); then
        left_out "guest $guest: no $qemu"
        continue
    fi
    # shellcheck disable=SC2154
    kernel=$(scripts/kernel.sh "$kernel_package:$kernel_arch")
    # shellcheck disable=SC2154
    line="$guest $kernel $root/target/firmware/$firmware_target/shmproof"
    SHMPROOF_GUESTS="${SHMPROOF_GUESTS:+$SHMPROOF_GUESTS
}$line"
done
if [ -n "$SHMPROOF_GUESTS" ]; then export SHMPROOF_GUESTS; else unset SHMPROOF_GUESTS; fi
# SHMPROOF_QEMU_USER: the firmware that tests/qemu_user.rs runs with qemu-user.
if have qemu-arm || have qemu-arm-static || (install_packages 'qemu-arm is missing' qemu-user); then
    export SHMPROOF_QEMU_USER="$root/target/firmware/armv7-unknown-linux-musleabihf/shmproof"
else
    left_out 'scripts/run-qemu-user.sh: no qemu-arm'
fi
# tests/deploy has an sshd of its own. Debian's package starts one for everybody, which a
# developer's machine may not want.
if ! [ -x /usr/sbin/sshd ] && { [ -z "${CI:-}" ] || ! (install_packages 'sshd is missing' openssh-server); }; then
    left_out 'deploying over the loopback: no sshd (openssh-server)'
fi
# Neighbours for tests/environments.
have stress-ng || (install_packages 'stress-ng is missing' stress-ng) ||
    left_out 'environments with neighbours: no stress-ng'
[ "$(id -u)" -eq 0 ] || left_out 'the tests that need root'
export SHMPROOF_FIRMWARE="$root/target/firmware/x86_64-unknown-linux-musl/shmproof"

say 'tests'
# One boot at a time: each guest has two processors, as this machine may have.
RUST_TEST_THREADS=${RUST_TEST_THREADS:-2} cargo test --locked
