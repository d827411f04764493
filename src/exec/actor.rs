//! The forked side: does what it is told, with the numbers that it is told, and
//! says what came of it. It decides nothing.

mod call;
mod failed;
mod files;
mod map_file;
mod text;
mod touch;
mod world;

pub(super) use failed::Failed;

use super::conductor::{Passed, Question};
use super::known::{Known, Observer};
use super::wire::{Buffer, FAULT_AT, FROM_THE_START, News, Order, Reply, Unfit};
use super::{Fault, Isolation};
use crate::abi::{Errno, number};
use crate::observe::{Line, Observation};
use crate::plan::{Call, Case, Command, Entry, User};
use crate::sys::gate::Gate;
use crate::sys::process::{self, Forked};
use crate::sys::{clock, credentials, fault, image, inherited, limits, oom, wait};
use std::cell::RefCell;
use std::ffi::CString;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

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
    /// How long something may take to settle.
    pub(super) patience: Duration,
}

impl Stage<'_> {
    /// Lives as this player, in a process just forked by the conductor.
    pub(super) fn enter(&self, player: usize) -> ! {
        wait::release_signals();
        self.report_panics(player);
        if let Err(failed) = self.prepare(player) {
            self.say(player, failed.news());
            process::exit_now(0);
        }
        self.live(player, FROM_THE_START)
    }

    /// Has a panic of ours told as ours: an abort would look like the kernel's doing. Panics of
    /// threads as well.
    fn report_panics(&self, player: usize) {
        let Ok(replies) = self.replies.try_clone() else {
            return;
        };
        let replica = self.replica;
        std::panic::set_hook(Box::new(move |panic| {
            let reply = Reply {
                player,
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
        let known = Known::new(self.case);
        let mut buffer = Buffer::new(&known);
        let mut order = Order {
            first: 0,
            end: 0,
            spins: None,
            known,
        };
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
                Call::Shmctl {
                    cmd: Command::Plain(number::SHM_LOCK),
                    ..
                }
            );
        let settles = call.settles() || account;
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
            if late && account && seen == Observation::Failed(Errno(libc::ENOMEM)) {
                return Err(Failed::Lacks(
                    "needs RLIMIT_MEMLOCK for this user's segments alone, other processes may have used it up"
                        .to_owned(),
                ));
            }
            if late || (account && seen != Observation::Failed(Errno(libc::ENOMEM))) {
                return Ok(News::Done(step, seen));
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
                    Call::Shmctl {
                        entry: Entry::Old, ..
                    } => Known::widened(fields, relations, clock::realtime_seconds()),
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

    fn obey(&self, player: usize, step: usize, known: &Known) -> Result<News, Failed> {
        let call = &self.case.steps[step].call;
        if call.in_thread() {
            return self.obey_in_thread(step, known);
        }
        let seen = match call {
            Call::Shmget { .. } | Call::Shmat { .. } | Call::Shmdt { .. } => {
                self.call(step, call, known)?
            }
            Call::Shmctl { .. } | Call::Ipc(_) => self.call(step, call, known)?,
            Call::Store { .. } | Call::Load { .. } | Call::Execute(_) | Call::Poke(..) => {
                self.touch(player, step, call, known)
            }
            Call::Peek(..) | Call::Produce(..) | Call::Consume(..) => {
                self.touch(player, step, call, known)
            }
            Call::World(crate::plan::World::Exec) => self.become_another(player, step),
            Call::World(world) => self.world(world, known)?,
            // It would get a number that means somebody else to the conductor.
            Call::Fork(_) if process::parent() == 0 => {
                Observation::Lost("a fork within a PID namespace".to_owned())
            }
            Call::Fork(child) => match process::fork_sibling() {
                Ok(Forked::Parent(pid)) => return Ok(News::Forked(step, pid)),
                Ok(Forked::Child) => {
                    let child = self.case.actors[*child].0;
                    self.report_panics(child);
                    self.live(child, step)
                }
                Err(errno @ Errno(libc::EAGAIN)) => {
                    return Err(Failed::Lacks(format!(
                        "no more processes may be had: fork: {errno}"
                    )));
                }
                Err(errno) => Observation::Failed(errno),
            },
            Call::Exit => process::exit_now(0),
            // The conductor does these itself.
            Call::Kill(..) | Call::Claim(..) => Observation::Lost(String::new()),
        };
        Ok(News::Done(step, seen))
    }

    /// A thread that lives for one call.
    fn obey_in_thread(&self, step: usize, known: &Known) -> Result<News, Failed> {
        let call = &self.case.steps[step].call;
        let caller = self.caller();
        let seen = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .stack_size(64 << 10)
                .spawn_scoped(scope, || {
                    (process::thread(), caller.call(step, call, known))
                });
            let thread = thread.map_err(|error| {
                let errno = error.raw_os_error().unwrap_or(0);
                Failed::Unfit(Unfit::Thread, Errno(errno))
            })?;
            let (thread, seen) = thread
                .join()
                .map_err(|_| Failed::Unfit(Unfit::Thread, Errno(libc::EINTR)))?;
            process::until_gone(thread);
            seen
        })?;
        Ok(News::Done(step, seen))
    }

    fn call(&self, step: usize, call: &Call, known: &Known) -> Result<Observation, Failed> {
        self.caller().call(step, call, known)
    }

    fn caller(&self) -> Caller<'_> {
        Caller {
            case: self.case,
            ours: self.isolation.is_ours(),
            keys: self.keys,
        }
    }

    /// execve(2) of our own program, which says for us that it is there.
    fn become_another(&self, player: usize, step: usize) -> Observation {
        let reply = Reply {
            player,
            replica: self.replica,
            news: News::Done(step, Observation::Replaced),
        };
        let hex: String = reply.bytes().iter().map(|b| format!("{b:02x}")).collect();
        let fd = self.replies.as_raw_fd();
        let args = ["shmproof", REPLACED, &fd.to_string(), &hex].map(CString::new);
        let args: Vec<CString> = args.into_iter().flatten().collect();
        let args: Vec<&std::ffi::CStr> = args.iter().map(CString::as_c_str).collect();
        match image::inherit(fd) {
            Ok(()) => Observation::Failed(image::exec_self(&args)),
            Err(errno) => Observation::Failed(errno),
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

/// The first argument of a program that stands in for an actor after its `exec()`.
const REPLACED: &str = "--stands-in";

/// Stands in for an actor after its `exec()`, if that is what these arguments say: tells
/// the conductor, and waits to be killed.
pub fn stand_in(args: &[std::ffi::OsString]) {
    let text = |at: usize| args.get(at).and_then(|arg| arg.to_str());
    if text(1) != Some(REPLACED) {
        return;
    }
    let bytes: Vec<u8> = text(3)
        .unwrap_or_default()
        .as_bytes()
        .chunks(2)
        .filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
        .collect();
    if let Some(fd) = text(2).and_then(|fd| fd.parse().ok()) {
        process::write_and_wait(fd, &bytes);
    }
    process::exit_now(0);
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
