//! The checked model of a scenario: every name resolved, every rule of the
//! format kept. What varies over the cases (`Each`) and what depends on the
//! target (`Pages`) is still open; [`plan`](crate::plan) closes it.

use crate::abi::{Errno, Signal};
use std::fmt;

/// A scenario that passed every check.
#[derive(Debug)]
pub struct Scenario {
    /// Path without `.ron`.
    pub name: String,
    /// The claim, in one line.
    pub summary: String,
    /// Where the rule is written: man pages, commits.
    pub refs: Vec<String>,
    /// What the target must have.
    pub requires: Vec<Requirement>,
    /// What varies from case to case.
    pub axes: Axes,
    /// Everybody who acts, forked children included.
    pub actors: Vec<Actor>,
    /// The segments, whatever names they are bound to.
    pub objects: Vec<Object>,
    /// The attachments.
    pub maps: Vec<Map>,
    /// The script, in time order.
    pub steps: Vec<Step>,
}

/// What the target must have for the scenario to mean anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// User id 0 with its capabilities.
    Root,
    /// At least this version.
    Kernel(u32, u32),
    /// One of these ABIs of the firmware, as Rust names them.
    Arch(Vec<&'static str>),
}

/// The axes of `for_each`; an empty one does not vary.
#[derive(Debug, Default)]
pub struct Axes {
    /// Sizes for `size: Each`.
    pub size: Vec<Size>,
    /// Flags added to those of shmget.
    pub get: Vec<FlagSet>,
    /// Flags added to those of shmat.
    pub attach: Vec<FlagSet>,
    /// How many times the whole cast runs side by side.
    pub crowd: Vec<u32>,
}

/// Flags and how the author wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagSet {
    /// The flags, or-ed.
    pub bits: i32,
    /// Such as `[SHM_RND]`.
    pub label: String,
}

/// A process of the cast.
#[derive(Debug)]
pub struct Actor {
    /// Its name in the script.
    pub name: String,
    /// Whom it becomes before it acts.
    pub user: User,
    /// The step of its `fork`, if it is born in one.
    pub born: Option<usize>,
}

/// Whom an actor becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// Stays who started the run.
    Caller,
    /// This user and group id, without supplementary groups.
    Uid(u32),
}

/// A segment that the script creates.
#[derive(Debug)]
pub struct Object {
    /// Its size as the creating shmget asks for it.
    pub size: Amount,
    /// The step that creates it.
    pub born: usize,
}

/// An attachment that the script binds to a name.
#[derive(Debug)]
pub struct Map {
    /// Index into [`Scenario::objects`].
    pub object: usize,
    /// The step that attaches it.
    pub born: usize,
}

/// A number of bytes, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 1
    Bytes(u64),
    /// 1024
    KiB(u64),
    /// 1048576
    MiB(u64),
    /// What the target has as a page.
    Pages(u64),
}

impl Size {
    /// In bytes, where a page is `page` of them; `None` past the end of 64 bits.
    #[must_use]
    pub fn bytes(self, page: u64) -> Option<u64> {
        match self {
            Self::Bytes(n) => Some(n),
            Self::KiB(n) => n.checked_mul(1 << 10),
            Self::MiB(n) => n.checked_mul(1 << 20),
            Self::Pages(n) => n.checked_mul(page),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(n) => write!(f, "Bytes({n})"),
            Self::KiB(n) => write!(f, "KiB({n})"),
            Self::MiB(n) => write!(f, "MiB({n})"),
            Self::Pages(n) => write!(f, "Pages({n})"),
        }
    }
}

/// A size, or that of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The same in every case.
    Fixed(Size),
    /// `Each`: that of the row.
    Each,
}

/// Flags of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Those written out.
    pub bits: i32,
    /// Whether the row's are added.
    pub each: bool,
}

/// A step and where it stands.
#[derive(Debug)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: usize,
    /// The author's comment above it, on one line; may be empty.
    pub comment: String,
    /// Its text without comment and expectation, on one line.
    pub text: String,
    /// Index into [`Scenario::actors`].
    pub actor: usize,
    /// What is done.
    pub act: Act,
}

