//! Numbers as words, and words as bytes.

pub(super) fn from_i32(value: i32) -> u64 {
    u64::from(value as u32)
}

pub(super) fn to_i32(word: u64) -> i32 {
    word as u32 as i32
}

pub(super) fn little_endian(bytes: &[u8]) -> u64 {
    let from_top = bytes.iter().rev();
    from_top.fold(0, |word, byte| word << 8 | u64::from(*byte))
}
