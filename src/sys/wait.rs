//! Waiting for a pipe, a child or the time, whichever comes first.
//!
//! # Safety
//!
//! Signal sets are plain data that sigemptyset(3) initialises; handlers do
//! nothing or store to one atomic.

use crate::abi::Errno;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

/// Why the wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// There is something to read, or nobody left to write it.
    Readable,
    /// A signal came: a child died, or we are asked to stop.
    Signal,
    /// The time is up.
    Deadline,
}

extern "C" fn nothing(_: libc::c_int) {}

/// Has a signal call this function; system calls that it meets are not restarted.
pub(super) fn handle(signal: i32, handler: extern "C" fn(libc::c_int)) {
    set(signal, handler as *const () as libc::sighandler_t);
}

/// Has a signal do nothing.
pub fn ignore(signal: i32) {
    set(signal, libc::SIG_IGN);
}

/// Has a signal do what it does by nature.
pub fn restore(signal: i32) {
    set(signal, libc::SIG_DFL);
}

fn set(signal: i32, handler: libc::sighandler_t) {
    // SAFETY: all-zero is a valid sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    // SAFETY: the handlers are async-signal-safe, see the module.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

/// Keeps SIGCHLD and SIGTERM back except while waiting, so that none is missed.
pub fn hold_signals() {
    handle(libc::SIGCHLD, nothing);
    mask(libc::SIG_BLOCK);
}

/// Undoes [`hold_signals`] in a forked child.
pub fn release_signals() {
    restore(libc::SIGCHLD);
    restore(libc::SIGTERM);
    // The standard library's own handler prints about stack overflows, which ours are not.
    restore(libc::SIGSEGV);
    restore(libc::SIGBUS);
    mask(libc::SIG_UNBLOCK);
}

fn mask(how: i32) {
    let mut set = empty();
    for signal in [libc::SIGCHLD, libc::SIGTERM] {
        // SAFETY: an initialised set and a valid number.
        unsafe { libc::sigaddset(&raw mut set, signal) };
    }
    // SAFETY: an initialised set; the old one is not asked for.
    unsafe { libc::sigprocmask(how, &raw const set, std::ptr::null_mut()) };
}

fn empty() -> libc::sigset_t {
    // SAFETY: all-zero is a valid set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes to a set of ours.
    unsafe { libc::sigemptyset(&raw mut set) };
    set
}

/// Whether `fd` is readable now.
#[must_use]
pub fn ready(fd: BorrowedFd<'_>) -> bool {
    has(fd, libc::POLLIN)
}

/// Whether nobody is left at the other end of `fd`, to which we write.
#[must_use]
pub fn is_cut(fd: BorrowedFd<'_>) -> bool {
    // Errors and hang-ups are told without being asked for.
    has(fd, 0)
}

fn has(fd: BorrowedFd<'_>, events: libc::c_short) -> bool {
    let mut poll = libc::pollfd {
        fd: fd.as_raw_fd(),
        events,
        revents: 0,
    };
    // SAFETY: one pollfd that outlives the call.
    unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
}

/// Waits until `fd` is readable, a signal comes or the deadline has passed.
#[must_use]
pub fn wait(fd: BorrowedFd<'_>, deadline: Instant) -> Wake {
    let left = deadline.saturating_duration_since(Instant::now());
    if left == Duration::ZERO {
        // What is there already is not late, only we are.
        return if ready(fd) {
            Wake::Readable
        } else {
            Wake::Deadline
        };
    }
    let mut poll = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    match super::time64::ppoll(&mut poll, left, &empty()) {
        Ok(0) => Wake::Deadline,
        Ok(_) => Wake::Readable,
        Err(Errno(libc::EINTR)) => Wake::Signal,
        // To look again and again would be to wait for ever.
        Err(errno) => panic!("ppoll: {errno}"),
    }
}
