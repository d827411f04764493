//! The forked side: does what it is told, with the numbers that it is told, and
//! says what came of it. It decides nothing.

use super::conductor::Passed;
use super::pattern;
use super::slots::Slots;
use super::wire::{Buffer, FROM_THE_START, News, Order, Reply, Unfit};
use super::{Fault, Isolation};
use crate::abi::number::{IPC_EXCL, IPC_SET, IPC_STAT};
use crate::abi::{Errno, Shmid};
use crate::observe::Observation;
use crate::plan::{At, Call, Case, Expect, Key, Target, User};
use crate::sys::process::{self, Forked};
use crate::sys::shm::{Buffer as Pointer, Ds, Entry};
use crate::sys::{credentials, memory, shm, wait};
use std::io::{PipeReader, PipeWriter};

/// Everything that an actor has; inherited by what it forks.
pub(super) struct Stage<'c> {
    pub(super) case: &'c Case,
    /// Tells whether to go on behind a step.
    pub(super) passed: &'c Passed<'c>,
    pub(super) isolation: &'c Isolation,
    pub(super) fault: Option<&'c Fault>,
    pub(super) page: usize,
    pub(super) shmlba: usize,
    /// Pid of the conductor, whom nobody here may outlive.
    pub(super) conductor: i32,
    /// Where each actor of this replica reads its orders.
    pub(super) orders: &'c [PipeReader],
    /// Where all actors reply.
    pub(super) replies: &'c PipeWriter,
    pub(super) replica: usize,
    /// The keys of this replica that nobody else has.
    pub(super) keys: &'c [i32],
}

/// Why an actor cannot go on: the harness fails, and says so.
type Failed = (Unfit, Errno);

