//! The clock.

/// The clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Waits for its next second.
    Tick,
    /// clock_settime(2) of the wall clock, to these seconds.
    Set(i64),
}
