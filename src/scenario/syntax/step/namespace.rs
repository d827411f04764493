//! In which namespaces a process lives.

use crate::abi::CloneFlag;
use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::text::Wrong;

family! { Namespace:
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

    "uid_map" UidMap {
        "inside" inside: u32 = needed;
        "outside" outside: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "gid_map" GidMap {
        "inside" inside: u32 = needed;
        "outside" outside: u32 = needed;
        "expect" expect: Expect = needed;
    }
}
