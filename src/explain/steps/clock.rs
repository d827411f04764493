//! The clock, as what an actor does.

use crate::scenario::Clock;

pub(super) fn clock(step: Clock) -> String {
    match step {
        Clock::Tick => "waits for the clock's next second".to_owned(),
        Clock::Set(seconds) => format!("sets the wall clock to {seconds} seconds after 1970"),
    }
}

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: Clock) -> &'static str {
    match step {
        Clock::Tick => "get there",
        Clock::Set(_) => "return 0",
    }
}
