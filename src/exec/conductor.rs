//! Gives the actors of a case their steps in time, keeps a deadline for each step, and
//! traces what was seen. Whatever the kernel does is in the trace; this never fails.

use super::blame::{self, Blame};
use super::cast::{Cast, Happened, Part};
use super::options::Options;
use super::pace;
use super::question::{Heard, Passed, Question};
use super::replica::{Next, Replica};
use super::restore::Surroundings;
use super::sweep::{keys, sweep, sweep_after};
use super::trace::{Seen, StepTrace, Trace, all_good};
use super::wire::{News, Reply};
use crate::abi::{Death as Cause, Errno, Signal};
use crate::observe::Observation;
use crate::plan::Case;
use crate::sys::process::{self, Death};
use std::collections::BTreeMap;
use std::time::Instant;

/// Runs a case.
pub fn run(case: &Case, options: &Options, passed: &Passed<'_>, heard: &mut Heard<'_>) -> Trace {
    let start = Instant::now();
    let mut trace = Trace::default();
    // An actor that has its turn should not be put off by its own reply waking us up.
    process::yield_to_others();
    if options.own_namespace
        && let Err(why) = options.isolation.renew()
    {
        trace.skip = Some(why);
        return trace;
    }
    let surroundings = Surroundings::before(case);
    match keys(case, &options.isolation) {
        Err(why) => trace.skip = Some(why),
        Ok(keys) => match Cast::new(case, options, passed, &keys) {
            Err(error) if blame::is_shortage(&error) => {
                let count = case.players.len() * case.crowd;
                trace.skip = Some(format!(
                    "needs {count} processes, and pipes to them: {error}"
                ));
            }
            Err(error) => trace.broken = Some(format!("cannot start the cast: {error}")),
            Ok(cast) => Conductor::new(case, options, passed, cast, heard).play(&mut trace),
        },
    }
    trace.clock_set = surroundings.clock_set_by_others();
    trace.left.extend(surroundings.restore());
    trace.us = start.elapsed().as_micros() as u64;
    trace
}

struct Conductor<'c, 'h> {
    case: &'c Case,
    options: &'c Options,
    passed: &'c Passed<'c>,
    cast: Cast,
    replicas: Vec<Replica<'c>>,
    heard: &'c mut Heard<'h>,
    /// The reasons of deaths that are about to be seen.
    faults: BTreeMap<Part, i32>,
    broken: Option<String>,
    /// What the environment does not offer.
    lacks: Option<String>,
}

impl<'c, 'h> Conductor<'c, 'h> {
    fn new(
        case: &'c Case,
        options: &'c Options,
        passed: &'c Passed<'c>,
        cast: Cast,
        heard: &'c mut Heard<'h>,
    ) -> Self {
        let now = crate::sys::clock::first_second();
        let replica = |number: usize| {
            let seed = options.seed ^ number as u64;
            let mut replica = Replica::new(case, passed, seed, options.effort);
            replica.known.start = now;
            replica
        };
        let mut replicas: Vec<_> = (0..case.crowd).map(replica).collect();
        for (pid, (player, replica)) in cast.everybody() {
            replicas[replica].born(player, pid);
        }
        Self {
            case,
            options,
            passed,
            cast,
            replicas,
            heard,
            faults: BTreeMap::new(),
            broken: None,
            lacks: None,
        }
    }

    fn play(mut self, trace: &mut Trace) {
        for replica in 0..self.case.crowd {
            self.advance(replica);
        }
        while self.broken.is_none() && self.lacks.is_none() {
            let Some(deadline) = self.replicas.iter().filter_map(Replica::deadline).min() else {
                break;
            };
            let happened = self.cast.next(deadline);
            self.note(happened);
        }
        trace.steps = (0..self.case.steps.len())
            .map(|step| self.seen(step))
            .collect();
        let stubborn = self.cast.end(Instant::now() + self.options.step_timeout);
        let untold = self.replicas.iter().flat_map(|one| one.untold.values());
        trace.left = untold.cloned().collect();
        let made = self
            .replicas
            .iter()
            .flat_map(|one| one.made.iter().copied());
        let made: Vec<i32> = made.collect();
        trace.broken = self.broken;
        trace.skip = self.lacks;
        trace.left.extend(sweep(&self.options.isolation, &made));
        // Who was killed between a shmget and its word of it has told nobody.
        if let (Some(ledger), false) = (&self.options.ledger, all_good(trace)) {
            let removed = sweep_after(&self.options.isolation, ledger);
            log::info!("{removed} segments of the dead removed");
        }
        let stubborn = stubborn
            .iter()
            .map(|pid| format!("process {pid}, which SIGKILL does not end"));
        trace.left.extend(stubborn);
    }

