//! What an actor does, and what success is: one file for each family of steps.

mod clock;
mod credentials;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;

use super::names::Names;
use crate::scenario::{Act, Step};

impl Names<'_> {
    /// What the actor does in the step with this index.
    pub(super) fn act(self, index: usize, step: &Step) -> String {
        match &step.act {
            Act::Ipc(act) => self.ipc(index, act, &step.expect),
            Act::Memory(act) => self.memory(act, &step.expect),
            Act::Mapping(act) => self.mapping(act),
            Act::Process(act) => self.process(*act),
            Act::Credentials(act) => self.credentials(act),
            Act::Namespace(act) => self.namespace(*act),
            Act::Proc(act) => self.proc(act),
            Act::Clock(act) => clock::clock(*act),
            // No step of a turn.
            Act::Claim(..) => String::new(),
        }
    }
}

/// What `Ok` means for an act: behind "the kernel must".
pub(super) fn success(act: &Act) -> String {
    let words = match act {
        Act::Ipc(act) => ipc::success(act),
        Act::Memory(act) => memory::success(act),
        Act::Mapping(act) => mapping::success(act),
        Act::Process(act) => return process::success(*act),
        Act::Credentials(_) | Act::Namespace(_) => "return 0",
        Act::Proc(act) => proc::success(act),
        Act::Clock(act) => clock::success(*act),
        Act::Claim(..) => "let all succeed",
    };
    words.to_owned()
}
