#!/bin/sh
# Runs a program in a control group with a limit: cgroup.sh memory=BYTES|pids=N|cpuset=CPUS PROGRAM...
# Both hierarchies: v2 where it has the controller, else v1.

set -eu
controller=${1%%=*}
value=${1#*=}
shift
for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    grep -qw "$controller" $root/cgroup.controllers 2>/dev/null || continue
    group=$root/shmproof-test-$$
    echo "+$controller" >$root/cgroup.subtree_control
    mkdir "$group"
    case $controller in
    memory) echo "$value" >"$group/memory.max" && echo 0 >"$group/memory.swap.max" ;;
    pids) echo "$value" >"$group/pids.max" ;;
    cpuset) echo "$value" >"$group/cpuset.cpus" ;;
    esac
    break
done
if [ -z "${group-}" ]; then
    root=/sys/fs/cgroup/$controller
    group=$root/shmproof-test-$$
    mkdir "$group"
    case $controller in
    memory) echo "$value" >"$group/memory.limit_in_bytes" ;;
    pids) echo "$value" >"$group/pids.max" ;;
    cpuset)
        cat "$root/cpuset.mems" >"$group/cpuset.mems"
        echo "$value" >"$group/cpuset.cpus"
        ;;
    esac
fi
trap 'rmdir "$group"' EXIT
sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' - "$group" "$@"
