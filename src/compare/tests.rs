//! What readers of a comparison see, what is no report, and the exit codes.

use super::{Column, Comparison, Format, NoReport};
use crate::report::record::{Detail, Event};
use crate::report::sample::{events, report};
use crate::report::{Ending, Format as ReportFormat, Report};
use crate::verdict::{RunVerdict as R, Verdict};

/// The report of the sample run: `good` passes, `bad/2` fails, `rooted` is skipped.
fn sample() -> String {
    ReportFormat::Json.render(&report(usize::MAX, Ending::Complete))
}

/// The same run on another kernel, where the events have been changed.
fn changed(release: &str, change: impl Fn(&mut Event)) -> String {
    let mut events = events();
    for event in &mut events {
        if let Event::Hello(hello) = event {
            hello.kernel.release = release.to_owned();
        }
        change(event);
    }
    ReportFormat::Json.render(&Report::new(events, Ending::Complete, "shmproof run"))
}

/// A kernel on which `bad` passes.
fn good(event: &mut Event) {
    if let Event::Case(case) = event
        && case.skip.is_none()
    {
        case.steps.fill(Some(Verdict::Pass));
        case.details.clear();
    }
}

fn column(name: &str, text: String) -> Column {
    Column::new(name, Ok(text))
}

#[test]
fn what_differs_is_told_with_its_place() {
    let skipped = |event: &mut Event| {
        good(event);
        if let Event::Case(case) = event
            && case.scenario == 2
        {
            case.skip = Some("needs a clock".to_owned());
        }
    };
    let columns = [
        column("old", sample()),
        Column::new("gone", Err("No such file".to_owned())),
        column("new", changed("6.2", skipped)),
        Column::absent("next", "sid has no such kernel"),
    ];
    let expect = "\
\x20    report  kernel                                    pass  fail  skip   time  verdict
  1  old     Linux 6.1.90-custom armv7l, arm firmware     2     1     1  0.0 s  fail; skipped b×1
  -  gone    NO REPORT: cannot be read: No such file
  2  new     Linux 6.2 armv7l, arm firmware               3     0     1  0.0 s  pass; skipped a×1
  -  next    sid has no such kernel

skipped because
  a   needs a clock
  b   needs root

what differs (P passed, F failed, X we failed, - not known, else why it was skipped)
          1  2
  bad/2   F  P
      rows      size=Pages(2)
      in 1      bad:9  owner  store(map: \"m\", data: Text(\"<&>\"))
        expected  killed by SIGSEGV
        observed  completed
  rooted  b  a

2 reports, 4 cases: 2 differ, 2 pass and 0 are skipped in all of them alike
";
    let comparison = Comparison::new(&columns);
    assert_eq!(Format::Text.render(&comparison), expect);
    assert_eq!(comparison.verdict(), R::Broken, "a report is missing");
    assert_eq!(comparison.verdict_of_differences(), R::Broken);
}

#[test]
fn markdown_is_not_taken_for_markup() {
    let named = |event: &mut Event| {
        good(event);
        if let Event::Scenario(scenario) = event {
            scenario.name = scenario.name.replace("rooted", "as_root");
        }
        if let Event::Case(case) = event
            && case.scenario == 2
        {
            case.skip = Some("a|b".to_owned());
        }
    };
    let columns = [
        column("old", sample()),
        column("new", changed("6.2", named)),
    ];
    let expect = "\
|  | report | kernel | pass | fail | skip | time | skipped | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1 | old | Linux 6.1.90-custom armv7l, arm firmware | 2 | 1 | 1 | 0.0 s | b×1 | fail |
| 2 | new | Linux 6.2 armv7l, arm firmware | 3 | 0 | 1 | 0.0 s | a×1 | pass |

Skipped because

- a: a\\|b
- b: needs root

What differs (P passed, F failed, X shmproof failed, - not known, else why it was skipped)

| scenario | 1 | 2 |
| --- | --- | --- |
| bad/2 | F | P |

- bad/2:9  owner  store(map: \"m\", data: Text(\"\\<&>\")) in 1: expected killed by SIGSEGV, observed completed

2 reports, 5 cases: 1 differ, 2 pass and 2 are skipped in all of them alike.
";
    assert_eq!(Format::Markdown.render(&Comparison::new(&columns)), expect);
}

#[test]
fn programs_get_an_entry_for_every_report() {
    let columns = [
        column("old", sample()),
        Column::new("gone", Err("No such file".to_owned())),
        column("new", changed("6.2", good)),
    ];
    let text = Format::Json.render(&Comparison::new(&columns));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["exit_code"], 3);
    assert_eq!(json["reports"][0]["skips"]["needs root"], 1);
    assert_eq!(json["reports"][1]["why"], "cannot be read: No such file");
    assert_eq!(json["differing"][0]["cases"][0]["number"], 2);
    let came = &json["differing"][0]["came"];
    assert_eq!(came[0]["line"], 9);
    assert_eq!(came[0]["expected"], "killed by SIGSEGV");
    assert!(came[1].is_null());
    assert_eq!(came[2]["outcome"], "pass");
}

#[test]
fn what_is_the_same_everywhere_is_only_counted() {
    let columns = [column("a", sample()), column("b", changed("6.2", |_| {}))];
    let comparison = Comparison::new(&columns);
    assert_eq!(comparison.count(), 0);
    assert!(
        Format::Text.render(&comparison).ends_with(
            "2 reports, 4 cases: 0 differ, 2 pass and 1 are skipped in all of them alike, 1 fail alike: bad/2\n"
        ),
    );
    assert_eq!(comparison.verdict(), R::Fail, "both fail");
    assert_eq!(comparison.verdict_of_differences(), R::Pass, "but alike");
}

#[test]
fn the_same_step_that_fails_otherwise_differs() {
    let other = |event: &mut Event| {
        if let Event::Case(case) = event
            && let Some(Detail { observed, .. }) = case.details.first_mut()
        {
            *observed = "killed by SIGBUS".to_owned();
        }
    };
    let columns = [column("a", sample()), column("b", changed("6.2", other))];
    let comparison = Comparison::new(&columns);
    assert_eq!(comparison.count(), 1);
    assert_eq!(comparison.verdict_of_differences(), R::Fail);
}

#[test]
fn a_failure_is_not_like_what_nobody_knows() {
    // The other run stopped before the scenario that fails.
    let stopped = report(3, Ending::Lost("frames are missing".to_owned()));
    let columns = [
        column("a", sample()),
        column("b", ReportFormat::Json.render(&stopped)),
    ];
    let comparison = Comparison::new(&columns);
    let names: Vec<_> = comparison
        .differing
        .iter()
        .map(|one| one.scenario)
        .collect();
    assert_eq!(names, ["bad"]);
    let text = Format::Text.render(&comparison);
    assert!(
        text.contains("NOT WHOLE: lost, 3 not heard of, frames are missing"),
        "{text}"
    );
    assert!(text.contains("  bad/2  F  -\n"), "{text}");
    assert_eq!(comparison.verdict(), R::Lost);
    assert_eq!(comparison.verdict_of_differences(), R::Lost);
}

#[track_caller]
fn check_ended(count: usize, ending: Ending, own: R, expect: R) {
    let stopped = report(count, ending);
    assert_eq!(stopped.verdict(), own);
    let columns = [
        column("old", changed("6.2", good)),
        column("new", ReportFormat::Json.render(&stopped)),
    ];
    assert!(!columns[1].is_whole());
    assert_eq!(Comparison::new(&columns).verdict(), expect);
}

#[test]
fn a_run_that_did_not_end_is_never_a_pass() {
    let why = || "why".to_owned();
    check_ended(3, Ending::Crashed(why()), R::Crashed, R::Crashed);
    check_ended(3, Ending::Hung(why()), R::Hung, R::Hung);
    check_ended(3, Ending::Broken(why()), R::Broken, R::Broken);
    check_ended(0, Ending::NotStarted(why()), R::NotStarted, R::Broken);
    check_ended(
        3,
        Ending::Interrupted(why()),
        R::Interrupted,
        R::Interrupted,
    );
    // It failed and then ended early: worse than a failure alone.
    check_ended(6, Ending::Broken(why()), R::Fail, R::Broken);
    check_ended(6, Ending::Complete, R::Fail, R::Broken);
}

#[track_caller]
fn check_bad(text: &str, expect: &str) {
    let column = Column::new("x", Ok(text.to_owned()));
    let Err(NoReport::Bad(why)) = &column.report else {
        panic!("{text} was taken for a report");
    };
    assert!(why.starts_with(expect), "{why}");
    assert_eq!(column.verdict(), R::Broken);
}

#[test]
fn what_is_no_report_is_told() {
    check_bad(
        "",
        "is cut off: EOF while parsing a value at line 1 column 0",
    );
    check_bad(
        "TAP version 14\n",
        "is no JSON report: expected value at line 1 column 1",
    );
    check_bad("[]", "is no report of shmproof: it names no schema");
    check_bad("{\"schema\": 9}", "has schema 9; this shmproof reads 1");
    check_bad(
        "{\"schema\": 1}",
        "is no report of shmproof: missing field `verdict`",
    );
    let whole = sample();
    check_bad(&whole[..whole.len() / 2], "is cut off: EOF while parsing");
    check_bad(
        &format!("{whole}{whole}"),
        "is no JSON report: trailing characters",
    );
}

#[test]
fn a_report_that_contradicts_itself_is_not_believed() {
    let of = |from: &str, to: &str, text: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let good = changed("6.2", good);
    check_bad(
        &of("\"outcome\": \"fail\"", "\"outcome\": \"pass\"", &sample()),
        "contradicts itself: bad did not pass, step by step",
    );
    check_bad(
        &of("\"cases\": 4", "\"cases\": 5", &good),
        "contradicts itself: it counts 3 pass, 0 fail, 1 skip, 0 broken, 0 missing, and has 3 pass, 0 fail, 1 skip, 0 broken, 1 missing",
    );
    check_bad(
        &of("\"exit_code\": 1", "\"exit_code\": 0", &sample()),
        "contradicts itself: exit code 0 (fail) is not what its cases come to",
    );
    check_bad(
        &of("\"exit_code\": 0", "\"exit_code\": 77", &good),
        "contradicts itself: exit code 77 (pass)",
    );
    check_bad(
        &of("\"outcome\": \"skip\"", "\"outcome\": \"passed\"", &good),
        "is no report of shmproof: unknown variant `passed`, expected one of",
    );
    check_bad(
        &of(
            "\"schema\": 1,",
            "\"schema\": 1, \"ending\": \"we stopped\",",
            &good,
        ),
        "contradicts itself: exit code 0 (pass)",
    );
}

#[test]
fn an_older_report_is_read() {
    let old: String = sample()
        .lines()
        .filter(|line| !line.contains("\"number\":"))
        .collect();
    let columns = [column("old", old), column("new", changed("6.2", good))];
    let comparison = Comparison::new(&columns);
    let numbers: Vec<_> = comparison.differing[0].cases.clone();
    assert_eq!(numbers, [(2, "size=Pages(2)")]);
}

#[test]
fn a_run_that_need_not_be_there_spoils_nothing() {
    let with_absent = [
        column("old", changed("6.2", good)),
        Column::absent("sid", "no kernel"),
    ];
    assert_eq!(Comparison::new(&with_absent).verdict(), R::Pass);
    let verdict = |column| Comparison::new(&[column]).verdict();
    let absent = Column::absent("sid", "no kernel");
    assert_eq!(verdict(absent), R::NothingRan);
    let missing = Column::missing("sid", "no mirror answers");
    assert_eq!(verdict(missing), R::Broken);
}
