#!/bin/sh
# Runs a program beside another that loads the machine: beside.sh NEIGHBOUR... -- PROGRAM...

set -eu
neighbour=
while [ "$1" != -- ]; do
    neighbour="$neighbour '$1'"
    shift
done
shift
eval "$neighbour >/dev/null 2>&1 &"
trap 'kill $!; wait' EXIT
"$@"
