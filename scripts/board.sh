#!/bin/sh
# Runs a small ARM board in QEMU: Debian's kernel, busybox and dropbear, reached
# with ssh. To try things on that are meant for a board, without one.
#
# Usage: scripts/board.sh [--dir DIR] [--memory MIB] [--port PORT] [--until-eof] [--refresh]
#
#   --dir DIR      leave ssh_config, keys and console.log there, instead of in a
#                  temporary directory
#   --memory MIB   of the board; default 256
#   --port PORT    on this machine, for the board's ssh; default a free one
#   --until-eof    end when standard input does, so that a program that holds the
#                  other end takes the board with it, however it dies
#   --refresh      ask for newer packages, even if some are in the cache
#
# When the board answers, one line tells how to reach it:
#
#   ready: ssh -F DIR/ssh_config board
#
# `board` is root there; `board-user` is an ordinary user. The script stays until
# it is interrupted or terminated, and takes the board and its files away then;
# in a DIR of yours, console.log remains.
#
# All is in memory: a reboot, which works, brings everything back as it was. There
# is no scp and no sftp, as on many a board; what turns them on, until a reboot:
#
#   ssh -F DIR/ssh_config board ln -s /opt/scp/scp /usr/bin/
#   ssh -F DIR/ssh_config board ln -s /opt/sftp/sftp-server /usr/lib/
#
# The first call fetches the packages without installing them, as kernel.sh does; later
# ones need no network. QEMU, ssh and Python are installed if they are missing.
#
# Environment:
#   SHMPROOF_CACHE  where the packages' files are kept; default ~/.cache/shmproof
#
# Exit codes: 0 ended as asked, 2 usage, 3 something cannot be had or the board
# died, 130 interrupted before it was ready.

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

# Seconds until a board that has not answered never will; usual are three.
patience=180

dir=
memory=256
port=
until_eof=no
refresh=no
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --until-eof) until_eof=yes ;;
    --refresh) refresh=yes ;;
    --dir=* | --memory=* | --port=*)
        option=${1%%=*}
        value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        continue
        ;;
    --dir | --memory | --port)
        [ -n "${2-}" ] || die 2 "$1 needs a value; see --help"
        case $1 in
        --dir) dir=$2 ;;
        --memory) memory=$2 ;;
        --port) port=$2 ;;
        esac
        shift
        ;;
    *) die 2 "unknown argument $1; see --help" ;;
    esac
    shift
