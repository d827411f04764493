//! Traces → records: verdicts, and words for what did not pass.

use crate::exec::{Seen, StepTrace, Trace};
use crate::judge::{Verdict, expected, judge, observed};
use crate::observe::Observation;
use crate::plan::{Call, Case};
use crate::report::record;
use crate::scenario::{Play, Scenario};
use std::iter::repeat;
use std::rc::Rc;

/// What a row comes to on this target.
pub(super) type Planned = (Case, Rc<Play>);

/// A scenario, told once for all of its cases. A step is told as the case has it that is told
/// first, or the first that has it.
pub(super) fn scenario(
    scenario: &Scenario,
    (case, play): &Planned,
    planned: impl Fn(usize) -> Planned,
) -> record::Scenario {
    let mut steps = vec![None; scenario.steps];
    tell(&mut steps, case, play);
    for row in 0..scenario.rows.len() {
        if steps.iter().all(Option::is_some) {
            break;
        }
        let (case, play) = planned(row);
        tell(&mut steps, &case, &play);
    }
    record::Scenario {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        covers: scenario.covers.clone(),
        chance: scenario.chance,
        numbers: Vec::new(),
        cases: scenario.rows.clone(),
        // Each is of some row.
        steps: steps.into_iter().map(Option::unwrap_or_default).collect(),
    }
}

/// Tells the steps of a case that were not told yet.
fn tell(steps: &mut [Option<record::Step>], case: &Case, play: &Play) {
    for (step, planned) in play.steps.iter().zip(&case.steps) {
        steps[step.number].get_or_insert_with(|| record::Step {
            line: step.written.line as u64,
            actor: match planned.call {
                // Nobody makes a claim alone.
                Call::Claim(..) => "together".to_owned(),
                _ => play.actors[step.actor].name.clone(),
            },
            call: planned.call.kind().to_owned(),
            text: step.written.text.as_ref().to_owned(),
        });
    }
}

/// The record of a case with its steps as the scenario numbers them.
pub(super) fn in_scenario(
    told: &record::Scenario,
    (case, play): &Planned,
    record: record::Case,
) -> record::Case {
    let number = |step: usize| play.steps[step].number;
    let mut steps = vec![None; told.steps.len()];
    let verdicts = record
        .steps
        .into_iter()
        .chain(repeat(Some(Verdict::Broken)));
    for (step, verdict) in play.steps.iter().zip(verdicts) {
        steps[step.number] = verdict;
    }
    let details = record.details.into_iter().map(|detail| record::Detail {
        step: number(detail.step as usize) as u64,
        ..detail
    });
    let calls = case.steps.iter().enumerate();
    let calls = calls.map(|(step, planned)| (number(step), planned.call.kind()));
    let others = calls.filter(|(number, call)| told.steps[*number].call != *call);
    record::Case {
        steps,
        details: details.collect(),
        calls: others
            .map(|(number, call)| (number as u64, call.to_owned()))
            .collect(),
        ..record
    }
}

/// A case that was not run.
pub(super) fn skipped(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: vec![Some(Verdict::Skip); case.steps.len()],
        skip: Some(why.to_owned()),
        ..record::Case::default()
    }
}

/// A case that would prove nothing.
pub(super) fn broken(case: &Case, why: &str) -> record::Case {
    record::Case {
        steps: vec![Some(Verdict::Broken); case.steps.len()],
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
        steps: verdicts.into_iter().map(Some).collect(),
        skip: None,
        broken: trace.broken.clone(),
        leak: leak.then(|| trace.left.join("; ")),
        ..record::Case::default()
    }
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
    use crate::report::record::{Case, Detail};
    use crate::scenario::Scenario;

    /// The record of a case of one step in a crowd of two, with this trace.
    fn record(trace: &Trace) -> Case {
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
        let check = |trace: &Trace, expect| assert_eq!(record(trace).steps, [Some(expect)]);
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

    /// Verdicts, details and kinds of calls are told of the step that they belong to.
    #[test]
    fn a_case_is_told_of_the_steps_that_it_has() {
        let text = r#"Scenario(summary: "t", actors: [(name: "a")],
            for_each: [Axis("x", [
                [],
                [shmdt(at: Anywhere, expect: Err(EINVAL)), shmdt(at: Raw(4096), expect: Err(EINVAL))],
                tick(),
            ])],
            script: [By("a", [
                Each("x"),
                shmget(key: IPC_PRIVATE, size: 0, expect: Err(EINVAL)),
            ])])"#;
        let scenario = Scenario::parse("t.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        let planned = |row| {
            let play = scenario.play(row);
            (plan::case(&play, &Facts::sample()), play)
        };
        let told = super::scenario(&scenario, &planned(0), planned);
        let calls: Vec<&str> = told.steps.iter().map(|step| step.call.as_str()).collect();
        assert_eq!(calls, ["shmdt", "shmdt", "shmget"]);

        let (pass, fail) = (Some(Verdict::Pass), Some(Verdict::Fail));
        let numbered = |row, steps: &[Option<Verdict>]| {
            let detail = Detail {
                step: steps.len() as u64 - 1,
                ..Detail::default()
            };
            let record = Case {
                steps: steps.to_vec(),
                details: vec![detail],
                ..Case::default()
            };
            super::in_scenario(&told, &planned(row), record)
        };
        let none = numbered(0, &[fail]);
        assert_eq!(none.steps, [None, None, fail]);
        assert_eq!((none.details[0].step, none.calls.len()), (2, 0));
        assert_eq!(numbered(1, &[pass, pass, fail]).steps, [pass, pass, fail]);
        let other = numbered(2, &[pass, fail]);
        assert_eq!(other.steps, [pass, None, fail]);
        assert_eq!(other.calls, [(0, "clock".to_owned())]);
        // What nothing is said of has not passed.
        assert_eq!(
            numbered(2, &[pass]).steps,
            [pass, None, Some(Verdict::Broken)]
        );
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
