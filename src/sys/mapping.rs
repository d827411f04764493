//! The address space of this process, changed call by call.
//!
//! The calls are made directly: musl rounds the range of mprotect(2) and has opinions on
//! the lengths of mmap(2).
//!
//! # Safety
//!
//! These calls can take the ground from under any Rust object. They are made in an actor,
//! on addresses that shmat(2), mmap(2) or a probe of the address space gave, where no Rust
//! object lives; memory there is touched through [`super::memory`] and its like alone. An
//! actor that is told otherwise dies, and can be spared.

use super::{decode, last_errno};
use crate::abi::Errno;
use std::os::fd::{AsRawFd, BorrowedFd};

/// `mmap(address, length, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)`: maps fresh memory, with
/// MAP_FIXED where an address is given.
pub fn mmap(address: Option<usize>, length: usize, prot: i32) -> Result<usize, Errno> {
    const NO_FILE: i32 = -1;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    map(address, length, prot, flags, NO_FILE)
}

/// `mmap(address, length, prot, MAP_SHARED, fd, 0)`: maps a file from its start, with MAP_FIXED
/// where an address is given.
pub fn mmap_file(
    address: Option<usize>,
    length: usize,
    prot: i32,
    file: BorrowedFd<'_>,
) -> Result<usize, Errno> {
    map(address, length, prot, libc::MAP_SHARED, file.as_raw_fd())
}

fn map(
    address: Option<usize>,
    length: usize,
    prot: i32,
    flags: i32,
    fd: i32,
) -> Result<usize, Errno> {
    // mmap2 counts its offset in pages, so that offset 0 is the same to both.
    #[cfg(target_pointer_width = "32")]
    const MMAP: libc::c_long = libc::SYS_mmap2;
    #[cfg(target_pointer_width = "64")]
    const MMAP: libc::c_long = libc::SYS_mmap;
    const NO_OFFSET: libc::c_long = 0;
    let flags = flags | address.map_or(0, |_| libc::MAP_FIXED);
    // As wide as the register that it is passed in.
    let (at, fd) = (address.unwrap_or(0), fd as isize);
    // SAFETY: what it replaces is no Rust object, see the module.
    let mapped = unsafe { libc::syscall(MMAP, at, length, prot, flags, fd, NO_OFFSET) };
    decode(mapped).map(|address| address as usize)
}

/// `mprotect(address, length, prot)`: changes what may be done with the memory.
pub fn mprotect(address: usize, length: usize, prot: i32) -> Result<(), Errno> {
    // SAFETY: no Rust object is there, see the module.
    decode(unsafe { libc::syscall(libc::SYS_mprotect, address, length, prot) })?;
    Ok(())
}

/// What files of shared memory can do, tried on one that is nobody's segment (mm/shmem.c:
/// shmem_zero_setup).
#[derive(Clone, Copy, Debug)]
pub struct SharedMemory {
    /// `madvise(MADV_REMOVE)` makes a hole. The small stand-in for tmpfs knows none (CONFIG_SHMEM),
    /// nor does memory without the calls of its files (CONFIG_TMPFS).
    pub has_holes: bool,
    /// `msync(MS_SYNC)` works, because the files have an fsync: those of shmem with CONFIG_TMPFS
    /// only, the stand-in always (mm/shmem.c: shmem_file_operations).
    pub syncs: bool,
}

/// Tries it. What cannot be tried is taken to be as usual.
#[must_use]
pub fn shared_memory() -> SharedMemory {
    const LENGTH: usize = 64 << 10;
    let Ok(at) = shared(LENGTH) else {
        return SharedMemory {
            has_holes: true,
            syncs: true,
        };
    };
    let removed = madvise(at, LENGTH, libc::MADV_REMOVE);
    let synced = msync(at, LENGTH, libc::MS_SYNC);
    let _ = munmap(at, LENGTH);
    SharedMemory {
        has_holes: removed != Err(Errno(libc::EOPNOTSUPP)),
        syncs: synced != Err(Errno(libc::EINVAL)),
    }
}

