//! What a process may use of the machine.
//!
//! # Safety
//!
//! The structures are of the kernel's layout and outlive the call.

use super::decode;
use crate::abi::Errno;

/// `struct rlimit64` of include/uapi/linux/resource.h, the same on 32 and on 64 bits.
#[repr(C)]
#[derive(Default)]
struct Limit {
    soft: u64,
    hard: u64,
}

/// This process, for prlimit64.
const SELF: libc::c_long = 0;

/// `prlimit64(0, resource, &new, NULL)`: sets a limit; `u64::MAX` is none.
pub fn set_limit(resource: i32, soft: u64, hard: u64) -> Result<(), Errno> {
    let new = Limit { soft, hard };
    let old = std::ptr::null_mut::<Limit>();
    // SAFETY: one structure that is read, and none that is written.
    decode(unsafe { libc::syscall(libc::SYS_prlimit64, SELF, resource, &raw const new, old) })?;
    Ok(())
}

/// `prlimit64(0, resource, NULL, &old)`: the soft and the hard limit; `u64::MAX` is none.
pub fn limit(resource: i32) -> Result<(u64, u64), Errno> {
    let new = std::ptr::null::<Limit>();
    let mut old = Limit::default();
    // SAFETY: one structure that is written, and none that is read.
    decode(unsafe { libc::syscall(libc::SYS_prlimit64, SELF, resource, new, &raw mut old) })?;
    Ok((old.soft, old.hard))
}

#[cfg(test)]
mod tests {
    use super::{limit, set_limit};
    use crate::abi::Errno;

    #[test]
    fn a_limit_comes_back_as_it_was_set() {
        // Nothing here queues messages.
        let resource = libc::RLIMIT_MSGQUEUE as i32;
        let (_, hard) = limit(resource).expect("known");
        set_limit(resource, 12_345.min(hard), hard).expect("less is always fine");
        assert_eq!(limit(resource), Ok((12_345.min(hard), hard)));
        assert_eq!(set_limit(resource, 2, 1), Err(Errno(libc::EINVAL)));
        assert_eq!(limit(-1), Err(Errno(libc::EINVAL)));
    }
}
