//! What is told when the user or the file system is at fault, and where reports go.

use super::runner::missing;
use super::{output, scratch, shmproof};
use std::path::Path;
use std::process::{Command, Stdio};

pub(super) fn a_report_that_does_not_arrive_is_no_success() {
    for format in ["text", "junit"] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let mut command = shmproof(&["run", "hello", "--format", format]);
        command.stdout(full).stderr(Stdio::null());
        assert_eq!(command.status().expect("it starts").code(), Some(3));
    }
}

#[track_caller]
fn check_bad(args: &[&str], code: i32, expect: &str) {
    let (seen, out, err) = output(shmproof(args));
    assert!(
        seen == code && err.contains(expect),
        "exit {seen}\n{out}{err}"
    );
}

pub(super) fn bad_usage_names_what_would_be_right() {
    check_bad(&[], 2, "shmproof run");
    check_bad(
        &["rum"],
        2,
        "there is no command \"rum\"; known are: run, boot",
    );
    check_bad(
        &["run", "helo"],
        2,
        "there is no scenario \"helo\"; did you mean \"hello\"?",
    );
    check_bad(
        &["run", "xyzzy"],
        2,
        "there is no scenario \"xyzzy\"; known are: ",
    );
    check_bad(
        &["run", "/tmp/mine.ron"],
        2,
        "\"/tmp/mine.ron\" is no name of a scenario; to run a file or directory write `--scenarios /tmp/mine.ron`",
    );
    check_bad(
        &["run", "--format", "xml"],
        2,
        "there is no format \"xml\"; known are: text, ktap, json, junit",
    );
    check_bad(
        &["run", "--inject", "shmat"],
        2,
        "has no `=`; write CALL=ERRNO, such as shmat=ENOMEM",
    );
    check_bad(
        &["run", "--step-timeout", "soon"],
        2,
        "--step-timeout takes a number, not \"soon\"",
    );
    check_bad(
        &["run", "--scenarios", "/nowhere"],
        2,
        "cannot read the scenarios in /nowhere",
    );
    check_bad(&["boot", "--guest", "arn"], 2, "arm-on-arm64");
    check_bad(&["guests", "--shell", "arn"], 2, "x86_64");
}

pub(super) fn bad_scenarios_are_told_all_at_once_and_nothing_runs() {
    let directory = scratch("bad");
    std::fs::create_dir_all(&directory).expect("a directory");
    let file =
        |name: &str, text: &str| std::fs::write(directory.join(name), text).expect("written");
    file(
        "one.ron",
        "Scenario(summary: \"s\", actors: [(name: \"a\")], script: [By(\"a\", [exot()])])",
    );
    file("two.ron", "Scenario(\n  sumary: \"s\",\n)");
    let path = directory.to_str().expect("UTF-8");
    let (code, _, err) = output(shmproof(&["run", "--scenarios", path]));
    assert_eq!(code, 2);
    assert!(
        err.contains("one.ron:1:65: `exot` is no step; did you mean `exit`?"),
        "{err}"
    );
    assert!(
        err.contains("two.ron:2:3: `Scenario` has no field `sumary`; did you mean `summary`?"),
        "{err}"
    );
    assert!(err.ends_with("\n2 problems\n"), "{err}");
    check_bad(&["check", path], 2, "2 problems");
}

pub(super) fn the_verdict_reaches_the_terminal_when_the_report_cannot_be_written() {
    for file in ["/dev/full", "/nowhere/report.json", "/"] {
        let (code, out, err) = output(shmproof(&[
            "run", "hello", "--format", "json", "--out", file,
        ]));
        assert_eq!(code, 3, "{err}");
        assert!(out.contains("PASS: 6 steps in 1 case"), "{out}");
        assert!(
            err.contains(&format!("cannot write the report to {file}")),
            "{err}"
        );
        // A failure stays a failure.
        let args = ["run", "hello", "--inject", "shmat=EPERM", "--out", file];
        assert_eq!(output(shmproof(&args)).0, 1);
    }
}

pub(super) fn reports_are_written_where_they_are_asked_for() {
    for (format, begin) in [
        ("ktap", "KTAP version 1"),
        ("junit", "<?xml"),
        ("json", "{"),
        ("text", " "),
    ] {
        let file = scratch(format);
        let name = file.to_str().expect("UTF-8");
        let (code, out, _) = output(shmproof(&[
            "run", "hello", "--format", format, "--out", name,
        ]));
        assert_eq!(code, 0);
        assert!(out.contains("PASS: 6 steps in 1 case"), "{out}");
        assert!(
            std::fs::read_to_string(&file)
                .expect("written")
                .starts_with(begin)
        );
    }
}

pub(super) fn a_reader_that_goes_away_changes_nothing() {
    let script = format!(
        "{} run hello 2>&1 | head -n 1",
        env!("CARGO_BIN_EXE_shmproof")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    assert!(!output(command).2.contains("panicked"));
}

pub(super) fn images_are_reproducible_byte_for_byte() {
    // Any static executable of a known architecture will do; ours is dynamic and refused.
    check_bad(
        &[
            "image",
            "--firmware",
            env!("CARGO_BIN_EXE_shmproof"),
            "--out",
            "/dev/null",
        ],
        3,
        "firmware",
    );
    let firmware = firmware();
    let (one, two) = (scratch("one.cpio.gz"), scratch("two.cpio.gz"));
    for out in [&one, &two] {
        let out = out.to_str().expect("UTF-8");
        let (code, _, err) = output(shmproof(&["image", "--firmware", &firmware, "--out", out]));
        assert_eq!(code, 0, "{err}");
    }
    let read = |path: &Path| std::fs::read(path).expect("written");
    assert!(read(&one) == read(&two));
    assert_eq!(&read(&one)[..2], b"\x1f\x8b");
}

/// A firmware that scripts/test.sh has built, if it runs us.
fn firmware() -> String {
    std::env::var("SHMPROOF_FIRMWARE")
        .unwrap_or_else(|_| missing("scripts/test.sh builds the firmware"))
}
