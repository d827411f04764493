//! Runs a case: one order after the other, a deadline for each, and a trace of
//! what was seen. Whatever the kernel does is in the trace; this never fails.

use super::cast::{Cast, Happened, Part};
use super::sweep::{keys, sweep};
use super::wire::{News, Order, Unfit};
use super::{Fault, Isolation};
use crate::abi::Errno;
use crate::observe::Observation;
use crate::plan::{Call, Case, Key, Place, Seg, Target};
use crate::sys::interrupt;
use crate::sys::process::Death;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How cases are to be run.
#[derive(Clone, Debug)]
pub struct Options {
    /// What keeps us apart from the rest of the machine.
    pub isolation: Isolation,
    /// What is made to fail.
    pub fault: Option<Fault>,
    /// How long a step may take.
    pub step_timeout: Duration,
}

/// What was seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepTrace {
    /// Each replica's observation.
    Ran(Vec<Observation>),
    /// It was not taken: what it needs was not produced.
    Blocked,
}

/// What was seen of a case.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// In the order of the script.
    pub steps: Vec<StepTrace>,
    /// Why it was not run, found out too late for the plan.
    pub skip: Option<String>,
    /// How the harness failed, if it did.
    pub broken: Option<String>,
    /// What the sweep found behind the case.
    pub left: Vec<String>,
    /// Wall-clock time in microseconds.
    pub us: u64,
}

/// Runs a case. `passed` tells whether a step that was seen to come to this did what later
/// steps build on; the conductor itself has no opinion.
pub fn run(
    case: &Case,
    options: &Options,
    passed: &dyn Fn(usize, &[Observation]) -> bool,
) -> Trace {
    let start = Instant::now();
    let mut trace = Trace::default();
    match Conductor::new(case, options) {
        Ok(conductor) => conductor.play(passed, &mut trace),
        Err(Refusal::Skip(why)) => trace.skip = Some(why),
        Err(Refusal::Broken(why)) => trace.broken = Some(why),
    }
    trace.us = start.elapsed().as_micros() as u64;
    trace
}

enum Refusal {
    Skip(String),
    Broken(String),
}

struct Conductor<'c> {
    case: &'c Case,
    options: &'c Options,
    cast: Cast,
    keys: Vec<Vec<i32>>,
    /// The shmids of the objects, by replica.
    shmids: Vec<Vec<Option<i32>>>,
    /// The addresses of the attachments, by replica. A forked child has them in the same place.
    addresses: Vec<Vec<u64>>,
    /// Every shmid that a shmget returned.
    made: Vec<i32>,
    /// Who died between its steps, unasked: its next step comes to this.
    untold: BTreeMap<Part, Observation>,
    broken: Option<String>,
}

impl<'c> Conductor<'c> {
    fn new(case: &'c Case, options: &'c Options) -> Result<Self, Refusal> {
        let keys = keys(case, &options.isolation).map_err(Refusal::Skip)?;
        let cast = Cast::new(case, options)
            .map_err(|error| Refusal::Broken(format!("cannot start the cast: {error}")))?;
        Ok(Self {
            case,
            options,
            cast,
            keys,
            shmids: vec![vec![None; case.objects]; case.crowd],
            addresses: vec![vec![0; case.maps]; case.crowd],
            made: Vec::new(),
            untold: BTreeMap::new(),
            broken: None,
        })
    }

    fn play(mut self, passed: &dyn Fn(usize, &[Observation]) -> bool, trace: &mut Trace) {
        let mut good: Vec<bool> = Vec::with_capacity(self.case.steps.len());
        for (index, step) in self.case.steps.iter().enumerate() {
            let parts: Vec<Part> = (0..self.case.crowd)
                .map(|replica| (step.actor, replica))
                .collect();
            let due = self.broken.is_none() && step.needs.iter().all(|need| good[*need]);
            let untold = parts.iter().find_map(|part| self.untold.remove(part));
            let seen = match untold {
                Some(death) if due => vec![death],
                None if due && parts.iter().all(|part| self.cast.lives(*part)) => self.take(index),
                _ => {
                    good.push(false);
                    trace.steps.push(StepTrace::Blocked);
                    continue;
                }
            };
            good.push(passed(index, &seen));
            trace.steps.push(StepTrace::Ran(seen));
        }
        let stubborn = self.cast.end(Instant::now() + self.options.step_timeout);
        trace.broken = self.broken;
        trace.left = sweep(&self.options.isolation, &self.made);
        trace.left.extend(
            stubborn
                .iter()
                .map(|pid| format!("process {pid}, which SIGKILL does not end")),
        );
    }

    /// Has all replicas take a step, side by side.
    fn take(&mut self, index: usize) -> Vec<Observation> {
        let step = &self.case.steps[index];
        let deadline = Instant::now() + self.options.step_timeout;
        for replica in 0..self.case.crowd {
            let order = self.order(index, replica);
            log::debug!("step {index} replica {replica}: {:?} {order:?}", step.call);
            self.cast.order((step.actor, replica), order);
        }
        let mut turn = Turn::new(step.actor, self.case.crowd, &step.call);
        while !turn.is_over() && self.broken.is_none() {
            let happened = self.cast.next(deadline);
            self.note(&mut turn, happened);
        }
        let lost = Observation::Lost(self.broken.clone().unwrap_or_default());
        let seen = turn
            .seen
            .into_iter()
            .map(|seen| seen.unwrap_or_else(|| lost.clone()));
        seen.enumerate()
            .map(|(replica, seen)| self.remember(&step.call, replica, seen))
            .collect()
    }

