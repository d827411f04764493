//! What must be and what was, for a reader.

use super::fields::each;
use crate::abi::{Field, Fields, Policy};
use crate::observe::{Difference, Line, MOST_RELATIONS, Observation, window};
use crate::plan::{Expect, Fill, Is, Relation};

/// What must be, for a reader. Relations are told with what was seen on their other side.
#[must_use]
pub fn expected(expect: &Expect, observation: Option<&Observation>) -> String {
    match expect {
        Expect::Fails(errno) => format!("error {errno}"),
        Expect::NewId => "a new shmid".to_owned(),
        Expect::SameId => "the shmid that the segment has".to_owned(),
        Expect::AnyId => "a new shmid, or the one that the segment has".to_owned(),
        Expect::AddressMultipleOf(unit) => format!("an address that is a multiple of {unit}"),
        Expect::AddressAsAsked => "the address that was asked for".to_owned(),
        Expect::AddressRoundedTo(unit) => {
            format!("the address that was asked for, rounded down to a multiple of {unit}")
        }
        Expect::Zero => "0".to_owned(),
        Expect::Fields(wanted, _) => {
            let mut words = Vec::new();
            let against = against(observation);
            each(
                wanted,
                &Fields::default(),
                &against,
                |field, is, _, other| {
                    words.push(format!("{}: {}", field.name(), must(field, is, other)));
                    true
                },
            );
            words.join(", ")
        }
        Expect::Absent => "nothing there".to_owned(),
        Expect::Stored => "completed".to_owned(),
        Expect::Saw(fill) => fill_words(fill),
        Expect::SameAgain => "the same bytes again".to_owned(),
        Expect::Killed(death) => format!("killed by {death}"),
        Expect::Child => "a child".to_owned(),
        Expect::Replaced => "the process lives on as another program".to_owned(),
        Expect::Exits => "ended with status 0".to_owned(),
        Expect::Ticked => "the clock's next second".to_owned(),
        Expect::Count(fewest, most) if fewest == most => format!("exactly {fewest}"),
        Expect::Count(fewest, u32::MAX) => format!("at least {fewest}"),
        Expect::Count(_, most) => format!("at most {most}"),
        Expect::OneOf(all) => {
            let all: Vec<_> = all.iter().map(|one| expected(one, observation)).collect();
            all.join(", or ")
        }
    }
}

/// What was, for a reader; of many fields those that differ.
#[must_use]
pub fn observed(expect: &Expect, observation: &Observation) -> String {
    use Observation as O;
    match observation {
        O::Id {
            id,
            known: Some(known),
            ..
        } if id != known => format!("shmid {id}, although the segment has {known}"),
        O::Id { id, .. } => format!("shmid {id}"),
        O::Address { address, asked: 0 } => format!("mapped at {address:#x}"),
        O::Address { address, asked } => format!("mapped at {address:#x}, asked for {asked:#x}"),
        O::Returned(value) => format!("returned {value}"),
        O::Failed(errno) => format!("error {errno} ({})", errno.0),
        O::Told { fields, against } => told(expect, fields, against),
        O::Absent => "nothing there".to_owned(),
        O::Line(line) => line_words(expect, line),
        O::Stored | O::Loaded(None) => "completed".to_owned(),
        O::Loaded(Some(difference)) => difference_words(expect, difference),
        O::Forked => "a child".to_owned(),
        O::Replaced => "the process lives on as another program".to_owned(),
        O::Ticked => "the next second".to_owned(),
        O::Counted(count, of) => format!("{count} of {of}"),
        O::Exited(status) => format!("the process ended with status {status}"),
        O::Killed(death) => format!("killed by {death}"),
        O::DeadBefore(how) => format!("nothing: the actor was dead already ({how})"),
        O::TimedOut(seconds) => format!("did not return in {seconds} s"),
        O::Lost(why) => format!("lost: {why}"),
    }
}

fn against(observation: Option<&Observation>) -> [u64; MOST_RELATIONS] {
    match observation {
        Some(Observation::Told { against, .. } | Observation::Id { against, .. }) => *against,
        _ => [0; MOST_RELATIONS],
    }
}

