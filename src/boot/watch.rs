//! Watches what comes off the console, and decides when the run is over and how
//! it ended. Knows no process and no clock: both are told to it.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::console::{LINUX, Meaning, meaning, message};
use super::place::place;
use super::process::Exit;
use super::session::{Limits, Progress};
use crate::report::ending::Ending;
use crate::report::frame::{Item, Reader};
use crate::report::record::{Done, Event};

/// Console lines that are kept for the reader of a failure.
const TAIL: usize = 25;

/// Lines that are kept of a crash dump beyond that. Its beginning tells the most.
const DUMP_LINES: usize = 60;

/// Warnings that are kept. A kernel that has so many has said enough.
const SPLATS: usize = 100;

/// How long the rest of a crash dump is waited for. A kernel that panics says so
/// and resets, which ends QEMU; one that only oopses goes on.
const DUMP: Duration = Duration::from_secs(5);

/// The state of a run as its console shows it.
#[derive(Debug)]
pub(super) struct Watch {
    limits: Limits,
    /// Beginnings of messages that are no splat to the user.
    harmless: Vec<String>,
    reader: Reader,
    started: Instant,
    /// When the first event arrived.
    first: Option<Instant>,
    /// When the last event arrived.
    heard: Instant,
    crash: Option<Crash>,
    /// How many kernels have introduced themselves.
    boots: u32,
    pub(super) events: Vec<Event>,
    pub(super) tail: VecDeque<String>,
    pub(super) splats: Vec<String>,
}

#[derive(Debug)]
struct Crash {
    /// The first line that told of it, and where the run was.
    text: String,
    /// When the rest of the dump is given up.
    until: Instant,
}

impl Watch {
    pub(super) fn new(limits: Limits, harmless: Vec<String>, now: Instant) -> Self {
        Self {
            limits,
            harmless,
            reader: Reader::new(),
            started: now,
            first: None,
            heard: now,
            crash: None,
            boots: 0,
            events: Vec::new(),
            tail: VecDeque::new(),
            splats: Vec::new(),
        }
    }

    /// When [`Self::overdue`] will have something to say if nothing comes.
    pub(super) fn deadline(&self) -> Instant {
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

    /// Takes the next bytes of the console. Returns the ending if they bring one.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Ending> {
        let items = self.reader.push(bytes);
        items
            .into_iter()
            .find_map(|item| self.take(item, now, progress))
    }

    /// The ending, if time has run out.
    pub(super) fn overdue(&self, now: Instant) -> Option<Ending> {
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
            Ending::Hung(format!(
                "the guest did not reach our init within {:?}",
                limits.boot
            ))
        } else {
            Ending::Hung(format!(
                "nothing came for {:?}; the guest stopped {}",
                limits.progress,
                self.place()
            ))
        })
    }

    /// The ending of a run whose QEMU has ended by itself.
    pub(super) fn ended(
        &mut self,
        exit: &Exit,
        now: Instant,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Ending {
        let items = self.reader.finish();
        if let Some(ending) = items
            .into_iter()
            .find_map(|item| self.take(item, now, progress))
        {
            return ending;
        }
        if let Some(crash) = &self.crash {
            return whose(&crash.text);
        }
        match (self.events.is_empty(), exit.code == Some(0)) {
            (true, true) => Ending::NotStarted(format!(
                "the guest never reached our init: it reset or powered off, and QEMU {}",
                exit.text
            )),
            (true, false) => Ending::NotStarted(format!("QEMU {}", exit.text)),
            (false, true) => Ending::Crashed(format!(
                "the guest reset or powered off in mid-run, {}",
                self.place()
            )),
            (false, false) => Ending::Lost(format!(
                "QEMU itself failed in mid-run, {}: it {}",
                self.place(),
                exit.text
            )),
        }
    }

    /// How long events have come, from the first to the last.
    pub(super) fn span(&self) -> Duration {
        self.first
            .map_or(Duration::ZERO, |first| self.heard.duration_since(first))
    }

    /// Where in its plan the run stands.
    pub(super) fn place(&self) -> String {
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
        match meaning(line)? {
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
