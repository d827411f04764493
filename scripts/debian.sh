# shellcheck shell=sh disable=SC2154 # who sources it sets them
# Debian's packages, for any suite and architecture, without installing anything
# or touching the machine's own package state. Sourced after lib.sh, never run.
#
# Who sources it sets $suite, $arch, $log and $apt, the directory of the private
# apt, and has these functions:
#
#   resolve   sets $image to the packages to fetch
#   download  leaves them in $apt
#
# and then calls open_apt and get, holding a lock so that nobody else uses $apt.

# The package, not the machine's trust store: a kernel must come from Debian.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# open_apt: a private apt with its own sources, own state, own cache; the machine's
# proxies. It is gone when the script ends.
open_apt() {
    [ -e "$keyring" ] || install_packages "$keyring is missing" debian-archive-keyring
    : >"$log"
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
}

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

# kernel_of PACKAGE: sets $image to the packages, with their versions, that hold the
# kernel, and $version to its own; fails if there is no such package.
# A metapackage depends on the kernel proper, in just one version; since Debian
# 14 that one depends in turn on linux-binary, with the vmlinuz, and linux-base,
# with the config.
kernel_of() {
    version=$(field "$1" Version)
    [ -n "$version" ] || return 1
    image=$1=$version
    while next=$(field "$image" Depends | tr ',' '\n' |
        sed -n 's/^ *\(linux-\(image\|binary\)-[^ ]*\) *(= *\([^)]*\)).*/\1=\3/p') && [ -n "$next" ]; do
        image=$next
    done
    version=${image##*=}
    case $image in
    linux-binary-*) image="$image linux-base-${image#linux-binary-}" ;;
    esac
}

# from SITE SECURITY-SITE-OR-NOTHING: gets the packages from there, or sets $why.
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
