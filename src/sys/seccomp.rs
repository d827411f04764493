//! A filter that has one system call fail, to show that the tool notices.
//!
//! # Safety
//!
//! prctl(2) copies the program while it is alive.

use super::decode_int;
use crate::abi::{Arch, Errno};

/// Which call fails. On 32-bit x86 the call can also be reached through `ipc(2)`, on 64-bit
/// x86 through `int $0x80`, which has numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Number of the direct entry.
    pub number: u32,
    /// First argument of `ipc(2)` that selects it (include/uapi/linux/ipc.h).
    pub ipc: u32,
    /// Number of the call on 32-bit x86.
    pub int80: u32,
}

// Opcodes of classic BPF, include/uapi/linux/bpf_common.h.
const LOAD_WORD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const AND: u16 = 0x54;

/// From now on the call fails with `errno` in this process and its children. For good.
pub fn fail(target: Target, errno: Errno) -> Result<(), Errno> {
    let verdict = libc::SECCOMP_RET_ERRNO | (errno.0 as u32 & libc::SECCOMP_RET_DATA);
    let program = program(target, verdict);
    let filter = libc::sock_fprog {
        len: program.len() as libc::c_ushort,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: integers only.
    decode_int(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
    let mode = libc::SECCOMP_MODE_FILTER;
    // SAFETY: the program outlives the call and has the length that it says.
    decode_int(unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const filter) })?;
    Ok(())
}

fn program(target: Target, verdict: u32) -> Vec<libc::sock_filter> {
    // struct seccomp_data: nr at 0, arch at 4, instruction pointer at 8, args at 16.
    const NUMBER: u32 = 0;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut program = match Arch::CURRENT {
        Arch::X86 => {
            // ipc(call, …): nr 117; the high half of `call` is a version.
            const IPC: u32 = 117;
            const FIRST_ARGUMENT: u32 = 16;
            vec![
                step(LOAD_WORD, 0, 0, NUMBER),
                step(JUMP_IF_EQUAL, 4, 0, target.number),
                step(JUMP_IF_EQUAL, 0, 4, IPC),
                step(LOAD_WORD, 0, 0, FIRST_ARGUMENT),
                step(AND, 0, 0, 0xffff),
                step(JUMP_IF_EQUAL, 0, 1, target.ipc),
            ]
        }
        Arch::X86_64 => {
            // A number means another call where another ABI made it, include/uapi/linux/audit.h.
            const ARCH: u32 = 4;
            const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
            const AUDIT_ARCH_I386: u32 = 0x4000_0003;
            vec![
                step(LOAD_WORD, 0, 0, ARCH),
                step(JUMP_IF_EQUAL, 0, 2, AUDIT_ARCH_X86_64),
                step(LOAD_WORD, 0, 0, NUMBER),
                step(JUMP_IF_EQUAL, 3, 4, target.number),
                step(JUMP_IF_EQUAL, 0, 3, AUDIT_ARCH_I386),
                step(LOAD_WORD, 0, 0, NUMBER),
                step(JUMP_IF_EQUAL, 0, 1, target.int80),
            ]
        }
        Arch::Arm | Arch::Aarch64 => vec![
            step(LOAD_WORD, 0, 0, NUMBER),
            step(JUMP_IF_EQUAL, 0, 1, target.number),
        ],
    };
    program.push(step(RETURN, 0, 0, verdict));
    program.push(step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
    program
}