/// The numbers that differ; all that were looked at, if none does.
fn told(expect: &Expect, fields: &Fields, against: &[u64; MOST_RELATIONS]) -> String {
    let wanted = match expect {
        Expect::Fields(wanted, _) => wanted,
        Expect::OneOf(all) => {
            let told = all.iter().find(|one| matches!(one, Expect::Fields(..)));
            return told.map_or_else(|| plain(fields), |one| self::told(one, fields, against));
        }
        _ => return plain(fields),
    };
    let mut words = Vec::new();
    each(wanted, fields, against, |field, _, holds, _| {
        if !holds {
            words.push(format!(
                "{}: {}",
                field.name(),
                shown(field, fields.get(field))
            ));
        }
        true
    });
    if words.is_empty() {
        return plain(fields);
    }
    words.join(", ")
}

fn plain(fields: &Fields) -> String {
    format!("returned {}", fields.get(Field::Returned) as i64)
}

fn must(field: Field, is: &Is, other: u64) -> String {
    match is {
        Is::Number(number) => shown(field, *number),
        Is::AtLeast(least) => format!("at least {least}"),
        Is::AtMost(most) => format!("at most {most}"),
        Is::Not(not) => format!("not {not}"),
        Is::Equal(relation) => format!("{} ({})", shown(field, other), other_side(*relation)),
        Is::Near(_, within) => {
            format!("{}, give or take {within} (before)", shown(field, other))
        }
        Is::Above(_) => format!("more than {} (before)", shown(field, other)),
        Is::Now => {
            let (start, length) = window(other);
            format!("{start} to {} (now)", start.saturating_add(length))
        }
    }
}

fn other_side(relation: Relation) -> &'static str {
    match relation {
        Relation::PidOf(_) => "the actor's pid",
        Relation::IdOf(_) => "the segment's shmid",
        Relation::IndexOf(_) => "the segment's index",
        Relation::KeyOf(_) => "the key",
        Relation::Mine => "the caller's own",
        Relation::Same(_, 0) => "as before",
        Relation::Same(_, 1..) => "more than before",
        Relation::Same(..) => "less than before",
        Relation::Now | Relation::Near(..) | Relation::After(_) => "before",
    }
}

fn shown(field: Field, number: u64) -> String {
    match field {
        Field::Mode => format!("0o{number:03o}"),
        Field::Policy => Policy(number as i32).to_string(),
        Field::Key => format!("{:#010x}", number as u32),
        Field::Perms => number
            .to_le_bytes()
            .iter()
            .take(4)
            .map(|byte| char::from(*byte))
            .collect(),
        _ => (number as i64).to_string(),
    }
}

fn fill_words(fill: &Fill) -> String {
    match fill {
        Fill::Zeros => "zeros".to_owned(),
        Fill::Text(text) => format!("{text:?}"),
        Fill::Pattern(seed) => format!("Pattern({seed})"),
        Fill::Code(number) => format!("Code({number})"),
    }
}

/// The line, and where it first differs from what it must be.
fn line_words(expect: &Expect, line: &Line) -> String {
    let shown = String::from_utf8_lossy(line.shown());
    let more = if line.length > line.shown().len() as u64 {
        "…"
    } else {
        ""
    };
    let text = match expect {
        Expect::Saw(Fill::Text(text)) if !line.is(text) => text,
        _ => return format!("{shown:?}{more}"),
    };
    let mut pairs = text.bytes().zip(line.shown()).enumerate();
    let shorter = text.len().min(line.shown().len());
    let at = pairs
        .find(|(_, (wanted, seen))| wanted != *seen)
        .map_or(shorter, |(at, _)| at);
    format!("{shown:?}{more}, different from byte {at} on")
}

fn difference_words(expect: &Expect, difference: &Difference) -> String {
    if difference.count == 0 {
        return format!("nothing more from offset {:#x} on", difference.offset);
    }
    let seen = &difference.seen[..difference.count];
    let wanted = &difference.wanted[..difference.count];
    let text = seen
        .iter()
        .all(|byte| byte.is_ascii_graphic() || b" \n".contains(byte));
    if text {
        let (seen, wanted) = (
            String::from_utf8_lossy(seen),
            String::from_utf8_lossy(wanted),
        );
        // What is expected elsewhere tells what should be there itself.
        let should_be = match expect {
            Expect::SameAgain => format!(", where {wanted:?} should be"),
            _ => String::new(),
        };
        return format!("{seen:?} at offset {:#x}{should_be}", difference.offset);
    }
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    format!(
        "{} at offset {:#x}, where {} should be",
        hex(seen),
        difference.offset,
        hex(wanted)
    )
}
