//! Scenario files: text in, checked model or all problems out.
//!
//! `scenarios/README.md` tells the format to those who write it. The way of a file:
//! [`Scenario`] reads its frame and its rows once; for each row, `part` puts the values of
//! the row into the text, `syntax` recognises what is written, and `play` with `steps`
//! resolves names and keeps the rules. What is built in went this way in the build script:
//! `pack` has packed it, `packed` gives its plays back.

mod cache;
mod cast;
mod configs;
pub mod coverage;
mod document;
mod head;
mod limits;
mod lists;
mod model;
mod numbers;
mod pack;
mod packed;
mod part;
mod play;
mod problem;
mod raw;
mod ron_error;
mod row;
mod rows;
mod scan;
mod scope;
mod size;
mod skeleton;
mod source;
mod spot;
mod steps;
mod syntax;
mod text;
mod whole;

pub use configs::CONFIGS;
pub use document::{Scenario, name_of};
pub use model::{
    Act, Actor, At, Block, Branch, Buf, Clock, Command, Condition, Credentials, Door, Entry,
    Expect, Fill, Finds, Ipc, Is, Key, LARGEST_PIECE, LONGEST_LINE, Loop, Map, Mapping, Memory,
    Multiplexed, Names, Namespace, Object, Place, Play, Proc, Process, Range, Relation,
    Requirement, Seg, Shmat, Shmctl, Shmget, Size, Step, Target, Turn, Units, User, Written,
};
pub use pack::{pack, unpack};
pub use problem::{Problem, nearest};
