//! `shmproof collect`: the frames in the log of a terminal, whatever that did to it.

use super::{Scratch, run, shmproof, text};
use std::process::Stdio;

/// The frames of a run.
fn frames(args: &[&str]) -> String {
    run(&mut shmproof(
        &[&["run", "--format", "frames"], args].concat(),
    ))
    .out
}

#[track_caller]
fn collect(log: &str, args: &[&str], code: i32, words: &[&str]) -> String {
    let scratch = Scratch::new(&format!("collect-{:?}", std::thread::current().id()));
    let path = scratch.path("console.log");
    std::fs::write(&path, log).expect("written");
    let came = run(&mut shmproof(&[&["collect", text(&path)], args].concat()));
    came.to(code, words);
    came.out
}

pub(super) fn every_report_comes_out_of_a_captured_log() {
    let log = frames(&["hello", "readonly"]);
    collect(&log, &[], 0, &["pass   hello", "PASS: 16 steps in 2 cases"]);
    assert!(collect(&log, &["--format", "ktap"], 0, &[]).starts_with("KTAP version 1"));
    assert!(collect(&log, &["--format", "junit"], 0, &[]).contains("<testsuites"));
    let json = collect(&log, &["--format", "json"], 0, &[]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["cases"]["pass"], 2);
    let log = frames(&["hello", "--inject", "shmat=EPERM"]);
    collect(&log, &[], 1, &["FAIL  hello:13", "error EPERM (1)"]);
}

pub(super) fn what_terminals_do_to_lines_does_no_harm() {
    let log = frames(&["hello"]);
    let with = |change: &dyn Fn(&str) -> String| log.lines().map(change).collect::<String>();
    let login = "board login: root\r\n\x1b[1;32m# \x1b[0m./shmproof run --format frames hello\r\n";
    let logs = [
        with(&|line| format!("{line}\r\n")),
        with(&|line| format!("[2026-11-25 04:00:00.123] {line}\r\n")),
        with(&|line| format!("[   12.345678] usb 1-1: new device\n{line}\r\r\n\r\n")),
        format!(
            "{login}{}\x1b[1;32m# \x1b[0m",
            with(&|line| format!("{line}\r\n"))
        ),
        format!("\u{feff}{log}"),
        log.replace('\n', "\r"),
        log.replacen("\n@", "@", 2),
        format!(
            "=~=~=~= PuTTY log 2026.11.25 04:00:00 =~=~=~=\r\n{}",
            log.trim_end()
        ),
    ];
    for log in &logs {
        collect(log, &[], 0, &["PASS: 6 steps in 1 case"]);
    }
}

pub(super) fn of_several_runs_the_last_counts_and_any_can_be_had() {
    let good = frames(&["hello"]);
    let bad = frames(&["hello", "--inject", "shmat=EPERM"]);
    let boot = "[    0.000000] Linux version 6.1.0\n";
    let log = format!("{boot}{good}{boot}{bad}{boot}");
    collect(
        &log,
        &[],
        1,
        &["holds 2 runs; this is the last", "FAIL  hello:13"],
    );
    collect(&log, &["--run", "1"], 0, &["PASS: 6 steps"]);
    collect(&log, &["--run", "3"], 2, &["holds 2 runs, and no run 3"]);
    collect(&log, &["--run", "0"], 2, &["no run 0"]);
}

pub(super) fn a_run_without_its_beginning_is_none_of_the_run_before() {
    let good = frames(&["hello"]);
    let bad = frames(&["hello", "--inject", "shmat=EPERM"]);
    let (first, rest) = bad.split_once('\n').expect("lines");
    let (half, more) = first.split_at(10);
    let damaged = format!("{half}[  9.1] usb\n{more}\n{rest}");
    let words = ["holds 2 runs; this is the last", "LOST: "];
    collect(&format!("{good}{damaged}"), &[], 6, &words);
    // With the same seed it may be the same to a byte, but for what tells runs apart.
    let one = frames(&["hello", "readonly", "--seed", "5"]);
    let two = frames(&["hello", "readonly", "--seed", "5"]);
    let lines = |log: &str, from: usize, to: usize| {
        let all: Vec<&str> = log.split_inclusive('\n').collect();
        all[from..to.min(all.len())].concat()
    };
    collect(&format!("{one}{}", lines(&two, 0, 1)), &[], 6, &words);
    collect(
        &format!("{}{two}", lines(&one, 0, 3)),
        &[],
        0,
        &["PASS: 16 steps"],
    );
    // Of the last one nothing can be read, or it came to nothing.
    let unread = format!("{one}{}", two.replace("\"ev\"", "\"eV\""));
    let words = ["holds 2 runs", "LOST: ", "frames that could not be read"];
    collect(&unread, &[], 6, &words);
    let died = "[ 0.0] Linux version 6.1.0\n[ 1.0] Kernel panic - not syncing: VFS\n";
    let words = [
        "holds 2 runs",
        "CRASHED: the kernel crashed before the first event",
    ];
    collect(&format!("{one}{died}"), &[], 5, &words);
    // Two halves are no whole.
    let words = ["holds 2 runs; this is the last", "LOST: "];
    let halves = format!("{}{}", lines(&one, 0, 3), lines(&two, 3, 99));
    collect(&halves, &[], 6, &words);
}

