"""Starts a program under a seccomp filter (x86_64): seccomp.py docker PROGRAM...,
seccomp.py write-or-execute PROGRAM..., seccomp.py no-ipc-namespaces PROGRAM..., or
seccomp.py errno=N|trap|kill CALL,CALL... PROGRAM..."""

import ctypes
import os
import struct
import sys

NUMBERS = {
    "shmget": 29, "shmat": 30, "shmctl": 31, "clone": 56, "shmdt": 67, "mlockall": 151, "munlockall": 152,
    "setrlimit": 160, "mount": 165, "remap_file_pages": 216, "madvise": 28, "unshare": 272, "setns": 308,
    "setgroups": 116, "setresuid": 117, "setresgid": 119, "process_vm_readv": 310, "process_vm_writev": 311,
    "mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239, "prlimit64": 302, "clone3": 435,
    "personality": 135, "prctl": 157,
}
ALLOW, TRAP, KILL = 0x7FFF0000, 0x00030000, 0x80000000
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER, FIRST_ARGUMENT, THIRD_ARGUMENT = 0, 16, 32
EPERM, ENOSYS = 1, 38
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NAMESPACES = 0x7E020000
NEWIPC = 0x08000000
SHM_EXEC = 0o100000


def errno(number):
    return 0x00050000 | number


def deny(call, action):
    return [(EQUAL, 0, 1, NUMBERS[call]), (RETURN, 0, 0, action)]


def deny_with(call, argument, bits):
    """The number is loaded again behind it."""
    skip = (EQUAL, 0, 4, NUMBERS[call])
    return [skip, (LOAD, 0, 0, argument), (ANY_BIT, 0, 1, bits), (RETURN, 0, 0, errno(EPERM)), (LOAD, 0, 0, NUMBER)]


rules = [(LOAD, 0, 0, NUMBER)]
if sys.argv[1] == "docker":
    program = sys.argv[2:]
    for call in ("unshare", "setns", "mount"):
        rules += deny(call, errno(EPERM))
    rules += deny("clone3", errno(ENOSYS))
    rules += [(EQUAL, 0, 3, NUMBERS["clone"]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    rules += [(ANY_BIT, 0, 1, NAMESPACES), (RETURN, 0, 0, errno(EPERM))]
elif sys.argv[1] == "write-or-execute":
    # As systemd's MemoryDenyWriteExecute=, but for mmap(2), so that the loader works.
    program = sys.argv[2:]
    rules += deny_with("shmat", THIRD_ARGUMENT, SHM_EXEC)
elif sys.argv[1] == "no-ipc-namespaces":
    # User namespaces without rights in them, as AppArmor restricts them.
    program = sys.argv[2:]
    rules += deny_with("unshare", FIRST_ARGUMENT, NEWIPC) + deny_with("clone", FIRST_ARGUMENT, NEWIPC)
else:
    program = sys.argv[3:]
    how = sys.argv[1]
    action = {"trap": TRAP, "kill": KILL}.get(how) or errno(int(how.partition("=")[2]))
    for call in sys.argv[2].split(","):
        rules += deny(call, action)
rules.append((RETURN, 0, 0, ALLOW))


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("rules", ctypes.c_void_p)]


code = b"".join(struct.pack("HBBI", *rule) for rule in rules)
held = ctypes.create_string_buffer(code)
which = Filter(len(rules), ctypes.cast(held, ctypes.c_void_p))
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
if libc.prctl(22, 2, ctypes.byref(which)) != 0:  # PR_SET_SECCOMP
    sys.exit(f"seccomp.py: {os.strerror(ctypes.get_errno())}")
os.execvp(program[0], program)
