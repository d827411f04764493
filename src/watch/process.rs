//! QEMU or ssh as a process: its output as a stream of pieces, its complaints, its end.

use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys;

/// How many pieces of output may wait for us before the process has to.
const BACKLOG: usize = 64;

/// Bytes of a piece: what a pipe holds.
const PIECE: usize = 64 * 1024;

/// How many bytes of its standard error are kept, of which the first and the last are told.
const COMPLAINTS: usize = 1024 * 1024;

/// How many these are, each.
const TOLD: usize = 4 * 1024;

/// How often we look whether the user wants us to stop.
const TICK: Duration = Duration::from_millis(100);

/// How long a process may take to end after it closed its output or was
/// killed. One that a hanging KVM holds in the kernel may never end; it is then
/// left alone.
const PATIENCE: Duration = Duration::from_secs(3);

/// A process at work. It dies with this value, and with us.
#[derive(Debug)]
pub struct Process {
    pid: i32,
    console: Receiver<Vec<u8>>,
    complaints: Receiver<Vec<u8>>,
    end: Receiver<ExitStatus>,
    /// It has ended, so its number may be another's by now.
    ended: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit status, if it has one.
    pub code: Option<i32>,
    /// `ended with exit status: 1: ` and what it wrote to standard error.
    pub text: String,
    /// What it wrote to standard error.
    pub complaints: String,
}

/// What the console delivers next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Some bytes.
    Bytes(Vec<u8>),
    /// Nothing within the time.
    Silence,
    /// The user wants us to stop.
    Stopped,
    /// Nothing ever again.
    End,
}

impl Process {
    /// Starts it. It dies with the thread that calls this, even by SIGKILL.
    ///
    /// # Errors
    ///
    /// When it cannot be run.
    pub fn start(command: Command) -> io::Result<Self> {
        Self::fed(command, None)
    }

    /// The same with something to read on its standard input.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn fed(mut command: Command, input: Option<Vec<u8>>) -> io::Result<Self> {
        let stdin = input.as_ref().map_or_else(Stdio::null, |_| Stdio::piped());
        command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        sys::guard::die_with_parent(&mut command);
        let mut child = command.spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            // It may end without reading it all, which its exit status tells.
            thread::spawn(move || stdin.write_all(&input));
        }
        let pid = i32::try_from(child.id()).expect("a process id is a pid_t");

        // A thread each: a pipe cannot be waited on with a deadline, nor a process.
        let (console_sender, console) = sync_channel(BACKLOG);
        let (complaints_sender, complaints) = channel();
        let (end_sender, end) = channel();
        thread::spawn(move || stdout.map(|stdout| forward(stdout, &console_sender)));
        thread::spawn(move || stderr.map(|stderr| excerpt(stderr, &complaints_sender)));
        thread::spawn(move || child.wait().map(|status| end_sender.send(status)));
        Ok(Self {
            pid,
            console,
            complaints,
            end,
            ended: false,
        })
    }

    /// The next piece of console, waited for until `deadline`.
    pub fn next(&self, deadline: Instant) -> Next {
        match self.console.recv_timeout(until(deadline)) {
            Ok(bytes) => Next::Bytes(bytes),
            Err(RecvTimeoutError::Timeout) => Next::Silence,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }

    /// The same, for as long as the user does not want us to stop.
    pub fn next_unless_stopped(&self, deadline: Instant) -> Next {
        loop {
            if sys::interrupt::seen() {
                return Next::Stopped;
            }
            match self.next(deadline.min(Instant::now() + TICK)) {
                Next::Silence if Instant::now() < deadline => {}
                next => return next,
            }
        }
    }

    /// Asks it to end, which ssh uses to give the terminal back its echo.
    fn terminate(&mut self) {
        sys::process::kill(self.pid, libc::SIGTERM);
        self.wait();
    }

    /// Waits for the end that the end of the console announces.
    pub fn exit(&mut self) -> Exit {
        let status = self.wait();
        let complaints = self.complaints();
        let text = status.map_or("closed its output but does not end".to_owned(), |status| {
            format!("ended with {status}")
        });
        Exit {
            code: status.and_then(|status| status.code()),
            text: match complaints.as_str() {
                "" => text,
                complaints => format!("{text}: {complaints}"),
            },
            complaints,
        }
    }

    fn wait(&mut self) -> Option<ExitStatus> {
        let status = self.end.recv_timeout(PATIENCE).ok();
        self.ended |= status.is_some();
        status
    }

    /// What it wrote to standard error.
    fn complaints(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut bytes = Vec::new();
        while let Ok(piece) = self.complaints.recv_timeout(until(deadline)) {
            bytes.extend(piece);
        }
        ends(String::from_utf8_lossy(&bytes).trim())
    }
}

