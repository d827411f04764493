//! One player on its way through a turn.

use super::known::Known;
use crate::plan::{Call, Case, Process, Turn};
use std::time::{Duration, Instant};

/// Where a player stands in its turn.
pub(super) struct Lane {
    /// Who, index into [`Case::players`].
    pub(super) player: usize,
    /// Which of its actor's players it is.
    pub(super) member: usize,
    /// The steps of the turn.
    pub(super) turn: Turn,
    /// The step that is being taken, or comes next.
    pub(super) step: usize,
    /// What is known here.
    pub(super) known: Known,
    /// Which steps of this turn did what the script builds on.
    good: Vec<bool>,
    /// The end of the steps that were ordered, and the time by which the present one must
    /// be over.
    ordered: Option<(usize, Instant)>,
    /// When the present step was ordered.
    since: Instant,
    /// Halves of a fork that have reported: the parent, the child.
    halves: (bool, bool),
    /// Whose death the present step waits for.
    pub(super) awaits: Option<usize>,
}

impl Lane {
    pub(super) fn new(turn: Turn, player: usize, member: usize, known: Known) -> Self {
        Self {
            player,
            member,
            turn,
            step: turn.first,
            known,
            good: vec![false; turn.end - turn.first],
            ordered: None,
            since: Instant::now(),
            halves: (false, false),
            awaits: None,
        }
    }

    /// Whether nothing is left of the turn.
    pub(super) fn is_over(&self) -> bool {
        self.step >= self.turn.end
    }

    /// Whether all that the present step needs is there. `good` tells of earlier turns.
    pub(super) fn is_ready(&self, case: &Case, good: &[bool]) -> bool {
        self.ready(case, good, self.step, self.step)
    }

    /// The same of a step that is reached if those before it, from `first` on, go well.
    fn ready(&self, case: &Case, good: &[bool], step: usize, first: usize) -> bool {
        case.steps[step].needs.iter().all(|need| {
            if (first..step).contains(need) {
                return true;
            }
            match need.checked_sub(self.turn.first) {
                Some(at) if at < self.good.len() => self.good[at],
                _ => good[*need],
            }
        })
    }

    /// The end of the steps that the player can take in a row, if all goes well.
    pub(super) fn end_of_order(&self, case: &Case, good: &[bool]) -> usize {
        let mut end = self.step;
        while end < self.turn.end && self.ready(case, good, end, self.step) {
            match case.steps[end].call {
                // The conductor does it.
                Call::Process(Process::Kill(..)) => break,
                // Others must act behind it, or nobody is left to.
                Call::Process(Process::Fork(_) | Process::Exit | Process::Exec) => return end + 1,
                // Who has tied itself anew looks whether the conductor still lives.
                ref call if call.changes_identity() => return end + 1,
                _ => end += 1,
            }
        }
        end
    }

    /// Steps up to `end` are under way, and the first of them may take until then.
    pub(super) fn ordered(&mut self, end: usize, deadline: Instant) {
        self.ordered = Some((end, deadline));
        self.since = Instant::now();
    }

    /// The next of the ordered steps is under way, and may take until then.
    pub(super) fn go_on(&mut self, deadline: Instant) {
        if let Some((_, until)) = &mut self.ordered {
            *until = deadline;
            self.since = Instant::now();
        }
    }

    /// The present step may take so long, if that is longer than it may now.
    pub(super) fn extend(&mut self, patience: Duration) {
        if let Some((_, until)) = &mut self.ordered {
            *until = (*until).max(self.since + patience);
        }
    }

    /// By when something must happen; `None` when nothing is under way.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.ordered.map(|(_, deadline)| deadline)
    }

    /// Whether this step is under way.
    pub(super) fn is_taking(&self, step: usize) -> bool {
        self.ordered.is_some() && self.step == step
    }

    /// Whom the present step brings to life, index into [`Case::actors`].
    pub(super) fn child(&self, case: &Case) -> Option<usize> {
        match case.steps.get(self.step)?.call {
            Call::Process(Process::Fork(child)) if self.ordered.is_some() => Some(child),
            _ => None,
        }
    }

    /// A half of the fork has reported, the child if it says who it is. True when both have.
    pub(super) fn half(&mut self, case: &Case, born: Option<usize>) -> bool {
        match (self.child(case), born) {
            (Some(_), None) => self.halves.0 = true,
            (Some(child), Some(player)) if case.actors[child].0 == player => self.halves.1 = true,
            // Born at the beginning, not in a step.
            _ => return false,
        }
        self.halves == (true, true)
    }

    /// The present step is over. True if the player goes on with the next one by itself.
    pub(super) fn pass(&mut self, good: bool) -> bool {
        if let Some(slot) = self.good.get_mut(self.step - self.turn.first) {
            *slot = good;
        }
        self.step += 1;
        self.halves = (false, false);
        self.awaits = None;
        let goes_on = good && self.ordered.is_some_and(|(end, _)| self.step < end);
        if !goes_on {
            self.ordered = None;
        }
        goes_on
    }

    /// The present step cannot be taken.
    pub(super) fn skip(&mut self) {
        self.ordered = None;
        self.step += 1;
    }
}
