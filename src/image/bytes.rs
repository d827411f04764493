//! Parts of a file that its own headers point at.

/// Kernels are below 100 MB, unpacked; what claims to be more is none.
pub(super) const LARGEST: usize = 1 << 29;

/// The little-endian number of `width` bytes at an offset.
pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(
        field
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
    )
}

/// The `length` bytes at `start`, both as a header gives them.
pub(super) fn part(bytes: &[u8], start: u64, length: u64) -> Option<&[u8]> {
    bytes
        .get(usize::try_from(start).ok()?..)?
        .get(..usize::try_from(length).ok()?)
}
