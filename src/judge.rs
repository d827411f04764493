//! Expectation × observation → verdict. Pure, and the only place that has an opinion.

use crate::abi::Shmid;
use crate::observe::{Difference, Observation};
use crate::plan::{Expect, Fill, StatFields};

/// What a step came to, in the words of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The kernel did what the scenario says it must.
    Pass,
    /// It did something else.
    Fail,
    /// Not run: a failed step did not produce what this one needs.
    Blocked,
    /// The target lacks something that the scenario needs.
    Skip,
    /// We failed, not the kernel.
    Broken,
}

/// Compares what was seen with what must be.
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
        (Expect::Fails(errno), O::Failed(seen)) => errno == seen,
        (Expect::NewId, O::Id { id, known: None }) => *id >= 0,
        (
            Expect::SameId,
            O::Id {
                id,
                known: Some(known),
            },
        ) => id == known,
        (Expect::AddressMultipleOf(unit), O::Address { address, .. }) => {
            *address != 0 && address % unit == 0
        }
        (Expect::AddressAsAsked, O::Address { address, asked }) => address == asked,
        (Expect::AddressRoundedTo(unit), O::Address { address, asked }) => {
            *address == asked - asked % unit
        }
        (Expect::Zero, O::Returned(0)) => true,
        (Expect::Stat(fields), O::Stat(0, seen)) => agrees(fields, seen),
        (Expect::Stored, O::Stored) => true,
        (Expect::Saw(_), O::Loaded(None)) => true,
        (Expect::Killed(signal), O::Killed(seen)) => signal == seen,
        (Expect::Child, O::Forked) => true,
        (Expect::Exits, O::Exited(0)) => true,
        _ => false,
    }
}

/// Whether all fields that are looked at are as they must be. Allocates nothing: actors
/// ask between two calls.
fn agrees(fields: &StatFields, seen: &Shmid) -> bool {
    fields.segsz.is_none_or(|wanted| wanted == seen.segsz)
        && fields.mode.is_none_or(|wanted| wanted == seen.mode)
        && fields.nattch.is_none_or(|wanted| wanted == seen.nattch)
        && fields.uid.is_none_or(|wanted| wanted == seen.uid)
        && fields.gid.is_none_or(|wanted| wanted == seen.gid)
        && fields.cuid.is_none_or(|wanted| wanted == seen.cuid)
        && fields.cgid.is_none_or(|wanted| wanted == seen.cgid)
}

/// What must be, for a reader.
#[must_use]
pub fn expected(expect: &Expect) -> String {
    match expect {
        Expect::Fails(errno) => format!("error {errno}"),
        Expect::NewId => "a new shmid".to_owned(),
        Expect::SameId => "the shmid that the segment has".to_owned(),
        Expect::AddressMultipleOf(unit) => format!("an address that is a multiple of {unit}"),
        Expect::AddressAsAsked => "the address that was asked for".to_owned(),
        Expect::AddressRoundedTo(unit) => {
            format!("the address that was asked for, rounded down to a multiple of {unit}")
        }
        Expect::Zero => "0".to_owned(),
        Expect::Stat(fields) => list(&all(fields)),
        Expect::Stored => "completed".to_owned(),
        Expect::Saw(fill) => fill_words(fill),
        Expect::Killed(signal) => format!("killed by {signal}"),
        Expect::Child => "a child".to_owned(),
        Expect::Exits => "ended with status 0".to_owned(),
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
        } if id != known => {
            format!("shmid {id}, although the segment has {known}")
        }
        O::Id { id, .. } => format!("shmid {id}"),
        O::Address { address, asked: 0 } => format!("attached at {address:#x}"),
        O::Address { address, asked } => format!("attached at {address:#x}, asked for {asked:#x}"),
        O::Returned(value) => format!("returned {value}"),
        O::Failed(errno) => format!("error {errno} ({})", errno.0),
        O::Stat(0, seen) => match expect {
            Expect::Stat(fields) => list(&differing(fields, seen)),
            _ => "returned 0".to_owned(),
        },
        O::Stat(value, _) => format!("returned {value}"),
        O::Stored => "completed".to_owned(),
        O::Loaded(None) => "completed".to_owned(),
        O::Loaded(Some(difference)) => difference_words(difference),
        O::Forked => "a child".to_owned(),
        O::Exited(status) => format!("the process ended with status {status}"),
        O::Killed(signal) => format!("killed by {signal}"),
        O::DeadBefore(how) => format!("nothing: the actor was dead already ({how})"),
        O::TimedOut(seconds) => format!("did not return in {seconds} s"),
        O::Lost(why) => format!("lost: {why}"),
    }
}

fn fill_words(fill: &Fill) -> String {
    match fill {
        Fill::Zeros => "zeros".to_owned(),
        Fill::Text(text) => format!("{text:?}"),
        Fill::Pattern(seed) => format!("Pattern({seed})"),
    }
}

