//! Expectation × observation → verdict. Pure, and the only place that has an opinion.

mod fields;
#[cfg(test)]
mod tests;
mod words;

pub use crate::verdict::Verdict;
pub use words::{expected, observed};

use crate::abi::{Field, Fields};
use crate::observe::{MOST_RELATIONS, Observation};
use crate::plan::{Expect, Fill, Is};
use fields::agree;

/// Compares what was seen with what must be. Allocates nothing: actors ask between two
/// calls.
#[must_use]
pub fn judge(expect: &Expect, observation: &Observation) -> Verdict {
    if matches!(observation, Observation::Lost(_)) {
        return Verdict::Broken;
    }
    if holds(expect, observation) {
        Verdict::Pass
    } else {
        Verdict::Fail
    }
}

fn holds(expect: &Expect, observation: &Observation) -> bool {
    use Observation as O;
    match (expect, observation) {
        (Expect::OneOf(all), _) => all.iter().any(|one| holds(one, observation)),
        (Expect::Fails(errno), O::Failed(seen)) => errno == seen,
        (Expect::NewId, O::Id { id, known, .. }) => *id >= 0 && known.is_none(),
        (Expect::SameId, O::Id { id, known, .. }) => Some(*id) == *known,
        (Expect::AnyId, O::Id { id, known, .. }) => {
            *id >= 0 && known.is_none_or(|known| known == *id)
        }
        (Expect::AddressMultipleOf(unit), O::Address { address, .. }) => {
            *address != 0 && address % unit == 0
        }
        (Expect::AddressAsAsked, O::Address { address, asked }) => address == asked,
        (Expect::AddressRoundedTo(unit), O::Address { address, asked }) => {
            *address == asked - asked % unit
        }
        (Expect::Zero, O::Returned(0)) => true,
        (Expect::Zero, O::Told { fields, .. }) => fields.get(Field::Returned) == 0,
        (Expect::Fields(wanted, _), O::Told { fields, against }) => agree(wanted, fields, against),
        (Expect::Fields(wanted, _), O::Id { id, against, .. }) => {
            let fields = Fields::default().with(Field::Returned, *id as u64);
            *id >= 0 && agree(wanted, &fields, against)
        }
        (Expect::Fields(wanted, _), O::Returned(value)) => {
            let fields = Fields::default().with(Field::Returned, *value as u64);
            let returned = |(field, _): &(Field, Is)| *field == Field::Returned;
            *value >= 0
                && wanted.iter().all(returned)
                && agree(wanted, &fields, &[0; MOST_RELATIONS])
        }
        (Expect::Absent, O::Absent) => true,
        (Expect::Stored, O::Stored) => true,
        (Expect::Saw(_) | Expect::SameAgain, O::Loaded(None)) => true,
        (Expect::Saw(Fill::Text(text)), O::Line(line)) => line.is(text),
        (Expect::Killed(wanted), O::Killed(seen)) => {
            wanted.signal() == seen.signal()
                && wanted.code().is_none_or(|code| seen.code() == Some(code))
        }
        (Expect::Child, O::Forked) => true,
        (Expect::Replaced, O::Replaced) => true,
        (Expect::Exits, O::Exited(0)) => true,
        (Expect::Ticked, O::Ticked) => true,
        (Expect::Count(fewest, most), O::Counted(count, _)) => (*fewest..=*most).contains(count),
        _ => false,
    }
}
