//! Consoles and clocks that are made up, and the endings they must lead to.

use std::time::{Duration, Instant};

use super::{Limits, Watch};
use crate::report::ending::Ending;
use crate::report::frame::Writer;
use crate::report::record::{Case, Done, Event, Hello, Scenario};

const SECOND: Duration = Duration::from_secs(1);

const LIMITS: Limits = Limits {
    boot: Duration::from_secs(10),
    progress: Duration::from_secs(5),
    total: Duration::from_secs(30),
};

/// hello, a scenario of two cases, its cases, done: one frame each.
fn frames() -> Vec<String> {
    let scenario = Scenario {
        name: "attach".to_owned(),
        cases: vec!["a".to_owned(), "b".to_owned()],
        ..Scenario::default()
    };
    let case = |case| {
        Event::Case(Case {
            case,
            ..Case::default()
        })
    };
    let events = [
        Event::Hello(Hello::default()),
        Event::Scenario(scenario),
        case(0),
        case(1),
        Event::Done(Done {
            events: 4,
            cases: 2,
            broken: None,
        }),
    ];
    let mut writer = Writer::new(0);
    events.iter().map(|event| writer.frame(event)).collect()
}

/// The watch after `text`, all of it at the beginning of time, and its ending if there is one.
fn after(text: &str) -> (Watch, Instant, Option<Ending>) {
    let start = Instant::now();
    let mut watch = Watch::new(LIMITS, vec!["WARNING: known".to_owned()], start);
    let ending = watch.push(text.as_bytes(), start, &mut |_| {});
    (watch, start, ending)
}

#[track_caller]
fn ends(text: &str, expect: &Ending) {
    assert_eq!(after(text).2.as_ref(), Some(expect), "{text}");
}

/// The line ends behind `text`.
#[track_caller]
fn ends_at_the_end(text: &str, expect: Option<&Ending>) {
    let (mut watch, start, ending) = after(text);
    assert_eq!(ending, None, "{text}");
    let ending = watch.finish(start, &mut |_| {});
    assert_eq!(ending.as_ref(), expect, "{text}");
}

/// Nothing comes after `text`: not over `before`, but over at `at`, in seconds.
#[track_caller]
fn times_out(text: &str, before: u32, at: u32, expect: &Ending) {
    let (watch, start, ending) = after(text);
    assert_eq!(ending, None, "{text}");
    assert_eq!(watch.overdue(start + before * SECOND), None, "{text}");
    assert_eq!(
        watch.overdue(start + at * SECOND).as_ref(),
        Some(expect),
        "{text}"
    );
}

#[test]
fn a_run_is_complete_when_everything_arrived() {
    ends(&frames().concat(), &Ending::Complete);
    let mut shuffled = frames();
    shuffled.swap(1, 2);
    ends(&shuffled.concat(), &Ending::Complete);
}

#[test]
fn a_missing_event_is_named() {
    let mut short = frames();
    short.remove(2);
    ends(
        &short.concat(),
        &Ending::Lost(
            "only 3 of 4 events arrived before the last; the console lost number 2".to_owned(),
        ),
    );
    short.remove(1);
    ends(
        &short.concat(),
        &Ending::Lost(
            "only 2 of 4 events arrived before the last; the console lost numbers 1 to 2"
                .to_owned(),
        ),
    );
}

#[test]
fn a_run_that_says_it_broke_is_broken() {
    let done = Event::Done(Done {
        broken: Some("the worker died".to_owned()),
        ..Done::default()
    });
    ends(
        &Writer::new(0).frame(&done),
        &Ending::Broken("the worker died".to_owned()),
    );
}

#[test]
fn crashes_count_even_if_the_run_goes_on() {
    let mut frames = frames();
    frames.insert(
        3,
        "[    1.000000] Internal error: Oops: 5 [#1] SMP ARM\n".to_owned(),
    );
    let text = "the kernel crashed in scenario `attach`, case 2 of 2 (b): Internal error: Oops: 5 [#1] SMP ARM";
    let crashed = Ending::Crashed(text.to_owned());
    ends(&frames.concat(), &crashed);
    ends_at_the_end(&frames[..4].concat(), Some(&crashed));
    // The rest of the dump is waited for, but not for long.
    times_out(&frames[..4].concat(), 4, 5, &crashed);
    let end = format!(
        "{}[    1.100000] ---[ end Kernel panic - not syncing: x ]---\n",
        frames[..4].concat()
    );
    ends(&end, &crashed);
}

