//! One run in QEMU, from its start to the verdict on how it ended.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::process::{Next, Process};
use super::qemu::{self, Config};
use super::watch::Watch;
use crate::report::ending::Ending;
use crate::report::record::Event;
use crate::sys;

/// How often we look whether the user wants us to stop.
const TICK: Duration = Duration::from_millis(100);

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of QEMU to the first event.
    pub boot: Duration,
    /// From one event to the next.
    pub progress: Duration,
    /// The whole run.
    pub total: Duration,
}

impl Default for Limits {
    /// Ample for TCG on a busy machine: the slowest guest boots in 10 s there.
    fn default() -> Self {
        Self {
            boot: Duration::from_secs(120),
            progress: Duration::from_secs(60),
            total: Duration::from_secs(900),
        }
    }
}

impl Limits {
    /// All of them `factor` times as long.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let scale = |limit: Duration| {
            Duration::try_from_secs_f64(limit.as_secs_f64() * factor).unwrap_or(limit)
        };
        Self {
            boot: scale(self.boot),
            progress: scale(self.progress),
            total: scale(self.total),
        }
    }
}

/// What the caller may ask of a run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How long things may take.
    pub limits: Limits,
    /// Where the whole console goes, byte for byte.
    pub console_log: Option<PathBuf>,
    /// Parts of kernel warnings that are to be let pass.
    pub harmless: Vec<String>,
}

/// What a run tells while it goes on.
#[derive(Debug)]
pub enum Progress<'a> {
    /// QEMU has been started.
    Started {
        /// Its command line.
        command: &'a [String],
        /// How the guest's instructions are run.
        accel: &'a str,
    },
    /// A line of the console that is not ours.
    Console(&'a str),
    /// An event of the run.
    Event(&'a Event),
    /// A frame that could not be read, and why.
    Damaged(&'a str),
}

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Every event that arrived, in order.
    pub events: Vec<Event>,
    /// The last lines of the console, or those around a crash.
    pub tail: Vec<String>,
    /// Warnings of the kernel that were not declared harmless, each with its place in the run.
    pub splats: Vec<String>,
    /// How the guest's instructions were run, and why so.
    pub accel: String,
    /// What `qemu --version` says on its first line.
    pub qemu_version: String,
    /// From the start of QEMU to the last event, or to the ending, in seconds.
    pub seconds: f64,
    /// From the first event to the last, in seconds.
    pub run_seconds: f64,
    /// QEMU's command line.
    pub command: Vec<String>,
}

/// Boots, listens, and stops the guest as soon as it has said everything.
pub fn run(config: &Config, options: &Options, progress: &mut dyn FnMut(Progress<'_>)) -> Outcome {
    sys::interrupt::install();
    let command = qemu::command(config);
    let qemu_version = version(&command[0]);
    let started = Instant::now();
    let mut seconds = 0.0;
    let mut watch = Watch::new(options.limits, options.harmless.clone(), started);

    let begun = open_log(options).and_then(|log| {
        let process = Process::start(&command);
        process
            .map(|process| (log, process))
            .map_err(|error| not_started(config, &command[0], &error))
    });
    let ending = match begun {
        Err(why) => Ending::NotStarted(why),
        Ok((log, mut process)) => {
            progress(Progress::Started {
                command: &command,
                accel: &config.accel.text,
            });
            let ending = listen(&mut process, log, &mut watch, progress);
            // The clock stops here, before QEMU is stopped as well.
            seconds = started.elapsed().as_secs_f64();
            ending
        }
    };
    Outcome {
        ending,
        run_seconds: watch.span().as_secs_f64(),
        events: watch.events,
        tail: watch.tail.into(),
        splats: watch.splats,
        accel: config.accel.text.clone(),
        qemu_version,
        seconds,
        command,
    }
}

/// Listens until the run is over.
fn listen(
    process: &mut Process,
    mut log: Option<File>,
    watch: &mut Watch,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Ending {
    loop {
        let next = process.next(watch.deadline().min(Instant::now() + TICK));
        if sys::interrupt::seen() {
            return Ending::Interrupted(format!("stopped by a signal {}", watch.place()));
        }
        let now = Instant::now();
        let ending = match next {
            Next::Bytes(bytes) => {
                keep(&mut log, &bytes);
                watch.push(&bytes, now, progress)
            }
            Next::Silence => None,
            Next::End => Some(watch.ended(&process.exit(), now, progress)),
        };
        if let Some(ending) = ending.or_else(|| watch.overdue(now)) {
            return ending;
        }
    }
}

/// Writes to the log, as long as that works.
fn keep(log: &mut Option<File>, bytes: &[u8]) {
    if let Some(file) = log
        && let Err(error) = file.write_all(bytes)
    {
        log::warn!("the rest of the console is not written to its file: {error}");
        *log = None;
    }
}

fn open_log(options: &Options) -> Result<Option<File>, String> {
    let Some(path) = &options.console_log else {
        return Ok(None);
    };
    File::create(path)
        .map(Some)
        .map_err(|error| format!("cannot write the console to {}: {error}", path.display()))
}

/// Why QEMU could not be run, and what to do about it.
fn not_started(config: &Config, program: &str, error: &io::Error) -> String {
    let advice = if error.kind() == io::ErrorKind::NotFound {
        format!(
            "; on Debian, apt-get install --no-install-recommends {}",
            config.guest.qemu_package
        )
    } else {
        String::new()
    };
    format!("cannot run {program}: {error}{advice}")
}

/// The first line of `qemu --version`, or why there is none.
fn version(program: &str) -> String {
    match Command::new(program).arg("--version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or("unknown")
            .to_owned(),
        Err(error) => format!("unknown: {error}"),
    }
}
