//! `shmproof check`

use super::{Failure, output};
use crate::cli::Said;
use crate::suite::{Selected, load};
use crate::verdict::RunVerdict;

/// Reads every file whole and reports all problems.
pub(super) fn check(said: &Said) -> Result<RunVerdict, Failure> {
    if said.operands.is_empty() {
        return Err(Failure::usage("name the files or directories to check"));
    }
    let mut count = 0;
    let mut problems = Vec::new();
    for file in &said.operands {
        match load(&Selected {
            from: Some(file.clone()),
            names: Vec::new(),
        }) {
            Ok(scenarios) => count += scenarios.len(),
            Err(found) => problems.push(found.to_string()),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::usage(problems.join("\n")));
    }
    let shown = output::print(&format!(
        "{count} scenario{} read, no problem\n",
        if count == 1 { "" } else { "s" }
    ));
    Ok(output::arrived(RunVerdict::Pass, shown))
}
