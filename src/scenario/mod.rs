//! Scenario files: text in, checked model or all problems out.
//!
//! `scenarios/README.md` tells the format to those who write it.

mod calls;
mod cast;
mod check;
mod head;
mod model;
mod problem;
mod read;
mod script;
mod source;
mod syntax;

pub use check::parse;
pub use model::{
    Act, Actor, Amount, At, Axes, Ctl, Fill, Finds, FlagSet, Flags, Key, Map, Object, Place,
    Requirement, Ret, Scenario, Seen, Seg, Shmat, Shmctl, Shmget, Size, Stat, Step, Target, Touch,
    User,
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

#[cfg(test)]
mod tests;
