//! What was seen of a case.

use crate::observe::Observation;

/// What one player saw of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it saw.
    pub observation: Observation,
    /// Whether later steps can build on it.
    pub good: bool,
    /// In which round, if the step is repeated.
    pub round: Option<u64>,
}

/// What was seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepTrace {
    /// What the players saw that took it, in all replicas.
    Ran(Vec<Seen>),
    /// None took it: what it needs was not produced.
    Blocked,
}

/// What was seen of a case.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// In the order of the file.
    pub steps: Vec<StepTrace>,
    /// What the environment does not offer, found out too late for the plan.
    pub skip: Option<String>,
    /// What somebody else did to the clock while the case was under way.
    pub clock_set: Option<String>,
    /// How the harness failed, if it did.
    pub broken: Option<String>,
    /// What the sweep found behind the case.
    pub left: Vec<String>,
    /// Wall-clock time in microseconds.
    pub us: u64,
}

/// Whether every step was taken and came to what the script builds on.
pub(super) fn all_good(trace: &Trace) -> bool {
    let good = |step: &StepTrace| match step {
        StepTrace::Ran(seen) => seen.iter().all(|seen| seen.good),
        StepTrace::Blocked => false,
    };
    trace.broken.is_none() && trace.steps.iter().all(good)
}
