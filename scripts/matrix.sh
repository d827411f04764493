#!/bin/sh
# Runs all scenarios on many kernels and in many environments, two at a time, and
# prints where they differ.
#
# Usage: scripts/matrix.sh [OPTION...] [GUEST...] [-- ARGUMENT...]
#
#   --suites "SUITE..."        Debian releases; default "bullseye bookworm trixie sid"
#   --flavours                 Debian's other kernels as well: rt, cloud, arm64-16k, rpi
#   --own "NAME..."            kernels that scripts/kernel-build.sh builds, for instance
#                              "no-ipc-ns debug"; `all` are all of them, of both releases;
#                              one alone is GUEST-RELEASE-NAME, as in the tables, where NAME
#                              may be several with a `+` between them
#   --environments "NAME..."   lines of tests/environments/guests; default "plain"; `all`
#   --here "NAME..."           lines of tests/environments/list, on this machine's own
#                              kernel; `all`
#   --out DIR                  where the reports go, KERNEL.ENVIRONMENT.json, with what was
#                              seen (.txt, .log, .console), and the tables, matrix.md,
#                              environments.md and matrix.json; default target/matrix
#   GUEST                      what `shmproof guests` lists; default all of them
#   ARGUMENT...                handed to `shmproof boot`, for instance names of scenarios
#
# --suites "" leaves Debian's kernels out. A kernel that cannot be had has a line that
# says so. The tables come from `shmproof compare`, which can be asked again, and, of
# kernels × environments, from the verdicts: passed and skipped cases.
#
# Environment: as scripts/boot.sh and scripts/kernel-build.sh.
#
# Exit codes: 2 usage, else the worst of the runs, as `shmproof compare` tells it.

. "$(dirname -- "$0")/lib.sh"

suites='bullseye bookworm trixie sid'
flavours=no
own=
environments=plain
here_too=
out=$root/target/matrix
guests=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --flavours) flavours=yes ;;
    --suites | --own | --environments | --here | --out)
        [ $# -ge 2 ] || die 2 "$1 needs a value"
        case $1 in
        --suites) suites=$2 ;;
        --own) own=$2 ;;
        --environments) environments=$2 ;;
        --here) here_too=$2 ;;
        --out) out=$2 ;;
        esac
        shift
        ;;
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
[ -n "$guests" ] || guests=$("$tool" guests | cut -d ' ' -f 1 | tr '\n' ' ')
here=$root/tests/environments
export here

# lines FILE NAMES: the lines of a list with these names; `all` are all.
lines() {
    grep -v '^#' "$here/$1" | while IFS= read -r line; do
        name=${line%% *}
        case " $2 " in *" all "* | *" ${name%%=*} "*) printf '%s\n' "$line" ;; esac
    done
}

# --- What there is to run: $plan has a line NAME GUEST KERNEL FIRMWARE for each kernel. ---

tab=$(printf '\t')
newline='
'
plan=
reports=
targets=

# machine GUEST: sets the facts of a guest, and sees to its emulator and firmware.
machine() {
    facts=$("$tool" guests --shell "$1") || exit
    eval "$facts"
    # shellcheck disable=SC2154 # from the facts
    have "$qemu" || stage "installing $qemu_package" install_packages "$qemu is missing" "$qemu_package"
    # shellcheck disable=SC2154
    case " $targets " in
    *" $firmware_target "*) ;;
    *)
        stage "firmware for $firmware_target" "$root/scripts/build.sh" --quiet "$firmware_target" >/dev/null
        targets="$targets $firmware_target"
        ;;
    esac
}

# planned NAME GUEST COMMAND...: the command prints the path of the kernel.
planned() {
    name=$1
    guest=$2
    shift 2
    if kernel=$("$@" 2>"$log"); then
        plan="$plan$name$tab$guest$tab$kernel$tab$root/target/firmware/$firmware_target/shmproof$newline"
    else
        case $? in 4) what=absent ;; *) what=missing ;; esac
        why=$(tail -n 1 "$log" | sed 's/^[a-z-]*.sh: //')
        say "$name: no kernel: $why"
        reports="$reports--$what=$name=no kernel: $why$newline"
    fi
}

