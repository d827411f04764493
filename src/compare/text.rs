//! The comparison for people.

use super::lines::{NUMBERS, kernel, numbers, verdict};
use super::{Comparison, Group};
use std::fmt::Write as _;

/// A line a report, the reasons of the skips, and a line for what differs.
pub(super) fn render(comparison: &Comparison<'_>) -> String {
    let mut out = reports(comparison);
    if !comparison.reasons.is_empty() {
        out.push_str("\nskipped because\n");
        for reason in &comparison.reasons {
            let letter = comparison.letter(super::Cell::Skip(reason));
            let _ = writeln!(out, "  {letter:<3} {reason}");
        }
    }
    if !comparison.differing.is_empty() {
        out.push_str(&differing(comparison));
    }
    let _ = writeln!(out, "\n{}", comparison.sum());
    out
}

fn reports(comparison: &Comparison<'_>) -> String {
    let mut rows = vec![["", "report", "kernel"].map(str::to_owned).to_vec()];
    rows[0].extend(NUMBERS.map(str::to_owned));
    rows[0].push("verdict".to_owned());
    for (number, column) in comparison.numbered() {
        let mut row = vec![
            number.map_or("-".to_owned(), |number| number.to_string()),
            column.name.clone(),
        ];
        match &column.report {
            Ok(document) => {
                row.push(kernel(document));
                row.extend(numbers(document));
                let skips = comparison.skips(column);
                let between = if skips.is_empty() { "" } else { "; skipped " };
                row.push(format!("{}{between}{skips}", verdict(column)));
            }
            Err(_) => row.push(verdict(column)),
        }
        rows.push(row);
    }
    aligned(&rows, 3..7)
}

/// Rows whose columns stand below each other; those of `right` end together. The last column
/// of a row may be as long as it likes.
fn aligned(rows: &[Vec<String>], right: std::ops::Range<usize>) -> String {
    let width = |at: usize| {
        let words = rows
            .iter()
            .filter(|row| right.contains(&at) || row.len() > at + 1);
        let words = words.filter_map(|row| row.get(at));
        words.map(|word| word.chars().count()).max().unwrap_or(0)
    };
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, word) in row.iter().enumerate() {
            let free = at + 1 == row.len() && !right.contains(&at);
            let wide = if free { 0 } else { width(at) };
            let _ = if right.contains(&at) {
                write!(line, "  {word:>wide$}")
            } else {
                write!(line, "  {word:<wide$}")
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn differing(comparison: &Comparison<'_>) -> String {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(comparison.read().map(|(number, _)| number.to_string()));
    for group in &comparison.differing {
        let mut row = vec![group.name()];
        row.extend(group.cells.iter().map(|cell| comparison.letter(*cell)));
        rows.push(row);
    }
    let mut out = String::from(
        "\nwhat differs (P passed, F failed, X we failed, - not known, else why it was skipped)\n",
    );
    let table = aligned(&rows, 1..usize::MAX);
    let mut lines = table.lines();
    let _ = writeln!(out, "{}", lines.next().unwrap_or_default());
    for (line, group) in lines.zip(&comparison.differing) {
        let _ = writeln!(out, "{line}");
        out.push_str(&notes(group));
    }
    out
}

/// What there is to say about a line of the table.
fn notes(group: &Group<'_>) -> String {
    let mut out = String::new();
    let mut field = |indent: usize, name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "{:indent$}{name:<9} {value}", "");
        }
    };
    field(6, "rows", &group.rows());
    for (trouble, numbers) in group.troubles() {
        let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        field(
            6,
            &format!("in {}", numbers.join(" ")),
            &trouble.place(group.scenario),
        );
        field(8, "expected", trouble.expected);
        field(8, "observed", trouble.observed);
    }
    out
}
