//! `for_each`: the product of the axes, one row a case.

use super::problem::Problem;
use super::read::read_borrowed;
use super::source::{Source, trivia};
use super::syntax::Axis;
use ron::value::RawValue;
use std::ops::Range;

/// The most cases that a scenario may come to.
const MOST_ROWS: usize = 4096;

/// A value with more characters is told by its number and its first word.
const LONGEST_VALUE_SHOWN: usize = 40;

/// The values of one case.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Such as `size=Pages(1) crowd=8`; empty where nothing varies.
    pub(super) name: String,
    /// The axes, and where their values stand in the file.
    values: Vec<(String, Range<usize>)>,
}

impl Row {
    /// Where the value of an axis stands.
    pub(super) fn value(&self, axis: &str) -> Option<Range<usize>> {
        let found = self.values.iter().find(|(name, _)| name == axis);
        found.map(|(_, range)| range.clone())
    }

    /// The names of all axes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.values.iter().map(|(name, _)| name.as_str())
    }

    /// A row for tests.
    #[cfg(test)]
    pub(super) fn sample(values: &[(&str, Range<usize>)]) -> Self {
        Self {
            name: String::new(),
            values: values
                .iter()
                .map(|(name, range)| ((*name).to_owned(), range.clone()))
                .collect(),
        }
    }
}

/// One axis: the names of its columns, and the values of each of its lines.
struct Columns {
    names: Vec<String>,
    lines: Vec<Vec<Range<usize>>>,
}

/// Every combination, the first axis varying slowest.
///
/// # Errors
///
/// What is wrong with the axes.
pub(super) fn rows(source: Source<'_>, raw: Option<Range<usize>>) -> Result<Vec<Row>, Problem> {
    let mut rows = vec![Row::default()];
    let Some(range) = raw else { return Ok(rows) };
    let at = range.start + trivia(&source.text[range.clone()]);
    let axes: Vec<Axis<'_>> = read_borrowed(source, at..range.end)?;
    let mut names: Vec<String> = Vec::new();
    for axis in axes {
        let columns = columns(source, axis).map_err(|message| source.problem(at, message))?;
        for name in &columns.names {
            if names.contains(name) {
                let message = format!("two axes are named `{name}`; rename one");
                return Err(source.problem(at, message));
            }
            names.push(name.clone());
        }
        if rows.len().saturating_mul(columns.lines.len()) > MOST_ROWS {
            let message =
                format!("the axes come to more than {MOST_ROWS} cases; split the scenario");
            return Err(source.problem(at, message));
        }
        rows = product(source, &rows, &columns);
    }
    Ok(rows)
}

fn columns(source: Source<'_>, axis: Axis<'_>) -> Result<Columns, String> {
    let (names, lines) = match axis {
        Axis::Axis(name, values) => {
            let lines = values.into_iter().map(|value| vec![value]).collect();
            (vec![name], lines)
        }
        Axis::Table(names, lines) => (names, lines),
    };
    let shown = names.join("`, `");
    if names.is_empty() || names.iter().any(|name| !is_word(name)) {
        return Err(format!(
            "`{shown}` is no name of an axis; write a word of letters, digits and `_`"
        ));
    }
    if lines.is_empty() {
        return Err(format!(
            "the axis `{shown}` is empty; give it a value or remove it"
        ));
    }
    if let Some(odd) = lines
        .iter()
        .find(|line: &&Vec<_>| line.len() != names.len())
    {
        return Err(format!(
            "a line of the table `{shown}` has {} values for {} names; write one for each",
            odd.len(),
            names.len()
        ));
    }
    let place = |value: &RawValue| {
        let raw = value.get_ron();
        let text = raw[trivia(raw)..].trim_end();
        let start = source.offset_of(text);
        start..start + text.len()
    };
    let lines = lines
        .into_iter()
        .map(|line| line.into_iter().map(place).collect())
        .collect();
    Ok(Columns { names, lines })
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn product(source: Source<'_>, rows: &[Row], columns: &Columns) -> Vec<Row> {
    let mut all = Vec::with_capacity(rows.len() * columns.lines.len());
    for row in rows {
        for (number, line) in columns.lines.iter().enumerate() {
            let mut row = row.clone();
            for (name, value) in columns.names.iter().zip(line) {
                let shown = shown(&source.text[value.clone()], number);
                let space = if row.name.is_empty() { "" } else { " " };
                row.name.push_str(&format!("{space}{name}={shown}"));
                row.values.push((name.clone(), value.clone()));
            }
            all.push(row);
        }
    }
    all
}

/// The axes of all rows, each with its different values in the order of the file.
pub(super) fn axes(text: &str, rows: &[Row]) -> Vec<(String, Vec<String>)> {
    let first = rows.first().map_or(&[][..], |row| &row.values[..]);
    let axes = first.iter().enumerate().map(|(column, (name, _))| {
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for row in rows {
            let place = &row.values[column].1;
            if places.contains(place) {
                continue;
            }
            // A table may give the same value on several of its lines.
            let shown = shown(&text[place.clone()], places.len());
            places.push(place.clone());
            if !values.contains(&shown) {
                values.push(shown);
            }
        }
        (name.clone(), values)
    });
    axes.collect()
}

/// A value as the name of a case has it: short, and on one line.
fn shown(value: &str, number: usize) -> String {
    let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST_VALUE_SHOWN {
        return words;
    }
    let first = words
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next();
    format!("{}:{}", number + 1, first.unwrap_or_default())
}
