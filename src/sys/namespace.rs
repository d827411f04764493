//! Namespaces of our own.
//!
//! # Safety
//!
//! unshare(2) and setns(2) take integers and touch no memory. The child of clone(2) exits
//! before it does anything else.

use super::process::{self, Forked};
use super::{decode, decode_int, errno};
use crate::abi::Errno;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// `unshare(flags)`: namespaces and other things of our own.
pub fn unshare(flags: i32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::unshare(flags) })?;
    Ok(())
}

/// `setns(pidfd_open(pid), flags)`: enters namespaces of another process. Where a kernel takes no
/// pidfd, before Linux 5.8, /proc/PID/ns/ipc stands in for it, as long as `flags` ask for that.
pub fn setns_of(pid: i32, flags: i32) -> Result<(), Errno> {
    let refused = match pidfd_open(pid) {
        Ok(process) => match setns(&process, flags) {
            Err(errno @ Errno(libc::EINVAL)) => errno,
            answer => return answer,
        },
        Err(errno @ Errno(libc::ENOSYS)) => errno,
        Err(errno) => return Err(errno),
    };
    if flags != libc::CLONE_NEWIPC {
        return Err(refused);
    }
    match std::fs::File::open(format!("/proc/{pid}/ns/ipc")) {
        Ok(namespace) => setns(&namespace, flags),
        Err(error) => Err(error.raw_os_error().map_or(refused, Errno)),
    }
}

fn pidfd_open(pid: i32) -> Result<OwnedFd, Errno> {
    const NO_FLAGS: libc::c_long = 0;
    // SAFETY: integers only.
    let fd = decode(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, NO_FLAGS) })?;
    // SAFETY: fresh from the kernel, so that nobody else closes it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

fn setns(namespace: &impl AsRawFd, flags: i32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::setns(namespace.as_raw_fd(), flags) })?;
    Ok(())
}

/// `clone(flags | SIGCHLD, NULL)`: what the kernel says to the flags. The child, if there is one,
/// exits at once and is waited for. Not for CLONE_VM, as the child uses our stack.
pub fn clone_flags_refused(flags: i32) -> Result<(), Errno> {
    match process::clone(flags | libc::SIGCHLD)? {
        Forked::Child => process::exit_now(0),
        Forked::Parent(pid) => {
            // How it died is no news: it was told to.
            let _ = process::reap(pid, true);
            Ok(())
        }
    }
}

/// `unshare(CLONE_NEWIPC)`: an IPC namespace of our own, for this process and its children to come.
pub fn unshare_ipc() -> Result<(), Errno> {
    unshare(libc::CLONE_NEWIPC)
}

/// `unshare(CLONE_NEWUSER | CLONE_NEWIPC)`: the same for those who may not: inside a user namespace of our own, in which we keep
/// our user and group.
pub fn unshare_ipc_as_user() -> Result<(), Errno> {
    let (uid, gid) = (super::process::uid(), super::process::gid());
    unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWIPC)?;
    // The maps make us ourselves again; without /proc we stay the overflow user, who may
    // use shared memory as well.
    let _ = IdMap::of_users().and_then(|map| map.set(uid, uid));
    let _ = IdMap::of_groups().and_then(|map| map.set(gid, gid));
    Ok(())
}

/// Our own id map, user_namespaces(7), which can be set once.
pub struct IdMap(File);

impl IdMap {
    /// `open("/proc/self/uid_map", O_WRONLY)`
    pub fn of_users() -> Result<Self, Errno> {
        Self::open("/proc/self/uid_map")
    }

    /// `open("/proc/self/gid_map", O_WRONLY)`. Who may not set groups writes to it only when
    /// setgroups(2) is denied, which is done first; refused is that where it was done before.
    pub fn of_groups() -> Result<Self, Errno> {
        let _ = std::fs::write("/proc/self/setgroups", "deny");
        Self::open("/proc/self/gid_map")
    }

    fn open(path: &str) -> Result<Self, Errno> {
        let file = File::options().write(true).open(path);
        file.map(Self).map_err(|error| errno(&error))
    }

    /// `write(map, "inside outside 1")`
    pub fn set(mut self, inside: u32, outside: u32) -> Result<(), Errno> {
        let line = format!("{inside} {outside} 1");
        self.0
            .write_all(line.as_bytes())
            .map_err(|error| errno(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::{clone_flags_refused, setns_of, unshare};
    use crate::abi::Errno;
    use crate::sys::process;

    const EINVAL: Result<(), Errno> = Err(Errno(libc::EINVAL));

    #[test]
    fn an_ipc_namespace_goes_with_no_shared_undo_list() {
        let flags = libc::CLONE_NEWIPC | libc::CLONE_SYSVSEM;
        let refused = clone_flags_refused(flags);
        // EPERM comes first where we may not have one at all.
        assert!(
            matches!(refused, Err(Errno(libc::EINVAL | libc::EPERM))),
            "{refused:?}"
        );
        assert_eq!(clone_flags_refused(0), Ok(()));
    }

    #[test]
    fn namespaces_can_be_left_and_entered_again() {
        let before = || std::fs::read_link("/proc/thread-self/ns/ipc").ok();
        // A thread of its own, whose namespace is nobody else's.
        let entered = std::thread::spawn(move || {
            let old = before();
            if unshare(libc::CLONE_NEWIPC) == Err(Errno(libc::EPERM)) {
                return;
            }
            assert_ne!(before(), old);
            assert_eq!(setns_of(process::pid(), libc::CLONE_NEWIPC), Ok(()));
            assert_eq!(before(), old);
        });
        entered.join().expect("no panic");
    }

    #[test]
    fn what_is_no_namespace_or_no_process_is_refused() {
        assert_eq!(setns_of(process::pid(), 1), EINVAL);
        let gone = setns_of(i32::MAX, libc::CLONE_NEWIPC);
        assert!(
            matches!(gone, Err(Errno(libc::ESRCH | libc::ENOENT))),
            "{gone:?}"
        );
    }
}
