//! `int $0x80`: the system calls of a 32-bit program, made by a 64-bit one on x86.
//!
//! A kernel with CONFIG_IA32_EMULATION takes this trap from any process, with the numbers,
//! the layouts and the width of 32-bit x86; without it, or with `ia32_emulation=off`, the
//! trap is a fault. So that pointers fit, what the kernel reads and writes lies in a page
//! below 4 GiB, which is made once, for this process and its children.
//!
//! # Safety
//!
//! The trap takes integers. The one pointer among them is to the page that is ours for good
//! and that nothing else uses, or to what the caller says is fit for the kernel.

use super::layout::Room;
use crate::abi::Errno;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The numbers of 32-bit x86 since Linux 5.1 (0d6040d46817). There shmctl takes the current
/// layout, and no version in its command.
pub mod nr {
    #![expect(missing_docs, reason = "named after the calls")]
    pub const SHMGET: u32 = 395;
    pub const SHMCTL: u32 = 396;
    pub const SHMAT: u32 = 397;
    pub const SHMDT: u32 = 398;
}

/// Where the page is; 0 before it is made.
static PAGE: AtomicUsize = AtomicUsize::new(0);

/// The largest number of an error, include/linux/err.h.
const MAX_ERRNO: i64 = 4095;

/// Makes the page. Whether it is there; the trap may still be none.
pub fn prepare() -> bool {
    if PAGE.load(Ordering::Relaxed) == 0 {
        PAGE.store(low_page(), Ordering::Relaxed);
    }
    PAGE.load(Ordering::Relaxed) != 0
}

/// `int $0x80` with the four arguments that a call of ours may have. What is wider than 32
/// bits is cut by the kernel, as a 32-bit program could not have passed it. Where the kernel
/// has no such entry, the process dies of it.
pub(super) fn call(number: u32, arguments: [usize; 3]) -> Result<usize, Errno> {
    let returned = trap(number, arguments);
    if (-MAX_ERRNO..0).contains(&i64::from(returned as i32)) {
        Err(Errno(-(returned as i32)))
    } else {
        // Not cut: an address above 4 GiB is a wrong answer that has to be seen.
        Ok(returned as usize)
    }
}

/// shmctl(2) with this room for a buffer, which the kernel sees below 4 GiB.
pub(super) fn control(shmid: i32, cmd: i32, room: &mut Room) -> Result<usize, Errno> {
    let page = PAGE.load(Ordering::Relaxed);
    if page == 0 {
        // Nobody who asked whether the entry is there comes here.
        return Err(Errno(libc::ENOSYS));
    }
    crate::sys::memory::store(page, room.bytes());
    let done = call(nr::SHMCTL, [shmid as usize, cmd as usize, page]);
    crate::sys::memory::load(page, room.bytes_mut());
    done
}

#[cfg(target_arch = "x86_64")]
fn low_page() -> usize {
    // SAFETY: a new mapping at an address that the kernel chooses.
    let page = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            size_of::<Room>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_32BIT,
            -1,
            0,
        )
    };
    if page == libc::MAP_FAILED {
        0
    } else {
        page as usize
    }
}

#[cfg(target_arch = "x86_64")]
fn trap(number: u32, [first, second, third]: [usize; 3]) -> i64 {
    let returned: i64;
    // SAFETY: see the module. rbx, which the compiler keeps for itself, is put back; the
    // registers that kernels before 4.17 clear on the way (arch/x86/entry) are given up.
    unsafe {
        std::arch::asm!(
            "xchg {first}, rbx",
            "int 0x80",
            "xchg {first}, rbx",
            first = inout(reg) first => _,
            inlateout("rax") i64::from(number) => returned,
            in("rcx") second,
            in("rdx") third,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
            options(nostack),
        );
    }
    returned
}

#[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86"))]
fn low_page() -> usize {
    0
}

#[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86"))]
fn trap(_: u32, _: [usize; 3]) -> i64 {
    (-libc::ENOSYS).into()
}
