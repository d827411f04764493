//! Values of steps. Some of them are a number or a word: which one it is shows in the
//! first character, so no error is lost in trying both.

use crate::abi::{
    Advice, Capability, CloneFlag, LockFlag, MoveFlag, PersonalityFlag, Policy, PolicyFlag,
    Protection, Resource, Signal, SyncFlag,
};
use crate::scenario::raw::Raw;
use crate::scenario::text::{Read, Text, Wrong, by_ron};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::Range;

by_ron! {
    Advice Capability CloneFlag LockFlag MoveFlag PersonalityFlag Policy PolicyFlag Protection
    Resource Signal SyncFlag
    Key GetFlag AttachFlag Entry Cmd Buf Data Door
}

/// Reads a number by `number`, anything else as a `W`.
fn number_or<W: DeserializeOwned>(
    text: Text<'_>,
    number: fn(i128) -> Option<W>,
    wrong: &mut Vec<Wrong>,
) -> Option<W> {
    let begins = |c: char| c.is_ascii_digit() || c == '-' || c == '+';
    let read = if text.text.starts_with(begins) {
        text.ron::<i128>().and_then(|value| {
            let negative = "a negative number does not fit here; write one from 0";
            let large = "the number does not fit here; write a smaller one";
            let message = if value < 0 { negative } else { large };
            number(value).ok_or_else(|| text.wrong(message))
        })
    } else {
        text.ron()
    };
    read.map_err(|error| wrong.push(error)).ok()
}

/// The permissions of a new segment.
#[derive(Clone, Copy, Default)]
pub(in crate::scenario) struct Mode(pub(in crate::scenario) u32);

impl Read for Mode {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let mode = u32::read(text, wrong)?;
        if mode <= 0o777 {
            return Some(Self(mode));
        }
        let digits = text.text;
        let octal = u32::from_str_radix(digits, 8).is_ok_and(|mode| mode <= 0o777);
        let fix = if octal {
            format!("did you mean 0o{digits}?")
        } else {
            "write 0o000 to 0o777".to_owned()
        };
        wrong.push(text.wrong(format!("a mode has nine bits; {fix}")));
        None
    }
}

/// A number of bytes, or of something larger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) struct Quantity(pub(in crate::scenario) QuantityWord);

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename = "size")]
pub(in crate::scenario) enum QuantityWord {
    Bytes(u64),
    KiB(u64),
    MiB(u64),
    GiB(u64),
    Pages(u64),
    PagesAnd(u64, i64),
    Shmlba(u64),
    HugePages(u64),
    HugePagesAnd(u64, i64),
    SizeMaxMinus(u64),
    ShmmaxPlus(u64),
}

impl Read for Quantity {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let bytes = |n| u64::try_from(n).ok().map(QuantityWord::Bytes);
        number_or(text, bytes, wrong).map(Self)
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename = "key")]
pub(in crate::scenario) enum Key {
    #[serde(rename = "IPC_PRIVATE")]
    Private,
    Unique(String),
    Raw(i32),
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename = "shmget flag", rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::scenario) enum GetFlag {
    IpcCreat,
    IpcExcl,
    IpcNowait,
    ShmHugetlb,
    ShmNoreserve,
    #[serde(rename = "Raw")]
    Raw(i32),
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename = "shmat flag", rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::scenario) enum AttachFlag {
    ShmRdonly,
    ShmRnd,
    ShmRemap,
    ShmExec,
    #[serde(rename = "Raw")]
    Raw(i32),
}

/// An address to ask for; `Q` is how a quantity in it is read.
#[derive(Clone, Deserialize)]
#[serde(rename = "address")]
pub(in crate::scenario) enum Place<Q = Quantity> {
    Anywhere,
    Aligned,
    Unaligned,
    PageAligned,
    HugeAligned,
    Freed(String),
    Over(String),
    Inside(String, Q),
    Page0,
    BelowStack,
    AboveBreak,
    LastPage,
    PastEnd,
    Raw(u64),
}

