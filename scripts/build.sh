#!/bin/sh
# Builds the firmware: the static, stripped `shmproof` that runs on a board.
#
# Usage: scripts/build.sh [-q|--quiet] TARGET...
#
#   TARGET       armv7-unknown-linux-musleabihf, aarch64-unknown-linux-musl,
#                x86_64-unknown-linux-musl, i686-unknown-linux-musl,
#                arm-unknown-linux-musleabi, or `all`
#   -q, --quiet  print only the paths of the binaries, without their sizes
#
# The binaries arrive in target/firmware/TARGET/shmproof. A target's standard
# library comes from the first of these routes that works:
#
#   installed    the toolchain in PATH has it
#   rustup       `rustup target add` gets it
#   cross        `cross` with a container engine brings it
#   build-std    it is compiled from Debian's rust-web-src, and linked with the
#                zig of PyPI; needs apt (as root, once) and python3
#
# Environment:
#   SHMPROOF_ROUTE  one of the above, to try no other
#   SHMPROOF_CACHE  toolchain and intermediate files; default ~/.cache/shmproof
#
# Exit codes: 2 usage, 3 no route works, else those of the build.

. "$(dirname -- "$0")/lib.sh"

routes='installed rustup cross build-std'

# Boards with little flash and slow links get the ARMv7 build.
armv7_limit=$((900 * 1024))

# Tested together. Another pair is taken when the index no longer has these.
# From 0.16 on, zig replaces parts of musl (malloc among them) with its own; what
# a libc does to shared memory should be measured on a real one.
zigbuild=0.24.0
zig=0.15.2

# Everything that decides what is compiled is set here, whatever the caller's
# environment says (CI likes RUSTFLAGS="-D warnings").
# - relocation-model=static: a fixed-address executable is smaller than a
#   static-pie and needs no relocation at start.
# - --remap-path-prefix: panic messages should not carry this machine's paths.
unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET CARGO_BUILD_RUSTFLAGS
all_rustflags='-C relocation-model=static'
# How to build std itself, where its source is there: a prebuilt std brings some
# 200 KB more, of backtraces that a stripped binary cannot print, and of code
# that is fast instead of small. Building std is unstable, hence the
# RUSTC_BOOTSTRAP=1 where this is used; nothing unwinds under panic=abort.
std_options='-Z build-std=std,panic_abort -Z build-std-features=optimize_for_size'
std_rustflags='-C force-unwind-tables=no --cfg no_unwinder'
cargo_home=${CARGO_HOME:-${HOME:-}/.cargo}
case $cargo_home in
*[[:space:]]*) ;; # RUSTFLAGS cannot quote
*) all_rustflags="$all_rustflags --remap-path-prefix=$cargo_home=/cargo" ;;
esac

# Every ARMv7-A core runs Thumb-2, whose instructions take a fifth less room.
# No LDRD whose base is among the registers that it loads: where its second half
# faults, QEMU repeats it with the base overwritten, and the program dies of that
# (a processor restores the base). Linux on 32-bit ARM has such a fault at the
# first access to each page behind a fork. The pass that makes them has no other
# switch.
target_rustflags() {
    case $1 in
    armv7*) printf %s '-C target-feature=+thumb-mode -C llvm-args=-arm-load-store-opt=false' ;;
    arm-*) printf %s '-C llvm-args=-arm-load-store-opt=false' ;;
    esac
}

# --- Routes: can_ROUTE TARGET succeeds when the route is ready, or sets $why. ---

can_installed() {
    libdir=$(cd "$root" && rustc --print target-libdir --target "$1" 2>/dev/null) ||
        { why='no usable rustc in PATH' && return 1; }
    for std in "$libdir"/libstd-*.rlib; do
        [ -e "$std" ] && return
    done
    why='the toolchain has no std for it'
    return 1
}

can_rustup() {
    have rustup || { why='there is no rustup' && return 1; }
    # A machine without this network should find out once a day, not at each call.
    memo=$cache/rustup-failed
    if [ -z "${SHMPROOF_ROUTE:-}" ] && [ -n "$(find "$memo" -mmin -1440 2>/dev/null)" ]; then
        why="it failed less than a day ago; remove $memo to try again"
        return 1
    fi
    # Bounded, because a network that swallows packets would hold us for minutes.
    say "$1: trying rustup target add"
    if (cd "$root" && RUSTUP_MAX_RETRIES=0 RUSTUP_DOWNLOAD_TIMEOUT=10 RUST_BACKTRACE=0 \
        timeout 300 rustup target add "$1" >"$cache/rustup.log" 2>&1 9>&-) && can_installed "$1"; then
        rm -f "$memo"
        # Only to make it smaller, so it may fail.
        (cd "$root" && timeout 300 rustup component add rust-src >>"$cache/rustup.log" 2>&1 9>&-) || :
        return
    fi
    : >"$memo"
    why="rustup target add failed, see $cache/rustup.log"
    return 1
}

