"""Starts a program as a process that has inherited something unusual: inherit.py WHAT PROGRAM..."""

import ctypes
import os
import resource
import signal
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
what, program = sys.argv[1], sys.argv[2:]

if what == "block":
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
elif what == "ignore":
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass  # kept by the C library
elif what == "timers":
    # 300 ms: while the run is under way.
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0.3, 0.3)
    signal.alarm(1)
elif what == "descriptors":
    # All but a few of those that there may be.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = min(hard, 256)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for descriptor in range(3, soft - 12):
        os.dup2(0, descriptor)
elif what == "high-descriptors":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for at in range(100, min(soft, 1024)):
        os.dup2(0, at)
elif what == "undumpable":
    libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE; exec makes it dumpable again
elif what == "securebits":
    # PR_SET_SECUREBITS: NOROOT and NO_SETUID_FIXUP, not locked, and KEEP_CAPS.
    libc.prctl(28, 0b10101, 0, 0, 0)
elif what == "user-ns-range":
    # Ids 0 to 999 only: 1000 and 65534 are nobody's.
    reader, writer = os.pipe()
    back, told = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.read(reader, 1)
        for file in ("uid_map", "gid_map"):
            with open(f"/proc/{os.getppid()}/{file}", "w") as to:
                to.write("0 100000 1000")
        os.write(told, b"x")
        os._exit(0)
    libc.unshare(0x10000000)  # CLONE_NEWUSER
    os.write(writer, b"x")
    os.read(back, 1)
    os.waitpid(parent, 0)
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
elif what == "write-or-execute":
    # PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN: Linux 6.3
    if libc.prctl(65, 1, 0, 0, 0) != 0:
        sys.exit(77)
elif what == "no-time-stamps":
    libc.prctl(26, 2, 0, 0, 0)  # PR_SET_TSC, PR_TSC_SIGSEGV; x86
elif what == "landlock":
    # Files can be executed and read below the program's own directory and those of libraries alone.
    execute, read_file, read_directory = 1, 4, 8
    ruleset = libc.syscall(444, ctypes.byref(ctypes.c_uint64(execute | read_file | read_directory)), 8, 0)
    if ruleset < 0:
        sys.exit(77)  # before Linux 5.13, or not asked for on the kernel's command line
    for path in (os.path.dirname(program[0]), "/lib", "/lib64", "/usr/lib", "/etc"):
        if os.path.exists(path):
            below = struct.pack("=Qi", execute | read_file | read_directory, os.open(path, os.O_PATH))
            libc.syscall(445, ruleset, 1, below, 0)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if libc.syscall(446, ruleset, 0) != 0:
        sys.exit(77)
elif what == "locks":
    # A neighbour of the same user who locks and unlocks shared memory.
    segment = libc.shmget(0, 1 << 20, 0o1600)
    libc.shmat(segment, None, 0)
    libc.shmctl(segment, 0, None)  # IPC_RMID: it goes with this process, however that ends
    while True:
        libc.shmctl(segment, 11, None)  # SHM_LOCK
        libc.shmctl(segment, 12, None)
else:
    sys.exit(f"inherit.py: unknown: {what}")
os.execvp(program[0], program)
