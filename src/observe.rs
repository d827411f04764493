//! What was seen when a step was taken. Plain data, without any opinion.

use crate::abi::{Death, Errno, Fields};

/// How many numbers of one answer can be told by something else that the run brought to
/// light; the checker allows no more.
pub const MOST_RELATIONS: usize = 16;

/// What one actor's step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// shmget returned a shmid; `known` is what the object had before, if anything.
    Id {
        /// The shmid.
        id: i32,
        /// The shmid that an earlier step got for the same object.
        known: Option<i32>,
        /// The other sides of the relations that the expectation names.
        against: [u64; MOST_RELATIONS],
    },
    /// A mapping was made at this address.
    Address {
        /// The address.
        address: u64,
        /// The address that was asked for; 0 if none.
        asked: u64,
    },
    /// Another call returned this.
    Returned(i64),
    /// The call failed.
    Failed(Errno),
    /// The call told numbers.
    Told {
        /// The numbers.
        fields: Fields,
        /// The other sides of the relations that the expectation names.
        against: [u64; MOST_RELATIONS],
    },
    /// There is nothing where it was looked for.
    Absent,
    /// A file has this line.
    Line(Line),
    /// The store completed.
    Stored,
    /// The load completed; the first place that differs from what it was compared
    /// with, if there is one.
    Loaded(Option<Difference>),
    /// The child lives.
    Forked,
    /// The process lives on as another program.
    Replaced,
    /// The clock shows another second.
    Ticked,
    /// So many observations of a group were such, of so many.
    Counted(u32, u32),
    /// The actor ended with this status.
    Exited(i32),
    /// The actor was killed; the reason is told where the kernel told it to us.
    Killed(Death),
    /// The actor had died before, unasked and between its steps; how.
    DeadBefore(String),
    /// The step did not return within so many seconds.
    TimedOut(u64),
    /// We lost sight of it: the harness failed, not the kernel.
    Lost(String),
}

impl Observation {
    /// An answer whose relations nobody has looked up yet.
    #[must_use]
    pub fn told(fields: Fields) -> Self {
        Self::Told {
            fields,
            against: [0; MOST_RELATIONS],
        }
    }

    /// A shmid of which nothing is known yet.
    #[must_use]
    pub fn id(id: i32) -> Self {
        Self::Id {
            id,
            known: None,
            against: [0; MOST_RELATIONS],
        }
    }
}

/// A line of text, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many bytes it has.
    pub length: u64,
    /// As many of them as there is room for; zeros behind its end.
    pub bytes: [u8; LONGEST_LINE],
}

/// The longest line that is compared; the checker allows no longer text.
pub const LONGEST_LINE: usize = 256;

impl Line {
    /// The line that reads so.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut bytes = [0; LONGEST_LINE];
        for (to, from) in bytes.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        let length = text.len() as u64;
        Self { length, bytes }
    }

    /// Whether it reads so.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.length == text.len() as u64 && self.shown() == text.as_bytes()
    }

    /// The bytes that there was room for.
    #[must_use]
    pub fn shown(&self) -> &[u8] {
        &self.bytes[..LONGEST_LINE.min(self.length as usize)]
    }
}

/// The bytes that there was room for, as text.
impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.shown()))
    }
}

/// Where memory, or a file, differs from what was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Bytes from the start of the attachment or file.
    pub offset: u64,
    /// How many of the bytes below count; none where a file ends too early.
    pub count: usize,
    /// What was there.
    pub seen: [u8; 16],
    /// What should have been.
    pub wanted: [u8; 16],
}

/// A stretch of time, as the other side of a relation tells it: the seconds since 1970 at
/// which it begins, and how many seconds it lasts.
#[must_use]
pub fn window(word: u64) -> (i64, i64) {
    // Forty-four bits of signed seconds reach half a million years; twenty of length, twelve days.
    let start = word as i64 >> LENGTH_BITS;
    (start, (word & ((1 << LENGTH_BITS) - 1)) as i64)
}

/// The reverse of [`window`].
#[must_use]
pub fn window_word(start: i64, end: i64) -> u64 {
    let longest = (1 << LENGTH_BITS) - 1;
    let length = end.saturating_sub(start).clamp(0, longest);
    (start << LENGTH_BITS | length) as u64
}

const LENGTH_BITS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::{window, window_word};

    #[test]
    fn a_window_survives_in_a_word() {
        for start in [0, 1, 1_764_000_000, 1 << 33, -1, -(1 << 31)] {
            assert_eq!(window(window_word(start, start + 9)), (start, 9));
        }
    }
}
