//! `shmproof run` on the machine that the tests run on: verdicts, exit codes,
//! bad input, and that nothing is left behind or touched.
#![expect(clippy::print_stderr, reason = "what is skipped is said")]

use serde_json::Value;
use shmproof::abi::Errno;
use shmproof::abi::number::{IPC_CREAT, IPC_EXCL, IPC_RMID};
use shmproof::sys::shm::{self, nr};
use shmproof::sys::{process, seccomp};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Nobody, who has no entry to be looked up and no rights to lose.
const NOBODY: u32 = 65534;

fn shmproof(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmproof"));
    command.args(args).env_remove("RUST_LOG").current_dir("/");
    command
}

/// A file or directory of this test's own, which every user may read.
fn scratch(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("shmproof-test-{}", process::pid()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    directory.join(name)
}

fn output(mut command: Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        status.code().expect("an exit code"),
        text(&stdout),
        text(&stderr),
    )
}

fn json(args: &[&str]) -> (i32, Value) {
    let (code, out, err) = output(shmproof(&[&["run", "--format", "json"], args].concat()));
    (
        code,
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}")),
    )
}

/// What can be seen of System V shared memory on this machine. Other tests come and go in
/// namespaces of their own, so nothing of theirs shows here.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let sysctls = [
        "shmmax",
        "shmall",
        "shmmni",
        "shm_rmid_forced",
        "shm_next_id",
    ];
    let sysctls = sysctls.map(|name| read(&format!("/proc/sys/kernel/{name}")));
    read("/proc/sysvipc/shm") + &sysctls.join("")
}

fn is_root() -> bool {
    process::uid() == 0
}

/// A test that needs root says so instead of passing silently; in CI that is a failure.
fn needs_root(test: &str) -> bool {
    if !is_root() {
        assert!(std::env::var_os("CI").is_none(), "CI runs as root");
        eprintln!("SKIP {test}: needs root");
    }
    is_root()
}

#[test]
fn everything_passes_and_nothing_is_left() {
    let before = machine();
    let (code, report) = json(&[]);
    assert_eq!(
        (code, &report["verdict"]),
        (0, &"pass".into()),
        "{report:#}"
    );
    assert_eq!(report["cases"]["fail"], 0);
    assert!(report["cases"]["pass"].as_u64() >= Some(31));
    assert_eq!(machine(), before);
}

/// Which calls are red under an injected fault, with the exit code.
fn red(fault: &str) -> (i32, Vec<String>) {
    let (code, report) = json(&["--inject", fault]);
    let mut calls = Vec::new();
    for row in report["totals"].as_array().expect("a table") {
        if row["fail"] != 0 || row["broken"] != 0 {
            calls.push(row["call"].as_str().expect("text").to_owned());
        }
    }
    (code, calls)
}

#[test]
fn an_injected_fault_turns_its_own_call_red_and_no_other() {
    for call in ["shmget", "shmat", "shmdt", "shmctl"] {
        for errno in ["ENOMEM", "EINTR", "ENOSYS"] {
            assert_eq!(red(&format!("{call}={errno}")), (1, vec![call.to_owned()]));
        }
    }
}

#[test]
fn every_scenario_can_fail() {
    for call in ["shmget", "shmat", "shmdt", "shmctl"] {
        let (_, report) = json(&["--inject", &format!("{call}=EXDEV")]);
        for scenario in report["scenarios"].as_array().expect("scenarios") {
            let steps = || {
                scenario["cases"][0]["steps"]
                    .as_array()
                    .into_iter()
                    .flatten()
            };
            let has = steps().any(|step| step["call"] == call && step["verdict"] != "skip");
            let fails = steps().any(|step| step["call"] == call && step["verdict"] == "fail");
            assert!(
                !has || fails,
                "{}: a broken {call} goes unnoticed",
                scenario["name"]
            );
        }
    }
}

#[test]
fn an_ordinary_user_gets_a_verdict_and_a_reason_for_every_skip() {
    if !needs_root("as an ordinary user") {
        return;
    }
    let binary = scratch("as-user");
    std::fs::copy(env!("CARGO_BIN_EXE_shmproof"), &binary).expect("copied");
    let user = |args: &[&str]| {
        let mut command = Command::new(&binary);
        command.args(args).current_dir("/").uid(NOBODY).gid(NOBODY);
        output(command)
    };
    let before = machine();
    let (code, out, err) = user(&["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("skip   stranger: needs root, to become other users"),
        "{out}"
    );
    assert!(
        err.contains("uid 65534, isolation: own IPC and user namespace"),
        "{err}"
    );
    assert_eq!(machine(), before);
    // Nothing but skips is no pass.
    let (code, out, _) = user(&["run", "stranger"]);
    assert_eq!(code, 4, "{out}");
    assert!(
        out.ends_with(")\n") && out.contains("NOTHING RAN, 1 case skipped"),
        "{out}"
    );
}

/// Runs in a user namespace in which no IPC namespace can be had.
fn without_namespace(args: &str) -> (i32, String, String) {
    let script = format!(
        "echo 0 > /proc/sys/user/max_ipc_namespaces && exec {} {args}",
        env!("CARGO_BIN_EXE_shmproof")
    );
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "sh", "-c", &script])
        .current_dir("/");
    output(command)
}

