//! The steps: system calls by their names, and acts on memory.

use super::args::{Args, Form, FormVisitor, all, split};
use super::expect::Expect;
use super::value::{
    AttachFlag, Buf, Cmd, Data, Door, Entry, GetFlag, Id, Key, Mode, Place, Quantity,
};
use crate::abi::{
    Advice, Capability, CloneFlag, LockFlag, MoveFlag, PersonalityFlag, Policy, PolicyFlag,
    Protection, Resource, Signal, SyncFlag,
};
use serde::{Deserialize, Deserializer};

/// Declares the steps: the word, the variant, and for each argument its word, field, type
/// and whether it must be given.
macro_rules! steps {
    ($($word:literal $variant:ident {
        $($shown:literal $field:ident: $type:ty = $must:ident;)*
    })*) => {
        #[derive(Clone)]
        pub(in crate::scenario) enum Step {
            $($variant { $($field: $type,)* },)*
        }

        const NAMES: &[&str] = &[$($word),*];

        const FORMS: &[Form] = &[$(Form {
            name: $word,
            takes: &[$($shown),*],
            must: &[$(stringify!($must)),*],
        }),*];

        impl Step {
            /// No argument keeps the problems of the next from being told.
            fn from_args(form: usize, args: &Args<'_>, problems: &mut Vec<String>) -> Option<Self> {
                match FORMS[form].name {
                    $($word => {
                        $(let $field = args.$must::<$type>($shown, problems);)*
                        Some(Self::$variant { $($field: $field?,)* })
                    })*
                    _ => None,
                }
            }
        }
    };
}

