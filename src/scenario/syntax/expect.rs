//! What a step must come to.

use super::args::{Args, ArgsVisitor, Form};
use super::value::Is;
use crate::abi::{Arch, Death, Errno, Field};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

#[derive(Clone, Deserialize)]
#[serde(rename = "result", deny_unknown_fields)]
pub(in crate::scenario) enum Expect {
    Ok,
    Err(Errno),
    OneOf(Vec<Expect>),
    Depends {
        on: Vec<Branch>,
        otherwise: Box<Expect>,
    },
    Id(Is),
    Stat(StatFields),
    Info(InfoFields),
    ShmInfo(UsageFields),
    Row(RowFields),
    Mapping(MapFields),
    Policy(PolicyFields),
    Absent,
    Value(Is),
    Returns(Is),
    Zeros,
    Text(String),
    Pattern(u32),
    Killed(Death),
}

/// The word that a form of [`Expect`] is written with.
pub(in crate::scenario) fn kind(expect: &Expect) -> &'static str {
    match expect {
        Expect::Ok => "Ok",
        Expect::Err(_) => "Err",
        Expect::OneOf(_) => "OneOf",
        Expect::Depends { .. } => "Depends",
        Expect::Id(_) => "Id",
        Expect::Stat(_) => "Stat",
        Expect::Info(_) => "Info",
        Expect::ShmInfo(_) => "ShmInfo",
        Expect::Row(_) => "Row",
        Expect::Mapping(_) => "Mapping",
        Expect::Policy(_) => "Policy",
        Expect::Absent => "Absent",
        Expect::Value(_) => "Value",
        Expect::Returns(_) => "Returns",
        Expect::Zeros => "Zeros",
        Expect::Text(_) => "Text",
        Expect::Pattern(_) => "Pattern",
        Expect::Killed(_) => "Killed",
    }
}

/// A claim about a group of calls that were made together.
#[derive(Clone, Deserialize)]
#[serde(rename = "claim")]
pub(in crate::scenario) enum Claim {
    Exactly(u32, String, Expect),
    AtLeast(u32, String, Expect),
    AtMost(u32, String, Expect),
}

/// An expectation for some targets, and where it is written that they differ.
#[derive(Clone, Deserialize)]
#[serde(rename = "branch", deny_unknown_fields)]
pub(in crate::scenario) struct Branch {
    pub(in crate::scenario) when: Condition,
    pub(in crate::scenario) because: String,
    pub(in crate::scenario) expect: Expect,
}

#[derive(Clone, Deserialize)]
#[serde(rename = "condition")]
pub(in crate::scenario) enum Condition {
    Since(u32, u32),
    Before(u32, u32),
    Arch(Vec<Arch>),
    Native,
    Compat,
    Root,
    Config(String),
    PageSize(u64),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

/// A field that is given: its word there, what it is, and what it must be.
pub(in crate::scenario) type Given = (&'static str, Field, Is);

/// Declares the fields of one structure: their words, and what they are.
macro_rules! structure {
    ($(#[$doc:meta])* $name:ident, $shown:literal: $($field:ident = $of:ident)*) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(in crate::scenario) struct $name(Vec<Given>);

        impl $name {
            /// The fields that are given.
            pub(in crate::scenario) fn given(&self) -> &[Given] {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                const FORM: Form = Form {
                    name: $shown,
                    takes: &[$(stringify!($field)),*],
                    must: &[],
                };
                const FIELDS: &[Field] = &[$(Field::$of),*];
                let args = from.deserialize_struct($shown, FORM.takes, ArgsVisitor(FORM, None))?;
                fields(&FORM, FIELDS, &args).map(Self)
            }
        }
    };
}

/// The fields that are given, in the order of the form.
fn fields<E: Error>(form: &Form, all: &[Field], args: &Args<'_>) -> Result<Vec<Given>, E> {
    let mut problems = args.problems.clone();
    let pairs = form.takes.iter().zip(all);
    let given = pairs.filter(|(name, _)| args.given().any(|given| given == **name));
    let read: Vec<_> = given
        .filter_map(|(name, field)| Some((*name, *field, args.needed(name, &mut problems)?)))
        .collect();
    if problems.is_empty() {
        Ok(read)
    } else {
        Err(super::args::all(&problems))
    }
}

structure! {
    /// `struct shmid_ds`, and what the call returns.
    StatFields, "Stat":
    returns = Returned
    key = Key
    uid = Uid
    gid = Gid
    cuid = Cuid
    cgid = Cgid
    mode = Mode
    seq = Seq
    segsz = Segsz
    atime = Atime
    dtime = Dtime
    ctime = Ctime
    cpid = Cpid
    lpid = Lpid
    nattch = Nattch
    unused = Unused
}

structure! {
    /// `struct shminfo`, and the highest index that the call returns.
    InfoFields, "Info":
    returns = Returned
    shmmax = Shmmax
    shmmin = Shmmin
    shmmni = Shmmni
    shmseg = Shmseg
    shmall = Shmall
}

structure! {
    /// `struct shm_info`, and the highest index that the call returns.
    UsageFields, "ShmInfo":
    returns = Returned
    used_ids = UsedIds
    shm_tot = ShmTot
    shm_rss = ShmRss
    shm_swp = ShmSwp
}

structure! {
    /// A row of /proc/sysvipc/shm.
    RowFields, "Row":
    key = Key
    shmid = Shmid
    perms = Mode
    size = Segsz
    cpid = Cpid
    lpid = Lpid
    nattch = Nattch
    uid = Uid
    gid = Gid
    cuid = Cuid
    cgid = Cgid
    atime = Atime
    dtime = Dtime
    ctime = Ctime
    rss = Rss
    swap = Swap
    rows = Rows
}

structure! {
    /// A row of /proc/self/maps.
    MapFields, "Mapping":
    perms = Perms
    length = Length
    offset = Offset
    major = Major
    minor = Minor
    key = Key
    inode = Inode
    deleted = Deleted
    rows = Rows
}

structure! {
    /// What get_mempolicy(2) tells of an address.
    PolicyFields, "Policy":
    mode = Policy
    nodes = Nodes
}
