//! What changes a process for good is tried in a child.

use crate::sys::process::{self, Death, Forked};
use crate::sys::wait::{self, Wake};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How long an attempt may take. A kernel that hangs in one has not what was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether something works that changes the process for good.
pub(super) fn succeeds(attempt: impl FnOnce() -> bool) -> bool {
    let Ok((end, held)) = std::io::pipe() else {
        return false;
    };
    let pid = match process::fork() {
        Ok(Forked::Child) => process::exit_now(i32::from(!attempt())),
        Ok(Forked::Parent(pid)) => pid,
        Err(_) => return false,
    };
    // The pipe ends with the last process that holds it.
    drop(held);
    let deadline = Instant::now() + PATIENCE;
    loop {
        match wait::wait(end.as_fd(), deadline) {
            Wake::Readable => return process::reap(pid, true) == Some((pid, Death::Exited(0))),
            Wake::Signal => {}
            Wake::Deadline => {
                process::kill(pid, libc::SIGKILL);
                return false;
            }
        }
    }
}