    /// What all replicas saw of a step.
    fn seen(&self, step: usize) -> StepTrace {
        let seen = self.replicas.iter().flat_map(|one| &one.seen[step]);
        let mut seen: Vec<Seen> = seen.flatten().cloned().collect();
        // The step in which we failed is ours; those behind it were never due.
        let here = |one: &Replica<'_>| one.lanes.iter().any(|lane| lane.is_taking(step));
        if let Some(why) = &self.broken
            && self.replicas.iter().any(here)
        {
            seen.push(Seen {
                observation: Observation::Lost(why.clone()),
                good: false,
                round: None,
            });
        }
        if seen.is_empty() {
            StepTrace::Blocked
        } else {
            StepTrace::Ran(seen)
        }
    }

    /// Opens blocks of a replica until one has something under way.
    fn advance(&mut self, replica: usize) {
        loop {
            let cast = &self.cast;
            let lives = |player| cast.lives((player, replica));
            let Some(nexts) = self.replicas[replica].open(&lives) else {
                return;
            };
            let together = nexts.iter().filter(|(_, next)| next.is_together());
            let lanes = &self.replicas[replica].lanes;
            cast.gather(replica, together.map(|(lane, _)| lanes[*lane].player));
            for (lane, next) in nexts {
                self.dispatch(replica, lane, next);
            }
            if self.replicas[replica].is_busy() {
                return;
            }
            self.replicas[replica].close();
        }
    }

    /// Sends a lane on its way.
    fn dispatch(&mut self, replica: usize, lane: usize, next: Next) {
        let deadline = Instant::now() + self.options.step_timeout;
        let one = &mut self.replicas[replica].lanes[lane];
        let part = (one.player, replica);
        match next {
            Next::Turn(order) => {
                let name = &self.case.players[part.0].name;
                log::debug!(
                    "replica {replica}: {name} takes {}..{}",
                    order.first,
                    order.end
                );
                one.ordered(order.end, deadline);
                self.cast.order(part, &order);
            }
            Next::Kill(victim, signal) => {
                one.awaits = Some(victim);
                one.ordered(one.step + 1, deadline);
                self.cast.signal((victim, replica), signal.0);
            }
            Next::Over => {}
        }
    }

    fn note(&mut self, happened: Happened) {
        match happened {
            Happened::Heard(reply) => self.hear(reply),
            Happened::Died(part, death) => self.mourn(part, death),
            Happened::Deadline => self.late(),
            Happened::Nonsense(why) => {
                self.broken = Some(format!("an actor cannot be understood: {why}"));
            }
            Happened::Stop => self.broken = Some("interrupted".to_owned()),
        }
    }

    /// Gives up every step whose time is over. Where the machine is seen to be slow now, there
    /// is more of it.
    fn late(&mut self) {
        let now = Instant::now();
        let patience = pace::patience(self.options.step_timeout);
        let seconds = patience.as_secs();
        for lane in self.replicas.iter_mut().flat_map(|one| &mut one.lanes) {
            lane.extend(patience);
        }
        for replica in 0..self.replicas.len() {
            // Seeing one may close the block and open the next, with other lanes.
            let late =
                |lane: &super::lane::Lane| lane.deadline().is_some_and(|deadline| deadline <= now);
            while let Some(lane) = self.replicas[replica].lanes.iter().position(late) {
                let one = &self.replicas[replica].lanes[lane];
                let whom = one.awaits.unwrap_or(one.player);
                self.cast.kill((whom, replica));
                self.see(replica, lane, Observation::TimedOut(seconds));
            }
        }
    }

