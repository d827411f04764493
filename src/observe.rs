//! What was seen when a step was taken. Plain data, without any opinion.

use crate::abi::{Errno, Shmid, Signal};

/// What one actor's step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// shmget returned a shmid; `known` is what the object had before, if anything.
    Id {
        /// The shmid.
        id: i32,
        /// The shmid that an earlier step got for the same object.
        known: Option<i32>,
    },
    /// shmat returned an address.
    Address {
        /// The address.
        address: u64,
        /// The address that was asked for; 0 if none.
        asked: u64,
    },
    /// Another call returned this.
    Returned(i64),
    /// The call failed.
    Failed(Errno),
    /// shmctl(IPC_STAT) returned this and filled the buffer.
    Stat(i64, Shmid),
    /// The store completed.
    Stored,
    /// The load completed; the first place that differs from what it was compared
    /// with, if there is one.
    Loaded(Option<Difference>),
    /// The child lives.
    Forked,
    /// The actor ended with this status.
    Exited(i32),
    /// The actor was killed.
    Killed(Signal),
    /// The actor had died before, unasked and between its steps; how.
    DeadBefore(String),
    /// The step did not return within so many seconds.
    TimedOut(u64),
    /// We lost sight of it: the harness failed, not the kernel.
    Lost(String),
}

/// Where memory differs from what was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Bytes from the start of the attachment.
    pub offset: u64,
    /// How many of the bytes below count.
    pub count: usize,
    /// What was there.
    pub seen: [u8; 16],
    /// What should have been.
    pub wanted: [u8; 16],
}
