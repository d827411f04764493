//! Processes begin, end, and end each other.

use crate::abi::Signal;
use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::text::Wrong;

family! { Process:
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
}
