//! The System V shared-memory system calls, through each entry that a kernel has for them.
//!
//! libc is one entry among others: musl turns sizes above `PTRDIFF_MAX` into
//! `SIZE_MAX` and takes the `ipc(2)` entry on i386. The kernel is what is under test,
//! so that the direct entry is the usual one.
//!
//! # Safety
//!
//! `shmget` passes integers only. `shmat` maps where the kernel finds room, or at
//! an address that the caller chose, and `shmdt` removes what `shmat` made; no Rust
//! object lives there. All of this happens in an actor, a process that can be spared.

mod control;
mod entry;
pub mod int80;
mod layout;

pub use control::{Buffer, NOWHERE, shmctl, shmctl_info, shmctl_set, shmctl_stat, shmctl_usage};
pub use entry::{Entry, ipc_raw, nr};
pub use layout::{Ds, Limits, Usage};

use super::{decode, decode_int};
use crate::abi::{Arch, Errno, number};
use entry::{Way, call, int};

/// `shmget(key, size, flags)`: finds or creates a segment.
pub fn shmget(entry: Entry, key: i32, size: usize, flags: i32) -> Result<i32, Errno> {
    match entry.way() {
        Way::Direct => {
            // SAFETY: three integers; no memory of ours is touched.
            let returned = unsafe { libc::syscall(nr::SHMGET, key, size, flags) };
            decode(returned).map(int)
        }
        Way::Ipc => ipc_raw(call::SHMGET, key as usize, size, flags as usize, 0, 0),
        Way::Int80 => {
            let arguments = [key as usize, size, flags as usize];
            int80::call(int80::nr::SHMGET, arguments).map(|id| id as i32)
        }
        // SAFETY: three integers; no memory of ours is touched.
        Way::Libc => decode_int(unsafe { libc::shmget(key, size, flags) }),
    }
}

/// `shmat(shmid, address, flags)`: maps a segment. The address may have its top
/// bit set, and be 0.
pub fn shmat(entry: Entry, shmid: i32, address: usize, flags: i32) -> Result<usize, Errno> {
    match entry.way() {
        Way::Direct => {
            // SAFETY: the kernel maps where nothing of ours is, see the module, or refuses.
            let returned = unsafe { libc::syscall(nr::SHMAT, shmid, address, flags) };
            decode(returned).map(|address| address as usize)
        }
        Way::Ipc => {
            // The entry returns 0, and the address through its third argument.
            let mut at = 0_usize;
            let third = (&raw mut at) as usize;
            let (first, second) = (shmid as usize, flags as usize);
            ipc_raw(call::SHMAT, first, second, third, address, 0)?;
            Ok(at)
        }
        Way::Int80 => {
            let arguments = [shmid as usize, address, flags as usize];
            int80::call(int80::nr::SHMAT, arguments)
        }
        Way::Libc => {
            let asked = address as *const libc::c_void;
            // SAFETY: the kernel maps where nothing of ours is, see the module, or refuses.
            let at = unsafe { libc::shmat(shmid, asked, flags) };
            decode(at as libc::c_long).map(|address| address as usize)
        }
    }
}

/// `ipc(SHMAT, shmid, flags, third, address)` where `third`, to which the address goes, is not
/// mapped: the kernel attaches the segment and cannot say where. ENOSYS where there is no
/// `ipc(2)`.
pub fn shmat_ipc_bad_third(shmid: i32, address: usize, flags: i32) -> Result<i32, Errno> {
    let (first, second) = (shmid as usize, flags as usize);
    ipc_raw(call::SHMAT, first, second, NOWHERE, address, 0)
}

/// `shmdt(address)`: unmaps a segment.
pub fn shmdt(entry: Entry, address: usize) -> Result<i32, Errno> {
    match entry.way() {
        Way::Direct => {
            // SAFETY: only what shmat mapped is unmapped, and nothing refers to it.
            let returned = unsafe { libc::syscall(nr::SHMDT, address) };
            decode(returned).map(int)
        }
        Way::Ipc => ipc_raw(call::SHMDT, 0, 0, 0, address, 0),
        Way::Int80 => int80::call(int80::nr::SHMDT, [address, 0, 0]).map(|value| value as i32),
        Way::Libc => {
            let address = address as *const libc::c_void;
            // SAFETY: only what shmat mapped is unmapped, and nothing refers to it.
            decode_int(unsafe { libc::shmdt(address) })
        }
    }
}

