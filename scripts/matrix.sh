#!/bin/sh
# Runs all scenarios on the kernels of several Debian releases, in several guests,
# two at a time, and prints where the kernels differ.
#
# Usage: scripts/matrix.sh [--suites "SUITE..."] [--out DIR] [GUEST...] [-- ARGUMENT...]
#
#   --suites "SUITE..."  Debian releases; default "bullseye bookworm trixie sid"
#   --out DIR            where the reports go, GUEST-SUITE.json, with what was seen
#                        (.txt, .log, .console), and the tables, matrix.md and
#                        matrix.json; default target/matrix
#   GUEST                what `shmproof guests` lists; default all of them
#   ARGUMENT...          handed to `shmproof boot`, for instance the names of scenarios
#
# A release that ships no kernel for a guest has a line that says so. A kernel that
# could not be had, and a run whose report is not whole, have one, too, and are
# failures. The tables come from `shmproof compare`, which can be asked again.
#
# Environment: as scripts/boot.sh.
#
# Exit codes: 2 usage, else the worst of the runs, as `shmproof compare` tells it.

. "$(dirname -- "$0")/lib.sh"

suites='bullseye bookworm trixie sid'
out=$root/target/matrix
guests=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --suites | --out)
        [ $# -ge 2 ] || die 2 "$1 needs a value"
        case $1 in --suites) suites=$2 ;; --out) out=$2 ;; esac
        shift
        ;;
    --suites=*) suites=${1#*=} ;;
    --out=*) out=${1#*=} ;;
    --) shift && break ;;
    -*) die 2 "there is no option $1; see $0 --help" ;;
    *) guests="$guests $1" ;;
    esac
    shift
done
case $out in /*) ;; *) out=$PWD/$out ;; esac

make_cache
mkdir -p "$out" || die 3 "cannot create $out; name another --out"
log=$out/stage.log
host_tool
[ -n "$guests" ] || guests=$("$tool" guests | cut -d ' ' -f 1)

# --- What there is to boot: $plan has a line NAME GUEST KERNEL FIRMWARE for each run. ---

tab=$(printf '\t')
newline='
'
targets=
for guest in $guests; do
    facts=$("$tool" guests --shell "$guest") || exit
    eval "$facts"
    # shellcheck disable=SC2154 # from the facts
    have "$qemu" || stage "installing $qemu_package" install_packages "$qemu is missing" "$qemu_package"
    # shellcheck disable=SC2154
    case " $targets " in *" $firmware_target "*) ;; *) targets="$targets $firmware_target" ;; esac
done
# shellcheck disable=SC2086 # one word a target
stage "firmware for$targets" "$root/scripts/build.sh" --quiet $targets >/dev/null

# For compare: reports, and why there is none. Lines, because a reason has blanks.
plan=
reports=
for suite in $suites; do
    for guest in $guests; do
        facts=$("$tool" guests --shell "$guest") || exit
        eval "$facts"
        name=$guest-$suite
        # A report of an earlier run must not stand for one that this run does not bring.
        for kind in json txt log console; do rm -f "$out/$name.$kind"; done
        # shellcheck disable=SC2154
        if kernel=$("$root/scripts/kernel.sh" --suite "$suite" "$kernel_package:$kernel_arch" 2>"$log"); then
            plan="$plan$name$tab$guest$tab$kernel$tab$root/target/firmware/$firmware_target/shmproof$newline"
            reports="$reports$out/$name.json$newline"
        else
            case $? in 4) what=absent ;; *) what=missing ;; esac
            why=$(tail -n 1 "$log" | sed 's/^kernel.sh: //')
            say "$name: no kernel: $why"
            reports="$reports--$what=$name=no kernel: $why$newline"
        fi
    done
done
rm -f "$log"

# --- The runs, in two lanes. ---

# lane NUMBER ARGUMENT...: every other line of the plan.
lane() {
    mine=$1
    shift
    child=
    trap 'trap "" TERM; [ -z "$child" ] || { kill "$child"; wait "$child"; } 2>/dev/null; exit 130' TERM
    turn=0
    while IFS=$tab read -r name guest kernel firmware; do
        turn=$(((turn + 1) % 2))
        [ "$turn" -eq "$mine" ] || continue
        "$tool" boot --guest "$guest" --kernel "$kernel" --firmware "$firmware" \
            --format json --out "$out/$name.json" --console "$out/$name.console" "$@" \
            >"$out/$name.txt" 2>"$out/$name.log" </dev/null &
        child=$!
        code=0
        wait "$child" || code=$?
        child=
        last=$(tail -n 1 "$out/$name.txt")
        say "$name: $code: ${last:-$(tail -n 1 "$out/$name.log")}"
    done <<PLAN
${plan%"$newline"}
PLAN
}

lanes=
trap 'trap "" INT TERM; kill $lanes 2>/dev/null; wait; exit 130' INT TERM
if [ -n "$plan" ]; then
    for number in 1 0; do
        lane "$number" "$@" &
        lanes="$lanes $!"
    done
    wait
fi

# --- The tables. ---

IFS=$newline
set -f
# shellcheck disable=SC2086 # one line an argument
set -- $reports
"$tool" compare --format markdown "$@" >"$out/matrix.md" || :
"$tool" compare --format json "$@" >"$out/matrix.json.new" || :
mv "$out/matrix.json.new" "$out/matrix.json"
exec "$tool" compare "$@"
