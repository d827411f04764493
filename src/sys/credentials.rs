//! Who a process is, and what it may do.
//!
//! The calls are made directly: a C library would change all threads at once, by signals,
//! and 32-bit kernels have a second set of them with 16-bit ids.
//!
//! # Safety
//!
//! Ids are integers; lists and structures are of the layout that the kernel expects and
//! outlive the call.

use super::{decode, decode_int};
use crate::abi::Errno;

/// The numbers of the calls that take 32-bit ids.
#[cfg(any(target_arch = "arm", target_arch = "x86"))]
pub(super) mod nr {
    pub(in crate::sys) use libc::{
        SYS_setgroups32 as SETGROUPS, SYS_setresgid32 as SETRESGID, SYS_setresuid32 as SETRESUID,
    };
}
/// The numbers of the calls that take 32-bit ids.
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
pub(super) mod nr {
    pub(in crate::sys) use libc::{
        SYS_setgroups as SETGROUPS, SYS_setresgid as SETRESGID, SYS_setresuid as SETRESUID,
    };
}

/// `_LINUX_CAPABILITY_VERSION_3` of include/uapi/linux/capability.h: 64 capabilities.
const VERSION_3: u32 = 0x2008_0522;

/// `struct __user_cap_data_struct`, twice: the low 32 capabilities, then the high ones.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Capabilities {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// `setresuid(ruid, euid, suid)`: becomes another user; `None` keeps an id.
pub fn setresuid(ruid: Option<u32>, euid: Option<u32>, suid: Option<u32>) -> Result<(), Errno> {
    let [real, effective, saved] = [ruid, euid, suid].map(or_keep);
    // SAFETY: integers only.
    decode(unsafe { libc::syscall(nr::SETRESUID, real, effective, saved) })?;
    Ok(())
}

/// `setresgid(rgid, egid, sgid)`: becomes another group; `None` keeps an id.
pub fn setresgid(rgid: Option<u32>, egid: Option<u32>, sgid: Option<u32>) -> Result<(), Errno> {
    let [real, effective, saved] = [rgid, egid, sgid].map(or_keep);
    // SAFETY: integers only.
    decode(unsafe { libc::syscall(nr::SETRESGID, real, effective, saved) })?;
    Ok(())
}

/// -1 stands for an id that stays as it is.
fn or_keep(id: Option<u32>) -> u32 {
    id.unwrap_or(u32::MAX)
}

/// `setgroups(count, list)`: has these supplementary groups and no others.
pub fn setgroups(groups: &[u32]) -> Result<(), Errno> {
    // SAFETY: a list of the length that is said.
    decode(unsafe { libc::syscall(nr::SETGROUPS, groups.len(), groups.as_ptr()) })?;
    Ok(())
}

/// `setgroups(0, NULL); setresgid(id, id, id); setresuid(id, id, id)`: becomes this user and
/// group, real, effective and saved, without supplementary groups.
pub fn become_user(id: u32) -> Result<(), Errno> {
    setgroups(&[])?;
    setresgid(Some(id), Some(id), Some(id))?;
    setresuid(Some(id), Some(id), Some(id))
}

/// `capset(&header, data)`: has these capabilities, permitted and effective, and hands none
/// down. Bit n is the capability of number n.
pub fn capset(mask: u64) -> Result<(), Errno> {
    let header: [u32; 2] = [VERSION_3, 0];
    let data = [mask as u32, (mask >> 32) as u32].map(|half| Capabilities {
        effective: half,
        permitted: half,
        inheritable: 0,
    });
    // SAFETY: both structures are of the layout that the version names.
    decode(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) })?;
    Ok(())
}

/// `capget(&header, data)`: the effective capabilities.
pub fn capabilities() -> Result<u64, Errno> {
    let mut header: [u32; 2] = [VERSION_3, 0];
    let mut data = [Capabilities::default(); 2];
    let (header, to) = (header.as_mut_ptr(), data.as_mut_ptr());
    // SAFETY: both structures are of the layout that the version names.
    decode(unsafe { libc::syscall(libc::SYS_capget, header, to) })?;
    let [low, high] = data.map(|half| u64::from(half.effective));
    Ok(high << 32 | low)
}

/// `capset(&header, data)` with nothing in it: gives up all capabilities, as an ordinary user
/// has none.
pub fn drop_capabilities() -> Result<(), Errno> {
    capset(0)
}

/// `prctl(PR_SET_KEEPCAPS, on)`: whether permitted capabilities outlive the change from root to
/// another user.
pub fn keep_capabilities(on: bool) -> Result<(), Errno> {
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_SET_KEEPCAPS, libc::c_ulong::from(on)) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{capabilities, capset, keep_capabilities, setgroups, setresgid, setresuid};
    use crate::abi::Errno;
    use crate::sys::process;

    /// Ids and capabilities belong to a thread, so that one of its own spoils nothing.
    fn as_root_in_a_thread(test: fn()) {
        if process::uid() == 0 && capabilities().is_ok_and(|mask| mask >> 6 & 3 == 3) {
            std::thread::spawn(test).join().expect("the test passed");
        }
    }

    #[test]
    fn ids_change_one_by_one_and_in_full_width() {
        as_root_in_a_thread(|| {
            setgroups(&[7, 70_000]).expect("root may");
            setresgid(None, Some(70_001), None).expect("root may");
            assert_eq!(process::gid(), 70_001);
            setresuid(None, Some(70_002), None).expect("root may");
            assert_eq!(process::uid(), 70_002);
            setresuid(None, Some(0), None).expect("the saved id is still root's");
            setresuid(Some(5), Some(5), Some(5)).expect("root may");
            assert_eq!(setresuid(None, Some(0), None), Err(Errno(libc::EPERM)));
        });
    }

    #[test]
    fn capabilities_come_back_as_they_were_set() {
        as_root_in_a_thread(|| {
            const IPC_OWNER: u64 = 1 << 15;
            const SETUID: u64 = 1 << 7;
            keep_capabilities(true).expect("no rule against it");
            capset(IPC_OWNER | SETUID).expect("fewer are always fine");
            assert_eq!(capabilities(), Ok(IPC_OWNER | SETUID));
            setresuid(Some(5), Some(5), Some(5)).expect("may change users");
            assert_eq!(capabilities(), Ok(0));
            capset(IPC_OWNER).expect("kept as permitted");
            assert_eq!(capabilities(), Ok(IPC_OWNER));
            assert_eq!(capset(SETUID), Err(Errno(libc::EPERM)));
        });
    }
}
