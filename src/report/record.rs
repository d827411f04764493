//! The versioned, machine-readable record of a run: what the worker tells its
//! supervisor, what crosses the serial line, and what every renderer draws from.
//!
//! A run is a stream of [`Event`]s, in this order:
//!
//! ```text
//! hello  (scenario (step* case)*)*  done
//! ```
//!
//! The stream describes itself: a `scenario` event lists the scenario's cases
//! and the steps of all of them once, and each `case` event spends one letter a step. So a lost
//! event can be named, the case in progress at a crash is the first one without
//! its `case` event, and a slow serial line carries no text twice.

mod document;
mod event;
mod hello;
mod letters;

pub use document::{
    CallTotals, CaseDocument, CaseTotals, Document, Host, ScenarioDocument, StepDocument,
};
pub use hello::{Hello, Kernel};

use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// Version of this format. It changes when a reader of the old one would be misled.
pub const SCHEMA: u32 = 1;

/// One thing that a run has to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum Event {
    /// The first event: what stands under test, and what is going to be run.
    Hello(Hello),
    /// A scenario begins.
    Scenario(Scenario),
    /// A step was taken; told only to those who watch.
    Step(Taken),
    /// A case has ended.
    Case(Case),
    /// The last event; a stream without it is never a pass.
    Done(Done),
}

/// A scenario, told once for all of its cases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: the path without `.ron`.
    pub name: String,
    /// The claim that it makes.
    pub summary: String,
    /// The rows of coverage that it asserts, such as `GET-05`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
    /// Whether chance has a part in it, so that the seed matters.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chance: bool,
    /// The row of each case, in the order they run; one empty row where nothing varies.
    pub cases: Vec<String>,
    /// The numbers of these cases in the scenario, from 1; none if they are all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<u64>,
    /// The steps of its cases. A case need not have them all.
    pub steps: Vec<Step>,
}

/// A step of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Line in the scenario's file, from 1.
    pub line: u64,
    /// Who takes the step.
    pub actor: String,
    /// The row of the table that it counts in: `shmget`, … `load/store`, `process`.
    pub call: String,
    /// The step in the scenario's own words, without its expectation.
    pub text: String,
}

/// A step that was taken just now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Index into [`Scenario::cases`] of the scenario that was told last.
    pub case: u64,
    /// Index into [`Scenario::steps`].
    pub step: u64,
    /// The process that took it.
    pub actor: String,
    /// The step with the values of the row, where that differs from [`Step::text`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// Its verdict, as a letter.
    #[serde(with = "letters::one")]
    pub verdict: Verdict,
    /// What it came to.
    pub observed: String,
}

/// What became of one case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Index of its scenario in the stream, from 0.
    pub scenario: u64,
    /// Index into [`Scenario::cases`].
    pub case: u64,
    /// The verdict of each step of the scenario, as a letter; none if it is no step of the case.
    #[serde(with = "letters")]
    pub steps: Vec<Option<Verdict>>,
    /// The steps that count in another row of the table than the scenario tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<(u64, String)>,
    /// Wall-clock time of the case in microseconds.
    pub us: u64,
    /// What there is to say about the steps that did not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Why the case was not run, if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// How we failed, if we did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// What the kernel left behind although every step passed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leak: Option<String>,
}

/// Why a step did not pass.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// Index into [`Scenario::steps`].
    pub step: u64,
    /// The step with the values of the row, where that differs from [`Step::text`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What the scenario says must happen.
    pub expected: String,
    /// What happened.
    pub observed: String,
    /// The author's comment above the step, on one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
}

/// The closing event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// How many events came before this one.
    pub events: u64,
    /// How many `case` events were among them.
    pub cases: u64,
    /// Why the run ended before its plan did, if so (the worker died, say).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}
