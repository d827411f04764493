#!/usr/bin/env python3
"""Writes an init that ends at once: the reference of the boot benchmark.

usage: tiny_init.py arm|aarch64|x86_64|i686 > init

The program is a static ELF file of a few hundred bytes, made without any
toolchain. It writes the line "@end" to descriptor 1, waits until the line has
left the UART, and restarts the machine. What remains of a run's wall clock
beyond that of this init is ours; the rest is QEMU, firmware and kernel.
"""

import struct
import sys

BASE = 0x400000  # where a static x86_64 executable is linked by custom; free on the others, too
MESSAGE = b"@end\n"

TCSBRK = 0x5409  # include/uapi/asm-generic/ioctls.h; with argument 1 it is tcdrain(3)
REBOOT = (0xFEE1DEAD, 0x28121969, 0x01234567)  # include/uapi/linux/reboot.h: both magics, RB_AUTOBOOT


def arm(register, value):
    """movw and movt: both halves of a 32-bit constant."""
    def half(opcode, imm):
        return struct.pack("<I", opcode | imm >> 12 << 16 | register << 12 | imm & 0xFFF)

    return half(0xE3000000, value & 0xFFFF) + half(0xE3400000, value >> 16)


def aarch64(register, value):
    """movz and movk."""
    low, high = value & 0xFFFF, value >> 16
    return struct.pack("<II", 0xD2800000 | low << 5 | register, 0xF2A00000 | high << 5 | register)


def x86(register, value):
    """mov r32, imm32, which clears the upper half of a 64-bit register."""
    return struct.pack("<BI", 0xB8 + register, value)


# Architecture: (ELF class, e_machine, e_flags, how to load a constant,
#   register of the call's number, of its arguments, the trap, an endless loop,
#   numbers of write, ioctl and reboot)
MACHINES = {
    # e_flags: EABI version 5, which ARM kernels without the old ABI insist on.
    "arm": (1, 40, 0x05000000, arm, 7, (0, 1, 2), b"\x00\x00\x00\xef", b"\xfe\xff\xff\xea", (4, 54, 88)),
    "aarch64": (2, 183, 0, aarch64, 8, (0, 1, 2), b"\x01\x00\x00\xd4", b"\x00\x00\x00\x14", (64, 29, 142)),
    "x86_64": (2, 62, 0, x86, 0, (7, 6, 2), b"\x0f\x05", b"\xeb\xfe", (1, 16, 169)),
    "i686": (1, 3, 0, x86, 0, (3, 1, 2), b"\xcd\x80", b"\xeb\xfe", (4, 54, 88)),
}


def program(arch, message_address):
    """The machine code: write, tcdrain, reboot; a reboot that fails loops."""
    _, _, _, load, number, arguments, trap, loop, (write, ioctl, reboot) = MACHINES[arch]
    calls = [
        (write, (1, message_address, len(MESSAGE))),
        (ioctl, (1, TCSBRK, 1)),
        (reboot, REBOOT),
    ]
    code = b""
    for call, values in calls:
        for register, value in zip(arguments, values):
            code += load(register, value)
        code += load(number, call) + trap
    return code + loop


def elf(arch):
    """The whole file: ELF header, two program headers, code, message."""
    bits, machine, flags = MACHINES[arch][:3]
    ehdr, phdr = (52, 32) if bits == 1 else (64, 56)
    word = "I" if bits == 1 else "Q"

    entry = BASE + ehdr + 2 * phdr
    length = len(program(arch, 0))  # constants have one size whatever their value
    body = program(arch, entry + length) + MESSAGE
    size = ehdr + 2 * phdr + len(body)

    ident = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9)  # little-endian, version 1
    executable, version = 2, 1
    header = ident + struct.pack(
        f"<HHI{word}{word}{word}IHHHHHH",
        executable, machine, version, entry, ehdr, 0, flags, ehdr, phdr, 2, 0, 0, 0,
    )

    def segment(kind, rights, address, length, align):
        if bits == 1:
            return struct.pack("<8I", kind, 0, address, address, length, length, rights, align)
        return struct.pack("<IIQQQQQQ", kind, rights, 0, address, address, length, length, align)

    load, gnu_stack = 1, 0x6474E551
    header += segment(load, 5, BASE, size, 0x10000)  # read, execute; the largest page of arm64
    header += segment(gnu_stack, 6, 0, 0, 16)  # read, write: else the kernel complains of the stack
    return header + body


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in MACHINES:
        sys.exit(__doc__)
    sys.stdout.buffer.write(elf(sys.argv[1]))


main()
