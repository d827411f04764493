//! Loads and stores, and who sleeps on a word of memory.

use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::syntax::value::{Data, Door, Quantity};
use crate::scenario::text::Wrong;

family! { Memory:
    "store" Store {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "data" data: Data = needed;
        "expect" expect: Expect = needed;
    }

    "load" Load {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "length" length: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "execute" Execute {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "expect" expect: Expect = needed;
    }

    "poke" Poke {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "through" through: Door = needed;
        "expect" expect: Expect = needed;
    }

    "peek" Peek {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
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

    "futex_wait" FutexWait {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "value" value: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "futex_wake" FutexWake {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "count" count: u32 = needed;
        "expect" expect: Expect = needed;
    }
}