/// `shmctl(0, IPC_INFO, &buf)`: whether the kernel has System V shared memory at all. Also
/// finds the entry that [`Entry::Direct`] takes from now on.
#[must_use]
pub fn configured() -> bool {
    const ENOSYS: Errno = Errno(libc::ENOSYS);
    let answers = || {
        let mut limits = Limits::default();
        shmctl_info(Entry::Direct, 0, &mut limits).err() != Some(ENOSYS)
    };
    if answers() {
        return true;
    }
    if Entry::Ipc.exists() {
        entry::go_through_ipc(true);
        if answers() {
            return true;
        }
        entry::go_through_ipc(false);
    }
    false
}

/// `shmctl(0, IPC_INFO, &buf)` by [`Entry::Int80`]: whether the kernel has that entry. It
/// kills the process where there is none (CONFIG_IA32_EMULATION), so that only a child asks.
#[must_use]
pub fn int80_works() -> bool {
    let mut limits = Limits::default();
    Entry::Int80.exists() && shmctl_info(Entry::Int80, 0, &mut limits).is_ok()
}

/// `shmctl(index, SHM_STAT_ANY, &buf)`, or SHM_STAT before Linux 4.17: the segments of this IPC
/// namespace that can be seen, by walking the index, which needs no /proc.
#[must_use]
pub fn all() -> Vec<(i32, Ds)> {
    let mut usage = Usage::default();
    let Ok(highest) = shmctl_usage(Entry::Direct, 0, &mut usage) else {
        return Vec::new();
    };
    let look = |index: i32| {
        let mut seen = Ds::default();
        let mut ask = |cmd| shmctl_stat(Entry::Direct, index, cmd, &mut seen).ok();
        let shmid = ask(number::SHM_STAT_ANY).or_else(|| ask(number::SHM_STAT))?;
        Some((shmid, seen))
    };
    (0..=highest).filter_map(look).collect()
}

