//! What a case changes outside of its own namespace, and how it was before.

use crate::plan::Case;
use crate::sys::clock;

/// Sysctls and the clock, as they were before a case.
pub(super) struct Surroundings {
    sysctls: Vec<(String, String)>,
    /// The wall clock in seconds, and the other clock in nanoseconds.
    clock: Option<(i64, u64)>,
}

impl Surroundings {
    /// Notes what the case is going to change.
    pub(super) fn before(case: &Case) -> Self {
        let value = |name: &String| {
            let text = std::fs::read_to_string(path(name)).ok()?;
            Some((name.clone(), text.trim().to_owned()))
        };
        let clock = (clock::realtime_seconds(), clock::monotonic_ns());
        Self {
            sysctls: case.sysctls.iter().filter_map(value).collect(),
            clock: case.sets_clock.then_some(clock),
        }
    }

    /// Puts everything back, and tells what could not be.
    pub(super) fn restore(self) -> Vec<String> {
        let mut left = Vec::new();
        for (name, before) in self.sysctls.iter().rev() {
            let now = std::fs::read_to_string(path(name)).unwrap_or_default();
            if now.trim() != before && std::fs::write(path(name), before).is_err() {
                left.push(format!("{name} at {}, which was {before}", now.trim()));
            }
        }
        if let Some((seconds, ns)) = self.clock {
            let elapsed = clock::monotonic_ns().saturating_sub(ns) / 1_000_000_000;
            if let Err(errno) = clock::set_realtime(seconds + elapsed as i64) {
                left.push(format!("the clock, which cannot be set back: {errno}"));
            }
        }
        left
    }
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}
