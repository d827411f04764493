//! shmctl(2), by what it takes and gives.
//!
//! # Safety
//!
//! The kernel writes to a buffer of ours that is larger than any layout of it, to an
//! address that the caller says is fit for it, or to no memory at all.

use super::entry::{Entry, Way, call, int, ipc_raw, nr};
use super::int80;
use super::layout::{Ds, Limits, Room, Usage};
use crate::abi::{Errno, number};
use crate::sys::{decode, decode_int};

/// An address that user space never has mapped: the last page of the address space, counted
/// in the smallest pages that there are.
pub const NOWHERE: usize = usize::MAX & !0xfff;

/// What shmctl is given for a buffer, where nothing that it tells is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffer {
    /// Cleared memory of ours, large enough for whatever an unknown command might fill.
    Room,
    /// A null pointer.
    Null,
    /// A pointer to what is never mapped.
    Nowhere,
    /// A pointer to this address.
    Address(usize),
}

/// `shmctl(shmid, cmd, buffer)`: any command, with a buffer that is not looked at here.
pub fn shmctl(entry: Entry, shmid: i32, cmd: i32, buffer: Buffer) -> Result<i32, Errno> {
    let buffer = match buffer {
        Buffer::Room => return control_in(entry, shmid, cmd, &mut Room::zeroed()),
        Buffer::Null => 0,
        Buffer::Nowhere => NOWHERE,
        Buffer::Address(address) => address,
    };
    control(entry, shmid, cmd, buffer)
}

/// `shmctl(shmid, cmd, &buf)` with IPC_STAT, SHM_STAT or SHM_STAT_ANY: tells about a segment.
/// `out` is written only if the call succeeds.
pub fn shmctl_stat(entry: Entry, shmid: i32, cmd: i32, out: &mut Ds) -> Result<i32, Errno> {
    let mut room = Room::poisoned();
    let returned = control_in(entry, shmid, cmd, &mut room)?;
    *out = if entry == Entry::Old {
        Ds::from_old(&room)
    } else {
        Ds::from_current(&room, entry.long())
    };
    Ok(returned)
}

/// `shmctl(shmid, IPC_SET, &buf)`: changes owner, group and mode; all else in the buffer is 0.
pub fn shmctl_set(entry: Entry, shmid: i32, uid: u32, gid: u32, mode: u32) -> Result<i32, Errno> {
    let mut room = Room::zeroed();
    if entry == Entry::Old {
        room.put_old_owner(uid, gid, mode);
    } else {
        room.put_owner(uid, gid, mode);
    }
    control_in(entry, shmid, number::IPC_SET, &mut room)
}

/// `shmctl(0, IPC_INFO, &buf)`: tells the limits, and returns the highest index in use.
/// `out` is written only if the call succeeds.
pub fn shmctl_info(entry: Entry, shmid: i32, out: &mut Limits) -> Result<i32, Errno> {
    let mut room = Room::poisoned();
    let returned = control_in(entry, shmid, number::IPC_INFO, &mut room)?;
    *out = if entry == Entry::Old {
        Limits::from_old(&room)
    } else {
        Limits::from_current(&room, entry.long())
    };
    Ok(returned)
}

/// `shmctl(0, SHM_INFO, &buf)`: tells what all segments use, and returns the highest index in
/// use. `out` is written only if the call succeeds.
pub fn shmctl_usage(entry: Entry, shmid: i32, out: &mut Usage) -> Result<i32, Errno> {
    let mut room = Room::poisoned();
    let returned = control_in(entry, shmid, number::SHM_INFO, &mut room)?;
    // The one structure that has no version.
    *out = Usage::from_either(&room, entry.long());
    Ok(returned)
}

/// The call with a buffer of ours, at an address that the entry can pass.
fn control_in(entry: Entry, shmid: i32, cmd: i32, room: &mut Room) -> Result<i32, Errno> {
    match entry.way() {
        Way::Int80 => int80::control(shmid, cmd, room).map(|value| value as i32),
        Way::Direct | Way::Ipc | Way::Libc => control(entry, shmid, cmd, room.address()),
    }
}

/// The call itself.
fn control(entry: Entry, shmid: i32, cmd: i32, buffer: usize) -> Result<i32, Errno> {
    let cmd = cmd | entry.version();
    match entry.way() {
        Way::Direct => {
            // SAFETY: see the module; a copy to or from what is not mapped fails.
            let returned = unsafe { libc::syscall(nr::SHMCTL, shmid, cmd, buffer) };
            decode(returned).map(int)
        }
        Way::Ipc => ipc_raw(call::SHMCTL, shmid as usize, cmd as usize, 0, buffer, 0),
        Way::Int80 => {
            let arguments = [shmid as usize, cmd as usize, buffer];
            int80::call(int80::nr::SHMCTL, arguments).map(|value| value as i32)
        }
        Way::Libc => {
            // The command has none of musl's IPC_TIME64, so that the library copies nothing
            // through a layout of its own: the buffer is the kernel's.
            let buffer = buffer as *mut libc::shmid_ds;
            // SAFETY: see the module; a copy to or from what is not mapped fails.
            decode_int(unsafe { libc::shmctl(shmid, cmd, buffer) })
        }
    }
}
