//! What goes wrong with our own processes is told as that, and is never a failure of the kernel.
//!
//! Without a test harness, because cases are run in this very process, which must have no other
//! threads when it forks.
#![expect(clippy::print_stdout, reason = "the result is for the reader")]

use shmproof::exec::{self, Isolation, Options, Question, StepTrace, Trace};
use shmproof::judge::{Verdict, judge};
use shmproof::observe::Observation;
use shmproof::plan;
use shmproof::scenario::Scenario;
use shmproof::sys::{process, wait};
use std::time::Duration;

/// One actor takes two steps that pass.
const TWO_STEPS: &str = "By(\"a\", [\
    shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
    shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])";

/// Runs a script, in whose actors `in_actor` is called behind each step. Returns the trace, and
/// whether a step is a failure of the kernel.
fn run(script: &str, in_actor: &dyn Fn()) -> (Trace, bool) {
    let text = format!("Scenario(summary: \"s\", actors: [(name: \"a\")], script: [{script}])");
    let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
    let play = scenario.play(0);
    let isolation = Isolation::enter();
    let facts = exec::probe(&isolation);
    let case = plan::case(&play, &facts);
    assert_eq!(case.skip, None);
    let options = Options {
        isolation,
        own_namespace: facts.own_namespace,
        fault: None,
        step_timeout: Duration::from_secs(60),
        oom_kills: None,
        seed: 0,
        effort: 1,
        ledger: None,
    };
    let supervisor = process::pid();
    let passed = |question: Question, seen: &Observation| {
        if process::pid() != supervisor {
            in_actor();
        }
        match question {
            Question::Step(step) => judge(&case.steps[step].expect, seen) == Verdict::Pass,
            Question::Counts(_) => false,
        }
    };
    let trace = exec::run(&case, &options, &passed, &mut |_, _, _| {});
    let failed = trace.steps.iter().zip(&case.steps).any(|(seen, step)| {
        matches!(seen, StepTrace::Ran(all) if all.iter().any(|one| {
            judge(&step.expect, &one.observation) == Verdict::Fail
        }))
    });
    (trace, failed)
}

/// The run is broken, for a reason that says this, and the kernel is not blamed.
#[track_caller]
fn broken(in_actor: &dyn Fn(), why: &str) {
    let (trace, failed) = run(TWO_STEPS, in_actor);
    let said = trace.broken.unwrap_or_default();
    assert!(said.contains(why), "{said:?} does not say {why:?}");
    assert!(!failed, "the kernel is blamed: {:?}", trace.steps);
}

fn a_panic_is_ours_with_its_message() {
    broken(
        &|| panic!("no such number: {}", 4711),
        "no such number: 4711",
    );
}

fn an_abort_is_ours() {
    broken(&|| std::process::abort(), "aborted");
}

fn a_signal_of_somebody_else_is_not_the_kernels() {
    for (signal, name) in [(libc::SIGTERM, "SIGTERM"), (libc::SIGALRM, "SIGALRM")] {
        broken(&|| process::kill(process::pid(), signal), name);
    }
}

fn a_filter_of_somebody_else_is_no_verdict() {
    let (trace, failed) = run(TWO_STEPS, &|| process::kill(process::pid(), libc::SIGSYS));
    assert!(trace.skip.unwrap_or_default().contains("seccomp"));
    assert!(!failed);
}

fn a_fault_is_still_the_kernels() {
    let (trace, failed) = run(TWO_STEPS, &|| process::kill(process::pid(), libc::SIGSEGV));
    assert!(failed, "{:?}", trace.steps);
    assert_eq!((trace.broken, trace.skip), (None, None));
}

/// A death that the script expects is judged, whoever sends the signal.
fn an_expected_death_is_judged() {
    let script = "By(\"a\", [shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmat(seg: \"s\", as: \"v\", expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok), \
        store(map: \"v\", data: Text(\"x\"), expect: Killed(SIGTERM))])";
    let steps = std::cell::Cell::new(0);
    let (trace, failed) = run(script, &|| {
        steps.set(steps.get() + 1);
        if steps.get() == 4 {
            process::kill(process::pid(), libc::SIGTERM);
        }
    });
    assert_eq!((trace.broken, trace.skip, failed), (None, None, false));
}

/// The time of an attach before the loop is none of a round's own.
fn a_stale_time_does_not_pass_in_a_loop() {
    let script = |look: &str| {
        format!(
            "By(\"a\", [\
             shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
             shmat(seg: \"s\", as: \"v\", expect: Ok), tick()]), \
             Repeat(times: 2, script: [By(\"a\", [{look}])]), \
             By(\"a\", [shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])"
        )
    };
    let look = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(atime: Now))";
    let (trace, failed) = run(&script(look), &|| ());
    assert!(failed, "{:?}", trace.steps);
    let anew = "shmat(seg: \"s\", as: \"w\", expect: Ok), \
                shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(atime: Now)), \
                shmdt(map: \"w\", expect: Ok)";
    let (trace, failed) = run(&script(anew), &|| ());
    assert!(!failed, "{:?}", trace.steps);
}

fn main() {
    wait::hold_signals();
    let tests: [(&str, fn()); 7] = [
        (
            "a_panic_is_ours_with_its_message",
            a_panic_is_ours_with_its_message,
        ),
        ("an_abort_is_ours", an_abort_is_ours),
        (
            "a_signal_of_somebody_else_is_not_the_kernels",
            a_signal_of_somebody_else_is_not_the_kernels,
        ),
        (
            "a_filter_of_somebody_else_is_no_verdict",
            a_filter_of_somebody_else_is_no_verdict,
        ),
        ("a_fault_is_still_the_kernels", a_fault_is_still_the_kernels),
        ("an_expected_death_is_judged", an_expected_death_is_judged),
        (
            "a_stale_time_does_not_pass_in_a_loop",
            a_stale_time_does_not_pass_in_a_loop,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!("test result: ok. {} passed; 0 failed", tests.len());
}