#[test]
fn without_a_namespace_it_says_so_and_touches_nothing_of_others() {
    if !needs_root("without a namespace") {
        return;
    }
    let (code, out, err) = without_namespace("run lifecycle hello");
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        err.contains("isolation: none: unshare(CLONE_NEWIPC): ENOSPC"),
        "{err}"
    );

    // A stranger's segment under the key of the hello program.
    let key = 1234;
    let stranger = shm::shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0o666).expect("the key is free");
    let before = machine();
    let (code, out, err) = without_namespace("run hello");
    let after = machine();
    shm::shmctl(stranger, IPC_RMID, true).expect("it is still there");
    assert_eq!(code, 4, "{out}{err}");
    assert!(
        out.contains("skip   hello: key 1234 is in use on this machine"),
        "{out}"
    );
    assert_eq!(before, after);
}

#[test]
fn a_kernel_without_system_v_ipc_is_told_once() {
    let out = scratch("no-sysvipc");
    let file = std::fs::File::create(&out).expect("created");
    let mut command = shmproof(&["run"]);
    command.stdout(file).stderr(Stdio::null());
    let child = match process::fork().expect("a process") {
        process::Forked::Parent(pid) => pid,
        process::Forked::Child => {
            for (number, ipc) in [
                (nr::SHMGET, 23),
                (nr::SHMAT, 21),
                (nr::SHMDT, 22),
                (nr::SHMCTL, 24),
            ] {
                let number = u32::try_from(number).unwrap_or_default();
                let _ = seccomp::fail(seccomp::Target { number, ipc }, Errno(libc::ENOSYS));
            }
            let _ = command.exec();
            process::exit_now(99);
        }
    };
    assert_eq!(
        process::reap(child, true),
        Some((child, process::Death::Exited(4)))
    );
    let out = std::fs::read_to_string(&out).expect("written");
    assert_eq!(out.matches("CONFIG_SYSVIPC is not set").count(), 1, "{out}");
    assert!(out.contains("NOTHING RAN"), "{out}");
}

/// Runs one scenario, given as the steps of its only actor `a`.
fn solo(name: &str, steps: &str, args: &[&str]) -> (i32, String, String) {
    let file = scratch(name);
    let text = format!(
        "Scenario(summary: \"s\", actors: [(name: \"a\")], script: [By(\"a\", [{steps}])])"
    );
    std::fs::write(&file, text).expect("written");
    let args = [&["run", "--scenarios", file.to_str().expect("UTF-8")], args].concat();
    output(shmproof(&args))
}

