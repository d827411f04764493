//! The steps: system calls by their names, and acts on memory.

use super::expect::Expect;
use super::value::{AttachFlag, Buf, Cmd, Data, Entry, GetFlag, Id, Key, Place, Quantity};
use crate::abi::{Advice, Capability, CloneFlag, LockFlag, MoveFlag, Protection, Resource, Signal};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "step", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::scenario) enum Step {
    Shmget {
        key: Key,
        size: Quantity,
        #[serde(default)]
        flags: Vec<GetFlag>,
        #[serde(default)]
        mode: u32,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        #[serde(default)]
        entry: Option<Entry>,
        #[serde(default)]
        thread: bool,
        expect: Expect,
    },
    Shmat {
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        id: Option<Id>,
        #[serde(default)]
        at: Option<Place>,
        #[serde(default)]
        flags: Vec<AttachFlag>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        #[serde(default)]
        entry: Option<Entry>,
        #[serde(default)]
        thread: bool,
        expect: Expect,
    },
    Shmdt {
        #[serde(default)]
        map: Option<String>,
        #[serde(default)]
        at: Option<Place>,
        #[serde(default)]
        entry: Option<Entry>,
        #[serde(default)]
        thread: bool,
        expect: Expect,
    },
    Shmctl {
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        id: Option<Id>,
        cmd: Cmd,
        #[serde(default)]
        buf: Buf,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        #[serde(default)]
        entry: Option<Entry>,
        #[serde(default)]
        thread: bool,
        expect: Expect,
    },
    Ipc {
        call: u32,
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        second: i32,
        expect: Expect,
    },

    Write {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        data: Data,
        expect: Expect,
    },
    Read {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        expect: Expect,
    },
    Execute {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        expect: Expect,
    },
    Poke {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        through: Door,
        expect: Expect,
    },
    Produce {
        map: String,
        passes: u32,
        expect: Expect,
    },
    Consume {
        map: String,
        passes: u32,
        expect: Expect,
    },

    Fork {
        child: String,
        expect: Expect,
    },
    Exec {
        expect: Expect,
    },
    Exit {},
    Kill {
        actor: String,
        #[serde(default)]
        signal: Option<Signal>,
        expect: Expect,
    },

    Setresuid {
        #[serde(default)]
        ruid: Option<u32>,
        #[serde(default)]
        euid: Option<u32>,
        #[serde(default)]
        suid: Option<u32>,
        #[serde(default)]
        keep_caps: bool,
        expect: Expect,
    },
    Setresgid {
        #[serde(default)]
        rgid: Option<u32>,
        #[serde(default)]
        egid: Option<u32>,
        #[serde(default)]
        sgid: Option<u32>,
        expect: Expect,
    },
    Setgroups {
        groups: Vec<u32>,
        expect: Expect,
    },
    Capset {
        caps: Vec<Capability>,
        expect: Expect,
    },
    Setrlimit {
        resource: Resource,
        limit: Quantity,
        expect: Expect,
    },

    Mmap {
        #[serde(default)]
        at: Option<Place>,
        length: Quantity,
        #[serde(default)]
        prot: Option<Vec<Protection>>,
        #[serde(rename = "as")]
        binds: String,
        expect: Expect,
    },
    Mprotect {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        prot: Vec<Protection>,
        expect: Expect,
    },
    Munmap {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        expect: Expect,
    },
    Mremap {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        to_length: Quantity,
        #[serde(default)]
        flags: Vec<MoveFlag>,
        #[serde(default)]
        to: Option<Place>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Expect,
    },
    Madvise {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default)]
        length: Option<Quantity>,
        advice: Advice,
        expect: Expect,
    },
    RemapFilePages {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        length: Quantity,
        pgoff: u64,
        expect: Expect,
    },
    Mlockall {
        flags: Vec<LockFlag>,
        expect: Expect,
    },
    Munlockall {
        expect: Expect,
    },
    Sbrk {
        grow: Quantity,
        expect: Expect,
    },

    Unshare {
        flags: Vec<CloneFlag>,
        expect: Expect,
    },
    Setns {
        of: String,
        flags: Vec<CloneFlag>,
        expect: Expect,
    },
    Clone {
        flags: Vec<CloneFlag>,
        expect: Expect,
    },
    Sysctl {
        name: String,
        #[serde(default)]
        write: Option<String>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Expect,
    },
    SysvipcRow {
        #[serde(default)]
        seg: Option<String>,
        #[serde(default)]
        id: Option<Id>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Expect,
    },
    MapsRow {
        map: String,
        #[serde(default)]
        at: Option<Quantity>,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Expect,
    },
    ProcValue {
        file: String,
        field: String,
        #[serde(default, rename = "as")]
        binds: Option<String>,
        expect: Expect,
    },
    Tick {},
    ClockSettime {
        seconds: i64,
        expect: Expect,
    },
}

/// A way into memory that passes by its protection.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename = "door")]
pub(in crate::scenario) enum Door {
    ProcMem,
    ProcessVm,
    ReadInto,
}

/// A claim about a group of calls that were made together.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "claim")]
pub(in crate::scenario) enum Claim {
    Exactly(u32, String, Expect),
    AtLeast(u32, String, Expect),
    AtMost(u32, String, Expect),
}
