//! What the things of a script are called in a sentence.

use super::flags::octal;
use crate::scenario::{At, Entry, Fill, Key, Place, Play, Range, Seg, Size};

/// The names of a play.
#[derive(Clone, Copy)]
pub(super) struct Names<'p>(pub(super) &'p Play);

impl Names<'_> {
    /// An actor.
    pub(super) fn actor(self, actor: usize) -> String {
        self.0.actors[actor].name.clone()
    }

    /// A segment, by the step that bound its name.
    pub(super) fn bound(self, by: usize) -> Option<String> {
        let segments = &self.0.names.segments;
        let (_, name) = segments.iter().find(|(step, _)| *step == by)?;
        Some(format!("`{name}`"))
    }

    /// A segment, by the name it was given first.
    pub(super) fn object(self, object: usize) -> String {
        self.bound(self.0.objects[object].born)
            .unwrap_or_else(|| "the segment".to_owned())
    }

    /// A mapping.
    pub(super) fn map(self, map: usize) -> String {
        format!("`{}`", self.0.names.maps[map])
    }

    /// An answer that is kept.
    pub(super) fn label(self, label: usize) -> String {
        format!("`{}`", self.0.labels[label])
    }

    /// What a call adds that keeps its answer.
    pub(super) fn keeps(self, label: Option<usize>) -> String {
        label.map_or_else(String::new, |label| {
            format!(", and keeps the answer as {}", self.label(label))
        })
    }

    /// A key.
    pub(super) fn key(self, key: Key) -> String {
        match key {
            Key::Private => "IPC_PRIVATE".to_owned(),
            Key::Unique(number) => format!("the key `{}`", self.0.names.keys[number]),
            Key::Raw(number) => format!("the key {number}"),
        }
    }

    /// What stands for a shmid, or for an index.
    pub(super) fn seg(self, seg: Seg) -> String {
        let bound = |by: usize| self.bound(by).unwrap_or_else(|| "the segment".to_owned());
        match seg {
            Seg::Bound { by, .. } => bound(by),
            Seg::IndexOf { by, .. } => format!("the index of {}", bound(by)),
            Seg::Stale { by, .. } => {
                format!("the index of {} with the next sequence number", bound(by))
            }
            Seg::Unused => "an index that is never used".to_owned(),
            Seg::Raw(number) => format!("shmid {number}"),
        }
    }

    /// The same where an index is asked for.
    pub(super) fn index(self, seg: Seg) -> String {
        match seg {
            Seg::Raw(number) => format!("index {number}"),
            seg => self.seg(seg),
        }
    }

    /// An address to ask for.
    pub(super) fn at(self, at: At) -> String {
        match at {
            At::Anywhere => "NULL".to_owned(),
            At::Aligned => "a free multiple of SHMLBA".to_owned(),
            At::Unaligned => "half a page above a free multiple of SHMLBA".to_owned(),
            At::PageAligned => "a page above a free multiple of SHMLBA".to_owned(),
            At::HugeAligned => "a free multiple of the size of a huge page".to_owned(),
            At::Freed(map) => format!("the address where {} was", self.map(map)),
            At::Over(map) => format!("the address where {} begins", self.map(map)),
            At::Inside(map, offset) => {
                format!("the address {offset} into {}", self.map(map))
            }
            At::Page0 => "address 1 in the first page".to_owned(),
            At::BelowStack => "an address just below the stack".to_owned(),
            At::AboveBreak => "the next multiple of SHMLBA above the program break".to_owned(),
            At::LastPage => "the last multiple of SHMLBA".to_owned(),
            At::PastEnd => "a multiple of SHMLBA past the end of user space".to_owned(),
            At::Raw(address) => format!("address {address:#x}"),
        }
    }

    /// A place in a mapping.
    pub(super) fn place(self, place: Place) -> String {
        let map = self.map(place.map);
        match place.offset {
            Size::Bytes(0) => format!("the start of {map}"),
            Size::Bytes(offset) => format!("offset {offset} of {map}"),
            offset => format!("the place {offset} into {map}"),
        }
    }

    /// A part of a mapping.
    pub(super) fn span(self, place: Place, length: Option<Size>) -> String {
        let map = self.map(place.map);
        let from = match place.offset {
            Size::Bytes(0) => String::new(),
            Size::Bytes(offset) => format!(" from offset {offset} on"),
            offset => format!(" from {offset} on"),
        };
        match length {
            None => format!("{map}{from}"),
            Some(length) if from.is_empty() => {
                let length = length.to_string();
                // Not the first 1 page.
                let length = length.strip_prefix("1 ").unwrap_or(&length);
                format!("the first {length} of {map}")
            }
            Some(length) => format!("{length} of {map}{from}"),
        }
    }

    /// As [`Self::span`].
    pub(super) fn range(self, range: Range) -> String {
        self.span(range.place, range.length)
    }
}

/// What memory holds.
pub(super) fn fill(fill: &Fill) -> String {
    match fill {
        Fill::Zeros => "zeros".to_owned(),
        Fill::Text(text) => format!("{text:?}"),
        Fill::Pattern(number) => format!("pattern {number}"),
        Fill::Code(number) => format!("code that returns {number}"),
    }
}

/// How a call enters the kernel, if that is said.
pub(super) fn entry(entry: Entry, thread: bool) -> String {
    let way = match entry {
        Entry::Direct => "",
        Entry::Ipc => ", by way of ipc(2)",
        Entry::Old => ", with the structures of before IPC_64",
        Entry::Libc => ", by the function of libc",
        Entry::Int80 => ", by int 0x80, as a 32-bit program",
    };
    let thread = if thread {
        ", from a thread of its own"
    } else {
        ""
    };
    format!("{way}{thread}")
}

/// Permission bits, as ls(1) and chmod(1) know them.
pub(super) fn mode(mode: u32) -> String {
    octal(u64::from(mode))
}
