//! Which architecture a kernel is for, read from the kernel itself.

use std::fmt;
use std::io::Read;

use super::elf;

/// An architecture that we have firmware for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// 32-bit ARM.
    Arm,
    /// 64-bit ARM.
    Aarch64,
    /// 32-bit x86.
    I686,
    /// 64-bit x86.
    X86_64,
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Arch::Arm => "32-bit ARM",
            Arch::Aarch64 => "64-bit ARM",
            Arch::I686 => "32-bit x86",
            Arch::X86_64 => "64-bit x86",
        })
    }
}

/// Whether a kernel of the one architecture runs firmware of the other. The
/// 64-bit kernels run 32-bit programs as well, through their compat path.
pub fn compatible(kernel: Arch, firmware: Arch) -> bool {
    kernel == firmware || matches!((kernel, firmware), (Arch::Aarch64, Arch::Arm) | (Arch::X86_64, Arch::I686))
}

/// The magic number at 0x24 of an ARM zImage (arch/arm/boot/compressed/head.S).
const ZIMAGE: (usize, &[u8]) = (0x24, &0x016f_2818_u32.to_le_bytes());

/// The magic number at 0x38 of an arm64 Image (Documentation/arm64/booting.rst).
const ARM64_IMAGE: (usize, &[u8]) = (0x38, b"ARM\x64");

/// The magic number of an EFI zboot image, which is a compressed kernel behind
/// an EFI program (drivers/firmware/efi/libstub/zboot-header.S).
const ZBOOT: (usize, &[u8]) = (4, b"zimg");

/// The magic number of x86's setup header (Documentation/arch/x86/boot.rst).
const BZIMAGE: (usize, &[u8]) = (0x202, b"HdrS");

/// How much of a compressed kernel is looked at: all headers are in the first KiB.
const HEAD: u64 = 4096;

/// The architecture of a kernel: zImage, Image, Image.gz, EFI zboot, bzImage or vmlinux.
///
/// # Errors
///
/// Says what the file is instead; the caller names the file.
pub fn kernel_arch(kernel: &[u8]) -> Result<Arch, String> {
    let has = |(at, magic): (usize, &[u8])| kernel.get(at..at + magic.len()) == Some(magic);
    if kernel.is_empty() {
        Err("is empty".to_owned())
    } else if has((0, b"\x1f\x8b")) {
        kernel_arch(&gunzip_head(kernel)?)
    } else if has((0, elf::MAGIC)) {
        elf::machine(kernel)
    } else if has(ZIMAGE) {
        Ok(Arch::Arm)
    } else if has(ARM64_IMAGE) {
        Ok(Arch::Aarch64)
    } else if has((0, b"MZ")) && has(ZBOOT) {
        pe_arch(kernel)
    } else if has(BZIMAGE) {
        bzimage_arch(kernel)
    } else {
        Err("is no kernel that we know: expected zImage, Image, Image.gz, bzImage or vmlinux".to_owned())
    }
}

fn gunzip_head(gz: &[u8]) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    let read = flate2::read::GzDecoder::new(gz).take(HEAD).read_to_end(&mut head);
    read.map_err(|error| format!("is gzip data that does not unpack: {error}"))?;
    if head.starts_with(b"\x1f\x8b") {
        return Err("is gzip data within gzip data".to_owned());
    }
    Ok(head)
}

/// `xloadflags` bit 0, XLF_KERNEL_64, tells the 64-bit kernels, since version
/// 2.12 of the boot protocol (Linux 3.8).
fn bzimage_arch(kernel: &[u8]) -> Result<Arch, String> {
    let word = |at: usize| kernel.get(at..at + 2).map(|word| u16::from_le_bytes([word[0], word[1]]));
    let (Some(version), Some(xloadflags)) = (word(0x206), word(0x236)) else {
        return Err("is a bzImage cut off in its header".to_owned());
    };
    Ok(if version >= 0x020c && xloadflags & 1 == 1 { Arch::X86_64 } else { Arch::I686 })
}

/// The machine field of a PE header, which the word at 0x3c leads to.
fn pe_arch(kernel: &[u8]) -> Result<Arch, String> {
    let at = kernel.get(0x3c..0x40).map_or(0, |word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])) as usize;
    match kernel.get(at..at.saturating_add(6)) {
        Some([b'P', b'E', 0, 0, 0x64, 0xaa]) => Ok(Arch::Aarch64),
        Some([b'P', b'E', 0, 0, 0x64, 0x86]) => Ok(Arch::X86_64),
        Some([b'P', b'E', 0, 0, low, high]) => {
            Err(format!("is an EFI zboot image for PE machine {:#06x}", u16::from_le_bytes([*low, *high])))
        }
        _ => Err("is an EFI zboot image cut off in its header".to_owned()),
    }
}
