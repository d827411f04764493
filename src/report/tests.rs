//! What readers see, and the exit codes that go with it.

use super::record::{Case, Event};
use super::sample::{events, report};
use super::{Ending, Format, Report};
use crate::verdict::{RunVerdict as R, Verdict};

fn all() -> Report {
    report(usize::MAX, Ending::Complete)
}

#[test]
fn text_tells_what_failed_and_where() {
    let expect = "\
FAIL  bad:9  owner  store(map: \"m\", data: Text(\"<&>\"))
        expected  killed by SIGSEGV
        observed  completed
        because   SHM_RDONLY is enforced by the MMU.
        in        size=Pages(2)
        rerun     shmproof run bad/2

skip   rooted: needs root

                pass  fail  blocked  skip
  shmget           3     0        0     1
  shmat            0     0        0     0
  shmdt            0     0        0     0
  shmctl           0     0        0     0
  load/store       2     1        0     1
FAIL: 1 of 6 steps, in 1 of 3 cases, 1 case skipped  (Linux 6.1.90-custom armv7l, arm firmware, shmproof 0.1.0)
";
    assert_eq!(Format::Text.render(&all()), expect);
}

#[test]
fn ktap_has_a_plan_at_every_level() {
    let expect = "\
KTAP version 1
# Linux 6.1.90-custom armv7l
1..3
  KTAP version 1
  1..1
    KTAP version 1
    1..2
    ok 1 step 1 line 7 owner shmget
    ok 2 step 2 line 9 owner load_store
  ok 1 case
ok 1 good
  KTAP version 1
  1..2
    KTAP version 1
    1..2
    ok 1 step 1 line 7 owner shmget
    ok 2 step 2 line 9 owner load_store
  ok 1 size=Pages(1)
    KTAP version 1
    1..2
    ok 1 step 1 line 7 owner shmget
    # store(map: \"m\", data: Text(\"<&>\"))
    # expected killed by SIGSEGV
    # observed completed
    not ok 2 step 2 line 9 owner load_store
  not ok 2 size=Pages(2)
not ok 2 bad
  KTAP version 1
  1..1
  ok 1 case # SKIP needs root
ok 3 rooted # SKIP needs root
# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:1 error:0
";
    assert_eq!(Format::Ktap.render(&all()), expect);
}

#[test]
fn junit_counts_and_escapes() {
    let xml = Format::Junit.render(&all());
    assert!(xml.contains(
        "<testsuites name=\"shmproof\" tests=\"8\" skipped=\"2\" failures=\"1\" errors=\"0\""
    ));
    assert!(xml.contains("<failure message=\"expected killed by SIGSEGV, observed completed\""));
    assert!(xml.contains("Text(&quot;&lt;&amp;&gt;&quot;)"));
    assert!(xml.contains("name=\"size=Pages(2) step 2 line 9 load/store\""));
}

#[test]
fn json_says_it_all() {
    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&all())).expect("JSON");
    assert_eq!(json["schema"], 1);
    assert_eq!(json["verdict"], "fail");
    assert_eq!(json["exit_code"], 1);
    assert_eq!(json["cases"]["pass"], 2);
    assert_eq!(
        json["scenarios"][1]["cases"][1]["steps"][1]["observed"],
        "completed"
    );
    assert_eq!(json["scenarios"][2]["cases"][0]["why"], "needs root");
}

/// The verdict on the first `count` events of the sample.
#[track_caller]
fn check_verdict(count: usize, ending: Ending, expect: R) {
    let report = report(count, ending);
    assert_eq!(report.verdict(), expect);
    // Whatever is said, nothing but a pass reads like a pass.
    let text = Format::Text.render(&report);
    let last = text.lines().last().unwrap_or_default().to_owned();
    assert_eq!(last.starts_with("PASS"), expect == R::Pass, "{last}");
    let json: serde_json::Value =
        serde_json::from_str(&Format::Json.render(&report)).expect("JSON");
    assert_eq!(json["verdict"], expect.to_string());
    assert_eq!(json["exit_code"], expect.exit_code());
    let bad = Format::Ktap
        .render(&report)
        .lines()
        .any(|line| line.starts_with("not ok") || line.starts_with("Bail out!"));
    assert_eq!(bad, ![R::Pass, R::NothingRan].contains(&expect));
    let xml = Format::Junit.render(&report);
    assert_eq!(
        xml.contains("<failure") || xml.contains("<error"),
        ![R::Pass, R::NothingRan].contains(&expect)
    );
}

