//! `shmproof explain`: a scenario in English sentences.

use super::output::{arrived, print};
use super::{Failure, run};
use crate::cli::Said;
use crate::explain;
use crate::suite;
use crate::verdict::RunVerdict;

/// Tells the case of each name; the first one where no case is named.
pub(super) fn explain(said: &Said) -> Result<RunVerdict, Failure> {
    let told = suite::load(&run::selected(said)).map_err(|why| Failure::usage(why.to_string()))?;
    if said.operands.is_empty() && told.len() > 1 {
        let known: Vec<_> = told.iter().map(|one| one.scenario.name.as_str()).collect();
        let known = known.join(", ");
        return Err(Failure::usage(format!(
            "name the scenario to explain; known are: {known}"
        )));
    }
    let mut pages = Vec::new();
    for one in &told {
        let row = one.rows.first().copied().unwrap_or(0);
        pages.push(explain::case(&one.scenario, row, &one.scenario.play(row)));
    }
    let shown = print(&pages.join("\n\n"));
    Ok(arrived(RunVerdict::Pass, shown))
}
