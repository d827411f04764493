//! The System V shared-memory system calls, made directly.
//!
//! libc is passed by: musl turns sizes above `PTRDIFF_MAX` into `SIZE_MAX`, copies
//! `shmid_ds` through its own layout and takes the `ipc(2)` entry on i386. The
//! kernel is what is under test.
//!
//! # Safety
//!
//! `shmget` passes integers only. `shmat` maps where the kernel finds room, or at
//! an address that was probed to be free, so that it overlays nothing of ours;
//! `shmdt` removes what `shmat` made. `shmctl` writes to a buffer of the kernel's
//! own layout that lives as long as the call, or to no memory of ours at all.
//! All of this happens in an actor, a process that can be spared.

use super::decode;
use crate::abi::{Errno, Shmid, number};
use std::sync::atomic::{AtomicBool, Ordering};

/// The numbers of the four calls. 32-bit x86 has direct entries since Linux 5.1
/// (0d6040d46817), which the libc crate does not name.
#[cfg(target_arch = "x86")]
pub mod nr {
    #![expect(missing_docs, reason = "named after the calls")]
    pub const SHMGET: libc::c_long = 395;
    pub const SHMCTL: libc::c_long = 396;
    pub const SHMAT: libc::c_long = 397;
    pub const SHMDT: libc::c_long = 398;
}
/// The numbers of the four calls.
#[cfg(not(target_arch = "x86"))]
pub mod nr {
    #![expect(missing_docs, reason = "named after the calls")]
    pub const SHMGET: libc::c_long = libc::SYS_shmget;
    pub const SHMCTL: libc::c_long = libc::SYS_shmctl;
    pub const SHMAT: libc::c_long = libc::SYS_shmat;
    pub const SHMDT: libc::c_long = libc::SYS_shmdt;
}

/// Whether to take `ipc(2)` instead of the direct entries: 32-bit x86 before Linux 5.1.
static THROUGH_IPC: AtomicBool = AtomicBool::new(false);

/// The `ipc(2)` multiplexer of 32-bit x86 (ipc/syscall.c, `ksys_ipc`).
#[cfg(target_arch = "x86")]
mod ipc {
    pub(super) const NUMBER: libc::c_long = 117;
    pub(super) const SHMAT: i32 = 21;
    pub(super) const SHMDT: i32 = 22;
    pub(super) const SHMGET: i32 = 23;
    pub(super) const SHMCTL: i32 = 24;
    /// It parses the version out of the command, as the direct entry does not.
    pub(super) const IPC_64: i32 = 0x100;
}

/// Asks shmctl for the 64-bit layout. 32-bit ARM parses the version out of the
/// command (`ipc_parse_version`, CONFIG_ARCH_WANT_IPC_PARSE_VERSION) and would
/// answer in the layout of 1996 without it; the others refuse it.
const IPC_64: i32 = if cfg!(target_arch = "arm") { 0x100 } else { 0 };

/// An address that user space never has mapped: the last page of the address space.
const NOWHERE: usize = usize::MAX & !0xfff;

/// `struct shmid64_ds` of include/uapi/asm-generic/shmbuf.h, which ARM and x86 use.
#[cfg(target_pointer_width = "64")]
#[repr(C)]
#[derive(Default)]
struct Shmid64 {
    perm: Perm64,
    segsz: usize,
    times: [u64; 3],
    cpid: i32,
    lpid: i32,
    nattch: usize,
    unused: [usize; 2],
}

/// `struct shmid64_ds` where a `long` has 32 bits: the times come in halves.
#[cfg(target_pointer_width = "32")]
#[repr(C)]
#[derive(Default)]
struct Shmid64 {
    perm: Perm64,
    segsz: usize,
    times: [u32; 6],
    cpid: i32,
    lpid: i32,
    nattch: usize,
    unused: [usize; 2],
}

/// `struct ipc64_perm` of include/uapi/asm-generic/ipcbuf.h. A `mode_t` of 16 bits
/// is padded with zeros there, so one of 32 bits reads the same.
#[repr(C)]
#[derive(Default)]
struct Perm64 {
    key: i32,
    uid: u32,
    gid: u32,
    cuid: u32,
    cgid: u32,
    mode: u32,
    seq: u16,
    pad: u16,
    unused: [usize; 2],
}

/// `shmget(key, size, flags)`: finds or creates a segment.
pub fn shmget(key: i32, size: usize, flags: i32) -> Result<i32, Errno> {
    #[cfg(target_arch = "x86")]
    if THROUGH_IPC.load(Ordering::Relaxed) {
        // SAFETY: integers only.
        let returned = unsafe { libc::syscall(ipc::NUMBER, ipc::SHMGET, key, size, flags) };
        return decode(returned).map(int);
    }
    // SAFETY: three integers; no memory of ours is touched.
    let returned = unsafe { libc::syscall(nr::SHMGET, key, size, flags) };
    decode(returned).map(int)
}

