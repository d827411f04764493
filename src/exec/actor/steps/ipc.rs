//! The four calls, and ipc(2).

use super::{Failed, Stage};
use crate::abi::number::IPC_EXCL;
use crate::abi::{Errno, Field, Fields};
use crate::exec::known::{Known, Observer};
use crate::exec::wire::Unfit;
use crate::observe::Observation;
use crate::plan::{At, Buf, Case, Command, Entry, Expect, Ipc, Key, Multiplexed, Target};
use crate::sys::memory::{self, Room};
use crate::sys::shm::{self, Buffer, Ds, Limits, Usage};
use crate::sys::{mapping, process};

impl Stage<'_> {
    /// A thread that lives for one call.
    pub(super) fn call_in_thread(
        &self,
        step: usize,
        call: &Ipc,
        known: &Known,
    ) -> Result<Observation, Failed> {
        let caller = self.caller();
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .stack_size(64 << 10)
                .spawn_scoped(scope, || (process::thread(), caller.ipc(step, call, known)));
            let thread = thread.map_err(|error| {
                let errno = error.raw_os_error().unwrap_or(0);
                Failed::Unfit(Unfit::Thread, Errno(errno))
            })?;
            let (thread, seen) = thread
                .join()
                .map_err(|_| Failed::Unfit(Unfit::Thread, Errno(libc::EINTR)))?;
            process::until_gone(thread);
            seen
        })
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller {
            case: self.case,
            ours: self.isolation.is_ours(),
            keys: self.keys,
        }
    }
}

/// What a thread needs of a stage: the rest cannot be shared.
pub(super) struct Caller<'c> {
    case: &'c Case,
    /// Whether every segment that can be seen is one of ours.
    ours: bool,
    keys: &'c [i32],
}

impl Caller<'_> {
    pub(super) fn ipc(
        &self,
        step: usize,
        call: &Ipc,
        known: &Known,
    ) -> Result<Observation, Failed> {
        Ok(match call {
            Ipc::Shmget {
                key,
                size,
                flags,
                entry,
                ..
            } => {
                // Where others may have the key as well, only a segment of our own will do.
                let ours = self.ours || *key == Key::Private;
                let creates = self.case.steps[step].expect == Expect::NewId;
                let exclusive = if creates && !ours { IPC_EXCL } else { 0 };
                // The planner skips cases whose sizes do not fit.
                let (key, size) = (self.key(*key), *size as usize);
                shm::shmget(way(*entry), key, size, *flags | exclusive)
                    .map_or_else(Observation::Failed, Observation::id)
            }
            Ipc::Shmat {
                seg,
                at,
                flags,
                length,
                entry,
                ..
            } => {
                let asked = self.address(*at, *length as usize, *entry, known)?;
                let shmid = known.shmid(*seg);
                address(shm::shmat(way(*entry), shmid, asked, *flags), asked)
            }
            Ipc::Shmdt { target, entry, .. } => {
                let at = match target {
                    Target::Map(map) => known.address(*map),
                    Target::At(at) => {
                        self.address(*at, self.case.units.page as usize, *entry, known)?
                    }
                };
                returned(shm::shmdt(way(*entry), at))
            }
            Ipc::Shmctl {
                seg,
                cmd,
                buf,
                entry,
                ..
            } => control(known, *cmd, *buf, way(*entry), known.shmid(*seg)),
            Ipc::Multiplexed(call) => multiplexed(call, known),
        })
    }

    fn key(&self, key: Key) -> i32 {
        let nobody = Observer {
            keys: self.keys,
            uid: 0,
            gid: 0,
            now: 0,
        };
        nobody.key(key)
    }

    /// The number of an address to ask for, which the entry can pass.
    pub(super) fn address(
        &self,
        at: At,
        length: usize,
        entry: Entry,
        known: &Known,
    ) -> Result<usize, Failed> {
        let units = &self.case.units;
        let (page, shmlba) = (units.page as usize, units.shmlba as usize);
        let room = match entry {
            Entry::Int80 => Room::Below4Gib,
            _ => Room::Anywhere,
        };
        let find = |unit: usize| {
            memory::free_address(length, unit, room).map_err(|errno| match errno {
                Errno(libc::ENOMEM) => {
                    Failed::Lacks(format!("needs {} KiB of free addresses", length >> 10))
                }
                errno => Failed::Unfit(Unfit::Address, errno),
            })
        };
        let address = match at {
            At::Anywhere => 0,
            At::Aligned => find(shmlba)?,
            At::Unaligned => find(shmlba)? + page / 2,
            At::PageAligned => find(shmlba)? + page,
            At::HugeAligned => find(shmlba.max(units.huge as usize))?,
            At::Freed(map) | At::Over(map) => known.address(map),
            At::Inside(map, offset) => known.address(map).wrapping_add(offset as usize),
            At::Page0 => 1,
            At::BelowStack => mapping::below_stack(page) / shmlba * shmlba,
            At::AboveBreak => mapping::current_break().next_multiple_of(shmlba) + shmlba,
            At::LastPage => usize::MAX / shmlba * shmlba,
            // Beyond what user space has: on 64 bits by far, on 32 bits in the kernel's own
            // part. A 64-bit kernel keeps no part of a 32-bit space for itself.
            At::PastEnd => (usize::MAX / 16 * 15 + 1) / shmlba * shmlba,
            At::Raw(address) => address as usize,
        };
        if entry == Entry::Int80 && u32::try_from(address).is_err() {
            return Err((Unfit::Address, Errno(libc::EOVERFLOW)).into());
        }
        Ok(address)
    }
}

