//! Runs on a board that do not end as they should.

use super::server::{Board, Server, USUAL, USUALLY};
use super::{Came, Scratch, Underway, came, firmware, run, text};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};

/// Long enough to be cut short.
fn endless(server: &Server, firmware: &str) -> Command {
    server.deploy(&[
        "--firmware",
        firmware,
        "board",
        "--",
        "hello",
        "one_creator",
        "--effort",
        "100000",
    ])
}

/// No process of the run goes on.
fn nothing_runs(server: &Server) {
    let pattern = format!("{}/.*shmproof run", text(&server.tmp()));
    let runs = || run(Command::new("pgrep").args(["-f", &pattern])).code == Some(0);
    while runs()
        || std::fs::read_dir(server.tmp())
            .expect("there")
            .next()
            .is_some()
    {
        std::thread::yield_now();
    }
}

pub(super) fn a_lost_connection_is_told_with_what_was_learnt() {
    // A login shell that talks is no other boot.
    let config = [
        "Subsystem sftp internal-sftp",
        &*format!("ForceCommand echo welcome; {USUALLY}"),
    ];
    let board = Board {
        config: &config,
        ..USUAL
    };
    let (firmware, server) = (firmware(), Server::start("lost", &board));
    let underway = Underway::past_the_first_scenario(&mut endless(&server, &firmware));
    server.cut();
    let came: Came = underway.ends();
    came.to(
        3,
        &[
            "BROKEN: the connection was lost, in scenario `one_creator`",
            "did not reboot",
        ],
    );
    assert!(came.err.contains("pass   hello"), "{}", came.err);
    nothing_runs(&server);
}

/// What hangs is looked at before it is ended.
pub(super) fn what_a_silent_board_does_is_told() {
    // In place of the firmware, a program that never begins.
    let command = "$(printf %s \"$SSH_ORIGINAL_COMMAND\" | sed 's,^./shmproof run .*,sleep 20,')";
    let config = [
        "Subsystem sftp internal-sftp",
        &*format!("ForceCommand sh -c \"{command}\""),
    ];
    let board = Board {
        config: &config,
        ..USUAL
    };
    let (firmware, server) = (firmware(), Server::start("silent", &board));
    let deploy = ["--timeout-factor", "0.01", "--firmware", &firmware];
    let args = [&deploy[..], &["board", "--", "hello"]].concat();
    let words = [
        "HUNG: the target did not begin",
        "on the board: process ",
        ", sleep: S (sleeping); syscall ",
    ];
    run(&mut server.deploy(&args)).to(124, &words);
}

pub(super) fn a_stop_on_request_leaves_nothing() {
    let (firmware, server) = (firmware(), Server::start("stop", &USUAL));
    let underway = Underway::past_the_first_scenario(&mut endless(&server, &firmware));
    run(Command::new("kill").args(["-TERM", &underway.child.id().to_string()]));
    underway.ends().to(
        130,
        &["INTERRUPTED: stopped by a signal in scenario `one_creator`"],
    );
    nothing_runs(&server);
}

/// Deploys `hello` to a board whose answers go through this.
#[track_caller]
fn filtered(name: &str, filter: &str, code: i32, words: &[&str]) {
    let script = format!("{USUALLY} | {filter}");
    let (server, firmware) = Server::forced(name, &script);
    let came = run(&mut server.hello(&firmware));
    came.to(code, words);
    server.has_nothing_left();
}

pub(super) fn a_board_that_dies_behind_the_last_event_has_not_passed() {
    let words = [
        "BROKEN: the firmware ended before its time, behind the last event",
        "exit status: 0",
    ];
    filtered("dies", "grep -v '^shmproof: status'; exit 0", 3, &words);
    let dies = "sed '/ev.:.done/q5' || exit 255";
    let words = [
        "BROKEN: the connection was lost, behind the last event",
        "did not reboot",
    ];
    filtered("lost-late", dies, 3, &words);
}

pub(super) fn what_the_board_does_not_say_to_be_clean_is_cleaned() {
    // Nothing is removed by the one command, and all by the next.
    let forgets = "sed '/^shmproof: clean/d'";
    filtered("forgets", forgets, 0, &["PASS: "]);
    let script = format!(
        "case \"$SSH_ORIGINAL_COMMAND\" in *'rm -rf'*'shmproof run'*) \
         sh -c \"$(printf %s \"$SSH_ORIGINAL_COMMAND\" | sed 's/rm -rf/false/g')\";; *) {USUALLY};; esac"
    );
    let (server, firmware) = Server::forced("unclean", &script);
    run(&mut server.hello(&firmware)).to(0, &["PASS: "]);
    server.has_nothing_left();
}

