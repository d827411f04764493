//! The four calls, and ipc(2).

use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::syntax::value::{
    AttachFlag, Buf, Cmd, Entry, GetFlag, Id, Key, Mode, Place, Quantity,
};
use crate::scenario::text::Wrong;

family! { Ipc:
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

    "ipc" Multiplexed {
        "call" call: u32 = needed;
        "seg" seg: Option<String> = optional;
        "second" second: i32 = optional;
        "expect" expect: Expect = needed;
    }
}
