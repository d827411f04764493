//! The forked side: does what it is told, with the numbers that it is told, and
//! says what came of it. It decides nothing.

mod failed;
mod files;
mod map_file;
mod steps;
mod text;

pub(super) use failed::Failed;

use super::known::{Known, Observer};
use super::question::{Passed, Question};
use super::wire::{Buffer, FAULT_AT, FROM_THE_START, News, Order, Reply, Unfit};
use super::{Fault, Isolation};
use crate::abi::{Errno, number};
use crate::observe::{Line, Observation};
use crate::plan::{Call, Case, Command, Entry, Ipc, Namespace, User};
use crate::sys::gate::Gate;
use crate::sys::{clock, credentials, fault, inherited, limits, oom, process, wait};
use std::cell::RefCell;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The player that this process is, for a panic to tell.
static PLAYER: AtomicUsize = AtomicUsize::new(0);

/// Everything that an actor has; inherited by what it forks.
pub(super) struct Stage<'c> {
    pub(super) case: &'c Case,
    /// Tells whether to go on behind a step.
    pub(super) passed: &'c Passed<'c>,
    pub(super) isolation: &'c Isolation,
    pub(super) fault: Option<&'c Fault>,
    /// Where this player, and those of its replica that others fork, read their orders.
    pub(super) orders: &'c [Option<PipeReader>],
    /// Where all players reply.
    pub(super) replies: &'c PipeWriter,
    pub(super) replica: usize,
    /// The keys of this replica that nobody else has.
    pub(super) keys: &'c [i32],
    /// Where those meet who are to start together.
    pub(super) gate: Option<&'c Gate>,
    /// Room for what files tell, so that reading one maps nothing: a mapping of ours could
    /// come to lie where the script has just detached one.
    pub(super) scratch: &'c RefCell<String>,
    /// Room for the orders of this player and those that it forks.
    pub(super) rooms: &'c RefCell<Vec<OrderRoom>>,
    /// How long something may take to settle.
    pub(super) patience: Duration,
}

/// Room for the orders of a player. The conductor makes one for each of them, because nobody may
/// map anything around a fork of the script: it could come to lie where an attachment was, or
/// where the child has none of its parent's.
pub(super) struct OrderRoom {
    order: Order,
    buffer: Buffer,
}

impl OrderRoom {
    pub(super) fn new(case: &Case) -> Self {
        let known = Known::new(case);
        Self {
            buffer: Buffer::new(&known),
            order: Order {
                first: 0,
                end: 0,
                spins: None,
                known,
            },
        }
    }
}

