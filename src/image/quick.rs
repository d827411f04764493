//! The same kernel in a form that starts without unpacking itself.
//!
//! Under emulation a kernel takes longer to unpack itself than to boot. Seconds
//! from the start of QEMU 7.2 to the first word of init, Debian 6.1, TCG:
//!
//! ```text
//!           packed   unpacked
//! arm         4.2        1.4
//! i686        3.6        1.8
//! x86_64      5.2        1.8
//! ```
//!
//! So we unpack it once, and hand QEMU the result. What runs is the same code,
//! byte for byte; only the unpacker is left out, and with it, on x86, the random
//! choice of the kernel's own address.

use super::arch::{is_zboot, kernel_arch};
use super::{elf, payload};
use crate::abi::Arch;

/// Where memory begins on the ARM machine that this is for, QEMU's `virt`.
const VIRT_MEMORY: u32 = 0x4000_0000;

/// Where a bzImage's 32-bit part is loaded (Documentation/arch/x86/boot.rst).
const BZIMAGE_LOAD: u32 = 0x10_0000;

/// The kernel without its unpacker, if there is a way for it.
pub fn quick(kernel: &[u8]) -> Option<Vec<u8>> {
    match kernel_arch(kernel).ok()? {
        Arch::Arm => {
            let (image, text_offset) = payload::of_zimage(kernel)?;
            Some(uimage(&image, VIRT_MEMORY.checked_add(text_offset)?))
        }
        Arch::Aarch64 => is_zboot(kernel).then(|| payload::of_zboot(kernel))?,
        Arch::X86_64 => payload::of_bzimage(kernel).filter(|vmlinux| has_pvh_entry(vmlinux)),
        Arch::X86 => bzimage_without_unpacker(kernel, &payload::of_bzimage(kernel)?),
    }
}

