//! Finds the frames in what a serial console delivered, and mends those that
//! a message of the kernel runs through.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::parse::{Intact, ends_in_part_of_marker, first_intact, has_marker};
use super::{printk, text};
use crate::report::record::Event;

/// Longest line that is kept, in bytes. A frame is as long as the description
/// of a scenario with all its cases, tens of KiB; a line that never ends is
/// not ours.
const LONGEST_LINE: usize = 1 << 20;

/// How many readings of an interrupted frame are tried. There is one unless the
/// event's own text looks like a time stamp.
const MOST_READINGS: usize = 16;

/// Something that the console said.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "most items are events, and none is kept for long"
)]
pub enum Item {
    /// An event, seen for the first time.
    Event {
        /// What tells its run from others.
        run: u16,
        /// Its number in the run, from 0.
        seq: u64,
        /// What it says.
        event: Event,
    },
    /// A complete line of other text, free of control characters, never empty.
    Console(String),
    /// A frame that could not be read, and why.
    Damaged(String),
}

/// Takes the console apart. Never waits and never fails; what it holds is bounded.
#[derive(Debug, Default)]
pub struct Reader {
    /// The line so far, without an end yet.
    line: Vec<u8>,
    /// The line is longer than [`LONGEST_LINE`], and the rest of it is dropped.
    dropping: bool,
    /// How the frame that a message interrupted may read so far, the likeliest
    /// first. Empty when there is none.
    readings: Vec<Reading>,
    /// The checksum of every event seen, by its run and number.
    seen: BTreeMap<(u16, u64), u32>,
    /// The run that is read; the first that comes.
    run: Option<u16>,
    /// Other runs are read as well.
    all: bool,
}

/// One reading of an interrupted frame.
#[derive(Debug, Default)]
struct Reading {
    /// What remains when the messages are cut out.
    text: Vec<u8>,
    /// Messages that were cut out but not handed over, because where they begin is not certain.
    held: Vec<Vec<u8>>,
}

impl Reading {
    fn size(&self) -> usize {
        self.text.len() + self.held.iter().map(Vec::len).sum::<usize>()
    }
}