/// What a step does and must come to.
#[derive(Debug)]
pub enum Act {
    /// shmget(2)
    Shmget(Shmget),
    /// shmat(2)
    Shmat(Shmat),
    /// shmdt(2)
    Shmdt(Target, Ret),
    /// shmctl(2)
    Shmctl(Shmctl),
    /// A store into an attachment.
    Write(Place, Fill, Touch),
    /// A load from an attachment.
    Read(Place, Seen),
    /// fork(2); the child is an index into [`Scenario::actors`].
    Fork(usize, Ret),
    /// The actor ends.
    Exit,
}

/// The arguments of shmget(2).
#[derive(Debug)]
pub struct Shmget {
    /// Which segment.
    pub key: Key,
    /// How large.
    pub size: Amount,
    /// Flags without the mode.
    pub flags: Flags,
    /// The low nine bits.
    pub mode: u32,
    /// What the call finds or makes if it succeeds.
    pub finds: Finds,
    /// What it must come to.
    pub expect: Ret,
}

/// Which segment a shmget is about, as far as the script tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// It creates this object.
    New(usize),
    /// It finds this object, alive or removed.
    Known(usize),
    /// It must not find or make any.
    Nothing,
}

/// The first argument of shmget(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `IPC_PRIVATE`
    Private,
    /// A fresh key in every case; equal numbers are equal keys.
    Unique(usize),
    /// Just this number.
    Raw(i32),
}

/// The arguments of shmat(2).
#[derive(Debug)]
pub struct Shmat {
    /// What is attached.
    pub seg: Seg,
    /// Where.
    pub at: At,
    /// How.
    pub flags: Flags,
    /// The attachment it makes, if a name is bound to it.
    pub binds: Option<usize>,
    /// What it must come to.
    pub expect: Ret,
}

/// A shmid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seg {
    /// That of an object, as the step with this index got it.
    Bound {
        /// Index into [`Scenario::objects`].
        object: usize,
        /// The step that bound the name.
        by: usize,
    },
    /// Just this number.
    Raw(i32),
}

/// An address to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// NULL: the kernel chooses.
    Anywhere,
    /// A free address, a multiple of SHMLBA.
    Aligned,
    /// Half a page above a free multiple of SHMLBA.
    Unaligned,
}

/// What shmdt(2) is pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An attachment, index into [`Scenario::maps`].
    Map(usize),
    /// Somewhere.
    At(At),
}

/// The arguments of shmctl(2).
#[derive(Debug)]
pub struct Shmctl {
    /// Whom it is about.
    pub seg: Seg,
    /// The command's number, without IPC_64.
    pub cmd: i32,
    /// Whether the third argument points to memory of ours.
    pub good_buffer: bool,
    /// What it must come to.
    pub expect: Ctl,
}

/// A place in an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into [`Scenario::maps`].
    pub map: usize,
    /// Bytes from its start.
    pub offset: u64,
}

/// What memory is filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Nothing but zeros, to the segment's end.
    Zeros,
    /// These bytes.
    Text(String),
    /// Words that name their own place, to the segment's end.
    Pattern(u32),
}

/// What a call that returns a number must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// It succeeds.
    Ok,
    /// It fails with this error.
    Err(Errno),
}

/// What shmctl(2) must come to.
#[derive(Debug)]
pub enum Ctl {
    /// It returns 0.
    Ok,
    /// It fails with this error.
    Err(Errno),
    /// It returns 0 and these fields.
    Stat(Stat),
}

/// Fields of `struct shmid_ds`; those that are `None` are not looked at.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// `shm_segsz`
    pub segsz: Option<Amount>,
    /// `shm_perm.mode`, with SHM_DEST and SHM_LOCKED.
    pub mode: Option<u32>,
    /// `shm_nattch`
    pub nattch: Option<u64>,
    /// `shm_perm.uid`
    pub uid: Option<u32>,
    /// `shm_perm.gid`
    pub gid: Option<u32>,
    /// `shm_perm.cuid`
    pub cuid: Option<u32>,
    /// `shm_perm.cgid`
    pub cgid: Option<u32>,
}

/// What a store must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// It completes.
    Ok,
    /// The actor dies of this signal.
    Killed(Signal),
}

/// What a load must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// These bytes.
    Bytes(Fill),
    /// The actor dies of this signal.
    Killed(Signal),
}
