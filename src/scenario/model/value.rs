//! Sizes, addresses, keys: what a call is given.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What sizes are counted in on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// Bytes a page (`AT_PAGESZ`).
    pub page: u64,
    /// `SHMLBA` of the kernel.
    pub shmlba: u64,
    /// Bytes a huge page; 0 where there are none.
    pub huge: u64,
    /// Largest `size_t`.
    pub size_max: u64,
    /// `kernel.shmmax` of a new namespace; 0 where it is unknown.
    pub shmmax: u64,
}

/// A number of bytes, as written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Size {
    /// So many.
    Bytes(u64),
    /// Pages, and some bytes more or less.
    Pages(u64, i64),
    /// Multiples of SHMLBA.
    Shmlba(u64),
    /// Huge pages, and some bytes more or less.
    HugePages(u64, i64),
    /// So much less than the largest `size_t`.
    SizeMaxMinus(u64),
    /// So much more than `kernel.shmmax`.
    ShmmaxPlus(u64),
}

impl Size {
    /// In bytes; `None` where the target has no such unit, or past the end of 64 bits.
    #[must_use]
    pub fn bytes(self, units: &Units) -> Option<u64> {
        match self {
            Self::Bytes(n) => Some(n),
            Self::Pages(n, more) => n.checked_mul(units.page)?.checked_add_signed(more),
            Self::Shmlba(n) => n.checked_mul(units.shmlba),
            Self::HugePages(..) if units.huge == 0 => None,
            Self::HugePages(n, more) => n.checked_mul(units.huge)?.checked_add_signed(more),
            Self::SizeMaxMinus(n) => units.size_max.checked_sub(n),
            Self::ShmmaxPlus(_) if units.shmmax == 0 => None,
            Self::ShmmaxPlus(n) => units.shmmax.checked_add(n),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = |f: &mut fmt::Formatter<'_>, more: i64| match more {
            0 => Ok(()),
            1.. => write!(f, " and {more} bytes"),
            _ => write!(f, " less {} bytes", more.unsigned_abs()),
        };
        match self {
            Self::Bytes(n) if *n >= 1 << 20 && n.is_multiple_of(1 << 20) => {
                write!(f, "{} MiB", n >> 20)
            }
            Self::Bytes(n) if *n >= 1 << 10 && n.is_multiple_of(1 << 10) => {
                write!(f, "{} KiB", n >> 10)
            }
            Self::Bytes(1) => f.write_str("1 byte"),
            Self::Bytes(n) => write!(f, "{n} bytes"),
            Self::Pages(1, extra) => f.write_str("1 page").and_then(|()| more(f, *extra)),
            Self::Pages(n, extra) => write!(f, "{n} pages").and_then(|()| more(f, *extra)),
            Self::Shmlba(n) => write!(f, "{n} SHMLBA"),
            Self::HugePages(1, extra) => f.write_str("1 huge page").and_then(|()| more(f, *extra)),
            Self::HugePages(n, extra) => write!(f, "{n} huge pages").and_then(|()| more(f, *extra)),
            Self::SizeMaxMinus(0) => f.write_str("SIZE_MAX"),
            Self::SizeMaxMinus(n) => write!(f, "SIZE_MAX - {n}"),
            Self::ShmmaxPlus(n) => write!(f, "kernel.shmmax + {n}"),
        }
    }
}

/// The first argument of shmget(2).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Key {
    /// `IPC_PRIVATE`
    Private,
    /// A fresh key in every case; equal numbers are equal keys.
    Unique(usize),
    /// Just this number.
    Raw(i32),
}

/// Which entry to the kernel a call takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub enum Entry {
    /// The system call of its own.
    #[default]
    Direct,
    /// `ipc(2)`, which 32-bit x86 has.
    Ipc,
    /// The layout of before IPC_64, which 32-bit ARM and x86 have.
    Old,
    /// The function of libc.
    Libc,
    /// The call of a 32-bit program, which 64-bit x86 has.
    Int80,
}

/// A shmid, or an index where the command takes one.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Seg {
    /// That of an object, as the step `by` got it.
    Bound {
        /// Index into [`Play::objects`](super::Play::objects).
        object: usize,
        /// The step that bound the name.
        by: usize,
    },
    /// The index of an object: the low fifteen bits of its shmid.
    IndexOf {
        /// As above.
        object: usize,
        /// As above.
        by: usize,
    },
    /// The shmid that the object's index had one sequence number later.
    Stale {
        /// As above.
        object: usize,
        /// As above.
        by: usize,
    },
    /// An index that is never used.
    Unused,
    /// Just this number.
    Raw(i32),
}

impl Seg {
    /// The object that is meant, and the step that bound its name.
    #[must_use]
    pub fn object(self) -> Option<(usize, usize)> {
        match self {
            Self::Bound { object, by }
            | Self::IndexOf { object, by }
            | Self::Stale { object, by } => Some((object, by)),
            Self::Unused | Self::Raw(_) => None,
        }
    }
}

/// An address to ask for; `S` is a size.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum At<S = Size> {
    /// NULL: the kernel chooses.
    Anywhere,
    /// A free address, a multiple of SHMLBA.
    Aligned,
    /// Half a page above a free multiple of SHMLBA.
    Unaligned,
    /// A page above a free multiple of SHMLBA.
    PageAligned,
    /// A free address, a multiple of the size of a huge page.
    HugeAligned,
    /// Where a mapping was that is gone, index into [`Play::maps`](super::Play::maps).
    Freed(usize),
    /// Where a mapping begins.
    Over(usize),
    /// So far into a mapping.
    Inside(usize, S),
    /// Address 1: NULL itself means anywhere.
    Page0,
    /// Just below the stack.
    BelowStack,
    /// Just above the program break.
    AboveBreak,
    /// The last multiple of SHMLBA, so that a segment wraps around.
    LastPage,
    /// A multiple of SHMLBA that user space does not have.
    PastEnd,
    /// Just this number.
    Raw(u64),
}

impl<S> At<S> {
    /// The mapping that it is told by.
    #[must_use]
    pub fn map(&self) -> Option<usize> {
        match self {
            Self::Freed(map) | Self::Over(map) | Self::Inside(map, _) => Some(*map),
            _ => None,
        }
    }
}

/// Where the third argument of shmctl(2) points.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Buf {
    /// To memory of ours.
    Good,
    /// To an address that is never mapped.
    Bad,
    /// Nowhere: NULL.
    Null,
    /// To a mapping.
    At(usize),
}

/// A place in a mapping; `S` is a size.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Place<S = Size> {
    /// Index into [`Play::maps`](super::Play::maps).
    pub map: usize,
    /// From its start.
    pub offset: S,
}

/// What memory is filled with.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Fill {
    /// Nothing but zeros.
    Zeros,
    /// These bytes.
    Text(String),
    /// Words that name their own place.
    Pattern(u32),
    /// Machine code that returns this number.
    Code(u8),
}
