//! The clock.

use super::Stage;
use super::memory::done;
use crate::observe::Observation;
use crate::plan::Clock;
use crate::sys::clock;

impl Stage<'_> {
    pub(super) fn clock(&self, step: Clock) -> Observation {
        match step {
            Clock::Tick => {
                // Nobody else looks at the clock of a machine that is ours, and it is put back.
                if !self.isolation.is_machine() || clock::begin_next_second().is_err() {
                    clock::until_next_second();
                }
                Observation::Ticked
            }
            Clock::Set(seconds) => done(clock::set_realtime(seconds, 0)),
        }
    }
}
