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
# The kernel's config lies beside the vmlinuz. Mirrors and proxies are those of
# the machine's apt. Needs apt, dpkg-deb and debian-archive-keyring, but no root.
#
# Environment:
#   SHMPROOF_CACHE  where kernels are kept; default ~/.cache/shmproof
#
# Exit codes: 2 usage, 3 the kernel cannot be had, 4 the release has no such package.

. "$(dirname -- "$0")/lib.sh"

# The package, not the machine's trust store: a kernel must come from Debian.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

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
[ -e "$keyring" ] || install_packages "$keyring is missing" debian-archive-keyring

# --- A private apt: own sources, own state, own cache; the machine's proxies. ---

log=$cache/kernel.log
: >"$log"
apt=$cache/apt
# The lists are 40 MB that only --refresh would use again, and then not as they are.
trap 'rm -rf "$apt"' EXIT
trap 'exit 130' INT TERM
rm -rf "$apt"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status" # no package is installed here
cat >"$apt/apt.conf" <<CONF
// These hooks tidy up the machine's own apt, and fail without root.
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
// As root, apt would drop to a user that cannot write to this cache.
APT::Sandbox::User "root";
Acquire::Languages "none";
// A list that is not there must be an error, not a warning.
APT::Update::Error-Mode "any";
Acquire::Retries "2";
CONF
private_apt() {
    tool=$1
    shift
    "$tool" -q -c "$apt/apt.conf" "$@" 9>&-
}

# sites REGEX: the machine's mirrors that have a suite matching it. This reads
# every form of sources, needs neither root nor downloaded lists, and no network.
sites() {
    apt-get --print-uris update 2>/dev/null |
        sed -n "s|^'\\(.*\\)/dists/\\($1\\)/InRelease'.*|\\1|p" | awk '!seen[$0]++'
}

# update_from SITE SECURITY-SITE-OR-NOTHING
update_from() {
    source="deb [arch=$arch target=Packages signed-by=$keyring]"
    {
        echo "$source $1 $suite main"
        [ -z "$2" ] || echo "$source $2 $suite-security main"
    } >"$apt/sources.list"
    private_apt apt-get update >>"$log" 2>&1
}

# field PACKAGE FIELD: of the newest version.
field() {
    private_apt apt-cache show --no-all-versions "$1" 2>>"$log" | sed -n "s/^$2: //p"
}

# resolve: sets $image to the packages, with their versions, that hold the kernel.
# A metapackage depends on the kernel proper, in just one version; since Debian
# 14 that one depends in turn on linux-binary, with the vmlinuz, and linux-base,
# with the config.
resolve() {
    version=$(field "$package" Version)
    [ -n "$version" ] || die 4 "$suite has no package $package for $arch"
    image=$package=$version
    while next=$(field "$image" Depends | tr ',' '\n' |
        sed -n 's/^ *\(linux-\(image\|binary\)-[^ ]*\) *(= *\([^)]*\)).*/\1=\3/p') && [ -n "$next" ]; do
        image=$next
    done
    version=${image##*=}
    case $image in
    linux-binary-*) image="$image linux-base-${image#linux-binary-}" ;;
    esac
}

# download: leaves the packages in $apt, unless that kernel is in the cache.
download() {
    ! [ -e "$home/$version" ] || return 0
    say "fetching $image"
    # shellcheck disable=SC2086 # one word a package
    (cd "$apt" && private_apt apt-get download $image >>"$log" 2>&1)
}

# from SITE SECURITY-SITE-OR-NOTHING: gets the kernel from there, or sets $why.
from() {
    why="could not read $suite for $arch"
    update_from "$1" "$2" || return 1
    resolve
    why="could not download $image"
    download
}

# A third party's mirror may carry a suite of the same name; it fails the check
# of the signature, and the next is tried. sid has no security suite, a mirror's
# may be in the middle of an update, and an old release's may list what is gone.
get() {
    why='there is no Debian mirror'
    for site in $(sites '[a-z]*'); do
        if [ "$suite" != sid ]; then
            for security in $(sites '[a-z]*-security'); do
                from "$site" "$security" && return
            done
            say "$why with its security updates, see $log; going on without them"
        fi
        from "$site" '' && return
    done
    say "the end of $log:"
    tail -n 5 "$log" >&2
    die 3 "$why from any mirror of this machine's apt; check the network, and that the mirror has $suite"
}

say "asking apt for $package:$arch of $suite"
get
if ! [ -e "$home/$version" ]; then
    new=$apt/new
    mkdir -p "$new"
    # tar complains of the names that a package does not have.
    for deb in "$apt"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" |
            tar -x -C "$new" --wildcards --no-wildcards-match-slash \
                --transform 's,^\./boot/,,;s,.*/modules/\([^/]*\)/\([a-z]*\)$,\2-\1,' \
                './boot/vmlinuz-*' './boot/config-*' \
                './usr/lib/modules/*/vmlinuz' './usr/lib/modules/*/config' 2>>"$log" || :
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
