//! One report among those that are compared, as far as it can be believed.

use crate::report::record::{CaseTotals, Document, SCHEMA};
use crate::verdict::{Outcome, RunVerdict, Verdict};

/// A column of the comparison.
#[derive(Debug)]
pub struct Column {
    /// What the reader calls it.
    pub name: String,
    /// The report, or why there is none.
    pub report: Result<Document<'static>, NoReport>,
}

/// Why a column has no report.
#[derive(Debug, PartialEq, Eq)]
pub enum NoReport {
    /// There was nothing to run, and somebody says why.
    Meant(String),
    /// It cannot be read, or not be believed.
    Bad(String),
}

impl Column {
    /// Reads the text of a JSON report, or takes the reason why it could not be read.
    #[must_use]
    pub fn new(name: &str, text: Result<String, String>) -> Self {
        let report = text
            .map_err(|why| format!("cannot be read: {why}"))
            .and_then(|text| document(&text));
        Self {
            name: name.to_owned(),
            report: report.map_err(NoReport::Bad),
        }
    }

    /// A column that should have a report.
    #[must_use]
    pub fn missing(name: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            report: Err(NoReport::Bad(why.to_owned())),
        }
    }

    /// A column that has no report, and need not have one.
    #[must_use]
    pub fn absent(name: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            report: Err(NoReport::Meant(why.to_owned())),
        }
    }

    /// What the run came to; a report that is not there or not whole is never better than
    /// [`RunVerdict::Broken`].
    #[must_use]
    pub fn verdict(&self) -> RunVerdict {
        match &self.report {
            Ok(document) if is_whole(document) => document.verdict,
            Ok(document) => document.verdict.max(RunVerdict::Broken),
            Err(NoReport::Meant(_)) => RunVerdict::Pass,
            Err(NoReport::Bad(_)) => RunVerdict::Broken,
        }
    }

    /// Whether the run came to its end and told of everything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.report.as_ref().is_ok_and(is_whole)
    }
}

fn is_whole(document: &Document<'_>) -> bool {
    let CaseTotals {
        broken, missing, ..
    } = document.cases;
    document.target.is_some() && document.ending.is_none() && broken == 0 && missing == 0
}

fn document(text: &str) -> Result<Document<'static>, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        if error.is_eof() {
            format!("is cut off: {error}")
        } else {
            format!("is no JSON report: {error}; write one with --format json --out FILE")
        }
    })?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(schema) if schema == u64::from(SCHEMA) => {}
        Some(schema) => return Err(format!("has schema {schema}; this shmproof reads {SCHEMA}")),
        None => return Err("is no report of shmproof: it names no schema".to_owned()),
    }
    let document: Document<'static> = serde_json::from_value(value)
        .map_err(|error| format!("is no report of shmproof: {error}"))?;
    match contradiction(&document) {
        None => Ok(document),
        Some(why) => Err(format!("contradicts itself: {why}")),
    }
}

/// What a report says of itself and does not hold. Nothing that is missing is a pass, and a
/// report that was cut short need not look so.
fn contradiction(document: &Document<'_>) -> Option<String> {
    let mut counted = CaseTotals::default();
    let mut cases = 0;
    for scenario in &document.scenarios {
        for case in &scenario.cases {
            let passed = case.steps.iter().all(|step| step.verdict == Verdict::Pass);
            if case.outcome == Outcome::Pass && (case.steps.is_empty() || !passed) {
                return Some(format!("{} did not pass, step by step", scenario.name));
            }
            cases += 1;
            *counted.of(case.outcome) += 1;
        }
    }
    let announced = document.target.as_ref().map_or(0, |hello| hello.cases) as usize;
    counted.missing += announced.saturating_sub(cases);
    let told = &document.cases;
    if *told != counted {
        let words = |of: &CaseTotals| {
            let CaseTotals {
                pass,
                fail,
                skip,
                broken,
                missing,
            } = of;
            format!("{pass} pass, {fail} fail, {skip} skip, {broken} broken, {missing} missing")
        };
        return Some(format!(
            "it counts {}, and has {}",
            words(told),
            words(&counted)
        ));
    }
    let warned = document
        .host
        .as_ref()
        .is_some_and(|host| !host.splats.is_empty());
    let (code, verdict) = (document.exit_code, document.verdict);
    let earned = match verdict {
        RunVerdict::Pass => told.pass > 0 && told.fail == 0 && is_whole(document) && !warned,
        RunVerdict::Fail => told.fail > 0,
        RunVerdict::NothingRan => told.pass == 0 && told.fail == 0,
        RunVerdict::NotStarted
        | RunVerdict::Broken
        | RunVerdict::Lost
        | RunVerdict::Hung
        | RunVerdict::Warned
        | RunVerdict::Crashed
        | RunVerdict::Interrupted => true,
    };
    (!earned || code != verdict.exit_code())
        .then(|| format!("exit code {code} ({verdict}) is not what its cases come to"))
}
