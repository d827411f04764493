//! A case: one row of a scenario, ready to run.

use super::{Block, Call, Expect, Loop, Units, User};

/// A case: one row of a scenario, ready to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// Why it cannot be run on this target, if so.
    pub skip: Option<String>,
    /// What makes the case meaningless, if anything; it counts as broken.
    pub flaw: Option<String>,
    /// How many times the whole cast runs side by side.
    pub crowd: usize,
    /// The processes of the cast, those of one actor in a row.
    pub players: Vec<Player>,
    /// The cast: the first player of each actor, and how many there are.
    pub actors: Vec<(usize, usize)>,
    /// The segments that the script creates.
    pub objects: usize,
    /// The mappings that it binds, with their lengths in bytes.
    pub maps: Vec<u64>,
    /// How many answers it keeps.
    pub labels: usize,
    /// How many keys it needs that nobody else has.
    pub unique_keys: usize,
    /// The keys that are fixed numbers, under which a stranger might have a segment.
    pub raw_keys: Vec<i32>,
    /// The sysctls that it writes.
    pub sysctls: Vec<String>,
    /// Whether it sets the clock, or has its next second begin.
    pub sets_clock: bool,
    /// Whether control groups are made.
    pub groups: bool,
    /// How many of a shmid's low bits are its index.
    pub index_bits: u32,
    /// Whether processes of others may have locked memory that counts for a user of the case, but
    /// for those whom nobody else has.
    pub shares_locks: bool,
    /// The steps, in the order of the file.
    pub steps: Vec<Step>,
    /// Who takes which steps when.
    pub blocks: Vec<Block>,
    /// Which blocks are repeated.
    pub loops: Vec<Loop>,
    /// What sizes are counted in.
    pub units: Units,
}

/// A process of the cast.
#[derive(Clone, Debug)]
pub struct Player {
    /// The name of its actor.
    pub name: String,
    /// Whom it becomes.
    pub user: User,
    /// Whether a fork of another brings it to life.
    pub forked: bool,
}

/// A step, ready to be taken and judged.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who takes it, index into [`Case::actors`].
    pub actor: usize,
    /// What is done.
    pub call: Call,
    /// What it must come to.
    pub expect: Expect,
    /// The earlier steps that must have passed for this one to mean anything.
    pub needs: Vec<usize>,
}

impl Step {
    /// Whether what it expects rests on the clock.
    #[must_use]
    pub fn is_about_time(&self) -> bool {
        self.expect.fields().any(crate::abi::Field::is_time)
    }
}
