#!/bin/sh
# Runs a program while sysctls have other values: sysctl.sh NAME=VALUE... -- PROGRAM...

set -eu
undo=
while [ "$1" != -- ]; do
    file=/proc/sys/$(printf %s "${1%%=*}" | tr . /)
    before=$(cat "$file")
    undo="$undo printf '%s\\n' '$before' >$file;"
    printf '%s\n' "${1#*=}" >"$file"
    shift
done
shift
trap 'eval "$undo"' EXIT
"$@"
