//! What is mapped, where, and how.

use crate::scenario::model::{At, Place, Size};
use serde::{Deserialize, Serialize};

/// What is mapped, where, and how.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Mapping<S = Size, R = Range> {
    /// mmap(2), fixed unless anywhere.
    Map {
        /// Where.
        at: At<S>,
        /// The mapping whose file is mapped, from its start and shared; `None` is private
        /// memory.
        of: Option<usize>,
        /// How long.
        length: S,
        /// What may be done with it.
        prot: i32,
        /// The name it gets, index into [`Play::maps`](crate::scenario::Play::maps).
        binds: usize,
    },
    /// fsync(2) of the file behind a mapping.
    Fsync(usize),
    /// ftruncate(2) of the file behind a mapping.
    Ftruncate(usize, S),
    /// mprotect(2)
    Protect(R, i32),
    /// munmap(2)
    Unmap(R),
    /// mseal(2)
    Seal(R),
    /// mremap(2)
    Remap {
        /// What is moved.
        range: R,
        /// Its new length.
        length: S,
        /// MREMAP_*.
        flags: i32,
        /// Where to, with MREMAP_FIXED.
        to: At<S>,
        /// The name that the result gets.
        binds: Option<usize>,
    },
    /// madvise(2)
    Advise(R, i32),
    /// msync(2): MS_*
    Sync(R, i32),
    /// mbind(2): range, mode, mask of nodes.
    Bind(R, i32, u64),
    /// get_mempolicy(2) of a place: its policy, or the node of its page.
    GetPolicy(Place<S>, bool),
    /// remap_file_pages(2): range and page offset.
    RemapFilePages(R, u64),
    /// mlockall(2)
    LockAll(i32),
    /// munlockall(2)
    UnlockAll,
    /// personality(2): these bits are added to what it is.
    SetPersonality(i32),
    /// brk(2): the break grows by so much.
    Grow(S),
}

/// A part of a mapping.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Range {
    /// Where it begins.
    pub place: Place,
    /// How long it is; `None` to the mapping's end.
    pub length: Option<Size>,
}
