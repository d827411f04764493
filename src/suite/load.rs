//! Which scenarios are run, and their texts.

use crate::scenario::{self, EMBEDDED, Problem, Scenario};
use std::path::Path;

/// What the user wants to run.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// A directory or a file to take instead of what is built in.
    pub from: Option<String>,
    /// Names of scenarios; none means all.
    pub names: Vec<String>,
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
                write!(
                    f,
                    "{count} problem{}; nothing was run",
                    if count == 1 { "" } else { "s" }
                )
            }
        }
    }
}

/// Reads and checks the selected scenarios.
///
/// # Errors
///
/// All problems of all of them, or what is wrong with the selection.
pub fn load(selected: &Selected) -> Result<Vec<Scenario>, Unloadable> {
    let texts = texts(selected.from.as_deref()).map_err(Unloadable::Selection)?;
    let known: Vec<&str> = texts
        .iter()
        .map(|(file, _)| scenario::name_of(file))
        .collect();
    for name in &selected.names {
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(Unloadable::Selection(format!(
                "there is no scenario {name:?}; known are: {known}"
            )));
        }
    }
    let mut scenarios = Vec::new();
    let mut problems = Vec::new();
    for (file, text) in &texts {
        let name = scenario::name_of(file);
        if !selected.names.is_empty() && !selected.names.iter().any(|one| one == name) {
            continue;
        }
        match scenario::parse(file, text) {
            Ok(scenario) => scenarios.push(scenario),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(scenarios)
    } else {
        Err(Unloadable::Problems(problems))
    }
}

/// The files that `from` names, or those that are built in, with their texts.
///
/// # Errors
///
/// A sentence about what cannot be read.
pub fn texts(from: Option<&str>) -> Result<Vec<(String, String)>, String> {
    let Some(from) = from else {
        return Ok(EMBEDDED
            .iter()
            .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect());
    };
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
