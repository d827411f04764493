//! Which scenarios there are, their cases, and the known behaviours that they cover.
//!
//! The JSON form is one document:
//!
//! ```text
//! {"scenarios": [{"name", "summary", "file"?, "covers": [row…], "refs": [text…],
//!                 "cases": [{"number", "row"}…]}…],
//!  "rows": {row: [name of a scenario…]…},
//!  "texts": {row: text…}, "reasons": {row: text…}}
//! ```
//!
//! `file` is missing for what is built in; `row` of a case is empty where nothing varies;
//! `rows` has every known behaviour, with an empty list where no scenario covers it, `texts`
//! has what it is, and `reasons` why no scenario that is built in covers it. A board has no
//! texts.

use super::wrap::Page;
use crate::scenario::Scenario;
use crate::scenario::coverage::{self, ROWS};
use serde_json::{Map, Value, json};

/// Columns of the table of behaviours, which fits into every terminal.
const TABLE_WIDTH: usize = 80;

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
        let rows = &self.scenario.rows;
        self.rows
            .iter()
            .map(|row| (row + 1, rows.get(*row).map_or("", String::as_str)))
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

/// Every known behaviour, what it is, and which scenarios cover it with how many cases. Where
/// there is none an exclamation mark stands before the row, and the reason below it.
#[must_use]
pub fn coverage(entries: &[Entry<'_>]) -> String {
    let mut page = Page {
        width: TABLE_WIDTH,
        ..Page::default()
    };
    let mut all = 0;
    for (chapter, rows) in coverage::chapters() {
        let covered = rows.iter().filter(|row| by(entries, row).next().is_some());
        let covered = covered.count();
        all += covered;
        page.paragraph(
            0,
            &format!("{chapter}: {covered} of {} covered", rows.len()),
        );
        for row in rows {
            let (text, reason) = coverage::text(row);
            let names: Vec<String> = by(entries, row).map(with_cases).collect();
            let open = names.is_empty();
            let mark = if open { '!' } else { ' ' };
            page.hang(&format!("{mark} {row:<7}  "), &text);
            let below = match reason {
                _ if !open => names.join(", "),
                Some(reason) => format!("no scenario: {reason}"),
                None => "no scenario".to_owned(),
            };
            page.paragraph(11, &below);
        }
        page.blank();
    }
    page.paragraph(0, &format!("all: {all} of {} covered", ROWS.len()));
    page.text
}

/// The scenarios that cover a row.
fn by<'a>(entries: &'a [Entry<'a>], row: &str) -> impl Iterator<Item = &'a Entry<'a>> {
    let covers = move |entry: &&Entry<'a>| entry.scenario.covers.iter().any(|one| one == row);
    entries.iter().filter(covers)
}

/// The name of a scenario, and how many cases it has if not one.
fn with_cases(entry: &Entry<'_>) -> String {
    let name = &entry.scenario.name;
    match entry.rows.len() {
        1 => name.clone(),
        number => format!("{name} ({number} cases)"),
    }
}

/// Everything as one JSON document, see above.
#[must_use]
pub fn json(entries: &[Entry<'_>]) -> String {
    let scenarios: Vec<Value> = entries.iter().map(|entry| scenario(*entry)).collect();
    let (mut rows, mut texts, mut reasons) = (Map::new(), Map::new(), Map::new());
    for row in ROWS {
        let names: Vec<&str> = by(entries, row)
            .map(|entry| entry.scenario.name.as_str())
            .collect();
        rows.insert((*row).to_owned(), json!(names));
        let (text, reason) = coverage::text(row);
        if !text.is_empty() {
            texts.insert((*row).to_owned(), text.into());
        }
        if let Some(reason) = reason {
            reasons.insert((*row).to_owned(), reason.into());
        }
    }
    let document = json!({
        "scenarios": scenarios, "rows": rows, "texts": texts, "reasons": reasons,
    });
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
        told["file"] = scenario.file.clone().into();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::{Entry, coverage};
    use crate::scenario::Scenario;

    #[test]
    fn rows_are_told_with_their_scenarios_or_without() {
        let text = "Scenario(summary: \"s\", covers: [\"DT-02\"], actors: [(name: \"a\")],
            for_each: [Axis(\"at\", [Anywhere, Raw(4096)])],
            script: [By(\"a\", [shmdt(at: Each(\"at\"), expect: Err(EINVAL))])])";
        let scenario = Scenario::parse("nowhere.ron", text).expect("good");
        let entry = Entry {
            scenario: &scenario,
            rows: &[0, 1],
            from_file: true,
        };
        let told = coverage(&[entry]);
        assert!(told.lines().all(|line| line.chars().count() <= 80));
        assert!(told.contains("\nDT: 1 of 19 covered\n! DT-01"), "{told}");
        assert!(told.contains("nowhere (2 cases)\n! DT-03"), "{told}");
        assert!(told.ends_with("\nall: 1 of 203 covered\n"), "{told}");
        let has = |words: &str| assert_eq!(told.contains(words), cfg!(feature = "host"), "{words}");
        has(
            "  DT-02    An address where nothing is attached is EINVAL.\n           nowhere (2 cases)\n",
        );
        has(
            "! DT-18    A kernel without an MMU detaches by the exact start address only.\n           no scenario: the firmware",
        );
    }
}
