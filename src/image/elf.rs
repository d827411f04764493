//! What an ELF file is for, and whether it can be the only file of a system.

use super::Arch;

/// What every ELF file begins with.
pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// The program header of a file that needs a dynamic linker (elf(5)).
const PT_INTERP: u64 = 3;

/// The architecture of our firmware, which must be linked statically: in the
/// image it is alone.
///
/// # Errors
///
/// Says what the file is instead; the caller names the file.
pub fn firmware_arch(firmware: &[u8]) -> Result<Arch, String> {
    if firmware.is_empty() {
        return Err("is empty".to_owned());
    }
    if !firmware.starts_with(MAGIC) {
        return Err("is not an ELF executable".to_owned());
    }
    let arch = machine(firmware)?;
    if program_headers(firmware)?.contains(&PT_INTERP) {
        return Err("is linked dynamically, but will be alone in the image: build it for a musl target \
                    (scripts/build.sh)"
            .to_owned());
    }
    Ok(arch)
}

/// The architecture that an ELF header names.
pub(super) fn machine(file: &[u8]) -> Result<Arch, String> {
    let class = field(file, 4, 1)?;
    if field(file, 5, 1)? != 1 {
        return Err("is a big-endian ELF file".to_owned());
    }
    // The values of e_machine: include/uapi/linux/elf-em.h.
    match (class, field(file, 0x12, 2)?) {
        (1, 3) => Ok(Arch::I686),
        (1, 40) => Ok(Arch::Arm),
        (2, 62) => Ok(Arch::X86_64),
        (2, 183) => Ok(Arch::Aarch64),
        (class, machine) => {
            Err(format!("is an ELF file for a machine that we have no firmware for (class {class}, machine {machine})"))
        }
    }
}

/// The types of all program headers.
fn program_headers(file: &[u8]) -> Result<Vec<u64>, String> {
    let wide = field(file, 4, 1)? == 2;
    let (offset, size, count) = if wide {
        (field(file, 0x20, 8)?, field(file, 0x36, 2)?, field(file, 0x38, 2)?)
    } else {
        (field(file, 0x1c, 4)?, field(file, 0x2a, 2)?, field(file, 0x2c, 2)?)
    };
    (0..count).map(|index| field(file, offset.saturating_add(index * size), 4)).collect()
}

/// A little-endian number of `width` bytes.
fn field(file: &[u8], at: u64, width: usize) -> Result<u64, String> {
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let bytes = file.get(start..start.saturating_add(width)).ok_or("is an ELF file cut off in its headers")?;
    Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}