/// `shmat(shmid, address, flags)`: maps a segment. The address may have its top
/// bit set, and be 0.
pub fn shmat(shmid: i32, address: usize, flags: i32) -> Result<usize, Errno> {
    #[cfg(target_arch = "x86")]
    if THROUGH_IPC.load(Ordering::Relaxed) {
        let mut at = 0_usize;
        // SAFETY: the kernel maps at a free address and writes it to `at`, or refuses.
        let returned =
            unsafe { libc::syscall(ipc::NUMBER, ipc::SHMAT, shmid, flags, &raw mut at, address) };
        return decode(returned).map(|_| at);
    }
    // SAFETY: the kernel maps at a free address, or refuses.
    let returned = unsafe { libc::syscall(nr::SHMAT, shmid, address, flags) };
    decode(returned).map(|address| address as usize)
}

/// `shmdt(address)`: unmaps a segment.
pub fn shmdt(address: usize) -> Result<i32, Errno> {
    #[cfg(target_arch = "x86")]
    if THROUGH_IPC.load(Ordering::Relaxed) {
        // SAFETY: only what shmat mapped is unmapped, and nothing refers to it.
        let returned = unsafe { libc::syscall(ipc::NUMBER, ipc::SHMDT, 0, 0, 0, address) };
        return decode(returned).map(int);
    }
    // SAFETY: only what shmat mapped is unmapped, and nothing refers to it.
    let returned = unsafe { libc::syscall(nr::SHMDT, address) };
    decode(returned).map(int)
}

/// `shmctl(shmid, cmd, buffer)` where the buffer is never written: IPC_RMID and the like,
/// or with `buffer` an address outside of the address space.
pub fn shmctl(shmid: i32, cmd: i32, good_buffer: bool) -> Result<i32, Errno> {
    if good_buffer {
        return shmctl_stat(shmid, cmd).map(|(returned, _)| returned);
    }
    control(shmid, cmd, NOWHERE as *mut libc::c_void)
}

/// `shmctl(shmid, cmd, &buf)`: with IPC_STAT, tells about a segment.
pub fn shmctl_stat(shmid: i32, cmd: i32) -> Result<(i32, Shmid), Errno> {
    // Room for the largest structure that any command fills, here with the right layout
    // for IPC_STAT in front.
    #[repr(C)]
    #[derive(Default)]
    struct Buffer(Shmid64, [usize; 16]);
    let mut buffer = Buffer::default();
    let returned = control(shmid, cmd, (&raw mut buffer).cast())?;
    let Buffer(seen, _) = buffer;
    let shmid = Shmid {
        segsz: seen.segsz as u64,
        mode: seen.perm.mode,
        nattch: seen.nattch as u64,
        uid: seen.perm.uid,
        gid: seen.perm.gid,
        cuid: seen.perm.cuid,
        cgid: seen.perm.cgid,
    };
    Ok((returned, shmid))
}

/// The call itself. `buffer` is larger than anything that shmctl writes, or not mapped.
fn control(shmid: i32, cmd: i32, buffer: *mut libc::c_void) -> Result<i32, Errno> {
    #[cfg(target_arch = "x86")]
    if THROUGH_IPC.load(Ordering::Relaxed) {
        let cmd = cmd | ipc::IPC_64;
        // SAFETY: see above; a copy to or from a page that is not mapped fails.
        let returned = unsafe { libc::syscall(ipc::NUMBER, ipc::SHMCTL, shmid, cmd, 0, buffer) };
        return decode(returned).map(int);
    }
    // SAFETY: see above; a copy to or from a page that is not mapped fails.
    let returned = unsafe { libc::syscall(nr::SHMCTL, shmid, cmd | IPC_64, buffer) };
    decode(returned).map(int)
}

/// Whether the kernel has System V shared memory at all. Also finds the entry that it has.
#[must_use]
pub fn configured() -> bool {
    const ENOSYS: Errno = Errno(libc::ENOSYS);
    let answers = || shmctl_stat(0, number::IPC_INFO).err() != Some(ENOSYS);
    if answers() {
        return true;
    }
    if cfg!(target_arch = "x86") {
        THROUGH_IPC.store(true, Ordering::Relaxed);
        if answers() {
            return true;
        }
        THROUGH_IPC.store(false, Ordering::Relaxed);
    }
    false
}

/// The shmids of all segments of this IPC namespace that can be seen, by walking
/// the index (SHM_STAT, which needs no /proc).
#[must_use]
pub fn all() -> Vec<i32> {
    let Ok((highest, _)) = shmctl_stat(0, number::SHM_INFO) else {
        return Vec::new();
    };
    (0..=highest)
        .filter_map(|index| shmctl_stat(index, number::SHM_STAT).ok())
        .map(|(shmid, _)| shmid)
        .collect()
}

/// How far a kernel's own rounding goes, in bytes: `SHMLBA` of arch/*/include/asm/shmparam.h.
/// 32-bit ARM has four pages, natively and as a guest of an arm64 kernel (`COMPAT_SHMLBA`).
#[must_use]
pub fn shmlba(page: u64) -> u64 {
    if cfg!(target_arch = "arm") {
        4 * page
    } else {
        page
    }
}

/// The calls return an `int`; syscall(2) widens it.
fn int(value: libc::c_long) -> i32 {
    value as i32
}
