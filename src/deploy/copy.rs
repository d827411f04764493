//! Three ways to bring a file to a board.

use super::place::{Place, Print};
use super::shell::{quoted, said};
use super::ssh::{Ssh, answer};
use super::survey::{PATIENCE, Survey};
use crate::sys;
use crate::watch::process::{Answer, Exit, Patience};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How long a copy may take: a megabyte at 9600 baud.
const COPY: Patience = Patience::For(Duration::from_secs(1200));

/// A way to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// scp(1), which has spoken SFTP since OpenSSH 9.0.
    Scp,
    /// `scp -O`: the protocol of old, for boards with an scp of their own but no sftp-server.
    ScpLegacy,
    /// Through the shell, for boards with neither.
    Stream,
}

impl Way {
    /// The names, as `--copy` takes them.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("scp", Self::Scp),
        ("scp-legacy", Self::ScpLegacy),
        ("stream", Self::Stream),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::ScpLegacy => "scp -O",
            Self::Stream => "ssh",
        }
    }
}

/// Brings the firmware to its place, by the first of the ways that works, and sees that it is
/// whole and runs. Returns the way's name.
///
/// # Errors
///
/// What is wrong with each way, or with the firmware on this board.
pub(super) fn firmware(
    ssh: &Ssh,
    survey: &Survey,
    place: &Place,
    (file, bytes): (&Path, &[u8]),
    ways: &[Way],
    tell: &mut dyn FnMut(String),
) -> Result<&'static str, String> {
    let print = Print::of(bytes);
    let mut failed = Vec::new();
    for way in ways {
        if sys::interrupt::seen() {
            break;
        }
        let copied = match way {
            Way::Scp => scp(ssh, place, file, false),
            Way::ScpLegacy if survey.talks => Err(Refused::Way(
                "it would wait for ever behind what the login shell says".to_owned(),
            )),
            Way::ScpLegacy => scp(ssh, place, file, true),
            Way::Stream => stream(ssh, survey, place, bytes),
        };
        match copied.and_then(|()| check(ssh, place, &print)) {
            Ok(()) => return Ok(way.name()),
            Err(Refused::Firmware(why)) => return Err(why),
            Err(Refused::Way(why)) => {
                let why = format!("{}: {why}", way.name());
                if way != ways.last().unwrap_or(way) {
                    tell(format!("no copy by {why}"));
                }
                failed.push(why);
            }
        }
    }
    Err(format!(
        "the firmware could not be copied to {}: {}",
        place.path,
        failed.join("; ")
    ))
}

/// Why a copy was not taken.
enum Refused {
    /// Another way may do better.
    Way(String),
    /// It came over, but is of no use here.
    Firmware(String),
}

fn scp(ssh: &Ssh, place: &Place, file: &Path, legacy: bool) -> Result<(), Refused> {
    let mut command = Command::new("scp");
    command.args(["-q", "-C"]);
    if legacy {
        command.arg("-O");
    }
    // The protocol of old hands it to the board's shell.
    let path = if legacy {
        place.firmware()
    } else {
        format!("{}/shmproof", place.path)
    };
    let target = format!("{}:{path}", ssh.address.for_scp());
    command.args(ssh.options()).arg("--").arg(file).arg(target);
    arrived(answer(command, None, COPY))
}

fn stream(ssh: &Ssh, survey: &Survey, place: &Place, bytes: &[u8]) -> Result<(), Refused> {
    let packed = survey.has("gzip");
    let bytes = if packed { gzip(bytes) } else { bytes.to_vec() };
    let unpack = if packed { "gzip -dc" } else { "cat" };
    let script = format!("{unpack} >{}", place.firmware());
    arrived(ssh.ask(&script, Some(bytes), COPY))
}

fn arrived(answer: Result<Answer, String>) -> Result<(), Refused> {
    match answer {
        Ok(answer) if answer.succeeded() => Ok(()),
        Ok(answer) => Err(Refused::Way(complaint(&answer.exit))),
        Err(why) => Err(Refused::Way(why)),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let done = packed.write_all(bytes).and_then(|()| packed.finish());
    done.expect("memory takes what is written to it")
}

/// Whether what arrived is what was sent, and whether the board's kernel runs it.
fn check(ssh: &Ssh, place: &Place, print: &Print) -> Result<(), Refused> {
    let (same, firmware) = (print.function(), place.firmware());
    let script = format!(
        "{same}same {firmware}\n[ $? -ne 1 ] || {{ say damaged; exit; }}\n\
         chmod 700 {firmware} && why=$({firmware} --version 2>&1)\nsay \"ran $? $why\""
    );
    let answer = ssh.ask(&script, None, PATIENCE).map_err(Refused::Way)?;
    // A login shell may say anything.
    let ours = |line: &&str| *line == "damaged" || line.starts_with("ran ");
    let told = answer.output.lines().filter_map(said).find(ours);
    let told = told.unwrap_or("ran ? it says nothing");
    if told.starts_with("ran 0 shmproof ") {
        return Ok(());
    }
    if told == "damaged" {
        return Err(Refused::Way(
            "not all of it arrived (is the disk full?)".to_owned(),
        ));
    }
    let why = told.splitn(3, ' ').nth(2).unwrap_or(told);
    Err(Refused::Firmware(format!(
        "the board does not run the firmware: {why}; is it of another architecture?"
    )))
}

/// Brings scenario files, which are texts, to the place.
///
/// # Errors
///
/// Why that does not work.
pub(super) fn scenarios(ssh: &Ssh, place: &str, files: &[(String, String)]) -> Result<(), String> {
    let directory = format!("{place}/scenarios");
    let mut script = format!(
        "set -e\numask 077\nmkdir {1}\nmkdir {0}\ncd {0}\n",
        quoted(&directory),
        quoted(place)
    );
    for (name, text) in files {
        // Not found in any of them: it has the length of the text in it.
        let end = format!("end-of-{}-{name}", text.len())
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        script.push_str(&format!(
            "cat >{} <<'{end}'\n{text}{newline}{end}\n",
            quoted(name)
        ));
    }
    let answer = ssh.ask("exec sh -s", Some(script.into_bytes()), COPY)?;
    if answer.succeeded() {
        return Ok(());
    }
    let why = complaint(&answer.exit);
    Err(format!(
        "the scenarios could not be copied to {directory}: {why}"
    ))
}

/// What a program complained of, in one line.
fn complaint(exit: &Exit) -> String {
    let lines = exit.complaints.lines().map(str::trim);
    let known = |line: &&str| line.is_empty() || line.starts_with("Warning: Permanently added");
    let lines: Vec<&str> = lines.filter(|line| !known(line)).collect();
    if lines.is_empty() {
        return exit.text.clone();
    }
    lines.join("; ")
}
