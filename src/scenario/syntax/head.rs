//! The outermost form: what a scenario claims, needs and varies, and its turns.

use crate::abi::{Arch, Capability};
use crate::scenario::raw::Raw;
use crate::scenario::text::{Read, Spanned, Text, Wrong};
use serde::Deserialize;

/// The file, each field still unread, so that one bad field does not hide the problems of
/// the next.
#[derive(Deserialize)]
#[serde(
    rename = "Scenario",
    deny_unknown_fields,
    bound(deserialize = "'de: 'a")
)]
pub(in crate::scenario) struct Outline<'a> {
    pub(in crate::scenario) summary: Raw<'a>,
    #[serde(default)]
    pub(in crate::scenario) covers: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) refs: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) requires: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) for_each: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) lists: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) crowd: Option<Raw<'a>>,
    #[serde(default)]
    pub(in crate::scenario) entry: Option<Raw<'a>>,
    pub(in crate::scenario) actors: Raw<'a>,
    pub(in crate::scenario) script: Raw<'a>,
}

/// A part of the script, what is in it still unread.
#[derive(Deserialize)]
#[serde(rename = "turn", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum Turn<'a> {
    By(Raw<'a>, Vec<Raw<'a>>),
    Together {
        turns: Vec<Raw<'a>>,
        #[serde(default)]
        claims: Vec<Raw<'a>>,
    },
    Repeat {
        #[serde(default)]
        times: Option<Raw<'a>>,
        #[serde(default)]
        seconds: Option<Raw<'a>>,
        script: Vec<Raw<'a>>,
    },
}

/// What varies from case to case.
#[derive(Deserialize)]
#[serde(rename = "axis", bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum Axis<'a> {
    /// One name and its values.
    Axis(Raw<'a>, Vec<Raw<'a>>),
    /// Names whose values go together, row by row.
    Table(Vec<Raw<'a>>, Vec<Raw<'a>>),
}

/// Steps that are taken in several places.
#[derive(Deserialize)]
#[serde(rename = "list", bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum List<'a> {
    /// The name, the parameters, and the steps.
    List(Raw<'a>, Vec<Raw<'a>>, Vec<Raw<'a>>),
    /// Stands for the steps with this name: for each time the values of the parameters.
    Do(Raw<'a>, Vec<Raw<'a>>),
}

/// An item of `requires`, amounts of memory still unread.
#[derive(Deserialize)]
#[serde(rename = "requirement", bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum Requirement<'a> {
    Root,
    Capability(Capability),
    Since(u32, u32),
    Before(u32, u32),
    Arch(Vec<Arch>),
    Native,
    Compat,
    Config(String),
    PageSize(u64),
    IndexBits(u32),
    Memory(Raw<'a>),
    Cpus(u64),
    Nodes(u64),
    Swap(Raw<'a>),
    Proc,
    MapFiles,
    OwnMachine,
    OwnNamespace,
}

/// An actor; `N` is how its name is read.
#[derive(Deserialize)]
#[serde(rename = "actor", deny_unknown_fields)]
pub(in crate::scenario) struct Actor<N = Spanned<String>> {
    pub(in crate::scenario) name: N,
    #[serde(default)]
    pub(in crate::scenario) count: Option<u64>,
    #[serde(default)]
    pub(in crate::scenario) user: User,
    #[serde(default)]
    pub(in crate::scenario) gid: Option<u32>,
    #[serde(default)]
    pub(in crate::scenario) groups: Vec<u32>,
    #[serde(default)]
    pub(in crate::scenario) caps: Option<Vec<Capability>>,
}

impl Read for Actor {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let unread: Actor<Raw<'_>> = text.take(wrong)?;
        Some(Self {
            name: Spanned::read(text.inside(unread.name), wrong)?,
            count: unread.count,
            user: unread.user,
            gid: unread.gid,
            groups: unread.groups,
            caps: unread.caps,
        })
    }
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename = "user")]
pub(in crate::scenario) enum User {
    #[default]
    Caller,
    Root,
    Nobody,
    Uid(u32),
    Unused(u32),
}
