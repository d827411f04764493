//! Processes begin, end, and end each other.

use super::Planned;
use crate::abi::Death;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{Expect, Facts};
use crate::scenario::{Process, Step};

impl Planned for Process {
    fn success(&self, _: &Facts) -> Expect {
        match self {
            Self::Fork(_) => Expect::Child,
            Self::Exec => Expect::Replaced,
            Self::Exit => Expect::Exits,
            Self::Kill(_, signal) => Expect::Killed(Death::by(*signal, None)),
        }
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        touch.everything_attached();
        match self {
            Self::Fork(child) => touch.changes(Facet::Life(*child)),
            Self::Exec | Self::Exit => touch.changes(Facet::Life(touch.actor)),
            Self::Kill(whom, _) => {
                touch.looks(Facet::Life(*whom));
                touch.changes(Facet::Life(*whom));
            }
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        &[]
    }

    fn lacks(&self, _: &Step, _: &Facts) -> Option<String> {
        None
    }

    fn detaches(&self) -> bool {
        match self {
            Self::Fork(_) => false,
            Self::Exec | Self::Exit | Self::Kill(..) => true,
        }
    }
}
