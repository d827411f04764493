//! Which system calls there are, and which of them a seccomp filter of somebody else lets through.
//!
//! # Safety
//!
//! Each call has arguments that a kernel refuses, or that change nothing.

use super::credentials::nr as credentials;
use super::decode;
use crate::abi::{EXECUTABLE, Errno, number};
use std::ptr::null;

/// A call by its name, with arguments that do no harm. Its number is the one that actors use, of
/// several where an architecture has had more than one.
type Probe = (&'static str, fn() -> libc::c_long);

const NONE: libc::c_long = 0;
const SHM_EXEC: libc::c_long = number::SHM_EXEC as libc::c_long;
const NO_FD: libc::c_long = -1;
/// An address that is no multiple of a page.
const CROOKED: libc::c_long = 1;

macro_rules! call {
    ($($argument:expr),+) => {
        // SAFETY: see the module.
        unsafe { libc::syscall($($argument),+) }
    };
}

/// The four calls, then those that scenarios make beside them.
const PROBES: [Probe; 26] = [
    ("shmget", || call!(super::shm::nr::SHMGET, NONE, NONE, NONE)),
    ("shmat", || call!(super::shm::nr::SHMAT, NO_FD, NONE, NONE)),
    ("shmdt", || call!(super::shm::nr::SHMDT, CROOKED)),
    ("shmctl", || {
        call!(super::shm::nr::SHMCTL, NO_FD, 2 as libc::c_long, NONE)
    }),
    (EXECUTABLE, || {
        // What systemd's MemoryDenyWriteExecute= forbids.
        call!(super::shm::nr::SHMAT, NO_FD, NONE, SHM_EXEC)
    }),
    ("setresuid", || call!(credentials::SETRESUID, -1, -1, -1)),
    ("setresgid", || call!(credentials::SETRESGID, -1, -1, -1)),
    ("setgroups", || {
        call!(credentials::SETGROUPS, 70_000, null::<u32>())
    }),
    ("capset", || call!(libc::SYS_capset, NONE, NONE)),
    ("prlimit64", || {
        call!(libc::SYS_prlimit64, NONE, NO_FD, NONE, NONE)
    }),
    ("mprotect", || {
        call!(libc::SYS_mprotect, CROOKED, NONE, NONE)
    }),
    ("munmap", || call!(libc::SYS_munmap, CROOKED, NONE)),
    ("mseal", || {
        call!(super::mapping::MSEAL, CROOKED, NONE, NONE)
    }),
    ("mremap", || {
        call!(libc::SYS_mremap, CROOKED, NONE, NONE, NONE)
    }),
    ("madvise", || call!(libc::SYS_madvise, NONE, NONE, NONE)),
    ("mbind", || {
        call!(libc::SYS_mbind, CROOKED, NONE, NONE, NONE, NONE, NONE)
    }),
    ("get_mempolicy", || {
        call!(
            libc::SYS_get_mempolicy,
            NONE,
            NONE,
            NONE,
            NONE,
            -1 as libc::c_long
        )
    }),
    ("remap_file_pages", || {
        call!(
            libc::SYS_remap_file_pages,
            NONE,
            NONE,
            -1 as libc::c_long,
            NONE,
            NONE
        )
    }),
    ("mlockall", || call!(libc::SYS_mlockall, NONE)),
    ("munlockall", || call!(libc::SYS_munlockall)),
    ("unshare", || call!(libc::SYS_unshare, NONE)),
    ("setns", || call!(libc::SYS_setns, NO_FD, NONE)),
    ("futex", || {
        super::time64::futex(CROOKED as usize, 0, 0).map_or(-1, |woken| woken as libc::c_long)
    }),
    ("clock_settime", || {
        const NO_CLOCK: libc::clockid_t = -1;
        super::clock::set(NO_CLOCK, 0, 0).map_or(-1, |()| 0)
    }),
    ("process_vm_readv", || {
        call!(
            libc::SYS_process_vm_readv,
            NO_FD,
            NONE,
            NONE,
            NONE,
            NONE,
            NO_FD
        )
    }),
    ("process_vm_writev", || {
        call!(
            libc::SYS_process_vm_writev,
            NO_FD,
            NONE,
            NONE,
            NONE,
            NONE,
            NO_FD
        )
    }),
];

/// The names of the calls, the four first.
pub fn calls() -> impl Iterator<Item = &'static str> {
    PROBES.iter().map(|(name, _)| *name)
}

/// Whether a kernel without filters has the call: it does not answer ENOSYS.
#[must_use]
pub fn has(name: &str) -> bool {
    let known = PROBES.iter().find(|(one, _)| *one == name);
    known.is_none_or(|(_, call)| decode(call()) != Err(Errno(libc::ENOSYS)))
}

/// Makes a call in this process, which a filter may kill for it: whether it is let through. A
/// filter answers EPERM, EACCES or ENOSYS, which no kernel does to these arguments, if the caller
/// may make the call at all.
#[must_use]
pub fn lets_through(name: &str) -> bool {
    let Some((_, call)) = PROBES.iter().find(|(one, _)| *one == name) else {
        return true;
    };
    !matches!(
        decode(call()),
        Err(Errno(libc::EPERM | libc::EACCES | libc::ENOSYS))
    )
}

#[cfg(test)]
mod tests {
    use super::{calls, has, lets_through};

    #[test]
    fn without_a_filter_every_call_is_let_through() {
        let root = crate::sys::process::uid() == 0;
        for name in calls().filter(|name| root || *name != "setgroups") {
            // mseal(2) is younger than some kernels that this is built on.
            let young = name == "mseal" && !has(name);
            assert!(young || has(name) && lets_through(name), "{name}");
        }
    }
}
