//! The clock.

use serde::{Deserialize, Serialize};

/// The clock.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Clock {
    /// Waits for its next second.
    Tick,
    /// clock_settime(2) of the wall clock, to these seconds.
    Set(i64),
}
