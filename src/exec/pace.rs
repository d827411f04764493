//! How slow the machine is now, and how much time a step has because of that.

use crate::sys::process::{self, Forked};
use std::time::{Duration, Instant};

/// What a fork, an exit and a wait take at most where nothing is wrong: some 0.2 ms on a PC, 3 ms
/// in an emulated guest.
const USUAL: Duration = Duration::from_millis(5);

/// The most that a time-out is multiplied by: who watches a machine from outside gives up after
/// eight (`cmd::boot`).
const MOST: u32 = 6;

/// How long a step may take: `usual`, multiplied by how much slower than usual this machine makes
/// a process. Under load, or emulated, a machine takes longer for all.
pub(super) fn patience(usual: Duration) -> Duration {
    usual.saturating_mul(slowness(round_trip()))
}

fn slowness(round_trip: Duration) -> u32 {
    let times = round_trip.as_nanos() / USUAL.as_nanos();
    u32::try_from(times).unwrap_or(MOST).clamp(1, MOST)
}

/// Makes a process that ends at once. One that cannot be had tells nothing.
fn round_trip() -> Duration {
    let start = Instant::now();
    match process::fork() {
        Ok(Forked::Child) => process::exit_now(0),
        Ok(Forked::Parent(pid)) => {
            let _ = process::reap(pid, true);
            start.elapsed()
        }
        Err(_) => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, slowness};
    use std::time::Duration;

    #[test]
    fn a_slow_machine_has_more_time_and_a_usual_one_no_less() {
        assert_eq!(slowness(Duration::ZERO), 1);
        assert_eq!(slowness(Duration::from_millis(9)), 1);
        assert_eq!(slowness(Duration::from_millis(15)), 3);
        assert_eq!(slowness(Duration::from_secs(50)), MOST);
    }
}
