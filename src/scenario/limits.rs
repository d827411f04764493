//! What a file may come to.

/// The most steps, those of all cases together.
pub(super) const MOST_STEPS: usize = 100_000;

/// The most text, that of all cases together, in bytes.
pub(super) const MOST_TEXT: usize = 6 << 20;

/// The most replicas of a cast, or processes of an actor, that run side by side.
pub(super) const LARGEST_CROWD: u32 = 64;

/// The most actors of a scenario, those that are forked included.
pub(super) const MOST_ACTORS: usize = 256;
