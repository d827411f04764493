//! QEMU as a process: its console as a stream of pieces, its complaints, its end.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys;

/// How many pieces of console may wait for us before QEMU has to.
const BACKLOG: usize = 64;

/// Bytes of a piece: what a pipe holds.
const PIECE: usize = 64 * 1024;

/// How much of QEMU's standard error is kept.
const COMPLAINTS: usize = 8 * 1024;

/// How long a process may take to end after it closed its output or was
/// killed. One that a hanging KVM holds in the kernel may never end; it is then
/// left alone.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often the end of a process is looked for: std has no wait with a deadline.
const TICK: Duration = Duration::from_millis(5);

/// QEMU at work. It dies with this value, and with us.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    console: Receiver<Vec<u8>>,
    complaints: Receiver<Vec<u8>>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exit {
    /// Its exit status, if it has one.
    pub(super) code: Option<i32>,
    /// `ended with exit status: 1: ` and what it wrote to standard error.
    pub(super) text: String,
}

/// What the console delivers next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Some bytes.
    Bytes(Vec<u8>),
    /// Nothing within the time.
    Silence,
    /// Nothing ever again.
    End,
}

impl Process {
    /// Starts it. It dies with the thread that calls this, even by SIGKILL.
    pub(super) fn start(line: &[String]) -> io::Result<Self> {
        let (program, arguments) = line.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        sys::guard::die_with_parent(&mut command);
        let mut child = command.spawn()?;
        let console = forward(child.stdout.take());
        let complaints = forward(child.stderr.take());
        Ok(Self { child, console, complaints })
    }

    /// The next piece of console, waited for until `deadline`.
    pub(super) fn next(&self, deadline: Instant) -> Next {
        match self.console.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => Next::Bytes(bytes),
            Err(RecvTimeoutError::Timeout) => Next::Silence,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }

    /// Waits for the end that the end of the console announces.
    pub(super) fn exit(&mut self) -> Exit {
        let status = self.wait();
        let text = status.map_or("closed its output but does not end".to_owned(), |status| format!("ended with {status}"));
        Exit { code: status.and_then(|status| status.code()), text: text + &self.complaints() }
    }

    fn wait(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(TICK);
        }
        None
    }

    /// `: ` and what it wrote to standard error, or nothing.
    fn complaints(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut bytes = Vec::new();
        while let Ok(piece) = self.complaints.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            bytes.extend(piece.into_iter().take(COMPLAINTS.saturating_sub(bytes.len())));
        }
        let text = String::from_utf8_lossy(&bytes);
        if text.trim().is_empty() { String::new() } else { format!(": {}", text.trim()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It fails when the process has ended already, which is as good.
        drop(self.child.kill());
        self.wait();
    }
}

/// A thread that passes on what `source` delivers, until it ends or nobody listens.
fn forward(source: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(BACKLOG);
    if let Some(source) = source {
        thread::spawn(move || pump(source, &sender));
    }
    receiver
}

fn pump(mut source: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut buffer = vec![0; PIECE];
    loop {
        match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        }
    }
}