/// `SHMLBA` of arch/*/include/asm/shmparam.h: how far a kernel's own rounding goes, in bytes.
/// 32-bit ARM has four pages, natively and as a guest of an arm64 kernel (`COMPAT_SHMLBA`).
#[must_use]
pub fn shmlba(page: u64) -> u64 {
    match Arch::CURRENT {
        Arch::Arm => 4 * page,
        Arch::Aarch64 | Arch::X86 | Arch::X86_64 => page,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Buffer, Ds, Entry, Limits, NOWHERE, Usage, all, configured, int80, int80_works, ipc_raw,
        shmat, shmat_ipc_bad_third, shmctl, shmctl_info, shmctl_set, shmctl_stat, shmctl_usage,
        shmdt, shmget,
    };
    use crate::abi::{Errno, number};
    use crate::sys::process::Forked;
    use crate::sys::{machine, process};

    const ENTRIES: [Entry; 5] = [
        Entry::Direct,
        Entry::Ipc,
        Entry::Old,
        Entry::Libc,
        Entry::Int80,
    ];

    fn here() -> impl Iterator<Item = Entry> {
        assert!(configured(), "these tests need System V shared memory");
        let int80 = int80_is_there();
        let there = move |entry: &Entry| entry.exists() && (*entry != Entry::Int80 || int80);
        ENTRIES.into_iter().filter(there)
    }

    /// A child asks, as it dies of the answer no.
    fn int80_is_there() -> bool {
        if !int80::prepare() {
            return false;
        }
        match process::fork().expect("a child") {
            Forked::Child => process::exit_now(i32::from(!int80_works())),
            Forked::Parent(pid) => {
                process::reap(pid, true) == Some((pid, process::Death::Exited(0)))
            }
        }
    }

    #[test]
    fn a_32_bit_entry_attaches_where_32_bits_reach() {
        if !int80_is_there() {
            return;
        }
        let shmid = shmget(Entry::Int80, 0, 1, 0o600).expect("a segment");
        let address = shmat(Entry::Int80, shmid, 0, 0).expect("an address");
        assert!(u32::try_from(address).is_ok(), "{address:#x}");
        let high = shmat(Entry::Direct, shmid, 0, 0).expect("an address");
        assert!(u32::try_from(high).is_err(), "{high:#x}");
        // Cut to 32 bits it is no attachment, and the attachment stays.
        let refused = shmdt(Entry::Int80, high);
        assert_eq!(refused, Err(Errno(libc::EINVAL)));
        assert_eq!(shmdt(Entry::Direct, high), Ok(0));
        assert_eq!(shmdt(Entry::Int80, address), Ok(0));
        let gone = shmctl(Entry::Int80, shmid, number::IPC_RMID, Buffer::Room);
        assert_eq!(gone, Ok(0));
    }

    #[test]
    fn each_entry_takes_a_segment_through_its_life() {
        let page = machine::page_size();
        for entry in here() {
            let shmid = shmget(entry, 0, 3 * page as usize - 1, 0o640).expect("a segment");
            let address = shmat(entry, shmid, 0, 0).expect("an address");
            let mut seen = Ds::default();
            shmctl_stat(entry, shmid, number::IPC_STAT, &mut seen).expect("a look");
            let [at, dt, ct] = [seen.atime, seen.dtime, seen.ctime];
            assert!(
                at >= ct && ct > 1_600_000_000 && dt == 0,
                "{entry:?}: {seen:?}"
            );
            assert_eq!(
                seen,
                Ds {
                    key: 0,
                    uid: process::uid(),
                    gid: process::gid(),
                    cuid: process::uid(),
                    cgid: process::gid(),
                    mode: 0o640,
                    seq: seen.seq,
                    segsz: 3 * page - 1,
                    atime: at,
                    dtime: 0,
                    ctime: ct,
                    cpid: seen.cpid,
                    lpid: seen.lpid,
                    nattch: 1,
                    unused: 0,
                },
                "{entry:?}"
            );
            let pid = process::pid();
            let pid = if entry == Entry::Old {
                pid & 0xffff
            } else {
                pid
            };
            assert_eq!([seen.cpid, seen.lpid], [pid, pid], "{entry:?}");
            assert!(all().iter().any(|(id, _)| *id == shmid), "{entry:?}");
            let uid = process::uid();
            shmctl_set(entry, shmid, uid, process::gid(), 0o600).expect("the owner may");
            shmctl_stat(entry, shmid, number::IPC_STAT, &mut seen).expect("a look");
            assert_eq!([seen.mode, seen.uid], [0o600, uid], "{entry:?}");
            assert_eq!(shmdt(entry, address), Ok(0), "{entry:?}");
            assert_eq!(shmctl(entry, shmid, number::IPC_RMID, Buffer::Null), Ok(0));
            assert_eq!(shmdt(entry, address), Err(Errno(libc::EINVAL)), "{entry:?}");
        }
    }

    #[test]
    fn each_entry_tells_limits_and_usage() {
        for entry in here() {
            let mut limits = Limits::default();
            shmctl_info(entry, 0, &mut limits).expect("limits");
            assert_eq!(limits.shmmin, 1, "{entry:?}: {limits:?}");
            assert!(
                limits.shmmni > 0 && limits.shmmax > 0,
                "{entry:?}: {limits:?}"
            );
            let shmid = shmget(entry, 0, 1, 0o600).expect("a segment");
            let mut usage = Usage::default();
            shmctl_usage(entry, 0, &mut usage).expect("usage");
            assert!(
                usage.used_ids > 0 && usage.shm_tot > 0,
                "{entry:?}: {usage:?}"
            );
            shmctl(entry, shmid, number::IPC_RMID, Buffer::Null).expect("removed");
        }
    }

    #[test]
    fn a_buffer_that_is_not_there_is_a_fault() {
        for entry in here() {
            let shmid = shmget(entry, 0, 1, 0o600).expect("a segment");
            for buffer in [Buffer::Null, Buffer::Nowhere, Buffer::Address(NOWHERE)] {
                let seen = shmctl(entry, shmid, number::IPC_STAT, buffer);
                assert_eq!(seen, Err(Errno(libc::EFAULT)), "{entry:?} {buffer:?}");
            }
            shmctl(entry, shmid, number::IPC_RMID, Buffer::Null).expect("removed");
        }
    }

    #[test]
    fn the_multiplexer_has_manners_of_its_own() {
        const ENOSYS: Result<i32, Errno> = Err(Errno(libc::ENOSYS));
        assert_eq!(ipc_raw(99, 0, 0, 0, 0, 0), ENOSYS);
        if !Entry::Ipc.exists() {
            assert_eq!(shmat_ipc_bad_third(0, 0, 0), ENOSYS);
            assert_eq!(shmget(Entry::Ipc, 0, 1, 0o600), ENOSYS);
            return;
        }
        let shmid = shmget(Entry::Ipc, 0, 1, 0o600).expect("a segment");
        // Attached all the same, for good: ipc/syscall.c copies after do_shmat.
        assert_eq!(shmat_ipc_bad_third(shmid, 0, 0), Err(Errno(libc::EFAULT)));
        let mut seen = Ds::default();
        shmctl_stat(Entry::Ipc, shmid, number::IPC_STAT, &mut seen).expect("a look");
        assert_eq!(seen.nattch, 1);
        shmctl(Entry::Ipc, shmid, number::IPC_RMID, Buffer::Null).expect("removed");
        const VERSION_1_OF_SHMAT: u32 = 1 << 16 | 21;
        let refused = ipc_raw(VERSION_1_OF_SHMAT, shmid as usize, 0, 0, 0, 0);
        assert_eq!(refused, Err(Errno(libc::EINVAL)));
    }
}
