//! What becomes of the guest when we are killed: it must not outlive us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Instant;

use shmproof::boot::session::Outcome;
use shmproof::report::ending::Ending;

use crate::fake::{IN_SECOND_CASE, LONG, LONG_LIMITS, STAYS, boot, console};

/// Set in the environment of a process that boots a guest that stays, to be killed.
const VICTIM: &str = "SHMPROOF_TEST_VICTIM";

/// This test binary once more, with a guest that notes its process id in a file.
fn victim(test: &str) -> (Child, PathBuf) {
    let pid =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pid-{test}-{}", std::process::id()));
    drop(fs::remove_file(&pid));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(VICTIM, &pid)
        .spawn();
    (child.unwrap(), pid)
}

/// What the victim does; `None` in the parent.
fn as_victim() -> Option<Outcome> {
    let pid = std::env::var(VICTIM).ok()?;
    let then = format!("echo $$ >{pid}.new; mv {pid}.new {pid}; {STAYS}");
    Some(boot(
        "victim",
        &console()[..IN_SECOND_CASE].concat(),
        &then,
        LONG_LIMITS,
    ))
}

/// Waits until something is so; nothing announces it.
#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited for {what}");
        thread::yield_now();
    }
}

/// Sends `signal` to a victim whose guest runs, and returns the victim's end once the guest is gone.
fn kill(test: &str, signal: &str) -> ExitStatus {
    let (mut victim, pid) = victim(test);
    wait_until("the guest to start", || pid.exists());
    let guest = fs::read_to_string(&pid).unwrap();
    let status = Command::new("kill")
        .args([signal, &victim.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    let end = victim.wait().unwrap();
    let process = Path::new("/proc").join(guest.trim());
    wait_until("the guest to die", || {
        !process.exists() || is_zombie(&process)
    });
    end
}

/// Whether it is dead, and only its parent (a sloppy PID 1 of a container) has not looked yet.
fn is_zombie(process: &Path) -> bool {
    fs::read_to_string(process.join("stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn a_signal_ends_the_run_and_the_guest() {
    if let Some(outcome) = as_victim() {
        assert!(
            matches!(outcome.ending, Ending::Interrupted(_)),
            "{:?}",
            outcome.ending
        );
        return;
    }
    assert!(kill("killed::a_signal_ends_the_run_and_the_guest", "-TERM").success());
}

#[test]
fn the_guest_dies_with_us_even_if_we_are_killed() {
    if as_victim().is_some() {
        return;
    }
    assert!(
        !kill(
            "killed::the_guest_dies_with_us_even_if_we_are_killed",
            "-KILL"
        )
        .success()
    );
}
