//! What a step does, with the numbers that the kernel gets.

use super::{At, Buf, Command, Door, Entry, Fill, Ipc, Key, Seg, Target, World};
use crate::abi::Signal;

/// What a step does, with the numbers that the kernel gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// shmget(2)
    Shmget {
        /// The key.
        key: Key,
        /// Bytes.
        size: u64,
        /// Flags and mode.
        flags: i32,
        /// Whose shmid is to be found or made, index below [`Case::objects`](super::Case::objects).
        object: Option<usize>,
        /// How the kernel is entered.
        entry: Entry,
        /// Whether a thread of its own makes the call.
        thread: bool,
    },
    /// shmat(2)
    Shmat {
        /// The segment.
        seg: Seg,
        /// The address to ask for.
        at: At,
        /// The flags.
        flags: i32,
        /// The name it gets, index into [`Case::maps`](super::Case::maps).
        map: Option<usize>,
        /// Bytes that a free address must have room for.
        length: u64,
        /// How the kernel is entered.
        entry: Entry,
        /// Whether a thread of its own makes the call.
        thread: bool,
    },
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
    Shmctl {
        /// The segment.
        seg: Seg,
        /// What is asked.
        cmd: Command,
        /// Where the buffer is.
        buf: Buf,
        /// The label that keeps the answer.
        label: Option<usize>,
        /// How the kernel is entered.
        entry: Entry,
        /// Whether a thread of its own makes the call.
        thread: bool,
    },
    /// ipc(2)
    Ipc(Ipc),
    /// Stores.
    Store {
        /// Where.
        place: Spot,
        /// What.
        fill: Fill,
        /// How many bytes.
        length: u64,
    },
    /// Loads, and compares while doing so.
    Load {
        /// Where.
        place: Spot,
        /// What it is compared with.
        against: Fill,
        /// How many bytes.
        length: u64,
    },
    /// Jumps into a mapping.
    Execute(Spot),
    /// Stores one byte around the protection.
    Poke(Spot, Door),
    /// Loads one byte around the protection.
    Peek(Spot, Door),
    /// Passes of stores over the player's lane: mapping, lanes, passes.
    Produce(usize, usize, u32),
    /// Loads from the player's lane: mapping, lanes, passes.
    Consume(usize, usize, u32),
    /// fork(2) of an actor, index into [`Case::actors`](super::Case::actors).
    Fork(usize),
    /// The actor ends.
    Exit,
    /// Another actor is sent a signal.
    Kill(usize, Signal),
    /// Counts the observations of these steps that are such.
    Claim(Vec<usize>, Box<super::Expect>),
    /// The world around shared memory.
    World(World),
}

/// A place in a mapping, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Index into [`Case::maps`](super::Case::maps).
    pub map: usize,
    /// Bytes from its start.
    pub offset: u64,
}

impl Call {
    /// The row of the report's table in which a step counts.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Shmget { .. } => "shmget",
            Self::Shmat { .. } => "shmat",
            Self::Shmdt { .. } => "shmdt",
            Self::Shmctl { .. } => "shmctl",
            Self::Ipc(ipc) => match ipc.call & 0xffff {
                // The numbers of include/uapi/linux/ipc.h: the same calls by another door.
                21 => "shmat",
                22 => "shmdt",
                23 => "shmget",
                24 => "shmctl",
                _ => "ipc",
            },
            Self::Store { .. }
            | Self::Load { .. }
            | Self::Execute(_)
            | Self::Poke(..)
            | Self::Peek(..)
            | Self::Produce(..)
            | Self::Consume(..) => "load/store",
            Self::Fork(_) | Self::Exit | Self::Kill(..) | Self::World(World::Exec) => "process",
            Self::Claim(..) => "claims",
            Self::World(world) => world_kind(world),
        }
    }

    /// The label that keeps the answer.
    #[must_use]
    pub fn label(&self) -> Option<usize> {
        match self {
            Self::Shmctl { label, .. } => *label,
            Self::World(
                World::ReadSysctl(_, label)
                | World::SysvipcRow(_, label)
                | World::MapsRow(_, label)
                | World::ProcValue(_, _, label, _)
                | World::SmapsValue(_, _, label),
            ) => *label,
            _ => None,
        }
    }

    /// Whether it is looked at again until it is as it must be.
    #[must_use]
    pub fn settles(&self) -> bool {
        matches!(self, Self::World(World::ProcValue(.., true)))
    }

    /// Whether a thread of its own makes the call.
    #[must_use]
    pub fn in_thread(&self) -> bool {
        match self {
            Self::Shmget { thread, .. }
            | Self::Shmat { thread, .. }
            | Self::Shmdt { thread, .. }
            | Self::Shmctl { thread, .. } => *thread,
            _ => false,
        }
    }

    /// Whether it makes another of the caller, in the eyes of the kernel.
    #[must_use]
    pub fn changes_identity(&self) -> bool {
        matches!(
            self,
            Self::World(
                World::SetUser(..)
                    | World::SetGroup(_)
                    | World::SetCapabilities(_)
                    | World::Unshare(_)
                    | World::JoinNamespace(..)
            )
        )
    }
}

fn world_kind(world: &World) -> &'static str {
    match world {
        World::Exec => "process",
        World::SetUser(..)
        | World::SetGroup(_)
        | World::SetGroups(_)
        | World::SetCapabilities(_)
        | World::SetLimit(..)
        | World::Cgroup(_) => "credentials",
        World::Map { .. }
        | World::Fsync(_)
        | World::Ftruncate(..)
        | World::Protect(..)
        | World::Unmap(_)
        | World::Remap { .. }
        | World::Advise(..)
        | World::Sync(..)
        | World::RemapFilePages(..)
        | World::Bind(..)
        | World::GetPolicy(..)
        | World::LockAll(_)
        | World::UnlockAll
        | World::SetPersonality(_)
        | World::Grow(_) => "mappings",
        World::Unshare(_) | World::JoinNamespace(..) | World::Clone(_) => "namespaces",
        World::WriteSysctl(..) | World::ReadSysctl(..) => "sysctl",
        World::SysvipcRow(..)
        | World::MapsRow(..)
        | World::ProcValue(..)
        | World::ProcLine(..)
        | World::ProcPieces(..)
        | World::SmapsValue(..) => "proc",
        World::FutexWait(..) | World::FutexWake(..) => "load/store",
        World::Tick | World::SetClock(_) => "clock",
    }
}
