//! How files wait otherwise than for an event.

use crate::source::closing;
use std::collections::BTreeSet;

/// Names of what sleeps, polls or spins.
const WORDS: &[&str] = &[
    "clock_nanosleep",
    "epoll_wait",
    "nanosleep",
    "park_timeout",
    "poll",
    "ppoll",
    "pselect",
    "recv_timeout",
    "sched_yield",
    "select",
    "sigtimedwait",
    "sleep",
    "sleep_ms",
    "sleep_until",
    "spin_loop",
    "try_lock",
    "try_recv",
    "try_wait",
    "usleep",
    "wait_timeout",
    "wait_timeout_while",
    "WNOHANG",
    "yield_now",
];

/// A deadline that each round of a loop sets anew.
const ROUNDS: &str = "a deadline for each round";

/// A loop whose body is empty.
const EMPTY: &str = "an empty loop";

/// Who may, and why.
pub(crate) const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "cmd/collect.rs",
        ROUNDS,
        "looks whether we are to stop, which may come before the wait",
    ),
    (
        "cmd/run.rs",
        ROUNDS,
        "looks whether we are to stop, which may come before the wait",
    ),
    (
        "suite/aside.rs",
        ROUNDS,
        "looks whether we are to stop, which may come before the wait",
    ),
    (
        "watch/process.rs",
        ROUNDS,
        "looks whether we are to stop: no signal ends a wait for a thread",
    ),
    (
        "suite/aside.rs",
        EMPTY,
        "the condition waits for bytes, with a deadline, and reads them",
    ),
    (
        "init/mod.rs",
        EMPTY,
        "the condition reaps one process each time, and none is waited for",
    ),
    (
        "report/frame/text.rs",
        EMPTY,
        "the condition takes a piece of the text each time",
    ),
    (
        "deploy/ssh.rs",
        "park_timeout",
        "nothing but trying tells whether a board has booted",
    ),
    (
        "exec/isolation.rs",
        "yield_now",
        "no event tells that the kernel has freed a namespace; has a deadline",
    ),
    (
        "exec/actor.rs",
        "yield_now",
        "no event tells that the kernel has settled; has a deadline",
    ),
    (
        "sys/gate.rs",
        "spin_loop",
        "a race: who wakes up late does not meet the others",
    ),
    (
        "sys/gate.rs",
        "sched_yield",
        "a race: others may need this CPU to arrive",
    ),
    (
        "sys/gate.rs",
        "yield_now",
        "a race: others may need this CPU to arrive",
    ),
    (
        "sys/stream.rs",
        "spin_loop",
        "a race: the reader is to meet the writer's stores",
    ),
    (
        "sys/stream.rs",
        "yield_now",
        "a race: the writer may need this CPU",
    ),
    (
        "sys/process.rs",
        "sched_yield",
        "no event tells that the kernel has done with a thread",
    ),
    (
        "sys/process.rs",
        "WNOHANG",
        "waitpid(2) as it is; who calls it in a loop reaps the dead",
    ),
    (
        "sys/clock.rs",
        "poll",
        "the step `Tick`: the next second is what is waited for",
    ),
    ("sys/time64.rs", "poll", "ppoll(2) as it is"),
    ("sys/time64.rs", "ppoll", "ppoll(2) as it is"),
    (
        "sys/wait.rs",
        "poll",
        "the one place that waits for a descriptor, with a deadline",
    ),
    (
        "sys/wait.rs",
        "ppoll",
        "the one place that waits for a descriptor, with a deadline",
    ),
    (
        "watch/process.rs",
        "recv_timeout",
        "waits for a thread's message, with a deadline",
    ),
    (
        "watch/process.rs",
        "try_recv",
        "asks once, when we let go of a process",
    ),
];

/// How this code waits.
pub(crate) fn ways(code: &[String]) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = code
        .iter()
        .filter(|token| WORDS.contains(&token.as_str()))
        .map(String::as_str)
        .collect();
    for (at, token) in code.iter().enumerate() {
        if token != "loop" && token != "while" {
            continue;
        }
        let Some(length) = code[at..].iter().position(|token| token == "{") else {
            continue;
        };
        let end = closing(code, at + length);
        if end == at + length + 1 {
            found.insert(EMPTY);
        }
        let later = ["Instant", "::", "now", "(", ")", "+"];
        if code[at..end].windows(later.len()).any(|part| part == later) {
            found.insert(ROUNDS);
        }
    }
    found
}

#[test]
fn every_way_to_wait_is_seen() {
    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let tokens = crate::source::tokens(text);
        assert_eq!(
            ways(&tokens).into_iter().collect::<Vec<_>>(),
            expect,
            "{text}"
        );
    }
    check("std::thread::sleep(x);", &["sleep"]);
    check("use std::thread::sleep as nap;", &["sleep"]);
    check("thread::park_timeout(x);", &["park_timeout"]);
    check("while !flag { std::hint::spin_loop(); }", &["spin_loop"]);
    check(
        "loop { if child.try_wait().is_ok() { break } }",
        &["try_wait"],
    );
    check("libc::poll(null, 0, 10)", &["poll"]);
    check("while !flag.load(SeqCst) {}", &[EMPTY]);
    check("loop { wait(fd, Instant::now() + GLANCE) }", &[ROUNDS]);
    check(
        "let until = Instant::now() + MOST; loop { wait(fd, until) }",
        &[],
    );
    check("asleep(1); // sleep(1)", &[]);
    check("wait(\"sleep(1)\");", &[]);
}
