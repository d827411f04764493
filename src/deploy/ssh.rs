//! The user's own ssh, over one connection that all commands share.

use super::address::Address;
use super::shell::script;
use crate::sys;
use crate::watch::process::{self, Answer, Patience, Unanswered};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// The status of an ssh that failed itself (ssh(1)).
pub(super) const FAILED: i32 = 255;

/// How long the end of the connection may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// How often a board is tried that does not answer.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Options that hold unless the user's own, which come first, say otherwise. A connection that
/// is silent for 20 seconds is lost.
const OPTIONS: &[&str] = &[
    "ServerAliveInterval=5",
    "ServerAliveCountMax=4",
    "ConnectTimeout=20",
];

/// Whatever the user's configuration says. ssh's complaints are what we go by; the next three
/// are what scp does itself; and a connection that we share is ours, for we close it.
const ALWAYS: &[&str] = &[
    "LogLevel=INFO",
    "ClearAllForwardings=yes",
    "RemoteCommand=none",
    "RequestTTY=no",
    "ControlMaster=auto",
    "ControlPersist=60",
];

/// What only old servers offer, and the options by which it is allowed.
const OLD: &[(&str, &[&str])] = &[
    (
        "host key type",
        &["HostKeyAlgorithms", "PubkeyAcceptedAlgorithms"],
    ),
    ("key exchange method", &["KexAlgorithms"]),
    ("cipher", &["Ciphers"]),
    ("MAC", &["MACs"]),
];

/// The way to one board.
#[derive(Debug)]
pub struct Ssh {
    /// The board.
    pub address: Address,
    options: Vec<String>,
    /// Old algorithms that were allowed, as options.
    old: Vec<String>,
    control: PathBuf,
    batch: bool,
}

impl Ssh {
    /// The way to a board, with the options of ssh that the user gave. `control` is the socket
    /// of the connection. With `batch` nobody is asked for a password.
    #[must_use]
    pub fn new(address: Address, options: &[String], control: PathBuf, batch: bool) -> Self {
        // scp's -p is something else.
        let port = options.iter().position(|option| option == "-p");
        let mut options = options.to_vec();
        if let Some(at) = port.filter(|at| at + 1 < options.len()) {
            options[at] = "-o".to_owned();
            options[at + 1] = format!("Port={}", options[at + 1]);
        }
        if batch {
            options.extend(["-o".to_owned(), "BatchMode=yes".to_owned()]);
        }
        Self {
            address,
            options,
            old: Vec::new(),
            control,
            batch,
        }
    }

    /// The options of both ssh and scp.
    pub(super) fn options(&self) -> Vec<String> {
        let mut all = Vec::new();
        // ssh takes the first value that it is given.
        let control = format!("ControlPath={}", self.control.display());
        let always = ALWAYS.iter().map(|option| (*option).to_owned());
        for option in always.chain([control]) {
            all.extend(["-o".to_owned(), option]);
        }
        if let Some(port) = self.address.port {
            all.extend(["-o".to_owned(), format!("Port={port}")]);
        }
        all.extend(self.options.iter().cloned());
        let ours = OPTIONS.iter().map(|option| (*option).to_owned());
        for option in ours.chain(self.old.iter().cloned()) {
            all.extend(["-o".to_owned(), option]);
        }
        all
    }

    /// ssh with a script for the board's shell.
    pub(super) fn command(&self, text: &str) -> Command {
        let mut command = Command::new("ssh");
        command.arg("-T").args(self.options()).args([
            "--",
            &self.address.destination,
            &script(text),
        ]);
        command
    }

    /// Has a script run, with something to read, for at most so long.
    ///
    /// # Errors
    ///
    /// A sentence, when the connection fails or we are asked to stop.
    pub(super) fn ask(
        &self,
        text: &str,
        input: Option<Vec<u8>>,
        patience: Patience,
    ) -> Result<Answer, String> {
        let answer = answer(self.command(text), input, patience)?;
        if answer.exit.code == Some(FAILED) {
            return Err(advise(&answer.exit.complaints, &self.address));
        }
        Ok(answer)
    }

    /// The same of a board that may still be booting, which nothing but trying tells.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(super) fn ask_again(&self, text: &str, most: Duration) -> Result<Answer, String> {
        let deadline = Instant::now() + most;
        loop {
            let tried = Instant::now();
            let answer = self.ask(text, None, Patience::For(most));
            if answer.is_ok() || Instant::now() >= deadline || sys::interrupt::seen() {
                return answer;
            }
            std::thread::park_timeout(TRY_AGAIN.saturating_sub(tried.elapsed()));
        }
    }

    /// The same for the first time, when ssh may ask the user for a password. A board of old
    /// that knows only algorithms which ssh no longer uses by itself is met half-way, and the
    /// user is told.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(super) fn first(
        &mut self,
        text: &str,
        most: Duration,
        tell: &mut dyn FnMut(String),
    ) -> Result<Answer, String> {
        let patience = if self.batch {
            Patience::For(most)
        } else {
            Patience::Endless
        };
        loop {
            let answer = answer(self.command(text), None, patience)?;
            if answer.exit.code != Some(FAILED) {
                return Ok(answer);
            }
            let why = &answer.exit.complaints;
            let known = |option: &String| self.old.contains(option);
            match old_offer(why) {
                Some((what, options)) if !options.iter().any(known) => {
                    tell(format!(
                        "the board is old: {what}, which ssh no longer uses by itself; allowed for this run"
                    ));
                    self.old.extend(options);
                }
                _ => return Err(advise(why, &self.address)),
            }
        }
    }

    /// Closes the connection that the commands shared.
    pub fn close(&self) {
        let mut command = Command::new("ssh");
        command
            .args(self.options())
            .args(["-O", "exit", "--", &self.address.destination]);
        // There may be none any more.
        drop(answer(command, None, Patience::Regardless(GOODBYE)));
    }
}

