//! Machine code of our own: written to memory as bytes, then run.
//!
//! # Safety
//!
//! What is called is a function of [`code_returning`], which follows the C calling convention
//! and touches one register; a process that calls anything else dies, and can be spared.
//! Cache maintenance changes nothing that a program can see, but for what it may run.

use crate::abi::Arch;

/// `unsigned f(void) { return number; }`: its bytes, and how many of them count.
#[must_use]
pub fn code_returning(number: u8) -> ([u8; 16], usize) {
    let n = u32::from(number);
    let mut code = [0; 16];
    let length = match Arch::CURRENT {
        Arch::X86 | Arch::X86_64 => {
            // mov eax, n; ret
            code[..6].copy_from_slice(&[0xb8, number, 0, 0, 0, 0xc3]);
            6
        }
        Arch::Aarch64 => {
            // movz w0, #n; ret
            code[..4].copy_from_slice(&(0x5280_0000 | n << 5).to_le_bytes());
            code[4..8].copy_from_slice(&0xd65f_03c0_u32.to_le_bytes());
            8
        }
        Arch::Arm => {
            // ARM state: mov r0, #n; bx lr
            code[..4].copy_from_slice(&(0xe3a0_0000 | n).to_le_bytes());
            code[4..8].copy_from_slice(&0xe12f_ff1e_u32.to_le_bytes());
            8
        }
    };
    (code, length)
}

/// `__builtin___clear_cache(address, address + length)`: makes what was stored there fit to
/// run.
#[cfg(target_arch = "arm")]
pub fn flush(address: usize, length: usize) {
    // cacheflush(start, end, flags), of arch/arm/include/uapi/asm/unistd.h.
    const CACHEFLUSH: libc::c_long = 0x0f_0002;
    const NO_FLAGS: libc::c_long = 0;
    // SAFETY: cache maintenance, see the module.
    unsafe { libc::syscall(CACHEFLUSH, address, address + length, NO_FLAGS) };
}

/// `__builtin___clear_cache(address, address + length)`: data to the point of unification line
/// by line, then the same lines out of the instruction cache, as the Arm ARM orders it (B2.4.4).
#[cfg(target_arch = "aarch64")]
pub fn flush(address: usize, length: usize) {
    use core::arch::asm;
    let types: usize;
    // SAFETY: reads a register that Linux lets user space read, or reads for it.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) types, options(nomem, nostack)) };
    // DminLine and IminLine: log2 of the words in the smallest line.
    let data = 4 << (types >> 16 & 15);
    let instructions = 4 << (types & 15);
    let end = address + length;
    for line in (address & !(data - 1)..end).step_by(data) {
        // SAFETY: cache maintenance, see the module.
        unsafe { asm!("dc cvau, {}", in(reg) line, options(nostack)) };
    }
    // SAFETY: a barrier.
    unsafe { asm!("dsb ish", options(nostack)) };
    for line in (address & !(instructions - 1)..end).step_by(instructions) {
        // SAFETY: cache maintenance, see the module.
        unsafe { asm!("ic ivau, {}", in(reg) line, options(nostack)) };
    }
    // SAFETY: barriers.
    unsafe { asm!("dsb ish", "isb", options(nostack)) };
}

/// `__builtin___clear_cache(address, address + length)`: x86 keeps its caches in step by itself.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub fn flush(_: usize, _: usize) {}

/// `((unsigned (*)(void))address)()`: runs what is there.
#[must_use]
pub fn call(address: usize) -> u32 {
    let code = address as *const ();
    // SAFETY: a function of this type is there, see the module.
    let function = unsafe { std::mem::transmute::<*const (), extern "C" fn() -> u32>(code) };
    function()
}

#[cfg(test)]
mod tests {
    use super::{call, code_returning, flush};
    use crate::sys::{machine, mapping, memory};

    #[test]
    fn code_says_its_number_and_after_a_change_the_new_one() {
        let page = machine::page_size() as usize;
        let rwx = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        let start = mapping::mmap(None, page, rwx).expect("memory");
        for number in [42, 0, 255, 7] {
            let (code, length) = code_returning(number);
            memory::store(start, &code[..length]);
            flush(start, length);
            assert_eq!(call(start), u32::from(number));
        }
        mapping::munmap(start, page).expect("mapped");
    }
}