can_cross() {
    have cross || { why='there is no cross' && return 1; }
    for engine in "${CROSS_CONTAINER_ENGINE:-docker}" podman; do
        have "$engine" && timeout 20 "$engine" info >/dev/null 2>&1 && return
    done
    why='no container engine answers'
    return 1
}

# new_enough: whether Debian's compiler has the version that Cargo.toml asks for.
new_enough() {
    wanted_rust=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
    found_rust=$(/usr/bin/rustc --version 2>/dev/null | cut -d ' ' -f 2)
    [ "$(printf '%s\n' "$wanted_rust" "${found_rust:-0}" | sort -V | head -n 1)" = "$wanted_rust" ]
}

# Debian's rustc-web is a current Rust, and rust-web-src is the std source of
# just that compiler, which -Z build-std needs; cargo-web matches them.
# PyPI's ziglang is a C linker with musl for every target; cargo-zigbuild makes
# rustc use it.
can_build_std() {
    set -- rustc-web cargo-web rust-web-src
    if ! have dpkg-query; then
        why="it needs Debian's packages $*" && return 1
    fi
    # All three installed, and of one version.
    dpkg-query -W -f '${db:Status-Status} ${source:Version}\n' "$@" 2>/dev/null |
        sort | uniq -c | grep -q '^ *3 installed ' ||
        install_packages 'the build-std route needs a Rust compiler with its std source' "$@"
    if ! new_enough; then
        # Lists of an older day, or without the security suite, know an older compiler.
        [ "$(id -u)" -eq 0 ] && apt-get -q update >&2 && apt_install "$@"
        new_enough || die 3 "Debian's $(/usr/bin/rustc --version) is older than Cargo.toml asks for; update: $*"
    fi
    venv=$cache/zig-$zigbuild-$zig
    [ -e "$venv/ready" ] && return
    python=python3
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        # Debian splits ensurepip off; python3-venv brings it back.
        install_packages 'the build-std route needs python3 with venv' python3-venv
        python=/usr/bin/python3
    fi
    say "installing cargo-zigbuild and ziglang into $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv" >&2 || die 3 "python could not make a venv in $venv; install python3-venv"
    "$venv/bin/pip" install -q "cargo-zigbuild==$zigbuild" "ziglang==$zig" >&2 ||
        "$venv/bin/pip" install -q cargo-zigbuild ziglang >&2 ||
        die 3 'pip could not install cargo-zigbuild and ziglang; check its index (pip config list) and the network'
    : >"$venv/ready"
}

# --- Building ---

# choose_route TARGET: sets $route, installing what the route needs.
choose_route() {
    reasons=
    for route in ${SHMPROOF_ROUTE:-$routes}; do
        why=
        case $route in
        # It installs what it lacks or ends the script, so the reasons come first.
        build-std) say "$1: route $route$reasons" && can_build_std && return ;;
        rustup) can_rustup "$1" && say "$1: route $route$reasons" && route=installed && return ;;
        *) "can_$route" "$1" && say "$1: route $route$reasons" && return ;;
        esac
        reasons="$reasons; not $route: $why"
    done
    die 3 "$1: no route works$reasons; the simplest remedy is: rustup target add $1"
}

