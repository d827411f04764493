#!/bin/sh
# Puts small faults into the shared memory of a small ARM kernel, one at a time, boots
# each kernel, and prints which faults were caught, and on which calls.
#
# Usage: scripts/mutants.sh [OPTION...] [FAULT...] [-- ARGUMENT...]
#
#   FAULT            a file of tests/kernels/faults, with or without `.sed`, or a part of
#                    its name; default all of them
#   --release R      the kernel: 6.1, the default, or 6.12
#   --jobs N         how many guests at once; default 2
#   --kernel PATH    the unchanged kernel, as scripts/kernel-build.sh has printed it before
#   --firmware PATH  this firmware; default what scripts/build.sh builds
#   --out DIR        where the reports go, FAULT.json and FAULT.txt; default target/mutants
#   ARGUMENT...      handed to `shmproof boot`, for instance --scenarios DIR
#
# A fault is a sed script that changes one line of one source file. Its opening comment
# tells the file, the call that a report should blame, the class, and what is wrong. A
# fault that changes no line, changes more than one, does not compile, or makes no other
# kernel is an error: what is equal to the original cannot be caught.
#
# The unchanged kernel is booted first, and must pass. A line each:
#
#   caught   a step failed; the calls are those of the failing steps, with their number
#   noticed  the kernel crashed or hung, or something was left behind, and no step failed
#   missed   everything passed
#
# Environment: as scripts/kernel-build.sh and scripts/boot.sh.
#
# Exit codes: 0 all were caught, 1 some were not, 2 usage, 3 something needed cannot be
# had, a fault that is none, or an unchanged kernel that does not pass.

. "$(dirname -- "$0")/lib.sh"

faults=$root/tests/kernels/faults
release=6.1
jobs=2
kernel=
firmware=
out=$root/target/mutants
names=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --release | --jobs | --kernel | --firmware | --out)
        [ $# -ge 2 ] || die 2 "$1 needs a value"
        case $1 in
        --release) release=$2 ;;
        --jobs) jobs=$2 ;;
        --kernel) kernel=$2 ;;
        --firmware) firmware=$2 ;;
        --out) out=$2 ;;
        esac
        shift
        ;;
    --) shift && break ;;
    -*) die 2 "there is no option $1; see --help" ;;
    *)
        found=
        for file in "$faults"/*"$(basename "$1" .sed)"*.sed; do
            [ -e "$file" ] || die 2 "there is no fault $1 in $faults"
            # The whole name of one is a part of no other's.
            [ "$(basename "$file" .sed)" != "$(basename "$1" .sed)" ] || found=$file
        done
        if [ -n "$found" ]; then
            names="$names $(basename "$found" .sed)"
        else
            for file in "$faults"/*"$(basename "$1" .sed)"*.sed; do
                names="$names $(basename "$file" .sed)"
            done
        fi
        ;;
    esac
    shift
done
case $jobs in '' | 0* | *[!0-9]*) die 2 "--jobs takes a number from 1, not $jobs" ;; esac
case $out in /*) ;; *) out=$PWD/$out ;; esac
[ -n "$names" ] || for file in "$faults"/*.sed; do names="$names $(basename "$file" .sed)"; done

mkdir -p "$out" || die 3 "cannot create $out; name another --out"
log=$out/stage.log
host_tool
facts=$("$tool" guests --shell arm) || exit
eval "$facts"
# shellcheck disable=SC2154 # from the facts
have "$qemu" || stage "installing $qemu_package" install_packages "$qemu is missing" "$qemu_package"
# shellcheck disable=SC2154
[ -n "$firmware" ] || firmware=$(stage "firmware for $firmware_target" \
    "$root/scripts/build.sh" --quiet "$firmware_target")
[ -r "$firmware" ] || die 3 "cannot read the firmware $firmware"
[ -n "$kernel" ] || kernel=$(stage "kernel $release" "$root/scripts/kernel-build.sh" --release "$release" base)

# --- A copy of the source, and what is built of it. ---

make_cache
lock mutants
clean=$(readlink -f "$cache/kernel-build/source-$release") # as kernel-build.sh leaves it
version=${clean##*/source-}
work=$cache/mutants/$version

