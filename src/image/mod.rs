//! Firmware images: what a kernel needs beside itself to run us, as bytes.
//!
//! Everything here turns bytes into bytes; who reads and writes files is the
//! caller, and so is the one who names them in an error.

mod arch;
mod elf;
mod initramfs;
mod payload;
mod quick;
mod target;
#[cfg(test)]
mod testing;

pub use arch::kernel_arch;
pub use elf::firmware_arch;
pub use initramfs::{File, gzip, initramfs};
pub use quick::quick;
pub use target::Target;

/// Kernels are below 100 MB, unpacked; what claims to be more is none.
const LARGEST: usize = 1 << 29;

/// The little-endian number of `width` bytes at an offset.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(
        field
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
    )
}

/// The `length` bytes at `start`, both as a header gives them.
fn part(bytes: &[u8], start: u64, length: u64) -> Option<&[u8]> {
    bytes
        .get(usize::try_from(start).ok()?..)?
        .get(..usize::try_from(length).ok()?)
}
