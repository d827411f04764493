//! The entries through which a program comes to shared memory.
//!
//! # Safety
//!
//! What `ipc(2)` writes to memory of ours is what its sub-calls write: see
//! [`super`] and [`super::control`], who pass the pointers.

use crate::abi::number::IPC_64;
use crate::abi::{Arch, Errno};
use crate::sys::decode;
use std::sync::atomic::{AtomicBool, Ordering};

/// How the kernel is entered, and which layout its structures have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The direct system calls with the current layout, `struct shmid64_ds`.
    Direct,
    /// The `ipc(2)` multiplexer of 32-bit x86 with the current layout.
    Ipc,
    /// The layout of 1996, `struct shmid_ds` of include/uapi/linux/shm.h: through the direct
    /// calls on 32-bit ARM, through `ipc(2)` on 32-bit x86.
    Old,
    /// What the C library makes of it.
    Libc,
    /// The direct calls of 32-bit x86, made by a 64-bit program. Whether the kernel has it is
    /// for [`int80_works`](super::int80_works) to find out.
    Int80,
}

/// What an entry comes down to on this architecture.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Direct,
    Ipc,
    Libc,
    Int80,
}

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
#[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86_64"))]
pub mod nr {
    #![expect(missing_docs, reason = "named after the calls")]
    pub const SHMGET: libc::c_long = libc::SYS_shmget;
    pub const SHMCTL: libc::c_long = libc::SYS_shmctl;
    pub const SHMAT: libc::c_long = libc::SYS_shmat;
    pub const SHMDT: libc::c_long = libc::SYS_shmdt;
}

/// The first argument of `ipc(2)`, include/uapi/linux/ipc.h.
pub(super) mod call {
    pub(in super::super) const SHMAT: u32 = 21;
    pub(in super::super) const SHMDT: u32 = 22;
    pub(in super::super) const SHMGET: u32 = 23;
    pub(in super::super) const SHMCTL: u32 = 24;
}

/// Whether the command of the direct shmctl carries a version
/// (CONFIG_ARCH_WANT_IPC_PARSE_VERSION).
const VERSIONED: bool = match Arch::CURRENT {
    Arch::Arm => true,
    Arch::Aarch64 | Arch::X86 | Arch::X86_64 => false,
};

/// Whether [`Entry::Direct`] takes `ipc(2)`: 32-bit x86 before Linux 5.1 has nothing else.
static THROUGH_IPC: AtomicBool = AtomicBool::new(false);

impl Entry {
    /// `#ifdef SYS_ipc` and the like: whether this architecture has the entry.
    #[must_use]
    pub fn exists(self) -> bool {
        match self {
            Self::Direct | Self::Libc => true,
            Self::Ipc => Arch::CURRENT.has_ipc(),
            Self::Old => Arch::CURRENT.has_old_layout(),
            Self::Int80 => Arch::CURRENT.has_int80(),
        }
    }

    /// Bytes of a `long` in the structures that it fills.
    pub(super) fn long(self) -> usize {
        match self {
            Self::Int80 => 4,
            Self::Direct | Self::Ipc | Self::Old | Self::Libc => size_of::<usize>(),
        }
    }

    pub(super) fn way(self) -> Way {
        match self {
            Self::Direct if THROUGH_IPC.load(Ordering::Relaxed) => Way::Ipc,
            Self::Old if VERSIONED => Way::Direct,
            Self::Direct => Way::Direct,
            Self::Ipc | Self::Old => Way::Ipc,
            Self::Libc => Way::Libc,
            Self::Int80 => Way::Int80,
        }
    }

    /// What the entry adds to the command of shmctl: IPC_64 where the command carries a version
    /// (`ipc_parse_version`), as [`VERSIONED`] says, and inside `ipc(2)`. The other entries refuse it
    /// as an unknown command.
    pub(super) fn version(self) -> i32 {
        match self {
            Self::Direct if VERSIONED || self.way() == Way::Ipc => IPC_64,
            Self::Ipc => IPC_64,
            Self::Direct | Self::Old | Self::Libc | Self::Int80 => 0,
        }
    }
}

pub(super) fn go_through_ipc(yes: bool) {
    THROUGH_IPC.store(yes, Ordering::Relaxed);
}

/// `ipc(call, first, second, third, ptr, fifth)`: the multiplexer of 32-bit x86, whatever the
/// number of the call; the high half of `call` is a version. ENOSYS elsewhere.
pub fn ipc_raw(
    call: u32,
    first: usize,
    second: usize,
    third: usize,
    ptr: usize,
    fifth: usize,
) -> Result<i32, Errno> {
    const IPC: libc::c_long = 117;
    if !Entry::Ipc.exists() {
        return Err(Errno(libc::ENOSYS));
    }
    // SAFETY: what is written is what the callers passed pointers to, see the module.
    let returned = unsafe { libc::syscall(IPC, call, first, second, third, ptr, fifth) };
    decode(returned).map(int)
}

/// The calls return an `int`; syscall(2) widens it.
pub(super) fn int(value: libc::c_long) -> i32 {
    value as i32
}
