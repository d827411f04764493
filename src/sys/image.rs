//! This program as a file, to be run again.
//!
//! The descriptor is opened early and kept, because later /proc may be gone, the file be
//! unlinked, or the process be somebody who may not look it up.
//!
//! # Safety
//!
//! Strings and lists are terminated and outlive the calls; a successful execve(2) leaves
//! nothing of them.

use super::{decode, decode_int, last_errno};
use crate::abi::Errno;
use std::ffi::{CStr, CString, c_char};
use std::os::unix::ffi::OsStringExt;
use std::ptr::null;
use std::sync::atomic::{AtomicI32, Ordering};

const OWN_FILE: &CStr = c"/proc/self/exe";

/// The descriptor; -1 as long as there is none.
static EXECUTABLE: AtomicI32 = AtomicI32::new(-1);

/// The environment variable with the descriptor that [`exec_anew`] passes on.
const ANEW: &str = "SHMPROOF_EXECUTABLE";

/// Whether this program was started by [`exec_anew`].
#[must_use]
pub fn is_anew() -> bool {
    std::env::var_os(ANEW).is_some()
}

/// The descriptor that was passed on, if it is open: closed by execve(2) from now on.
fn passed_on() -> Option<i32> {
    let fd = std::env::var(ANEW).ok()?.parse().ok()?;
    // SAFETY: integers only.
    decode_int(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }).ok()?;
    Some(fd)
}

/// `open("/proc/self/exe", O_RDONLY | O_CLOEXEC)`: keeps a descriptor of our own executable.
/// Without /proc, the path that we were started with is tried.
pub fn keep_own_executable() -> Result<(), Errno> {
    if let Some(fd) = passed_on() {
        EXECUTABLE.store(fd, Ordering::Relaxed);
        return Ok(());
    }
    let fd = match open(OWN_FILE.as_ptr()) {
        Ok(fd) => fd,
        Err(errno) => {
            // SAFETY: an integer.
            let path = unsafe { libc::getauxval(libc::AT_EXECFN) } as *const c_char;
            if path.is_null() {
                return Err(errno);
            }
            open(path)?
        }
    };
    EXECUTABLE.store(fd, Ordering::Relaxed);
    Ok(())
}

fn open(path: *const c_char) -> Result<i32, Errno> {
    // SAFETY: a C string of ours, or of the auxiliary vector, which lasts.
    decode_int(unsafe { libc::open(path, libc::O_RDONLY | libc::O_CLOEXEC) })
}

/// `execveat(fd, "", args, {}, AT_EMPTY_PATH)`: becomes this program anew, with these arguments,
/// the first being its name, and no environment. Where that cannot be had, it is
/// `execve("/proc/self/exe", args, {})`: without a descriptor, before Linux 3.19 (ENOSYS), and
/// where there is no /dev/fd and TOMOYO looks for it there (ENOENT; until ada1986d0797 of Linux
/// 6.12, "tomoyo: fallback to realpath if symlink's pathname does not exist"). Returns only if
/// the kernel refuses.
#[must_use]
pub fn exec_self(args: &[&CStr]) -> Errno {
    let args: Vec<_> = args
        .iter()
        .map(|arg| arg.as_ptr())
        .chain([null()])
        .collect();
    exec(&args, &[null()])
}

/// Both lists end with a null pointer.
fn exec(args: &[*const c_char], environment: &[*const c_char]) -> Errno {
    let (args, environment) = (args.as_ptr(), environment.as_ptr());
    let fd = EXECUTABLE.load(Ordering::Relaxed);
    if fd >= 0 {
        let (path, flags) = (c"".as_ptr(), libc::AT_EMPTY_PATH);
        let call = libc::SYS_execveat;
        // SAFETY: see the module.
        let refused = decode(unsafe { libc::syscall(call, fd, path, args, environment, flags) });
        if let Err(errno) = refused
            && ![Errno(libc::ENOSYS), Errno(libc::ENOENT)].contains(&errno)
        {
            return errno;
        }
    }
    // SAFETY: see the module.
    unsafe { libc::execve(OWN_FILE.as_ptr(), args, environment) };
    last_errno()
}

/// `execve("/proc/self/exe", args, environment)`, or by the descriptor: starts this program anew
/// with the arguments and the environment that it has. The descriptor goes along, because the
/// path that the new program sees may lead nowhere (/dev/fd/3). Returns only if the kernel refuses.
#[must_use]
pub fn exec_anew() -> Errno {
    let fd = EXECUTABLE.load(Ordering::Relaxed);
    if let Err(errno) = inherit(fd) {
        return errno;
    }
    let terminated = |bytes: Vec<u8>| CString::new(bytes).ok();
    let args: Vec<CString> = std::env::args_os()
        .filter_map(|arg| terminated(arg.into_vec()))
        .collect();
    let pairs = std::env::vars_os().map(|(name, value)| {
        let mut pair = name.into_vec();
        pair.push(b'=');
        pair.extend(value.into_vec());
        pair
    });
    let guard = std::iter::once(format!("{ANEW}={fd}").into_bytes());
    let environment: Vec<CString> = pairs.chain(guard).filter_map(terminated).collect();
    let pointers = |all: &[CString]| -> Vec<*const c_char> {
        all.iter().map(|one| one.as_ptr()).chain([null()]).collect()
    };
    exec(&pointers(&args), &pointers(&environment))
}

/// `fcntl(fd, F_SETFD, 0)`: has a descriptor outlive execve(2).
pub fn inherit(fd: i32) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::fcntl(fd, libc::F_SETFD, 0) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{exec_self, inherit, keep_own_executable};
    use crate::sys::process::{self, Death, Forked};
    use std::io::Read;
    use std::os::fd::AsRawFd;

    #[test]
    fn we_can_become_ourselves_with_other_arguments() {
        keep_own_executable().expect("we have a file");
        let (mut from, to) = std::io::pipe().expect("a pipe");
        match process::fork().expect("a child") {
            Forked::Child => {
                // The test program again, which lists the tests of this name: none.
                let quiet = inherit(to.as_raw_fd()).is_ok() && silence();
                let args = [c"shmproof", c"--list", c"no such test"];
                if quiet {
                    let _ = exec_self(&args);
                }
                process::exit_now(99);
            }
            Forked::Parent(pid) => {
                drop(to);
                // The descriptor was inherited: it ends when the new program does.
                let mut rest = Vec::new();
                from.read_to_end(&mut rest).expect("a pipe");
                assert_eq!(process::reap(pid, true), Some((pid, Death::Exited(0))));
            }
        }
    }

    /// Points standard output to nowhere: the list is empty, but says so.
    fn silence() -> bool {
        let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") else {
            return false;
        };
        // SAFETY: integers only.
        unsafe { libc::dup2(nowhere.as_raw_fd(), 1) == 1 }
    }
}
