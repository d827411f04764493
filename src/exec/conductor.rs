//! Runs a case: gives each actor its turn, keeps a deadline for each step, and
//! traces what was seen. Whatever the kernel does is in the trace; this never fails.

use super::cast::{Cast, Happened, Part};
use super::replica::{Next, Replica};
use super::sweep::{keys, sweep};
use super::wire::{News, Reply, Unfit};
use super::{Fault, Isolation};
use crate::abi::Errno;
use crate::observe::Observation;
use crate::plan::{Call, Case};
use crate::sys::process::{self, Death};
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

/// Tells whether a step that came to this did what later steps build on. Conductor and
/// actors ask; they have no opinion of their own. It must not allocate.
pub type Passed<'p> = dyn Fn(usize, &Observation) -> bool + 'p;

/// What was seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepTrace {
    /// The observations of the replicas that took it.
    Ran(Vec<Observation>),
    /// None took it: what it needs was not produced.
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

/// Runs a case.
pub fn run(case: &Case, options: &Options, passed: &Passed<'_>) -> Trace {
    let start = Instant::now();
    let mut trace = Trace::default();
    // An actor that has its turn should not be put off by its own reply waking us up.
    process::yield_to_others();
    match keys(case, &options.isolation) {
        Err(why) => trace.skip = Some(why),
        Ok(keys) => match Cast::new(case, options, passed, &keys) {
            Err(error) => trace.broken = Some(format!("cannot start the cast: {error}")),
            Ok(cast) => Conductor::new(case, options, passed, cast).play(&mut trace),
        },
    }
    trace.us = start.elapsed().as_micros() as u64;
    trace
}

struct Conductor<'c> {
    case: &'c Case,
    options: &'c Options,
    passed: &'c Passed<'c>,
    cast: Cast,
    replicas: Vec<Replica<'c>>,
    broken: Option<String>,
}

impl<'c> Conductor<'c> {
    fn new(case: &'c Case, options: &'c Options, passed: &'c Passed<'c>, cast: Cast) -> Self {
        let replicas = (0..case.crowd).map(|_| Replica::new(case)).collect();
        Self {
            case,
            options,
            passed,
            cast,
            replicas,
            broken: None,
        }
    }

    fn play(mut self, trace: &mut Trace) {
        for replica in 0..self.case.crowd {
            self.advance(replica);
        }
        while self.broken.is_none() {
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
        trace.left = self
            .replicas
            .iter()
            .flat_map(|one| one.untold.values().cloned())
            .collect();
        let made: Vec<i32> = self
            .replicas
            .iter()
            .flat_map(|one| one.made.iter().copied())
            .collect();
        trace.broken = self.broken;
        trace.left.extend(sweep(&self.options.isolation, &made));
        let stubborn = stubborn
            .iter()
            .map(|pid| format!("process {pid}, which SIGKILL does not end"));
        trace.left.extend(stubborn);
    }

    /// What all replicas saw of a step.
    fn seen(&self, step: usize) -> StepTrace {
        let seen: Vec<_> = self
            .replicas
            .iter()
            .filter_map(|one| one.seen[step].clone())
            .collect();
        if !seen.is_empty() {
            return StepTrace::Ran(seen);
        }
        // The step in which we failed is ours; those behind it were never due.
        let here = self.replicas.iter().any(|one| one.is_taking(step));
        match &self.broken {
            Some(why) if here => StepTrace::Ran(vec![Observation::Lost(why.clone())]),
            _ => StepTrace::Blocked,
        }
    }

    /// Gives the next actor of a replica its turn, if there is one.
    fn advance(&mut self, replica: usize) {
        let cast = &self.cast;
        let passed = self.passed;
        let next = self.replicas[replica].next(&|actor| cast.lives((actor, replica)), passed);
        if let Next::Turn { actor, order } = next {
            log::debug!(
                "replica {replica}: {} takes {}..{}",
                self.case.actors[actor].name,
                order.first,
                order.end
            );
            self.cast.order((actor, replica), &order);
            self.replicas[replica].wait_until(Instant::now() + self.options.step_timeout);
        }
    }

    fn note(&mut self, happened: Happened) {
        match happened {
            Happened::Heard(reply) => self.hear(reply),
            Happened::Died(part, death) => self.mourn(part, death),
            Happened::Deadline => {
                let now = Instant::now();
                for replica in 0..self.replicas.len() {
                    if self.replicas[replica]
                        .deadline()
                        .is_some_and(|deadline| deadline <= now)
                    {
                        self.cast.kill((self.replicas[replica].actor(), replica));
                        let seconds = self.options.step_timeout.as_secs();
                        self.see(replica, Observation::TimedOut(seconds));
                    }
                }
            }
            Happened::Nonsense(why) => {
                self.broken = Some(format!("an actor cannot be understood: {why}"));
            }
            Happened::Stop => self.broken = Some("interrupted".to_owned()),
        }
    }

    fn hear(
        &mut self,
        Reply {
            actor,
            replica,
            news,
        }: Reply,
    ) {
        match news {
            News::Done(step, seen) => {
                // A word from a step that was given up comes too late.
                if self.replicas[replica].is_taking(step) && self.replicas[replica].actor() == actor
                {
                    self.see(replica, seen);
                }
            }
            News::Born(step) if self.replicas[replica].is_taking(step) => {
                self.half(replica, Some(actor));
            }
            // From the start of the case, or of a fork that was given up.
            News::Born(_) => {}
            News::Forked(step, pid) => match self.replicas[replica].child() {
                Some(child) if self.replicas[replica].is_taking(step) => {
                    self.cast.born(pid, (child, replica));
                    self.half(replica, None);
                }
                _ => self.cast.refuse(pid),
            },
            News::Unfit(what, errno) => self.broken = Some(unfit(what, errno)),
        }
    }

    /// Parent or child of a fork has reported.
    fn half(&mut self, replica: usize, born: Option<usize>) {
        if self.replicas[replica].half(born) {
            self.see(replica, Observation::Forked);
        }
    }

    fn mourn(&mut self, (actor, replica): Part, death: Death) {
        let seen = match death {
            Death::Exited(status) => Observation::Exited(status),
            Death::Killed(signal) => Observation::Killed(signal),
        };
        let one = &mut self.replicas[replica];
        if one.deadline().is_some() && one.actor() == actor {
            self.see(replica, seen);
        } else {
            let how = match death {
                Death::Exited(status) => format!("ended with status {status}"),
                Death::Killed(signal) => format!("killed by {signal}"),
            };
            let name = &self.case.actors[actor].name;
            one.untold
                .insert(actor, format!("actor `{name}`, unasked: {how}"));
        }
    }

    /// The step that a replica is taking came to this.
    fn see(&mut self, replica: usize, seen: Observation) {
        let goes_on = self.replicas[replica].see(seen, self.passed);
        if goes_on {
            self.replicas[replica].wait_until(Instant::now() + self.options.step_timeout);
        } else {
            self.advance(replica);
        }
    }
}

/// Whether a step ends its turn: others must act, or nobody is left to.
pub(super) fn ends_turn(call: &Call) -> bool {
    matches!(call, Call::Fork(_) | Call::Exit)
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
