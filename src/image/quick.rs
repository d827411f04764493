//! The same kernel in a form that starts without unpacking itself.
//!
//! Under emulation a kernel takes longer to unpack itself than to boot: of the
//! 6.5 s that Debian's amd64 kernel takes, 4 s. We unpack it once, and hand QEMU
//! the result. What runs is the same code, byte for byte; only the unpacker is
//! left out, and on x86 the random choice of the kernel's address with it.

use super::arch::{Arch, is_zboot, kernel_arch};
use super::{elf, payload};

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
        Arch::I686 => bzimage_without_unpacker(kernel, &payload::of_bzimage(kernel)?),
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
        let mut header: Vec<u8> = words(header_crc).iter().flat_map(|word| word.to_be_bytes()).collect();
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
        notes.windows(XEN_PHYS32_ENTRY.len()).any(|at| at == XEN_PHYS32_ENTRY || at == XEN_PHYS32_ENTRY_32)
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
    // Copied from its end, because the two places may overlap, upwards. The page
    // with the instructions must survive that.
    let (source, target) = (BZIMAGE_LOAD + PAGE, start);
    if target < source {
        return None;
    }

    let mut file = kernel.get(..usize::try_from(payload::real_mode_size(kernel)?).ok()?)?.to_vec();
    // The 32-bit part's size in units of 16 bytes, `syssize`.
    file.get_mut(0x1f4..0x1f8)?.copy_from_slice(&((PAGE + length).div_ceil(16)).to_le_bytes());
    let begin = file.len();
    for (instruction, operand) in [
        (&b"\x89\xf5"[..], None),                   // mov ebp, esi: the boot parameters
        (b"\xb9", Some(length / 4)),                // mov ecx, words
        (b"\xbe", Some(source + length - 4)),       // mov esi, last word
        (b"\xbf", Some(target + length - 4)),       // mov edi, where it goes
        (b"\xfd\xf3\xa5\xfc\x89\xee", None),        // std; rep movsd; cld; mov esi, ebp
        (b"\xb8", Some(entry)),                     // mov eax, entry
        (b"\xff\xe0", None),                        // jmp eax
    ] {
        file.extend_from_slice(instruction);
        file.extend(operand.iter().flat_map(|operand: &u32| operand.to_le_bytes()));
    }
    file.resize(begin + PAGE as usize, 0);
    file.extend_from_slice(&image);
    Some(file)
}
