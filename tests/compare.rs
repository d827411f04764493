//! `shmproof compare` as it is called: reports of real runs, and what is none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn shmproof(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmproof"));
    command.args(args).output().expect("it starts")
}

/// A place of its own for a test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compare-{name}"));
    std::fs::create_dir_all(&path).expect("writable");
    path
}

/// Runs `hello` and keeps its report; returns the file.
fn report(file: &Path, more: &[&str]) -> String {
    let file = file.to_str().expect("UTF-8").to_owned();
    let mut args = vec!["run", "hello", "--format", "json", "--out", &file];
    args.extend(more);
    shmproof(&args);
    file
}

#[track_caller]
fn check(args: &[&str], code: i32, expect: &str) {
    let output = shmproof(&[&["compare"], args].concat());
    let [out, err] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    assert!(format!("{out}{err}").contains(expect), "{out}{err}");
}

#[test]
fn two_runs_are_compared() {
    let place = directory("runs");
    let good = report(&place.join("good.json"), &[]);
    let bad = report(&place.join("bad.json"), &["--inject", "shmat=ENOMEM"]);
    check(&[&good, &good], 0, "2 reports, 1 case: 0 differ, 1 pass");
    check(&[&good, &bad], 1, "\n  hello  P  F\n");
    check(&[&good, &bad], 1, "observed  error ENOMEM (12)");
    check(&[&bad, &bad], 1, "1 fail alike: hello");
    check(
        &[&bad, &bad, "--exit", "differences"],
        0,
        "1 fail alike: hello",
    );
    check(&[&good, &bad, "--exit", "differences"], 1, "1 differ");
    check(
        &[&good, &bad, "--format", "markdown"],
        1,
        "| hello | P | F |",
    );
    // Of the same name, but not of the same place.
    let other = directory("other");
    let again = report(&other.join("good.json"), &[]);
    check(&[&good, &again], 0, &again);
}

#[test]
fn what_is_no_report_is_no_pass() {
    let place = directory("bad");
    let good = report(&place.join("good.json"), &[]);
    let whole = std::fs::read_to_string(&good).expect("a report");
    let cut = place.join("cut.json");
    std::fs::write(&cut, &whole[..whole.len() - 20]).expect("writable");
    let gone = place.join("gone.json");
    check(
        &[&good, cut.to_str().expect("UTF-8")],
        3,
        "cut     NO REPORT: is cut off: ",
    );
    check(
        &[&good, gone.to_str().expect("UTF-8")],
        3,
        "gone    NO REPORT: cannot be read: ",
    );
    check(
        &[&good, env!("CARGO_BIN_EXE_shmproof")],
        3,
        "NO REPORT: cannot be read: ",
    );
    check(
        &[&good, "--missing", "arm=no mirror"],
        3,
        "arm     NO REPORT: no mirror",
    );
    check(
        &[&good, "--absent", "arm=no kernel"],
        0,
        "arm     no kernel",
    );
}

#[test]
fn a_wrong_command_line_is_told() {
    check(
        &[],
        2,
        "compare takes reports: files that `--format json --out FILE` wrote",
    );
    check(
        &["x", "--format", "junit"],
        2,
        "there is no format \"junit\"; known are: text, markdown, json",
    );
    check(
        &["x", "--exit", "best"],
        2,
        "--exit takes worst or differences, not \"best\"",
    );
    check(
        &["x", "--absent", "arm"],
        2,
        "--absent takes NAME=WHY, not \"arm\"",
    );
}
