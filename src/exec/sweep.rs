//! Leaves the IPC namespace as it was, whatever became of a case.

use super::Isolation;
use crate::abi::{Errno, number};
use crate::plan::{Call, Case, Command, Ipc, Seg};
use crate::sys::gate::Ledger;
use crate::sys::process;
use crate::sys::shm::{self, Buffer, Entry};

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