# own ROUTE: cargo tells a stale package by the times of its files alone.
# In a directory shared by several checkouts, it would take the binary of one for
# that of another whose files are older; so our package, and no dependency, is
# built anew when the checkout changes: for all targets at once, as they share the
# build script, which makes them stale when it is built again. The inode tells a
# checkout from another that was at the same place.
own() {
    owner=$(ls -di "$root")
    [ "$owner" != "$(cat "$CARGO_TARGET_DIR/owner" 2>/dev/null)" ] || return 0
    case $1 in
    build-std) cargo=/usr/bin/cargo ;;
    *) cargo=cargo ;;
    esac
    set --
    for release in "$CARGO_TARGET_DIR"/*/release; do
        [ ! -d "$release" ] || set -- "$@" --target "$(basename "${release%/release}")"
    done
    (cd "$root" && "$cargo" clean -q --locked --release --package shmproof "$@" >&2)
    printf '%s\n' "$owner" >"$CARGO_TARGET_DIR/owner"
}

# compile TARGET ROUTE: sets $built to the binary in the cache.
compile() {
    CARGO_TARGET_DIR=$cache/build/$2
    # cargo does not notice that the linker and its libc are others.
    [ "$2" != build-std ] || CARGO_TARGET_DIR=$cache/build/$2-$zig
    export CARGO_TARGET_DIR
    built=$CARGO_TARGET_DIR/$1/release/shmproof
    mkdir -p "$CARGO_TARGET_DIR"
    own "$2"
    rustflags="$all_rustflags $(target_rustflags "$1")"
    set -- "$1" "$2" build --release --locked --no-default-features --bin shmproof --target "$1"
    case $2 in
    installed)
        # rustup's musl targets carry their own libc.a and crt files, so that
        # the toolchain's own rust-lld links them without a C toolchain.
        linker=CARGO_TARGET_$(printf %s "$1" | tr 'a-z-' 'A-Z_')_LINKER=rust-lld
        shift 2
        extra=
        if [ -e "$(cd "$root" && rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.toml" ]; then
            # shellcheck disable=SC2086 # several options
            set -- "$@" $std_options
            extra=$std_rustflags
            export RUSTC_BOOTSTRAP=1
        fi
        (cd "$root" && env "$linker" RUSTFLAGS="$rustflags $extra" cargo "$@" >&2)
        ;;
    cross)
        shift 2
        (cd "$root" && RUSTFLAGS='-C relocation-model=static' cross "$@" >&2)
        ;;
    build-std)
        shift 3 # `cargo-zigbuild zigbuild` stands for `cargo build`.
        # RUSTC, CARGO: Debian's, where a rustup toolchain precedes them in PATH.
        # link-self-contained=no: the crt files come from zig.
        # shellcheck disable=SC2086 # several options
        (cd "$root" && env PATH="$venv/bin:/usr/bin:$PATH" RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo \
            RUSTC_BOOTSTRAP=1 RUSTFLAGS="$rustflags $std_rustflags -C link-self-contained=no" \
            ZIG_GLOBAL_CACHE_DIR="$cache/zig-cache" ZIG_LOCAL_CACHE_DIR="$cache/zig-cache" \
            CARGO_ZIGBUILD_CACHE_DIR="$cache/zigbuild-cache" \
            cargo-zigbuild zigbuild "$@" $std_options >&2)
        ;;
    esac
}

# verify TARGET FILE: a static and stripped executable of the right machine.
verify() {
    [ "$(od -An -t x1 -N 4 "$2" | tr -d ' ')" = 7f454c46 ] || die 1 "$2: not an ELF file"
    case $1 in
    arm*) machine=40 ;;
    aarch64*) machine=183 ;;
    x86_64*) machine=62 ;;
    i686*) machine=3 ;;
    esac
    [ "$(number_at "$2" 18 2)" -eq "$machine" ] || die 1 "$2: not an executable for $1"
    size=$(wc -c <"$2")
    case $1 in
    armv7*)
        [ "$size" -le "$armv7_limit" ] ||
            die 1 "$2: $size bytes, more than the $armv7_limit allowed on ARMv7; if std was prebuilt: rustup component add rust-src"
        ;;
    esac
    # e_phoff, e_phentsize (e_phnum follows), e_shoff, e_shentsize (e_shnum follows).
    case $(number_at "$2" 4 1) in
    1) set -- "$1" "$2" "$(number_at "$2" 28 4)" 42 "$(number_at "$2" 32 4)" 46 ;;
    *) set -- "$1" "$2" "$(number_at "$2" 32 8)" 54 "$(number_at "$2" 40 8)" 58 ;;
    esac
    i=0
    while [ "$i" -lt "$(number_at "$2" $(($4 + 2)) 2)" ]; do
        case $(number_at "$2" $(($3 + i * $(number_at "$2" "$4" 2))) 4) in # p_type
        2 | 3) die 1 "$2: dynamically linked, which a board without libc cannot run" ;; # PT_DYNAMIC, PT_INTERP
        esac
        i=$((i + 1))
    done
    i=0
    while [ "$i" -lt "$(number_at "$2" $(($6 + 2)) 2)" ]; do
        case $(number_at "$2" $(($5 + i * $(number_at "$2" "$6" 2) + 4)) 4) in # sh_type
        2) die 1 "$2: not stripped; the release profile needs strip = true" ;; # SHT_SYMTAB
        esac
        i=$((i + 1))
    done
}

# --- Command line ---

quiet=no
wanted=
for arg in "$@"; do
    case $arg in
    -h | --help) usage && exit 0 ;;
    -q | --quiet) quiet=yes ;;
    all) wanted=$firmware_targets ;;
    *)
        # shellcheck disable=SC2086 # one target a line
        printf '%s\n' $firmware_targets | grep -qxF -e "$arg" ||
            die 2 "unknown target $arg; known are:" $firmware_targets all
        wanted="$wanted $arg"
        ;;
    esac
done
# shellcheck disable=SC2086
[ -n "$wanted" ] || die 2 "no target given; known are:" $firmware_targets all
case " $routes " in
*" ${SHMPROOF_ROUTE:-build-std} "*) ;;
*) die 2 "unknown SHMPROOF_ROUTE $SHMPROOF_ROUTE; known are: $routes" ;;
esac

table=
for target in $wanted; do
    lock build
    choose_route "$target"
    compile "$target" "$route"
    out=$root/target/firmware/$target/shmproof
    if ! cmp -s "$built" "$out"; then
        verify "$target" "$built"
        mkdir -p "$(dirname "$out")"
        cp "$built" "$out.new$$"
        mv "$out.new$$" "$out"
    fi
    unlock
    size=$(wc -c <"$out")
    case $quiet in
    yes) printf '%s\n' "$out" ;;
    no) table="$table$(printf '%-32s %4d KiB %8d B  %s' "$target" $(((size + 1023) / 1024)) "$size" "$out")
" ;;
    esac
done
[ "$quiet" = yes ] || printf '%-32s %8s %10s  %s\n%s' TARGET SIZE BYTES PATH "$table"