impl Stage<'_> {
    /// Lives as this actor, in a process just forked by the conductor.
    pub(super) fn enter(&self, actor: usize) -> ! {
        wait::release_signals();
        if let Err((what, errno)) = self.prepare(actor) {
            self.say(actor, News::Unfit(what, errno));
            process::exit_now(0);
        }
        self.live(actor, FROM_THE_START)
    }

    fn prepare(&self, actor: usize) -> Result<(), Failed> {
        let or = |what| move |errno| (what, errno);
        match self.case.actors[actor].user {
            User::Uid(id) => credentials::become_user(id).map_err(or(Unfit::User))?,
            User::Caller if self.isolation.grants_capabilities() => {
                credentials::drop_capabilities().map_err(or(Unfit::Prepare))?;
            }
            User::Caller => {}
        }
        process::no_core().map_err(or(Unfit::Prepare))?;
        if let Some(fault) = self.fault {
            fault.install().map_err(or(Unfit::Inject))?;
        }
        Ok(())
    }

    /// Takes orders until it is killed or leaves. `born` is the step of the fork.
    fn live(&self, actor: usize, born: usize) -> ! {
        // Only now: a change of user forgets it.
        let tied = process::die_with_parent(libc::SIGKILL);
        if tied.is_err() || process::parent() != self.conductor {
            process::exit_now(0);
        }
        self.say(actor, News::Born(born));
        let slots = Slots::new(self.case.objects, self.case.maps);
        let mut buffer = Buffer::new(&slots);
        let mut order = Order {
            first: 0,
            end: 0,
            slots,
        };
        loop {
            if order
                .receive(&mut &self.orders[actor], &mut buffer)
                .is_err()
            {
                process::exit_now(0);
            }
            self.turn(actor, &mut order);
        }
    }

    /// Takes the steps of an order, up to the first that does not do what it must: whether
    /// those behind it can be taken is for the conductor to say.
    fn turn(&self, actor: usize, order: &mut Order) {
        for step in order.first..order.end {
            let seen = match self.obey(step, &order.slots) {
                Ok(News::Done(_, seen)) => order.slots.note(&self.case.steps[step].call, seen),
                Ok(other) => return self.say(actor, other),
                Err((what, errno)) => return self.say(actor, News::Unfit(what, errno)),
            };
            let goes_on = (self.passed)(step, &seen);
            self.say(actor, News::Done(step, seen));
            if !goes_on {
                return;
            }
        }
    }

    fn say(&self, actor: usize, news: News) {
        let reply = Reply {
            actor,
            replica: self.replica,
            news,
        };
        if reply.send(&mut &*self.replies).is_err() {
            process::exit_now(0);
        }
    }

    fn obey(&self, step: usize, slots: &Slots) -> Result<News, Failed> {
        let returned = |result: Result<i32, Errno>| match result {
            Ok(value) => Observation::Returned(value.into()),
            Err(errno) => Observation::Failed(errno),
        };
        let seen = match &self.case.steps[step].call {
            Call::Shmget {
                key, size, flags, ..
            } => {
                // Where others may have the key as well, only a segment of our own will do.
                let ours = self.isolation.is_ours() || *key == Key::Private;
                let creates = self.case.steps[step].expect == Expect::NewId;
                let flags = if creates && !ours {
                    *flags | IPC_EXCL
                } else {
                    *flags
                };
                let key = match key {
                    Key::Private => 0,
                    Key::Raw(key) => *key,
                    Key::Unique(number) => self.keys[*number],
                };
                // The planner skips cases whose sizes do not fit.
                match shm::shmget(Entry::Direct, key, *size as usize, flags) {
                    Ok(id) => Observation::Id { id, known: None },
                    Err(errno) => Observation::Failed(errno),
                }
            }
            Call::Shmat {
                seg,
                at,
                flags,
                length,
                ..
            } => {
                let asked = self.address(*at, *length as usize)?;
                match shm::shmat(Entry::Direct, slots.shmid(*seg), asked, *flags) {
                    Ok(address) => Observation::Address {
                        address: address as u64,
                        asked: asked as u64,
                    },
                    Err(errno) => Observation::Failed(errno),
                }
            }
            Call::Shmdt(Target::Map(map)) => {
                returned(shm::shmdt(Entry::Direct, slots.addresses[*map] as usize))
            }
            Call::Shmdt(Target::At(at)) => {
                returned(shm::shmdt(Entry::Direct, self.address(*at, self.page)?))
            }
            Call::Shmctl {
                seg,
                cmd,
                good_buffer,
            } => {
                let shmid = slots.shmid(*seg);
                let mut seen = Ds::default();
                if !good_buffer {
                    returned(shm::shmctl(Entry::Direct, shmid, *cmd, Pointer::Nowhere))
                } else if *cmd == IPC_SET {
                    returned(shm::shmctl_set(Entry::Direct, shmid, 0, 0, 0))
                } else {
                    match shm::shmctl_stat(Entry::Direct, shmid, *cmd, &mut seen) {
                        Ok(value) if *cmd == IPC_STAT => {
                            Observation::Stat(value.into(), told(seen))
                        }
                        result => returned(result),
                    }
                }
            }
            Call::Store {
                place,
                fill,
                length,
            } => {
                pattern::store(
                    slots.addresses[place.map] as usize,
                    place.offset,
                    fill,
                    *length,
                );
                Observation::Stored
            }
            Call::Load {
                place,
                against,
                length,
            } => {
                let address = slots.addresses[place.map] as usize;
                Observation::Loaded(pattern::compare(address, place.offset, against, *length))
            }
            Call::Fork(child) => match process::fork_sibling() {
                Ok(Forked::Parent(pid)) => return Ok(News::Forked(step, pid)),
                Ok(Forked::Child) => self.live(*child, step),
                Err(errno) => Observation::Failed(errno),
            },
            Call::Exit => process::exit_now(0),
        };
        Ok(News::Done(step, seen))
    }

    fn address(&self, at: At, length: usize) -> Result<usize, Failed> {
        let find =
            || memory::free_address(length, self.shmlba).map_err(|errno| (Unfit::Address, errno));
        Ok(match at {
            At::Anywhere => 0,
            At::Aligned => find()?,
            At::Unaligned => find()? + self.page / 2,
        })
    }
}

fn told(ds: Ds) -> Shmid {
    Shmid {
        segsz: ds.segsz,
        mode: ds.mode,
        nattch: ds.nattch,
        uid: ds.uid,
        gid: ds.gid,
        cuid: ds.cuid,
        cgid: ds.cgid,
    }
}