fn control(known: &Known, cmd: Command, buf: Buf, way: shm::Entry, shmid: i32) -> Observation {
    let pointer = match buf {
        Buf::Good => return answered(cmd, way, shmid),
        Buf::Bad => Buffer::Nowhere,
        Buf::Null => Buffer::Null,
        Buf::At(map) => Buffer::Address(known.address(map)),
    };
    let number = match cmd {
        Command::Stat(number) | Command::Plain(number) => number,
        Command::Set { .. } => crate::abi::number::IPC_SET,
        Command::Info => crate::abi::number::IPC_INFO,
        Command::Usage => crate::abi::number::SHM_INFO,
    };
    returned(shm::shmctl(way, shmid, number, pointer))
}

/// A command with the buffer that it wants.
fn answered(cmd: Command, way: shm::Entry, shmid: i32) -> Observation {
    let told = |result: Result<i32, Errno>, fields: Fields| match result {
        Ok(value) => Observation::told(fields.with(Field::Returned, value as u64)),
        Err(errno) => Observation::Failed(errno),
    };
    match cmd {
        Command::Stat(number) => {
            let mut ds = Ds::default();
            let result = shm::shmctl_stat(way, shmid, number, &mut ds);
            told(result, segment(&ds))
        }
        Command::Info => {
            let mut limits = Limits::default();
            let result = shm::shmctl_info(way, shmid, &mut limits);
            let fields = Fields::default()
                .with(Field::Shmmax, limits.shmmax)
                .with(Field::Shmmin, limits.shmmin)
                .with(Field::Shmmni, limits.shmmni)
                .with(Field::Shmseg, limits.shmseg)
                .with(Field::Shmall, limits.shmall);
            told(result, fields)
        }
        Command::Usage => {
            let mut usage = Usage::default();
            let result = shm::shmctl_usage(way, shmid, &mut usage);
            let fields = Fields::default()
                .with(Field::UsedIds, usage.used_ids)
                .with(Field::ShmTot, usage.shm_tot)
                .with(Field::ShmRss, usage.shm_rss)
                .with(Field::ShmSwp, usage.shm_swp);
            told(result, fields)
        }
        Command::Set { mode, uid, gid } => {
            let uid = uid.unwrap_or_else(process::uid);
            let gid = gid.unwrap_or_else(process::gid);
            returned(shm::shmctl_set(way, shmid, uid, gid, mode))
        }
        Command::Plain(number) => returned(shm::shmctl(way, shmid, number, Buffer::Room)),
    }
}

fn segment(ds: &Ds) -> Fields {
    Fields::default()
        .with(Field::Key, u64::from(ds.key as u32))
        .with(Field::Uid, ds.uid.into())
        .with(Field::Gid, ds.gid.into())
        .with(Field::Cuid, ds.cuid.into())
        .with(Field::Cgid, ds.cgid.into())
        .with(Field::Mode, ds.mode.into())
        .with(Field::Seq, ds.seq.into())
        .with(Field::Segsz, ds.segsz)
        .with(Field::Atime, ds.atime as u64)
        .with(Field::Dtime, ds.dtime as u64)
        .with(Field::Ctime, ds.ctime as u64)
        .with(Field::Cpid, ds.cpid as u64)
        .with(Field::Lpid, ds.lpid as u64)
        .with(Field::Nattch, ds.nattch)
        .with(Field::Unused, ds.unused)
}

/// A call of ipc(2) whose pointer is never mapped.
fn multiplexed(ipc: &Multiplexed, known: &Known) -> Observation {
    const NOWHERE: usize = usize::MAX & !0xfff;
    let first = known.shmid(ipc.seg) as usize;
    let second = ipc.second as usize;
    returned(shm::ipc_raw(ipc.call, first, second, NOWHERE, 0, 0))
}

/// How the kernel is entered.
fn way(entry: Entry) -> shm::Entry {
    match entry {
        Entry::Direct => shm::Entry::Direct,
        Entry::Ipc => shm::Entry::Ipc,
        Entry::Old => shm::Entry::Old,
        Entry::Libc => shm::Entry::Libc,
        Entry::Int80 => shm::Entry::Int80,
    }
}

pub(super) fn returned(result: Result<i32, Errno>) -> Observation {
    match result {
        Ok(value) => Observation::Returned(value.into()),
        Err(errno) => Observation::Failed(errno),
    }
}

/// A mapping that was made, or not.
pub(super) fn address(result: Result<usize, Errno>, asked: usize) -> Observation {
    match result {
        Ok(address) => Observation::Address {
            address: address as u64,
            asked: asked as u64,
        },
        Err(errno) => Observation::Failed(errno),
    }
}
