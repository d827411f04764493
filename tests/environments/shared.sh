#!/bin/sh
# Starts a program in an IPC namespace that it shares with others and cannot leave:
# shared.sh [SYSCTL=VALUE | segments=N | key=N | NEIGHBOUR... --]... PROGRAM...
#
# To be called inside of new user and IPC namespaces.

set -eu
segments=0
set_later=
while :; do
    case $1 in
    segments=*) segments=${1#*=} ;;
    key=*) python3 -c 'import ctypes, sys; ctypes.CDLL(None).shmget(int(sys.argv[1]), 100, 0o1600)' "${1#*=}" ;;
    shm*=*) set_later="$set_later $1" ;;
    stress-ng)
        neighbour=
        while [ "$1" != -- ]; do
            neighbour="$neighbour $1"
            shift
        done
        # shellcheck disable=SC2086 # words
        $neighbour >/dev/null 2>&1 &
        trap 'kill $!' EXIT
        ;;
    *) break ;;
    esac
    shift
done
while [ "$segments" -gt 0 ]; do
    python3 -c 'import ctypes; ctypes.CDLL(None).shmget(0, 100, 0o1600)'
    segments=$((segments - 1))
done
for one in $set_later; do
    echo "${one#*=}" >"/proc/sys/kernel/${one%%=*}"
done
echo 0 >/proc/sys/user/max_ipc_namespaces
"$@"
