//! What a process inherits from whoever starts it, beside descriptors and limits.
//!
//! # Safety
//!
//! Signal sets, timers and actions are plain data that is initialised before it is passed.

use super::{decode, decode_int};
use crate::abi::Errno;

/// `rt_sigprocmask(SIG_SETMASK, {}, NULL)`: lets every signal through.
pub fn unblock_all_signals() {
    // SAFETY: all-zero is a valid set, the empty one.
    let none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: a set of ours; the old one is not asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) };
}

/// `rt_sigaction(signal, SIG_DFL)` for every signal that is ignored, but SIGPIPE: execve(2)
/// keeps "ignored", and an ignored SIGCHLD has the kernel reap our children before we do.
/// Rust ignores SIGPIPE itself.
pub fn heed_all_signals() {
    // 64 is the highest number on all our architectures.
    for signal in (1..=64).filter(|signal| *signal != libc::SIGPIPE) {
        // SAFETY: all-zero is a valid sigaction.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: writes to a structure of ours; a number that is none is refused.
        let known = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
        if known == 0 && action.sa_sigaction == libc::SIG_IGN {
            super::wait::restore(signal);
        }
    }
}

/// `setitimer(which, {0})` for all three timers: an alarm that was set before execve(2) still
/// comes.
pub fn stop_timers() {
    // struct itimerval of the call's own ABI: two pairs of `long`.
    const STOPPED: [libc::c_long; 4] = [0; 4];
    for which in [libc::ITIMER_REAL, libc::ITIMER_VIRTUAL, libc::ITIMER_PROF] {
        let old = std::ptr::null_mut::<libc::c_long>();
        // SAFETY: one structure that is read, and none that is written.
        unsafe { libc::syscall(libc::SYS_setitimer, which, STOPPED.as_ptr(), old) };
    }
}

/// `prctl(PR_SET_TSC, PR_TSC_ENABLE)`: whoever forbade to read the time stamp counter forbade
/// clock_gettime(2), too, which reads it in the vDSO and would die of SIGSEGV. execve(2) keeps it.
pub fn allow_the_clock() {
    const PR_SET_TSC: libc::c_int = 26;
    const ENABLE: libc::c_ulong = 1;
    // SAFETY: integers only; other architectures refuse.
    unsafe { libc::prctl(PR_SET_TSC, ENABLE) };
}

/// `personality(0xffffffff)`: the execution domain and its flags (personality(2)).
pub fn personality() -> Result<u32, Errno> {
    const ASK: libc::c_ulong = 0xffff_ffff;
    // SAFETY: integers only.
    Ok(decode(unsafe { libc::syscall(libc::SYS_personality, ASK) })? as u32)
}

/// `personality(persona)`
pub fn set_personality(persona: u32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode(unsafe { libc::syscall(libc::SYS_personality, libc::c_ulong::from(persona)) })?;
    Ok(())
}

/// `sched_setscheduler(0, SCHED_OTHER, {0})`: a SCHED_DEADLINE process may not fork, and a
/// SCHED_FIFO one would keep its actors from a single CPU.
pub fn schedule_as_usual() {
    const OTHER: libc::c_int = 0;
    let parameters = [0_i32];
    // SAFETY: struct sched_param is one int, which outlives the call.
    unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, OTHER, parameters.as_ptr()) };
}

/// `prctl(PR_GET_SECUREBITS)`
pub fn securebits() -> Result<i32, Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_GET_SECUREBITS) })
}

/// `prctl(PR_SET_SECUREBITS, bits)`: needs CAP_SETPCAP, and refuses to clear what is locked.
pub fn set_securebits(bits: i32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_SET_SECUREBITS, bits as libc::c_ulong) })?;
    Ok(())
}

/// `prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)`: an exec must not hand capabilities on.
pub fn clear_ambient_capabilities() {
    const PR_CAP_AMBIENT: libc::c_int = 47;
    const CLEAR_ALL: libc::c_ulong = 4;
    const NONE: libc::c_ulong = 0;
    // SAFETY: integers only; a kernel before 4.3 knows no ambient set and refuses.
    unsafe { libc::prctl(PR_CAP_AMBIENT, CLEAR_ALL, NONE, NONE, NONE) };
}

/// `prctl(PR_GET_SECCOMP)`: whether a seccomp filter of somebody else is in force. A filter that
/// forbids to ask, or kills who does, is told by the caller's way to ask.
#[must_use]
pub fn is_filtered() -> bool {
    const FILTER: i32 = 2;
    // SAFETY: integers only.
    unsafe { libc::prctl(libc::PR_GET_SECCOMP) == FILTER }
}

/// `prctl(PR_SET_DUMPABLE, 1)`: /proc/self is ours. A change of user takes it away
/// (kernel/cred.c, commit_creds).
pub fn be_dumpable() {
    const YES: libc::c_ulong = 1;
    // SAFETY: integers only.
    unsafe { libc::prctl(libc::PR_SET_DUMPABLE, YES) };
}

#[cfg(test)]
mod tests {
    use super::{heed_all_signals, is_filtered, personality, securebits, unblock_all_signals};
    use crate::abi::Signal;
    use crate::sys::process::{self, Death, Forked};
    use crate::sys::wait;

    #[test]
    fn a_signal_that_was_blocked_and_ignored_ends_us_again() {
        match process::fork().expect("a child") {
            Forked::Child => {
                wait::ignore(libc::SIGTERM);
                wait::hold_signals();
                wait::ignore(libc::SIGTERM);
                heed_all_signals();
                unblock_all_signals();
                process::kill(process::pid(), libc::SIGTERM);
                process::exit_now(7);
            }
            Forked::Parent(pid) => {
                let death = Death::Killed(Signal(libc::SIGTERM));
                assert_eq!(process::reap(pid, true), Some((pid, death)));
            }
        }
    }

    #[test]
    fn what_is_inherited_can_be_asked_for() {
        assert!(personality().is_ok());
        assert!(securebits().is_ok());
        let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
        assert_eq!(is_filtered(), status.contains("Seccomp:\t2"));
    }
}
