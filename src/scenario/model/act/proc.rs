//! Files in /proc, sysctls among them.

use crate::scenario::model::{Place, Seg, Size};
use serde::{Deserialize, Serialize};

/// The longest line of a file that is compared: an observation carries no more.
pub const LONGEST_LINE: usize = 256;

/// The largest piece in which a file is read: the room that an actor has for one.
pub const LARGEST_PIECE: u32 = 4096;

/// Files in /proc. The labels are those under which answers are kept.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Proc<S = Size> {
    /// A sysctl is written.
    WriteSysctl(String, String),
    /// A sysctl is read.
    ReadSysctl(String, Option<usize>),
    /// The row of a segment in /proc/sysvipc/shm.
    SysvipcRow(Seg, Option<usize>),
    /// The row of a place in /proc/self/maps.
    MapsRow(Place<S>, Option<usize>),
    /// A line of the mapping's part of /proc/self/smaps: place, field, label.
    SmapsValue(Place<S>, String, Option<usize>),
    /// A line of a file: file, field, label, and whether it may take a while.
    Value(String, String, Option<usize>, bool),
    /// A line of a file as it stands: file, number from 1.
    Line(String, u32),
    /// A file read whole, and again in pieces of so many bytes, forwards and backwards.
    Pieces(String, u32),
}