# take_over: copies what kernel-build.sh has compiled, which is minutes of work, and has
# kbuild believe that it was compiled from our copy of the source.
take_over() (
    exec 8>"$cache/kernel-build.lock"
    flock 8
    rm -rf "$work/build.new"
    cp -a "$cache/kernel-build/build-$version-arm" "$work/build.new"
    find "$work/build.new" -name '*.cmd' -exec sed -i "s|$clean/|$work/source/|g" {} +
    # These name the source, too; kbuild makes them anew.
    rm -f "$work/build.new/Makefile" "$work/build.new/source"
    mv "$work/build.new" "$work/build"
)

# Links, because nothing is written to a file of the copy: a fault takes a file's place.
if ! [ -e "$work/build" ]; then
    say "copying the source of $release"
    mkdir -p "$work"
    rm -rf "$work/source"
    cp -al "$clean" "$work/source" 2>/dev/null || cp -a "$clean" "$work/source"
    take_over
fi

# field FAULT NAME: what the comment of a fault says.
field() { sed -n "s/^# $2: //p" "$faults/$1.sed"; }

# restore: undoes the fault that is in the copy, also that of an earlier run.
restore() {
    [ -e "$work/changed" ] || return 0
    changed=$(cat "$work/changed")
    # A new time, so that make compiles it again.
    cp "$clean/$changed" "$work/source/$changed.new"
    mv "$work/source/$changed.new" "$work/source/$changed"
    rm "$work/changed"
}

# apply FAULT: puts a fault into the copy.
apply() {
    changed=$(field "$1" file)
    sed -f "$faults/$1.sed" "$clean/$changed" >"$work/source/$changed.new"
    lines=$(diff "$clean/$changed" "$work/source/$changed.new" | grep -c '^[<>]') || :
    [ "$lines" -eq 2 ] || {
        say "$1 changes $((lines / 2)) lines of $changed, not one"
        rm "$work/source/$changed.new"
        return 1
    }
    echo "$changed" >"$work/changed"
    mv "$work/source/$changed.new" "$work/source/$changed"
}

# The variables keep the time, the user and the number of the build out of the kernel, so
# that the same source makes the same kernel. All is as in kernel-build.sh: another
# command compiles everything again.
: "${CROSS_COMPILE=arm-linux-gnueabihf-}"
kbuild() {
    set -- make -C "$work/source" O="$work/build" CROSS_COMPILE="$CROSS_COMPILE" -j "${JOBS:-$(nproc)}" "$@"
    set -- "$@" KBUILD_BUILD_TIMESTAMP='1970-01-01' KBUILD_BUILD_USER=shmproof KBUILD_BUILD_HOST=shmproof
    set -- "$@" KBUILD_BUILD_VERSION=1
    ! have ccache || set -- "$@" CC="ccache ${CROSS_COMPILE}gcc"
    ARCH=arm "$@" >&2 9>&-
}

