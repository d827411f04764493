//! What goes wrong with an actor, and whose doing that is, if it is not the kernel's.

use super::wire::Unfit;
use crate::abi::{Errno, Signal};
use crate::sys::{machine, oom};

/// Whose doing something is that says nothing about the kernel; in words.
pub(super) enum Blame {
    /// An error of ours, or of somebody who interferes.
    Ours(String),
    /// The environment does not offer what the case needs.
    Environment(String),
}

/// Whose doing a death by this signal is that the script did not ask for. `None` is the kernel: it
/// sends such a signal for an access. `kills` tells how many processes had been killed for want of
/// memory when the run began.
pub(super) fn of_death(name: &str, signal: Signal, kills: Option<u64>) -> Option<Blame> {
    Some(match signal.0 {
        libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGTRAP => return None,
        libc::SIGKILL if oom::kills() > kills => {
            let free = machine::free_memory().map_or(0, |bytes| bytes >> 10);
            Blame::Environment(format!(
                "memory ended: the kernel killed actor `{name}` for it, {free} KiB are free now"
            ))
        }
        libc::SIGKILL => return None,
        libc::SIGSYS => Blame::Environment(format!(
            "a seccomp filter killed actor `{name}` for a system call"
        )),
        libc::SIGABRT => Blame::Ours(format!(
            "actor `{name}` aborted, an error of shmproof, or there was no memory for it"
        )),
        _ => Blame::Ours(format!(
            "actor `{name}` was killed by {signal}, which neither the script nor the kernel sent"
        )),
    })
}

/// Whether an error means that the environment has no more of something.
pub(super) fn is_shortage(error: &std::io::Error) -> bool {
    let shortages = [libc::EAGAIN, libc::ENOMEM, libc::EMFILE, libc::ENFILE];
    error
        .raw_os_error()
        .is_some_and(|errno| shortages.contains(&errno))
}

/// What an actor could not do, in words.
pub(super) fn unfit(what: Unfit, errno: Errno) -> String {
    match what {
        Unfit::User => format!("an actor cannot become its user: {errno}"),
        Unfit::Inject => {
            format!("a fault cannot be injected: {errno} (needs CONFIG_SECCOMP_FILTER)")
        }
        Unfit::Address => format!("an actor finds no free address: {errno}"),
        Unfit::Prepare => format!("an actor cannot prepare itself: {errno}"),
        Unfit::Thread => format!("an actor cannot start a thread: {errno}"),
        Unfit::Cgroup => format!("an actor cannot make a control group: {errno}"),
        Unfit::IdMap => format!("an actor cannot open its id map: {errno}"),
    }
}
