//! Why an actor cannot take its step.

use crate::abi::Errno;
use crate::exec::wire::{News, Unfit};
use crate::observe::Line;

/// Why an actor cannot go on. Neither is the kernel's failure.
pub(in crate::exec) enum Failed {
    /// The harness fails, and says so.
    Unfit(Unfit, Errno),
    /// The environment does not offer what the step needs, for this reason.
    Lacks(String),
}

impl From<(Unfit, Errno)> for Failed {
    fn from((what, errno): (Unfit, Errno)) -> Self {
        Self::Unfit(what, errno)
    }
}

impl Failed {
    pub(super) fn news(&self) -> News {
        match self {
            Self::Unfit(what, errno) => News::Unfit(*what, *errno),
            Self::Lacks(why) => News::Lacks(Line::of(why)),
        }
    }
}
