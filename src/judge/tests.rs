//! Wrong observations are noticed, right ones are not blamed.

use super::{Verdict, expected, judge, observed};
use crate::abi::{Death, Errno, Field, Fields};
use crate::observe::{Difference, Line, MOST_RELATIONS, Observation as O, window_word};
use crate::plan::{Expect as E, Fill, Is, Relation};

const EINVAL: Errno = Errno(22);
const ENOMEM: Errno = Errno(12);
const SEGV: Death = Death(11);
const BUS: Death = Death(7);

fn id(id: i32, known: Option<i32>) -> O {
    O::Id {
        id,
        known,
        against: [0; MOST_RELATIONS],
    }
}

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
        &[O::Returned(0), id(3, None)],
    );
}

#[test]
fn a_shmid_may_be_zero_but_not_negative() {
    check(&E::NewId, &id(0, None), &[id(-5, None)]);
    check(&E::SameId, &id(7, Some(7)), &[id(8, Some(7))]);
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

fn told(fields: &[(Field, u64)], against: u64) -> O {
    O::Told {
        fields: fields
            .iter()
            .fold(Fields::default(), |all, (field, n)| all.with(*field, *n)),
        against: [against; MOST_RELATIONS],
    }
}

#[test]
fn fields_are_looked_at_by_name_and_no_others() {
    use Field::{Mode, Nattch, Returned, Segsz};
    let wanted = E::Fields(
        vec![
            (Nattch, Is::Number(2)),
            (Mode, Is::Number(0o600)),
            (Returned, Is::Number(0)),
        ],
        vec![],
    );
    let once = told(&[(Nattch, 1), (Mode, 0o600), (Segsz, 99)], 0);
    let dying = told(&[(Nattch, 2), (Mode, 0o1600)], 0);
    check(
        &wanted,
        &told(&[(Nattch, 2), (Mode, 0o600), (Segsz, 99)], 0),
        &[
            once.clone(),
            dying.clone(),
            told(&[(Nattch, 2), (Mode, 0o600), (Returned, 1)], 0),
        ],
    );
    assert_eq!(observed(&wanted, &once), "nattch: 1");
    assert_eq!(observed(&wanted, &dying), "mode: 0o1600");
}

/// One number that must be such, with the other side of its relation.
#[track_caller]
fn check_number(is: Is, other: u64, right: &[u64], wrong: &[u64]) {
    let expect = E::Fields(vec![(Field::Ctime, is)], vec![]);
    for seen in right {
        let seen = told(&[(Field::Ctime, *seen)], other);
        assert_eq!(judge(&expect, &seen), Verdict::Pass, "{seen:?}");
    }
    for seen in wrong {
        let seen = told(&[(Field::Ctime, *seen)], other);
        assert_eq!(judge(&expect, &seen), Verdict::Fail, "{seen:?}");
    }
}

#[test]
fn a_number_may_be_told_by_a_relation() {
    let label = Relation::Same(0, 0);
    check_number(Is::AtLeast(5), 0, &[5, 6], &[4, 0, -1_i64 as u64]);
    check_number(Is::AtMost(5), 0, &[5, 0, -1_i64 as u64], &[6]);
    check_number(Is::Not(5), 0, &[4, 6], &[5]);
    check_number(Is::Equal(label), 7, &[7], &[6, 8, 0]);
    check_number(Is::Near(label, 2), 7, &[5, 7, 9], &[4, 10, 0]);
    check_number(Is::Above(label), 7, &[8], &[7, 6]);
    check_number(Is::Now, window_word(100, 102), &[100, 102], &[99, 103, 0]);
    // Past 2038 and before 1970.
    check_number(
        Is::Now,
        window_word(1 << 33, (1 << 33) + 1),
        &[1 << 33],
        &[0],
    );
}

#[test]
fn relations_take_their_sides_in_order() {
    let expect = E::Fields(
        vec![
            (Field::Cpid, Is::Equal(Relation::PidOf(0))),
            (Field::Nattch, Is::Number(1)),
            (Field::Lpid, Is::Equal(Relation::PidOf(1))),
        ],
        vec![],
    );
    let seen = |cpid, lpid| {
        let fields = Fields::default()
            .with(Field::Cpid, cpid)
            .with(Field::Nattch, 1)
            .with(Field::Lpid, lpid);
        let mut against = [0; MOST_RELATIONS];
        (against[0], against[1]) = (10, 20);
        O::Told { fields, against }
    };
    check(
        &expect,
        &seen(10, 20),
        &[seen(20, 10), seen(10, 10), seen(0, 20)],
    );
    assert_eq!(
        expected(&expect, Some(&seen(0, 0))),
        "cpid: 10 (the actor's pid), nattch: 1, lpid: 20 (the actor's pid)"
    );
    assert_eq!(observed(&expect, &seen(10, 7)), "lpid: 7");
}

#[test]
fn one_of_is_no_more_than_its_parts() {
    let expect = E::OneOf(vec![E::NewId, E::Fails(EINVAL)]);
    check(&expect, &id(3, None), &[id(3, Some(3)), id(-3, None)]);
    check(&expect, &O::Failed(EINVAL), &[]);
    assert_eq!(expected(&expect, None), "a new shmid, or error EINVAL");
}

#[test]
fn a_claim_counts() {
    check(
        &E::Count(1, 1),
        &O::Counted(1, 8),
        &[O::Counted(0, 8), O::Counted(2, 8)],
    );
    check(
        &E::Count(2, u32::MAX),
        &O::Counted(8, 8),
        &[O::Counted(1, 8)],
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
fn a_line_must_read_so() {
    let long = "x".repeat(256);
    let line = |text: &str| O::Line(Line::of(text));
    // More than fits is not what fits of it.
    for text in ["key shmid", "k", &long] {
        let longer = format!("{text}x");
        let wrong = [O::Absent, line(""), line("key"), line(&longer)];
        check(&E::Saw(Fill::Text(text.to_owned())), &line(text), &wrong);
    }
    check(&E::Absent, &O::Absent, &[line(""), line("key")]);
    let expect = E::Saw(Fill::Text("key shmid".to_owned()));
    assert_eq!(observed(&expect, &line("key shmid")), "\"key shmid\"");
    assert_eq!(
        observed(&expect, &line("key SHMID")),
        "\"key SHMID\", different from byte 4 on"
    );
    assert_eq!(
        observed(&expect, &line("key")),
        "\"key\", different from byte 3 on"
    );
}

#[test]
fn what_is_read_again_must_be_the_same() {
    let mut difference = Difference {
        offset: 7,
        count: 2,
        seen: [0; 16],
        wanted: [0; 16],
    };
    difference.seen[..2].copy_from_slice(b"a\n");
    difference.wanted[..2].copy_from_slice(b"0\n");
    let wrong = O::Loaded(Some(difference));
    check(
        &E::SameAgain,
        &O::Loaded(None),
        &[wrong.clone(), O::Absent, O::Returned(0)],
    );
    assert_eq!(
        observed(&E::SameAgain, &wrong),
        "\"a\\n\" at offset 0x7, where \"0\\n\" should be"
    );
    difference.count = 0;
    assert_eq!(
        observed(&E::SameAgain, &O::Loaded(Some(difference))),
        "nothing more from offset 0x7 on"
    );
}

#[test]
fn a_death_must_be_the_very_death() {
    // A reason that is asked for must be told.
    check(
        &E::Killed(Death::from_name("SEGV_ACCERR").expect("known")),
        &O::Killed(Death(0x020b)),
        &[O::Killed(Death(0x010b)), O::Killed(SEGV)],
    );
    check(&E::Killed(SEGV), &O::Killed(Death(0x010b)), &[]);
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