pub(super) fn a_status_that_the_events_do_not_explain_is_no_pass() {
    let words = ["BROKEN: the firmware ended with status 4, of which its events know nothing"];
    filtered(
        "status",
        "sed '/^shmproof: status 0/{s/0/4/;q4}'",
        3,
        &words,
    );
}

pub(super) fn a_kernel_that_complains_meanwhile_has_not_passed() {
    let taint = "shmproof: taint 0 512";
    let filter = format!("sed '/^shmproof: status/i {taint}'");
    let words = [
        "WARNED: ",
        "the kernel's taint went from 0 to 512 in the run",
    ];
    filtered("taint", &filter, 5, &words);
    let warning = "[    9.0] WARNING: at ipc/shm.c:1";
    let filter = format!("sed '/^shmproof: status/i {warning}'");
    // No kernel speaks over ssh: that was a login shell.
    filtered("warning", &filter, 0, &["PASS: "]);
}

/// Something that never ends by itself, and says when it has begun.
struct Stuck {
    scratch: Scratch,
}

impl Stuck {
    fn new(name: &str) -> Self {
        let scratch = Scratch::new(name);
        for pipe in ["begun", "end"] {
            run(Command::new("mkfifo").arg(scratch.path(pipe))).to(0, &[]);
        }
        Self { scratch }
    }

    fn script(&self) -> String {
        let (begun, end) = (self.scratch.path("begun"), self.scratch.path("end"));
        format!("echo >{}; exec cat {}", text(&begun), text(&end))
    }

    /// Stops a command once it is stuck there; returns what it came to.
    fn stop(&self, command: &mut Command) -> Came {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = child.spawn().expect("it starts");
        std::fs::read(self.scratch.path("begun")).expect("it has begun");
        run(Command::new("kill").args(["-TERM", &child.id().to_string()]));
        let output = child.wait_with_output().expect("it ends");
        // Without waiting for somebody who reads.
        let end = std::fs::OpenOptions::new()
            .write(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(self.scratch.path("end"));
        drop(end);
        came(&output)
    }
}

pub(super) fn a_stop_while_files_are_brought_over_leaves_nothing() {
    let stuck = Stuck::new("copying");
    let stays = stuck.script();
    let script = format!(
        "case \"$SSH_ORIGINAL_COMMAND\" in *'cat >'*|*'gzip -dc'*) {stays};; *) {USUALLY};; esac"
    );
    let (server, firmware) = Server::forced("stop-copy", &script);
    let came = stuck.stop(&mut server.hello(&firmware));
    came.to(130, &["INTERRUPTED: stopped by a signal"]);
    server.has_nothing_left();
}

/// A board has all its time once the firmware is there.
pub(super) fn a_long_build_is_no_hang_of_the_board() {
    let (firmware, server) = (firmware(), Server::start("long-build", &USUAL));
    let scratch = Scratch::new("long-build-script");
    let builder = scratch.path("builder");
    // Longer than a tenth of the 120 seconds in which a run must begin.
    let script = format!("#!/bin/sh\nsleep 13\necho '{firmware}'\n");
    std::fs::write(&builder, script).expect("written");
    run(Command::new("chmod").arg("755").arg(&builder)).to(0, &[]);
    let deploy = ["--timeout-factor", "0.1", "--builder", text(&builder)];
    let args = [&deploy[..], &["board", "--", "hello"]].concat();
    run(&mut server.deploy(&args)).to(0, &["PASS: 6 steps in 1 case"]);
}

pub(super) fn a_stop_does_not_wait_for_a_build() {
    let server = Server::start("stop-build", &USUAL);
    let stuck = Stuck::new("building");
    let builder = stuck.scratch.path("builder");
    std::fs::write(&builder, format!("#!/bin/sh\n{}\n", stuck.script())).expect("written");
    run(Command::new("chmod").arg("755").arg(&builder)).to(0, &[]);
    let args = ["--builder", text(&builder), "board", "--", "hello"];
    let came = stuck.stop(&mut server.deploy(&args));
    came.to(130, &["INTERRUPTED: stopped by a signal"]);
    server.has_nothing_left();
}
