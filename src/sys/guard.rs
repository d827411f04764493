//! Children of the host tool that must not outlive it.
//!
//! # Safety
//!
//! What runs between fork and exec is one prctl(2), which is async-signal-safe.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Has the kernel kill the command's process when we die, however we die.
pub fn die_with_parent(command: &mut Command) {
    let set = || {
        // SAFETY: integers only.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        Ok(())
    };
    // SAFETY: the closure makes one async-signal-safe call and allocates nothing.
    unsafe { command.pre_exec(set) };
}