#[test]
fn verdicts_follow_from_what_is_known() {
    let why = || "why".to_owned();
    check_verdict(usize::MAX, Ending::Complete, R::Fail);
    check_verdict(usize::MAX, Ending::Crashed(why()), R::Crashed);
    check_verdict(usize::MAX, Ending::Lost(why()), R::Lost);
    check_verdict(usize::MAX, Ending::Hung(why()), R::Hung);
    check_verdict(usize::MAX, Ending::Interrupted(why()), R::Interrupted);
    check_verdict(0, Ending::NotStarted(why()), R::NotStarted);
    check_verdict(5, Ending::Broken(why()), R::Broken);
    // Cases are missing although everybody claims that all is well.
    check_verdict(5, Ending::Complete, R::Lost);
    check_verdict(1, Ending::Complete, R::Lost);
}

/// The verdict on the sample with its last two scenarios replaced by `case`.
#[track_caller]
fn check_case(case: Case, expect: R) {
    let mut events: Vec<Event> = events().into_iter().take(2).collect();
    if let Event::Hello(hello) = &mut events[0] {
        hello.scenarios = 1;
        hello.cases = 1;
    }
    events.push(Event::Case(case));
    assert_eq!(Report::new(events, Ending::Complete, "").verdict(), expect);
}

#[test]
fn only_a_case_whose_every_step_passed_is_a_pass() {
    use Verdict::{Blocked, Broken, Fail, Pass, Skip};
    let case = |steps: &[Verdict]| Case {
        steps: steps.iter().copied().map(Some).collect(),
        ..Case::default()
    };
    let why = || Some("x".to_owned());
    check_case(case(&[Pass, Pass]), R::Pass);
    check_case(case(&[Pass, Fail]), R::Fail);
    check_case(case(&[Pass, Blocked]), R::Fail);
    check_case(case(&[Pass, Broken]), R::Broken);
    check_case(case(&[Fail, Broken]), R::Broken);
    // Too short, too long: what is not said is not passed.
    check_case(case(&[Pass]), R::Broken);
    check_case(case(&[Pass, Pass, Pass]), R::Broken);
    check_case(case(&[]), R::Broken);
    check_case(case(&[Skip, Skip]), R::Broken);
    check_case(case(&[Pass, Skip]), R::Broken);
    let skipped = Case {
        skip: why(),
        ..case(&[Skip, Skip])
    };
    check_case(skipped, R::NothingRan);
    let leaking = Case {
        leak: why(),
        ..case(&[Pass, Pass])
    };
    check_case(leaking, R::Fail);
    let broken = Case {
        broken: why(),
        ..case(&[Pass, Pass])
    };
    check_case(broken, R::Broken);
    // A case that was never announced does not count.
    let unannounced = Case {
        case: 7,
        ..case(&[Pass, Pass])
    };
    check_case(unannounced, R::Lost);
}

