//! One copy of the cast on its way through the script.

use super::known::Known;
use super::lane::Lane;
use super::question::{Passed, Question};
use super::rng::Random;
use super::trace::Seen;
use super::wire::Order;
use crate::abi::Signal;
use crate::observe::Observation;
use crate::plan::{Call, Case, Clock, Ipc, Key, Loop, Process};
use crate::sys::clock;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Where a replica stands, and what it has seen.
pub(super) struct Replica<'c> {
    case: &'c Case,
    passed: &'c Passed<'c>,
    /// The block that is being played, or comes next.
    block: usize,
    /// The turns of the block, one for each player that takes part.
    pub(super) lanes: Vec<Lane>,
    /// Which steps did what the script builds on, in all players.
    good: Vec<bool>,
    /// What is known to all.
    pub(super) known: Known,
    /// What a player of several knows by itself.
    own: BTreeMap<usize, Known>,
    /// What each step came to, by the players of its actor.
    pub(super) seen: Vec<Vec<Option<Seen>>>,
    /// Every shmid that a shmget returned.
    pub(super) made: Vec<i32>,
    /// Who died between its turns, unasked: its next step comes to this.
    pub(super) untold: BTreeMap<usize, String>,
    round: Option<Round>,
    random: Random,
    effort: u64,
}

/// Which round of a loop is under way.
struct Round {
    of: Loop,
    number: u64,
    until: Option<Instant>,
}

/// What a lane does next.
pub(super) enum Next {
    /// Its player takes these steps.
    Turn(Order),
    /// Another player is sent a signal.
    Kill(usize, Signal),
    /// Nothing: the turn is over.
    Over,
}

impl Next {
    /// Whether it begins at the gate.
    pub(super) fn is_together(&self) -> bool {
        matches!(self, Self::Turn(order) if order.spins.is_some())
    }
}

impl<'c> Replica<'c> {
    pub(super) fn new(case: &'c Case, passed: &'c Passed<'c>, seed: u64, effort: u64) -> Self {
        let members = |step: &crate::plan::Step| match step.call {
            Call::Claim(..) => 1,
            _ => case.actors[step.actor].1,
        };
        Self {
            case,
            passed,
            block: 0,
            lanes: Vec::new(),
            good: vec![false; case.steps.len()],
            known: Known::new(case),
            own: BTreeMap::new(),
            seen: case
                .steps
                .iter()
                .map(|step| vec![None; members(step)])
                .collect(),
            made: Vec::new(),
            untold: BTreeMap::new(),
            round: None,
            random: Random::new(seed),
            effort,
        }
    }

    /// Opens the next block. Tells what each of its lanes does first, or `None` when the
    /// script is over.
    pub(super) fn open(&mut self, lives: &dyn Fn(usize) -> bool) -> Option<Vec<(usize, Next)>> {
        let block = self.case.blocks.get(self.block)?;
        if self.round.is_none()
            && let Some(of) = self.case.loops.iter().find(|one| one.first == self.block)
        {
            let seconds = of.seconds.map(|one| one.saturating_mul(self.effort));
            let until =
                seconds.and_then(|one| Instant::now().checked_add(Duration::from_secs(one)));
            self.known.start = clock::first_second();
            self.round = Some(Round {
                of: *of,
                number: 1,
                until,
            });
        }
        self.lanes.clear();
        for turn in &block.turns {
            let (first, count) = self.case.actors[turn.actor];
            for member in 0..count {
                let player = first + member;
                let known = self.view(player);
                self.lanes.push(Lane::new(*turn, player, member, known));
            }
        }
        let mut nexts: Vec<(usize, Next)> = (0..self.lanes.len())
            .map(|lane| (lane, self.next(lane, lives)))
            .collect();
        self.gather(&mut nexts);
        Some(nexts)
    }

    /// What a player knows: what all know, and what it alone does.
    fn view(&self, player: usize) -> Known {
        let mut known = self.known.clone();
        if let Some(own) = self.own.get(&player) {
            known
                .shmids
                .clone_from(&overlay(&own.shmids, &known.shmids));
            known
                .addresses
                .clone_from(&overlay(&own.addresses, &known.addresses));
            known
                .labels
                .clone_from(&overlay(&own.labels, &known.labels));
        }
        known
    }

