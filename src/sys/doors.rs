//! Back doors into a mapping: the kernel writes for us, by other ways than a store.
//!
//! # Safety
//!
//! The byte goes to an address that shmat(2) or mmap(2) gave, where no Rust object lives; see
//! [`super::memory`]. What the kernel reads from is ours and outlives the call.

use super::{decode, errno, last_errno};
use crate::abi::Errno;
use std::io::Write;
use std::os::fd::AsRawFd;

/// `pwrite(open("/proc/self/mem"), &byte, 1, address)`: writes the way a debugger does, which
/// asks for no permission of the mapping. Returns the bytes written.
pub fn write_through_proc_mem(address: usize, byte: u8) -> Result<usize, Errno> {
    let memory = std::fs::File::options()
        .write(true)
        .open("/proc/self/mem")
        .map_err(|error| errno(&error))?;
    // Always 64 bits with musl, where an address in the upper half stays positive. Above half
    // of a 64-bit address space there is no user memory.
    let offset = address as libc::off_t;
    let from = (&raw const byte).cast();
    // SAFETY: one byte of ours; it lands where no Rust object is, see the module.
    let written = unsafe { libc::pwrite(memory.as_raw_fd(), from, 1, offset) };
    decode(written as libc::c_long).map(|count| count as usize)
}

/// `process_vm_writev(getpid(), &local, 1, &remote, 1, 0)`: writes to ourselves as if we were
/// another process. Returns the bytes written.
pub fn write_through_process_vm(address: usize, byte: u8) -> Result<usize, Errno> {
    const CALL: libc::c_long = libc::SYS_process_vm_writev;
    let (local, remote) = (
        vector((&raw const byte).expose_provenance()),
        vector(address),
    );
    // SAFETY: one byte of ours; it lands where no Rust object is, see the module.
    unsafe { between(CALL, &local, &remote) }
}

/// `pread(open("/proc/self/mem"), &byte, 1, address)`: reads the way a debugger does. `None` if
/// nothing was read.
pub fn read_through_proc_mem(address: usize) -> Result<Option<u8>, Errno> {
    let memory = std::fs::File::open("/proc/self/mem").map_err(|error| errno(&error))?;
    let mut byte = 0_u8;
    let to = (&raw mut byte).cast();
    // SAFETY: it fills one byte of ours, which outlives the call.
    let read = unsafe { libc::pread(memory.as_raw_fd(), to, 1, address as libc::off_t) };
    decode(read as libc::c_long).map(|count| (count == 1).then_some(byte))
}

/// `process_vm_readv(getpid(), &local, 1, &remote, 1, 0)`: reads from ourselves as if we were
/// another process. `None` if nothing was read.
pub fn read_through_process_vm(address: usize) -> Result<Option<u8>, Errno> {
    const CALL: libc::c_long = libc::SYS_process_vm_readv;
    let mut byte = 0_u8;
    let (local, remote) = (vector((&raw mut byte).expose_provenance()), vector(address));
    // SAFETY: it fills one byte of ours, which outlives the call.
    let read = unsafe { between(CALL, &local, &remote) };
    read.map(|count| (count == 1).then_some(byte))
}

/// One byte.
fn vector(base: usize) -> libc::iovec {
    libc::iovec {
        iov_base: base as *mut libc::c_void,
        iov_len: 1,
    }
}

/// Either of the two calls between processes, with ourselves. Returns the bytes moved.
///
/// # Safety
///
/// What the call fills must be one byte of ours, or lie where no Rust object is.
unsafe fn between(
    call: libc::c_long,
    local: &libc::iovec,
    remote: &libc::iovec,
) -> Result<usize, Errno> {
    const ONE: libc::c_ulong = 1;
    const NO_FLAGS: libc::c_ulong = 0;
    let (pid, local, remote) = (super::process::pid(), &raw const *local, &raw const *remote);
    // SAFETY: told by the caller.
    decode(unsafe { libc::syscall(call, pid, local, ONE, remote, ONE, NO_FLAGS) })
        .map(|count| count as usize)
}

/// `read(fd, address, 1)` from a pipe that holds the byte: the kernel writes as any system call
/// does, with the permissions of the mapping. Returns the bytes read.
pub fn read_into(address: usize, byte: u8) -> Result<usize, Errno> {
    let (from, mut to) = std::io::pipe().map_err(|error| errno(&error))?;
    to.write_all(&[byte]).map_err(|error| errno(&error))?;
    let at = address as *mut libc::c_void;
    // SAFETY: the byte lands where no Rust object is, see the module.
    let read = unsafe { libc::read(from.as_raw_fd(), at, 1) };
    if read == -1 {
        return Err(last_errno());
    }
    Ok(read as usize)
}

#[cfg(test)]
mod tests {
    use super::{
        read_into, read_through_proc_mem, read_through_process_vm, write_through_proc_mem,
        write_through_process_vm,
    };
    use crate::abi::Errno;
    use crate::sys::{machine, mapping, memory};

    const EFAULT: Result<usize, Errno> = Err(Errno(libc::EFAULT));

    #[test]
    fn each_door_opens_and_only_the_debuggers_ignores_permissions() {
        let page = machine::page_size() as usize;
        let rw = libc::PROT_READ | libc::PROT_WRITE;
        let start = mapping::mmap(None, page, rw).expect("memory");
        let byte = || {
            let mut seen = [0];
            memory::load(start, &mut seen);
            seen[0]
        };
        assert_eq!(read_into(start, 1), Ok(1));
        assert_eq!(byte(), 1);
        assert_eq!(write_through_process_vm(start, 2), Ok(1));
        assert_eq!(byte(), 2);
        assert_eq!(write_through_proc_mem(start, 3), Ok(1));
        assert_eq!(byte(), 3);
        mapping::mprotect(start, page, libc::PROT_READ).expect("mapped");
        assert_eq!(read_through_proc_mem(start), Ok(Some(3)));
        assert_eq!(read_through_process_vm(start), Ok(Some(3)));
        assert_eq!(read_into(start, 4), EFAULT);
        assert_eq!(write_through_process_vm(start, 5), EFAULT);
        assert_eq!(byte(), 3);
        // Kernels can be built to refuse this one (proc_mem.force_override), with EIO.
        if write_through_proc_mem(start, 6) == Ok(1) {
            assert_eq!(byte(), 6);
        }
        mapping::mprotect(start, page, libc::PROT_NONE).expect("mapped");
        assert_eq!(read_through_process_vm(start), Err(Errno(libc::EFAULT)));
        mapping::munmap(start, page).expect("mapped");
        assert_eq!(read_through_proc_mem(start), Err(Errno(libc::EIO)));
    }
}
