//! Calls with a time that 32-bit ABIs have twice. The libc makes the older one where its 32 bits
//! do; without CONFIG_COMPAT_32BIT_TIME a kernel has the newer one alone, of Linux 5.1. The older
//! one is asked for first: filters (seccomp(2)) of an age with it refuse the newer one with EPERM.
//!
//! # Safety
//!
//! The structures are of the layout that the number of the call implies and outlive it.

use super::decode;
use crate::abi::Errno;
use std::time::Duration;

/// The numbers of the calls with times of 64 bits, the same on ARM and x86; the libc crate names
/// none.
#[cfg(target_pointer_width = "32")]
mod nr {
    pub(super) const PPOLL: libc::c_long = 414;
    pub(super) const FUTEX: libc::c_long = 422;
}

/// `ppoll(&poll, 1, &timeout, mask)`: how many descriptors are ready, 0 when the time is up.
pub(super) fn ppoll(
    poll: &mut libc::pollfd,
    timeout: Duration,
    mask: &libc::sigset_t,
) -> Result<i32, Errno> {
    let time = libc::timespec {
        tv_sec: timeout.as_secs() as _,
        tv_nsec: timeout.subsec_nanos() as _,
    };
    // SAFETY: see the module.
    let returned = super::decode_int(unsafe { libc::ppoll(poll, 1, &raw const time, mask) });
    #[cfg(target_pointer_width = "32")]
    if returned == Err(Errno(libc::ENOSYS)) {
        /// Of the set that the kernel reads, of 64 signals; the libc's may be larger.
        const MASK_BYTES: usize = 8;
        let time = [timeout.as_secs(), timeout.subsec_nanos().into()];
        let poll: *mut libc::pollfd = poll;
        let mask: *const libc::sigset_t = mask;
        // SAFETY: see the module; `struct __kernel_timespec` is two words of 64 bits.
        let call = unsafe { libc::syscall(nr::PPOLL, poll, 1, time.as_ptr(), mask, MASK_BYTES) };
        return decode(call).map(|ready| ready as i32);
    }
    returned
}

/// `futex(word, operation, value, NULL)` of the word at this address, which the kernel reads or
/// refuses; without a time-out.
pub(super) fn futex(word: usize, operation: i32, value: u32) -> Result<u32, Errno> {
    let none = std::ptr::null::<libc::timespec>();
    // SAFETY: no memory of ours is written.
    let returned = decode(unsafe { libc::syscall(libc::SYS_futex, word, operation, value, none) });
    #[cfg(target_pointer_width = "32")]
    if returned == Err(Errno(libc::ENOSYS)) {
        // SAFETY: as above.
        let call = unsafe { libc::syscall(nr::FUTEX, word, operation, value, none) };
        return decode(call).map(|woken| woken as u32);
    }
    returned.map(|woken| woken as u32)
}
