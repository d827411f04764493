//! The scenario format exactly as it is written in RON.
//!
//! Nothing is understood here, only recognised: [`check`](super::check) turns
//! these types into the model. The names that `serde(rename)` gives to types are
//! for the reader of an error message.

use crate::abi::{Errno, Signal};
use ron::value::RawValue;
use serde::Deserialize;

/// The outermost form, each field still unread, so that one bad field does not
/// hide the problems of the next.
#[derive(Debug, Deserialize)]
#[serde(
    rename = "Scenario",
    deny_unknown_fields,
    bound(deserialize = "'de: 'a")
)]
pub(super) struct Outline<'a> {
    pub(super) summary: &'a RawValue,
    #[serde(default)]
    pub(super) refs: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) requires: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) for_each: Option<&'a RawValue>,
    pub(super) actors: &'a RawValue,
    pub(super) script: Vec<Turn<'a>>,
}

/// A turn of the script, its steps still unread.
#[derive(Debug, Deserialize)]
#[serde(rename = "turn", bound(deserialize = "'de: 'a"))]
pub(super) enum Turn<'a> {
    By(String, Vec<&'a RawValue>),
}

#[derive(Debug, Deserialize)]
#[serde(rename = "requirement")]
pub(super) enum Requirement {
    Root,
    Kernel(u32, u32),
    Arch(Vec<Arch>),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "architecture", rename_all = "snake_case")]
pub(super) enum Arch {
    Arm,
    Aarch64,
    X86,
    #[serde(rename = "x86_64")]
    X86_64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename = "for_each", deny_unknown_fields)]
pub(super) struct Matrix {
    #[serde(default)]
    pub(super) size: Option<Vec<Size>>,
    #[serde(default)]
    pub(super) get: Option<Vec<Vec<GetFlag>>>,
    #[serde(default)]
    pub(super) attach: Option<Vec<Vec<AttachFlag>>>,
    #[serde(default)]
    pub(super) crowd: Option<Vec<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename = "actor", deny_unknown_fields)]
pub(super) struct Actor {
    pub(super) name: String,
    #[serde(default)]
    pub(super) user: User,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename = "user")]
pub(super) enum User {
    #[default]
    Caller,
    Root,
    Nobody,
    Uid(u32),
}

#[derive(Debug, Deserialize)]
#[serde(rename = "step", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Step {
    Shmget {
        key: Key,
        size: Size,
        #[serde(default)]
        flags: Vec<GetFlag>,
        #[serde(default)]
        mode: u32,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Ret,
    },
    Shmat {
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        id: Option<i32>,
        #[serde(default)]
        at: Option<At>,
        #[serde(default)]
        flags: Vec<AttachFlag>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Ret,
    },
    Shmdt {
        #[serde(default)]
        map: Option<String>,
        #[serde(default)]
        at: Option<At>,
        expect: Ret,
    },
    Shmctl {
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        id: Option<i32>,
        cmd: Cmd,
        #[serde(default)]
        buf: Buf,
        expect: Ctl,
    },
    Write {
        map: String,
        #[serde(default)]
        at: u64,
        data: Data,
        expect: Touch,
    },
    Read {
        map: String,
        #[serde(default)]
        at: u64,
        expect: Seen,
    },
    Fork {
        child: String,
        expect: Ret,
    },
    Exit {},
}

#[derive(Debug, Deserialize)]
#[serde(rename = "key")]
pub(super) enum Key {
    #[serde(rename = "IPC_PRIVATE")]
    Private,
    Unique(String),
    Raw(i32),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "size")]
pub(super) enum Size {
    Bytes(u64),
    KiB(u64),
    MiB(u64),
    Pages(u64),
    Each,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "shmget flag", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum GetFlag {
    IpcCreat,
    IpcExcl,
    ShmHugetlb,
    ShmNoreserve,
    #[serde(rename = "Each")]
    Each,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "shmat flag", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum AttachFlag {
    ShmRdonly,
    ShmRnd,
    ShmRemap,
    ShmExec,
    #[serde(rename = "Each")]
    Each,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "address")]
pub(super) enum At {
    Anywhere,
    Aligned,
    Unaligned,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "shmctl command", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Cmd {
    IpcStat,
    IpcRmid,
    ShmLock,
    ShmUnlock,
    #[serde(rename = "Raw")]
    Raw(i32),
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename = "buffer")]
pub(super) enum Buf {
    #[default]
    Good,
    Bad,
}

#[derive(Debug, Deserialize)]
#[serde(rename = "data")]
pub(super) enum Data {
    Text(String),
    Pattern(u32),
}

#[derive(Debug, Deserialize)]
#[serde(rename = "result")]
pub(super) enum Ret {
    Ok,
    Err(Errno),
}

#[derive(Debug, Deserialize)]
#[serde(rename = "result of shmctl", deny_unknown_fields)]
pub(super) enum Ctl {
    Ok,
    Err(Errno),
    Stat {
        #[serde(default)]
        segsz: Option<Size>,
        #[serde(default)]
        mode: Option<u32>,
        #[serde(default)]
        nattch: Option<u64>,
        #[serde(default)]
        uid: Option<u32>,
        #[serde(default)]
        gid: Option<u32>,
        #[serde(default)]
        cuid: Option<u32>,
        #[serde(default)]
        cgid: Option<u32>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename = "result of write")]
pub(super) enum Touch {
    Ok,
    Killed(Signal),
}

#[derive(Debug, Deserialize)]
#[serde(rename = "result of read")]
pub(super) enum Seen {
    Zeros,
    Text(String),
    Pattern(u32),
    Killed(Signal),
}
