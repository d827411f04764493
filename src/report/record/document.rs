//! The JSON report, as it is written and read again.
//!
//! What was added to this schema later has a default, so that older reports are still read; what
//! would mislead a reader is another [`SCHEMA`](super::SCHEMA).

use super::hello::Hello;
use crate::verdict::{Outcome, RunVerdict, Verdict};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The JSON report: everything above, put together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document<'r> {
    /// [`SCHEMA`]
    pub schema: u32,
    /// The result of the run.
    pub verdict: RunVerdict,
    /// The exit code that goes with it.
    pub exit_code: u8,
    /// How the run ended, in words, if not by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Cow<'r, str>>,
    /// The target, if it said anything.
    pub target: Option<Cow<'r, Hello>>,
    /// What booted it, if we did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Cow<'r, Host>>,
    /// Steps per system call.
    pub totals: Vec<CallTotals>,
    /// Cases by what came of them.
    pub cases: CaseTotals,
    /// Everything, step by step.
    pub scenarios: Vec<ScenarioDocument<'r>>,
}

/// What booted the target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The guest's name, the board's, or the file of a console log.
    pub guest: String,
    /// The kernel's file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kernel: String,
    /// How instructions were run: TCG or KVM, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub accelerator: String,
    /// What `qemu --version` says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub qemu: String,
    /// From starting QEMU, or the first question to the board, to the verdict, in seconds.
    pub seconds: f64,
    /// From the first event to the last, in seconds.
    #[serde(default)]
    pub run_seconds: f64,
    /// The command line of QEMU, or of ssh.
    pub command: Vec<String>,
    /// Warnings of the kernel.
    pub splats: Vec<String>,
    /// The last lines of the console.
    pub console_tail: Vec<String>,
}

/// How many steps of a system call came to what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the README's table")]
pub struct CallTotals {
    pub call: String,
    pub pass: u64,
    pub fail: u64,
    pub blocked: u64,
    pub skip: u64,
    pub broken: u64,
    pub missing: u64,
}

impl CallTotals {
    /// The number of steps with this verdict; `None` if nothing was heard of them.
    pub fn of(&mut self, verdict: Option<Verdict>) -> &mut u64 {
        match verdict {
            Some(Verdict::Pass) => &mut self.pass,
            Some(Verdict::Fail) => &mut self.fail,
            Some(Verdict::Blocked) => &mut self.blocked,
            Some(Verdict::Skip) => &mut self.skip,
            Some(Verdict::Broken) => &mut self.broken,
            None => &mut self.missing,
        }
    }
}

/// How many cases came to what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the README")]
pub struct CaseTotals {
    pub pass: usize,
    pub fail: usize,
    pub skip: usize,
    pub broken: usize,
    pub missing: usize,
}

impl CaseTotals {
    /// The number of cases with this outcome.
    pub fn of(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Fail => &mut self.fail,
            Outcome::Skip => &mut self.skip,
            Outcome::Broken => &mut self.broken,
            Outcome::Missing => &mut self.missing,
        }
    }
}

/// A scenario and its cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in Scenario")]
pub struct ScenarioDocument<'r> {
    pub name: Cow<'r, str>,
    pub summary: Cow<'r, str>,
    pub cases: Vec<CaseDocument<'r>>,
}

/// A case and its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in Case")]
pub struct CaseDocument<'r> {
    #[serde(default)]
    pub number: u64,
    pub row: Cow<'r, str>,
    pub outcome: Outcome,
    pub us: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Cow<'r, str>>,
    pub steps: Vec<StepDocument<'r>>,
}

/// A step and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in Step and Detail")]
pub struct StepDocument<'r> {
    pub line: u64,
    pub actor: Cow<'r, str>,
    pub call: Cow<'r, str>,
    pub text: Cow<'r, str>,
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Cow<'r, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Cow<'r, str>>,
}