    fn hear(&mut self, reply: Reply) {
        let Reply {
            player,
            replica,
            news,
        } = reply;
        let lane = self.replicas[replica].lane_of(player);
        match news {
            News::Done(step, seen) => {
                // A word from a step that was given up comes too late.
                if let Some(lane) = lane
                    && self.replicas[replica].lanes[lane].is_taking(step)
                {
                    self.see(replica, lane, seen);
                }
            }
            News::Born(step) => self.child(replica, step, player),
            News::Forked(step, pid) => match lane {
                Some(lane) if self.replicas[replica].lanes[lane].is_taking(step) => {
                    let child = self.replicas[replica].lanes[lane].child(self.case);
                    let Some(child) = child else {
                        return self.cast.refuse(pid);
                    };
                    let child = self.case.actors[child].0;
                    self.cast.born(pid, (child, replica));
                    self.replicas[replica].born(child, pid);
                    self.half(replica, lane, None);
                }
                _ => self.cast.refuse(pid),
            },
            News::Unfit(what, errno @ Errno(libc::EAGAIN | libc::ENOMEM | libc::ENFILE)) => {
                self.lacks = Some(blame::unfit(what, errno));
            }
            News::Unfit(what, errno) => self.broken = Some(blame::unfit(what, errno)),
            News::Lacks(why) => self.lacks = Some(why.to_string()),
            News::Panicked(message) => {
                let name = &self.case.players[player].name;
                self.broken = Some(format!(
                    "actor `{name}` panicked, an error of shmproof: {message}"
                ));
            }
            News::Fault(code, _) => {
                self.faults.insert((player, replica), code);
            }
        }
    }

    /// A child says that it lives: one from the start of the case, or of a fork.
    fn child(&mut self, replica: usize, step: usize, player: usize) {
        let taking = |lane: &super::lane::Lane| lane.is_taking(step);
        if let Some(lane) = self.replicas[replica].lanes.iter().position(taking) {
            self.half(replica, lane, Some(player));
        }
    }

    /// Parent or child of a fork has reported.
    fn half(&mut self, replica: usize, lane: usize, born: Option<usize>) {
        if self.replicas[replica].lanes[lane].half(self.case, born) {
            self.see(replica, lane, Observation::Forked);
        }
    }

    fn mourn(&mut self, (player, replica): Part, death: Death) {
        let code = self.faults.remove(&(player, replica));
        let seen = match death {
            Death::Exited(status) => Observation::Exited(status),
            Death::Killed(signal) => Observation::Killed(Cause::by(signal, code)),
        };
        let waits = |lane: &super::lane::Lane| lane.awaits == Some(player);
        let awaited = self.replicas[replica].lanes.iter().position(waits);
        let expected = |lane: usize| {
            let step = self.replicas[replica].lanes[lane].step;
            (self.passed)(Question::Step(step), &seen)
        };
        let asked_for =
            awaited.is_some() || self.replicas[replica].lane_of(player).is_some_and(expected);
        if let (Death::Killed(signal), false) = (death, asked_for)
            && self.is_no_verdict(player, signal)
        {
            return;
        }
        let lane = awaited.or_else(|| self.replicas[replica].lane_of(player));
        if let Some(lane) = lane {
            self.see(replica, lane, seen);
            return;
        }
        let how = match seen {
            Observation::Exited(status) => format!("ended with status {status}"),
            Observation::Killed(cause) => format!("killed by {cause}"),
            _ => String::new(),
        };
        let name = &self.case.players[player].name;
        self.replicas[replica]
            .untold
            .insert(player, format!("actor `{name}`, unasked: {how}"));
    }

    /// Whether a death that the script did not ask for says nothing about the kernel.
    fn is_no_verdict(&mut self, player: usize, signal: Signal) -> bool {
        let name = &self.case.players[player].name;
        match blame::of_death(name, signal, self.options.oom_kills) {
            Some(Blame::Ours(why)) => self.broken = Some(why),
            Some(Blame::Environment(why)) => self.lacks = Some(why),
            None => return false,
        }
        true
    }

    /// The step that a lane is taking came to this.
    fn see(&mut self, replica: usize, lane: usize, seen: Observation) {
        let seen = self.replicas[replica].complete(lane, seen);
        let one = &self.replicas[replica].lanes[lane];
        (self.heard)(one.step, one.player, &seen);
        if self.replicas[replica].see(lane, seen) {
            let one = &mut self.replicas[replica].lanes[lane];
            one.go_on(Instant::now() + self.options.step_timeout);
            return;
        }
        let cast = &self.cast;
        let lives = |player| cast.lives((player, replica));
        let next = self.replicas[replica].next(lane, &lives);
        self.dispatch(replica, lane, next);
        if !self.replicas[replica].is_busy() {
            self.replicas[replica].close();
            self.advance(replica);
        }
    }
}
