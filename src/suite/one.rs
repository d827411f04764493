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
    let mut trace = exec::run(case, options, &passed, heard);
    for _ in 0..ATTEMPTS {
        if !failed_by_the_clock(case, &trace) {
            break;
        }
        log::info!("once more: {:?}", trace.clock_set);
        trace = exec::run(case, options, &passed, heard);
    }
    if failed_by_the_clock(case, &trace) {
        let why = trace.clock_set.unwrap_or_default();
        return fold::skipped(case, &format!("needs a clock that nobody sets: {why}"));
    }
    fold::case(play, case, &trace)
}

/// How often a case is run anew because somebody sets the clock.
const ATTEMPTS: usize = 3;

/// Whether steps failed that are about times, no others did, and somebody set the clock.
fn failed_by_the_clock(case: &Case, trace: &exec::Trace) -> bool {
    let mut failed = (0..trace.steps.len())
        .filter(|step| fold::verdict(case, trace, *step) == Verdict::Fail)
        .peekable();
    trace.clock_set.is_some()
        && failed.peek().is_some()
        && failed.all(|step| case.steps[step].is_about_time())
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
