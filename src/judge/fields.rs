//! Numbers that the kernel told × what they must be.

use crate::abi::{Field, Fields};
use crate::observe::MOST_RELATIONS;
use crate::plan::Is;

/// Whether all numbers that are looked at are as they must be.
pub(super) fn agree(
    wanted: &[(Field, Is)],
    fields: &Fields,
    against: &[u64; MOST_RELATIONS],
) -> bool {
    each(wanted, fields, against, |_, _, holds, _| holds)
}

/// Compares number by number, up to the first of which `next` says no. It is told the
/// field, what must be, whether that holds, and the other side of a relation.
pub(super) fn each(
    wanted: &[(Field, Is)],
    fields: &Fields,
    against: &[u64; MOST_RELATIONS],
    mut next: impl FnMut(Field, &Is, bool, u64) -> bool,
) -> bool {
    let mut relations = against.iter();
    wanted.iter().all(|(field, is)| {
        let seen = fields.get(*field);
        let other = match is {
            Is::Equal(_) | Is::Near(..) | Is::Above(_) | Is::Now => {
                relations.next().copied().unwrap_or(0)
            }
            Is::Number(_) | Is::AtLeast(_) | Is::AtMost(_) | Is::Not(_) => 0,
        };
        let holds = match is {
            Is::Number(wanted) => seen == *wanted,
            Is::AtLeast(least) => seen as i64 >= *least,
            Is::AtMost(most) => seen as i64 <= *most,
            Is::Not(not) => seen as i64 != *not,
            Is::Equal(_) => seen == other,
            Is::Near(_, within) => seen.abs_diff(other) <= *within,
            Is::Above(_) => seen as i64 > other as i64,
            Is::Now => since(seen, other),
        };
        next(*field, is, holds, other)
    })
}

/// Whether a time lies in the window that `other` tells: its start in the upper half, in
/// seconds, and its length in the lower.
fn since(seen: u64, window: u64) -> bool {
    let (start, length) = crate::observe::window(window);
    (start..=start.saturating_add(length)).contains(&(seen as i64))
}
