//! The results of a step and of a case.
//!
//! The order of the variants is from the best to the worst: where several results are summed
//! up, the greatest counts. Their names in reports are those that serde derives.

use serde::{Deserialize, Serialize};

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