    /// Has those who begin a turn at the same time meet at the gate.
    fn gather(&mut self, nexts: &mut [(usize, Next)]) {
        let turns = |next: &&mut (usize, Next)| matches!(next.1, Next::Turn(_));
        let count = nexts.iter_mut().filter(turns).count();
        if count < 2 {
            return;
        }
        for (_, next) in nexts {
            if let Next::Turn(order) = next {
                order.spins = Some(self.random.spins());
            }
        }
    }

    /// Passes by what cannot be taken, and finds what a lane does next.
    pub(super) fn next(&mut self, lane: usize, lives: &dyn Fn(usize) -> bool) -> Next {
        loop {
            let one = &self.lanes[lane];
            if one.is_over() {
                return Next::Over;
            }
            let call = &self.case.steps[one.step].call;
            let victim = match call {
                Call::Process(Process::Kill(whom, signal)) => {
                    Some((self.case.actors[*whom].0, *signal))
                }
                _ => None,
            };
            let whom = victim.map_or(one.player, |(victim, _)| victim);
            if !one.is_ready(self.case, &self.good) {
                self.lanes[lane].skip();
            } else if let Some(death) = self.untold.remove(&whom) {
                self.see(lane, Observation::DeadBefore(death));
            } else if !lives(whom) {
                self.lanes[lane].skip();
            } else if let Some((victim, signal)) = victim {
                return Next::Kill(victim, signal);
            } else {
                return Next::Turn(Order {
                    first: one.step,
                    end: one.end_of_order(self.case, &self.good),
                    spins: None,
                    known: one.known.clone(),
                });
            }
        }
    }

    /// Whether a lane of the block is still under way.
    pub(super) fn is_busy(&self) -> bool {
        self.lanes.iter().any(|lane| lane.deadline().is_some())
    }

