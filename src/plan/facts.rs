//! What planning must know of the target.

/// Measured on the target by [`exec::probe`](crate::exec), given to tests by hand.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Bytes a page (`AT_PAGESZ`).
    pub page: u64,
    /// Alignment of an attachment's address (`SHMLBA` of the kernel's
    /// arch/*/include/asm/shmparam.h, which is not what libc headers say).
    pub shmlba: u64,
    /// Largest `size_t` of this firmware.
    pub largest_size: u64,
    /// The firmware's ABI as scenarios name it: arm, aarch64, x86, x86_64.
    pub arch: &'static str,
    /// Whether we are user 0 and may become others.
    pub root: bool,
    /// Version of the kernel, as far as its release names one.
    pub kernel: (u32, u32),
    /// Memory that can be used without harm, in bytes; `None` if unknown.
    pub free: Option<u64>,
    /// Whether System V shared memory is there at all.
    pub sysvipc: bool,
}
