//! Leaves the IPC namespace as it was, whatever became of a case.

use super::probe::succeeds;
use crate::abi::{Errno, number};
use crate::plan::{Call, Case, Command, Ipc, Seg};
use crate::sys::gate::Ledger;
use crate::sys::shm::{self, Buffer, Entry};
use crate::sys::{inherited, namespace, process};
use std::fmt;

/// How the run is kept apart from what else uses shared memory on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// The machine is ours: we are PID 1.
    Machine,
    /// An IPC namespace of our own.
    Namespace,
    /// The same, inside a user namespace of our own.
    UserNamespace,
    /// None could be had, for this reason. Only segments that a case made are touched.
    None(String),
}

impl Isolation {
    /// The best that can be had where the machine is not ours; changes this process for good.
    #[must_use]
    pub fn enter() -> Self {
        // A filter may kill for the attempt.
        let lives = |flags| {
            succeeds(|| {
                let _ = namespace::unshare(flags);
                true
            })
        };
        let deadly = |flags| inherited::is_filtered() && !lives(flags);
        let (ipc, user) = (libc::CLONE_NEWIPC, libc::CLONE_NEWUSER | libc::CLONE_NEWIPC);
        if deadly(ipc) || deadly(user) {
            return Self::None("a seccomp filter kills for unshare(2)".to_owned());
        }
        match namespace::unshare_ipc() {
            Ok(()) => return Self::Namespace,
            Err(Errno(libc::EPERM)) => {}
            Err(errno) => return Self::None(format!("unshare(CLONE_NEWIPC): {errno}")),
        }
        match namespace::unshare_ipc_as_user() {
            Ok(()) => Self::UserNamespace,
            Err(errno) => Self::None(format!("unshare(CLONE_NEWUSER | CLONE_NEWIPC): {errno}")),
        }
    }

    /// A fresh IPC namespace for the next case, where one can be had: every case starts
    /// from the same state. Where not, what the last one left was swept away.
    pub(super) fn renew(&self) {
        if self.is_ours()
            && let Err(errno) = namespace::unshare_ipc()
        {
            log::warn!("no IPC namespace for this case: {errno}");
        }
    }

    /// Whether a fresh namespace can be had for each case.
    pub(super) fn renews(&self) -> bool {
        self.is_ours() && namespace::unshare_ipc().is_ok()
    }

    /// Whether every segment that can be seen is one of ours.
    pub(super) fn is_ours(&self) -> bool {
        !matches!(self, Self::None(_))
    }

    /// Whether the whole machine is ours, and its clock.
    pub(super) fn is_machine(&self) -> bool {
        *self == Self::Machine
    }

    /// Whether it made us more capable than the user who started us.
    pub(super) fn grants_capabilities(&self) -> bool {
        *self == Self::UserNamespace
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("the machine is ours"),
            Self::Namespace => f.write_str("own IPC namespace"),
            Self::UserNamespace => f.write_str("own IPC and user namespace"),
            Self::None(why) => write!(f, "none: {why}"),
        }
    }
}

/// The keys that a case uses, one set a replica.
pub(super) fn keys(case: &Case, isolation: &Isolation) -> Result<Vec<Vec<i32>>, String> {
    if !isolation.is_ours() {
        if case.steps.iter().any(|step| names_a_stranger(&step.call)) {
            return Err(
                "a shmid of this case may be another program's, and there is no IPC \
                namespace of our own"
                    .to_owned(),
            );
        }
        for key in &case.raw_keys {
            if !is_free(*key) {
                return Err(format!(
                    "key {key} is in use on this machine, and there is no IPC namespace of our own"
                ));
            }
        }
    }
    let mut next = process::pid()
        .wrapping_mul(0x0101)
        .wrapping_add(0x5368_0000)
        | 1;
    let mut fresh = || loop {
        next = next.wrapping_add(2);
        if !case.raw_keys.contains(&next) && (isolation.is_ours() || is_free(next)) {
            return next;
        }
    };
    Ok((0..case.crowd)
        .map(|_| (0..case.unique_keys).map(|_| fresh()).collect())
        .collect())
}

/// Whether a call names a segment by number.
fn names_a_stranger(call: &Call) -> bool {
    let Call::Ipc(Ipc::Shmat { seg, .. } | Ipc::Shmctl { seg, .. }) = call else {
        return false;
    };
    matches!(seg, Seg::Raw(0..) | Seg::Unused)
        && !matches!(
            call,
            Call::Ipc(Ipc::Shmctl {
                cmd: Command::Info | Command::Usage,
                ..
            })
        )
}

fn is_free(key: i32) -> bool {
    shm::shmget(Entry::Direct, key, 0, 0) == Err(Errno(libc::ENOENT))
}

/// Removes what the case left, and describes it. `made` are the shmids that it was given.
pub(super) fn sweep(isolation: &Isolation, made: &[i32]) -> Vec<String> {
    let mut left = Vec::new();
    if !isolation.is_ours() && made.is_empty() {
        return left;
    }
    // All are looked at, because one that we made may be one that we must not read.
    let ours = |shmid: i32| isolation.is_ours() || made.contains(&shmid);
    for (shmid, seen) in shm::all().into_iter().filter(|(shmid, _)| ours(*shmid)) {
        // Removed, and only waiting for a process that would not die.
        let what = if seen.mode & SHM_DEST != 0 {
            "removed segment"
        } else {
            "segment"
        };
        left.push(format!(
            "{what} {shmid} of {} bytes, nattch {}",
            seen.segsz, seen.nattch
        ));
        remove(shmid);
    }
    left
}

fn remove(shmid: i32) {
    // Gone already is as good.
    let _ = shm::shmctl(Entry::Direct, shmid, number::IPC_RMID, Buffer::Null);
}

/// Removes what processes left behind that nobody looked after to the end: segments whose
/// creator is in the ledger. For a worker that was killed where no namespace of our own
/// went with it.
#[must_use]
pub fn sweep_after(isolation: &Isolation, ledger: &Ledger) -> usize {
    let mut removed = 0;
    if isolation.is_ours() {
        return removed;
    }
    for (shmid, seen) in shm::all() {
        if ledger.pids().any(|pid| pid == seen.cpid) {
            remove(shmid);
            removed += 1;
        }
    }
    removed
}

/// Set in the mode of a segment that is removed but still attached (linux/shm.h).
const SHM_DEST: u32 = 0o1000;
