//! The comparison for a README.

use super::lines::{NUMBERS, kernel, numbers, verdict};
use super::{Cell, Comparison};
use std::fmt::Write as _;

/// The same tables as for people, with their notes below them.
pub(super) fn render(comparison: &Comparison<'_>) -> String {
    let mut out = String::new();
    let mut head = vec!["", "report", "kernel"];
    head.extend(NUMBERS);
    head.extend(["skipped", "verdict"]);
    table_head(&mut out, &head);
    for (number, column) in comparison.numbered() {
        let mut row = vec![
            number.map_or(String::new(), |number| number.to_string()),
            column.name.clone(),
        ];
        match &column.report {
            Ok(document) => {
                row.push(kernel(document));
                row.extend(numbers(document));
            }
            Err(_) => row.extend(["–", "–", "–", "–", "–"].map(str::to_owned)),
        }
        row.extend([comparison.skips(column), verdict(column)]);
        table_row(&mut out, &row);
    }
    if !comparison.reasons.is_empty() {
        out.push_str("\nSkipped because\n\n");
        for reason in &comparison.reasons {
            let _ = writeln!(
                out,
                "- {}: {}",
                comparison.letter(Cell::Skip(reason)),
                plain(reason)
            );
        }
    }
    if !comparison.differing.is_empty() {
        out.push_str(&differing(comparison));
    }
    let _ = writeln!(out, "\n{}.", capital(&plain(&comparison.sum())));
    out
}

fn differing(comparison: &Comparison<'_>) -> String {
    let mut out = String::from(
        "\nWhat differs (P passed, F failed, X shmproof failed, - not known, else why it was skipped)\n\n",
    );
    let numbers: Vec<String> = comparison
        .read()
        .map(|(number, _)| number.to_string())
        .collect();
    let mut head = vec!["scenario"];
    head.extend(numbers.iter().map(String::as_str));
    table_head(&mut out, &head);
    for group in &comparison.differing {
        let mut row = vec![group.name()];
        row.extend(group.cells.iter().map(|cell| comparison.letter(*cell)));
        table_row(&mut out, &row);
    }
    let mut notes = String::new();
    for group in &comparison.differing {
        for (trouble, numbers) in group.troubles() {
            let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            let _ = write!(
                notes,
                "- {} in {}: ",
                plain(&trouble.place(&group.name())),
                numbers.join(", ")
            );
            if !trouble.expected.is_empty() {
                let _ = write!(notes, "expected {}, ", plain(trouble.expected));
            }
            let _ = writeln!(notes, "observed {}", plain(trouble.observed));
        }
    }
    if !notes.is_empty() {
        let _ = write!(out, "\n{notes}");
    }
    out
}

fn table_head(out: &mut String, words: &[&str]) {
    table_row(out, words);
    table_row(out, &vec!["---"; words.len()]);
}

fn table_row(out: &mut String, words: &[impl AsRef<str>]) {
    for word in words {
        let _ = write!(out, "| {} ", plain(word.as_ref()));
    }
    out.push_str("|\n");
}

/// A text in which Markdown finds nothing to mark up.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '\\' | '[' => out.extend(['\\', c]),
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