impl Reader {
    /// A reader at the beginning of a console, or anywhere in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader of all runs of a log.
    #[cfg(feature = "host")]
    pub fn of_all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// Takes the next bytes, in pieces of any size, and returns what is complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Item> {
        let mut out = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ended) = piece
                .strip_suffix(b"\n")
                .map_or((piece, false), |text| (text, true));
            self.gather(text, &mut out);
            if ended {
                self.end_of_line(&mut out);
            }
        }
        out
    }

    /// The end of the console: returns what was still waited on.
    pub fn finish(&mut self) -> Vec<Item> {
        let mut out = Vec::new();
        self.end_of_line(&mut out);
        self.give_up(b"", "is cut off", &mut out);
        out
    }

    /// The run that is read, once something of it has come.
    pub fn run(&self) -> Option<u16> {
        self.run
    }

    /// The numbers of events of the run that did not arrive although later ones did.
    pub fn missing(&self) -> Vec<RangeInclusive<u64>> {
        let mut expected = 0;
        let mut gaps = Vec::new();
        for &(_, number) in self.seen.keys() {
            if number > expected {
                gaps.push(expected..=number - 1);
            }
            expected = number.saturating_add(1);
        }
        gaps
    }

    /// Another reader has handed over an event of the run.
    #[cfg(feature = "host")]
    pub fn note(&mut self, run: u16, seq: u64) {
        self.seen.insert((run, seq), 0);
    }

    /// How many bytes are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.line.len() + self.readings.iter().map(Reading::size).sum::<usize>()
    }

    fn gather(&mut self, text: &[u8], out: &mut Vec<Item>) {
        if self.dropping {
            return;
        }
        let room = LONGEST_LINE - self.line.len();
        self.line.extend_from_slice(&text[..text.len().min(room)]);
        if text.len() > room {
            self.give_up(b"", "does not check", out);
            out.push(damaged(&self.line, "a line does not end"));
            self.line = Vec::new();
            self.dropping = true;
        }
    }

    fn end_of_line(&mut self, out: &mut Vec<Item>) {
        if std::mem::take(&mut self.dropping) {
            return;
        }
        let line = std::mem::take(&mut self.line);
        let mut rest = &line[..];
        while let Some(frame) = first_intact(rest) {
            if frame.start > 0 || !self.readings.is_empty() {
                self.segment(&rest[..frame.start], false, out);
            }
            self.deliver(&frame, out);
            rest = &rest[frame.end..];
        }
        self.segment(rest, true, out);
    }

    /// Takes a piece of a line that holds no frame by itself. `ends_line`: its
    /// newline follows, which may belong to a message that the piece ends in.
    fn segment(&mut self, piece: &[u8], ends_line: bool, out: &mut Vec<Item>) {
        let cuts = printk::starts(piece);
        let cuts = if ends_line { &cuts[..] } else { &[] };
        if self.readings.is_empty() {
            self.fresh(piece, cuts, out);
        } else if self.complete(piece, ends_line, out) {
            // Delivered.
        } else if cuts.is_empty() {
            self.give_up(piece, "does not check", out);
        } else {
            self.readings = extend(&self.readings, piece, cuts, out);
            self.bound(out);
        }
    }

    /// Takes a piece while no frame is being waited for.
    fn fresh(&mut self, piece: &[u8], cuts: &[usize], out: &mut Vec<Item>) {
        let opens_frame = |text: &[u8]| has_marker(text) || ends_in_part_of_marker(text);
        let cuts: Vec<usize> = cuts
            .iter()
            .copied()
            .filter(|at| opens_frame(&piece[..*at]))
            .collect();
        if cuts.is_empty() {
            push_other(out, piece, "does not check");
        } else {
            self.readings = extend(&[Reading::default()], piece, &cuts, out);
        }
    }

    /// Whether `piece` is the end of the interrupted frame; if so, it is delivered.
    fn complete(&mut self, piece: &[u8], ends_line: bool, out: &mut Vec<Item>) -> bool {
        let with_piece = |reading: &Reading| [&reading.text, piece].concat();
        let is_it = |reading: &Reading| first_intact(&with_piece(reading)).is_some();
        let Some(index) = self.readings.iter().position(is_it) else {
            return false;
        };
        let reading = self.readings.swap_remove(index);
        self.readings.clear();
        push_held(out, &reading);
        let text = with_piece(&reading);
        if let Some(frame) = first_intact(&text) {
            push_other(out, &text[..frame.start], "does not check");
            self.deliver(&frame, out);
            self.segment(&text[frame.end..], ends_line, out);
        }
        true
    }

    /// Drops the interrupted frame, and says so.
    fn give_up(&mut self, piece: &[u8], why: &str, out: &mut Vec<Item>) {
        if self.readings.is_empty() {
            return push_other(out, piece, why);
        }
        let reading = std::mem::take(&mut self.readings).swap_remove(0);
        push_held(out, &reading);
        push_other(out, &[&reading.text, piece].concat(), why);
    }

    /// Keeps what is waited on below a limit.
    fn bound(&mut self, out: &mut Vec<Item>) {
        if self
            .readings
            .iter()
            .any(|reading| reading.size() > LONGEST_LINE)
        {
            self.give_up(b"", "does not end", out);
        }
    }

    fn deliver(&mut self, frame: &Intact<'_>, out: &mut Vec<Item>) {
        let (run, seq) = (frame.run, frame.number);
        if *self.run.get_or_insert(run) != run && !self.all {
            return out.push(Item::Damaged(format!("event {seq} is of another run")));
        }
        match self.seen.get(&(run, seq)) {
            Some(crc) if *crc == frame.crc => return,
            Some(_) => {
                return out.push(Item::Damaged(format!(
                    "event {seq} came twice, with different content"
                )));
            }
            None => {}
        }
        match serde_json::from_slice(frame.json) {
            Ok(event) => {
                self.seen.insert((run, seq), frame.crc);
                out.push(Item::Event { run, seq, event });
            }
            Err(error) => out.push(Item::Damaged(format!(
                "event {seq} arrived intact but is not understood, so the firmware is of another version: {error}"
            ))),
        }
    }
}

/// Every reading, continued by every way of cutting the message off `piece`.
fn extend(readings: &[Reading], piece: &[u8], cuts: &[usize], out: &mut Vec<Item>) -> Vec<Reading> {
    if let [at] = cuts {
        push_console(out, &piece[*at..]);
    }
    let cut = |reading: &Reading, at: usize| {
        let (text, message) = piece.split_at(at);
        let mut held = reading.held.clone();
        if cuts.len() > 1 {
            held.push(message.to_vec());
        }
        Reading {
            text: [&reading.text, text].concat(),
            held,
        }
    };
    let all = readings
        .iter()
        .flat_map(|reading| cuts.iter().map(|at| cut(reading, *at)));
    all.take(MOST_READINGS).collect()
}

/// Hands over the messages that were held back with a reading.
fn push_held(out: &mut Vec<Item>, reading: &Reading) {
    for message in &reading.held {
        push_console(out, message);
    }
}

/// Hands over text that is no frame: messages as lines of their own, and what
/// began like a frame as damaged.
fn push_other(out: &mut Vec<Item>, piece: &[u8], why: &str) {
    let (text, message) = piece.split_at(
        printk::starts(piece)
            .first()
            .copied()
            .unwrap_or(piece.len()),
    );
    if has_marker(text) {
        out.push(damaged(text, &format!("a frame {why}")));
    } else {
        push_console(out, text);
    }
    push_console(out, message);
}

fn push_console(out: &mut Vec<Item>, line: &[u8]) {
    let text = text::clean(line);
    if !text.is_empty() {
        out.push(Item::Console(text));
    }
}

fn damaged(line: &[u8], why: &str) -> Item {
    Item::Damaged(format!("{why}: {}", text::excerpt(line)))
}
