//! What a file may come to.

/// The most steps, those of all cases together.
pub(super) const MOST_STEPS: usize = 100_000;

/// The most text, that of all cases together, in bytes.
pub(super) const MOST_TEXT: usize = 6 << 20;
