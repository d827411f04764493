//! Watches what comes off a line from the target, be it a console or a connection, and
//! decides when the run is over and how it ended. Knows no process and no clock: both are
//! told to it.

pub mod console;
pub mod log;
mod place;
pub mod process;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use crate::report::ending::Ending;
use crate::report::frame::{Item, Reader};
use crate::report::record::{Done, Event};
use console::{LINUX, Meaning, meaning, message};
use place::place;

/// Console lines that are kept for the reader of a failure.
const TAIL: usize = 25;

/// Lines that are kept of a crash dump beyond that. Its beginning tells the most.
const DUMP_LINES: usize = 60;

/// Warnings that are kept. A kernel that has so many has said enough.
const SPLATS: usize = 100;

/// How long the rest of a crash dump is waited for. A kernel that panics says so
/// and resets, which ends QEMU; one that only oopses goes on.
const DUMP: Duration = Duration::from_secs(5);

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start to the first event.
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

/// What a run tells while it goes on.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A line of the console that is not ours.
    Console(&'a str),
    /// An event of the run.
    Event(&'a Event),
    /// A frame that could not be read, and why.
    Damaged(&'a str),
}

/// The state of a run as its line shows it.
#[derive(Debug)]
pub struct Watch {
    limits: Limits,
    /// Beginnings of messages that are no splat to the user.
    harmless: Vec<String>,
    reader: Reader,
    /// The kernel may speak on the line, too.
    console: bool,
    started: Instant,
    /// When the first event arrived.
    first: Option<Instant>,
    /// When the last event arrived.
    heard: Instant,
    crash: Option<Crash>,
    /// How many kernels have introduced themselves.
    boots: u32,
    /// How the run ended, once that was told.
    told: Option<Ending>,
    /// What came behind that.
    behind: Vec<Item>,
    /// Every event that arrived, in order.
    pub events: Vec<Event>,
    /// The last lines that are not ours, or those around a crash.
    pub tail: VecDeque<String>,
    /// Warnings of the kernel that were not declared harmless, each with its place in the run.
    pub splats: Vec<String>,
}

#[derive(Debug)]
struct Crash {
    /// The first line that told of it, and where the run was.
    text: String,
    /// When the rest of the dump is given up.
    until: Instant,
}

impl Watch {
    /// A watch over a run that starts now. Warnings of the kernel that contain one of
    /// `harmless` count for nothing.
    #[must_use]
    pub fn new(limits: Limits, harmless: Vec<String>, now: Instant) -> Self {
        Self {
            limits,
            harmless,
            reader: Reader::new(),
            console: true,
            started: now,
            first: None,
            heard: now,
            crash: None,
            boots: 0,
            told: None,
            behind: Vec::new(),
            events: Vec::new(),
            tail: VecDeque::new(),
            splats: Vec::new(),
        }
    }

    /// When [`Self::overdue`] will have something to say if nothing comes.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        let quiet = if self.events.is_empty() {
            self.started + self.limits.boot
        } else {
            self.heard + self.limits.progress
        };
        let deadline = quiet.min(self.started + self.limits.total);
        self.crash
            .as_ref()
            .map_or(deadline, |crash| crash.until.min(deadline))
    }

    /// Takes the next bytes of the line. Returns the ending if they bring one. Whoever goes on
    /// listening behind that has to [`finish`](Self::finish).
    pub fn push(
        &mut self,
        bytes: &[u8],
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        let items = self.reader.push(bytes);
        self.take_all(items, now, progress)
    }

    /// Takes what another reader has found in a log; as [`Self::push`].
    pub fn replay(
        &mut self,
        items: Vec<Item>,
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        for item in &items {
            if let Item::Event { run, seq, .. } = item {
                self.reader.note(*run, *seq);
            }
        }
        self.take_all(items, now, progress)
    }

    /// The run starts now, and not when the watch was made.
    pub fn begin(&mut self, now: Instant) {
        self.started = now;
        self.heard = now;
    }

    /// No line is the kernel's: what comes in between is the board's shell's.
    #[must_use]
    pub fn without_console(mut self) -> Self {
        self.console = false;
        self
    }

    fn take_all(
        &mut self,
        items: Vec<Item>,
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        let mut items = items.into_iter();
        if self.told.is_none() {
            self.told = items.find_map(|item| self.take(item, now, progress));
            self.behind.extend(items);
            return self.told.clone();
        }
        self.behind.extend(items);
        None
    }

    /// The ending, if time has run out.
    #[must_use]
    pub fn overdue(&self, now: Instant) -> Option<Ending> {
        if now < self.deadline() {
            return None;
        }
        let limits = &self.limits;
        Some(if let Some(crash) = &self.crash {
            whose(&crash.text)
        } else if now >= self.started + limits.total {
            Ending::Hung(format!(
                "the run did not end within {:?}; it stopped {}",
                limits.total,
                self.place()
            ))
        } else if self.events.is_empty() {
            Ending::Hung(format!("the target did not begin within {:?}", limits.boot))
        } else {
            Ending::Hung(format!(
                "nothing came for {:?}; the target stopped {}",
                limits.progress,
                self.place()
            ))
        })
    }

    /// The line has come to its end. Returns the ending, if that is known from what came. A
    /// kernel that crashed behind the last event has not passed.
    pub fn finish(
        &mut self,
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        let items = self.reader.finish();
        self.take_all(items, now, progress);
        for item in std::mem::take(&mut self.behind) {
            let Item::Console(line) = item else { continue };
            progress(Progress::Console(&line));
            if self.console && meaning(&line) == Some(Meaning::Boot) {
                // Another life of the machine.
                break;
            }
            self.line(&line, now);
            self.remember(line);
        }
        let crash = self.crash.as_ref().map(|crash| whose(&crash.text));
        crash.or_else(|| self.told.clone())
    }

    /// The ending of a run that the user has stopped.
    #[must_use]
    pub fn stopped(&self) -> Ending {
        Ending::Interrupted(format!("stopped by a signal {}", self.place()))
    }

    /// How long events have come, from the first to the last.
    #[must_use]
    pub fn span(&self) -> Duration {
        self.first
            .map_or(Duration::ZERO, |first| self.heard.duration_since(first))
    }

    /// Where in its plan the run stands.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.events)
    }

    fn take(
        &mut self,
        item: Item,
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        match item {
            Item::Event { event, .. } => {
                progress(Progress::Event(&event));
                self.first.get_or_insert(now);
                self.heard = now;
                let ending = if let Event::Done(done) = &event {
                    Some(self.done(done))
                } else {
                    None
                };
                self.events.push(event);
                ending
            }
            Item::Console(line) => {
                progress(Progress::Console(&line));
                let ending = self.line(&line, now);
                self.remember(line);
                ending
            }
            Item::Damaged(line) => {
                progress(Progress::Damaged(&line));
                self.remember(line);
                None
            }
        }
    }

    fn line(&mut self, line: &str, now: Instant) -> Option<Ending> {
        match meaning(line).filter(|_| self.console)? {
            Meaning::Crash => {
                self.crashed(line, now);
                None
            }
            Meaning::EndOfPanic => Some(whose(&self.crashed(line, now))),
            Meaning::Splat => {
                let text = message(line);
                let harmless = self
                    .harmless
                    .iter()
                    .any(|known| text.contains(known.as_str()));
                if !harmless && self.splats.len() < SPLATS {
                    self.splats.push(format!("{}: {text}", self.place()));
                }
                None
            }
            Meaning::Boot => {
                self.boots += u32::from(message(line).starts_with(LINUX));
                let again = self.boots > 1 || !self.events.is_empty();
                again.then(|| Ending::Crashed(format!("the machine reset {}", self.place())))
            }
        }
    }

    /// Notes that the kernel has crashed, in the words of the first line that tells so.
    fn crashed(&mut self, line: &str, now: Instant) -> String {
        let place = self.place();
        let crash = self.crash.get_or_insert_with(|| Crash {
            text: format!("the kernel crashed {place}: {}", message(line)),
            until: now + DUMP,
        });
        crash.text.clone()
    }

    fn done(&self, done: &Done) -> Ending {
        if let Some(crash) = &self.crash {
            return whose(&crash.text);
        }
        let arrived = self.events.len() as u64;
        let gaps = self.reader.missing();
        if arrived < done.events || !gaps.is_empty() {
            let missing: Vec<_> = gaps.iter().map(numbers).collect();
            return Ending::Lost(format!(
                "only {arrived} of {} events arrived before the last; the console lost {}",
                done.events,
                missing.join(", ")
            ));
        }
        done.broken.clone().map_or(Ending::Complete, Ending::Broken)
    }

    fn remember(&mut self, line: String) {
        if self.crash.is_some() {
            if self.tail.len() < TAIL + DUMP_LINES {
                self.tail.push_back(line);
            }
            return;
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }
}

fn numbers(gap: &RangeInclusive<u64>) -> String {
    let (first, last) = gap.clone().into_inner();
    if first == last {
        format!("number {first}")
    } else {
        format!("numbers {first} to {last}")
    }
}

/// Whose crash it was. The kernel panics when PID 1 dies, and PID 1 is ours.
fn whose(text: &str) -> Ending {
    if text.contains("Attempted to kill init") {
        return Ending::Broken(format!("our own init died; {text}"));
    }
    Ending::Crashed(text.to_owned())
}

#[cfg(test)]
mod tests;
