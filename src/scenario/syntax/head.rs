//! The outermost form: what a scenario claims, needs and varies, and its turns.

use crate::abi::Capability;
use ron::value::RawValue;
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
    pub(in crate::scenario) summary: &'a RawValue,
    #[serde(default)]
    pub(in crate::scenario) covers: Option<&'a RawValue>,
    #[serde(default)]
    pub(in crate::scenario) refs: Option<&'a RawValue>,
    #[serde(default)]
    pub(in crate::scenario) requires: Option<&'a RawValue>,
    #[serde(default)]
    pub(in crate::scenario) for_each: Option<&'a RawValue>,
    #[serde(default)]
    pub(in crate::scenario) crowd: Option<&'a RawValue>,
    #[serde(default)]
    pub(in crate::scenario) entry: Option<&'a RawValue>,
    pub(in crate::scenario) actors: &'a RawValue,
    pub(in crate::scenario) script: &'a RawValue,
}

/// A part of the script, what is in it still unread.
#[derive(Deserialize)]
#[serde(rename = "turn", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum Turn<'a> {
    By(&'a RawValue, Vec<&'a RawValue>),
    Together {
        turns: Vec<&'a RawValue>,
        #[serde(default)]
        claims: Vec<&'a RawValue>,
    },
    Repeat {
        #[serde(default)]
        times: Option<&'a RawValue>,
        #[serde(default)]
        seconds: Option<&'a RawValue>,
        script: Vec<&'a RawValue>,
    },
}

/// What varies from case to case.
#[derive(Deserialize)]
#[serde(rename = "axis", bound(deserialize = "'de: 'a"))]
pub(in crate::scenario) enum Axis<'a> {
    /// One name and its values.
    Axis(&'a RawValue, Vec<&'a RawValue>),
    /// Names whose values go together, row by row.
    Table(Vec<&'a RawValue>, Vec<&'a RawValue>),
}

#[derive(Deserialize)]
#[serde(rename = "requirement")]
pub(in crate::scenario) enum Requirement {
    Root,
    Capability(Capability),
    Kernel(u32, u32),
    Before(u32, u32),
    Arch(Vec<Arch>),
    Native,
    Compat,
    Config(String),
    PageSize(u64),
    Memory(super::Quantity),
    Cpus(u64),
    Nodes(u64),
    Swap(super::Quantity),
    Proc,
    MapFiles,
    OwnMachine,
    OwnNamespace,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename = "architecture", rename_all = "snake_case")]
pub(in crate::scenario) enum Arch {
    Arm,
    Aarch64,
    X86,
    #[serde(rename = "x86_64")]
    X86_64,
}

#[derive(Deserialize)]
#[serde(rename = "actor", deny_unknown_fields)]
pub(in crate::scenario) struct Actor {
    pub(in crate::scenario) name: String,
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

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename = "user")]
pub(in crate::scenario) enum User {
    #[default]
    Caller,
    Root,
    Nobody,
    Uid(u32),
}
