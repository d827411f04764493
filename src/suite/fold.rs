//! Traces → records: verdicts, and words for what did not pass.

use crate::exec::{Seen, StepTrace, Trace};
use crate::judge::{Verdict, expected, judge, observed};
use crate::observe::Observation;
use crate::plan::{Call, Case};
use crate::report::record;
use crate::scenario::{Play, Scenario};

/// A scenario, told once for all of its cases. Its steps are those of the first.
pub(super) fn scenario(scenario: &Scenario, first: &Play, case: &Case) -> record::Scenario {
    record::Scenario {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        covers: scenario.covers.clone(),
        chance: case.blocks.iter().any(|block| block.turns.len() > 1)
            || case.actors.iter().any(|(_, count)| *count > 1),
        numbers: Vec::new(),
        cases: scenario.rows.clone(),
        steps: first
            .steps
            .iter()
            .zip(&case.steps)
            .map(|(step, planned)| record::Step {
                line: step.written.line as u64,
                actor: match planned.call {
                    // Nobody makes a claim alone.
                    Call::Claim(..) => "together".to_owned(),
                    _ => first.actors[step.actor].name.clone(),
                },
                call: planned.call.kind().to_owned(),
                text: step.written.text.as_ref().to_owned(),
            })
            .collect(),
    }
}

/// A case that was not run.
pub(super) fn skipped(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: vec![Verdict::Skip; case.steps.len()],
        skip: Some(why.to_owned()),
        ..record::Case::default()
    }
}

/// A case that would prove nothing.
pub(super) fn broken(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: vec![Verdict::Broken; case.steps.len()],
        broken: Some(why.to_owned()),
        ..record::Case::default()
    }
}

/// A case that was run.
pub(super) fn case(play: &Play, case: &Case, trace: &Trace) -> record::Case {
    let verdicts: Vec<_> = (0..case.steps.len())
        .map(|step| verdict(case, trace, step))
        .collect();
    // What the environment does not offer excuses no failure that was seen before.
    if let Some(why) = &trace.skip
        && !verdicts.contains(&Verdict::Fail)
    {
        return skipped(case, why);
    }
    let failed = verdicts
        .iter()
        .enumerate()
        .filter(|(_, verdict)| **verdict == Verdict::Fail);
    let leak = verdicts.iter().all(|verdict| *verdict == Verdict::Pass) && !trace.left.is_empty();
    record::Case {
        us: trace.us,
        details: failed
            .map(|(step, _)| detail(play, case, trace, step))
            .collect(),
        steps: verdicts,
        skip: None,
        broken: trace.broken.clone(),
        leak: leak.then(|| trace.left.join("; ")),
        ..record::Case::default()
    }
}

/// The calls of a case that are of another kind than those of the first.
pub(super) fn other_calls(first: &Case, case: &Case) -> Vec<(u64, String)> {
    let pairs = first.steps.iter().zip(&case.steps).enumerate();
    pairs
        .filter(|(_, (first, step))| first.call.kind() != step.call.kind())
        .map(|(at, (_, step))| (at as u64, step.call.kind().to_owned()))
        .collect()
}

/// The verdict on one observation of a step.
pub(super) fn one(case: &Case, step: usize, seen: &Observation) -> Verdict {
    judge(&case.steps[step].expect, seen)
}

/// The verdict on a step, of what all its processes saw.
pub(super) fn verdict(case: &Case, trace: &Trace, step: usize) -> Verdict {
    let Some(StepTrace::Ran(seen)) = trace.steps.get(step) else {
        return Verdict::Blocked;
    };
    let verdicts = seen.iter().map(|seen| one(case, step, &seen.observation));
    // A step that not every replica took has not passed, whatever the others saw.
    let members = match case.steps[step].call {
        Call::Claim(..) => 1,
        _ => case.actors[case.steps[step].actor].1,
    };
    let short = (seen.len() < case.crowd * members).then_some(Verdict::Blocked);
    // The worst replica counts. We take the blame before the kernel does.
    verdicts.chain(short).max().unwrap_or(Verdict::Broken)
}

fn detail(play: &Play, case: &Case, trace: &Trace, step: usize) -> record::Detail {
    let expect = &case.steps[step].expect;
    let seen: &[Seen] = match trace.steps.get(step) {
        Some(StepTrace::Ran(seen)) => seen,
        _ => &[],
    };
    let wrong: Vec<_> = seen
        .iter()
        .filter(|seen| judge(expect, &seen.observation) != Verdict::Pass)
        .collect();
    let first = wrong.first().map(|seen| &seen.observation);
    let mut words = first.map(|seen| observed(expect, seen)).unwrap_or_default();
    if let Some(round) = wrong.first().and_then(|seen| seen.round) {
        words.push_str(&format!(" (in round {round})"));
    }
    if seen.len() > 1 {
        words.push_str(&format!(
            " (in {} of {} processes)",
            wrong.len(),
            seen.len()
        ));
    }
    let told = &play.steps[step];
    record::Detail {
        step: step as u64,
        told: told.with_values.clone(),
        expected: expected(expect, first),
        observed: words,
        because: told.written.comment.as_ref().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::case;
    use crate::exec::{Seen, StepTrace, Trace};
    use crate::judge::Verdict;
    use crate::observe::Observation as O;
    use crate::plan::{self, Facts};
    use crate::scenario::Scenario;

    /// The record of a case of one step in a crowd of two, with this trace.
    fn record(trace: &Trace) -> crate::report::record::Case {
        let text = "Scenario(summary: \"t\", crowd: 2, actors: [(name: \"a\")], \
                    script: [By(\"a\", [shmdt(at: Anywhere, expect: Err(EINVAL))])])";
        let scenario = Scenario::parse("t.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(0);
        case(&play, &plan::case(&play, &Facts::sample()), trace)
    }

    fn ran(seen: &[O]) -> Trace {
        let seen = seen.iter().map(|seen| Seen {
            observation: seen.clone(),
            good: *seen == GOOD,
            round: None,
        });
        Trace {
            steps: vec![StepTrace::Ran(seen.collect())],
            ..Trace::default()
        }
    }

    const GOOD: O = O::Failed(crate::abi::Errno(22));

    #[test]
    fn a_step_passes_when_every_replica_passed() {
        let check = |trace: &Trace, expect| assert_eq!(record(trace).steps, [expect]);
        check(&ran(&[GOOD, GOOD]), Verdict::Pass);
        check(&ran(&[GOOD]), Verdict::Blocked);
        check(&ran(&[GOOD, O::Returned(0)]), Verdict::Fail);
        let lost = O::Lost("x".to_owned());
        check(&ran(&[lost, O::Returned(0)]), Verdict::Broken);
        let blocked = Trace {
            steps: vec![StepTrace::Blocked],
            ..Trace::default()
        };
        check(&blocked, Verdict::Blocked);
        check(&Trace::default(), Verdict::Blocked);
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
