//! Which scenarios are run, and their texts.

use crate::scenario::{self, Problem, Scenario};
use std::path::Path;

/// What the user wants to run.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// A directory or a file to take instead of what is built in.
    pub from: Option<String>,
    /// Names of scenarios or of their cases, such as `forked_pairs/7`; none means all.
    pub names: Vec<String>,
}

/// A scenario and those of its rows that are to be run.
pub struct Selection {
    /// The scenario.
    pub scenario: Scenario,
    /// Its rows, by number.
    pub rows: Vec<usize>,
}

/// Why nothing can be run.
#[derive(Debug)]
pub enum Unloadable {
    /// The selection makes no sense; a sentence.
    Selection(String),
    /// Files have problems.
    Problems(Vec<Problem>),
}

impl std::fmt::Display for Unloadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Selection(why) => f.write_str(why),
            Self::Problems(problems) => {
                for problem in problems {
                    writeln!(f, "{problem}")?;
                }
                let count = problems.len();
                write!(f, "{count} problem{}", if count == 1 { "" } else { "s" })
            }
        }
    }
}

/// Reads and checks the selected scenarios. What is built in was checked when it was built.
///
/// # Errors
///
/// All problems of all of them, or what is wrong with the selection.
pub fn load(selected: &Selected) -> Result<Vec<Selection>, Unloadable> {
    let sources = match &selected.from {
        None => {
            let built_in = super::built_in().into_iter();
            built_in.map(|one| Source::BuiltIn(Box::new(one))).collect()
        }
        Some(from) => {
            let texts = texts(from).map_err(Unloadable::Selection)?;
            texts.into_iter().map(Source::Text).collect::<Vec<_>>()
        }
    };
    let known: Vec<&str> = sources.iter().map(Source::name).collect();
    for name in &selected.names {
        let asked = name.split_once('/').map_or(name.as_str(), |(name, _)| name);
        if asked.is_empty() || name.ends_with(".ron") {
            return Err(Unloadable::Selection(format!(
                "{name:?} is no name of a scenario; to run a file or directory write `--scenarios {name}`"
            )));
        }
        if !known.contains(&asked) {
            let near = scenario::nearest(asked, known.iter().copied());
            let advice = near.map_or_else(
                || format!("known are: {}", known.join(", ")),
                |near| format!("did you mean {near:?}?"),
            );
            return Err(Unloadable::Selection(format!(
                "there is no scenario {asked:?}; {advice}"
            )));
        }
    }
    let (mut selections, mut problems) = (Vec::new(), Vec::new());
    for source in sources {
        let name = source.name();
        let cases: Vec<Option<&str>> = selected
            .names
            .iter()
            .filter_map(|one| match one.split_once('/') {
                Some((of, case)) => (of == name).then_some(Some(case)),
                None => (one == name).then_some(None),
            })
            .collect();
        if !selected.names.is_empty() && cases.is_empty() {
            continue;
        }
        let scenario = match source {
            Source::BuiltIn(scenario) => Ok(*scenario),
            Source::Text((file, text)) => Scenario::parse(&file, &text),
        };
        match scenario {
            Ok(scenario) => {
                let rows = rows(&scenario, &cases).map_err(Unloadable::Selection)?;
                selections.push(Selection { scenario, rows });
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(selections)
    } else {
        Err(Unloadable::Problems(problems))
    }
}

/// The rows that are asked for: by number, or by values of axes such as `size=Pages(1)`,
/// with spaces between them.
fn rows(scenario: &Scenario, cases: &[Option<&str>]) -> Result<Vec<usize>, String> {
    let all = 0..scenario.rows.len();
    if cases.is_empty() || cases.contains(&None) {
        return Ok(all.collect());
    }
    let mut rows = Vec::new();
    for case in cases.iter().flatten() {
        let found: Vec<usize> = match case.parse::<usize>() {
            Ok(number) => all.clone().filter(|row| row + 1 == number).collect(),
            Err(_) => scenario
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| has_values(row, case))
                .map(|(row, _)| row)
                .collect(),
        };
        if found.is_empty() {
            let (name, count) = (&scenario.name, scenario.rows.len());
            let last = scenario.rows.last().map_or("", String::as_str);
            return Err(format!(
                "{name} has no case {case:?}; it has {count}, the last is {name}/{count}: {last}"
            ));
        }
        rows.extend(found);
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

/// Whether a row has all of these values: ` size=Pages(1) ` stands in it word for word.
fn has_values(row: &str, asked: &str) -> bool {
    let row = format!(" {row} ");
    let mut parts: Vec<String> = Vec::new();
    for word in asked.split_whitespace() {
        match parts.last_mut() {
            // A value may have spaces in it: `get=[IPC_CREAT, IPC_EXCL]`.
            Some(last) if !word.contains('=') => last.push_str(&format!(" {word}")),
            _ => parts.push(word.to_owned()),
        }
    }
    !parts.is_empty() && parts.iter().all(|part| row.contains(&format!(" {part} ")))
}

/// A file and what it holds.
pub type Text = (String, String);

/// Where a scenario comes from.
enum Source {
    BuiltIn(Box<Scenario>),
    Text(Text),
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Self::BuiltIn(scenario) => &scenario.name,
            Self::Text((file, _)) => scenario::name_of(file),
        }
    }
}

/// The files that `from` names, with their texts.
///
/// # Errors
///
/// A sentence about what cannot be read.
pub fn texts(from: &str) -> Result<Vec<Text>, String> {
    let path = Path::new(from);
    if path.is_file() {
        return Ok(vec![(from.to_owned(), read(path)?)]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| {
        format!("cannot read the scenarios in {from}: {error}; name a directory or a file")
    })?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "ron"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(format!("there is no .ron file in {from}"));
    }
    paths
        .iter()
        .map(|path| Ok((path.display().to_string(), read(path)?)))
        .collect()
}

fn read(path: &Path) -> Result<String, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!(
            "{} is no UTF-8 text: byte {at} does not fit; save it as UTF-8",
            path.display()
        )
    })
}
