//! `shmproof deploy` and scripts/deploy.sh against real ssh servers: OpenSSH's on the
//! loopback, and dropbear on an ARM board in QEMU.

mod arm;
mod collect;
mod ends;
mod places;
mod reports;
#[path = "../runner/mod.rs"]
mod runner;
mod server;
mod ways;

use runner::{missing, tests};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitCode, Output, Stdio};

fn main() -> ExitCode {
    runner::run(tests![
        arm::an_arm_board_with_dropbear_and_busybox,
        collect::every_report_comes_out_of_a_captured_log,
        collect::what_terminals_do_to_lines_does_no_harm,
        collect::of_several_runs_the_last_counts_and_any_can_be_had,
        collect::a_run_without_its_beginning_is_none_of_the_run_before,
        collect::frames_that_nobody_takes_are_told,
        collect::what_is_not_there_is_no_pass,
        collect::standard_input_is_read_as_a_file_is,
        collect::a_line_that_never_ends_is_left_when_nothing_follows_the_run,
        collect::a_pipe_is_listened_to_until_the_run_is_over,
        ends::a_lost_connection_is_told_with_what_was_learnt,
        ends::what_a_silent_board_does_is_told,
        ends::a_stop_on_request_leaves_nothing,
        ends::a_board_that_dies_behind_the_last_event_has_not_passed,
        ends::what_the_board_does_not_say_to_be_clean_is_cleaned,
        ends::a_status_that_the_events_do_not_explain_is_no_pass,
        ends::a_kernel_that_complains_meanwhile_has_not_passed,
        ends::a_stop_while_files_are_brought_over_leaves_nothing,
        ends::a_long_build_is_no_hang_of_the_board,
        ends::a_stop_does_not_wait_for_a_build,
        places::kept_firmware_is_not_sent_again_unless_it_has_changed,
        places::scenario_files_go_with_the_firmware,
        places::a_place_with_any_name_is_left_as_it_was,
        places::what_a_login_shell_says_is_no_place,
        reports::failures_come_home_with_their_exit_code_and_in_every_format,
        reports::several_boards_run_side_by_side_and_are_told_in_a_table,
        reports::what_makes_no_sense_is_refused_before_anything_is_done,
        ways::scp_is_taken_where_it_works,
        ways::without_sftp_the_protocol_of_old_is_taken,
        ways::without_any_scp_the_firmware_goes_through_the_shell,
        ways::what_a_board_must_have_is_named,
        ways::a_board_with_old_algorithms_is_met_half_way,
        ways::options_of_ssh_are_handed_on,
        ways::what_cannot_be_reached_is_told_with_advice,
        ways::a_connection_of_the_users_own_is_left_alone,
    ])
}

/// What a command came to.
struct Came {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Came {
    #[track_caller]
    fn to(&self, code: i32, words: &[&str]) -> &Self {
        let all = format!("{}\n{}", self.err, self.out);
        assert_eq!(self.code, Some(code), "{all}");
        for word in words {
            assert!(all.contains(word), "no {word:?} in:\n{all}");
        }
        self
    }

    #[track_caller]
    fn says_nothing_of(&self, word: &str) {
        assert!(!self.err.contains(word), "{}", self.err);
    }
}

fn run(command: &mut Command) -> Came {
    came(&command.output().expect("it starts"))
}

fn came(output: &Output) -> Came {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Came {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

fn shmproof(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmproof"));
    command
        .args(args)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The firmware that scripts/test.sh has built for this machine.
fn firmware() -> String {
    std::env::var("SHMPROOF_FIRMWARE")
        .unwrap_or_else(|_| missing("scripts/test.sh builds the firmware"))
}

/// The firmware for the board in QEMU.
fn arm_firmware() -> String {
    let guests = std::env::var("SHMPROOF_GUESTS").unwrap_or_default();
    let line = guests.lines().find(|line| line.starts_with("arm "));
    let firmware = line.and_then(|line| line.rsplit(' ').next());
    firmware.map_or_else(
        || missing("scripts/test.sh builds the firmware for the ARM board"),
        ToOwned::to_owned,
    )
}

/// A directory of this test's own, gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("deploy-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A deploy under way, of which the test has heard so much.
struct Underway {
    child: Child,
    lines: BufReader<ChildStderr>,
    heard: String,
}

impl Underway {
    /// Starts it, and returns when a scenario has run.
    fn past_the_first_scenario(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let lines = BufReader::new(child.stderr.take().expect("piped"));
        let mut underway = Self {
            child,
            lines,
            heard: String::new(),
        };
        while !underway.heard.contains("\npass ") {
            let count = underway.lines.read_line(&mut underway.heard);
            assert_ne!(count.expect("text"), 0, "{}", underway.heard);
        }
        underway
    }

    fn ends(mut self) -> Came {
        let mut err = self.heard;
        while self.lines.read_line(&mut err).is_ok_and(|count| count > 0) {}
        let output = self.child.wait_with_output().expect("it ends");
        Came {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err,
        }
    }
}
