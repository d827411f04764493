//! What a step does: families of steps, one file each.
//!
//! Where a family is generic, `S` is a size and `R` a range: as they are written here, in bytes
//! behind [`plan`](crate::plan).

use serde::{Deserialize, Serialize};

mod clock;
mod credentials;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;

pub use clock::Clock;
pub use credentials::Credentials;
pub use ipc::{Command, Finds, Ipc, Multiplexed, Shmat, Shmctl, Shmget, Target};
pub use mapping::{Mapping, Range};
pub use memory::{Door, Memory};
pub use namespace::Namespace;
pub use proc::{LARGEST_PIECE, LONGEST_LINE, Proc};
pub use process::Process;

/// What a step does.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Act {
    /// The four calls, and ipc(2).
    Ipc(Ipc),
    /// Loads and stores, and sleep on a word of memory.
    Memory(Memory),
    /// What is mapped, where, and how.
    Mapping(Mapping),
    /// Processes begin, end, and end each other.
    Process(Process),
    /// Who a process is, and how much it may have.
    Credentials(Credentials),
    /// In which namespaces a process lives.
    Namespace(Namespace),
    /// Files in /proc, sysctls among them.
    Proc(Proc),
    /// The clock.
    Clock(Clock),
    /// How many calls of a group came to something: the steps asked, and what counts.
    Claim(Vec<usize>, Box<super::Expect>),
}
