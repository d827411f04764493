//! The comparison for programs.
//!
//! ```text
//! {"reports": [{"name", "exit_code", "whole", "verdict"?, "kernel"?: as uname(2), "firmware"?,
//!               "seconds"?, "cases"?: {"pass", "fail", "skip", "broken", "missing"},
//!               "skips"?: {reason: cases…}, "why"?: why there is no report, or none that is whole}…],
//!  "alike": {"pass", "skip", "fail": [case…]},
//!  "differing": [{"scenario", "cases": [{"number", "row"}…],
//!                 "came": [null, or {"outcome", "why"?, "line"?, "actor"?, "text"?,
//!                          "expected"?, "observed"?}…]}…],
//!  "exit_code": the worst of the reports'}
//! ```
//!
//! `came` has an entry for each of `reports`, in their order; null where nothing is known.

use super::{Cell, Column, Comparison, Group, NoReport, Trouble};
use crate::verdict::Outcome;
use serde_json::{Map, Value, json};

pub(super) fn render(comparison: &Comparison<'_>) -> String {
    let alike = &comparison.alike;
    let document = json!({
        "reports": comparison.columns.iter().map(|column| report(comparison, column)).collect::<Vec<_>>(),
        "alike": {"pass": alike.pass, "skip": alike.skip, "fail": alike.fail},
        "differing": comparison.differing.iter().map(|one| group(comparison, one)).collect::<Vec<_>>(),
        "exit_code": comparison.verdict().exit_code(),
    });
    format!("{document:#}\n")
}

fn report(comparison: &Comparison<'_>, column: &Column) -> Value {
    let mut out = json!({
        "name": column.name,
        "exit_code": column.verdict().exit_code(),
        "whole": column.is_whole(),
    });
    match &column.report {
        Err(NoReport::Meant(why) | NoReport::Bad(why)) => out["why"] = json!(why),
        Ok(document) => {
            out["verdict"] = json!(document.verdict);
            out["cases"] = json!(document.cases);
            out["skips"] = json!(skips(comparison, column));
            if let Some(hello) = &document.target {
                out["kernel"] = json!(hello.kernel);
                out["firmware"] = json!(hello.arch);
            }
            if let Some(host) = &document.host {
                out["seconds"] = json!(host.seconds);
            }
            if let Some(why) = &document.ending {
                out["why"] = json!(why);
            }
        }
    }
    out
}

fn skips(comparison: &Comparison<'_>, column: &Column) -> Map<String, Value> {
    let counts = comparison.counts(column).into_iter();
    counts
        .map(|(at, count)| (comparison.reasons[at].to_owned(), json!(count)))
        .collect()
}

fn group(comparison: &Comparison<'_>, group: &Group<'_>) -> Value {
    let cases = group.cases.iter();
    let came = comparison.numbered().map(|(number, _)| {
        let at = number.and_then(|number| group.cells.get(number - 1));
        came(at.copied().unwrap_or(Cell::Unknown))
    });
    json!({
        "scenario": group.scenario,
        "cases": cases.map(|(number, row)| json!({"number": number, "row": row})).collect::<Vec<_>>(),
        "came": came.collect::<Vec<_>>(),
    })
}

fn came(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Unknown => Value::Null,
        Cell::Pass => json!({"outcome": Outcome::Pass}),
        Cell::Skip(why) => json!({"outcome": Outcome::Skip, "why": why}),
        Cell::Fail(at) => trouble(Outcome::Fail, at),
        Cell::Broken(at) => trouble(Outcome::Broken, at),
    }
}

fn trouble(outcome: Outcome, trouble: Trouble<'_>) -> Value {
    if trouble.line == 0 {
        return json!({"outcome": outcome, "why": trouble.observed});
    }
    json!({
        "outcome": outcome,
        "line": trouble.line,
        "actor": trouble.actor,
        "text": trouble.text,
        "expected": trouble.expected,
        "observed": trouble.observed,
    })
}
