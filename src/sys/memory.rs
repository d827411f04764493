//! Loads and stores at addresses that shmat(2) returned.
//!
//! # Safety
//!
//! The addresses come from the kernel, not from Rust objects, and are touched
//! here alone, by copies and never by reference. Where a mapping forbids the
//! access or is gone, the process dies of a signal: that is what is being
//! tested, and why only actors come here. A kernel that returned an address of
//! something else is caught as a wrong answer; the actor it happens to is thrown
//! away after the case.

use super::decode_int;
use crate::abi::Errno;

/// Copies bytes into an attachment.
pub fn store(address: usize, bytes: &[u8]) {
    let to = address as *mut u8;
    // SAFETY: see the module; the two cannot overlap, as one is ours.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) }
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

/// Copies bytes out of an attachment.
pub fn load(address: usize, bytes: &mut [u8]) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    let from = address as *const u8;
    // SAFETY: see the module; the two cannot overlap, as one is ours.
    unsafe { std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), bytes.len()) }
}

/// Copies words into an attachment, at an address that is a multiple of 8.
pub fn store_words(address: usize, words: &[u64]) {
    let to = address as *mut u64;
    // SAFETY: see the module; the two cannot overlap, as one is ours.
    unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), to, words.len()) }
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

/// Copies words out of an attachment, from an address that is a multiple of 8.
pub fn load_words(address: usize, words: &mut [u64]) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    let from = address as *const u64;
    // SAFETY: see the module; the two cannot overlap, as one is ours.
    unsafe { std::ptr::copy_nonoverlapping(from, words.as_mut_ptr(), words.len()) }
}

/// Where a free address may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Where the kernel finds room.
    Anywhere,
    /// Where 32 bits reach. On 64-bit x86, the only ABI that tells it apart.
    Below4Gib,
}

/// Finds an address with room for `length` bytes at a multiple of `unit`, by mapping and
/// unmapping it. Nobody else maps in this process, so it stays free.
pub fn free_address(length: usize, unit: usize, room: Room) -> Result<usize, Errno> {
    #[cfg(target_arch = "x86_64")]
    const BELOW: libc::c_int = libc::MAP_32BIT;
    #[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86"))]
    const BELOW: libc::c_int = 0;
    let where_to = match room {
        Room::Anywhere => 0,
        Room::Below4Gib => BELOW,
    };
    let room = length.saturating_add(unit.saturating_mul(2));
    // SAFETY: a new mapping at an address that the kernel chooses.
    let start = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            room,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | where_to,
            -1,
            0,
        )
    };
    if start == libc::MAP_FAILED {
        return Err(super::last_errno());
    }
    // SAFETY: the mapping of a line above, to which nothing refers.
    decode_int(unsafe { libc::munmap(start, room) })?;
    Ok((start as usize).next_multiple_of(unit))
}
