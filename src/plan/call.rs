//! What a step does, with the numbers that the kernel gets.

use super::{Buf, Command, Door, Entry, Fill, Key, Multiplexed, Seg};
use crate::scenario::{self, Clock, Namespace, Process};

/// An address to ask for, in bytes.
pub type At = scenario::At<u64>;

/// What shmdt(2) is pointed at, in bytes.
pub type Target = scenario::Target<u64>;

/// Steps about mappings, in bytes.
pub type Mapping = scenario::Mapping<u64, Span>;
/// Steps about who a process is, in bytes.
pub type Credentials = scenario::Credentials<u64>;
/// Steps about files in /proc, in bytes.
pub type Proc = scenario::Proc<u64>;

/// What a step does, with the numbers that the kernel gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The four calls, and ipc(2).
    Ipc(Ipc),
    /// Loads and stores, and sleep on a word of memory.
    Memory(Memory),
    /// What is mapped, where, and how.
    Mapping(Mapping),
    /// Processes begin, end, and end each other; indices into
    /// [`Case::actors`](super::Case::actors).
    Process(Process),
    /// Who a process is, and how much it may have.
    Credentials(Credentials),
    /// In which namespaces a process lives.
    Namespace(Namespace),
    /// Files in /proc, sysctls among them.
    Proc(Proc),
    /// The clock.
    Clock(Clock),
    /// Counts the observations of these steps that are such.
    Claim(Vec<usize>, Box<super::Expect>),
}

/// The four calls, and ipc(2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipc {
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
    Multiplexed(Multiplexed),
}

/// Loads and stores, and sleep on a word of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memory {
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
    /// Stores one byte by read(2) from a pipe.
    ReadInto(Spot),
    /// Loads one byte around the protection.
    Peek(Spot, Door),
    /// Passes of stores over the player's lane: mapping, lanes, passes.
    Produce(usize, usize, u32),
    /// Loads from the player's lane: mapping, lanes, passes.
    Consume(usize, usize, u32),
    /// Sleeps as long as a word has this value.
    FutexWait(Spot, u32),
    /// Wakes until so many were woken.
    FutexWake(Spot, u32),
}

/// A place in a mapping, in bytes.
pub type Spot = scenario::Place<u64>;

/// A part of a mapping, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub spot: Spot,
    /// How long it is.
    pub length: u64,
}

impl Call {
    /// The row of the report's table in which a step counts.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ipc(ipc) => match ipc {
                Ipc::Shmget { .. } => "shmget",
                Ipc::Shmat { .. } => "shmat",
                Ipc::Shmdt { .. } => "shmdt",
                Ipc::Shmctl { .. } => "shmctl",
                Ipc::Multiplexed(ipc) => match ipc.call & 0xffff {
                    // The numbers of include/uapi/linux/ipc.h: the same calls by another door.
                    21 => "shmat",
                    22 => "shmdt",
                    23 => "shmget",
                    24 => "shmctl",
                    _ => "ipc",
                },
            },
            Self::Memory(_) => "load/store",
            Self::Mapping(_) => "mappings",
            Self::Process(_) => "process",
            Self::Credentials(_) => "credentials",
            Self::Namespace(_) => "namespaces",
            Self::Proc(Proc::WriteSysctl(..) | Proc::ReadSysctl(..)) => "sysctl",
            Self::Proc(_) => "proc",
            Self::Clock(_) => "clock",
            Self::Claim(..) => "claims",
        }
    }

    /// The label that keeps the answer.
    #[must_use]
    pub fn label(&self) -> Option<usize> {
        match self {
            Self::Ipc(Ipc::Shmctl { label, .. }) => *label,
            Self::Proc(proc) => match proc {
                Proc::ReadSysctl(_, label)
                | Proc::SysvipcRow(_, label)
                | Proc::MapsRow(_, label)
                | Proc::Value(_, _, label, _)
                | Proc::SmapsValue(_, _, label) => *label,
                Proc::WriteSysctl(..) | Proc::Line(..) | Proc::Pieces(..) => None,
            },
            _ => None,
        }
    }

    /// The mapping that it binds.
    #[must_use]
    pub fn binds(&self) -> Option<usize> {
        match self {
            Self::Ipc(Ipc::Shmat { map, .. }) => *map,
            Self::Mapping(Mapping::Map { binds, .. }) => Some(*binds),
            Self::Mapping(Mapping::Remap { binds, .. }) => *binds,
            _ => None,
        }
    }

    /// Whether it is looked at again until it is as it must be.
    #[must_use]
    pub fn settles(&self) -> bool {
        matches!(self, Self::Proc(Proc::Value(.., true)))
    }

    /// Whether a thread of its own makes the call.
    #[must_use]
    pub fn in_thread(&self) -> bool {
        match self {
            Self::Ipc(
                Ipc::Shmget { thread, .. }
                | Ipc::Shmat { thread, .. }
                | Ipc::Shmdt { thread, .. }
                | Ipc::Shmctl { thread, .. },
            ) => *thread,
            _ => false,
        }
    }

    /// Whether it makes another of the caller, in the eyes of the kernel.
    #[must_use]
    pub fn changes_identity(&self) -> bool {
        match self {
            Self::Credentials(credentials) => match credentials {
                Credentials::SetUser(..)
                | Credentials::SetGroup(_)
                | Credentials::SetCapabilities(_) => true,
                Credentials::SetGroups(_) | Credentials::SetLimit(..) | Credentials::Cgroup(_) => {
                    false
                }
            },
            Self::Namespace(namespace) => match namespace {
                Namespace::Unshare(_)
                | Namespace::Join(..)
                | Namespace::UidMap(..)
                | Namespace::GidMap(..) => true,
                Namespace::Clone(_) => false,
            },
            _ => false,
        }
    }
}