for suite in $suites; do
    for guest in $guests; do
        machine "$guest"
        # shellcheck disable=SC2154
        planned "$guest-$suite" "$guest" "$root/scripts/kernel.sh" --suite "$suite" "$kernel_package:$kernel_arch"
    done
done
if [ "$flavours" = yes ]; then
    while read -r name guest suite package; do
        case " $guests " in *" $guest "*) ;; *) continue ;; esac
        machine "$guest"
        planned "$name" "$guest" "$root/scripts/kernel.sh" --suite "$suite" "$package"
    done <<FLAVOURS
arm-rt arm bookworm linux-image-rt-armmp:armhf
arm64-rt arm64 bookworm linux-image-rt-arm64:arm64
arm64-cloud arm64 bookworm linux-image-cloud-arm64:arm64
arm64-16k arm64 trixie linux-image-arm64-16k:arm64
x86_64-rt x86_64 bookworm linux-image-rt-amd64:amd64
x86_64-cloud x86_64 bookworm linux-image-cloud-amd64:amd64
FLAVOURS
fi
if [ -n "$own" ]; then
    known=all
    for release in 6.1 6.12; do
        for guest in arm arm64 x86_64; do
            case " $guests " in *" $guest "*) ;; *) continue ;; esac
            names=
            for name in $("$root/scripts/kernel-build.sh" --release "$release" --arch "$guest" --list); do
                case " $own " in *" all "* | *" $name "*) names="$names $name" ;; esac
                known="$known $name"
            done
            for name in $own; do
                case $name in
                "$guest-$release-"*) names="$names ${name#"$guest-$release-"}" known="$known $name" ;;
                esac
            done
            [ -z "$names" ] || machine "$guest"
            for name in $names; do
                planned "$guest-$release-$name" "$guest" \
                    "$root/scripts/kernel-build.sh" --release "$release" --arch "$guest" "$name"
            done
        done
    done
    for name in $own; do
        case " $known " in
        *" $name "*) ;;
        *) die 2 "these guests have no kernel $name; see scripts/kernel-build.sh --list" ;;
        esac
    done
fi
rm -f "$log"

# --- The runs, in two lanes. ---

# runs: a line NAME ENVIRONMENT GUEST KERNEL FIRMWARE ARGUMENTS for each; NAME is `here`
# for this machine's own kernel, whose ARGUMENTS are a line of sh.
runs() {
    printf %s "$plan" | while IFS=$tab read -r name guest kernel firmware; do
        lines guests "$environments" | while read -r environment arguments; do
            printf '%s\t%s\t%s\t%s\t%s\t%s\n' \
                "$name" "$environment" "$guest" "$kernel" "$firmware" "$arguments"
        done
    done
    lines list "$here_too" | while read -r environment how; do
        printf 'here\t%s\t-\t-\t-\t%s\n' "$environment" "$how"
    done
}

