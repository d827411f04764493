#!/bin/sh
# Builds a small kernel to boot in QEMU, from Debian's source of it, and prints
# the path of its image.
#
# Usage: scripts/kernel-build.sh [--release RELEASE] [--arch ARCH] [--refresh] NAME[+NAME...]
#        scripts/kernel-build.sh [--release RELEASE] [--arch ARCH] --list
#
#   NAME               `base`, the smallest kernel on which every scenario runs, or
#                      what is changed in it: a fragment tests/kernels/NAME.config;
#                      NAME+NAME changes both
#   --release RELEASE  6.1, the default, or 6.12
#   --arch ARCH        arm, the default, arm64 or x86_64
#   --list             print the names that this release and ARCH have
#   --refresh          ask for a newer source, even if one is in the cache
#
# The kernel's config lies beside the image. A kernel that was built before is
# not built again; one that differs in a few options is built from what the last
# one left. An option that was asked for and did not come out as asked is an error.
# Mirrors and proxies are those of the machine's apt.
#
# Environment:
#   SHMPROOF_CACHE  sources, what is built, kernels; default ~/.cache/shmproof
#   CROSS_COMPILE   as for the kernel's make; default that of Debian's compilers
#   JOBS            how many compilers at once; default one for each processor
#
# Exit codes: 2 usage, 3 something needed cannot be had, 1 the kernel cannot be built.

# shellcheck disable=SC2030,SC2031 # fetch_source has an $arch of its own

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

# The number changes with what is made of the same options.
recipe=1

kernels=$root/tests/kernels
release=6.1
arch=arm
list=no
refresh=no
name=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --list) list=yes ;;
    --refresh) refresh=yes ;;
    --release | --arch)
        [ $# -ge 2 ] || die 2 "$1 needs a value; see --help"
        case $1 in --release) release=$2 ;; --arch) arch=$2 ;; esac
        shift
        ;;
    --release=*) release=${1#*=} ;;
    --arch=*) arch=${1#*=} ;;
    -*) die 2 "there is no option $1; see --help" ;;
    *)
        [ -z "$name" ] || die 2 "one kernel at a time, not $name and $1"
        name=$1
        ;;
    esac
    shift
done
case $release in 6.1 | 6.12) ;; *) die 2 "unknown release $release; known are: 6.1 6.12" ;; esac
# What the kernel calls the architecture and its image, and who compiles for it.
case $arch in
arm) file=zImage cross=arm-linux-gnueabihf- compiler=gcc-arm-linux-gnueabihf ;;
arm64) file=Image cross=aarch64-linux-gnu- compiler=gcc-aarch64-linux-gnu ;;
x86_64) file=bzImage cross=x86_64-linux-gnu- compiler=gcc-x86-64-linux-gnu ;;
*) die 2 "unknown architecture $arch; known are: arm arm64 x86_64" ;;
esac
: "${CROSS_COMPILE=$cross}"

# --- The options that are asked for. ---

# told FRAGMENT FIELD: the words behind `# FIELD: ` in its opening comment.
told() { sed -n "1,/^\$\\|^[^#]/s/^# $2: *//p" "$kernels/$1.config"; }

# suits FRAGMENT: whether it is for this release and architecture.
suits() {
    case " $(told "$1" Arches) " in *" $arch "*) ;; *) return 1 ;; esac
    releases=$(told "$1" Releases)
    case " ${releases:-$release} " in *" $release "*) ;; *) return 1 ;; esac
}

names() {
    echo base
    for fragment in "$kernels"/*.config; do
        fragment=$(basename "$fragment" .config)
        case $fragment in base | base-*) continue ;; esac
        if suits "$fragment"; then echo "$fragment"; fi
    done
}

# asked FILE...: their options, one a line, each as the last of the files has it.
asked() {
    cat "$@" | sed -n 's/^\(CONFIG_[A-Za-z0-9_]*\)=.*/\1 &/p; s/^# \(CONFIG_[A-Za-z0-9_]*\) is not set$/\1 &/p' |
        awk '{ if (!($1 in line)) order[++count] = $1; line[$1] = substr($0, length($1) + 2) }
            END { for (i = 1; i <= count; i++) print line[order[i]] }'
}

# hold OPTIONS CONFIG: prints the lines of OPTIONS that do not hold in CONFIG. An
# option that a kernel does not have is not set.
hold() {
    while IFS= read -r line; do
        case $line in
        '#'*)
            option=${line#\# }
            ! grep -q "^${option%% *}=" "$2" || printf '%s\n' "$line"
            ;;
        *) grep -qxF -e "$line" "$2" || printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

if [ "$list" = yes ]; then names && exit; fi
# shellcheck disable=SC2046 # one word a name
[ -n "$name" ] || die 2 "no kernel given; known for $arch and $release are:" $(names)
case $name in
+* | *+ | *++* | *[!A-Za-z0-9+_-]*) die 2 "a kernel is NAME or NAME+NAME, not $name" ;;
esac
fragments=$(printf '%s\n' "$name" | tr + ' ')
for fragment in $fragments; do
    # shellcheck disable=SC2046 # one word a name
    names | grep -qxF -e "$fragment" || die 2 "no kernel $fragment for $arch and $release; known are:" $(names)
done

# --- The kernel that was built before. ---

