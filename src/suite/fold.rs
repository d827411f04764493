//! Traces → records: verdicts, and words for what did not pass.

use crate::exec::{StepTrace, Trace};
use crate::judge::{Verdict, expected, judge, observed};
use crate::observe::Observation;
use crate::plan::{Call, Case};
use crate::report::record;
use crate::scenario::Scenario;

/// A scenario, told once for all of its cases.
pub(super) fn scenario(scenario: &Scenario, cases: &[Case]) -> record::Scenario {
    let calls = cases
        .first()
        .map(|case| case.steps.as_slice())
        .unwrap_or_default();
    record::Scenario {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        cases: cases.iter().map(|case| case.row.clone()).collect(),
        steps: scenario
            .steps
            .iter()
            .zip(calls)
            .map(|(step, planned)| record::Step {
                line: step.line as u64,
                actor: scenario.actors[step.actor].name.clone(),
                call: call(&planned.call).to_owned(),
                text: step.text.clone(),
            })
            .collect(),
    }
}

/// The row of the table in which a step counts.
fn call(call: &Call) -> &'static str {
    match call {
        Call::Shmget { .. } => "shmget",
        Call::Shmat { .. } => "shmat",
        Call::Shmdt(_) => "shmdt",
        Call::Shmctl { .. } => "shmctl",
        Call::Store { .. } | Call::Load { .. } => "load/store",
        Call::Fork(_) | Call::Exit => "process",
    }
}

/// A case that was not run.
pub(super) fn skipped(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: case.steps.iter().map(|_| letter(Verdict::Skip)).collect(),
        skip: Some(why.to_owned()),
        ..record::Case::default()
    }
}

/// A case that would prove nothing.
pub(super) fn broken(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: case.steps.iter().map(|_| letter(Verdict::Broken)).collect(),
        broken: Some(why.to_owned()),
        ..record::Case::default()
    }
}

/// A case that was run.
pub(super) fn case(scenario: &Scenario, case: &Case, trace: &Trace) -> record::Case {
    if let Some(why) = &trace.skip {
        return skipped(case, why);
    }
    let verdicts: Vec<_> = (0..case.steps.len())
        .map(|step| verdict(case, trace, step))
        .collect();
    let failed = verdicts
        .iter()
        .enumerate()
        .filter(|(_, verdict)| **verdict == Verdict::Fail);
    let leak = verdicts.iter().all(|verdict| *verdict == Verdict::Pass) && !trace.left.is_empty();
    record::Case {
        steps: verdicts.iter().map(|verdict| letter(*verdict)).collect(),
        us: trace.us,
        details: failed
            .map(|(step, _)| detail(scenario, case, trace, step))
            .collect(),
        skip: None,
        broken: trace.broken.clone(),
        leak: leak.then(|| trace.left.join("; ")),
        ..record::Case::default()
    }
}

fn verdict(case: &Case, trace: &Trace, step: usize) -> Verdict {
    let Some(StepTrace::Ran(seen)) = trace.steps.get(step) else {
        return Verdict::Blocked;
    };
    let verdicts = seen
        .iter()
        .map(|seen| judge(&case.steps[step].expect, seen));
    // The worst replica counts. We take the blame before the kernel does.
    verdicts
        .max_by_key(|verdict| match verdict {
            Verdict::Pass => 0,
            Verdict::Skip => 1,
            Verdict::Blocked => 2,
            Verdict::Fail => 3,
            Verdict::Broken => 4,
        })
        .unwrap_or(Verdict::Broken)
}

fn detail(scenario: &Scenario, case: &Case, trace: &Trace, step: usize) -> record::Detail {
    let expect = &case.steps[step].expect;
    let seen: &[Observation] = match trace.steps.get(step) {
        Some(StepTrace::Ran(seen)) => seen,
        _ => &[],
    };
    let wrong: Vec<_> = seen
        .iter()
        .filter(|seen| judge(expect, seen) != Verdict::Pass)
        .collect();
    let mut words = wrong
        .first()
        .map(|seen| observed(expect, seen))
        .unwrap_or_default();
    if seen.len() > 1 {
        words.push_str(&format!(" (in {} of {} replicas)", wrong.len(), seen.len()));
    }
    record::Detail {
        step: step as u64,
        expected: expected(expect),
        observed: words,
        because: scenario.steps[step].comment.clone(),
    }
}

/// The verdict as [`record::Case::steps`] has it.
fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Pass => 'P',
        Verdict::Fail => 'F',
        Verdict::Blocked => 'B',
        Verdict::Skip => 'S',
        Verdict::Broken => 'X',
    }
}
