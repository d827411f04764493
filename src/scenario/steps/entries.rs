//! Entries to the kernel, and what they can pass.

use super::{Act, Work, syntax};
use crate::scenario::model::{At, Entry, Ipc};

impl Work<'_, '_> {
    /// The entry of a step: its own, or that of the head.
    pub(super) fn entry(&self, entry: Option<syntax::Entry>) -> Entry {
        match entry.unwrap_or(self.scope.entry) {
            syntax::Entry::Direct => Entry::Direct,
            syntax::Entry::Ipc => Entry::Ipc,
            syntax::Entry::Old => Entry::Old,
            syntax::Entry::Libc => Entry::Libc,
            syntax::Entry::Int80 => Entry::Int80,
        }
    }

    /// An address that the entry can pass. A 32-bit entry would cut another one, and the call
    /// would be about a place that nobody meant.
    pub(super) fn reached(&mut self, entry: Entry, at: At) -> Option<At> {
        if entry != Entry::Int80 {
            return Some(at);
        }
        let far = match at {
            At::Freed(map) | At::Over(map) | At::Inside(map, _) => {
                self.within_reach("at", entry, map)?;
                return Some(at);
            }
            At::BelowStack => "BelowStack",
            At::AboveBreak => "AboveBreak",
            At::LastPage => "LastPage",
            At::PastEnd => "PastEnd",
            At::Anywhere | At::Aligned | At::Unaligned | At::PageAligned => return Some(at),
            At::HugeAligned | At::Page0 | At::Raw(_) => return Some(at),
        };
        let message = format!(
            "`{far}` is a place of 64 bits, of which int 0x80 passes 32; choose another place or entry"
        );
        self.wrong_in("at", far, message)
    }

    /// A mapping whose address the entry can pass.
    pub(super) fn within_reach(
        &mut self,
        argument: &str,
        entry: Entry,
        map: usize,
    ) -> Option<usize> {
        let born = self.scope.cast.maps[map].born;
        let made = self.scope.steps.get(born).map(|step| &step.act);
        let far = match made {
            Some(Act::Ipc(Ipc::Shmat(call))) => call.entry != Entry::Int80,
            // Where its maker has a problem of its own, that is told.
            None => false,
            Some(_) => true,
        };
        if entry == Entry::Int80 && far {
            let message = "int 0x80 passes 32 bits of an address; attach by `entry: Int80` what it is \
                           to reach";
            let quoted = format!("\"{}\"", self.scope.cast.name_of(map));
            return self.wrong_in(argument, &quoted, message);
        }
        Some(map)
    }
}
