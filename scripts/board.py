#!/usr/bin/env python3
"""What board.sh makes of Debian's packages and of a key pair.

usage: board.py unpack TAR... DIRECTORY    what the board needs of packages
       board.py image DIRECTORY KEYS       the board's initramfs, on stdout
       board.py port                       a TCP port that nobody uses

KEYS is a directory with host_key, host_key.pub and key.pub, all of type ed25519.
"""

import base64
import contextlib
import fnmatch
import lzma
import pathlib
import posixpath
import re
import socket
import stat
import struct
import sys
import tarfile
import zlib

# Where a file is in Debian's packages, and where on the board. All libraries
# are in the one directory that every loader looks into.
FILES = {
    "bin/busybox": "bin/busybox",
    "usr/sbin/dropbear": "usr/sbin/dropbear",
    # Out of the way: a board without them is the rule, and one with them a link away.
    "usr/bin/scp": "opt/scp/scp",
    "usr/lib/openssh/sftp-server": "opt/sftp/sftp-server",
    # Of these, scp and sftp-server need the first two, dropbear all.
    "lib/arm-linux-gnueabihf/ld-linux-armhf.so.3": "lib/ld-linux-armhf.so.3",
    "lib/arm-linux-gnueabihf/libc.so.6": "lib/libc.so.6",
    "lib/arm-linux-gnueabihf/libcrypt.so.1": "lib/libcrypt.so.1",
    "lib/arm-linux-gnueabihf/libz.so.1": "lib/libz.so.1",
    "usr/lib/arm-linux-gnueabihf/libgmp.so.10": "lib/libgmp.so.10",
    "usr/lib/arm-linux-gnueabihf/libtomcrypt.so.1": "lib/libtomcrypt.so.1",
    "usr/lib/arm-linux-gnueabihf/libtommath.so.1": "lib/libtommath.so.1",
    # The network card, and the bus that it is on.
    "lib/modules/*/kernel/drivers/virtio/virtio_mmio.ko": "lib/modules/virtio_mmio.ko",
    "lib/modules/*/kernel/net/core/failover.ko": "lib/modules/failover.ko",
    "lib/modules/*/kernel/drivers/net/net_failover.ko": "lib/modules/net_failover.ko",
    "lib/modules/*/kernel/drivers/net/virtio_net.ko": "lib/modules/virtio_net.ko",
}
KERNEL = "boot/vmlinuz-*"

INIT = r"""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=1777 tmp /var/tmp
# In this order each finds what it needs.
for module in virtio_mmio failover net_failover virtio_net; do
    insmod /lib/modules/$module.ko
done
hostname board
ip link set lo up
ip link set eth0 up
# QEMU's user networking gives these addresses.
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
echo 'board: up'
# It buries orphans, and starts dropbear again should that ever end.
exec /sbin/init
"""

INITTAB = "::respawn:/usr/sbin/dropbear -F -E -s -r /etc/dropbear/host_key\n"
# Nobody has a password; the x and the * are no hash of any.
PASSWD = "root:x:0:0:root:/root:/bin/sh\nboard:x:1000:1000:board:/home/board:/bin/sh\n"
GROUP = "root:x:0:\ntty:x:5:\nboard:x:1000:\n"
SHADOW = "root:*:::::::\nboard:*:::::::\n"

# Where memory begins on QEMU's machine `virt`.
MEMORY = 0x40000000


def unpack(tars, directory):
    """Takes what the board needs out of packages, and unpacks the kernel."""
    missing = dict(FILES)
    kernel = None
    for path in tars:
        with tarfile.open(path) as tar:
            for member in tar:
                name = posixpath.normpath(member.name)
                if fnmatch.fnmatchcase(name, KERNEL):
                    kernel = tar.extractfile(member).read()
                for pattern in list(missing):
                    if fnmatch.fnmatchcase(name, pattern):
                        to = directory / missing.pop(pattern)
                        to.parent.mkdir(parents=True, exist_ok=True)
                        # This follows the links by which libraries have their short names.
                        to.write_bytes(tar.extractfile(member).read())
    if kernel is None:
        missing[KERNEL] = None
    if missing:
        sys.exit(f"the packages hold no {', '.join(missing)}")
    (directory / "kernel").write_bytes(quick(kernel) or kernel)


