//! Scenario files: text in, checked model or all problems out.
//!
//! `scenarios/README.md` tells the format to those who write it. The way of a file:
//! [`Scenario`] reads its frame and its rows once; for each row, `part` puts the values of
//! the row into the text, `syntax` recognises what is written, and `play` with `steps`
//! resolves names and keeps the rules.

mod billing;
mod cast;
pub mod coverage;
mod document;
mod head;
mod model;
mod part;
mod play;
mod problem;
mod read;
mod rows;
mod scan;
mod skeleton;
mod source;
mod steps;
mod syntax;
mod whole;

pub use document::Scenario;
pub use head::CONFIGS;
pub use model::{
    Act, Actor, At, Block, Branch, Buf, Command, Condition, Door, Entry, Expect, Fill, Finds, Ipc,
    Is, Key, Loop, Map, Object, Place, Play, Range, Relation, Requirement, Seg, Shmat, Shmctl,
    Shmget, Size, Step, Target, Turn, Units, User, World,
};
pub use problem::Problem;

/// The scenarios that are built in, as (file, text), sorted by file.
pub const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The name of a scenario: the path of its file without directory and `.ron`.
#[must_use]
pub fn name_of(file: &str) -> &str {
    let file = file.strip_suffix(".ron").unwrap_or(file);
    file.rsplit('/').next().unwrap_or(file)
}
