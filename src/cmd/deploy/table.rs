//! Several boards, a line each.

use super::board::Board;
use crate::report::Format;
use crate::verdict::RunVerdict;
use std::fmt::Write as _;

/// What is to be said of those that did not pass, and the table.
pub(super) fn render(boards: &[Board]) -> String {
    let mut out = String::new();
    let passed = |board: &&Board| board.report.verdict() == RunVerdict::Pass;
    for board in boards.iter().filter(|board| !passed(board)) {
        let text = Format::Text.render(&board.report);
        let _ = writeln!(out, "== {}\n{text}", board.address.name);
    }
    let heading = ["BOARD", "IS", "EXIT", "SECONDS", "VERDICT"].map(ToOwned::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(heading)
        .chain(boards.iter().map(row))
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(out, "{cell:<width$}  ");
        }
        let _ = writeln!(out, "{}", row[4]);
    }
    out
}

fn row(board: &Board) -> [String; 5] {
    let report = &board.report;
    let seconds = report.host.as_ref().map_or(0.0, |host| host.seconds);
    let summary = report.summary();
    // What the target is stands in a column of its own.
    let summary = summary.split("  (").next().unwrap_or(&summary);
    let verdict = report.ending.why().unwrap_or(summary);
    [
        board.address.name.clone(),
        board.about.clone(),
        report.verdict().exit_code().to_string(),
        format!("{seconds:.1}"),
        verdict.to_owned(),
    ]
}