/// `mmap(NULL, length, PROT_NONE, MAP_HUGETLB | …)`: whether the kernel knows huge pages, of which
/// there may be none (ENOMEM). One that does not says EINVAL (mm/mmap.c: ksys_mmap_pgoff).
#[must_use]
pub fn knows_huge_pages() -> bool {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_HUGETLB;
    const LENGTH: usize = 4096;
    let none = std::ptr::null_mut();
    // SAFETY: a new mapping at an address that the kernel chooses.
    let mapped = unsafe { libc::mmap(none, LENGTH, libc::PROT_NONE, flags, -1, 0) };
    if mapped == libc::MAP_FAILED {
        return super::last_errno() != Errno(libc::EINVAL);
    }
    // The length of one is not known here, and a part of it cannot be unmapped; it holds none.
    true
}

/// `munmap(address, length)`: takes memory away.
pub fn munmap(address: usize, length: usize) -> Result<(), Errno> {
    // SAFETY: no Rust object is there, see the module.
    decode(unsafe { libc::syscall(libc::SYS_munmap, address, length) })?;
    Ok(())
}

/// The same on every architecture since Linux 6.10 (arch/*/kernel/syscalls, scripts/syscall.tbl);
/// not every libc of ours knows it.
pub(super) const MSEAL: libc::c_long = 462;

/// `mseal(address, length, 0)`: keeps the memory mapped as it is until the process ends.
pub fn mseal(address: usize, length: usize) -> Result<(), Errno> {
    const NO_FLAGS: libc::c_long = 0;
    // SAFETY: it touches no memory, and is made by an actor on what a step mapped.
    decode(unsafe { libc::syscall(MSEAL, address, length, NO_FLAGS) })?;
    Ok(())
}

/// `mremap(address, old, new, flags, to)`: resizes or moves a mapping; `to` counts with
/// MREMAP_FIXED only.
pub fn mremap(
    address: usize,
    old: usize,
    new: usize,
    flags: i32,
    to: usize,
) -> Result<usize, Errno> {
    // SAFETY: no Rust object is at either place, see the module.
    let moved = unsafe { libc::syscall(libc::SYS_mremap, address, old, new, flags, to) };
    decode(moved).map(|address| address as usize)
}

/// `madvise(address, length, advice)`: tells what will be done with the memory.
pub fn madvise(address: usize, length: usize, advice: i32) -> Result<(), Errno> {
    // SAFETY: no Rust object is there, see the module.
    decode(unsafe { libc::syscall(libc::SYS_madvise, address, length, advice) })?;
    Ok(())
}

/// `mlockall(flags)`: keeps all memory of this process in RAM.
pub fn mlockall(flags: i32) -> Result<(), Errno> {
    // SAFETY: an integer; what memory holds does not change.
    decode(unsafe { libc::syscall(libc::SYS_mlockall, flags) })?;
    Ok(())
}

/// `munlockall()`: undoes [`mlockall`].
pub fn munlockall() -> Result<(), Errno> {
    // SAFETY: no arguments; what memory holds does not change.
    decode(unsafe { libc::syscall(libc::SYS_munlockall) })?;
    Ok(())
}

/// `remap_file_pages(address, size, 0, pgoff, 0)`: has the pages show another part of the
/// segment, which is `pgoff` pages from its start.
pub fn remap_file_pages(address: usize, size: usize, pgoff: usize) -> Result<(), Errno> {
    const CALL: libc::c_long = libc::SYS_remap_file_pages;
    const NONE: libc::c_long = 0;
    // SAFETY: no Rust object is there, see the module.
    decode(unsafe { libc::syscall(CALL, address, size, NONE, pgoff, NONE) })?;
    Ok(())
}

/// `msync(address, length, flags)`: writes a mapping to what is behind it.
pub fn msync(address: usize, length: usize, flags: i32) -> Result<(), Errno> {
    // SAFETY: what memory holds does not change.
    decode(unsafe { libc::syscall(libc::SYS_msync, address, length, flags) })?;
    Ok(())
}

/// `personality(personality(0xffffffff) | flags)`: adds to how this process maps memory from now
/// on.
pub fn personality(flags: i32) -> Result<(), Errno> {
    /// Changes nothing, and returns what there is.
    const ASK: libc::c_ulong = 0xffff_ffff;
    // SAFETY: an integer; what is mapped does not change.
    let now = decode(unsafe { libc::syscall(libc::SYS_personality, ASK) })?;
    let then = now | libc::c_long::from(flags);
    // SAFETY: as above.
    decode(unsafe { libc::syscall(libc::SYS_personality, then) })?;
    Ok(())
}

/// `brk(0)`: where the heap ends.
#[must_use]
pub fn current_break() -> usize {
    brk(0)
}

