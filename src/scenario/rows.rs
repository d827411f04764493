//! `for_each`: the product of the axes, one row a case.

use super::problem::Problem;
use super::raw::Raw;
use super::row::Row;
use super::source::Source;
use super::spot::spot;
use super::syntax::Axis;
use super::text::read_borrowed;
use std::ops::Range;

/// The most cases that a scenario may come to.
const MOST_ROWS: usize = 4096;

/// The most axes, the columns of tables included.
const MOST_AXES: usize = 32;

/// The longest name of an axis.
const LONGEST_NAME: usize = 40;

/// The longest value of an axis, in bytes.
const LONGEST_VALUE: usize = 512;

/// A value with more characters is told by its number and its first word.
const LONGEST_VALUE_SHOWN: usize = 40;

/// The axes of a file, with the places of their names, and its rows.
pub(super) type Matrix = (Vec<(String, usize)>, Vec<Row>);

/// One axis: the names of its columns, and the values of each of its lines.
struct Columns {
    names: Vec<(String, usize)>,
    lines: Vec<Vec<Range<usize>>>,
}

/// Every combination, the first axis varying slowest.
///
/// # Errors
///
/// What is wrong with the axes.
pub(super) fn rows(source: Source<'_>, raw: Option<Range<usize>>) -> Result<Matrix, Problem> {
    let mut rows = vec![Row::default()];
    let mut names: Vec<(String, usize)> = Vec::new();
    let Some(range) = raw else {
        return Ok((names, rows));
    };
    let start = range.start;
    let axes: Vec<Axis<'_>> = read_borrowed(source, range)?;
    for axis in axes {
        let columns = columns(source, start, axis)?;
        for (name, at) in &columns.names {
            if names.iter().any(|(known, _)| known == name) {
                let message = format!("two axes are named `{name}`; rename one");
                return Err(source.problem(*at, message));
            }
            if names.len() == MOST_AXES {
                let message = format!("more than {MOST_AXES} axes; split the scenario");
                return Err(source.problem(*at, message));
            }
            names.push((name.clone(), *at));
        }
        if rows.len().saturating_mul(columns.lines.len()) > MOST_ROWS {
            let message =
                format!("the axes come to more than {MOST_ROWS} cases; split the scenario");
            return Err(source.problem(start, message));
        }
        rows = product(source, &rows, &columns);
    }
    Ok((names, rows))
}

fn columns(source: Source<'_>, start: usize, axis: Axis<'_>) -> Result<Columns, Problem> {
    let spot = |raw: Raw<'_>| spot(source, raw);
    let (names, lines) = match axis {
        Axis::Axis(name, values) => {
            let lines = values.into_iter().map(|raw| Ok(vec![value(source, raw)?]));
            (vec![name], lines.collect::<Result<Vec<_>, _>>()?)
        }
        Axis::Table(names, raw) => {
            let lines = raw
                .into_iter()
                .map(|line| table_line(source, spot(line), names.len()));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            (names, lines)
        }
    };
    let names = names
        .into_iter()
        .map(|raw| name(source, spot(raw), "an axis"));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let Some((first, at)) = names.first() else {
        return Err(source.problem(start, "a table without names; write them in its first list"));
    };
    if lines.is_empty() {
        let message = format!("the axis `{first}` has no value; give it one or remove it");
        return Err(source.problem(*at, message));
    }
    Ok(Columns { names, lines })
}

/// The name of an axis, or of something else that is asked for by it, and where it stands.
pub(super) fn name(
    source: Source<'_>,
    spot: Range<usize>,
    of: &str,
) -> Result<(String, usize), Problem> {
    let at = spot.start;
    let name: String = read_borrowed(source, spot)?;
    let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.is_empty() || !word || name.len() > LONGEST_NAME {
        let message = format!(
            "`{name}` is no name of {of}; write a word of at most {LONGEST_NAME} letters, digits \
             and `_`"
        );
        return Err(source.problem(at, message));
    }
    Ok((name, at))
}

/// The values of a line, which are as many as there are names, each short.
pub(super) fn table_line(
    source: Source<'_>,
    line: Range<usize>,
    names: usize,
) -> Result<Vec<Range<usize>>, Problem> {
    let at = line.start;
    let values: Vec<Raw<'_>> = read_borrowed(source, line)?;
    if values.len() != names {
        let message = format!(
            "this line has {} for {}; write one for each",
            counted(values.len(), "value"),
            counted(names, "name")
        );
        return Err(source.problem(at, message));
    }
    values.into_iter().map(|raw| value(source, raw)).collect()
}

/// Where a value stands. It is written into every step that asks for it, so it is short.
fn value(source: Source<'_>, raw: Raw<'_>) -> Result<Range<usize>, Problem> {
    let value = spot(source, raw);
    if value.len() > LONGEST_VALUE {
        let message = format!("a value has at most {LONGEST_VALUE} bytes; shorten it");
        return Err(source.problem(value.start, message));
    }
    Ok(value)
}

/// A number of things in words.
pub(super) fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

fn product(source: Source<'_>, rows: &[Row], columns: &Columns) -> Vec<Row> {
    let mut all = Vec::with_capacity(rows.len() * columns.lines.len());
    for row in rows {
        for (number, line) in columns.lines.iter().enumerate() {
            let mut row = row.clone();
            for (name, value) in columns.names.iter().map(|(name, _)| name).zip(line) {
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
        .find(|word| !word.is_empty());
    format!("{}:{}", number + 1, first.unwrap_or_default())
}
