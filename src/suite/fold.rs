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
    // A step that not every replica took has not passed, whatever the others saw.
    let short = (seen.len() < case.crowd).then_some(Verdict::Blocked);
    // The worst replica counts. We take the blame before the kernel does.
    verdicts
        .chain(short)
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

#[cfg(test)]
mod tests {
    use super::case;
    use crate::exec::{StepTrace, Trace};
    use crate::observe::Observation as O;
    use crate::plan::{Facts, expand};
    use crate::scenario::parse;

    /// The record of a case of one step in a crowd of two, with this trace.
    fn record(trace: &Trace) -> crate::report::record::Case {
        let text = "Scenario(summary: \"t\", for_each: (crowd: [2]), actors: [(name: \"a\")], \
                    script: [By(\"a\", [shmdt(at: Anywhere, expect: Err(EINVAL))])])";
        let scenario = parse("t.ron", text).expect("a good scenario");
        let facts = Facts {
            page: 4096,
            shmlba: 4096,
            largest_size: u64::MAX,
            arch: "x86_64",
            root: true,
            kernel: (6, 1),
            free: None,
            sysvipc: true,
        };
        case(&scenario, &expand(&scenario, &facts)[0], trace)
    }

    fn ran(seen: &[O]) -> Trace {
        Trace {
            steps: vec![StepTrace::Ran(seen.to_vec())],
            ..Trace::default()
        }
    }

    const GOOD: O = O::Failed(crate::abi::Errno(22));

    #[test]
    fn a_step_passes_when_every_replica_passed() {
        assert_eq!(record(&ran(&[GOOD, GOOD])).steps, "P");
        assert_eq!(record(&ran(&[GOOD])).steps, "B");
        assert_eq!(record(&ran(&[GOOD, O::Returned(0)])).steps, "F");
        assert_eq!(
            record(&ran(&[O::Lost("x".to_owned()), O::Returned(0)])).steps,
            "X"
        );
        assert_eq!(
            record(&Trace {
                steps: vec![StepTrace::Blocked],
                ..Trace::default()
            })
            .steps,
            "B"
        );
        assert_eq!(record(&Trace::default()).steps, "B");
    }

    #[test]
    fn what_is_left_behind_is_told_where_all_steps_passed() {
        let left = || {
            vec![
                "segment 3".to_owned(),
                "actor `a`, unasked: killed by SIGSEGV".to_owned(),
            ]
        };
        let leak = record(&Trace {
            left: left(),
            ..ran(&[GOOD, GOOD])
        })
        .leak;
        assert_eq!(
            leak.as_deref(),
            Some("segment 3; actor `a`, unasked: killed by SIGSEGV")
        );
        // A failed step explains what is left by itself.
        assert_eq!(
            record(&Trace {
                left: left(),
                ..ran(&[GOOD, O::Stored])
            })
            .leak,
            None
        );
    }
}
