//! Who a process is, and how much it may have.

use crate::abi::{Capability, Resource};
use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::syntax::value::Quantity;
use crate::scenario::text::{Spanned, Wrong};

family! { Credentials:
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

    "cgroup" Cgroup {
        "set" set: Vec<Spanned<(String, String)>> = needed;
        "expect" expect: Expect = needed;
    }
}
