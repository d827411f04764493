//! One copy of the cast on its way through the script.

use super::conductor::{Passed, ends_turn};
use super::slots::Slots;
use super::wire::Order;
use crate::observe::Observation;
use crate::plan::{Call, Case};
use std::collections::BTreeMap;
use std::time::Instant;

/// Where a replica stands, and what it has seen.
pub(super) struct Replica<'c> {
    case: &'c Case,
    /// The step that is being taken, or comes next.
    step: usize,
    /// The end of the turn that is under way, and the time by which its step must be over.
    turn: Option<(usize, Instant)>,
    /// Halves of a fork that have reported: the parent, the child.
    halves: (bool, bool),
    /// Which steps did what the script builds on.
    good: Vec<bool>,
    slots: Slots,
    /// What each step came to, if it was taken.
    pub(super) seen: Vec<Option<Observation>>,
    /// Every shmid that a shmget returned.
    pub(super) made: Vec<i32>,
    /// Who died between its turns, unasked: its next step comes to this.
    pub(super) untold: BTreeMap<usize, String>,
}

/// What a replica does next.
pub(super) enum Next {
    /// This actor takes these steps.
    Turn { actor: usize, order: Order },
    /// Nothing: the script is over.
    Over,
}

impl<'c> Replica<'c> {
    pub(super) fn new(case: &'c Case) -> Self {
        Self {
            case,
            step: 0,
            turn: None,
            halves: (false, false),
            good: vec![false; case.steps.len()],
            slots: Slots::new(case.objects, case.maps),
            seen: vec![None; case.steps.len()],
            made: Vec::new(),
            untold: BTreeMap::new(),
        }
    }

    /// Passes by what cannot be taken, and finds the next turn.
    pub(super) fn next(&mut self, lives: &dyn Fn(usize) -> bool, passed: &Passed<'_>) -> Next {
        self.turn = None;
        while let Some(step) = self.case.steps.get(self.step) {
            if !step.needs.iter().all(|need| self.good[*need]) {
                self.step += 1;
            } else if let Some(death) = self.untold.remove(&step.actor) {
                self.note(Observation::DeadBefore(death), passed);
            } else if !lives(step.actor) {
                self.step += 1;
            } else {
                let order = Order {
                    first: self.step,
                    end: self.end_of_turn(),
                    slots: self.slots.clone(),
                };
                return Next::Turn {
                    actor: step.actor,
                    order,
                };
            }
        }
        Next::Over
    }

    /// The end of the steps that the same actor can take in a row, if all goes well.
    fn end_of_turn(&self) -> usize {
        let first = self.step;
        let mut end = first;
        while let Some(step) = self.case.steps.get(end) {
            let ready = |need: &usize| (first..end).contains(need) || self.good[*need];
            if step.actor != self.case.steps[first].actor || !step.needs.iter().all(ready) {
                break;
            }
            end += 1;
            if ends_turn(&step.call) {
                break;
            }
        }
        end
    }

    /// The turn is under way, or its next step is; it may take until then.
    pub(super) fn wait_until(&mut self, deadline: Instant) {
        let end = self.turn.map_or_else(|| self.end_of_turn(), |(end, _)| end);
        self.turn = Some((end, deadline));
    }

    /// By when something must happen; `None` when the script is over.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.turn.map(|(_, deadline)| deadline)
    }

    /// Who takes the present step.
    pub(super) fn actor(&self) -> usize {
        self.case.steps[self.step.min(self.case.steps.len() - 1)].actor
    }

    pub(super) fn is_taking(&self, step: usize) -> bool {
        self.turn.is_some() && self.step == step
    }

    /// Whom the present step brings to life.
    pub(super) fn child(&self) -> Option<usize> {
        match self.case.steps.get(self.step)?.call {
            Call::Fork(child) if self.turn.is_some() => Some(child),
            _ => None,
        }
    }

    /// A half of the fork has reported, the child if it says who it is. True when both have.
    pub(super) fn half(&mut self, born: Option<usize>) -> bool {
        match (self.child(), born) {
            (Some(_), None) => self.halves.0 = true,
            (Some(child), Some(actor)) if child == actor => self.halves.1 = true,
            // Born at the beginning, not in a step.
            _ => return false,
        }
        self.halves == (true, true)
    }

    /// The present step came to this. True if the actor goes on with the next one by itself.
    pub(super) fn see(&mut self, seen: Observation, passed: &Passed<'_>) -> bool {
        let good = self.note(seen, passed);
        let goes_on = good && self.turn.is_some_and(|(end, _)| self.step < end);
        if !goes_on {
            self.turn = None;
        }
        goes_on
    }

    fn note(&mut self, seen: Observation, passed: &Passed<'_>) -> bool {
        if let Observation::Id { id, .. } = seen {
            self.made.push(id);
        }
        let seen = self.slots.note(&self.case.steps[self.step].call, seen);
        let good = passed(self.step, &seen);
        self.good[self.step] = good;
        self.seen[self.step] = Some(seen);
        self.step += 1;
        self.halves = (false, false);
        good
    }
}
