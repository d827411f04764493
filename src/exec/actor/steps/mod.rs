//! The steps that an actor takes: one file for each family.

mod clock;
mod credentials;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;

use super::{Failed, Stage};
use crate::exec::known::Known;
use crate::exec::wire::News;
use crate::observe::Observation;
use crate::plan::Call;

impl Stage<'_> {
    pub(super) fn obey(&self, player: usize, step: usize, known: &Known) -> Result<News, Failed> {
        let seen = match &self.case.steps[step].call {
            Call::Ipc(call) if self.case.steps[step].call.in_thread() => {
                self.call_in_thread(step, call, known)?
            }
            Call::Ipc(call) => self.caller().ipc(step, call, known)?,
            Call::Memory(call) => self.memory(player, step, call, known),
            Call::Mapping(call) => self.mapping(call, known)?,
            Call::Process(call) => return self.process(player, step, *call),
            Call::Credentials(call) => credentials::credentials(call)?,
            Call::Namespace(call) => self.namespace(call, known)?,
            Call::Proc(call) => self.proc(call, known)?,
            Call::Clock(call) => self.clock(*call),
            // The conductor does this itself.
            Call::Claim(..) => Observation::Lost(String::new()),
        };
        Ok(News::Done(step, seen))
    }
}
