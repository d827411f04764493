//! What planning must know of a step: one file for each family, with what it comes to in bytes,
//! what it rests on, and what it asks of the environment.

mod clock;
mod credentials;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;

use super::needs::Touch;
use super::{Expect, Facts};
use crate::abi::number;
use crate::scenario::{Act, Command, Step};

/// What planning must know of a step.
pub(super) trait Planned {
    /// What `Ok` means: more than "no error".
    fn success(&self, facts: &Facts) -> Expect;

    /// Which parts of the state it looks at, and which it changes.
    fn touches(&self, step: &Step, touch: &mut Touch<'_>);

    /// The names of the system calls that it makes, beside the four, as far as a filter may forbid
    /// them and a probe can tell.
    fn calls(&self) -> &'static [&'static str];

    /// What else the environment does not offer it.
    fn lacks(&self, step: &Step, facts: &Facts) -> Option<String>;

    /// Whether it may end the last attachment of a segment.
    fn detaches(&self) -> bool;
}

/// What planning must know of an act.
pub(super) fn of(act: &Act) -> &dyn Planned {
    match act {
        Act::Ipc(step) => step,
        Act::Memory(step) => step,
        Act::Mapping(step) => step,
        Act::Process(step) => step,
        Act::Credentials(step) => step,
        Act::Namespace(step) => step,
        Act::Proc(step) => step,
        Act::Clock(step) => step,
        Act::Claim(..) => &Claim,
    }
}

/// A claim asks what was seen, and nothing else.
struct Claim;

impl Planned for Claim {
    fn success(&self, _: &Facts) -> Expect {
        Expect::Zero
    }

    fn touches(&self, _: &Step, _: &mut Touch<'_>) {}

    fn calls(&self) -> &'static [&'static str] {
        &[]
    }

    fn lacks(&self, _: &Step, _: &Facts) -> Option<String> {
        None
    }

    fn detaches(&self) -> bool {
        false
    }
}

/// Whether a command of shmctl returns a shmid or an index instead of 0.
pub(super) fn returns_a_number(cmd: Command) -> bool {
    match cmd {
        Command::Stat(cmd) => cmd != number::IPC_STAT,
        Command::Info | Command::Usage => true,
        // As a number, with or without IPC_64.
        Command::Plain(cmd) => matches!(
            cmd & !number::IPC_64,
            number::IPC_INFO | number::SHM_INFO | number::SHM_STAT | number::SHM_STAT_ANY
        ),
        Command::Set { .. } => false,
    }
}
