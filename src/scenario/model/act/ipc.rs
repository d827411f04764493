//! The four calls, and ipc(2).

use crate::scenario::model::{At, Buf, Entry, Key, Seg, Size};
use serde::{Deserialize, Serialize};

/// The four calls, and ipc(2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Ipc {
    /// shmget(2)
    Shmget(Shmget),
    /// shmat(2)
    Shmat(Shmat),
    /// shmdt(2)
    Shmdt {
        /// What is detached.
        target: Target,
        /// How the kernel is entered.
        entry: Entry,
        /// Whether a thread of its own makes the call.
        thread: bool,
    },
    /// shmctl(2)
    Shmctl(Shmctl),
    /// ipc(2), with a call that shm functions do not make.
    Multiplexed(Multiplexed),
}

impl Ipc {
    /// How the kernel is entered.
    #[must_use]
    pub fn entry(&self) -> Entry {
        match self {
            Self::Shmget(call) => call.entry,
            Self::Shmat(call) => call.entry,
            Self::Shmdt { entry, .. } => *entry,
            Self::Shmctl(call) => call.entry,
            Self::Multiplexed(_) => Entry::Ipc,
        }
    }
}

/// The arguments of shmget(2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Shmget {
    /// Which segment.
    pub key: Key,
    /// How large.
    pub size: Size,
    /// Flags without the mode.
    pub flags: i32,
    /// The low nine bits.
    pub mode: u32,
    /// What the call finds or makes if it succeeds.
    pub finds: Finds,
    /// How the kernel is entered.
    pub entry: Entry,
    /// Whether a thread of its own makes the call.
    pub thread: bool,
}

/// Which segment a shmget is about, as far as the script tells.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Finds {
    /// It creates this object.
    New(usize),
    /// It finds this object, alive or removed.
    Known(usize),
    /// It creates this object or finds it: others are at it as well.
    Either(usize),
    /// It must not find or make any.
    Nothing,
}

/// The arguments of shmat(2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Shmat {
    /// What is attached.
    pub seg: Seg,
    /// Where.
    pub at: At,
    /// How.
    pub flags: i32,
    /// The attachment it makes, if a name is bound to it.
    pub binds: Option<usize>,
    /// How the kernel is entered.
    pub entry: Entry,
    /// Whether a thread of its own makes the call.
    pub thread: bool,
}

/// What shmdt(2) is pointed at.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Target<S = Size> {
    /// An attachment, index into [`Play::maps`](crate::scenario::Play::maps).
    Map(usize),
    /// Somewhere.
    At(At<S>),
}

/// The arguments of shmctl(2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Shmctl {
    /// Whom it is about.
    pub seg: Seg,
    /// What is asked.
    pub cmd: Command,
    /// Where the third argument points.
    pub buf: Buf,
    /// The label under which the answer is kept.
    pub label: Option<usize>,
    /// How the kernel is entered.
    pub entry: Entry,
    /// Whether a thread of its own makes the call.
    pub thread: bool,
}

/// A command of shmctl(2).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Command {
    /// IPC_STAT, SHM_STAT or SHM_STAT_ANY, by number.
    Stat(i32),
    /// IPC_SET.
    Set {
        /// The mode to set.
        mode: u32,
        /// The owner to set; `None` is the caller's effective user id.
        uid: Option<u32>,
        /// The group to set; `None` is the caller's effective group id.
        gid: Option<u32>,
    },
    /// IPC_INFO
    Info,
    /// SHM_INFO
    Usage,
    /// A command that takes no buffer, or an unknown one.
    Plain(i32),
}

/// A call of ipc(2) that the shm functions do not make: its second pointer is never mapped.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Multiplexed {
    /// The number of the call, with the version in the high half.
    pub call: u32,
    /// The first argument.
    pub seg: Seg,
    /// The second argument.
    pub second: i32,
}
