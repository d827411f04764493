//! The steps of a scenario, numbered for all of its rows.

use super::model::Play;
use std::collections::BTreeSet;

/// Where a step comes from: which step of the script, and which item of its value there.
pub(super) type Origin = (usize, usize);

/// A row and, for each of its steps, where that comes from.
pub(super) type Row = (Play, Vec<Origin>);

/// Numbers the steps of all rows in the order of the file, those alike in several rows alike.
/// Returns how many there are.
pub(super) fn number(rows: &mut [Row]) -> usize {
    let all: BTreeSet<Origin> = rows
        .iter()
        .flat_map(|(_, origins)| origins)
        .copied()
        .collect();
    let all: Vec<Origin> = all.into_iter().collect();
    for (play, origins) in rows {
        for (step, origin) in play.steps.iter_mut().zip(origins) {
            // Each of them was collected above.
            step.number = all.binary_search(origin).unwrap_or_default();
        }
    }
    all.len()
}
