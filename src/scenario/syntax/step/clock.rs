//! The clock.

use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::text::Wrong;

family! { Clock:
    "tick" Tick {}

    "clock_settime" ClockSettime {
        "seconds" seconds: i64 = needed;
        "expect" expect: Expect = needed;
    }
}