#[test]
fn the_last_actor_may_leave_or_die() {
    let (code, out, _) = solo(
        "leaves.ron",
        "shmdt(at: Anywhere, expect: Err(EINVAL)), exit()",
        &[],
    );
    assert_eq!(code, 0, "{out}");
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmat(seg: \"s\", flags: [SHM_RDONLY], as: \"m\", expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok), \
        write(map: \"m\", data: Text(\"x\"), expect: Killed(SIGSEGV))";
    let (code, out, _) = solo("dies.ron", steps, &[]);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn what_touches_no_memory_is_no_pass() {
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmat(seg: \"s\", as: \"m\", expect: Ok), \
        read(map: \"m\", at: 99999999, expect: Zeros), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";
    let (code, out, _) = solo("beyond.ron", steps, &[]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("line 1: 0 bytes at offset 99999999 do not lie in a segment"),
        "{out}"
    );
}

#[test]
fn an_unexpected_command_blocks_nothing_behind_it() {
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmctl(seg: \"s\", cmd: Raw(99), expect: Err(ENOSYS)), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";
    let (code, out, _) = solo("command.ron", steps, &[]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("  shmctl           1     1        0     0\n"),
        "{out}"
    );
}

#[test]
fn a_report_that_does_not_arrive_is_no_success() {
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

#[test]
fn the_first_process_of_a_container_is_not_the_machines() {
    if !needs_root("as PID 1 of a namespace") {
        return;
    }
    let mounts = || std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let (segments, before) = (machine(), mounts());
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", env!("CARGO_BIN_EXE_shmproof")]);
    let (code, _, err) = output(command);
    assert_eq!(code, 2, "{err}");
    assert_eq!((machine(), mounts()), (segments, before));
}

/// Every process below this one.
fn descendants(of: u32) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // pid (name) state ppid …
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        if parent == Some(of) {
            found.push(i32::try_from(pid).expect("a pid"));
            found.extend(descendants(pid));
        }
    }
    found
}

#[test]
fn a_step_that_does_not_return_is_told_and_the_next_case_runs() {
    let before = machine();
    let scenario = scratch("slow.ron");
    let text = "Scenario(summary: \"slow\", for_each: (size: [MiB(32), MiB(33)]), actors: [(name: \"a\")], script: [By(\"a\", [\
        shmget(key: IPC_PRIVATE, size: Each, as: \"s\", expect: Ok), shmat(seg: \"s\", as: \"m\", expect: Ok), \
        write(map: \"m\", data: Pattern(1), expect: Ok), read(map: \"m\", expect: Pattern(1)), \
        shmdt(map: \"m\", expect: Ok), shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])";
    std::fs::write(&scenario, text).expect("written");
    let mut child = shmproof(&[
        "run",
        "--step-timeout",
        "1",
        "--scenarios",
        scenario.to_str().expect("UTF-8"),
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn()
    .expect("it starts");
    // Whoever acts is stopped as by a kernel that hangs in a call; the worker is the first
    // descendant and goes on.
    while child.try_wait().expect("a child").is_none() {
        for actor in descendants(child.id()).into_iter().skip(1) {
            process::kill(actor, libc::SIGSTOP);
        }
    }
    let mut out = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut out)
        .expect("readable");
    assert_eq!(child.wait().expect("ended").code(), Some(1), "{out}");
    assert!(out.contains("observed  did not return in 1 s"), "{out}");
    assert!(out.contains("of 2 cases"), "{out}");
    assert_eq!(machine(), before);
}

#[test]
fn a_user_who_stops_it_gets_what_was_learnt() {
    let before = machine();
    let scenario = scratch("long.ron");
    // Far more cases than anybody waits for.
    let sizes = "Pages(1), ".repeat(20_000);
    let text = format!(
        "Scenario(summary: \"long\", for_each: (size: [{sizes}]), actors: [(name: \"a\")], script: [By(\"a\", [\
         shmget(key: IPC_PRIVATE, size: Each, as: \"s\", expect: Ok), shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])"
    );
    std::fs::write(&scenario, text).expect("written");
    let mut child = shmproof(&[
        "run",
        "-v",
        "--scenarios",
        scenario.to_str().expect("UTF-8"),
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("it starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("pass") {
        line.clear();
        assert_ne!(
            lines.read_line(&mut line).expect("readable"),
            0,
            "it ended by itself"
        );
    }
    process::kill(i32::try_from(child.id()).expect("a pid"), libc::SIGINT);
    let drained = std::thread::spawn(move || lines.read_to_string(&mut String::new()));
    let mut out = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut out)
        .expect("readable");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{out}");
    assert!(out.contains("INTERRUPTED: no verdict"), "{out}");
    drained.join().expect("no panic").expect("readable");
    assert_eq!(machine(), before);
}

#[track_caller]
fn check_bad(args: &[&str], code: i32, expect: &str) {
    let (seen, out, err) = output(shmproof(args));
    assert!(
        seen == code && err.contains(expect),
        "exit {seen}\n{out}{err}"
    );
}

#[test]
fn bad_usage_names_what_would_be_right() {
    check_bad(&[], 2, "shmproof run");
    check_bad(
        &["rum"],
        2,
        "there is no command \"rum\"; known are: run, boot",
    );
    check_bad(
        &["run", "helo"],
        2,
        "there is no scenario \"helo\"; known are: forked_pairs, hello",
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

#[test]
fn bad_scenarios_are_told_all_at_once_and_nothing_runs() {
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
    assert!(err.contains("2 problems; nothing was run"), "{err}");
    check_bad(&["check", path], 2, "2 problems");
}

#[test]
fn the_verdict_reaches_the_terminal_when_the_report_cannot_be_written() {
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

#[test]
fn reports_are_written_where_they_are_asked_for() {
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

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let script = format!(
        "{} run hello 2>&1 | head -n 1",
        env!("CARGO_BIN_EXE_shmproof")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    assert!(!output(command).2.contains("panicked"));
}

#[test]
fn images_are_reproducible_byte_for_byte() {
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
    let Some(firmware) = firmware() else { return };
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
fn firmware() -> Option<String> {
    let found = std::env::var("SHMPROOF_FIRMWARE").ok();
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "scripts/test.sh sets SHMPROOF_FIRMWARE"
        );
        eprintln!("SKIP reproducible images: scripts/test.sh builds the firmware");
    }
    found
}
