//! Control groups, version 2.
//!
//! # Safety
//!
//! The calls take C strings and integers, and give file descriptors that nobody else has.

use super::decode;
use crate::abi::Errno;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

// Numbers that all architectures share (include/uapi/asm-generic/unistd.h), since Linux 5.2.
const FSOPEN: libc::c_long = 430;
const FSCONFIG: libc::c_long = 431;
const FSMOUNT: libc::c_long = 432;

/// `fsmount(fsopen("cgroup2"))`: the root of the groups, at no path: the mount goes with the
/// file descriptor.
pub fn root() -> Result<OwnedFd, Errno> {
    const KIND: &CStr = c"cgroup2";
    const FSOPEN_CLOEXEC: libc::c_uint = 1;
    const FSMOUNT_CLOEXEC: libc::c_uint = 1;
    const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
    const NOTHING: usize = 0;
    // SAFETY: a C string and an integer.
    let opened = unsafe { libc::syscall(FSOPEN, KIND.as_ptr(), FSOPEN_CLOEXEC) };
    let context = owned(opened)?;
    let fd = context.as_raw_fd();
    // SAFETY: integers and null pointers.
    let created =
        unsafe { libc::syscall(FSCONFIG, fd, FSCONFIG_CMD_CREATE, NOTHING, NOTHING, NOTHING) };
    decode(created)?;
    // SAFETY: integers.
    owned(unsafe { libc::syscall(FSMOUNT, fd, FSMOUNT_CLOEXEC, NOTHING) })
}

fn owned(returned: libc::c_long) -> Result<OwnedFd, Errno> {
    let fd = decode(returned)?;
    // SAFETY: the kernel has just made it, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