#[test]
fn a_second_kernel_is_a_reset() {
    let boot = "[    0.000000] Linux version 6.1.0\n";
    let run = frames()[..2].concat();
    let place = "the machine reset in scenario `attach`, case 1 of 2 (a)";
    ends(
        &format!("{boot}{run}{boot}"),
        &Ending::Crashed(place.to_owned()),
    );
    ends(
        &format!("{boot}{boot}"),
        &Ending::Crashed("the machine reset before the first event".to_owned()),
    );
}

#[test]
fn the_last_line_counts_without_its_newline() {
    let all = frames().concat();
    ends_at_the_end(all.trim_end(), Some(&Ending::Complete));
}

#[test]
fn silence_is_a_hang() {
    times_out(
        "",
        9,
        10,
        &Ending::Hung("the target did not begin within 10s".to_owned()),
    );
    let hung = "nothing came for 5s; the target stopped in scenario `attach`, case 1 of 2 (a)";
    times_out(
        &frames()[..2].concat(),
        4,
        5,
        &Ending::Hung(hung.to_owned()),
    );
}

#[test]
fn chatter_of_the_kernel_is_silence() {
    let (mut watch, start, _) = after(&frames()[0]);
    for second in 1..5 {
        let ending = watch.push(
            b"[    1.000000] still here\n",
            start + second * SECOND,
            &mut |_| {},
        );
        assert_eq!(ending, None);
    }
    assert!(watch.overdue(start + 5 * SECOND).is_some());
}

#[test]
fn a_run_that_never_ends_is_a_hang() {
    let (mut watch, start, _) = after("");
    let mut writer = Writer::new(0);
    for second in 1..30 {
        let frame = writer.frame(&Event::Hello(Hello {
            cpus: second,
            ..Hello::default()
        }));
        watch.push(
            frame.as_bytes(),
            start + second as u32 * SECOND,
            &mut |_| {},
        );
        assert_eq!(watch.overdue(start + second as u32 * SECOND), None);
    }
    let hung = "the run did not end within 30s; it stopped before the first scenario";
    assert_eq!(
        watch.overdue(start + 30 * SECOND),
        Some(Ending::Hung(hung.to_owned()))
    );
}

#[test]
fn warnings_are_collected_with_their_place() {
    let mut frames = frames();
    frames.insert(
        2,
        "[    1.000000] WARNING: CPU: 0 PID: 1 at ipc/shm.c:1 f+0x1/0x2\n".to_owned(),
    );
    frames.insert(2, "[    1.000000] WARNING: known to the user\n".to_owned());
    let (watch, _, ending) = after(&frames.concat());
    assert_eq!(ending, Some(Ending::Complete));
    assert_eq!(
        watch.splats,
        ["in scenario `attach`, case 1 of 2 (a): WARNING: CPU: 0 PID: 1 at ipc/shm.c:1 f+0x1/0x2"]
    );
}

#[test]
fn the_tail_is_short() {
    let lines: String = (0..100).map(|line| format!("line {line}\n")).collect();
    let (watch, ..) = after(&lines);
    assert_eq!(watch.tail.len(), 25);
    assert_eq!(watch.tail.back().map(String::as_str), Some("line 99"));
}

#[test]
fn the_beginning_of_a_dump_is_kept() {
    let lines =
        |what: &str| -> String { (0..100).map(|line| format!("{what} {line}\n")).collect() };
    let crash = "[    1.000000] kernel BUG at ipc/shm.c:1!";
    let (watch, ..) = after(&format!("{}{crash}\n{}", lines("before"), lines("dump")));
    assert_eq!(watch.tail.len(), 85);
    assert_eq!(watch.tail[24], "before 99");
    assert_eq!(watch.tail[25], crash);
    assert_eq!(watch.tail[84], "dump 58");
}

#[test]
fn a_storm_of_warnings_is_cut_short() {
    let storm = "[    1.000000] WARNING: CPU: 0\n".repeat(1000);
    assert_eq!(after(&storm).0.splats.len(), 100);
}