/// Runs a program of the ssh family to its end.
pub(super) fn answer(
    command: Command,
    input: Option<Vec<u8>>,
    patience: Patience,
) -> Result<Answer, String> {
    log::debug!("{command:?}");
    let program = command.get_program().to_string_lossy().into_owned();
    let answer = process::answer(command, input, patience).map_err(|why| match why {
        Unanswered::NotRun(error) => {
            format!("cannot run {program}: {error}; install it (Debian: openssh-client)")
        }
        Unanswered::Overdue(patience) => format!("the board did not answer within {patience:?}"),
        Unanswered::Stopped => "stopped on request".to_owned(),
    })?;
    log::debug!("{}: {}", answer.exit.text, answer.output);
    Ok(answer)
}

/// What an old server offers, in words and as options that allow it.
fn old_offer(complaint: &str) -> Option<(String, Vec<String>)> {
    let (_, rest) = complaint.split_once("no matching ")?;
    let (what, offer) = rest.split_once(" found. Their offer: ")?;
    let offer = offer.lines().next().unwrap_or_default().trim();
    // Not algorithms, but what else is said in their place.
    let marks = ["kex-strict-", "ext-info-"];
    let is_mark = |name: &&str| marks.iter().any(|mark| name.starts_with(mark));
    let offer: Vec<&str> = offer.split(',').filter(|name| !is_mark(name)).collect();
    let offer = offer.join(",");
    let (_, names) = OLD.iter().find(|(kind, _)| *kind == what)?;
    let options = names
        .iter()
        .map(|name| format!("{name}=+{offer}"))
        .collect();
    Some((format!("its {what} is {offer}"), options))
}

/// What ssh complains of, and what to do about it.
fn advise(complaint: &str, address: &Address) -> String {
    const ADVICE: &[(&str, &str)] = &[
        (
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "if the board was flashed anew, forget its old key: ssh-keygen -R HOST",
        ),
        (
            "Host key verification failed",
            "connect once by hand, or add -o StrictHostKeyChecking=accept-new",
        ),
        (
            "Permission denied",
            "copy your key there (ssh-copy-id), or name it with -i",
        ),
        (
            "Connection refused",
            "does the board run an ssh server, and on this port?",
        ),
        ("Could not resolve", "is the name right?"),
        ("timed out", "is the board on, and in this network?"),
        ("No route to host", "is the board on, and in this network?"),
    ];
    let mut lines = complaint.lines().map(str::trim);
    let last = lines.rfind(|line| !line.is_empty());
    let last = last.unwrap_or("the connection was lost");
    let known = ADVICE.iter().find(|(text, _)| complaint.contains(text));
    let advice = known.map_or(String::new(), |(_, advice)| format!("; {advice}"));
    if last.starts_with("ssh: ") {
        return format!("{last}{advice}");
    }
    format!("ssh {}: {last}{advice}", address.destination)
}

#[cfg(test)]
mod tests {
    use super::{Address, advise, old_offer};

    #[test]
    fn an_old_server_is_met_half_way() {
        let complaint = "Unable to negotiate with 127.0.0.1 port 22: no matching host key type \
                         found. Their offer: ssh-rsa,ssh-dss,ext-info-s\r\n";
        let (what, options) = old_offer(complaint).expect("old");
        assert_eq!(what, "its host key type is ssh-rsa,ssh-dss");
        assert_eq!(
            options,
            [
                "HostKeyAlgorithms=+ssh-rsa,ssh-dss",
                "PubkeyAcceptedAlgorithms=+ssh-rsa,ssh-dss"
            ]
        );
        assert_eq!(old_offer("Connection refused"), None);
    }

    #[test]
    fn complaints_come_with_advice() {
        let address = Address::parse("root@board").expect("good");
        let told = advise("root@board: Permission denied (publickey).\r\n", &address);
        assert!(
            told.starts_with("ssh root@board: root@board: Permission denied"),
            "{told}"
        );
        assert!(told.ends_with("or name it with -i"), "{told}");
        assert_eq!(
            advise("", &address),
            "ssh root@board: the connection was lost"
        );
    }
}
