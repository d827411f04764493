//! Which architecture a kernel is for, read from the kernel itself.

use std::io::Read;

use super::bytes::{number, part};
use super::elf;
use crate::abi::Arch;

/// Where a magic number stands, and its bytes.
type Magic = (usize, &'static [u8]);

/// The magic number of a compressed kernel behind an EFI program
/// (drivers/firmware/efi/libstub/zboot-header.S).
pub(super) const ZBOOT: Magic = (4, b"zimg");

/// The magic number of x86's setup header (Documentation/arch/x86/boot.rst).
const BZIMAGE: Magic = (0x202, b"HdrS");

/// How any gzip file begins.
const GZIP: Magic = (0, b"\x1f\x8b");

/// How much of a compressed kernel is looked at: all headers are in the first page.
const HEAD: u64 = 4096;

/// The architecture of a kernel: zImage, Image, Image.gz, EFI zboot, bzImage or vmlinux.
///
/// # Errors
///
/// Says what the file is instead; the caller names the file.
pub fn kernel_arch(kernel: &[u8]) -> Result<Arch, String> {
    if kernel.is_empty() {
        Err("is empty".to_owned())
    } else if has(kernel, GZIP) {
        kernel_arch(&gunzip_head(kernel)?)
    } else if has(kernel, (0, elf::MAGIC)) {
        elf::machine(kernel)
    } else if let Some(arch) = find(|arch| image(arch).is_some_and(|magic| has(kernel, magic))) {
        Ok(arch)
    } else if is_zboot(kernel) {
        pe_arch(kernel)
    } else if has(kernel, BZIMAGE) {
        bzimage_arch(kernel)
    } else {
        Err(
            "is no kernel that we know: expected a zImage, Image, Image.gz, bzImage or vmlinux"
                .to_owned(),
        )
    }
}

fn find(is: impl Fn(Arch) -> bool) -> Option<Arch> {
    Arch::ALL.iter().copied().find(|arch| is(*arch))
}

/// The magic number of the image that is this architecture's own.
fn image(arch: Arch) -> Option<Magic> {
    match arch {
        // zImage, arch/arm/boot/compressed/head.S.
        Arch::Arm => Some((0x24, &[0x18, 0x28, 0x6f, 0x01])),
        // Image, Documentation/arch/arm64/booting.rst.
        Arch::Aarch64 => Some((0x38, b"ARM\x64")),
        Arch::X86 | Arch::X86_64 => None,
    }
}

/// The machine of its EFI programs, if its kernels come as such: "Machine Types" of
/// Microsoft's PE format.
fn pe_machine(arch: Arch) -> Option<u64> {
    match arch {
        Arch::Aarch64 => Some(0xaa64),
        Arch::X86_64 => Some(0x8664),
        Arch::Arm | Arch::X86 => None,
    }
}

/// Whether this is a compressed kernel that EFI starts. Debian has none for
/// arm64 as of 7.2, but others do.
pub(super) fn is_zboot(kernel: &[u8]) -> bool {
    kernel.starts_with(b"MZ") && has(kernel, ZBOOT)
}

fn has(kernel: &[u8], (at, magic): (usize, &[u8])) -> bool {
    kernel.get(at..at + magic.len()) == Some(magic)
}

fn gunzip_head(gz: &[u8]) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    let read = flate2::read::GzDecoder::new(gz)
        .take(HEAD)
        .read_to_end(&mut head);
    read.map_err(|error| format!("is gzip data that does not unpack: {error}"))?;
    if has(&head, GZIP) {
        return Err("is gzip data within gzip data".to_owned());
    }
    Ok(head)
}

/// `xloadflags` bit 0, XLF_KERNEL_64, tells the 64-bit kernels, since version
/// 2.12 of the boot protocol (Linux 3.8).
fn bzimage_arch(kernel: &[u8]) -> Result<Arch, String> {
    match (number(kernel, 0x206, 2), number(kernel, 0x236, 2)) {
        (Some(0x020c..), Some(xloadflags)) if xloadflags & 1 == 1 => Ok(Arch::X86_64),
        (Some(_), Some(_)) => Ok(Arch::X86),
        _ => Err("is a bzImage cut off in its header".to_owned()),
    }
}