/// U-Boot's wrapping (its include/image.h), which QEMU takes for ARM and which
/// says where the kernel is to be loaded; an Image of 32-bit ARM does not.
fn uimage(image: &[u8], load: u32) -> Vec<u8> {
    const MAGIC: u32 = 0x2705_1956;
    const LINUX_ARM_KERNEL_UNPACKED: [u8; 4] = [5, 2, 2, 0];
    let size = u32::try_from(image.len()).expect("unpack stops below 4 GiB");
    let words = |header_crc: u32| [MAGIC, header_crc, 0, size, load, load, crc32(image)];
    let header = |header_crc: u32| {
        let mut header: Vec<u8> = words(header_crc)
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect();
        header.extend(LINUX_ARM_KERNEL_UNPACKED);
        header.resize(64, 0); // the name, which we leave empty
        header
    };
    let mut file = header(crc32(&header(0)));
    file.extend_from_slice(image);
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Whether QEMU can start this vmlinux: whether it has the entry of Xen's PVH
/// protocol (`CONFIG_PVH`), told by a note (xen/include/public/elfnote.h).
fn has_pvh_entry(vmlinux: &[u8]) -> bool {
    const XEN_PHYS32_ENTRY: &[u8] = &[4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, b'X', b'e', b'n', 0];
    const XEN_PHYS32_ENTRY_32: &[u8] = &[4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, b'X', b'e', b'n', 0];
    elf::notes(vmlinux).is_some_and(|notes| {
        notes
            .windows(XEN_PHYS32_ENTRY.len())
            .any(|at| at == XEN_PHYS32_ENTRY || at == XEN_PHYS32_ENTRY_32)
    })
}

/// A 32-bit bzImage whose 32-bit part is no unpacker, but a few instructions
/// that put the unpacked kernel where it belongs and jump to it.
fn bzimage_without_unpacker(kernel: &[u8], vmlinux: &[u8]) -> Option<Vec<u8>> {
    /// The instructions have a page to themselves.
    const PAGE: u32 = 4096;
    let (entry, start, mut image) = elf::load(vmlinux)?;
    image.resize(image.len().next_multiple_of(4), 0);
    let length = u32::try_from(image.len()).ok()?;
    // The two places may overlap. Copying from the end is right as long as the
    // kernel moves upwards, which also spares the page with the instructions.
    let (source, target) = (BZIMAGE_LOAD + PAGE, start);
    if target < source {
        return None;
    }

    let mut file = kernel
        .get(..usize::try_from(payload::real_mode_size(kernel)?).ok()?)?
        .to_vec();
    // The 32-bit part's size in units of 16 bytes, `syssize`.
    file.get_mut(0x1f4..0x1f8)?
        .copy_from_slice(&((PAGE + length).div_ceil(16)).to_le_bytes());
    let begin = file.len();
    for (instruction, operand) in [
        (&b"\x89\xf5"[..], None),             // mov ebp, esi: the boot parameters
        (b"\xb9", Some(length / 4)),          // mov ecx, words
        (b"\xbe", Some(source + length - 4)), // mov esi, last word
        (b"\xbf", Some(target + length - 4)), // mov edi, where it goes
        (b"\xfd\xf3\xa5\xfc\x89\xee", None),  // std; rep movsd; cld; mov esi, ebp
        (b"\xb8", Some(entry)),               // mov eax, entry
        (b"\xff\xe0", None),                  // jmp eax
    ] {
        file.extend_from_slice(instruction);
        file.extend(
            operand
                .iter()
                .flat_map(|operand: &u32| operand.to_le_bytes()),
        );
    }
    file.resize(begin + PAGE as usize, 0);
    file.extend_from_slice(&image);
    Some(file)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::quick;
    use crate::image::gzip;
    use crate::image::testing::{Part, elf32, elf64, with};

    /// A bzImage with a vmlinux; bit 0 of `xloadflags` says that it is a 64-bit one.
    fn bzimage(vmlinux: &[u8], xloadflags: u8) -> Vec<u8> {
        let packed = gzip(vmlinux);
        let length = u32::try_from(packed.len()).unwrap().to_le_bytes();
        let head = [
            (0x1f1, &[1][..]),
            (0x202, b"HdrS"),
            (0x206, &[0x0f, 2]),
            (0x236, &[xloadflags]),
        ];
        let payload = [(0x24c, &length[..]), (0x400, &packed)];
        with(0x400 + packed.len(), &[&head[..], &payload].concat())
    }

    #[test]
    fn a_64_bit_pc_kernel_with_pvh_entry_is_started_there() {
        let note = b"\x04\0\0\0\x08\0\0\0\x12\0\0\0Xen\0\0\0\0\x01\0\0\0\0";
        let vmlinux = elf64(
            62,
            0,
            &[Part {
                kind: 4,
                physical: 0,
                content: note,
            }],
        );
        assert_eq!(quick(&bzimage(&vmlinux, 1)), Some(vmlinux));
        let without = elf64(
            62,
            0,
            &[Part {
                kind: 4,
                physical: 0,
                content: b"other",
            }],
        );
        assert_eq!(quick(&bzimage(&without, 1)), None);
    }

    #[test]
    fn a_32_bit_pc_kernel_is_moved_into_place() {
        let vmlinux = elf32(
            3,
            0x100_0000,
            &[Part {
                kind: 1,
                physical: 0x100_0000,
                content: b"kernel code!",
            }],
        );
        let packed = bzimage(&vmlinux, 0);
        let file = quick(&packed).unwrap();
        let (head, rest) = file.split_at(0x400);
        assert_eq!(head[..0x1f4], packed[..0x1f4]);
        assert_eq!(
            head[0x1f4..0x1f8],
            [0x01, 0x01, 0, 0],
            "(4096 + 12) / 16, rounded up"
        );
        let instructions = b"\x89\xf5\xb9\x03\0\0\0\xbe\x08\x10\x10\0\xbf\x08\0\0\x01\
            \xfd\xf3\xa5\xfc\x89\xee\xb8\0\0\0\x01\xff\xe0";
        assert_eq!(rest[..instructions.len()], *instructions);
        assert_eq!(rest[4096..], *b"kernel code!");

        let low = elf32(
            3,
            0x10_0000,
            &[Part {
                kind: 1,
                physical: 0x10_0000,
                content: b"kernel code!",
            }],
        );
        assert_eq!(quick(&bzimage(&low, 0)), None);
    }

    #[test]
    fn an_arm_kernel_is_wrapped_for_u_boot() {
        let packed = gzip(b"kernel code!");
        let end = 0x100 + packed.len();
        let table = [6, 0x5a53_4c4b, u32::try_from(end).unwrap(), 0, 0x8000]
            .map(u32::to_le_bytes)
            .concat();
        let zimage = with(
            end + 4,
            &[
                (0x24, &[0x18, 0x28, 0x6f, 0x01]),
                (0x34, &[0x45; 4]),
                (0x38, &[0x80]),
                (0x80, &table),
                (0x100, &packed),
                (end, &[12]),
            ],
        );
        let uimage = quick(&zimage).unwrap();
        // `mkimage -A arm -O linux -T kernel -C none -a 0x40008000 -e 0x40008000`, but for name and time.
        assert_eq!(uimage[..4], [0x27, 0x05, 0x19, 0x56]);
        assert_eq!(
            uimage[8..24],
            *b"\0\0\0\0\0\0\0\x0c\x40\0\x80\0\x40\0\x80\0"
        );
        assert_eq!(uimage[28..32], [5, 2, 2, 0]);
        assert_eq!(uimage[64..], *b"kernel code!");
        let header_crc = super::crc32(&with(64, &[(0, &uimage[..64]), (4, &[0; 4])]));
        assert_eq!(uimage[4..8], header_crc.to_be_bytes());
        assert_eq!(uimage[24..28], super::crc32(b"kernel code!").to_be_bytes());
    }

    #[test]
    fn what_does_not_unpack_itself_stays_as_it_is() {
        assert_eq!(quick(&with(64, &[(0x38, b"ARM\x64")])), None);
        assert_eq!(quick(b"no kernel"), None);
    }
}
