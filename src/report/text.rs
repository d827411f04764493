//! The report for people.

use super::record::{CallTotals, Case, CaseTotals};
use super::{Ending, Report, Told, totals};
use crate::verdict::RunVerdict;
use std::fmt::Write as _;

/// How many rows are named where the same step fails in many.
const ROWS_NAMED: usize = 3;

/// Failures and skips in words, a table per system call, and the verdict as the last line.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for failure in failures(report) {
        out.push_str(&failure);
        out.push('\n');
    }
    let refused = report.refused().is_some();
    if !refused {
        out.push_str(&others(report));
    }
    out.push_str(&ending(report));
    if !report.scenarios.is_empty() && !refused {
        out.push_str(&table(report));
    }
    out.push_str(&report.summary());
    out.push('\n');
    out
}

/// One failed step, in all the cases where it failed in the same way.
struct Failure<'r> {
    told: &'r Told,
    /// The first of the cases.
    case: usize,
    step: usize,
    /// The step as that case took it.
    text: &'r str,
    expected: &'r str,
    observed: &'r str,
    because: &'r str,
    rows: Vec<&'r str>,
}

fn failures(report: &Report) -> Vec<String> {
    let mut failures: Vec<Failure<'_>> = Vec::new();
    for (told, row, case) in report.cases() {
        let Some(case) = case else { continue };
        for detail in &case.details {
            let step = detail.step as usize;
            let text = told.text(case, step);
            let same = failures.iter_mut().find(|one| {
                std::ptr::eq(one.told, told)
                    && one.step == step
                    && call(one.text) == call(text)
                    && (one.observed, one.expected) == (&detail.observed, &detail.expected)
            });
            match same {
                Some(one) => one.rows.push(row),
                None => failures.push(Failure {
                    told,
                    case: case.case as usize,
                    step,
                    text,
                    expected: &detail.expected,
                    observed: &detail.observed,
                    because: &detail.because,
                    rows: vec![row],
                }),
            }
        }
    }
    failures
        .iter()
        .map(|failure| {
            let seed = report.hello.as_ref().map_or(0, |hello| hello.seed);
            let chance = failure.told.scenario.chance;
            let seed = chance.then(|| format!(" --seed {seed:#x}"));
            failure.words(&format!("{}{}", report.rerun, seed.unwrap_or_default()))
        })
        .collect()
}

/// The call that a step is; the same step of the script may be another one in another row.
fn call(text: &str) -> Option<&str> {
    text.split_once('(').map(|(call, _)| call)
}

impl Failure<'_> {
    fn words(&self, rerun: &str) -> String {
        let scenario = &self.told.scenario;
        let step = scenario.steps.get(self.step);
        let (line, actor) = step.map_or((0, "?"), |step| (step.line, step.actor.as_str()));
        let mut out = format!("FAIL  {}:{line}  {actor}  {}\n", scenario.name, self.text);
        let mut field = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(out, "        {name:<9} {value}");
            }
        };
        field("expected", self.expected);
        field("observed", self.observed);
        field("because", self.because);
        field("in", &self.rows());
        field(
            "rerun",
            &format!("{rerun} {}", self.told.case_name(self.case)),
        );
        out
    }

    fn rows(&self) -> String {
        let named: Vec<&str> = self
            .rows
            .iter()
            .copied()
            .filter(|row| !row.is_empty())
            .collect();
        let (all, more) = (
            self.told.scenario.cases.len(),
            named.len().saturating_sub(ROWS_NAMED),
        );
        let mut text = named
            .iter()
            .take(ROWS_NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join("; ");
        if more > 0 {
            let _ = write!(text, "; and {more} more of {all} cases");
        }
        text
    }
}

