//! What is mapped, where, and how.

use crate::abi::{
    Advice, LockFlag, MoveFlag, PersonalityFlag, Policy, PolicyFlag, Protection, SyncFlag,
};
use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::syntax::value::{Place, Quantity};
use crate::scenario::text::Wrong;

family! { Mapping:
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
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "prot" prot: Vec<Protection> = needed;
        "expect" expect: Expect = needed;
    }

    "munmap" Munmap {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "mseal" Mseal {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "mremap" Mremap {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "to_length" to_length: Quantity = needed;
        "flags" flags: Vec<MoveFlag> = optional;
        "to" to: Option<Place> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "madvise" Madvise {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "advice" advice: Advice = needed;
        "expect" expect: Expect = needed;
    }

    "msync" Msync {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "flags" flags: Vec<SyncFlag> = needed;
        "expect" expect: Expect = needed;
    }

    "mbind" Mbind {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "mode" mode: Policy = needed;
        "nodes" nodes: Vec<u32> = optional;
        "expect" expect: Expect = needed;
    }

    "get_mempolicy" GetMempolicy {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "flags" flags: Vec<PolicyFlag> = optional;
        "expect" expect: Expect = needed;
    }

    "remap_file_pages" RemapFilePages {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
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
}
