//! The clock.

use super::{Expect, Work};
use crate::scenario::model::{Clock, Requirement};
use crate::scenario::syntax::Clock as Written;

impl Work<'_, '_> {
    pub(super) fn clock(&mut self, step: Written) -> Option<(Clock, Expect)> {
        match step {
            Written::Tick {} => Some((Clock::Tick, Expect::Ok)),
            Written::ClockSettime { seconds, expect } => {
                if !self.scope.requires.contains(&Requirement::OwnMachine) {
                    return self.wrong(
                        "clock_settime",
                        "the clock is everybody's; add `requires: [OwnMachine]`",
                    );
                }
                self.zero(Clock::Set(seconds), &expect)
            }
        }
    }
}
