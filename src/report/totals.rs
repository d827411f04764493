//! Steps counted per system call.

use super::Report;
use super::record::CallTotals;
use crate::verdict::Verdict;

/// The rows that a table begins with, whether or not a step counts there.
const CALLS: [&str; 4] = ["shmget", "shmat", "shmdt", "shmctl"];

/// The table, the four calls first.
#[must_use]
pub fn totals(report: &Report) -> Vec<CallTotals> {
    let mut rows: Vec<CallTotals> = CALLS
        .iter()
        .map(|call| CallTotals {
            call: (*call).to_owned(),
            ..CallTotals::default()
        })
        .collect();
    for (told, _, case) in report.cases() {
        for index in 0..told.scenario.steps.len() {
            let verdict = match case.map(|case| case.steps.get(index)) {
                // It is no step of the case.
                Some(Some(None)) => continue,
                Some(Some(verdict)) => *verdict,
                Some(None) => Some(Verdict::Broken),
                None => None,
            };
            let call = told.call(case, index);
            let at = rows
                .iter()
                .position(|row| row.call == call)
                .unwrap_or_else(|| {
                    rows.push(CallTotals {
                        call: call.to_owned(),
                        ..CallTotals::default()
                    });
                    rows.len() - 1
                });
            *rows[at].of(verdict) += 1;
        }
    }
    rows
}
