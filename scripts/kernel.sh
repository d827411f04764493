#!/bin/sh
# Fetches a Debian kernel to boot, without installing anything or touching the
# machine's own package state, and prints the path of its vmlinuz.
#
# Usage: scripts/kernel.sh [--suite SUITE] [--refresh] PACKAGE:ARCH
#
#   PACKAGE:ARCH   for instance linux-image-armmp:armhf, linux-image-arm64:arm64,
#                  linux-image-amd64:amd64, linux-image-686:i386
#   --suite SUITE  the Debian release to take it from, for instance bullseye,
#                  trixie or sid; default bookworm
#   --refresh      ask for a newer one, even if one is in the cache
#
# The kernel's config lies beside the vmlinuz, and the device tree of the board that
# QEMU has, if the kernel is for one (linux-image-rpi:armel). Mirrors and proxies are those of
# the machine's apt. Needs apt, dpkg-deb and debian-archive-keyring, but no root.
#
# Environment:
#   SHMPROOF_CACHE  where kernels are kept; default ~/.cache/shmproof
#
# Exit codes: 2 usage, 3 the kernel cannot be had, 4 the release has no such package.

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

suite=bookworm
refresh=no
wanted=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --refresh) refresh=yes ;;
    --suite)
        [ $# -ge 2 ] || die 2 '--suite needs a release, for instance trixie'
        suite=$2
        shift
        ;;
    --suite=*) suite=${1#*=} ;;
    *:*)
        [ -z "$wanted" ] || die 2 "one kernel at a time, not $wanted and $1"
        wanted=$1
        ;;
    *) die 2 "expected PACKAGE:ARCH, for instance linux-image-armmp:armhf, not $1" ;;
    esac
    shift
done
[ -n "$wanted" ] || die 2 'no kernel given; for instance linux-image-armmp:armhf'
package=${wanted%:*}
arch=${wanted##*:}
# They become file names and lines of an apt configuration.
case $suite$package$arch in
*[!a-z0-9.+-]*) die 2 "not a Debian suite, package and architecture: $suite $package $arch" ;;
esac

home=$cache/kernels/$suite/$arch/$package

# show: prints the vmlinuz of the current version, if there is one.
show() {
    for image in "$home"/current/vmlinuz-*; do
        [ -e "$image" ] || return 1
        printf '%s/%s\n' "$(readlink -f "$home/current")" "${image##*/}"
    done
}

if [ "$refresh" = no ] && show; then exit; fi
lock kernel
# Another invocation may have fetched it while we waited.
if [ "$refresh" = no ] && show; then exit; fi

for tool in apt-get dpkg-deb; do
    have "$tool" || die 3 "no $tool to fetch a kernel with; give boot.sh a kernel with --kernel"
done

# resolve: sets $image to the packages, with their versions, that hold the kernel.
resolve() {
    kernel_of "$package" || die 4 "$suite has no package $package for $arch"
}

# download: leaves the packages in $apt, unless that kernel is in the cache.
download() {
    ! [ -e "$home/$version" ] || return 0
    say "fetching $image"
    # shellcheck disable=SC2086 # one word a package
    (cd "$apt" && private_apt apt-get download $image >>"$log" 2>&1)
}

log=$cache/kernel.log
apt=$cache/apt
open_apt
say "asking apt for $package:$arch of $suite"
get
if ! [ -e "$home/$version" ]; then
    new=$apt/new
    mkdir -p "$new"
    # tar complains of the names that a package does not have.
    for deb in "$apt"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" |
            tar -x -C "$new" --wildcards --no-wildcards-match-slash \
                --transform 's,^\./boot/,,;s,.*/\([^/]*\.dtb\)$,\1,;s,.*/modules/\([^/]*\)/\([a-z]*\)$,\2-\1,' \
                './boot/vmlinuz-*' './boot/config-*' \
                './usr/lib/modules/*/vmlinuz' './usr/lib/modules/*/config' \
                './usr/lib/linux-image-*/bcm2835-rpi-zero.dtb' 2>>"$log" || :
    done
    for file in "$new"/vmlinuz-*; do
        [ -e "$file" ] || die 3 "$image holds no vmlinuz; is it a kernel? See $log"
    done
    mkdir -p "$home"
    mv "$new" "$home/$version"
fi
# A rename, so that nobody ever sees no link.
ln -sfn "$version" "$home/current.new"
mv -T "$home/current.new" "$home/current"
show
