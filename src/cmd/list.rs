//! `shmproof list`: which scenarios there are.

use super::output::{arrived, print};
use super::{Failure, run};
use crate::cli::Said;
use crate::explain::list::{self, Entry};
use crate::suite;
use crate::verdict::RunVerdict;

/// Lists them for people or for programs.
pub(super) fn list(said: &Said) -> Result<RunVerdict, Failure> {
    let json = match said.value("format") {
        None | Some("text") => false,
        Some("json") => true,
        Some(other) => {
            return Err(Failure::usage(format!(
                "there is no format {other:?}; known are: text, json"
            )));
        }
    };
    let found = suite::load(&run::selected(said)).map_err(|why| Failure::usage(why.to_string()))?;
    let entries: Vec<Entry<'_>> = found
        .iter()
        .map(|one| Entry {
            scenario: &one.scenario,
            rows: &one.rows,
            from_file: said.has("scenarios"),
        })
        .collect();
    let text = if json {
        list::json(&entries)
    } else {
        let mut text = String::new();
        if said.has("cases") || !said.has("rows") {
            text.push_str(&list::text(&entries, said.has("cases")));
        }
        if said.has("rows") {
            text.push_str(&list::coverage(&entries));
        }
        text
    };
    Ok(arrived(RunVerdict::Pass, print(&text)))
}