fn difference_words(difference: &Difference) -> String {
    let seen = &difference.seen[..difference.count];
    let wanted = &difference.wanted[..difference.count];
    let text = seen
        .iter()
        .all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if text {
        let seen = String::from_utf8_lossy(seen);
        return format!("{seen:?} at offset {:#x}", difference.offset);
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

type Field = (&'static str, String);

fn list(fields: &[Field]) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn all(fields: &StatFields) -> Vec<Field> {
    pairs(fields, &Shmid::default())
        .into_iter()
        .map(|(name, wanted, _)| (name, wanted))
        .collect()
}

/// The fields that are looked at and differ, with the values seen.
fn differing(fields: &StatFields, seen: &Shmid) -> Vec<Field> {
    pairs(fields, seen)
        .into_iter()
        .filter(|(_, wanted, seen)| wanted != seen)
        .map(|(name, _, seen)| (name, seen))
        .collect()
}

/// The fields that are looked at: name, wanted, seen.
fn pairs(fields: &StatFields, seen: &Shmid) -> Vec<(&'static str, String, String)> {
    let number = |name, wanted: Option<u64>, seen: u64| {
        wanted.map(|wanted| (name, wanted.to_string(), seen.to_string()))
    };
    let id =
        |name, wanted: Option<u32>, seen: u32| number(name, wanted.map(u64::from), seen.into());
    let mode = fields.mode.map(|wanted| {
        (
            "mode",
            format!("0o{wanted:03o}"),
            format!("0o{:03o}", seen.mode),
        )
    });
    [
        number("segsz", fields.segsz, seen.segsz),
        mode,
        number("nattch", fields.nattch, seen.nattch),
        id("uid", fields.uid, seen.uid),
        id("gid", fields.gid, seen.gid),
        id("cuid", fields.cuid, seen.cuid),
        id("cgid", fields.cgid, seen.cgid),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{Verdict, judge, observed};
    use crate::abi::{Errno, Shmid, Signal};
    use crate::observe::{Difference, Observation as O};
    use crate::plan::{Expect as E, Fill, StatFields};

    const EINVAL: Errno = Errno(22);
    const ENOMEM: Errno = Errno(12);
    const SEGV: Signal = Signal(11);
    const BUS: Signal = Signal(7);

    #[track_caller]
    fn check(expect: &E, right: &O, wrong: &[O]) {
        assert_eq!(judge(expect, right), Verdict::Pass, "{right:?}");
        let always_wrong = [
            O::TimedOut(10),
            O::Failed(ENOMEM),
            O::Killed(BUS),
            O::Exited(3),
            O::Returned(1),
            O::DeadBefore("killed by SIGSEGV".to_owned()),
        ];
        for wrong in wrong.iter().chain(&always_wrong) {
            assert_eq!(judge(expect, wrong), Verdict::Fail, "{expect:?} {wrong:?}");
        }
        assert_eq!(judge(expect, &O::Lost("x".to_owned())), Verdict::Broken);
    }

    #[test]
    fn errors_must_be_the_very_error() {
        check(
            &E::Fails(EINVAL),
            &O::Failed(EINVAL),
            &[O::Returned(0), O::Id { id: 3, known: None }],
        );
    }

    #[test]
    fn a_shmid_may_be_zero_but_not_negative() {
        check(
            &E::NewId,
            &O::Id { id: 0, known: None },
            &[O::Id {
                id: -5,
                known: None,
            }],
        );
        check(
            &E::SameId,
            &O::Id {
                id: 7,
                known: Some(7),
            },
            &[O::Id {
                id: 8,
                known: Some(7),
            }],
        );
    }

    #[test]
    fn addresses_are_checked() {
        let at = |address, asked| O::Address { address, asked };
        check(
            &E::AddressMultipleOf(4096),
            &at(0x8000, 0),
            &[at(0x8001, 0), at(0, 0)],
        );
        check(
            &E::AddressAsAsked,
            &at(0x8000, 0x8000),
            &[at(0x9000, 0x8000)],
        );
        check(
            &E::AddressRoundedTo(0x4000),
            &at(0x8000, 0x8123),
            &[at(0x8123, 0x8123), at(0xc000, 0x8123)],
        );
        // Above 2 GiB on 32 bits: not an error.
        check(&E::AddressMultipleOf(4096), &at(0xb6f0_0000, 0), &[]);
    }

    #[test]
    fn stat_looks_at_what_it_names_and_at_nothing_else() {
        let fields = StatFields {
            nattch: Some(2),
            mode: Some(0o600),
            ..StatFields::default()
        };
        let seen = Shmid {
            nattch: 2,
            mode: 0o600,
            segsz: 99,
            ..Shmid::default()
        };
        let once = Shmid { nattch: 1, ..seen };
        let dying = Shmid {
            mode: 0o1600,
            ..seen
        };
        check(
            &E::Stat(fields.clone()),
            &O::Stat(0, seen),
            &[O::Stat(0, once), O::Stat(0, dying), O::Stat(1, seen)],
        );
        assert_eq!(
            observed(&E::Stat(fields.clone()), &O::Stat(0, once)),
            "nattch: 1"
        );
        assert_eq!(
            observed(&E::Stat(fields), &O::Stat(0, dying)),
            "mode: 0o1600"
        );
    }

    #[test]
    fn bytes_must_match() {
        let mut difference = Difference {
            offset: 5,
            count: 3,
            seen: [0; 16],
            wanted: [0; 16],
        };
        check(
            &E::Saw(Fill::Zeros),
            &O::Loaded(None),
            &[O::Loaded(Some(difference)), O::Stored],
        );
        difference.seen[..3].copy_from_slice(b"abc");
        assert_eq!(
            observed(&E::Saw(Fill::Zeros), &O::Loaded(Some(difference))),
            "\"abc\" at offset 0x5"
        );
    }

    #[test]
    fn a_death_must_be_the_very_death() {
        check(
            &E::Killed(SEGV),
            &O::Killed(SEGV),
            &[O::Stored, O::Loaded(None)],
        );
        check(&E::Stored, &O::Stored, &[O::Killed(SEGV)]);
        check(&E::Exits, &O::Exited(0), &[O::Killed(SEGV)]);
        check(&E::Zero, &O::Returned(0), &[]);
        check(&E::Child, &O::Forked, &[]);
    }
}
