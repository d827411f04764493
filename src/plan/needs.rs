//! Which earlier steps must have passed for a step to mean anything.
//!
//! A failed step leaves the kernel in a state that the script did not foresee.
//! Later steps whose outcome rests on that state would fail for no reason of
//! their own, and point the reader at the wrong call; they are blocked instead.
//! All others still run. So a broken shmat turns the steps of shmat red, and no
//! others.
//!
//! The state is cut into facets, each changed by few kinds of step and looked at
//! by few others. A step needs all earlier steps that changed what it looks at;
//! of turns that are taken together, none comes before another.

mod facets;
#[cfg(test)]
mod tests;

use super::steps;
use crate::abi::number;
use crate::scenario::{Act, Command, Ipc, Play};
use facets::Touched;
pub(super) use facets::{Facet, Touch};
use std::collections::{BTreeMap, BTreeSet};

/// The needs of every step, in the order of the file.
pub(super) fn needs(play: &Play) -> Vec<Vec<usize>> {
    let mut state = State {
        play,
        writers: BTreeMap::new(),
        removed: BTreeSet::new(),
    };
    let mut all = vec![Vec::new(); play.steps.len()];
    for block in &play.blocks {
        let before = state.writers.clone();
        let mut after = before.clone();
        for turn in &block.turns {
            state.writers.clone_from(&before);
            let steps = all[turn.first..turn.end].iter_mut();
            for (step, needs) in (turn.first..).zip(steps) {
                *needs = state.step(step);
            }
            for (facet, writers) in &state.writers {
                let known: &mut Vec<usize> = after.entry(*facet).or_default();
                known.extend(writers.iter().filter(|one| turn.first <= **one));
                known.sort_unstable();
                known.dedup();
            }
        }
        state.writers = after;
        // A claim can be asked whatever the calls came to: it needs nothing.
    }
    all
}

struct State<'p> {
    play: &'p Play,
    writers: BTreeMap<Facet, Vec<usize>>,
    removed: BTreeSet<usize>,
}

impl State<'_> {
    fn step(&mut self, index: usize) -> Vec<usize> {
        let step = &self.play.steps[index];
        let mut touch = Touch::new(self.play, step, &self.removed);
        steps::of(&step.act).touches(step, &mut touch);
        let Touched { looks, changes, by } = touch.finish(step);
        let mut needs: BTreeSet<usize> = looks
            .iter()
            .flat_map(|facet| self.writers.get(facet).into_iter().flatten().copied())
            .collect();
        needs.extend(by);
        for facet in changes {
            self.writers.entry(facet).or_default().push(index);
        }
        if let Act::Ipc(Ipc::Shmctl(call)) = &step.act
            && call.cmd == Command::Plain(number::IPC_RMID)
            && step.expect.may_succeed()
        {
            match call.seg.object() {
                Some((object, _)) => drop(self.removed.insert(object)),
                // A number may be that of any.
                None => self.removed.extend(0..self.play.objects.len()),
            }
        }
        // In a loop, a step may stand before what it was bound by; never needs itself.
        needs.into_iter().filter(|need| *need < index).collect()
    }
}
