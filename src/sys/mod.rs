//! Raw system calls: the only place where `unsafe` is written.
//!
//! A call returns what the kernel returned. Nothing here logs, retries or
//! interprets; [`judge`](crate::judge) decides whether an answer was right.
#![expect(
    unsafe_code,
    reason = "system calls and shared mappings have no safe form"
)]

pub mod cgroup;
pub mod clock;
pub mod code;
pub mod credentials;
pub mod descriptors;
pub mod doors;
mod early;
pub mod fault;
pub mod gate;
#[cfg(feature = "host")]
pub mod guard;
pub mod image;
pub mod inherited;
pub mod interrupt;
pub mod limits;
pub mod machine;
pub mod map_file;
pub mod mapping;
pub mod memory;
pub mod namespace;
pub mod oom;
pub mod policy;
pub mod process;
pub mod sandbox;
pub mod seccomp;
pub mod shm;
pub mod stream;
mod time64;
#[cfg(all(no_unwinder, target_arch = "arm"))]
mod unwind;
pub mod wait;

use crate::abi::Errno;

/// What syscall(2) returned: a value, or the errno it left.
fn decode(returned: libc::c_long) -> Result<libc::c_long, Errno> {
    if returned == -1 {
        Err(last_errno())
    } else {
        Ok(returned)
    }
}

/// The same for the libc functions that return an `int`.
fn decode_int(returned: libc::c_int) -> Result<libc::c_int, Errno> {
    if returned == -1 {
        Err(last_errno())
    } else {
        Ok(returned)
    }
}

/// The error number of what the standard library tells; `EIO` where it has none.
#[must_use]
pub fn errno(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

fn last_errno() -> Errno {
    Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
}
