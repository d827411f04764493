//! Firmware images: what a kernel needs beside itself to run us, as bytes.
//!
//! Everything here turns bytes into bytes; who reads and writes files is the
//! caller, and so is the one who names them in an error.

mod arch;
mod elf;
mod initramfs;

pub use arch::{Arch, compatible, kernel_arch};
pub use elf::firmware_arch;
pub use initramfs::{File, gzip, initramfs};
