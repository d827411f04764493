#!/bin/sh
# Runs a foreign firmware binary on this machine with qemu-user, for a quick look.
#
# Usage: scripts/run-qemu-user.sh TARGET|FILE [ARGUMENT...]
#
#   TARGET       one of scripts/build.sh's; it is built if it is not there
#   FILE         a firmware binary; its ELF header tells the architecture
#   ARGUMENT...  handed to it; without a command (run, list, explain, check) first,
#                the command is `run`
#
# It tests THIS machine's kernel through an emulator that translates the system calls.
# Neither what passes nor what fails says anything about a board's kernel; scripts/boot.sh
# boots real guests. Nearly half of all scenarios fail, because qemu-user (7.2 and 10.0)
#
#   - leaves fields of struct shmid64_ds unwritten (the upper half of mode on 64 bits,
#     that of the times on 32), ignores unknown bits of shmctl's commands, knows no
#     SHM_STAT_ANY, and looks at the buffer before it looks at the shmid
#   - chooses the addresses of shmat itself, whatever RLIMIT_AS says; 7.2 refuses those that
#     32-bit firmware asks for, and maps nothing executable
#   - refuses clone(2) with CLONE_PARENT or for a namespace, which costs every scenario with
#     a fork, and user namespaces; so an ordinary user runs in no IPC namespace of his own
#   - lacks process_vm_writev and remap_file_pages, and drops advice of madvise
#   - refuses seccomp filters, so that nothing can be run with --inject (exit code 3)
#   - shows /proc and the sysctls of a 64-bit kernel to 32-bit firmware
#
# Where it fails an assertion of its own, it says so on both outputs. Reports for programs
# are whole in a file: --format json --out FILE.
#
# Environment: as scripts/build.sh.
#
# Exit codes: 2 usage, 3 something needed cannot be had, else those of the run.

. "$(dirname -- "$0")/lib.sh"

case ${1-} in -h | --help) usage && exit 0 ;; esac
# shellcheck disable=SC2086 # one word a target
[ $# -gt 0 ] || die 2 "no target or file given; known targets are:" $firmware_targets
firmware=$1
shift

# shellcheck disable=SC2086 # one target a line
if printf '%s\n' $firmware_targets | grep -qxF -e "$firmware"; then
    target=$firmware
    firmware=$root/target/firmware/$target/shmproof
    if ! [ -e "$firmware" ]; then
        make_cache
        log=$cache/run-qemu-user-$$.log
        stage "firmware for $target (minutes the first time; $log)" \
            "$root/scripts/build.sh" --quiet "$target" >/dev/null
        rm -f "$log"
    fi
elif ! [ -e "$firmware" ]; then
    die 2 "$firmware is neither a file nor a target; known targets are:" $firmware_targets
fi
{ [ -f "$firmware" ] && [ -r "$firmware" ]; } || die 2 "$firmware: not a file that can be read"
[ "$(od -An -t x1 -N 4 "$firmware" | tr -d ' ')" = 7f454c46 ] ||
    die 2 "$firmware: not an ELF file; scripts/build.sh builds firmware"
# Class, byte order, machine: EI_CLASS, EI_DATA, e_machine.
kind="$(number_at "$firmware" 4 1)/$(number_at "$firmware" 5 1)/$(number_at "$firmware" 18 2)"
case $kind in
1/1/40) arch=arm ;;
2/1/183) arch=aarch64 ;;
2/1/62) arch=x86_64 ;;
1/1/3) arch=i386 ;;
*) die 2 "$firmware: ELF class/byte order/machine $kind is no firmware's; known are 1/1/40 (ARM), 2/1/183 (AArch64), 2/1/62 (x86-64), 1/1/3 (i386)" ;;
esac
[ -x "$firmware" ] || die 2 "$firmware: not executable; chmod +x it"

# Debian has both, the second with its libraries linked in.
find_qemu() {
    for qemu in "qemu-$arch" "qemu-$arch-static"; do
        have "$qemu" && return
    done
    return 1
}
# Without what is recommended, this machine's kernel does not learn to start foreign
# programs by itself (binfmt_misc).
find_qemu || install_packages "qemu-$arch is missing" qemu-user
find_qemu || die 3 "no qemu-$arch in PATH; install qemu-user"

case ${1-} in
run) ;;
list | explain | check) exec "$qemu" "$firmware" "$@" ;; # no kernel is asked anything
*) set -- run "$@" ;;
esac

# The emulator writes core files of its own, into the working directory, for all but a hard
# limit of 0.
# shellcheck disable=SC3045 # dash and bash know it
ulimit -c 0

notice="this machine's kernel ($(uname -sr)) behind the system calls that $qemu translates"
say "this tests $notice; neither passes nor failures say anything about a board's kernel (scripts/boot.sh boots real guests)"

# In the background, so that whoever stops this script stops the run. ^C reaches it as
# SIGTERM, because what is in the background may ignore SIGINT; to the firmware both are one.
trap 'kill -TERM $! 2>/dev/null || :' HUP INT TERM
"$qemu" "$firmware" "$@" &
code=0
wait $! || code=$?
# A signal ends the wait, not the run.
while kill -0 $! 2>/dev/null; do
    code=0
    wait $! || code=$?
done

say "that was $notice, and no board's kernel: what failed may be the emulator's own (--help tells what is), and what passed proves nothing elsewhere"
exit "$code"
