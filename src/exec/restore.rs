//! What a case changes outside of its own namespace, and how it was before.

use crate::plan::Case;
use crate::sys::clock::Reading;

/// Sysctls and the clock, as they were before a case.
pub(super) struct Surroundings {
    sysctls: Vec<(String, String)>,
    clock: Reading,
    /// Whether the case sets the clock.
    sets_clock: bool,
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
        Self {
            sysctls: case.sysctls.iter().filter_map(value).collect(),
            clock: Reading::take(),
            sets_clock: case.sets_clock,
            groups: case.groups,
        }
    }

    /// Whether somebody else has set the clock meanwhile: how.
    pub(super) fn clock_set_by_others(&self) -> Option<String> {
        if self.sets_clock {
            return None;
        }
        let by = Reading::take().jump_since(&self.clock)?;
        let (ms, way) = (
            by.unsigned_abs() / 1_000_000,
            if by < 0 { "back" } else { "forward" },
        );
        Some(format!(
            "the clock was set {way} by {ms} ms while the case was under way"
        ))
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
        if self.sets_clock
            && let Err(errno) = self.clock.go_back()
        {
            left.push(format!("the clock, which cannot be set back: {errno}"));
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