    /// By when something must happen; `None` when nothing is under way.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lanes.iter().filter_map(Lane::deadline).min()
    }

    /// The lane of a player, if it has a step under way.
    pub(super) fn lane_of(&self, player: usize) -> Option<usize> {
        let busy = |lane: &Lane| lane.player == player && lane.deadline().is_some();
        self.lanes.iter().position(busy)
    }

    /// Adds to what the present step of a lane came to what others know of it.
    pub(super) fn complete(&mut self, lane: usize, seen: Observation) -> Observation {
        let call = &self.case.steps[self.lanes[lane].step].call;
        let told = match seen {
            Observation::Id { id, .. } => self.known_elsewhere(call, id),
            _ => None,
        };
        let mut seen = self.lanes[lane].known.note(call, seen);
        if let Observation::Id { known, .. } = &mut seen {
            *known = known.or(told);
        }
        seen
    }

    /// The present step of a lane came to this. True if its player goes on by itself.
    pub(super) fn see(&mut self, lane: usize, seen: Observation) -> bool {
        let step = self.lanes[lane].step;
        let call = &self.case.steps[step].call;
        let one = &mut self.lanes[lane];
        if let Observation::Id { id, .. } = seen {
            self.made.push(id);
        }
        if let (Observation::Returned(0), Call::Clock(Clock::Set(to))) = (&seen, call) {
            self.known.start = *to;
        }
        let good = (self.passed)(Question::Step(step), &seen);
        let member = one.member;
        let goes_on = one.pass(good);
        let several = self.case.actors[self.case.steps[step].actor].1 > 1;
        let known = &self.lanes[lane].known;
        self.known.merge(known, std::iter::once(call));
        if several {
            let player = self.lanes[lane].player;
            let own = self
                .own
                .entry(player)
                .or_insert_with(|| Known::new(self.case));
            own.merge(known, std::iter::once(call));
        }
        self.record(step, member, seen, good);
        goes_on
    }

    /// The shmid that others have told of what a call found: that of the same key, or this
    /// very one of a segment that should be somebody's own.
    fn known_elsewhere(&self, call: &Call, id: i32) -> Option<i32> {
        match call {
            Call::Ipc(Ipc::Shmget {
                object: Some(object),
                key,
                ..
            }) if *key != Key::Private => self.known.shmids[*object],
            Call::Ipc(Ipc::Shmget { .. }) => {
                let mut others = self.own.values().chain(std::iter::once(&self.known));
                others
                    .any(|known| known.shmids.contains(&Some(id)))
                    .then_some(id)
            }
            _ => None,
        }
    }

    /// A player was born: everybody knows its pid.
    pub(super) fn born(&mut self, player: usize, pid: i32) {
        self.known.pids[player] = Some(pid);
        for lane in &mut self.lanes {
            lane.known.pids[player] = Some(pid);
        }
    }

    /// Keeps the first observation that was not right, or the last of all.
    fn record(&mut self, step: usize, member: usize, observation: Observation, good: bool) {
        let round = self.round.as_ref().map(|round| round.number);
        let slot = &mut self.seen[step][member];
        if slot.as_ref().is_none_or(|seen| seen.good) {
            *slot = Some(Seen {
                observation,
                good,
                round,
            });
        }
    }

    /// Closes the block that was played, and finds the one that comes next.
    pub(super) fn close(&mut self) {
        let block = &self.case.blocks[self.block];
        let round = self.round.as_ref().map(|round| round.number);
        for turn in &block.turns {
            for step in turn.first..turn.end {
                let now = |seen: &Option<Seen>| {
                    seen.as_ref()
                        .is_some_and(|seen| seen.good && seen.round == round)
                };
                self.good[step] = self.seen[step].iter().all(now);
            }
        }
        for claim in block.claims.0..block.claims.1 {
            self.claim(claim);
        }
        self.block += 1;
        let Some(round) = &mut self.round else { return };
        if round.of.end != self.block {
            return;
        }
        let steps = steps_of(self.case, &round.of);
        let all_good = steps.clone().all(|step| self.good[step]);
        let times = round.of.times.map(|one| one.saturating_mul(self.effort));
        let more = times.is_none_or(|times| round.number < times);
        let in_time = round.until.is_none_or(|until| Instant::now() < until);
        if all_good && more && in_time {
            round.number += 1;
            self.block = round.of.first;
            let calls = || steps.clone().map(|step| &self.case.steps[step].call);
            // What is now belongs to this round: a time of the last one is stale.
            self.known.start = clock::first_second();
            self.known.forget(calls());
            for own in self.own.values_mut() {
                own.forget(calls());
            }
        } else {
            self.round = None;
        }
    }

    /// Counts for a claim. What was not seen does not count, and is told by its own step.
    fn claim(&mut self, step: usize) {
        let Call::Claim(asked, _) = &self.case.steps[step].call else {
            return;
        };
        let members = asked.iter().flat_map(|step| &self.seen[*step]);
        let round = self.round.as_ref().map(|round| round.number);
        let now = members
            .flatten()
            .filter(|seen| seen.round == round && seen.good);
        let all: Vec<&Observation> = now.map(|seen| &seen.observation).collect();
        let expected: usize = asked.iter().map(|step| self.seen[*step].len()).sum();
        if all.len() < expected {
            // Somebody did not come to make its call, or failed by itself: what it came to
            // is told there, and there is nothing to count.
            return;
        }
        let counts = |seen: &&&Observation| (self.passed)(Question::Counts(step), seen);
        let counted = all.iter().filter(counts).count();
        let seen = Observation::Counted(counted as u32, all.len() as u32);
        let good = (self.passed)(Question::Step(step), &seen);
        self.good[step] = good;
        self.record(step, 0, seen, good);
    }
}

/// The steps of a loop's blocks.
fn steps_of<'c>(case: &'c Case, of: &Loop) -> impl Iterator<Item = usize> + Clone + 'c {
    case.blocks[of.first..of.end].iter().flat_map(|block| {
        let turns = block.turns.iter().flat_map(|turn| turn.first..turn.end);
        turns.chain(block.claims.0..block.claims.1)
    })
}

/// What `own` has, and where it has nothing, what `all` have.
fn overlay<T: Clone>(own: &[Option<T>], all: &[Option<T>]) -> Vec<Option<T>> {
    let pairs = own.iter().zip(all);
    pairs
        .map(|(own, all)| own.clone().or_else(|| all.clone()))
        .collect()
}
