//! Model → cases: what depends on the target is known, names are numbers.

mod call;
mod cases;
mod environment;
mod expect;
mod facts;
mod lower;
mod needs;
mod skip;
mod steps;

pub use crate::scenario::{
    Block, Buf, CONFIGS, Clock, Command, Door, Entry, Fill, Key, LARGEST_PIECE, LONGEST_LINE, Loop,
    Multiplexed, Namespace, Process, Relation, Seg, Turn, Units, User,
};
pub use call::{At, Call, Credentials, Ipc, Mapping, Memory, Proc, Span, Spot, Target};
pub use cases::{Case, Player, Step};
pub use expect::{Expect, Is};
pub use facts::{Facts, Shared};
pub use lower::case;
