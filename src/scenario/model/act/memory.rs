//! Loads and stores, and sleep on a word of memory.

use crate::scenario::model::{Fill, Place, Size};
use serde::{Deserialize, Serialize};

/// Loads and stores, and sleep on a word of memory.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Memory {
    /// A store.
    Store(Place, Option<Size>, Fill),
    /// A load. What it is compared with stands in the expectation.
    Load(Place, Option<Size>),
    /// A jump into the mapping, and back.
    Execute(Place),
    /// A store of one byte that passes by the protection.
    Poke(Place, Door),
    /// A store of one byte by read(2) from a pipe.
    ReadInto(Place),
    /// A load of one byte that passes by the protection.
    Peek(Place, Door),
    /// Passes of stores over a lane of the mapping, free-running.
    Produce(usize, u32),
    /// Loads from a lane, until the last pass is seen everywhere.
    Consume(usize, u32),
    /// futex(2), FUTEX_WAIT as long as a word has this value, which others share.
    FutexWait(Place, u32),
    /// futex(2), FUTEX_WAKE until so many were woken.
    FutexWake(Place, u32),
}

/// A way into memory that passes by its protection.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Door {
    /// pread(2) or pwrite(2) of /proc/self/mem.
    ProcMem,
    /// process_vm_readv(2) or process_vm_writev(2) of ourselves.
    ProcessVm,
    /// pread(2) or pwrite(2) of the file behind the mapping, in /proc/self/map_files.
    MapFile,
}
