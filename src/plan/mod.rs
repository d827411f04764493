//! Model → cases: what varies is fixed, what depends on the target is known,
//! names are numbers.

mod facts;
mod lower;
mod matrix;
mod needs;

pub use crate::scenario::{At, Fill, Key, Place, User};
pub use facts::Facts;
pub use lower::expand;

use crate::abi::{Errno, Signal};

/// A case: one row of a scenario, ready to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which row, such as `size=Pages(1) crowd=8`; empty where nothing varies.
    pub row: String,
    /// Why it cannot be run on this target, if so.
    pub skip: Option<String>,
    /// What makes the case meaningless, if anything; it counts as broken.
    pub flaw: Option<String>,
    /// How many times the whole cast runs side by side.
    pub crowd: usize,
    /// The cast.
    pub actors: Vec<Actor>,
    /// How many segments the script creates.
    pub objects: usize,
    /// How many attachments it binds.
    pub maps: usize,
    /// How many keys it needs that nobody else has.
    pub unique_keys: usize,
    /// The keys that are fixed numbers, under which a stranger might have a segment.
    pub raw_keys: Vec<i32>,
    /// The script, in time order.
    pub steps: Vec<Step>,
}

/// A process of the cast.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Its name.
    pub name: String,
    /// Whom it becomes.
    pub user: User,
    /// Whether a fork of another actor brings it to life.
    pub forked: bool,
}

/// A step, ready to be taken and judged.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who takes it, index into [`Case::actors`].
    pub actor: usize,
    /// What is done.
    pub call: Call,
    /// What it must come to.
    pub expect: Expect,
    /// The earlier steps that must have passed for this one to mean anything.
    pub needs: Vec<usize>,
}

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
        /// Whose shmid is to be found or made, index below [`Case::objects`].
        object: Option<usize>,
    },
    /// shmat(2)
    Shmat {
        /// The segment.
        seg: Seg,
        /// The address to ask for.
        at: At,
        /// The flags.
        flags: i32,
        /// The name it gets, index below [`Case::maps`].
        map: Option<usize>,
        /// Bytes that a free address must have room for.
        length: u64,
    },
    /// shmdt(2) of an attachment.
    Shmdt(Target),
    /// shmctl(2)
    Shmctl {
        /// The segment.
        seg: Seg,
        /// The command without IPC_64.
        cmd: i32,
        /// Whether the buffer is ours or an address that is never mapped.
        good_buffer: bool,
    },
    /// Stores.
    Store {
        /// Where.
        place: Place,
        /// What.
        fill: Fill,
        /// How many bytes.
        length: u64,
    },
    /// Loads, and compares while doing so.
    Load {
        /// Where.
        place: Place,
        /// What it is compared with.
        against: Fill,
        /// How many bytes.
        length: u64,
    },
    /// fork(2) of an actor, index into [`Case::actors`].
    Fork(usize),
    /// The actor ends.
    Exit,
}

/// A shmid to pass to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seg {
    /// That of an object, index below [`Case::objects`].
    Object(usize),
    /// Just this number.
    Raw(i32),
}

/// An address to detach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// That of an attachment, index below [`Case::maps`].
    Map(usize),
    /// One where nothing is attached.
    At(At),
}

/// What a step must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The call fails with this error.
    Fails(Errno),
    /// It returns a shmid of its own.
    NewId,
    /// It returns the shmid that the object has already.
    SameId,
    /// It returns an address that is a multiple of this.
    AddressMultipleOf(u64),
    /// It returns the address that was asked for.
    AddressAsAsked,
    /// It returns the address that was asked for, rounded down to a multiple of this.
    AddressRoundedTo(u64),
    /// It returns 0.
    Zero,
    /// It returns 0, and these fields.
    Stat(StatFields),
    /// The store completes.
    Stored,
    /// The load completes and saw what it was compared with.
    Saw(Fill),
    /// The actor dies of this signal.
    Killed(Signal),
    /// A child lives.
    Child,
    /// The actor ends with exit status 0.
    Exits,
}

/// Fields of `struct shmid_ds` by the manual's names; `None` is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the manual page shmctl(2) tells what the fields are"
)]
pub struct StatFields {
    pub segsz: Option<u64>,
    pub mode: Option<u32>,
    pub nattch: Option<u64>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub cuid: Option<u32>,
    pub cgid: Option<u32>,
}
