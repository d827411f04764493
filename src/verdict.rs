//! The results of a step, of a case and of a run, and the exit code of each run verdict.
//!
//! The order of the variants is from the best to the worst: where several results are summed
//! up, the greatest counts. Their names in reports are those that serde derives.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The kernel did what the scenario says it must.
    Pass,
    /// The target lacks something that the scenario needs.
    Skip,
    /// Not run: a failed step did not produce what this one needs.
    Blocked,
    /// The kernel did something else.
    Fail,
    /// We failed, not the kernel.
    Broken,
}

/// The result of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was not run, for a reason that the scenario declares.
    Skip,
    /// Every step passed, and nothing was left behind.
    Pass,
    /// The kernel did something else.
    Fail,
    /// We failed.
    Broken,
    /// Nothing was heard of it.
    Missing,
}

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunVerdict {
    /// All that ran passed.
    Pass,
    /// Nothing ran, or everything was skipped.
    #[serde(rename = "skip")]
    NothingRan,
    /// At least one case failed.
    Fail,
    /// The run never began.
    NotStarted,
    /// We failed, not the kernel.
    Broken,
    /// The result is not whole, and no crash explains it.
    Lost,
    /// Nothing came for too long.
    Hung,
    /// The kernel printed warnings.
    Warned,
    /// The kernel crashed, or the machine reset.
    Crashed,
    /// The user stopped it.
    Interrupted,
}

/// The exit code for a wrong command line or a bad scenario, which begin no run.
pub const USAGE: u8 = 2;

impl RunVerdict {
    /// The exit code; see the README.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::NotStarted | Self::Broken => 3,
            Self::NothingRan => 4,
            Self::Warned | Self::Crashed => 5,
            Self::Lost => 6,
            Self::Hung => 124,
            Self::Interrupted => 130,
        }
    }

    /// The worst of several runs; without any, nothing is wrong.
    #[must_use]
    pub fn worst(runs: impl IntoIterator<Item = Self>) -> Self {
        runs.into_iter().max().unwrap_or(Self::Pass)
    }
}

impl fmt::Display for RunVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::RunVerdict as R;

    #[track_caller]
    fn check(verdict: R, name: &str, exit_code: u8) {
        assert_eq!(verdict.to_string(), name);
        assert_eq!(verdict.exit_code(), exit_code);
        let row = format!("\n| {exit_code} | ");
        assert!(include_str!("../README.md").contains(&row), "{row}");
    }

    #[test]
    fn exit_codes_are_those_of_the_readme() {
        check(R::Pass, "pass", 0);
        check(R::Fail, "fail", 1);
        check(R::NotStarted, "not-started", 3);
        check(R::Broken, "broken", 3);
        check(R::NothingRan, "skip", 4);
        check(R::Warned, "warned", 5);
        check(R::Crashed, "crashed", 5);
        check(R::Lost, "lost", 6);
        check(R::Hung, "hung", 124);
        check(R::Interrupted, "interrupted", 130);
    }

    #[test]
    fn the_worst_of_several_runs_counts() {
        assert_eq!(R::worst([]), R::Pass);
        assert_eq!(R::worst([R::Pass, R::NothingRan]), R::NothingRan);
        assert_eq!(R::worst([R::Fail, R::NothingRan, R::Pass]), R::Fail);
        assert_eq!(R::worst([R::Fail, R::Broken]), R::Broken);
        let crashed = [R::Crashed, R::Broken, R::Hung, R::Lost];
        assert_eq!(R::worst(crashed), R::Crashed);
        assert_eq!(R::worst([R::Interrupted, R::Crashed]), R::Interrupted);
    }
}