done
case $memory in '' | *[!0-9]*) die 2 "--memory needs a number of MiB, not $memory" ;; esac
case $port in *[!0-9]*) die 2 "--port needs a number, not $port" ;; esac
# They are quoted in ssh_config, which knows no escape for a quote.
case $dir in *[\"%]*) die 2 "ssh cannot be told of a directory with a quote or a percent sign: $dir" ;; esac

# --- What the board is made of. ---

# The number changes with the table of files in board.py.
home=$cache/board/1

# resolve: sets $image to the kernel and whatever scripts/board.py takes files from.
resolve() {
    kernel_of linux-image-armmp || die 3 "$suite has no kernel for $arch"
    image="$image busybox-static dropbear-bin libc6 libcrypt1 libgmp10 libtomcrypt1 libtommath1"
    image="$image openssh-client openssh-sftp-server zlib1g"
}

# download: leaves the packages in $apt.
download() {
    say "fetching $image"
    # shellcheck disable=SC2086 # one word a package
    (cd "$apt" && private_apt apt-get download $image >>"$log" 2>&1)
}

fetch() {
    for program in apt-get dpkg-deb; do
        have "$program" || die 3 "no $program to fetch the board's packages with"
    done
    suite=bookworm
    arch=armhf
    log=$cache/board.log
    apt=$home/apt
    open_apt
    say "asking apt for a kernel, busybox and dropbear for $arch of $suite"
    get
    for deb in "$apt"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" >"$deb.tar" || die 3 "cannot unpack ${deb##*/}"
    done
    # Their names have the versions.
    name=$(cd "$apt" && echo ./*.deb | cksum | cut -d ' ' -f 1)
    if ! [ -e "$home/$name" ]; then
        python3 "$root/scripts/board.py" unpack "$apt"/*.tar "$apt/new" || die 3 'the packages are not what they were'
        mv "$apt/new" "$home/$name"
    fi
    # A rename, so that nobody ever sees no link.
    ln -sfn "$name" "$home/current.new"
    mv -T "$home/current.new" "$home/current"
}

# fetched: whether nothing is to be fetched.
fetched() { [ "$refresh" = no ] && [ -e "$home/current/kernel" ]; }

have python3 || install_packages 'a part of this is a Python program' python3
have qemu-system-arm || install_packages 'qemu-system-arm is missing' qemu-system-arm
{ have ssh && have ssh-keygen; } || install_packages 'ssh is missing' openssh-client
# In a shell of its own, whose end tidies up and releases the lock.
fetched || (
    lock board
    # Another invocation may have fetched it while we waited.
    fetched || fetch
)
files=$(readlink -f "$home/current")

# --- What a call makes, and takes away. ---

umask 077
qemu=
watcher=
ours=no
code=130 # before the board is ready

# Everything that was begun ends here, whatever ends us.
# shellcheck disable=SC2317,SC2329 # the trap calls it
tidy() {
    trap '' HUP INT TERM
    [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
    if [ -n "$qemu" ]; then
        kill "$qemu" 2>/dev/null || :
        wait "$qemu" 2>/dev/null || :
    fi
    (cd "$dir" && rm -f ssh_config known_hosts key key.pub host_key host_key.pub initrd qemu.log) || :
    if [ "$ours" = yes ]; then rm -rf "$dir"; fi
}

if [ -z "$dir" ]; then
    dir=$(mktemp -d "${TMPDIR:-/tmp}/shmproof-board-XXXXXX") || die 3 'cannot make a temporary directory'
    ours=yes
else
    mkdir -p "$dir" 2>/dev/null || die 3 "cannot make the directory $dir"
    [ -w "$dir" ] || die 3 "cannot write to the directory $dir"
fi
dir=$(cd "$dir" && pwd)
trap tidy EXIT
trap 'exit $code' HUP INT TERM

if [ "$until_eof" = yes ]; then
    # A background command's own standard input is /dev/null.
    exec 3<&0
    (
        while read -r _; do :; done <&3
        kill -TERM $$
    ) >/dev/null &
    watcher=$!
    exec 3<&-
fi

cd "$dir"
rm -f key key.pub host_key host_key.pub console.log
# Made here, so that the board has the same after a reboot, and need not compute any.
for key in key host_key; do
    ssh-keygen -q -t ed25519 -N '' -C board -f "$key" </dev/null || die 3 "cannot make a key in $dir"
done
python3 "$root/scripts/board.py" image "$files" . >initrd || die 3 'cannot make an initramfs'

# With its parent QEMU dies, too, even of a SIGKILL.
if have setpriv && setpriv --pdeathsig KILL true 2>/dev/null; then
    with='setpriv --pdeathsig KILL'
else
    with=
fi

# start: QEMU as src/boot/qemu.rs has it, but with a network, and a reset reboots.
start() {
    # shellcheck disable=SC2086 # $with is words, or none
    $with qemu-system-arm -M virt -accel tcg -cpu cortex-a15 \
        -nodefaults -no-user-config -display none -serial file:console.log \
        -smp 2 -m "$memory" -kernel "$files/kernel" -initrd initrd \
        -append 'console=ttyAMA0 panic=-1 printk.time=1 loglevel=6 cryptomgr.notests' \
        -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$1-:22" -device virtio-net-device,netdev=net \
        </dev/null >qemu.log 2>&1 &
    qemu=$!
}

alive() { kill -0 "$qemu" 2>/dev/null; }

# lost WHY: tells what is known, and ends.
lost() {
    say "$1; the end of its console:"
    tail -n 20 console.log >&2 2>/dev/null || :
    cat qemu.log >&2
    exit 3
}

# up: waits until the board says that it has a network.
up() {
    until grep -q '^board: up' console.log 2>/dev/null; do
        alive || return 1
        [ "$(date +%s)" -lt "$deadline" ] || lost "the board was not up after $patience s"
        sleep 0.1
    done
}

deadline=$(($(date +%s) + patience))
wanted=$port
for attempt in 1 2 3; do
    start "${port:=$(python3 "$root/scripts/board.py" port)}"
    up && break
    wait "$qemu" || :
    qemu=
    # Somebody may have taken the free port in the meantime.
    if [ -n "$wanted" ] || [ "$attempt" = 3 ] || ! grep -q 'host forwarding' qemu.log; then
        lost 'QEMU ended'
    fi
    port=
done

printf '[127.0.0.1]:%s %s\n' "$port" "$(cat host_key.pub)" >known_hosts
cat >ssh_config <<CONF
Host board
    User root
Host board-user
    User board
Host board board-user
    HostName 127.0.0.1
    Port $port
    IdentityFile "$dir/key"
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile "$dir/known_hosts"
    LogLevel ERROR
CONF

until timeout --foreground 30 ssh -n -F ssh_config -o ConnectTimeout=10 board true 2>>qemu.log; do
    alive || lost 'QEMU ended'
    [ "$(date +%s)" -lt "$deadline" ] || lost "the board did not answer within $patience s"
    sleep 0.05
done
: >qemu.log # of the ssh that came too early
code=0
echo "ready: ssh -F $dir/ssh_config board"
wait "$qemu" || :
qemu=
lost 'QEMU ended'
