//! `shmproof compare`: where the reports of several runs differ.

use super::Failure;
use super::output::{arrived, print};
use crate::cli::Said;
use crate::compare::{Column, Comparison, Format};
use crate::verdict::RunVerdict;
use std::path::Path;

/// Reads the reports and lays them side by side.
pub(super) fn compare(said: &Said) -> Result<RunVerdict, Failure> {
    let format = match said.value("format") {
        None => Format::Text,
        Some(name) => Format::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, format)| *format)
            .ok_or_else(|| {
                let known = Format::NAMES.map(|(known, _)| known).join(", ");
                Failure::usage(format!("there is no format {name:?}; known are: {known}"))
            })?,
    };
    let differences = match said.value("exit") {
        None | Some("worst") => false,
        Some("differences") => true,
        Some(other) => {
            return Err(Failure::usage(format!(
                "--exit takes worst or differences, not {other:?}"
            )));
        }
    };
    let columns = columns(said)?;
    let comparison = Comparison::new(&columns);
    let shown = print(&format.render(&comparison));
    let verdict = if differences {
        comparison.verdict_of_differences()
    } else {
        comparison.verdict()
    };
    Ok(arrived(verdict, shown))
}

fn columns(said: &Said) -> Result<Vec<Column>, Failure> {
    let runs = ["absent", "missing"].map(|flag| said.all(flag).count());
    if said.operands.is_empty() && runs == [0, 0] {
        return Err(Failure::usage(
            "compare takes reports: files that `--format json --out FILE` wrote",
        ));
    }
    let short: Vec<&str> = said.operands.iter().map(|file| stem(file)).collect();
    let mut columns: Vec<Column> = Vec::new();
    for (file, name) in said.operands.iter().zip(&short) {
        // Reports of several directories may have the same name.
        let unique = short.iter().filter(|other| *other == name).count() == 1;
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
        columns.push(Column::new(if unique { name } else { file }, text));
    }
    for (name, why) in reasons(said, "absent")? {
        columns.push(Column::absent(name, why));
    }
    for (name, why) in reasons(said, "missing")? {
        columns.push(Column::missing(name, why));
    }
    Ok(columns)
}

/// The values of a flag that says which run there is not, and why.
fn reasons<'s>(said: &'s Said, flag: &str) -> Result<Vec<(&'s str, &'s str)>, Failure> {
    let split = |value: &'s str| {
        value
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("--{flag} takes NAME=WHY, not {value:?}")))
    };
    said.all(flag).map(split).collect()
}

fn stem(file: &str) -> &str {
    let name = Path::new(file).file_stem().and_then(|name| name.to_str());
    name.unwrap_or(file)
}
