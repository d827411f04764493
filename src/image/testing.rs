//! Files made by hand, for tests.

/// A segment of an ELF file.
pub(super) struct Part<'a> {
    pub(super) kind: u8,
    pub(super) physical: u32,
    pub(super) content: &'a [u8],
}

/// `size` zeros, with some bytes put at some offsets, the last on top.
pub(super) fn with(size: usize, parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut file = vec![0; size];
    for (at, bytes) in parts {
        file[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    file
}

/// A 32-bit executable.
pub(super) fn elf32(machine: u8, entry: u32, parts: &[Part<'_>]) -> Vec<u8> {
    let mut file = with(
        52,
        &[
            (0, b"\x7fELF\x01\x01\x01"),
            (0x10, &[2]),
            (0x12, &[machine]),
            (0x18, &entry.to_le_bytes()),
            (0x1c, &[52]),
            (0x2a, &[32]),
            (0x2c, &count(parts)),
        ],
    );
    let mut at = 52 + 32 * parts.len();
    for part in parts {
        let fields = [
            u32::from(part.kind),
            word(at),
            0,
            part.physical,
            word(part.content.len()),
            0,
            0,
            0,
        ];
        file.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        at += part.content.len();
    }
    append(file, parts)
}

/// A 64-bit executable.
pub(super) fn elf64(machine: u8, entry: u64, parts: &[Part<'_>]) -> Vec<u8> {
    let mut file = with(
        64,
        &[
            (0, b"\x7fELF\x02\x01\x01"),
            (0x10, &[2]),
            (0x12, &[machine]),
            (0x18, &entry.to_le_bytes()),
            (0x20, &[64]),
            (0x36, &[56]),
            (0x38, &count(parts)),
        ],
    );
    let mut at = 64 + 56 * parts.len();
    for part in parts {
        let fields = [
            u32::from(part.kind),
            0,
            word(at),
            0,
            0,
            0,
            part.physical,
            0,
            word(part.content.len()),
        ];
        file.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        file.resize(file.len() + 20, 0);
        at += part.content.len();
    }
    append(file, parts)
}

fn append(mut file: Vec<u8>, parts: &[Part<'_>]) -> Vec<u8> {
    file.extend(parts.iter().flat_map(|part| part.content));
    file
}

fn count(parts: &[Part<'_>]) -> [u8; 1] {
    [u8::try_from(parts.len()).expect("tests have few parts")]
}

fn word(length: usize) -> u32 {
    u32::try_from(length).expect("tests have short parts")
}