impl Read for Place {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let place: Place<Raw<'_>> = text.take(wrong)?;
        Some(match place {
            Place::Inside(map, by) => Self::Inside(map, Quantity::read(text.inside(by), wrong)?),
            Place::Anywhere => Self::Anywhere,
            Place::Aligned => Self::Aligned,
            Place::Unaligned => Self::Unaligned,
            Place::PageAligned => Self::PageAligned,
            Place::HugeAligned => Self::HugeAligned,
            Place::Freed(map) => Self::Freed(map),
            Place::Over(map) => Self::Over(map),
            Place::Page0 => Self::Page0,
            Place::BelowStack => Self::BelowStack,
            Place::AboveBreak => Self::AboveBreak,
            Place::LastPage => Self::LastPage,
            Place::PastEnd => Self::PastEnd,
            Place::Raw(address) => Self::Raw(address),
        })
    }
}

/// Which entry to the kernel a call takes.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename = "entry")]
pub(in crate::scenario) enum Entry {
    #[default]
    Direct,
    Ipc,
    Old,
    Libc,
    Int80,
}

/// A shmid or an index.
#[derive(Clone)]
pub(in crate::scenario) struct Id(pub(in crate::scenario) IdWord);

#[derive(Clone, Deserialize)]
#[serde(rename = "shmid")]
pub(in crate::scenario) enum IdWord {
    #[serde(skip)]
    Raw(i32),
    IndexOf(String),
    Stale(String),
    Unused,
}

impl Read for Id {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let raw = |n| i32::try_from(n).ok().map(IdWord::Raw);
        number_or(text, raw, wrong).map(Self)
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(
    rename = "shmctl command",
    rename_all = "SCREAMING_SNAKE_CASE",
    deny_unknown_fields
)]
pub(in crate::scenario) enum Cmd {
    IpcStat,
    IpcSet {
        mode: u32,
        #[serde(default)]
        uid: Option<u32>,
        #[serde(default)]
        gid: Option<u32>,
    },
    IpcRmid,
    IpcInfo,
    ShmInfo,
    ShmStat,
    ShmStatAny,
    ShmLock,
    ShmUnlock,
    #[serde(rename = "Raw")]
    Raw(i32),
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename = "buffer")]
pub(in crate::scenario) enum Buf {
    #[default]
    Good,
    Bad,
    Null,
    At(String),
}

#[derive(Clone, Deserialize)]
#[serde(rename = "data")]
pub(in crate::scenario) enum Data {
    Zeros,
    Text(String),
    Pattern(u32),
    Code(u8),
}

/// A way into memory that passes by its protection.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename = "door")]
pub(in crate::scenario) enum Door {
    ProcMem,
    ProcessVm,
    ReadInto,
    MapFile,
}

/// What a number must be, and where that stands.
#[derive(Clone)]
pub(in crate::scenario) struct Is {
    pub(in crate::scenario) word: Word,
    pub(in crate::scenario) at: Range<usize>,
}

#[derive(Clone, Deserialize)]
#[serde(rename = "value")]
pub(in crate::scenario) enum Word {
    #[serde(skip)]
    Raw(i128),
    Bytes(u64),
    KiB(u64),
    MiB(u64),
    GiB(u64),
    Pages(u64),
    PagesAnd(u64, i64),
    HugePages(u64),
    HugePagesAnd(u64, i64),
    Shmlba(u64),
    AtLeast(i64),
    AtMost(i64),
    Not(i64),
    #[serde(rename = "IPC_PRIVATE")]
    Private,
    #[serde(rename = "MPOL_DEFAULT")]
    MpolDefault,
    #[serde(rename = "MPOL_PREFERRED")]
    MpolPreferred,
    #[serde(rename = "MPOL_BIND")]
    MpolBind,
    #[serde(rename = "MPOL_INTERLEAVE")]
    MpolInterleave,
    #[serde(rename = "MPOL_LOCAL")]
    MpolLocal,
    Unique(String),
    PidOf(String),
    IdOf(String),
    IndexOf(String),
    Mine,
    Now,
    Same(String),
    After(String),
    More(String, u64),
    Less(String, u64),
    Near(String, u64, u64),
    Text(String),
}

impl Read for Is {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let raw = |n| {
            let fits = i64::try_from(n).is_ok() || u64::try_from(n).is_ok();
            fits.then_some(Word::Raw(n))
        };
        let word = number_or(text, raw, wrong)?;
        let at = text.range();
        Some(Self { word, at })
    }
}
