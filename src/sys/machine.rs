//! The machine as a whole: what it is, what it has, how it ends.
//!
//! # Safety
//!
//! Strings passed to the kernel are C strings that outlive the call; structures
//! that it fills are plain data.

use super::{decode, decode_int};
use crate::abi::Errno;
use std::ffi::CStr;

/// What uname(2) says: sysname, release, version, machine.
#[must_use]
pub fn uname() -> [String; 4] {
    // SAFETY: all-zero is a valid utsname.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: writes to a structure of ours.
    unsafe { libc::uname(&raw mut names) };
    [
        &names.sysname[..],
        &names.release[..],
        &names.version[..],
        &names.machine[..],
    ]
    .map(text)
}

fn text(field: &[libc::c_char]) -> String {
    let bytes: Vec<u8> = field
        .iter()
        .map(|c| *c as u8)
        .take_while(|byte| *byte != 0)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Bytes a page.
#[must_use]
pub fn page_size() -> u64 {
    // SAFETY: integers only. The auxiliary vector always has AT_PAGESZ.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(size).unwrap_or(4096)
}

/// CPUs online; 1 if the kernel will not say.
#[must_use]
pub fn cpus() -> u64 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u64)
}

/// Memory that can be used without harm, in bytes: MemAvailable where /proc has it, else
/// what sysinfo(2) calls free.
#[must_use]
pub fn free_memory() -> Option<u64> {
    if let Ok(info) = std::fs::read_to_string("/proc/meminfo") {
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("MemAvailable:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        if let Some(kib) = kib {
            return Some(kib << 10);
        }
    }
    sysinfo().map(|info| in_bytes(info.freeram as usize, info.mem_unit))
}

/// Swap that is free, in bytes; none where the kernel does not say.
#[must_use]
pub fn free_swap() -> u64 {
    sysinfo().map_or(0, |info| in_bytes(info.freeswap as usize, info.mem_unit))
}

/// A `long` of sysinfo(2), which is as wide as an address.
fn in_bytes(units: usize, unit: u32) -> u64 {
    (units as u64).saturating_mul(unit.into())
}

fn sysinfo() -> Option<libc::sysinfo> {
    // SAFETY: all-zero is a valid sysinfo.
    let mut info: libc::sysinfo = unsafe { std::mem::zeroed() };
    // SAFETY: writes to a structure of ours.
    decode_int(unsafe { libc::sysinfo(&raw mut info) }).ok()?;
    Some(info)
}

/// Mounts a file system of the kernel's own at a directory.
pub fn mount(kind: &CStr, target: &CStr) -> Result<(), Errno> {
    // SAFETY: three C strings; these file systems take no data.
    decode_int(unsafe {
        libc::mount(
            kind.as_ptr(),
            target.as_ptr(),
            kind.as_ptr(),
            0,
            std::ptr::null(),
        )
    })?;
    Ok(())
}

/// Waits until everything written to standard output has left the machine.
pub fn drain_stdout() {
    // SAFETY: integers only; fails harmlessly where it is no terminal.
    let _ = unsafe { libc::tcdrain(1) };
}

/// Writes dirty pages out.
pub fn sync() {
    // SAFETY: no arguments.
    unsafe { libc::sync() };
}

/// What becomes of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It starts again.
    Reboot,
    /// It switches itself off.
    PowerOff,
    /// It stands still.
    Halt,
}

/// `reboot(how)`: returns only if the kernel refuses.
pub fn end(how: End) -> Errno {
    let command = match how {
        End::Reboot => libc::LINUX_REBOOT_CMD_RESTART,
        End::PowerOff => libc::LINUX_REBOOT_CMD_POWER_OFF,
        End::Halt => libc::LINUX_REBOOT_CMD_HALT,
    };
    // SAFETY: the magic numbers and a command; the fourth argument is unused with these.
    let returned = unsafe {
        libc::syscall(
            libc::SYS_reboot,
            libc::LINUX_REBOOT_MAGIC1,
            libc::LINUX_REBOOT_MAGIC2,
            command,
            0,
        )
    };
    decode(returned).err().unwrap_or(Errno(0))
}
