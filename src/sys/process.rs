//! Processes: fork, identity, death.
//!
//! # Safety
//!
//! We are single-threaded wherever we fork, so the child may do anything that
//! the parent could.

use super::{decode, decode_int};
use crate::abi::{Arch, Errno, Signal};

/// Which side of a fork we are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forked {
    /// The child.
    Child,
    /// The parent, and the child's pid.
    Parent(i32),
}

/// `fork()`
pub fn fork() -> Result<Forked, Errno> {
    // SAFETY: single-threaded, see the module.
    let pid = decode_int(unsafe { libc::fork() })?;
    Ok(if pid == 0 {
        Forked::Child
    } else {
        Forked::Parent(pid)
    })
}

/// `clone(CLONE_PARENT | SIGCHLD)`: a fork whose child is a child of our parent, so that
/// the conductor can reap what an actor brings to life.
pub fn fork_sibling() -> Result<Forked, Errno> {
    clone(libc::CLONE_PARENT | libc::SIGCHLD)
}

/// `clone(flags, NULL)`, by number: libc's wants a function for the child to run.
pub(super) fn clone(flags: i32) -> Result<Forked, Errno> {
    const NONE: libc::c_long = 0;
    // SAFETY: without CLONE_VM the child has a copy of everything, as after fork; a null
    // stack means "the same address", and the other arguments are unused with our flags.
    let pid = decode(unsafe { libc::syscall(libc::SYS_clone, flags, NONE, NONE, NONE, NONE) })?;
    Ok(if pid == 0 {
        Forked::Child
    } else {
        Forked::Parent(pid as i32)
    })
}

/// `_exit(status)`: ends this process at once, running nothing of ours.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}

/// The pid of this process.
#[must_use]
pub fn pid() -> i32 {
    // SAFETY: no arguments, no failure.
    unsafe { libc::getpid() }
}

/// Whether this is the PID namespace that the machine booted with: there PID 2 is
/// kthreadd, a kernel thread, which belongs to process group 0 (kernel/kthread.c). Needs
/// no /proc.
#[must_use]
pub fn in_first_namespace() -> bool {
    // SAFETY: integers only.
    unsafe { libc::getpgid(2) == 0 }
}

/// The pid of the parent.
#[must_use]
pub fn parent() -> i32 {
    // SAFETY: no arguments, no failure.
    unsafe { libc::getppid() }
}

/// `getuid16()`: whether the calls with 16-bit ids are there (CONFIG_UID16; kernel/uid16.c), which
/// decides as well how the old layouts tell an id. Only 32-bit programs have them.
#[must_use]
pub fn has_16_bit_ids() -> bool {
    /// The number on 32-bit ARM and x86 (arch/arm/tools/syscall.tbl, syscall_32.tbl).
    const GETUID16: libc::c_long = 24;
    match Arch::CURRENT {
        Arch::Arm | Arch::X86 => {}
        Arch::Aarch64 | Arch::X86_64 => return false,
    }
    // SAFETY: no arguments.
    decode(unsafe { libc::syscall(GETUID16) }) != Err(Errno(libc::ENOSYS))
}

/// The effective user id.
#[must_use]
pub fn uid() -> u32 {
    // SAFETY: no arguments, no failure.
    unsafe { libc::geteuid() }
}

/// The effective group id.
#[must_use]
pub fn gid() -> u32 {
    // SAFETY: no arguments, no failure.
    unsafe { libc::getegid() }
}

/// `gettid()`: the number of the thread that asks.
#[must_use]
pub fn thread() -> i32 {
    // SAFETY: no arguments, no failure.
    unsafe { libc::gettid() }
}

/// `tgkill(getpid(), thread, 0)`, then `sched_yield()`, until a thread of ours is gone. To be
/// joined is too early: the kernel tells of that before it takes what the thread has
/// (kernel/exit.c, do_exit: exit_mm before exit_shm).
pub fn until_gone(thread: i32) {
    loop {
        // SAFETY: integers only; signal 0 is none.
        let asked = unsafe { libc::syscall(libc::SYS_tgkill, pid(), thread, 0) };
        if decode(asked).is_err() {
            return;
        }
        // SAFETY: no arguments.
        unsafe { libc::sched_yield() };
    }
}

/// Asks the kernel to send us `signal` when our parent dies. Lost on a change of user.
pub fn die_with_parent(signal: i32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) })?;
    Ok(())
}

/// Makes us the parent of every descendant whose own parent dies.
pub fn adopt_orphans() -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) })?;
    Ok(())
}

/// Lets a process that we wake, or that wakes us, run on (SCHED_BATCH), which spares two
/// context switches a step. Children are as usual. A kernel that refuses is only slower.
pub fn yield_to_others() {
    let parameters = [0_i32];
    // musl's wrapper always fails with ENOSYS, so the call is made directly.
    let policy = libc::SCHED_BATCH | libc::SCHED_RESET_ON_FORK;
    // SAFETY: struct sched_param is one int, which outlives the call.
    let _ = unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy, parameters.as_ptr()) };
}

/// Sends a signal. Errors are not looked at: the process may be gone.
pub fn kill(pid: i32, signal: i32) {
    // SAFETY: integers only.
    let _ = unsafe { libc::kill(pid, signal) };
}

/// Writes a message to a descriptor that was inherited, then waits to be killed.
pub fn write_and_wait(fd: i32, message: &[u8]) -> ! {
    // SAFETY: reads bytes of ours.
    unsafe { libc::write(fd, message.as_ptr().cast(), message.len()) };
    loop {
        // SAFETY: no arguments; returns when a handler has run, of which there is none.
        unsafe { libc::pause() };
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// By exiting with this status.
    Exited(i32),
    /// By this signal.
    Killed(Signal),
}

/// `waitpid(pid, WNOHANG?)`: the death of a child; `None` if none has died (or there is no child).
#[must_use]
pub fn reap(pid: i32, block: bool) -> Option<(i32, Death)> {
    let mut status = 0;
    let flags = if block { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: writes to one integer of ours.
        let reaped = unsafe { libc::waitpid(pid, &raw mut status, flags) };
        if reaped == -1 && super::last_errno() == Errno(libc::EINTR) {
            continue;
        }
        if reaped <= 0 {
            return None;
        }
        let death = if libc::WIFSIGNALED(status) {
            Death::Killed(Signal(libc::WTERMSIG(status)))
        } else {
            Death::Exited(libc::WEXITSTATUS(status))
        };
        return Some((reaped, death));
    }
}