/// What kept other cases from passing: leaks, our own failures, skips. A reason that holds
/// for many scenarios is told once.
fn others(report: &Report) -> String {
    let mut reasons: Vec<(&str, &str, Vec<&Told>, usize)> = Vec::new();
    for (told, _, case) in report.cases() {
        for (what, why) in case.map(complaints).into_iter().flatten() {
            let same = reasons.iter_mut().find(|one| (one.0, one.1) == (what, why));
            match same {
                Some(one) => {
                    one.3 += 1;
                    if !one.2.iter().any(|other| std::ptr::eq(*other, told)) {
                        one.2.push(told);
                    }
                }
                None => reasons.push((what, why, vec![told], 1)),
            }
        }
    }
    let mut out = String::new();
    for (what, why, scenarios, count) in reasons {
        let of = match scenarios.as_slice() {
            [only] if only.cases.len() > 1 => format!(" ({count} of {} cases)", only.cases.len()),
            [_, .., last] => format!(" … {} ({count} cases)", last.scenario.name),
            _ => String::new(),
        };
        let first = scenarios
            .first()
            .map_or("", |told| told.scenario.name.as_str());
        let _ = writeln!(out, "{what:<7}{first}{of}: {why}");
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn complaints(case: &Case) -> impl Iterator<Item = (&'static str, &str)> {
    [
        case.leak.as_deref().map(|why| ("LEAK", why)),
        case.broken.as_deref().map(|why| ("BROKEN", why)),
        case.skip.as_deref().map(|why| ("skip", why)),
    ]
    .into_iter()
    .flatten()
}

/// What the kernel warned of, and how the run ended where that needs telling, with the
/// console's last words.
fn ending(report: &Report) -> String {
    let mut out = String::new();
    for splat in report.splats() {
        let _ = writeln!(out, "WARNING {splat}");
    }
    if !report.splats().is_empty() {
        out.push('\n');
    }
    let (what, why) = match &report.ending {
        Ending::Complete => return out,
        Ending::NotStarted(why) => ("NOT STARTED", why),
        Ending::Broken(why) => ("BROKEN", why),
        Ending::Crashed(why) => ("CRASHED", why),
        Ending::Lost(why) => ("LOST", why),
        Ending::Hung(why) => ("HUNG", why),
        Ending::Interrupted(why) => ("INTERRUPTED", why),
    };
    let tail = report
        .host
        .as_ref()
        .map(|host| host.console_tail.as_slice())
        .unwrap_or_default();
    if !tail.is_empty() {
        out.push_str("the last lines of the console:\n");
        for line in tail {
            let _ = writeln!(out, "  | {line}");
        }
    }
    let _ = writeln!(out, "{what}: {why}\n");
    out
}

fn table(report: &Report) -> String {
    let rows = totals(report);
    let broken = rows.iter().any(|row| row.broken > 0);
    let missing = rows.iter().any(|row| row.missing > 0);
    let mut out = format!(
        "  {:<12}{:>6}{:>6}{:>9}{:>6}",
        "", "pass", "fail", "blocked", "skip"
    );
    out.push_str(if broken { "  broken" } else { "" });
    out.push_str(if missing { "    lost" } else { "" });
    out.push('\n');
    for row in rows {
        let (call, pass, fail) = (&row.call, row.pass, row.fail);
        let _ = write!(
            out,
            "  {call:<12}{pass:>6}{fail:>6}{:>9}{:>6}",
            row.blocked, row.skip
        );
        if broken {
            let _ = write!(out, "{:>8}", row.broken);
        }
        if missing {
            let _ = write!(out, "{:>8}", row.missing);
        }
        out.push('\n');
    }
    out
}

impl Report {
    /// What it came to, in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let rows = totals(self);
        let sum = |of: fn(&CallTotals) -> u64| rows.iter().map(of).sum::<u64>();
        let (passed, failed) = (sum(|row| row.pass), sum(|row| row.fail));
        let ran = passed + failed + sum(|row| row.blocked) + sum(|row| row.broken);
        let CaseTotals {
            pass,
            fail,
            skip,
            broken,
            missing,
        } = self.case_totals();
        let taken = pass + fail + broken;
        let mut words = match self.verdict() {
            RunVerdict::Pass => format!("PASS: {passed} steps in {pass} case{}", plural(pass)),
            RunVerdict::Fail if failed == 0 => format!("FAIL: {fail} of {taken} cases"),
            RunVerdict::Fail => {
                format!("FAIL: {failed} of {ran} steps, in {fail} of {taken} cases")
            }
            RunVerdict::NotStarted | RunVerdict::Broken => {
                "BROKEN: no verdict on the kernel".to_owned()
            }
            RunVerdict::NothingRan => self.refused().map_or("NOTHING RAN".to_owned(), |why| {
                format!("NOTHING RAN: every case {why}")
            }),
            RunVerdict::Warned => "WARNED: the kernel under test printed warnings".to_owned(),
            RunVerdict::Crashed => "CRASHED: the kernel under test".to_owned(),
            RunVerdict::Lost => "LOST: the result is not whole".to_owned(),
            RunVerdict::Hung => "HUNG: no verdict".to_owned(),
            RunVerdict::Interrupted => "INTERRUPTED: no verdict".to_owned(),
        };
        for (count, what) in [
            (skip, "skipped"),
            (broken, "broken"),
            (missing, "not heard of"),
        ] {
            if count > 0 {
                let _ = write!(words, ", {count} case{} {what}", plural(count));
            }
        }
        if let Some(hello) = &self.hello {
            let kernel = &hello.kernel;
            let (system, release, machine) = (&kernel.sysname, &kernel.release, &kernel.machine);
            let version = &hello.shmproof;
            let _ = write!(
                words,
                "  ({system} {release} {machine}, {} firmware, shmproof {version}",
                hello.arch
            );
            if let Some(fault) = &hello.inject {
                let _ = write!(words, ", injected {fault}");
            }
            words.push(')');
        }
        words
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
