//! The clock.

use super::Planned;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{Expect, Facts};
use crate::scenario::{Clock, Step};

impl Planned for Clock {
    fn success(&self, _: &Facts) -> Expect {
        match self {
            Self::Tick => Expect::Ticked,
            Self::Set(_) => Expect::Zero,
        }
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::Tick => {}
            Self::Set(_) => touch.changes(Facet::World),
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Tick => &[],
            Self::Set(_) => &["clock_settime"],
        }
    }

    fn lacks(&self, _: &Step, facts: &Facts) -> Option<String> {
        match self {
            Self::Set(_) if !facts.sets_clock => {
                Some("needs to set the clock, which cannot be set here (CAP_SYS_TIME)".to_owned())
            }
            Self::Tick | Self::Set(_) => None,
        }
    }

    fn detaches(&self) -> bool {
        false
    }
}