image=$work/build/arch/arm/boot
restore
config=$(dirname "$kernel")/config-${kernel##*/vmlinuz-}
cmp -s "$config" "$work/config" || {
    cp "$config" "$work/build/.config"
    stage 'configuring' kbuild olddefconfig
    cp "$config" "$work/config"
}
stage "building the unchanged kernel (minutes the first time; $log)" kbuild zImage
cp "$image/Image" "$work/unchanged"

# --- Boots. ---

# boot NAME ARGUMENT...: boots $out/NAME.zImage, and keeps what came of it in $out.
boot() {
    name=$1
    shift
    code=0
    "$tool" boot --guest arm --quick --kernel "$out/$name.zImage" --firmware "$firmware" \
        --format json --out "$out/$name.json" --console "$out/$name.console" "$@" \
        >"$out/$name.txt" 2>"$out/$name.log" </dev/null 9>&- || code=$?
    rm -f "$out/$name.zImage"
    return "$code"
}

# calls NAME: the calls of failing steps, with their number, from the table of the report.
calls() {
    awk '$1 == "pass" && $2 == "fail" && $3 == "blocked" { table = 1; next }
        table && (NF < 5 || $1 ~ /:$/) { exit }
        table && $3 > 0 { printf "%s%s %d", sep, $1, $3; sep = ", " }' "$out/$1.txt"
}

# cases NAME: the first scenarios that did not pass.
cases() { sed -n 's/^FAIL  *\([a-z0-9_]*\):[0-9].*/\1/p' "$out/$1.txt" | uniq | head -n 3 | paste -s -d " "; }

cp "$image/zImage" "$out/unchanged.zImage"
say 'booting the unchanged kernel'
boot unchanged "$@" || {
    tail -n 20 "$out/unchanged.txt" "$out/unchanged.log" >&2
    die 3 "the unchanged kernel does not pass; see $out/unchanged.txt"
}
tail -n 1 "$out/unchanged.txt" >&2

# one FAULT ARGUMENT...: builds and boots a kernel with the fault, and prints its line.
one() {
    fault=$1
    shift
    rm -f "$out/$fault.result"
    # One builds while others boot.
    (
        flock 8
        code=0
        { apply "$fault" && kbuild zImage 2>"$out/$fault.log"; } || code=1
        if [ "$code" -ne 0 ]; then
            say "$fault: no kernel; the end of $out/$fault.log:"
            [ ! -e "$out/$fault.log" ] || grep -m 5 'error:' "$out/$fault.log" >&2 || :
        elif cmp -s "$image/Image" "$work/unchanged"; then
            say "$fault makes the same kernel as no fault"
            code=1
        else
            cp "$image/zImage" "$out/$fault.zImage"
        fi
        restore
        exit "$code"
    ) 8>"$work/lock" || return 1

    code=0
    boot "$fault" "$@" || code=$?
    case $code in 2 | 3 | 4 | 130)
        say "$fault: shmproof boot ended with $code; see $out/$fault.log"
        return 1
        ;;
    esac
    failing=$(calls "$fault")
    call=$(field "$fault" call)
    case "$code ${failing:+calls}" in
    '0 '*) verdict=missed ;;
    *' calls') verdict=caught ;;
    *) verdict=noticed ;;
    esac
    named=no
    case ", $failing" in *", $call "*) named=yes ;; esac
    printf '%s\t%s\t%s\t%s\n' "$verdict" "$named" "$(field "$fault" class)" "$fault" >"$out/$fault.result"
    printf '%-8s %-40s %-12s %s  [%s]\n' "$verdict" "$fault" "$call" "${failing:-exit code $code}" "$(cases "$fault")"
}

# lane NUMBER ARGUMENT...: every so many of the faults.
lane() {
    mine=$1
    shift
    turn=0
    bad=0
    for each in $names; do
        turn=$(((turn + 1) % jobs))
        [ "$turn" -eq "$mine" ] || continue
        one "$each" "$@" || bad=1
    done
    return "$bad"
}

for each in $names; do rm -f "$out/$each.result"; done
lanes=
number=0
trap 'trap "" INT TERM; kill $lanes 2>/dev/null; wait; exit 130' INT TERM
while [ "$number" -lt "$jobs" ]; do
    lane "$number" "$@" &
    lanes="$lanes $!"
    number=$((number + 1))
done
broken=0
for each in $lanes; do wait "$each" || broken=1; done

# --- The table. ---

for each in $names; do
    if [ -e "$out/$each.result" ]; then cat "$out/$each.result"; fi
done | sort -u -k 4 -t "$(printf '\t')" | awk -F '\t' '
    function row(name, class) {
        printf "%-18s %6d %6d %6d %6d %7d\n",
            name, all[class], got[class, "caught"], got[class, "noticed"], got[class, "missed"], blamed[class]
    }
    { all[$3]++; got[$3, $1]++; all[""]++; got["", $1]++ }
    $2 == "yes" { blamed[$3]++; blamed[""]++ }
    END {
        printf "\n%-18s %6s %6s %6s %6s %7s\n", "class", "faults", "caught", "notic.", "missed", "blamed"
        for (class in all) if (class != "") row(class, class) | "sort"
        close("sort")
        row("all", "")
        exit got["", "caught"] != all[""]
    }' || missed=1
[ "$broken" -eq 0 ] || die 3 'some faults could not be tried; see above'
exit "${missed:-0}"
