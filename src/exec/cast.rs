//! The processes of a case: brings them to life, passes orders, hears replies,
//! sees deaths, and leaves nobody behind.

use super::actor::{OrderRoom, Stage};
use super::options::Options;
use super::question::Passed;
use super::wire::{News, Order, Reply};
use crate::abi::Errno;
use crate::plan::Case;
use crate::sys::descriptors;
use crate::sys::gate::{Gate, Ledger};
use crate::sys::interrupt;
use crate::sys::process::{self, Death, Forked};
use crate::sys::wait::{self, Wake};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{PipeReader, PipeWriter};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Instant;

/// Files of /proc about a process are hardly ever longer.
const LONGEST_FILE: usize = 64 << 10;

/// A player in one of the replicas.
pub(super) type Part = (usize, usize);

/// What happened while we waited.
#[expect(
    clippy::large_enum_variant,
    reason = "a box would be one more for each reply"
)]
#[derive(Debug)]
pub(super) enum Happened {
    /// An actor said something.
    Heard(Reply),
    /// An actor said something that we do not understand.
    Nonsense(String),
    /// An actor died.
    Died(Part, Death),
    /// The time is up.
    Deadline,
    /// We are asked to stop.
    Stop,
}

/// The processes of one case.
pub(super) struct Cast {
    replies: PipeReader,
    /// Ours, so that the pipe never looks closed when the last actor has died.
    _reply: PipeWriter,
    /// By replica, then player.
    orders: Vec<Vec<PipeWriter>>,
    /// By replica: where those meet who are to start together, if any are.
    gates: Vec<Option<Gate>>,
    /// Where everybody who may leave a segment is written down, by us: the number that a
    /// process of a PID namespace has for itself is somebody else's.
    ledger: Option<Rc<Ledger>>,
    alive: BTreeMap<i32, Part>,
    /// Those whom we killed.
    dying: BTreeSet<i32>,
    /// Deaths that were seen and not told yet.
    deaths: BTreeMap<i32, Death>,
}

impl Cast {
    /// Brings to life everybody who is not forked by another actor.
    ///
    /// # Errors
    ///
    /// When pipes or processes cannot be had; nobody is left alive then.
    pub(super) fn new(
        case: &Case,
        options: &Options,
        passed: &Passed<'_>,
        keys: &[Vec<i32>],
    ) -> std::io::Result<Self> {
        let (replies, reply) = std::io::pipe()?;
        let mut cast = Self {
            replies,
            _reply: reply.try_clone()?,
            orders: Vec::new(),
            gates: Vec::new(),
            ledger: options.ledger.clone(),
            alive: BTreeMap::new(),
            dying: BTreeSet::new(),
            deaths: BTreeMap::new(),
        };
        let rooms = case.players.iter().map(|_| OrderRoom::new(case));
        let rooms = RefCell::new(rooms.collect());
        let scratch = RefCell::new(String::with_capacity(LONGEST_FILE));
        // Only those who start together need one.
        let races = case.actors.iter().any(|(_, count)| *count > 1)
            || case.blocks.iter().any(|block| block.turns.len() > 1);
        for (replica, keys) in keys.iter().enumerate() {
            let gate = if races {
                Some(Gate::new(case.players.len()).map_err(raw)?)
            } else {
                None
            };
            let stage = Stage {
                case,
                passed,
                isolation: &options.isolation,
                fault: options.fault.as_ref(),
                orders: &[],
                replies: &reply,
                replica,
                keys,
                gate: gate.as_ref(),
                scratch: &scratch,
                rooms: &rooms,
                patience: options.step_timeout / 2,
            };
            let raised = cast.raise(&stage);
            cast.gates.push(gate);
            if let Err(error) = raised {
                cast.end(Instant::now() + options.step_timeout);
                return Err(error);
            }
        }
        Ok(cast)
    }

    /// Brings to life the players of one replica.
    fn raise(&mut self, stage: &Stage<'_>) -> std::io::Result<()> {
        let (mut readers, mut writers) = (Vec::new(), Vec::new());
        for _ in &stage.case.players {
            let (reader, writer) = std::io::pipe()?;
            readers.push(Some(reader));
            writers.push(writer);
        }
        self.orders.push(writers);
        let players = stage.case.players.iter().enumerate();
        for (player, _) in players.filter(|(_, player)| !player.forked) {
            match process::fork() {
                Ok(Forked::Child) => {
                    // Nobody but us writes orders, so that to read them ends with us.
                    let writers = std::mem::take(&mut self.orders).into_iter().flatten();
                    let mut others = Vec::new();
                    for (other, reader) in readers.iter_mut().enumerate() {
                        // What it forks reads its own, too.
                        if other != player && !stage.case.players[other].forked {
                            others.extend(reader.take());
                        }
                    }
                    let writers = writers.map(OwnedFd::from);
                    descriptors::close(writers.chain(others.into_iter().map(OwnedFd::from)));
                    let orders = &readers;
                    Stage { orders, ..*stage }.enter(player)
                }
                Ok(Forked::Parent(pid)) => self.born(pid, (player, stage.replica)),
                Err(errno) => return Err(raw(errno)),
            }
        }
        Ok(())
    }

