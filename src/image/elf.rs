//! What an ELF file is for, and whether it can be the only file of a system.

use super::bytes::{LARGEST, number};
use crate::abi::Arch;

/// What every ELF file begins with.
pub(super) const MAGIC: &[u8] = b"\x7fELF";

// Types of segments (elf(5)).
const PT_LOAD: u64 = 1;
const PT_INTERP: u64 = 3;
const PT_NOTE: u64 = 4;

/// Why a file is refused whose headers lead nowhere.
const CUT_OFF: &str = "is an ELF file cut off in its headers";

/// A part of the file, and what the program header says of it.
struct Segment<'a> {
    kind: u64,
    /// Where it is to be in physical memory.
    physical: u64,
    content: &'a [u8],
}

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
    // e_type: ET_EXEC, or ET_DYN of a static-pie.
    if !matches!(number(firmware, 0x10, 2), Some(2 | 3)) {
        return Err("is an ELF file, but not an executable".to_owned());
    }
    let segments = segments(firmware).ok_or(CUT_OFF)?;
    if segments.iter().any(|segment| segment.kind == PT_INTERP) {
        return Err(
            "is linked dynamically, but finds no library where it runs: \
                    build it with scripts/build.sh, for a musl target"
                .to_owned(),
        );
    }
    Ok(arch)
}

/// The architecture that an ELF header names.
pub(super) fn machine(file: &[u8]) -> Result<Arch, String> {
    let field = |at, width| number(file, at, width).ok_or(CUT_OFF);
    if field(5, 1)? != 1 {
        return Err("is a big-endian ELF file".to_owned());
    }
    let (class, machine) = (field(4, 1)?, field(0x12, 2)?);
    let known = |arch: &&Arch| class_and_machine(**arch) == (class, machine);
    Arch::ALL.iter().find(known).copied().ok_or_else(|| {
        format!(
            "is an ELF file for a machine that we have no firmware for (class {class}, machine {machine})"
        )
    })
}

/// The class, and the value of e_machine (include/uapi/linux/elf-em.h).
fn class_and_machine(arch: Arch) -> (u64, u64) {
    match arch {
        Arch::Arm => (1, 40),
        Arch::Aarch64 => (2, 183),
        Arch::X86 => (1, 3),
        Arch::X86_64 => (2, 62),
    }
}

/// All notes of the file.
pub(super) fn notes(file: &[u8]) -> Option<Vec<u8>> {
    let notes = segments(file)?
        .into_iter()
        .filter(|segment| segment.kind == PT_NOTE);
    Some(notes.flat_map(|segment| segment.content).copied().collect())
}

/// A 32-bit kernel as it is to be in memory: where it is entered, where it
/// begins, and its bytes. The kernel clears its bss itself.
pub(super) fn load(vmlinux: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut segments = segments(vmlinux)?;
    segments.retain(|segment| segment.kind == PT_LOAD);
    let start = segments.iter().map(|segment| segment.physical).min()?;
    let mut memory = Vec::new();
    for segment in segments {
        let at = usize::try_from(segment.physical - start).ok()?;
        let end = at
            .checked_add(segment.content.len())
            .filter(|end| *end < LARGEST)?;
        memory.resize(memory.len().max(end), 0);
        memory[at..end].copy_from_slice(segment.content);
    }
    let entry = number(vmlinux, 0x18, 4)?;
    Some((
        u32::try_from(entry).ok()?,
        u32::try_from(start).ok()?,
        memory,
    ))
}

/// The segments, `None` if the headers are wrong.
fn segments(file: &[u8]) -> Option<Vec<Segment<'_>>> {
    let wide = number(file, 4, 1)? == 2;
    let (table, size, count, word) = if wide {
        (0x20, 0x36, 0x38, 8)
    } else {
        (0x1c, 0x2a, 0x2c, 4)
    };
    // Where in a program header p_offset, p_paddr and p_filesz are.
    let (offset, physical, length) = if wide { (8, 24, 32) } else { (4, 12, 16) };
    let table = usize::try_from(number(file, table, word)?).ok()?;
    let size = usize::try_from(number(file, size, 2)?).ok()?;
    let count = usize::try_from(number(file, count, 2)?).ok()?;

    let segment = |index: usize| {
        let header = file.get(table.checked_add(index * size)?..)?;
        let start = usize::try_from(number(header, offset, word)?).ok()?;
        let length = usize::try_from(number(header, length, word)?).ok()?;
        Some(Segment {
            kind: number(header, 0, 4)?,
            physical: number(header, physical, word)?,
            content: file.get(start..start.checked_add(length)?)?,
        })
    };
    (0..count).map(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::{firmware_arch, load, notes};
    use crate::abi::Arch;
    use crate::image::testing::{Part, elf32, elf64};

    #[track_caller]
    fn check(file: &[u8], expect: Result<Arch, &str>) {
        assert_eq!(firmware_arch(file), expect.map_err(str::to_owned));
    }

    #[test]
    fn executables_are_told_by_their_machine() {
        check(&elf32(3, 0, &[]), Ok(Arch::X86));
        check(&elf32(40, 0, &[]), Ok(Arch::Arm));
        check(&elf64(62, 0, &[]), Ok(Arch::X86_64));
        check(&elf64(183, 0, &[]), Ok(Arch::Aarch64));
        check(
            &elf64(243, 0, &[]),
            Err("is an ELF file for a machine that we have no firmware for (class 2, machine 243)"),
        );
        // The x32 ABI: 64-bit registers, 32-bit file.
        check(
            &elf32(62, 0, &[]),
            Err("is an ELF file for a machine that we have no firmware for (class 1, machine 62)"),
        );
    }

    #[test]
    fn what_cannot_be_the_only_file_is_refused() {
        let interpreter = Part {
            kind: 3,
            physical: 0,
            content: b"/lib/ld-linux.so.2",
        };
        check(
            &elf32(3, 0, &[interpreter]),
            Err(
                "is linked dynamically, but finds no library where it runs: \
                 build it with scripts/build.sh, for a musl target",
            ),
        );
        let mut object = elf64(62, 0, &[]);
        object[0x10] = 1;
        check(&object, Err("is an ELF file, but not an executable"));
        let mut big_endian = elf32(40, 0, &[]);
        big_endian[5] = 2;
        check(&big_endian, Err("is a big-endian ELF file"));
        check(b"", Err("is empty"));
        check(b"#!/bin/sh\n", Err("is not an ELF executable"));
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused() {
        let whole = elf64(
            62,
            0,
            &[Part {
                kind: 1,
                physical: 0,
                content: b"code",
            }],
        );
        for length in 4..whole.len() {
            check(
                &whole[..length],
                Err("is an ELF file cut off in its headers"),
            );
        }
        check(&whole, Ok(Arch::X86_64));
    }

    #[test]
    fn a_kernel_is_laid_out_by_physical_address() {
        let parts = [
            Part {
                kind: 1,
                physical: 0x100_0010,
                content: b"data",
            },
            Part {
                kind: 1,
                physical: 0x100_0000,
                content: b"text",
            },
            Part {
                kind: 4,
                physical: 0,
                content: b"note",
            },
        ];
        let vmlinux = elf32(3, 0x100_0002, &parts);
        let memory = b"text\0\0\0\0\0\0\0\0\0\0\0\0data".to_vec();
        assert_eq!(load(&vmlinux), Some((0x100_0002, 0x100_0000, memory)));
        assert_eq!(notes(&vmlinux), Some(b"note".to_vec()));
    }
}