make_cache
work=$cache/kernel-build
log=$work/log
options=$(
    set -- "$kernels/base.config" "$kernels/base-$arch.config"
    for fragment in $fragments; do
        [ "$fragment" = base ] || set -- "$@" "$kernels/$fragment.config"
    done
    asked "$@"
    # So that a report names the kernel. A release has 64 characters at most.
    echo "CONFIG_LOCALVERSION=\"-$(printf %.40s "$name")\""
)

# known: sets $source and $home, the directory of the kernel; fails if there is no
# source or no compiler yet.
known() {
    [ -e "$work/source-$release" ] && have "${CROSS_COMPILE}gcc" || return 1
    source=$(readlink -f "$work/source-$release")
    key=$({ echo "$recipe ${source##*/}" && "${CROSS_COMPILE}gcc" --version && echo "$options"; } |
        sha256sum | cut -c 1-16)
    home=$cache/kernels/own/$arch/$name/$key
}

# show: prints the image, if there is one.
show() {
    for kernel in "$home"/vmlinuz-*; do
        [ -e "$kernel" ] || return 1
        printf '%s\n' "$kernel"
    done
}

if [ "$refresh" = no ] && known && show; then exit; fi
lock kernel-build
# Another invocation may have built it while we waited.
if [ "$refresh" = no ] && known && show; then exit; fi

# --- What builds it, and of what. ---

mkdir -p "$work"
# shellcheck disable=SC2046 # one word a package
set -- $(missing_packages bc bison flex gcc libc6-dev libelf-dev libssl-dev make xz-utils)
[ $# -eq 0 ] || stage "installing $*" install_packages 'a kernel needs these to be built' "$@"
have "${CROSS_COMPILE}gcc" ||
    stage "installing $compiler" install_packages "there is no ${CROSS_COMPILE}gcc" "$compiler"

# fetch_source: gets Debian's current source of the release. In a subshell, because
# $arch means something else to debian.sh.
fetch_source() (
    suite=bookworm
    arch=amd64 # any has this package, which is for all
    package=linux-source-$release
    apt=$work/apt

    resolve() {
        version=$(field "$package" Version)
        [ -n "$version" ] || die 3 "$suite has no package $package"
        image=$package=$version
    }

    download() {
        ! [ -e "$work/source-$version" ] || return 0
        say "fetching $image"
        (cd "$apt" && private_apt apt-get download "$image" >>"$log" 2>&1)
    }

    open_apt
    say "asking apt for $package of $suite"
    get
    if ! [ -e "$work/source-$version" ]; then
        say "unpacking $image"
        mkdir -p "$apt/source"
        dpkg-deb --fsys-tarfile "$apt/$package"_*.deb |
            tar -x -O "./usr/src/$package.tar.xz" | tar -x -J -C "$apt/source" --strip-components=1 ||
            die 3 "cannot unpack $image"
        mv "$apt/source" "$work/source-$version"
    fi
    # A rename, so that nobody ever sees no link.
    ln -sfn "source-$version" "$work/source-$release.new"
    mv -T "$work/source-$release.new" "$work/source-$release"
)

if [ "$refresh" = yes ] || ! [ -e "$work/source-$release" ]; then fetch_source; fi
known || die 3 "there is no ${CROSS_COMPILE}gcc"
if show; then exit; fi

# --- The kernel. ---

# All kernels of a release and an architecture are built in one directory: kbuild
# compiles again what depends on an option that has changed, and nothing else.
build=$work/build-${source##*/source-}-$arch

kbuild() {
    set -- make -C "$source" O="$build" CROSS_COMPILE="$CROSS_COMPILE" -j "${JOBS:-$(nproc)}" "$@"
    # Nothing of this machine or of today, so that the same options give the same kernel.
    set -- "$@" KBUILD_BUILD_TIMESTAMP='1970-01-01' KBUILD_BUILD_USER=shmproof KBUILD_BUILD_HOST=shmproof
    set -- "$@" KBUILD_BUILD_VERSION=1
    ! have ccache || set -- "$@" CC="ccache ${CROSS_COMPILE}gcc"
    ARCH=$arch "$@" >&2 9>&- || return 1
}

mkdir -p "$build"
printf '%s\n' "$options" >"$work/options"
stage "configuring $name for $arch, Linux ${source##*/source-}" \
    kbuild KCONFIG_ALLCONFIG="$work/options" allnoconfig
# Two fragments may want different things of one option.
hold "$work/options" "$build/.config" >"$work/missed"
for fragment in $fragments; do
    [ "$fragment" != base ] || continue
    asked "$kernels/$fragment.config" >"$work/options"
    hold "$work/options" "$build/.config" >>"$work/missed"
done
if [ -s "$work/missed" ]; then
    say "$name for $arch does not come out as asked for:"
    sort -u "$work/missed" >&2
    die 1 'see which options these depend on, and say so in the fragment'
fi
stage "building $name for $arch, Linux ${source##*/source-} (minutes the first time; $log)" kbuild "$file"

kernel_release=$(cat "$build/include/config/kernel.release")
rm -rf "$home.new"
mkdir -p "$home.new"
cp "$build/arch/${arch%_64}/boot/$file" "$home.new/vmlinuz-$kernel_release"
cp "$build/.config" "$home.new/config-$kernel_release"
mv "$home.new" "$home"
show
