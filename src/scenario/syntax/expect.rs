//! What a step must come to.

use super::args::{Args, Form, Pairs};
use super::value::Is;
use crate::abi::{Arch, Death, Errno, Field};
use crate::scenario::raw::Raw;
use crate::scenario::text::{Read, Spanned, Text, Wrong, all};
use serde::Deserialize;
use std::ops::Range;

/// A result, and where it stands.
#[derive(Clone)]
pub(in crate::scenario) struct Expect {
    pub(in crate::scenario) result: Result,
    pub(in crate::scenario) at: Range<usize>,
}

#[derive(Clone)]
pub(in crate::scenario) enum Result {
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

/// The same, the values in it still unread.
#[derive(Deserialize)]
#[serde(rename = "result", deny_unknown_fields, bound(deserialize = "'de: 't"))]
enum Unread<'t> {
    Ok,
    Err(Errno),
    OneOf(Vec<Raw<'t>>),
    Depends {
        on: Vec<Raw<'t>>,
        otherwise: Raw<'t>,
    },
    Id(Raw<'t>),
    Stat(Pairs<'t>),
    Info(Pairs<'t>),
    ShmInfo(Pairs<'t>),
    Row(Pairs<'t>),
    Mapping(Pairs<'t>),
    Policy(Pairs<'t>),
    Absent,
    Value(Raw<'t>),
    Returns(Raw<'t>),
    Zeros,
    Text(String),
    Pattern(u32),
    Killed(Death),
}

impl Read for Expect {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let unread: Unread<'_> = text.take(wrong)?;
        let result = Result::of(unread, text, wrong)?;
        let at = text.range();
        Some(Self { result, at })
    }
}

impl Expect {
    /// Looks at it and at all that are part of it.
    pub(in crate::scenario) fn each(&self, look: &mut impl FnMut(&Self)) {
        look(self);
        match &self.result {
            Result::OneOf(several) => several.iter().for_each(|one| one.each(look)),
            Result::Depends { on, otherwise } => {
                on.iter().for_each(|branch| branch.expect.each(look));
                otherwise.each(look);
            }
            _ => {}
        }
    }
}

impl Result {
    fn of<'t>(unread: Unread<'t>, text: Text<'t>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let is = |raw, wrong: &mut _| Is::read(text.inside(raw), wrong);
        Some(match unread {
            Unread::Ok => Self::Ok,
            Unread::Err(errno) => Self::Err(errno),
            Unread::OneOf(several) => Self::OneOf(all(text, several, wrong)?),
            Unread::Depends { on, otherwise } => {
                let on = all(text, on, wrong);
                let otherwise = Expect::read(text.inside(otherwise), wrong);
                Self::Depends {
                    on: on?,
                    otherwise: Box::new(otherwise?),
                }
            }
            Unread::Id(raw) => Self::Id(is(raw, wrong)?),
            Unread::Stat(pairs) => Self::Stat(StatFields::read(text, pairs, wrong)?),
            Unread::Info(pairs) => Self::Info(InfoFields::read(text, pairs, wrong)?),
            Unread::ShmInfo(pairs) => Self::ShmInfo(UsageFields::read(text, pairs, wrong)?),
            Unread::Row(pairs) => Self::Row(RowFields::read(text, pairs, wrong)?),
            Unread::Mapping(pairs) => Self::Mapping(MapFields::read(text, pairs, wrong)?),
            Unread::Policy(pairs) => Self::Policy(PolicyFields::read(text, pairs, wrong)?),
            Unread::Absent => Self::Absent,
            Unread::Value(raw) => Self::Value(is(raw, wrong)?),
            Unread::Returns(raw) => Self::Returns(is(raw, wrong)?),
            Unread::Zeros => Self::Zeros,
            Unread::Text(words) => Self::Text(words),
            Unread::Pattern(seed) => Self::Pattern(seed),
            Unread::Killed(signal) => Self::Killed(signal),
        })
    }
}

/// The word that a form of [`Result`] is written with.
pub(in crate::scenario) fn kind(result: &Result) -> &'static str {
    match result {
        Result::Ok => "Ok",
        Result::Err(_) => "Err",
        Result::OneOf(_) => "OneOf",
        Result::Depends { .. } => "Depends",
        Result::Id(_) => "Id",
        Result::Stat(_) => "Stat",
        Result::Info(_) => "Info",
        Result::ShmInfo(_) => "ShmInfo",
        Result::Row(_) => "Row",
        Result::Mapping(_) => "Mapping",
        Result::Policy(_) => "Policy",
        Result::Absent => "Absent",
        Result::Value(_) => "Value",
        Result::Returns(_) => "Returns",
        Result::Zeros => "Zeros",
        Result::Text(_) => "Text",
        Result::Pattern(_) => "Pattern",
        Result::Killed(_) => "Killed",
    }
}

/// A claim about a group of calls that were made together; `E` is how what they come to is read.
#[derive(Clone, Deserialize)]
#[serde(rename = "claim")]
pub(in crate::scenario) enum Claim<E = Expect> {
    Exactly(u32, String, E),
    AtLeast(u32, String, E),
    AtMost(u32, String, E),
}

impl Read for Claim {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let claim: Claim<Raw<'_>> = text.take(wrong)?;
        let mut expect = |raw| Expect::read(text.inside(raw), wrong);
        Some(match claim {
            Claim::Exactly(count, call, raw) => Self::Exactly(count, call, expect(raw)?),
            Claim::AtLeast(count, call, raw) => Self::AtLeast(count, call, expect(raw)?),
            Claim::AtMost(count, call, raw) => Self::AtMost(count, call, expect(raw)?),
        })
    }
}

/// An expectation for some targets, and where it is written that they differ.
#[derive(Clone)]
pub(in crate::scenario) struct Branch {
    pub(in crate::scenario) when: Condition,
    pub(in crate::scenario) because: Spanned<String>,
    pub(in crate::scenario) expect: Expect,
}

impl Read for Branch {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename = "branch", deny_unknown_fields, bound(deserialize = "'de: 't"))]
        struct Unread<'t> {
            when: Raw<'t>,
            because: Raw<'t>,
            expect: Raw<'t>,
        }
        let unread: Unread<'_> = text.take(wrong)?;
        let when = Condition::read(text.inside(unread.when), wrong);
        let because = Spanned::read(text.inside(unread.because), wrong);
        let expect = Expect::read(text.inside(unread.expect), wrong);
        Some(Self {
            when: when?,
            because: because?,
            expect: expect?,
        })
    }
}

/// What is asked of a target, and where that stands.
#[derive(Clone)]
pub(in crate::scenario) struct Condition {
    pub(in crate::scenario) asks: Asks,
    pub(in crate::scenario) at: Range<usize>,
}

/// What is asked of a target; `C` is how a condition in it is read.
#[derive(Clone, Deserialize)]
#[serde(rename = "condition")]
pub(in crate::scenario) enum Asks<C = Condition> {
    Since(u32, u32),
    Before(u32, u32),
    Arch(Vec<Arch>),
    Native,
    Compat,
    Root,
    Config(String),
    PageSize(u64),
    IndexBits(u32),
    All(Vec<C>),
    Any(Vec<C>),
    Not(Box<C>),
}

impl Read for Condition {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let unread: Asks<Raw<'_>> = text.take(wrong)?;
        let asks = match unread {
            Asks::Since(major, minor) => Asks::Since(major, minor),
            Asks::Before(major, minor) => Asks::Before(major, minor),
            Asks::Arch(list) => Asks::Arch(list),
            Asks::Native => Asks::Native,
            Asks::Compat => Asks::Compat,
            Asks::Root => Asks::Root,
            Asks::Config(option) => Asks::Config(option),
            Asks::PageSize(size) => Asks::PageSize(size),
            Asks::IndexBits(bits) => Asks::IndexBits(bits),
            Asks::All(list) => Asks::All(all(text, list, wrong)?),
            Asks::Any(list) => Asks::Any(all(text, list, wrong)?),
            Asks::Not(one) => Asks::Not(Box::new(Self::read(text.inside(*one), wrong)?)),
        };
        let at = text.range();
        Some(Self { asks, at })
    }
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

        impl $name {
            fn read(text: Text<'_>, pairs: Pairs<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
                const FORM: Form = Form {
                    name: $shown,
                    takes: &[$(stringify!($field)),*],
                    must: &[],
                };
                const FIELDS: &[Field] = &[$(Field::$of),*];
                fields(&FORM, FIELDS, &Args::new(&FORM, text, text.text, pairs, wrong), wrong)
                    .map(Self)
            }
        }
    };
}

/// The fields that are given, in the order of the form.
fn fields(
    form: &Form,
    all: &[Field],
    args: &Args<'_>,
    wrong: &mut Vec<Wrong>,
) -> Option<Vec<Given>> {
    let pairs = form.takes.iter().zip(all);
    let given = pairs.filter(|(name, _)| args.given().any(|given| given == **name));
    let read: Vec<Option<Given>> = given
        .map(|(name, field)| Some((*name, *field, args.needed(name, wrong)?)))
        .collect();
    read.into_iter().collect()
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
