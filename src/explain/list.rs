//! Which scenarios there are, their cases, and the known behaviours that they cover.
//!
//! The JSON form is one document:
//!
//! ```text
//! {"scenarios": [{"name", "summary", "file"?, "covers": [row…], "refs": [text…],
//!                 "cases": [{"number", "row"}…]}…],
//!  "rows": {row: [name of a scenario…]…}}
//! ```
//!
//! `file` is missing for what is built in; `row` of a case is empty where nothing varies;
//! `rows` has every known behaviour, with an empty list where no scenario covers it.

use super::names::list;
use super::wrap::Page;
use crate::scenario::Scenario;
use crate::scenario::coverage::{ROWS, chapters};
use serde_json::{Value, json};

/// A scenario and those of its rows that are asked for, by number from 0.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its rows.
    pub rows: &'a [usize],
    /// Whether it was read from a file of the user's.
    pub from_file: bool,
}

impl<'a> Entry<'a> {
    /// The number of each case, from 1, and its row.
    fn cases(self) -> impl Iterator<Item = (usize, &'a str)> {
        let rows: Vec<&str> = self.scenario.rows().collect();
        self.rows
            .iter()
            .map(move |row| (row + 1, rows.get(*row).copied().unwrap_or_default()))
    }
}

/// A line a scenario, and a line a case if asked for.
#[must_use]
pub fn text(entries: &[Entry<'_>], cases: bool) -> String {
    let width = entries
        .iter()
        .map(|entry| entry.scenario.name.chars().count())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for entry in entries {
        let (name, summary) = (&entry.scenario.name, &entry.scenario.summary);
        let number = entry.rows.len();
        let cases_of = if number == 1 { "case " } else { "cases" };
        out.push_str(&format!(
            "{name:<width$}  {number:>4} {cases_of}  {summary}\n"
        ));
        if !cases {
            continue;
        }
        for (number, row) in entry.cases() {
            let line = format!("    {name}/{number}  {row}");
            out.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    out
}

/// For every chapter of known behaviours, which of them are covered by which scenarios, and
/// which are not.
#[must_use]
pub fn coverage(entries: &[Entry<'_>]) -> String {
    let mut page = Page::default();
    let all: Vec<(&str, Vec<&str>)> = ROWS.iter().map(|row| by(entries, row)).collect();
    for (chapter, rows) in chapters() {
        let number = rows.len();
        let inside = |row: &str| row.split_once('-').is_some_and(|(one, _)| one == chapter);
        let of: Vec<_> = all.iter().filter(|(row, _)| inside(row)).collect();
        let covered = of.iter().filter(|(_, names)| !names.is_empty()).count();
        page.paragraph(0, &format!("{chapter}: {covered} of {number} covered"));
        for (row, names) in of.iter().filter(|(_, names)| !names.is_empty()) {
            page.hang(&format!("  {row:<9}"), &names.join(", "));
        }
        let open: Vec<&str> = of
            .iter()
            .filter(|(_, names)| names.is_empty())
            .map(|(row, _)| *row)
            .collect();
        if !open.is_empty() {
            page.hang("  not yet  ", &list(&runs(&open), "and"));
        }
    }
    let covered = all.iter().filter(|(_, names)| !names.is_empty()).count();
    page.paragraph(0, &format!("all: {covered} of {} covered", all.len()));
    page.text
}

/// Rows that follow each other, told as the first and the last of them.
fn runs(rows: &[&str]) -> Vec<String> {
    let number = |row: &str| row.split_once('-').and_then(|(_, n)| n.parse::<u32>().ok());
    let mut runs: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some((_, last)) if number(last).map(|n| n + 1) == number(row) => *last = row,
            _ => runs.push((row, row)),
        }
    }
    runs.iter()
        .map(|(first, last)| {
            if first == last {
                (*first).to_owned()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect()
}

/// A row, and the names of the scenarios that cover it.
fn by<'a>(entries: &[Entry<'a>], row: &'a str) -> (&'a str, Vec<&'a str>) {
    let names = entries
        .iter()
        .filter(|entry| entry.scenario.covers.iter().any(|one| one == row))
        .map(|entry| entry.scenario.name.as_str())
        .collect();
    (row, names)
}

/// Everything as one JSON document, see above.
#[must_use]
pub fn json(entries: &[Entry<'_>]) -> String {
    let scenarios: Vec<Value> = entries.iter().map(|entry| scenario(*entry)).collect();
    let rows: serde_json::Map<String, Value> = ROWS
        .iter()
        .map(|row| by(entries, row))
        .map(|(row, names)| (row.to_owned(), json!(names)))
        .collect();
    let document = json!({ "scenarios": scenarios, "rows": rows });
    format!("{document:#}\n")
}

fn scenario(entry: Entry<'_>) -> Value {
    let scenario = entry.scenario;
    let cases: Vec<Value> = entry
        .cases()
        .map(|(number, row)| json!({ "number": number, "row": row }))
        .collect();
    let mut told = json!({
        "name": scenario.name,
        "summary": scenario.summary,
        "covers": scenario.covers,
        "refs": scenario.refs,
        "cases": cases,
    });
    if entry.from_file {
        told["file"] = scenario.file().into();
    }
    told
}
