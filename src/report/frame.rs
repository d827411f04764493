//! Events on a serial line that others write to as well: writer and reader.
//!
//! ```text
//! @shm1 3e07:000017 5f3a91c2 {"ev":"case",…}
//! ```
//!
//! is a marker, what tells its run from others, the number of the event in it,
//! a CRC-32 of everything behind the marker but itself (`3e07:000017 {"ev":…}`),
//! and the event as JSON on one line. So a damaged event is noticed, a lost one
//! is missed by its number, pieces of two runs are never taken for one, and
//! whatever else the console says stays readable between the frames.
//!
//! A frame does not begin with a newline of its own. The reader finds the
//! marker anywhere in a line, so nothing is gained by one, and a log full of
//! blank lines would be the price.
//!
//! The kernel's messages share the line, and one may begin in the middle of a
//! frame: in 1200 frames under load 63 were hit. But printk writes each message
//! in one go, from its time stamp to its newline, so it can be cut out again.
//! [`Reader`] does that, and hands the messages over as console text.

mod crc;
mod parse;
mod printk;
mod reader;
mod text;

pub use parse::MARKER;
pub use reader::{Item, Reader};

use super::record::{Done, Event};

/// Numbers events and puts them into frames.
#[derive(Debug, Default)]
pub struct Writer {
    run: u16,
    /// The number of the next event.
    next: u64,
}

impl Writer {
    /// A writer whose first event has number 0, in a run that is told from others by `run`.
    #[must_use]
    pub fn new(run: u16) -> Self {
        Self { run, next: 0 }
    }

    /// The next frame: one line, newline included.
    pub fn frame(&mut self, event: &Event) -> String {
        let json =
            serde_json::to_string(event).expect("an event is made of strings, numbers and lists");
        let number = format!("{:04x}:{:06}", self.run, self.next);
        let crc = crc::crc32(format!("{number} {json}").as_bytes());
        self.next += 1;
        format!("{MARKER}{number} {crc:08x} {json}\n")
    }
}

/// The closing frame of a run that broke after these events, whose own did not come.
#[must_use]
pub fn closing(run: u16, events: &[Event], why: &str) -> String {
    let count = events.len() as u64;
    let is_case = |event: &&Event| matches!(event, Event::Case(_));
    let done = Done {
        events: count,
        cases: events.iter().filter(is_case).count() as u64,
        broken: Some(why.to_owned()),
    };
    // A frame that was cut short ends here.
    let frame = Writer { run, next: count }.frame(&Event::Done(done));
    format!("\n{frame}")
}

#[cfg(test)]
mod tests;