    /// Everybody who lives, with their pids.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (i32, Part)> {
        self.alive.iter().map(|(pid, part)| (*pid, *part))
    }

    /// Whether this player lives, as far as we have been told.
    pub(super) fn lives(&self, part: Part) -> bool {
        self.alive.values().any(|one| *one == part)
    }

    /// A fork has brought this actor to life; it has had no order yet.
    pub(super) fn born(&mut self, pid: i32, part: Part) {
        if let Some(ledger) = &self.ledger {
            ledger.note(pid);
        }
        self.alive.insert(pid, part);
    }

    /// A process that came to life too late to take part is ended.
    pub(super) fn refuse(&mut self, pid: i32) {
        process::kill(pid, libc::SIGKILL);
        self.dying.insert(pid);
    }

    /// Sends a signal to a player, whose death is told by [`Self::next`].
    pub(super) fn signal(&self, part: Part, signal: i32) {
        if let Some((pid, _)) = self.alive.iter().find(|(_, one)| **one == part) {
            process::kill(*pid, signal);
        }
    }

    /// These players are about to be told to start together.
    pub(super) fn gather(&self, replica: usize, players: impl Iterator<Item = usize>) {
        if let Some(gate) = &self.gates[replica] {
            players.for_each(|player| gate.await_one(player));
        }
    }

    /// Nobody waits any more for a player that may have died on its way to the others.
    fn excuse(&self, (player, replica): Part) {
        // There is none yet if we fail while we raise the players.
        if let Some(Some(gate)) = self.gates.get(replica) {
            gate.excuse(player);
        }
    }

    /// Tells a player to take some steps. Its death, if it is dead, is told by [`Self::next`].
    pub(super) fn order(&mut self, (player, replica): Part, order: &Order) {
        // The pipe holds thousands of orders and its readers are open in other actors, so
        // this neither blocks nor fails.
        let _ = order.send(&mut &self.orders[replica][player]);
    }

    /// Waits for the next thing to happen.
    pub(super) fn next(&mut self, deadline: Instant) -> Happened {
        loop {
            // What an actor said before it died comes first.
            let quiet = self.deaths.is_empty() || !wait::ready(self.replies.as_fd());
            if quiet && let Some(told) = self.tell_death() {
                return told;
            }
            match wait::wait(self.replies.as_fd(), deadline) {
                Wake::Readable => match Reply::receive(&mut self.replies) {
                    Ok(reply) => return Happened::Heard(reply),
                    Err(error) => return Happened::Nonsense(error.to_string()),
                },
                Wake::Signal if interrupt::seen() => return Happened::Stop,
                Wake::Signal => self.reap(),
                Wake::Deadline => {
                    // Signals are let in while we wait, and we did not: who has died?
                    self.reap();
                    return self.tell_death().unwrap_or(Happened::Deadline);
                }
            }
        }
    }

    fn reap(&mut self) {
        while let Some((pid, death)) = process::reap(-1, false) {
            self.deaths.insert(pid, death);
        }
    }

    fn tell_death(&mut self) -> Option<Happened> {
        let pid = *self
            .deaths
            .keys()
            .find(|pid| self.alive.contains_key(pid))?;
        let death = self.deaths.remove(&pid)?;
        let part = self.alive.remove(&pid)?;
        self.excuse(part);
        Some(Happened::Died(part, death))
    }

    /// Kills an actor that does not answer. It counts as dead, whether or not it dies.
    pub(super) fn kill(&mut self, part: Part) {
        let found = self.alive.iter().find(|(_, one)| **one == part);
        if let Some(pid) = found.map(|(pid, _)| *pid) {
            process::kill(pid, libc::SIGKILL);
            self.excuse(part);
            self.alive.remove(&pid);
            self.dying.insert(pid);
        }
    }

    /// Ends everybody. Returns the pids of those who would not die.
    pub(super) fn end(mut self, deadline: Instant) -> Vec<i32> {
        loop {
            for pid in std::mem::take(&mut self.alive).into_keys() {
                process::kill(pid, libc::SIGKILL);
                self.dying.insert(pid);
            }
            self.reap();
            self.dying.retain(|pid| !self.deaths.contains_key(pid));
            if self.dying.is_empty() {
                return Vec::new();
            }
            match wait::wait(self.replies.as_fd(), deadline) {
                Wake::Readable => {
                    // A child may have been born that we do not know yet.
                    if let Ok(Reply {
                        player,
                        replica,
                        news: News::Forked(_, pid),
                    }) = Reply::receive(&mut self.replies)
                    {
                        self.born(pid, (player, replica));
                    }
                }
                Wake::Signal => {}
                Wake::Deadline => return self.dying.into_iter().collect(),
            }
        }
    }
}

fn raw(errno: Errno) -> std::io::Error {
    std::io::Error::from_raw_os_error(errno.0)
}
