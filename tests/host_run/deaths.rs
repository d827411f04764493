//! Actors that somebody else kills: it is told of them, and of nobody else.

use super::{descendants, machine, process, scratch, shmproof};
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Stdio};

/// The one who races with the victim comes to wait for it, as long as this would take.
const STEP_TIMEOUT: &str = "600";

/// A scenario of two actors who start together after a while, in which the second can be stopped.
fn racers() -> PathBuf {
    let file = scratch("racers.ron");
    let text = "Scenario(summary: \"s\", actors: [(name: \"a\"), (name: \"b\")], script: [\
        By(\"a\", [shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok)]), \
        Repeat(seconds: 2, script: [By(\"a\", [shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(nattch: 0))])]), \
        Together(turns: [\
        By(\"a\", [shmat(seg: \"s\", as: \"m\", expect: Ok), shmdt(map: \"m\", expect: Ok)]), \
        By(\"b\", [shmat(seg: \"s\", as: \"n\", expect: Ok)])]), \
        By(\"a\", [shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])";
    std::fs::write(&file, text).expect("written");
    file
}

/// Whether a process sleeps until others come.
fn waits_for_others(pid: i32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    call.starts_with(&format!("{} ", libc::SYS_futex))
}

/// A run of a file, which has begun.
fn start(file: &std::path::Path) -> Child {
    let file = file.to_str().expect("UTF-8");
    let mut command = shmproof(&["run", "--format", "json", "--step-timeout", STEP_TIMEOUT]);
    command.args(["--scenarios", file]).stdout(Stdio::piped());
    command.stderr(Stdio::null()).spawn().expect("it starts")
}

/// What its steps came to, where that was wrong.
fn wrong(mut run: Child) -> Vec<String> {
    let mut out = String::new();
    let told = run.stdout.as_mut().expect("piped");
    told.read_to_string(&mut out).expect("readable");
    assert_eq!(run.wait().expect("it ends").code(), Some(1), "{out}");
    let report: Value = serde_json::from_str(&out).expect("a report");
    let steps = &report["scenarios"][0]["cases"][0]["steps"];
    let steps = steps.as_array().expect("steps").iter();
    let text = |step: &Value, field: &str| step[field].as_str().unwrap_or_default().to_owned();
    steps
        .filter(|step| step["verdict"] != "pass")
        .map(|step| text(step, "actor") + ": " + &text(step, "observed"))
        .collect()
}

pub(super) fn a_racer_that_dies_on_its_way_keeps_nobody_waiting() {
    let before = machine();
    let mut run = start(&racers());
    // The worker, and whom it forked, in order.
    let (waits, dies) = loop {
        if let [_, a, b] = descendants(run.id())[..] {
            break (a, b);
        }
        assert!(run.try_wait().expect("a child").is_none(), "too soon over");
    };
    process::kill(dies, libc::SIGSTOP);
    while !waits_for_others(waits) {
        assert!(
            run.try_wait().expect("a child").is_none(),
            "stopped too late"
        );
        std::thread::yield_now();
    }
    process::kill(dies, libc::SIGKILL);
    assert_eq!(wrong(run), ["b: killed by SIGKILL"]);
    assert_eq!(machine(), before);
}