def quick(kernel):
    """An ARM kernel without its unpacker, or None: as src/image/quick.rs has it.

    That is three seconds of a start, and of a restart.
    """
    has_table, at = struct.unpack_from("<II", kernel, 0x34)
    if has_table != 0x45454545:
        return None
    words, magic, end, _, text_offset = struct.unpack_from("<5I", kernel, at)
    if words < 5 or magic != 0x5A534C4B:
        return None
    (size,) = struct.unpack_from("<I", kernel, end)
    for begin in re.finditer(rb"\xfd7zXZ\0|\x1f\x8b\x08", kernel[:end]):
        packed = kernel[begin.start() : end]
        stream = lzma.LZMADecompressor() if packed[0] == 0xFD else zlib.decompressobj(31)
        with contextlib.suppress(lzma.LZMAError, zlib.error):
            image = stream.decompress(packed)
            if len(image) == size:
                return uimage(image, MEMORY + text_offset)
    return None


def uimage(image, load):
    """U-Boot's wrapping, which QEMU takes and which says where to load."""
    def header(crc):
        words = struct.pack(">7I", 0x27051956, crc, 0, len(image), load, load, zlib.crc32(image))
        return (words + bytes([5, 2, 2, 0])).ljust(64, b"\0")

    return header(zlib.crc32(header(0))) + image


def strings(blob):
    """The strings that SSH's encoding puts one behind the other."""
    while len(blob) >= 4:
        (length,) = struct.unpack_from(">I", blob)
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def dropbear_key(text):
    """A private key of OpenSSH's format, neither enciphered nor of another type, in dropbear's."""
    blob = base64.b64decode("".join(line for line in text.splitlines() if "-----" not in line))
    blob = blob[len(b"openssh-key-v1\0") :]
    cipher, kdf, options = list(strings(blob))[:3]
    blob = blob[4 * 3 + len(cipher + kdf + options) + 4 :]  # and the number of keys
    _public, private = list(strings(blob))[:2]
    kind, _public, secret = list(strings(private[8:]))[:3]  # behind two check words
    return b"".join(struct.pack(">I", len(part)) + part for part in (kind, secret))


def image(directory, keys):
    """The initramfs: a cpio archive of the format newc, the directories before what is in them."""
    # Path: mode, owner, content.
    nodes = {}

    def add(path, mode, content=b"", owner=0):
        for parent in reversed(pathlib.PurePosixPath(path).parents[:-1]):
            nodes.setdefault(str(parent), (stat.S_IFDIR | 0o755, 0, b""))
        nodes[path] = (mode, owner, content)

    for path in "dev proc sys tmp run var/log var/tmp sbin usr/bin usr/sbin usr/lib usr/local/bin".split():
        add(path, stat.S_IFDIR | 0o755)
    for path in FILES.values():
        add(path, stat.S_IFREG | 0o755, (directory / path).read_bytes())
    add("bin/sh", stat.S_IFLNK | 0o777, b"busybox")
    add("init", stat.S_IFREG | 0o755, INIT.encode())
    for name, text in (("inittab", INITTAB), ("passwd", PASSWD), ("group", GROUP)):
        add(f"etc/{name}", stat.S_IFREG | 0o644, text.encode())
    add("etc/shadow", stat.S_IFREG | 0o600, SHADOW.encode())
    host_key = dropbear_key((keys / "host_key").read_text())
    add("etc/dropbear/host_key", stat.S_IFREG | 0o600, host_key)
    for home, owner in (("root", 0), ("home/board", 1000)):
        add(home, stat.S_IFDIR | 0o755, owner=owner)
        add(f"{home}/.ssh", stat.S_IFDIR | 0o700, owner=owner)
        key = (keys / "key.pub").read_bytes()
        add(f"{home}/.ssh/authorized_keys", stat.S_IFREG | 0o600, key, owner=owner)

    archive = bytearray()

    def entry(inode, path, mode, owner, content, device=(0, 0)):
        name = path.encode() + b"\0"
        fields = (inode, mode, owner, owner, 1, 0, len(content), 0, 0, *device, len(name), 0)
        for part in (b"070701" + b"".join(b"%08X" % field for field in fields) + name, content):
            archive.extend(part)
            archive.extend(bytes(-len(archive) % 4))

    # The kernel opens it for init before anything can be mounted.
    entry(1, "dev", stat.S_IFDIR | 0o755, 0, b"")
    entry(2, "dev/console", stat.S_IFCHR | 0o600, 0, b"", (5, 1))
    for inode, (path, node) in enumerate(nodes.items(), 3):
        entry(inode, path, *node)
    entry(0, "TRAILER!!!", 0, 0, b"")
    return archive


def port():
    """One that the system has just had to spare."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def main(command=None, *arguments):
    if command == "unpack" and len(arguments) > 1:
        *tars, directory = arguments
        unpack(tars, pathlib.Path(directory))
    elif command == "image" and len(arguments) == 2:
        sys.stdout.buffer.write(image(*map(pathlib.Path, arguments)))
    elif command == "port" and not arguments:
        print(port())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
