#!/bin/sh
# Copies the firmware to boards over ssh, runs it there, and brings the report
# home. Finds out what each board is, and builds the firmware that it needs.
#
# Usage: scripts/deploy.sh [OPTION]... [USER@]BOARD[:PORT]... [-- RUN ARGUMENT...]
#
#   BOARD          a host, or a name of your ssh config; several run side by side
#   OPTION         -i, -J, -p, -F and -o are ssh's; --format FORMAT and --out PATH
#                  say what the report is; `shmproof deploy --help` tells all
#   RUN ARGUMENT   handed to `shmproof run` on the board, for instance
#                  -- hello --effort 10, or -- --scenarios mine.ron
#
# The board needs an ssh server, a shell, and mkdir, chmod, rm and cat (any
# busybox). Nothing is left there, unless --keep says so.
#
# Environment:
#   CARGO_TARGET_DIR  where the host tool is built, as for cargo
#   SHMPROOF_CACHE    firmware toolchain, logs; default ~/.cache/shmproof
#   SHMPROOF_ROUTE    how to build the firmware, see scripts/build.sh
#
# Exit codes: 2 usage, 3 the board cannot be used, else those of the run.

. "$(dirname -- "$0")/lib.sh"

case ${1-} in -h | --help) usage && exit 0 ;; esac
[ $# -gt 0 ] || die 2 'no board given; for instance scripts/deploy.sh root@192.168.1.20'
for program in ssh scp; do
    have "$program" || install_packages "$program is missing" openssh-client
done

make_cache
log=$cache/deploy-$$.log
host_tool
rm -f "$log"
exec "$tool" deploy --builder "$root/scripts/build.sh" "$@"
