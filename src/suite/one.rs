//! One case: executed, judged, and put into a record.

use super::fold;
use crate::exec::{self, Question};
use crate::judge::{Verdict, judge};
use crate::observe::Observation;
use crate::plan::{Call, Case};
use crate::report::record;
use crate::scenario::Play;

/// The record of a case, whose steps are heard as they are taken.
pub(super) fn case(
    play: &Play,
    case: &Case,
    options: &exec::Options,
    heard: &mut exec::Heard<'_>,
) -> record::Case {
    if let Some(why) = &case.skip {
        return fold::skipped(case, why);
    }
    if let Some(why) = &case.flaw {
        return fold::broken(case, why);
    }
    log::info!("a case with seed {:#x}", options.seed);
    let passed = |question: Question, seen: &Observation| match question {
        Question::Step(step) => fold::one(case, step, seen) == Verdict::Pass,
        Question::Counts(step) => match &case.steps[step].call {
            Call::Claim(_, counts) => judge(counts, seen) == Verdict::Pass,
            _ => false,
        },
    };
    let trace = exec::run(case, options, &passed, heard);
    fold::case(play, case, &trace)
}

/// How this row of a scenario is to be run.
pub(super) fn options(all: &exec::Options, scenario: &str, row: usize) -> exec::Options {
    exec::Options {
        seed: mix(all.seed, scenario, row),
        ..all.clone()
    }
}

/// The seed of a case: the same whatever else is run.
fn mix(seed: u64, name: &str, row: usize) -> u64 {
    // FNV-1a, so that cases differ in all bits.
    let bytes = name.bytes().chain((row as u64).to_le_bytes());
    bytes.fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
