//! Steps counted per system call.

use super::Report;

/// One row of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `shmget`, …, `load/store`, `process`.
    pub call: String,
    /// Steps that passed.
    pub pass: u64,
    /// Steps that failed.
    pub fail: u64,
    /// Steps that were not taken because of a failed one.
    pub blocked: u64,
    /// Steps of cases that were skipped.
    pub skip: u64,
    /// Steps in which we failed.
    pub broken: u64,
    /// Steps of which nothing was heard.
    pub missing: u64,
}

/// The rows that a table begins with, whether or not a step counts there.
const CALLS: [&str; 4] = ["shmget", "shmat", "shmdt", "shmctl"];

/// The table, the four calls first.
#[must_use]
pub fn totals(report: &Report) -> Vec<Row> {
    let mut rows: Vec<Row> = CALLS
        .iter()
        .map(|call| Row {
            call: (*call).to_owned(),
            ..Row::default()
        })
        .collect();
    for (told, _, case) in report.cases() {
        for index in 0..told.scenario.steps.len() {
            let call = told.call(case, index);
            let at = rows
                .iter()
                .position(|row| row.call == call)
                .unwrap_or_else(|| {
                    rows.push(Row {
                        call: call.to_owned(),
                        ..Row::default()
                    });
                    rows.len() - 1
                });
            let row = &mut rows[at];
            let letter = case.map(|case| case.steps.chars().nth(index).unwrap_or('X'));
            *match letter {
                Some('P') => &mut row.pass,
                Some('F') => &mut row.fail,
                Some('B') => &mut row.blocked,
                Some('S') => &mut row.skip,
                Some(_) => &mut row.broken,
                None => &mut row.missing,
            } += 1;
        }
    }
    rows
}