impl Stage<'_> {
    /// Lives as this player, in a process just forked by the conductor.
    pub(super) fn enter(&self, player: usize) -> ! {
        wait::release_signals();
        PLAYER.store(player, Ordering::Relaxed);
        self.report_panics();
        if let Err(failed) = self.prepare(player) {
            self.say(player, failed.news());
            process::exit_now(0);
        }
        self.live(player, FROM_THE_START)
    }

    /// Has a panic of ours told as ours: an abort would look like the kernel's doing. Panics of
    /// threads and of children as well.
    fn report_panics(&self) {
        let Ok(replies) = self.replies.try_clone() else {
            return;
        };
        let replica = self.replica;
        std::panic::set_hook(Box::new(move |panic| {
            let reply = Reply {
                player: PLAYER.load(Ordering::Relaxed),
                replica,
                news: News::Panicked(Line::of(&panic.to_string())),
            };
            let _ = reply.send(&mut &replies);
            process::exit_now(0);
        }));
    }

    fn prepare(&self, player: usize) -> Result<(), Failed> {
        let or = |what| move |errno| (what, errno);
        let user = &self.case.players[player].user;
        if *user != User::default() {
            become_user(user).map_err(or(Unfit::User))?;
        } else if self.isolation.grants_capabilities() {
            credentials::drop_capabilities().map_err(or(Unfit::Prepare))?;
        }
        // Neither a core file nor a handler of them: both want more than one byte, and one
        // means to the kernel that no handler is called (fs/coredump.c, do_coredump). To be
        // undumpable would do as well, but closes /proc/self to us. Where no limit but 0 is
        // allowed, few may raise it, and it keeps core files away, too.
        let core = libc::RLIMIT_CORE as i32;
        if limits::limit(core) != Ok((0, 0)) {
            let _ = limits::set_limit(core, 1, 1);
        }
        oom::prefer_this();
        if let Some(fault) = self.fault {
            fault.install().map_err(or(Unfit::Inject))?;
        }
        Ok(())
    }

    /// Has the kernel kill us with the conductor, even where we are the first of a PID
    /// namespace, and opens /proc/PID/ns to our user, whoever started us. A change of user, of
    /// capabilities or of user namespace forgets both (kernel/cred.c, commit_creds).
    ///
    /// A conductor that has gone before is told by the pipe of orders, to which we turn next.
    fn tie() {
        if process::die_with_parent(libc::SIGKILL).is_err() {
            process::exit_now(0);
        }
        inherited::be_dumpable();
    }

    /// Takes orders until it is killed or leaves. `born` is the step of the fork.
    fn live(&self, player: usize, born: usize) -> ! {
        PLAYER.store(player, Ordering::Relaxed);
        Self::tie();
        let template = Reply {
            player,
            replica: self.replica,
            news: News::Fault(0, 0),
        };
        let message = template.bytes();
        // Without it a death has no reason, and is seen all the same.
        let _ = fault::install(self.replies.as_raw_fd(), &message, FAULT_AT.0, FAULT_AT.1);
        self.say(player, News::Born(born));
        // A copy of its own, as all memory is.
        let room = self.rooms.borrow_mut().pop();
        let OrderRoom {
            mut order,
            mut buffer,
        } = room.expect("a room for each player");
        loop {
            let from = self.orders[player].as_ref();
            let mut from = from.expect("an actor has its own orders");
            if order.receive(&mut from, &mut buffer).is_err() {
                process::exit_now(0);
            }
            self.turn(player, &mut order);
        }
    }

    /// Takes the steps of an order, up to the first that does not do what it must: whether
    /// those behind it can be taken is for the conductor to say.
    fn turn(&self, player: usize, order: &mut Order) {
        if let (Some(spins), Some(gate)) = (order.spins, self.gate) {
            gate.arrive(player, spins);
        }
        for step in order.first..order.end {
            let seen = match self.take(player, step, &mut order.known) {
                Ok(News::Done(_, seen)) => seen,
                Ok(other) => return self.say(player, other),
                Err(failed) => return self.say(player, failed.news()),
            };
            if self.case.steps[step].call.changes_identity() {
                Self::tie();
            }
            let goes_on = (self.passed)(Question::Step(step), &seen);
            self.say(player, News::Done(step, seen));
            if !goes_on {
                return;
            }
        }
    }

    /// Takes a step; one that may take a while to settle, until it is as it must be or our
    /// patience is over.
    fn take(&self, player: usize, step: usize, known: &mut Known) -> Result<News, Failed> {
        let call = &self.case.steps[step].call;
        // Others lock and unlock memory that counts for the same user.
        let account = self.case.shares_locks
            && self.case.players[player].user.unused.is_none()
            && matches!(
                call,
                Call::Ipc(Ipc::Shmctl {
                    cmd: Command::Plain(number::SHM_LOCK),
                    ..
                })
            );
        // What others may have used up, by the error that says so.
        let scarce = match call {
            Call::Namespace(Namespace::Unshare(flags) | Namespace::Clone(flags))
                if run_out(*flags) =>
            {
                let why = "needs one more namespace than there may be (user.max_*_namespaces)";
                Some((Observation::Failed(Errno(libc::ENOSPC)), why))
            }
            _ => account.then(|| {
                let why = "needs RLIMIT_MEMLOCK for this user's segments alone, other processes may \
                           have used it up";
                (Observation::Failed(Errno(libc::ENOMEM)), why)
            }),
        };
        let settles = call.settles() || scarce.is_some();
        let until = settles.then(|| Instant::now() + self.patience);
        loop {
            let seen = match self.obey(player, step, known)? {
                News::Done(_, seen) => self.complete(step, seen, known),
                other => return Ok(other),
            };
            let Some(until) = until else {
                return Ok(News::Done(step, seen));
            };
            if (self.passed)(Question::Step(step), &seen) {
                return Ok(News::Done(step, seen));
            }
            let late = Instant::now() > until;
            match &scarce {
                Some((want, why)) if seen == *want && late => {
                    return Err(Failed::Lacks((*why).to_owned()));
                }
                Some((want, _)) if seen == *want => {}
                None if !late => {}
                _ => return Ok(News::Done(step, seen)),
            }
            std::thread::yield_now();
        }
    }

    /// Adds to an observation what else is known.
    fn complete(&self, step: usize, seen: Observation, known: &mut Known) -> Observation {
        let step = &self.case.steps[step];
        let relations = step.expect.relations();
        let seen = match seen {
            Observation::Told { fields, .. } if !relations.is_empty() => {
                let against = self.against(known, relations);
                let fields = match step.call {
                    Call::Ipc(Ipc::Shmctl {
                        entry: Entry::Old, ..
                    }) => Known::widened(fields, relations, clock::realtime_seconds()),
                    _ => fields,
                };
                Observation::Told { fields, against }
            }
            Observation::Id { id, known: had, .. } if !relations.is_empty() => {
                let against = self.against(known, relations);
                Observation::Id {
                    id,
                    known: had,
                    against,
                }
            }
            seen => seen,
        };
        known.note(&step.call, seen)
    }

    fn against(
        &self,
        known: &Known,
        relations: &[(crate::abi::Field, crate::plan::Relation)],
    ) -> [u64; crate::observe::MOST_RELATIONS] {
        let observer = Observer {
            keys: self.keys,
            uid: process::uid(),
            gid: process::gid(),
            now: clock::realtime_seconds(),
        };
        known.against(relations, &observer, |actor| self.case.actors[actor].0)
    }

    fn say(&self, player: usize, news: News) {
        let reply = Reply {
            player,
            replica: self.replica,
            news,
        };
        if reply.send(&mut &*self.replies).is_err() {
            process::exit_now(0);
        }
    }
}

/// Whether namespaces of these kinds may run out: the kernel frees those of cases before when it
/// comes to it, user namespaces of ordinary users belong to others too, and there may be few.
fn run_out(flags: i32) -> bool {
    /// More than are in use while a case runs.
    const ENOUGH: u64 = 64;
    let limit = |name| {
        let text = std::fs::read_to_string(format!("/proc/sys/user/max_{name}_namespaces")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let few = |name| limit(name).is_some_and(|most| most < ENOUGH);
    flags & libc::CLONE_NEWUSER != 0
        || flags & libc::CLONE_NEWIPC != 0 && few("ipc")
        || flags & libc::CLONE_NEWPID != 0 && few("pid")
}

fn become_user(user: &User) -> Result<(), Errno> {
    if user.uid.is_some_and(|uid| uid != 0) && user.caps.is_some() {
        credentials::keep_capabilities(true)?;
    }
    credentials::setgroups(&user.groups)?;
    credentials::setresgid(user.gid, user.gid, user.gid)?;
    credentials::setresuid(user.uid, user.uid, user.uid)?;
    user.caps.map_or(Ok(()), credentials::capset)
}
