#!/bin/sh
# Measures what a run costs, against the least that the same kernel costs, and
# prints ratios.
#
# Usage: scripts/bench.sh boot [GUEST...]
#        scripts/bench.sh memory [GUEST...]
#        scripts/bench.sh steps
#
#   boot     time from starting QEMU to the verdict, as a ratio to the same kernel
#            with an init that ends at once; median of several pairs. Default:
#            arm arm64
#   memory   the least guest memory with which the kernel boots at all, and with
#            which our run passes. Default: arm arm64 x86_64 i686
#   steps    on this machine: cases a second, and the cost of a step as a ratio to
#            the same call in a bare loop
#
# Environment: PAIRS, how many pairs (default 7); others as scripts/boot.sh.

. "$(dirname -- "$0")/lib.sh"

case ${1-} in
-h | --help) usage && exit 0 ;;
boot) default='arm arm64' ;;
memory) default='arm arm64 x86_64 i686' ;;
steps) default= ;;
*) die 2 'say what to measure: boot, memory or steps' ;;
esac
what=$1
shift
cd "$root"
cargo build --quiet --locked --release
tool=${CARGO_TARGET_DIR:-$root/target}/release/shmproof

if [ "$what" = steps ]; then
    have python3 || install_packages 'the benchmark is a Python program' python3
    bare=$(cargo bench --quiet --locked --bench bare --no-run --message-format json |
        sed -n 's/.*"executable":"\([^"]*bare[^"]*\)".*/\1/p')
    exec python3 scripts/bench_steps.py "$tool" "$bare"
fi

# A line `GUEST KERNEL FIRMWARE` each.
guests=
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $default
for guest in "$@"; do
    facts=$("$tool" guests --shell "$guest") || exit
    eval "$facts"
    # shellcheck disable=SC2154 # from the facts
    have "$qemu" || install_packages "$qemu is missing" "$qemu_package"
    # shellcheck disable=SC2154
    firmware=$(scripts/build.sh --quiet "$firmware_target")
    # shellcheck disable=SC2154
    kernel=$(scripts/kernel.sh "$kernel_package:$kernel_arch")
    guests="$guests$guest $kernel $firmware
"
done
have python3 || install_packages 'the benchmark is a Python program' python3
printf '%s' "$guests" | python3 scripts/bench.py "$what" "$tool"