pub(super) fn frames_that_nobody_takes_are_told() {
    let full = std::fs::File::create("/dev/full").expect("there");
    let came = run(shmproof(&["run", "--format", "frames", "hello"]).stdout(full));
    came.to(
        6,
        &["cannot write to standard output: No space left on device"],
    );
    let args = ["run", "--format", "frames", "--out", "x", "hello"];
    run(&mut shmproof(&args)).to(2, &["redirect that instead of --out"]);
}

pub(super) fn what_is_not_there_is_no_pass() {
    let log = frames(&["hello", "readonly"]);
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    collect(
        &lines[..3].concat(),
        &[],
        6,
        &["LOST: ", "ends after scenario `hello`"],
    );
    let hole = [lines[0], lines[1], lines[3], lines[4], lines[5]].concat();
    collect(&hole, &[], 6, &["LOST: only 4 of 5 events"]);
    collect(
        "no frame here\n",
        &[],
        3,
        &["NOT STARTED: ", "holds no frame of a run"],
    );
    collect("", &[], 3, &["holds no frame of a run"]);
    let crash = format!(
        "{}[   9.000000] Internal error: Oops: 5 [#1] SMP ARM\n",
        lines[..3].concat()
    );
    collect(
        &crash,
        &[],
        5,
        &["CRASHED: the kernel crashed after scenario `hello`"],
    );
    let warned = format!(
        "{}[   9.000000] WARNING: at ipc/shm.c:1\n{}",
        lines[0],
        lines[1..].concat()
    );
    collect(&warned, &[], 5, &["WARNED: ", "WARNING: at ipc/shm.c:1"]);
    collect(&warned, &["--allow-warning", "ipc/shm.c"], 0, &["PASS: "]);
    // Behind the last event it is the same.
    let late = format!("{log}[   9.000000] WARNING: at ipc/shm.c:1\n");
    collect(&late, &[], 5, &["WARNED: ", "WARNING: at ipc/shm.c:1"]);
    let late = format!("{log}[   9.000000] Internal error: Oops: 5 [#1] SMP ARM\n");
    collect(&late, &[], 5, &["CRASHED: the kernel crashed"]);
    // In the next life it is another run's matter.
    let boot = "[    0.000000] Linux version 6.1.0\n";
    let next = format!("{log}{boot}[   9.000000] WARNING: at ipc/shm.c:1\n");
    collect(&next, &[], 0, &["PASS: "]);
    run(&mut shmproof(&["collect"])).to(2, &["collect takes one LOG"]);
    run(&mut shmproof(&["collect", "/nonexistent"])).to(2, &["cannot read /nonexistent"]);
}

pub(super) fn standard_input_is_read_as_a_file_is() {
    let good = frames(&["hello"]);
    let bad = frames(&["hello", "--inject", "shmat=EPERM"]);
    let scratch = Scratch::new("stdin");
    let collect = |log: &str, args: &[&str]| {
        let path = scratch.path("log");
        std::fs::write(&path, log).expect("written");
        let log = std::fs::File::open(path).expect("readable");
        run(shmproof(&[&["collect", "-"], args].concat()).stdin(log))
    };
    let two = format!("{good}{bad}");
    let last = [
        "standard input holds 2 runs; this is the last",
        "FAIL  hello:13",
    ];
    collect(&two, &[]).to(1, &last);
    collect(&two, &["--run", "1"]).to(0, &["PASS: "]);
    collect(&two, &["--run", "3"]).to(2, &["standard input holds 2 runs, and no run 3"]);
    let late = format!("{good}[   9.000000] Internal error: Oops: 5 [#1] SMP ARM\n");
    collect(&late, &[]).to(5, &["CRASHED: "]);
    let early = format!("[   9.000000] WARNING: at ipc/shm.c:1\n{good}");
    collect(&early, &[]).to(0, &["PASS: "]);
    collect("x\n", &[]).to(3, &["standard input holds no frame of a run"]);
}

pub(super) fn a_line_that_never_ends_is_left_when_nothing_follows_the_run() {
    let (ours, mut theirs) = std::io::pipe().expect("a pipe");
    let good = frames(&["hello"]);
    // Its last line does not end either.
    std::io::Write::write_all(&mut theirs, good.trim_end().as_bytes()).expect("written");
    run(shmproof(&["collect", "-"]).stdin(ours)).to(0, &["PASS: 6 steps"]);
    drop(theirs);
}

pub(super) fn a_pipe_is_listened_to_until_the_run_is_over() {
    let mut sender = shmproof(&["run", "--format", "frames", "hello"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let frames = sender.stdout.take().expect("piped");
    let came = run(shmproof(&["collect", "-"]).stdin(frames));
    came.to(0, &["pass   hello", "PASS: 6 steps"]);
    assert!(sender.wait().expect("it ends").success());
}