#[test]
fn a_step_that_a_case_does_not_have_is_not_told_of_it() {
    use Verdict::{Fail, Pass};
    let case = |steps: [Option<Verdict>; 2]| Case {
        steps: steps.to_vec(),
        ..Case::default()
    };
    check_case(case([None, Some(Pass)]), R::Pass);
    check_case(case([None, Some(Fail)]), R::Fail);
    // A case without any step proves nothing.
    check_case(case([None, None]), R::Broken);

    let detail = |event: &Event| match event {
        Event::Case(case) => case.details.first().cloned(),
        _ => None,
    };
    let events = events();
    let details = events.iter().filter_map(detail).collect();
    let failed = Case {
        details,
        ..case([None, Some(Fail)])
    };
    let events = vec![events[0].clone(), events[1].clone(), Event::Case(failed)];
    let report = Report::new(events, Ending::Complete, "");
    let ktap = Format::Ktap.render(&report);
    let told = "    1..1\n    # store(map: \"m\", data: Text(\"<&>\"))\n";
    assert!(ktap.contains(told), "{ktap}");
    assert!(ktap.contains("    not ok 1 step 1 line 9"), "{ktap}");
    let junit = Format::Junit.render(&report);
    assert!(junit.contains("observed completed"), "{junit}");
    assert!(!junit.contains("shmget"), "{junit}");
    let json = Format::Json.render(&report);
    assert_eq!(json.matches("\"line\"").count(), 1, "{json}");
    let fails: u64 = super::totals(&report).iter().map(|row| row.fail).sum();
    let passes: u64 = super::totals(&report).iter().map(|row| row.pass).sum();
    assert_eq!((passes, fails), (0, 1));
}

/// What a step of the script is may differ from row to row.
#[test]
fn a_failed_step_is_told_as_its_row_has_it() {
    use Verdict::{Fail, Pass};
    let events = events();
    let failed = |case, told: &str, calls| {
        let detail = super::record::Detail {
            step: 1,
            told: Some(told.to_owned()),
            expected: "error EPERM (1)".to_owned(),
            observed: "error EINVAL (22)".to_owned(),
            because: String::new(),
        };
        Event::Case(Case {
            case,
            steps: vec![Some(Pass), Some(Fail)],
            details: vec![detail],
            calls,
            ..Case::default()
        })
    };
    let Event::Scenario(mut scenario) = events[3].clone() else {
        panic!("the fourth event is a scenario");
    };
    scenario.cases.push("size=Pages(3)".to_owned());
    let report = Report::new(
        vec![
            events[0].clone(),
            Event::Scenario(scenario),
            failed(0, "shmdt(at: Raw(1))", vec![(1, "shmdt".to_owned())]),
            failed(1, "shmdt(at: Raw(2))", vec![(1, "shmdt".to_owned())]),
            failed(2, "shmctl(id: 7)", vec![(1, "shmctl".to_owned())]),
        ],
        Ending::Complete,
        "",
    );
    let text = Format::Text.render(&report);
    assert_eq!(text.matches("FAIL  bad:9").count(), 2, "{text}");
    assert!(text.contains("shmctl(id: 7)"), "{text}");
    let ktap = Format::Ktap.render(&report);
    assert!(ktap.contains("# shmdt(at: Raw(2))"), "{ktap}");
    assert!(ktap.contains("line 9 owner shmctl"), "{ktap}");
    let json = Format::Json.render(&report);
    assert!(json.contains("\"text\": \"shmctl(id: 7)\""), "{json}");
    assert!(!json.contains("\"call\": \"load/store\""), "{json}");
    let junit = Format::Junit.render(&report);
    assert!(junit.contains("line 9 shmdt"), "{junit}");
}

#[test]
fn a_kernel_that_warns_has_not_passed() {
    let mut events: Vec<Event> = events().into_iter().take(3).collect();
    if let Event::Hello(hello) = &mut events[0] {
        hello.scenarios = 1;
        hello.cases = 1;
    }
    let mut report = Report::new(events, Ending::Complete, "");
    assert_eq!(report.verdict(), R::Pass);
    let splats = vec!["in good: WARNING: CPU: 0 PID: 1 at ipc/shm.c:321".to_owned()];
    report.host = Some(super::record::Host {
        splats,
        ..Default::default()
    });
    assert_eq!(report.verdict(), R::Warned);
    for format in [Format::Text, Format::Ktap, Format::Json, Format::Junit] {
        assert!(format.render(&report).contains("ipc/shm.c:321"));
    }
    let text = Format::Text.render(&report);
    assert!(
        text.contains("\nWARNED: the kernel under test printed warnings"),
        "{text}"
    );
}