/// `sbrk(grow)`: moves the end of the heap, and returns where it was. ENOMEM if the kernel left
/// it there.
pub fn sbrk(grow: isize) -> Result<usize, Errno> {
    let before = current_break();
    let wanted = before.wrapping_add_signed(grow);
    if brk(wanted) == wanted {
        Ok(before)
    } else {
        Err(Errno(libc::ENOMEM))
    }
}

/// The system call, unlike the function of the C library, returns the break and never fails.
fn brk(to: usize) -> usize {
    // SAFETY: an allocator that uses the break too sees that it moved and keeps off; who takes
    // it below where it was found is told to by a scenario, see the module.
    unsafe { libc::syscall(libc::SYS_brk, to) as usize }
}

/// `alloca`-like: a page some way below all that this process's stack holds, where the stack
/// would grow to.
#[must_use]
pub fn below_stack(page: usize) -> usize {
    /// More than any of our call chains needs, less than the gap that the kernel keeps between
    /// a stack and its neighbour (256 pages, `stack_guard_gap`).
    const PAGES: usize = 64;
    let local = 0_u8;
    let here = (&raw const local).addr();
    here - here % page - PAGES * page
}

/// `mmap(NULL, length, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0)`: memory that children share, for
/// our own use; lasts until [`munmap`].
pub(super) fn shared(length: usize) -> Result<usize, Errno> {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping at an address that the kernel chooses.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, prot, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        return Err(last_errno());
    }
    Ok(start.expose_provenance())
}

#[cfg(test)]
mod tests {
    use super::{
        below_stack, current_break, madvise, mmap, mprotect, mremap, msync, munmap,
        remap_file_pages, sbrk,
    };
    use crate::abi::Errno;
    use crate::sys::process::{self, Death, Forked};
    use crate::sys::{machine, memory};

    const RW: i32 = libc::PROT_READ | libc::PROT_WRITE;
    const EINVAL: Errno = Errno(libc::EINVAL);

    fn page() -> usize {
        machine::page_size() as usize
    }

    #[test]
    fn memory_is_mapped_moved_and_taken_away() {
        let page = page();
        let start = mmap(None, 4 * page, RW).expect("memory");
        assert_eq!(mmap(Some(start + page), page, RW), Ok(start + page));
        memory::store(start, b"here");
        msync(start, page, libc::MS_SYNC).expect("mapped");
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        assert_eq!(
            mremap(start, page, page, flags, start + 3 * page),
            Ok(start + 3 * page)
        );
        let mut seen = [0; 4];
        memory::load(start + 3 * page, &mut seen);
        assert_eq!(&seen, b"here");
        mprotect(start + 3 * page, page, libc::PROT_READ).expect("mapped");
        madvise(start + 3 * page, page, libc::MADV_DONTNEED).expect("mapped");
        memory::load(start + 3 * page, &mut seen);
        assert_eq!(seen, [0; 4]);
        munmap(start, 4 * page).expect("holes do not matter");
        assert_eq!(msync(start, page, libc::MS_SYNC), Err(Errno(libc::ENOMEM)));
    }

    #[test]
    fn arguments_arrive_unrounded() {
        let page = page();
        let start = mmap(None, page, RW).expect("memory");
        assert_eq!(mprotect(start + 1, 1, RW), Err(EINVAL));
        assert_eq!(munmap(start + 1, 1), Err(EINVAL));
        assert_eq!(remap_file_pages(start, page, 0), Err(EINVAL), "not shared");
        munmap(start, page).expect("mapped");
    }

    #[test]
    fn the_break_moves_and_says_where_it_was() {
        // In a child: other threads may be using it.
        let Ok(Forked::Parent(pid)) = process::fork().inspect(|side| {
            if *side == Forked::Child {
                let before = current_break();
                let moved = sbrk(1) == Ok(before) && current_break() == before + 1;
                // Far below the heap, where a program begins at the earliest.
                let down = page().wrapping_sub(before + 1) as isize;
                let refused = sbrk(down) == Err(Errno(libc::ENOMEM));
                process::exit_now(i32::from(!(moved && refused)));
            }
        }) else {
            panic!("no child");
        };
        assert_eq!(process::reap(pid, true), Some((pid, Death::Exited(0))));
    }

    #[test]
    fn below_the_stack_is_a_page() {
        let local = 0_u8;
        let below = below_stack(page());
        assert_eq!(below % page(), 0);
        assert!(below + 60 * page() < (&raw const local).addr());
    }
}
