#!/bin/sh
# Runs a program while sysctls have other values: sysctl.sh NAME=VALUE... -- PROGRAM...
# Exit code 77 where they cannot have them.

set -eu
undo=
trap 'eval "$undo"' EXIT
while [ "$1" != -- ]; do
    file=/proc/sys/$(printf %s "${1%%=*}" | tr . /)
    before=$(cat "$file")
    undo="$undo printf '%s\\n' '$before' >$file;"
    printf '%s\n' "${1#*=}" 2>/dev/null >"$file" || exit 77
    shift
done
shift
"$@"
