#!/bin/sh
# Boots a guest whose only program is shmproof, runs the scenarios in it and
# reports. Builds, fetches and installs first whatever of that is missing.
#
# Usage: scripts/boot.sh GUEST [--kernel PATH] [ARGUMENT...]
#
#   GUEST          what `shmproof guests` lists, for instance arm
#   --kernel PATH  this kernel instead of Debian's current one; for instance
#                  "$(scripts/kernel.sh --suite trixie linux-image-armmp:armhf)"
#   ARGUMENT...    handed to `shmproof boot`
#
# Environment:
#   CARGO_TARGET_DIR  where the host tool is built, as for cargo
#   SHMPROOF_CACHE    firmware toolchain, kernels, logs; default ~/.cache/shmproof
#   SHMPROOF_ROUTE    how to build the firmware, see scripts/build.sh
#
# Exit codes: 2 usage, 3 something needed cannot be had, else those of shmproof.

. "$(dirname -- "$0")/lib.sh"

case ${1-} in -h | --help) usage && exit 0 ;; esac
guest=${1-}
case $guest in -*) die 2 "the guest comes first, not $guest; see --help" ;; esac
[ $# -eq 0 ] || shift

# Takes --kernel out of the arguments and leaves the others in their order.
kernel=
left=$#
while [ "$left" -gt 0 ]; do
    case $1 in
    --kernel)
        [ "$left" -ge 2 ] || die 2 '--kernel needs the path of a kernel image'
        kernel=$2
        left=$((left - 1))
        shift
        ;;
    --kernel=*) kernel=${1#*=} ;;
    *) set -- "$@" "$1" ;;
    esac
    shift
    left=$((left - 1))
done
[ -z "$kernel" ] || [ -r "$kernel" ] || die 2 "cannot read the kernel $kernel; give the path of a kernel image"

make_cache
log=$cache/boot-$$.log

host_tool
[ -n "$guest" ] || { rm -f "$log" && say 'no guest given; known are:' && "$tool" guests >&2; exit 2; }

# Sets guest, firmware_target, kernel_package, kernel_arch, qemu, qemu_package.
facts=$("$tool" guests --shell "$guest") || { code=$? && rm -f "$log" && exit "$code"; }
eval "$facts"

# shellcheck disable=SC2154 # from the facts
have "$qemu" || stage "installing $qemu_package" install_packages "$qemu is missing" "$qemu_package"
# shellcheck disable=SC2154
firmware=$(stage "firmware for $firmware_target (minutes the first time; $log)" \
    "$root/scripts/build.sh" --quiet "$firmware_target")
# shellcheck disable=SC2154
[ -n "$kernel" ] || kernel=$(stage "kernel of $kernel_package:$kernel_arch" \
    "$root/scripts/kernel.sh" "$kernel_package:$kernel_arch")

rm -f "$log"
say "booting $guest with $(basename "$kernel")"
exec "$tool" boot --guest "$guest" --kernel "$kernel" --firmware "$firmware" "$@"