    fn order(&self, step: usize, replica: usize) -> Order {
        let mut order = Order {
            step,
            shmid: 0,
            key: 0,
            address: 0,
        };
        let shmid = |seg: &Seg| match seg {
            Seg::Raw(id) => *id,
            // Bound by a step that this one needs; -1 is never valid.
            Seg::Object(object) => self.shmids[replica][*object].unwrap_or(-1),
        };
        match &self.case.steps[step].call {
            Call::Shmget {
                key: Key::Unique(number),
                ..
            } => {
                order.key = self.keys[replica][*number];
            }
            Call::Shmat { seg, .. } | Call::Shmctl { seg, .. } => order.shmid = shmid(seg),
            Call::Shmdt(Target::Map(map))
            | Call::Store {
                place: Place { map, .. },
                ..
            }
            | Call::Load {
                place: Place { map, .. },
                ..
            } => {
                order.address = self.addresses[replica][*map];
            }
            Call::Shmget { .. } | Call::Shmdt(Target::At(_)) | Call::Fork(_) | Call::Exit => {}
        }
        order
    }

    fn note(&mut self, turn: &mut Turn, happened: Happened) {
        match happened {
            Happened::Heard(reply) => {
                let part = (reply.actor, reply.replica);
                match reply.news {
                    News::Born => turn.born(part),
                    News::Forked(pid) => {
                        if let Some(child) = turn.child {
                            self.cast.born(pid, (child, reply.replica));
                        }
                        turn.forked(part);
                    }
                    News::Unfit(what, errno) => self.broken = Some(unfit(what, errno)),
                    News::Done(seen) => turn.see(part, seen),
                }
            }
            Happened::Died(part, death) => {
                let seen = match death {
                    Death::Exited(status) => Observation::Exited(status),
                    Death::Killed(signal) => Observation::Killed(signal),
                };
                if part.0 == turn.actor {
                    turn.see(part, seen);
                } else {
                    self.untold.insert(part, seen);
                }
            }
            Happened::Deadline => {
                for replica in turn.pending() {
                    self.cast.kill((turn.actor, replica));
                    let seconds = self.options.step_timeout.as_secs();
                    turn.see((turn.actor, replica), Observation::TimedOut(seconds));
                }
            }
            Happened::Stop => {
                debug_assert!(interrupt::seen());
                self.broken = Some("interrupted".to_owned());
            }
        }
    }

    /// Keeps what later steps build on.
    fn remember(&mut self, call: &Call, replica: usize, seen: Observation) -> Observation {
        match (call, seen) {
            (Call::Shmget { object, .. }, Observation::Id { id, .. }) => {
                self.made.push(id);
                let known = object.and_then(|object| self.shmids[replica][object]);
                if let (Some(object), None) = (object, known) {
                    self.shmids[replica][*object] = Some(id);
                }
                Observation::Id { id, known }
            }
            (Call::Shmat { map: Some(map), .. }, Observation::Address { address, asked }) => {
                self.addresses[replica][*map] = address;
                Observation::Address { address, asked }
            }
            (_, seen) => seen,
        }
    }
}

/// A step while its replicas take it.
struct Turn {
    actor: usize,
    /// Whom the step brings to life.
    child: Option<usize>,
    seen: Vec<Option<Observation>>,
    /// How many halves of a fork have reported: parent and child.
    halves: BTreeMap<usize, u8>,
}

impl Turn {
    fn new(actor: usize, crowd: usize, call: &Call) -> Self {
        let child = if let Call::Fork(child) = call {
            Some(*child)
        } else {
            None
        };
        Self {
            actor,
            child,
            seen: vec![None; crowd],
            halves: BTreeMap::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.seen.iter().all(Option::is_some)
    }

    fn pending(&self) -> Vec<usize> {
        (0..self.seen.len())
            .filter(|replica| self.seen[*replica].is_none())
            .collect()
    }

    /// The first word counts; what another actor does meanwhile is its own affair.
    fn see(&mut self, (actor, replica): Part, seen: Observation) {
        if actor == self.actor {
            self.seen[replica].get_or_insert(seen);
        }
    }

    fn born(&mut self, (actor, replica): Part) {
        if Some(actor) == self.child {
            self.half(replica);
        }
    }

    fn forked(&mut self, (_, replica): Part) {
        self.half(replica);
    }

    fn half(&mut self, replica: usize) {
        let halves = self.halves.entry(replica).or_default();
        *halves += 1;
        if *halves == 2 {
            self.seen[replica].get_or_insert(Observation::Forked);
        }
    }
}

fn unfit(what: Unfit, errno: Errno) -> String {
    match what {
        Unfit::User => format!("an actor cannot become its user: {errno}"),
        Unfit::Inject => {
            format!("a fault cannot be injected: {errno} (needs CONFIG_SECCOMP_FILTER)")
        }
        Unfit::Address => format!("an actor finds no free address: {errno}"),
        Unfit::Prepare => format!("an actor cannot prepare itself: {errno}"),
    }
}