/// The text without its middle, if it is long.
fn ends(text: &str) -> String {
    if text.len() <= 2 * TOLD {
        return text.to_owned();
    }
    let first = text.floor_char_boundary(TOLD);
    let last = text.ceil_char_boundary(text.len() - TOLD);
    format!("{}\n[...]\n{}", &text[..first], &text[last..])
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended && self.end.try_recv().is_err() {
            sys::process::kill(self.pid, libc::SIGKILL);
            self.wait();
        }
    }
}

/// How long a command may take.
#[derive(Clone, Copy, Debug)]
pub enum Patience {
    /// So long, unless the user wants us to stop.
    For(Duration),
    /// As long as the user wants.
    Endless,
    /// So long, whatever the user wants: to clean up.
    Regardless(Duration),
}

/// What a command came to.
pub struct Answer {
    /// How it ended.
    pub exit: Exit,
    /// What it wrote to standard output.
    pub output: String,
}

impl Answer {
    /// Whether it ended with 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit.code == Some(0)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// The command could not be run.
    NotRun(io::Error),
    /// It took too long, and was ended.
    Overdue(Duration),
    /// The user wanted us to stop, and it was ended.
    Stopped,
}

/// Runs a command to its end, with something to read on its standard input.
///
/// # Errors
///
/// Why it did not come to that.
pub fn answer(
    command: Command,
    input: Option<Vec<u8>>,
    patience: Patience,
) -> Result<Answer, Unanswered> {
    /// Longer than anybody waits.
    const EVER: Duration = Duration::from_secs(1 << 30);
    let mut process = Process::fed(command, input).map_err(Unanswered::NotRun)?;
    let (most, stoppable) = match patience {
        Patience::For(most) => (most, true),
        Patience::Endless => (EVER, true),
        Patience::Regardless(most) => (most, false),
    };
    let deadline = Instant::now() + most;
    let mut output = Vec::new();
    loop {
        let next = if stoppable {
            process.next_unless_stopped(deadline)
        } else {
            process.next(deadline)
        };
        let why = match next {
            Next::Bytes(bytes) => {
                output.extend(bytes);
                continue;
            }
            Next::End => break,
            Next::Silence => Unanswered::Overdue(most),
            Next::Stopped => Unanswered::Stopped,
        };
        process.terminate();
        return Err(why);
    }
    Ok(Answer {
        exit: process.exit(),
        output: String::from_utf8_lossy(&output).into_owned(),
    })
}

fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// Passes on everything, as fast as it is taken, until there is no more or nobody listens.
fn forward(source: impl Read, sender: &SyncSender<Vec<u8>>) {
    each_piece(source, |piece| sender.send(piece.to_vec()).is_ok());
}

/// Passes on the beginning, but takes everything, lest the writer blocks.
fn excerpt(source: impl Read, sender: &Sender<Vec<u8>>) {
    let mut room = COMPLAINTS;
    each_piece(source, |piece| {
        let kept = &piece[..piece.len().min(room)];
        room -= kept.len();
        kept.is_empty() || sender.send(kept.to_vec()).is_ok()
    });
}

/// Hands over `source` piece by piece until it ends or is no longer wanted.
fn each_piece(mut source: impl Read, mut wanted: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; PIECE];
    loop {
        match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if !wanted(&buffer[..length]) {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TOLD, ends};

    #[test]
    fn of_long_complaints_the_first_and_the_last_are_told() {
        assert_eq!(ends("short"), "short");
        let long = format!("first{}last", "é".repeat(2 * TOLD));
        let told = ends(&long);
        assert!(told.len() <= 2 * TOLD + 16, "{}", told.len());
        assert!(
            told.starts_with("first") && told.ends_with("last"),
            "{told}"
        );
        assert!(told.contains("\n[...]\n"), "{told}");
    }
}
