//! scripts/run-qemu-user.sh. scripts/test.sh names the ARMv7 firmware, in `SHMPROOF_QEMU_USER`,
//! where there is an emulator for it.

mod runner;

use runner::{missing, tests};
use shmproof::sys::process;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    runner::run(tests![
        a_run_passes_between_two_warnings_and_leaves_no_file,
        a_failure_is_a_failure,
        who_stops_the_script_stops_the_run,
        what_is_no_firmware_is_refused,
    ])
}

/// What is said before and after a run.
const BEFORE: &str = "neither passes nor failures say anything about a board's kernel";
const AFTER: &str = "and no board's kernel";

fn firmware() -> String {
    std::env::var("SHMPROOF_QEMU_USER")
        .unwrap_or_else(|_| missing("scripts/test.sh installs qemu-user and builds the firmware"))
}

/// An empty place of its own for a test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("qemu-user-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("writable");
    path
}

fn script(args: &[&str], place: &Path) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/run-qemu-user.sh");
    let mut command = Command::new(path);
    command.args(args).env_remove("RUST_LOG").current_dir(place);
    command
}

/// The exit code, and both outputs.
fn run(args: &[&str], place: &Path) -> (i32, String, String) {
    let output = script(args, place).output().expect("it starts");
    let [out, err] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.code().expect("an exit code"), out, err)
}

fn a_run_passes_between_two_warnings_and_leaves_no_file() {
    let firmware = firmware();
    let place = directory("passes");
    // An actor of the second dies of a signal, for which the emulator would leave a core file.
    let (code, out, err) = run(&[&firmware, "hello", "readonly"], &place);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("\nPASS: "), "{out}");
    let lines: Vec<&str> = err.lines().collect();
    assert!(
        lines.first().is_some_and(|line| line.contains(BEFORE)),
        "{err}"
    );
    assert!(
        lines.last().is_some_and(|line| line.contains(AFTER)),
        "{err}"
    );
    let left: Vec<_> = std::fs::read_dir(place).expect("readable").collect();
    assert!(left.is_empty(), "{left:?}");
    // The name of its target does as well, and so do other commands, which test nothing.
    let place = directory("target");
    let (code, out, err) = run(&["armv7-unknown-linux-musleabihf", "list"], &place);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("\nhello "), "{out}");
}

fn a_failure_is_a_failure() {
    let firmware = firmware();
    let place = directory("fails");
    let text = "Scenario(summary: \"wrong on purpose\", actors: [(name: \"a\")], \
        script: [By(\"a\", [shmdt(at: Anywhere, expect: Ok)])])";
    std::fs::write(place.join("own.ron"), text).expect("written");
    let (code, out, err) = run(&[&firmware, "run", "--scenarios", "own.ron"], &place);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("observed  error EINVAL (22)"), "{out}");
    assert!(err.contains(BEFORE) && err.contains(AFTER), "{err}");
}

fn who_stops_the_script_stops_the_run() {
    let firmware = firmware();
    // It waits for seconds of the clock.
    let args = [&*firmware, "times_and_pids", "-v"];
    let mut command = script(&args, &directory("stops"));
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut told = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("shmget(") {
        line.clear();
        assert_ne!(told.read_line(&mut line).expect("UTF-8"), 0, "it ended");
    }
    process::kill(i32::try_from(child.id()).expect("a pid"), libc::SIGTERM);
    // Until everybody who could say something is gone.
    let mut rest = String::new();
    told.read_to_string(&mut rest).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains(AFTER), "{rest}");
}

/// The code is 2, nothing runs, and all of this is said.
#[track_caller]
fn refused(args: &[&str], place: &Path, expect: &[&str]) {
    let (code, out, err) = run(args, place);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(expect.iter().all(|text| err.contains(text)), "{err}");
}

fn what_is_no_firmware_is_refused() {
    let place = directory("refused");
    let targets = [
        "armv7-unknown-linux-musleabihf",
        "x86_64-unknown-linux-musl",
    ];
    refused(&[], &place, &targets);
    refused(
        &["armv8"],
        &place,
        &[&["armv8 is neither"], &targets[..]].concat(),
    );
    refused(&["."], &place, &["not a file"]);
    // ELF, 64 bits, little-endian, an executable for a machine: 243 is RISC-V.
    let mut header = vec![0; 64];
    header[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    header[16..20].copy_from_slice(&[2, 0, 243, 0]);
    for (name, bytes, expect) in [
        ("text", &b"#!/bin/sh\n"[..], "text: not an ELF file"),
        ("empty", b"", "empty: not an ELF file"),
        ("cut", b"\x7fELF\x02", "2//"),
        (
            "riscv",
            &header,
            "machine 2/1/243 is no firmware's; known are 1/1/40 (ARM)",
        ),
    ] {
        std::fs::write(place.join(name), bytes).expect("written");
        refused(&[name], &place, &[expect]);
    }
}