steps! {
    "shmget" Shmget {
        "key" key: Key = needed;
        "size" size: Quantity = needed;
        "flags" flags: Vec<GetFlag> = optional;
        "mode" mode: Mode = optional;
        "as" binds: Option<String> = optional;
        "entry" entry: Option<Entry> = optional;
        "thread" thread: bool = optional;
        "expect" expect: Expect = needed;
    }

    "shmat" Shmat {
        "seg" seg: Option<String> = optional;
        "id" id: Option<Id> = optional;
        "at" at: Option<Place> = optional;
        "flags" flags: Vec<AttachFlag> = optional;
        "as" binds: Option<String> = optional;
        "entry" entry: Option<Entry> = optional;
        "thread" thread: bool = optional;
        "expect" expect: Expect = needed;
    }

    "shmdt" Shmdt {
        "map" map: Option<String> = optional;
        "at" at: Option<Place> = optional;
        "entry" entry: Option<Entry> = optional;
        "thread" thread: bool = optional;
        "expect" expect: Expect = needed;
    }

    "shmctl" Shmctl {
        "seg" seg: Option<String> = optional;
        "id" id: Option<Id> = optional;
        "cmd" cmd: Cmd = needed;
        "buf" buf: Buf = optional;
        "as" binds: Option<String> = optional;
        "entry" entry: Option<Entry> = optional;
        "thread" thread: bool = optional;
        "expect" expect: Expect = needed;
    }

    "ipc" Ipc {
        "call" call: u32 = needed;
        "seg" seg: Option<String> = optional;
        "second" second: i32 = optional;
        "expect" expect: Expect = needed;
    }

    "write" Write {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "data" data: Data = needed;
        "expect" expect: Expect = needed;
    }

    "read" Read {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "execute" Execute {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "poke" Poke {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "through" through: Door = needed;
        "expect" expect: Expect = needed;
    }

    "peek" Peek {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "through" through: Door = needed;
        "expect" expect: Expect = needed;
    }

    "produce" Produce {
        "map" map: String = needed;
        "passes" passes: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "consume" Consume {
        "map" map: String = needed;
        "passes" passes: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "fork" Fork {
        "child" child: String = needed;
        "expect" expect: Expect = needed;
    }

    "exec" Exec {
        "expect" expect: Expect = needed;
    }

    "exit" Exit {}

    "kill" Kill {
        "actor" actor: String = needed;
        "signal" signal: Option<Signal> = optional;
        "expect" expect: Expect = needed;
    }

    "setresuid" Setresuid {
        "ruid" ruid: Option<u32> = optional;
        "euid" euid: Option<u32> = optional;
        "suid" suid: Option<u32> = optional;
        "keep_caps" keep_caps: bool = optional;
        "expect" expect: Expect = needed;
    }

    "setresgid" Setresgid {
        "rgid" rgid: Option<u32> = optional;
        "egid" egid: Option<u32> = optional;
        "sgid" sgid: Option<u32> = optional;
        "expect" expect: Expect = needed;
    }

    "setgroups" Setgroups {
        "groups" groups: Vec<u32> = needed;
        "expect" expect: Expect = needed;
    }

    "capset" Capset {
        "caps" caps: Vec<Capability> = needed;
        "expect" expect: Expect = needed;
    }

    "setrlimit" Setrlimit {
        "resource" resource: Resource = needed;
        "limit" limit: Quantity = needed;
        "expect" expect: Expect = needed;
    }

    "mmap" Mmap {
        "at" at: Option<Place> = optional;
        "of" of: Option<String> = optional;
        "length" length: Quantity = needed;
        "prot" prot: Option<Vec<Protection>> = optional;
        "as" binds: String = needed;
        "expect" expect: Expect = needed;
    }

    "fsync" Fsync {
        "map" map: String = needed;
        "expect" expect: Expect = needed;
    }

    "ftruncate" Ftruncate {
        "map" map: String = needed;
        "length" length: Quantity = needed;
        "expect" expect: Expect = needed;
    }

    "mprotect" Mprotect {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "prot" prot: Vec<Protection> = needed;
        "expect" expect: Expect = needed;
    }

    "munmap" Munmap {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "mremap" Mremap {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "to_length" to_length: Quantity = needed;
        "flags" flags: Vec<MoveFlag> = optional;
        "to" to: Option<Place> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "madvise" Madvise {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "advice" advice: Advice = needed;
        "expect" expect: Expect = needed;
    }

    "msync" Msync {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "flags" flags: Vec<SyncFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "mbind" Mbind {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "mode" mode: Policy = needed;
        "nodes" nodes: Vec<u32> = optional;
        "expect" expect: Expect = needed;
    }

    "get_mempolicy" GetMempolicy {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "flags" flags: Vec<PolicyFlag> = optional;
        "expect" expect: Expect = needed;
    }

    "cgroup" Cgroup {
        "set" set: Vec<(String, String)> = needed;
        "expect" expect: Expect = needed;
    }

    "remap_file_pages" RemapFilePages {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "length" length: Quantity = needed;
        "pgoff" pgoff: u64 = needed;
        "expect" expect: Expect = needed;
    }

    "mlockall" Mlockall {
        "flags" flags: Vec<LockFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "munlockall" Munlockall {
        "expect" expect: Expect = needed;
    }

    "personality" Personality {
        "flags" flags: Vec<PersonalityFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "sbrk" Sbrk {
        "grow" grow: Quantity = needed;
        "expect" expect: Expect = needed;
    }

    "unshare" Unshare {
        "flags" flags: Vec<CloneFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "setns" Setns {
        "of" of: String = needed;
        "flags" flags: Vec<CloneFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "clone" Clone {
        "flags" flags: Vec<CloneFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "sysctl" Sysctl {
        "name" name: String = needed;
        "write" write: Option<String> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "sysvipc_row" SysvipcRow {
        "seg" seg: Option<String> = optional;
        "id" id: Option<Id> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "maps_row" MapsRow {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "proc_value" ProcValue {
        "file" file: String = needed;
        "field" field: String = needed;
        "settles" settles: bool = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "proc_line" ProcLine {
        "file" file: String = needed;
        "line" line: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "proc_pieces" ProcPieces {
        "file" file: String = needed;
        "length" length: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "smaps_value" SmapsValue {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "field" field: String = needed;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "futex_wait" FutexWait {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "value" value: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "futex_wake" FutexWake {
        "map" map: String = needed;
        "at" at: Option<Quantity> = optional;
        "count" count: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "tick" Tick {}

    "clock_settime" ClockSettime {
        "seconds" seconds: i64 = needed;
        "expect" expect: Expect = needed;
    }
}

impl Step {
    /// The step in a text, if nothing is wrong with it.
    pub(in crate::scenario) fn at_once(text: &str) -> Option<Self> {
        let (form, args) = split(text, FORMS)?;
        let mut problems = Vec::new();
        let step = Self::from_args(form, &args, &mut problems);
        step.filter(|_| problems.is_empty())
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let visitor = FormVisitor {
            forms: FORMS,
            names: NAMES,
        };
        let (form, args) = from.deserialize_enum("step", NAMES, visitor)?;
        let mut problems = args.problems.clone();
        let step = Self::from_args(form, &args, &mut problems);
        step.filter(|_| problems.is_empty())
            .ok_or_else(|| all(&problems))
    }
}
