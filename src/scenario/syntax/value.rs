//! Values of steps. Some of them are a number or a word: which one it is shows in the
//! first character, so no error is lost in trying both.

use super::raw::Raw;
use ron::extensions::Extensions;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};

/// Reads a number by `number`, anything else as a `W`.
fn number_or<'de, D, W>(from: D, number: fn(i128) -> Option<W>) -> Result<W, D::Error>
where
    D: Deserializer<'de>,
    W: DeserializeOwned,
{
    let raw = Raw::deserialize(from)?.0;
    let text = raw[crate::scenario::source::trivia(raw)..].trim_end();
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
        return read(text).map_err(|error| D::Error::custom(raw_error(text, &error)));
    }
    let value: i128 = read(text).map_err(|error| {
        let whole = "expected a whole number; write it without a fraction";
        D::Error::custom(match error.code {
            ron::Error::TrailingCharacters => placed(text, whole),
            _ => raw_error(text, &error),
        })
    })?;
    number(value).ok_or_else(|| {
        let negative = "a negative number does not fit here; write one from 0";
        let large = "the number does not fit here; write a smaller one";
        let message = if value < 0 { negative } else { large };
        D::Error::custom(placed(text, message))
    })
}

/// Reads a piece of RON with the extensions that scenarios have.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> ron::error::SpannedResult<T> {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES)
        .from_str(text)
}

/// An error inside of a raw value, with the place in memory where it stands, which
/// [`read`](crate::scenario::read) turns into a place of the file.
pub(super) fn raw_error(text: &str, error: &ron::error::SpannedError) -> String {
    if let ron::Error::Message(message) = &error.code
        && message.contains(crate::scenario::read::SEVERAL)
    {
        // They have their places already, which are the same in every slice of the text.
        return message.clone();
    }
    let (offset, message) = crate::scenario::read::describe(text, error);
    placed(&text[offset..], &message)
}

pub(super) fn placed(at: &str, message: &str) -> String {
    format!("\u{1}{}\u{1}{message}", at.as_ptr() as usize)
}

/// The permissions of a new segment.
#[derive(Clone, Copy, Default)]
pub(in crate::scenario) struct Mode(pub(in crate::scenario) u32);

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(from)?.0;
        let text = raw[crate::scenario::source::trivia(raw)..].trim_end();
        let mode: u32 = read(text).map_err(|error| D::Error::custom(raw_error(text, &error)))?;
        if mode <= 0o777 {
            return Ok(Self(mode));
        }
        let octal = u32::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o777);
        let fix = if octal {
            format!("did you mean 0o{text}?")
        } else {
            "write 0o000 to 0o777".to_owned()
        };
        let message = format!("a mode has nine bits; {fix}");
        Err(D::Error::custom(placed(text, &message)))
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

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number_or(from, |n| u64::try_from(n).ok().map(QuantityWord::Bytes)).map(Self)
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

/// An address to ask for.
#[derive(Clone, Deserialize)]
#[serde(rename = "address")]
pub(in crate::scenario) enum Place {
    Anywhere,
    Aligned,
    Unaligned,
    PageAligned,
    HugeAligned,
    Freed(String),
    Over(String),
    Inside(String, Quantity),
    Page0,
    BelowStack,
    AboveBreak,
    LastPage,
    PastEnd,
    Raw(u64),
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

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number_or(from, |n| i32::try_from(n).ok().map(IdWord::Raw)).map(Self)
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

/// What a number must be.
#[derive(Clone)]
pub(in crate::scenario) struct Is(pub(in crate::scenario) Word);

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

impl<'de> Deserialize<'de> for Is {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number_or(from, |n| {
            let fits = i64::try_from(n).is_ok() || u64::try_from(n).is_ok();
            fits.then_some(Word::Raw(n))
        })
        .map(Self)
    }
}