# lane NUMBER ARGUMENT...: every other run.
lane() {
    mine=$1
    shift
    child=
    trap 'trap "" TERM; [ -z "$child" ] || { kill "$child"; wait "$child"; } 2>/dev/null; exit 130' TERM
    turn=0
    while IFS=$tab read -r name environment guest kernel firmware arguments; do
        turn=$(((turn + 1) % 2))
        [ "$turn" -eq "$mine" ] || continue
        right=${environment#*=}
        environment=${environment%%=*}
        if [ "$right" = "$environment" ]; then
            # Without System V IPC nothing can be tested, and that is told.
            case $name in *-no-sysvipc | *-no-sysvipc+*) right=4 ;; *) right=0 ;; esac
        fi
        report=$out/$name.$environment
        # A report of an earlier run must not stand for one that this run does not bring.
        for kind in json txt log console; do rm -f "$report.$kind"; done
        # What changes the machine for all runs alone.
        case $arguments in *sysctl.sh*) share=-x ;; *) share=-s ;; esac
        if [ "$name" = here ]; then
            flock "$share" "$out/lock" sh -c "$arguments" - "$tool" run --format json --out "$report.json" "$@" \
                >"$report.txt" 2>"$report.log" </dev/null &
        else
            # shellcheck disable=SC2086 # the arguments of an environment are words
            "$tool" boot --guest "$guest" --kernel "$kernel" --firmware "$firmware" $arguments \
                --format json --out "$report.json" --console "$report.console" "$@" \
                >"$report.txt" 2>"$report.log" </dev/null &
        fi
        child=$!
        code=0
        wait "$child" || code=$?
        child=
        case ",$right,77," in *",$code,"*) verdict=right ;; *) verdict=WRONG ;; esac
        [ "$code" -ne 77 ] || verdict='not to be had'
        last=$(tail -n 1 "$report.txt")
        printf '%s\t%s\t%s\t%s\n' "$name" "$environment" "$verdict" "$last" >>"$out/verdicts"
        say "$name in $environment: $code, $verdict: ${last:-$(tail -n 1 "$report.log")}"
    done <"$out/runs"
}

runs >"$out/runs"
: >"$out/verdicts"
lanes=
trap 'trap "" INT TERM; kill $lanes 2>/dev/null; wait; exit 130' INT TERM
if [ -s "$out/runs" ]; then
    for number in 1 0; do
        lane "$number" "$@" &
        lanes="$lanes $!"
    done
    wait
fi

# --- The tables. ---

# Kernels down, environments across; a cell has the cases that passed and were skipped.
awk -F "$tab" '
    !($1 in row) { row[$1] = ++rows; kernel[rows] = $1 }
    !($2 in column) { column[$2] = ++columns; environment[columns] = $2 }
    {
        cell = $3
        if ($3 == "right" && match($4, /in [0-9]+ cases/)) {
            cell = substr($4, RSTART + 3, RLENGTH - 9)
            skipped = match($4, /[0-9]+ cases? skipped/) ? substr($4, RSTART, RLENGTH) + 0 : 0
            cell = cell " / " skipped
        }
        table[$1, $2] = cell
    }
    END {
        printf "| passed / skipped |"
        for (c = 1; c <= columns; c++) printf " %s |", environment[c]
        printf "\n|---|"
        for (c = 1; c <= columns; c++) printf "---|"
        for (r = 1; r <= rows; r++) {
            printf "\n| %s |", kernel[r]
            for (c = 1; c <= columns; c++) printf " %s |", table[kernel[r], environment[c]]
        }
        print ""
    }' "$out/verdicts" >"$out/environments.md"
say "kernels × environments: $out/environments.md"
wrong=$(grep -c "${tab}WRONG$tab" "$out/verdicts" || :)
[ "$wrong" -eq 0 ] || say "$wrong of $(wc -l <"$out/verdicts") runs are not as they should be"

# Kernels against each other, in the plain environment.
while IFS=$tab read -r name environment rest; do
    [ "$environment" != plain ] || reports="$reports$out/$name.plain.json$newline"
done <"$out/runs"
IFS=$newline
set -f
# shellcheck disable=SC2086 # one line an argument
set -- $reports
code=0
if [ $# -gt 0 ]; then
    "$tool" compare --format markdown "$@" >"$out/matrix.md" || :
    "$tool" compare --format json "$@" >"$out/matrix.json.new" || :
    mv "$out/matrix.json.new" "$out/matrix.json"
    "$tool" compare "$@" || code=$?
fi
[ "$code" -ne 0 ] || [ "$wrong" -eq 0 ] || code=1
exit "$code"
