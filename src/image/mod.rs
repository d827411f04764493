//! Firmware images: what a kernel needs beside itself to run us, as bytes.
//!
//! Everything here turns bytes into bytes; who reads and writes files is the
//! caller, and so is the one who names them in an error.

mod arch;
mod bytes;
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
