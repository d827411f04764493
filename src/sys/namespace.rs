//! Namespaces of our own.
//!
//! # Safety
//!
//! unshare(2) takes an integer and touches no memory.

use super::decode_int;
use crate::abi::Errno;

/// An IPC namespace of our own, for this process and its children to come.
pub fn unshare_ipc() -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::unshare(libc::CLONE_NEWIPC) })?;
    Ok(())
}

/// The same for those who may not: inside a user namespace of our own, in which we keep
/// our user and group.
pub fn unshare_ipc_as_user() -> Result<(), Errno> {
    let (uid, gid) = (super::process::uid(), super::process::gid());
    // SAFETY: integers only.
    decode_int(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWIPC) })?;
    // The maps make us ourselves again; without /proc we stay the overflow user, who may
    // use shared memory as well. A gid map needs setgroups denied, user_namespaces(7).
    let _ = std::fs::write("/proc/self/setgroups", "deny");
    let _ = std::fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"));
    let _ = std::fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"));
    Ok(())
}
