//! `shmproof deploy` and scripts/deploy.sh against real ssh servers: OpenSSH's on the
//! loopback, and dropbear on an ARM board in QEMU.
#![expect(clippy::print_stderr, reason = "what is skipped is said")]

mod arm;
mod collect;
mod ends;
mod places;
mod reports;
mod server;
mod ways;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

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
fn firmware() -> Option<String> {
    let firmware = std::env::var("SHMPROOF_FIRMWARE").ok();
    if firmware.is_none() {
        skip("scripts/test.sh builds the firmware");
    }
    firmware
}

/// The firmware for the board in QEMU.
fn arm_firmware() -> Option<String> {
    let guests = std::env::var("SHMPROOF_GUESTS").unwrap_or_default();
    let line = guests.lines().find(|line| line.starts_with("arm "));
    let firmware = line.and_then(|line| line.rsplit(' ').next());
    if firmware.is_none() {
        skip("scripts/test.sh builds the firmware for the ARM board");
    }
    firmware.map(ToOwned::to_owned)
}

fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "CI must not skip: {why}");
    eprintln!("SKIP: {why}");
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
