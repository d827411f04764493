//! Every expectation of every shipped scenario can fail: it is fed wrong answers, one
//! number at a time, on every ABI.

use shmproof::abi::{Arch, Death, Errno, Field, Fields};
use shmproof::judge::{Verdict, judge};
use shmproof::observe::{Difference, MOST_RELATIONS, Observation as O, window_word};
use shmproof::plan::{self, Expect, Facts, Is};
use shmproof::suite::built_in;

/// Targets that differ in what scenarios may depend on.
fn targets() -> Vec<Facts> {
    let sample = Facts::sample();
    let mut all = Vec::new();
    for (arch, compat) in [
        (Arch::X86_64, false),
        (Arch::Aarch64, false),
        (Arch::Arm, false),
        (Arch::Arm, true),
        (Arch::X86, false),
        (Arch::X86, true),
    ] {
        for kernel in [(4, 4), (5, 10), (6, 1), (6, 18)] {
            let mut facts = sample.clone();
            (facts.arch, facts.compat, facts.kernel) = (arch, compat, kernel);
            facts.units.size_max = match arch {
                Arch::Arm | Arch::X86 => u32::MAX.into(),
                Arch::Aarch64 | Arch::X86_64 => u64::MAX,
            };
            all.push(facts);
        }
    }
    all
}

/// A number that is right, and one that is wrong by the least that can be.
fn numbers(is: &Is) -> (u64, u64) {
    let signed = |n: i64| n as u64;
    match is {
        Is::Number(n) => (*n, n.wrapping_add(1)),
        Is::AtLeast(n) => (signed(*n), signed(n - 1)),
        Is::AtMost(n) => (signed(*n), signed(n + 1)),
        Is::Not(n) => (signed(n + 1), signed(*n)),
        Is::Equal(_) => (OTHER_SIDE, OTHER_SIDE + 1),
        Is::Near(_, within) => (OTHER_SIDE - within, OTHER_SIDE - within - 1),
        Is::Above(_) => (OTHER_SIDE + 1, OTHER_SIDE),
        Is::Now => (window_start(), window_start() - 1),
    }
}

/// The other side of every relation; as a time it is a window of one second.
const OTHER_SIDE: u64 = (1_764_000_000 << 20) | 1;

fn window_start() -> u64 {
    assert_eq!(window_word(1_764_000_000, 1_764_000_001), OTHER_SIDE);
    1_764_000_000
}

fn told(fields: &[(Field, u64)]) -> O {
    O::Told {
        fields: fields
            .iter()
            .fold(Fields::default(), |all, (field, n)| all.with(*field, *n)),
        against: [OTHER_SIDE; MOST_RELATIONS],
    }
}

/// Answers that nobody expects.
fn absurd() -> Vec<O> {
    let difference = Difference {
        offset: 0,
        count: 1,
        seen: [1; 16],
        wanted: [2; 16],
    };
    vec![
        O::Failed(Errno(4095)),
        O::Returned(-4096),
        O::Killed(Death(24)),
        O::Exited(99),
        O::TimedOut(10),
        O::DeadBefore("killed by SIGSEGV".to_owned()),
        O::Loaded(Some(difference)),
        O::Counted(u32::MAX, u32::MAX),
        O::Address {
            address: 0x1235,
            asked: 0x9999_9000,
        },
        O::id(-5),
    ]
}

#[track_caller]
fn check(expect: &Expect, place: &str) {
    for wrong in absurd() {
        let counted = matches!(
            (expect, &wrong),
            (Expect::Count(_, u32::MAX), O::Counted(..))
        );
        assert!(
            counted || judge(expect, &wrong) == Verdict::Fail,
            "{place}: {wrong:?} passes as {expect:?}"
        );
    }
    let fields = match expect {
        Expect::Fields(fields, _) => fields,
        Expect::OneOf(all) => {
            for one in all {
                check(one, place);
            }
            return;
        }
        _ => return,
    };
    let right: Vec<_> = fields
        .iter()
        .map(|(field, is)| (*field, numbers(is).0))
        .collect();
    assert_eq!(
        judge(expect, &told(&right)),
        Verdict::Pass,
        "{place}: {right:?} as {expect:?}"
    );
    for (at, (field, is)) in fields.iter().enumerate() {
        let mut wrong = right.clone();
        wrong[at].1 = numbers(is).1;
        assert_eq!(
            judge(expect, &told(&wrong)),
            Verdict::Fail,
            "{place}: a wrong {} passes as {expect:?}",
            field.name()
        );
    }
}

#[test]
fn every_expectation_of_every_scenario_can_fail() {
    for scenario in built_in() {
        let file = &scenario.file;
        for row in 0..scenario.rows.len() {
            let play = scenario.play(row);
            for facts in targets() {
                let case = plan::case(&play, &facts);
                assert_eq!(play.steps.len(), case.steps.len(), "{file}");
                for (step, planned) in play.steps.iter().zip(&case.steps) {
                    check(&planned.expect, &format!("{file}:{}", step.written.line));
                }
            }
        }
    }
}
