//! What a step does.

use super::value::{At, Buf, Entry, Fill, Key, Place, Seg, Size};
use crate::abi::Signal;

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
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
    Ipc(Ipc),
    /// A store.
    Write(Place, Option<Size>, Fill),
    /// A load. What it is compared with stands in the expectation.
    Read(Place, Option<Size>),
    /// A jump into the mapping, and back.
    Execute(Place),
    /// A store of one byte that passes by the protection.
    Poke(Place, Door),
    /// A load of one byte that passes by the protection.
    Peek(Place, Door),
    /// Passes of stores over a lane of the mapping, free-running.
    Produce(usize, u32),
    /// Loads from a lane, until the last pass is seen everywhere.
    Consume(usize, u32),
    /// fork(2); the child is an index into [`Play::actors`](super::Play::actors).
    Fork(usize),
    /// The actor ends.
    Exit,
    /// Another actor is sent a signal that ends it.
    Kill(usize, Signal),
    /// How many calls of a group came to something: the steps asked, and what counts.
    Claim(Vec<usize>, Box<super::Expect>),
    /// The world around shared memory.
    World(World),
}

/// The arguments of shmget(2).
#[derive(Clone, Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An attachment, index into [`Play::maps`](super::Play::maps).
    Map(usize),
    /// Somewhere.
    At(At),
}

/// The arguments of shmctl(2).
#[derive(Clone, Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipc {
    /// The number of the call, with the version in the high half.
    pub call: u32,
    /// The first argument.
    pub seg: Seg,
    /// The second argument.
    pub second: i32,
}

/// A way into memory that passes by its protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// pwrite(2) to /proc/self/mem.
    ProcMem,
    /// process_vm_writev(2) to ourselves.
    ProcessVm,
    /// read(2) from a pipe.
    ReadInto,
    /// pread(2) or pwrite(2) of the file behind the mapping, in /proc/self/map_files.
    MapFile,
}

/// A part of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub place: Place,
    /// How long it is; `None` to the mapping's end.
    pub length: Option<Size>,
}

/// The longest line of a file that is compared: an observation carries no more.
pub const LONGEST_LINE: usize = 256;

/// The largest piece in which a file is read: the room that an actor has for one.
pub const LARGEST_PIECE: u32 = 4096;

/// The world around shared memory: who we are, what is mapped, which namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum World {
    /// execve(2) of ourselves, after which the process only waits for its end.
    Exec,
    /// setresuid(2): real, effective, saved; and whether capabilities are kept.
    SetUser([Option<u32>; 3], bool),
    /// setresgid(2): real, effective, saved.
    SetGroup([Option<u32>; 3]),
    /// setgroups(2)
    SetGroups(Vec<u32>),
    /// capset(2): the permitted and effective capabilities, as a mask.
    SetCapabilities(u64),
    /// setrlimit(2) of both limits.
    SetLimit(i32, Size),
    /// mmap(2), fixed unless anywhere.
    Map {
        /// Where.
        at: At,
        /// The mapping whose file is mapped, from its start and shared; `None` is private
        /// memory.
        of: Option<usize>,
        /// How long.
        length: Size,
        /// What may be done with it.
        prot: i32,
        /// The name it gets, index into [`Play::maps`](super::Play::maps).
        binds: usize,
    },
    /// fsync(2) of the file behind a mapping.
    Fsync(usize),
    /// ftruncate(2) of the file behind a mapping.
    Ftruncate(usize, Size),
    /// mprotect(2)
    Protect(Range, i32),
    /// munmap(2)
    Unmap(Range),
    /// mremap(2)
    Remap {
        /// What is moved.
        range: Range,
        /// Its new length.
        length: Size,
        /// MREMAP_*.
        flags: i32,
        /// Where to, with MREMAP_FIXED.
        to: At,
        /// The name that the result gets.
        binds: Option<usize>,
    },
    /// madvise(2)
    Advise(Range, i32),
    /// msync(2): MS_*
    Sync(Range, i32),
    /// mbind(2): range, mode, mask of nodes.
    Bind(Range, i32, u64),
    /// get_mempolicy(2) of a place: its policy, or the node of its page.
    GetPolicy(Place, bool),
    /// The actor moves into a control group of its own, with these files set.
    Cgroup(Vec<(String, String)>),
    /// remap_file_pages(2): range and page offset.
    RemapFilePages(Range, u64),
    /// mlockall(2)
    LockAll(i32),
    /// munlockall(2)
    UnlockAll,
    /// personality(2): these bits are added to what it is.
    SetPersonality(i32),
    /// brk(2): the break grows by so much.
    Grow(Size),
    /// unshare(2)
    Unshare(i32),
    /// setns(2) into namespaces of an actor.
    JoinNamespace(usize, i32),
    /// clone(2) of a child that ends at once.
    Clone(i32),
    /// A sysctl is written.
    WriteSysctl(String, String),
    /// A sysctl is read.
    ReadSysctl(String, Option<usize>),
    /// The row of a segment in /proc/sysvipc/shm.
    SysvipcRow(Seg, Option<usize>),
    /// The row of a place in /proc/self/maps.
    MapsRow(Place, Option<usize>),
    /// A line of a file in /proc: file, field, label, and whether it may take a while.
    ProcValue(String, String, Option<usize>, bool),
    /// A line of a file in /proc as it stands: file, number from 1.
    ProcLine(String, u32),
    /// A file in /proc read whole, and again in pieces of so many bytes, forwards and
    /// backwards.
    ProcPieces(String, u32),
    /// A line of the mapping's part of /proc/self/smaps: place, field, label.
    SmapsValue(Place, String, Option<usize>),
    /// futex(2), FUTEX_WAIT as long as a word has this value, which others share.
    FutexWait(Place, u32),
    /// futex(2), FUTEX_WAKE until so many were woken.
    FutexWake(Place, u32),
    /// Waits for the clock's next second.
    Tick,
    /// clock_settime(2) of the wall clock.
    SetClock(i64),
}
