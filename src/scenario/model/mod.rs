//! The checked model of a scenario.
//!
//! A [`Scenario`] is its head and its rows; [`Scenario::play`] is what one row comes to:
//! every name resolved, every `Each` replaced, every rule of the format kept. What depends
//! on the target (`Pages`, `Depends`) is still open; [`plan`](crate::plan) closes it.

mod act;
mod expect;
mod value;

pub use act::{
    Act, Clock, Command, Credentials, Door, Finds, Ipc, LARGEST_PIECE, LONGEST_LINE, Mapping,
    Memory, Multiplexed, Namespace, Proc, Process, Range, Shmat, Shmctl, Shmget, Target,
};
pub use expect::{Branch, Condition, Expect, Is, Relation};
pub use value::{At, Buf, Entry, Fill, Key, Place, Seg, Size, Units};

use crate::abi::Capability;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What one row of a scenario comes to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Play {
    /// What the target must have.
    pub requires: Vec<Requirement>,
    /// How many times the whole cast runs side by side.
    pub crowd: u32,
    /// Everybody who acts, forked children included.
    pub actors: Vec<Actor>,
    /// The segments, whatever names they are bound to.
    pub objects: Vec<Object>,
    /// The attachments, and other mappings that have a name.
    pub maps: Vec<Map>,
    /// What the script calls all of them.
    pub names: Names,
    /// The names of what was read, for later steps to compare with.
    pub labels: Vec<String>,
    /// The steps, in the order of the file.
    pub steps: Vec<Step>,
    /// Who takes which steps when: the script in time order.
    pub blocks: Vec<Block>,
    /// Which blocks are repeated.
    pub loops: Vec<Loop>,
}

impl Play {
    /// Whether some take their steps at the same time.
    #[must_use]
    pub fn has_races(&self) -> bool {
        self.blocks.iter().any(|block| block.turns.len() > 1)
            || self.actors.iter().any(|actor| actor.count > 1)
    }
}

/// What the target must have for the scenario to mean anything.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Requirement {
    /// User id 0 that can become others.
    Root,
    /// This capability, with or without user id 0.
    Capability(Capability),
    /// Something that may also decide an expectation.
    Condition(Condition),
    /// So much memory to spare.
    Memory(Size),
    /// At least so many CPUs.
    Cpus(u64),
    /// So many nodes of memory, 0 and on, that we may use.
    Nodes(u64),
    /// So much swap that is free.
    Swap(Size),
    /// /proc is mounted.
    Proc,
    /// The files behind our mappings can be opened.
    MapFiles,
    /// We are PID 1 of the machine.
    OwnMachine,
    /// Each case has an IPC namespace of its own.
    OwnNamespace,
}

/// A process of the cast, or several that take the same steps.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Actor {
    /// Its name in the script.
    pub name: String,
    /// How many of them there are.
    pub count: u32,
    /// Whom it becomes before it acts.
    pub user: User,
    /// The step of its `fork`, if it is born in one.
    pub born: Option<usize>,
}

/// Whom an actor becomes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct User {
    /// A user and group that no other process has; which of them. The plan gives them numbers.
    pub unused: Option<u32>,
    /// Real, effective and saved user id; `None` stays who started the run.
    pub uid: Option<u32>,
    /// The same of the group.
    pub gid: Option<u32>,
    /// Supplementary groups.
    pub groups: Vec<u32>,
    /// The capabilities that it keeps, as a mask; `None` leaves what the change of user leaves.
    pub caps: Option<u64>,
}

/// A segment that the script creates.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Object {
    /// Its size as the creating shmget asks for it.
    pub size: Size,
    /// The step that creates it.
    pub born: usize,
    /// Whether every process that takes that step makes one of its own.
    pub private: bool,
}

/// An attachment or another mapping that the script binds to a name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Map {
    /// Index into [`Play::objects`]; `None` for memory that is no segment.
    pub object: Option<usize>,
    /// Its length, before rounding up to pages.
    pub length: Size,
    /// The step that maps it.
    pub born: usize,
}

/// The words of the script for what the model knows by number.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Names {
    /// Of a segment, by the step that binds the name.
    pub segments: Vec<(usize, String)>,
    /// Of the mappings, in the order of [`Play::maps`].
    pub maps: Vec<String>,
    /// Of the keys that are fresh in every case.
    pub keys: Vec<String>,
}

/// A step and where it stands.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Step {
    /// How the file has it, packed apart.
    #[serde(skip)]
    pub written: Written,
    /// Which of the scenario's steps it is, from 0. A row need not have them all.
    #[serde(skip)]
    pub number: usize,
    /// Its text with the values of this row, if there are any.
    pub with_values: Option<String>,
    /// Index into [`Play::actors`]; whoever takes the turn of a claim is not asked.
    pub actor: usize,
    /// What is done.
    pub act: Act,
    /// What it must come to.
    pub expect: Expect,
}

/// A step as the file has it, the same in every row.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Line in the file, from 1.
    pub line: usize,
    /// The author's comment about it, on one line; may be empty.
    pub comment: Rc<str>,
    /// Its text, without comment and expectation, on one line.
    pub text: Rc<str>,
}

impl Step {
    /// Its text with the values of this row.
    #[must_use]
    pub fn told(&self) -> &str {
        self.with_values.as_deref().unwrap_or(&self.written.text)
    }
}

/// Turns that are taken together: one, or several that race.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Who takes which steps, from and up to.
    pub turns: Vec<Turn>,
    /// The claims about them, steps from and up to.
    pub claims: (usize, usize),
}

/// Steps that one actor takes in a row.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Index into [`Play::actors`].
    pub actor: usize,
    /// The first step.
    pub first: usize,
    /// The one after the last.
    pub end: usize,
}

/// Blocks that are taken again and again.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Loop {
    /// The first block.
    pub first: usize,
    /// The one after the last.
    pub end: usize,
    /// How often; `None` as long as the time lasts.
    pub times: Option<u64>,
    /// For how many seconds at the most.
    pub seconds: Option<u64>,
}
