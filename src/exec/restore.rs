//! What a case changes outside of its own namespace, and how it was before.

use crate::plan::Case;
use crate::sys::clock;

/// Nanoseconds of a second.
const NS: i128 = 1_000_000_000;

/// Sysctls and the clock, as they were before a case.
pub(super) struct Surroundings {
    sysctls: Vec<(String, String)>,
    /// The wall clock in nanoseconds since 1970, and the other clock in nanoseconds.
    clock: Option<(i128, u64)>,
    /// Whether the case makes control groups.
    groups: bool,
}

impl Surroundings {
    /// Notes what the case is going to change.
    pub(super) fn before(case: &Case) -> Self {
        let value = |name: &String| {
            let text = std::fs::read_to_string(path(name)).ok()?;
            Some((name.clone(), text.trim().to_owned()))
        };
        let (seconds, ns) = clock::realtime();
        let clock = (
            i128::from(seconds) * NS + i128::from(ns),
            clock::monotonic_ns(),
        );
        Self {
            sysctls: case.sysctls.iter().filter_map(value).collect(),
            clock: case.sets_clock.then_some(clock),
            groups: case.groups,
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
        if let Some((before, then)) = self.clock {
            let elapsed = clock::monotonic_ns().saturating_sub(then);
            let now = before + i128::from(elapsed);
            if let Err(errno) = clock::set_realtime((now / NS) as i64, (now % NS) as u32) {
                left.push(format!("the clock, which cannot be set back: {errno}"));
            }
        }
        if self.groups {
            left.extend(super::cgroup::sweep());
        }
        left
    }
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}