/// The machine field of a PE header, which the word at 0x3c leads to.
fn pe_arch(kernel: &[u8]) -> Result<Arch, String> {
    let header = number(kernel, 0x3c, 4).and_then(|at| part(kernel, at, 6));
    let machine = header
        .filter(|header| header.starts_with(b"PE\0\0"))
        .and_then(|header| number(header, 4, 2));
    let machine = machine.ok_or("is an EFI zboot image cut off in its header")?;
    find(|arch| pe_machine(arch) == Some(machine)).ok_or_else(|| {
        format!("is an EFI zboot image for a machine that we have no firmware for ({machine:#06x})")
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Arch, kernel_arch};
    use crate::image::gzip;
    use crate::image::testing::{elf64, with};

    #[track_caller]
    fn check(kernel: &[u8], expect: Result<Arch, &str>) {
        assert_eq!(kernel_arch(kernel), expect.map_err(str::to_owned));
    }

    fn bzimage(version: u16, xloadflags: u8) -> Vec<u8> {
        with(
            0x240,
            &[
                (0, b"MZ"),
                (0x202, b"HdrS"),
                (0x206, &version.to_le_bytes()),
                (0x236, &[xloadflags]),
            ],
        )
    }

    #[test]
    fn kernels_are_told_by_their_headers() {
        let zimage = with(64, &[(0, b"MZ"), (0x24, &[0x18, 0x28, 0x6f, 0x01])]);
        let image = with(64, &[(0, b"MZ"), (0x38, b"ARM\x64")]);
        check(&zimage, Ok(Arch::Arm));
        check(&gzip(&zimage), Ok(Arch::Arm));
        check(&image, Ok(Arch::Aarch64));
        check(&gzip(&image), Ok(Arch::Aarch64));
        check(&bzimage(0x020f, 0x7f), Ok(Arch::X86_64));
        check(&bzimage(0x020f, 0x7e), Ok(Arch::X86));
        // Before version 2.12 the field means something else.
        check(&bzimage(0x020b, 0x7f), Ok(Arch::X86));
        check(&elf64(62, 0, &[]), Ok(Arch::X86_64));
    }

    #[test]
    fn efi_zboot_images_are_told_by_their_machine() {
        let zboot = |machine: &[u8]| {
            with(
                0x80,
                &[
                    (0, b"MZ\0\0zimg"),
                    (0x3c, &[0x40]),
                    (0x40, b"PE\0\0"),
                    (0x44, machine),
                ],
            )
        };
        check(&zboot(&[0x64, 0xaa]), Ok(Arch::Aarch64));
        check(&zboot(&[0x64, 0x86]), Ok(Arch::X86_64));
        check(
            &zboot(&[0x64, 0x50]),
            Err("is an EFI zboot image for a machine that we have no firmware for (0x5064)"),
        );
        check(
            b"MZ\0\0zimg",
            Err("is an EFI zboot image cut off in its header"),
        );
    }

    #[test]
    fn other_files_are_refused() {
        let unknown =
            "is no kernel that we know: expected a zImage, Image, Image.gz, bzImage or vmlinux";
        check(b"", Err("is empty"));
        check(b"not a kernel", Err(unknown));
        check(&gzip(b"not a kernel"), Err(unknown));
        check(&gzip(b""), Err("is empty"));
        check(&gzip(&gzip(b"")), Err("is gzip data within gzip data"));
        check(
            &bzimage(0x020f, 1)[..0x210],
            Err("is a bzImage cut off in its header"),
        );
        let broken = kernel_arch(b"\x1f\x8b\x08 broken").unwrap_err();
        assert!(
            broken.starts_with("is gzip data that does not unpack: "),
            "{broken}"
        );
    }
}
