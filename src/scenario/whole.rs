//! What can only be said of a whole script, or of a whole round of it.

use super::model::{Act, Process};
use super::scope::Scope;
use super::skeleton::Skeleton;

impl Scope<'_> {
    /// Segments that are made in each round and removed in none.
    pub(super) fn outlive(&mut self, step: usize) {
        for object in 0..self.cast.objects.len() {
            let born = self.cast.objects[object].born;
            if born < step || !self.cast.removed.insert(object) || self.is_partial() {
                continue;
            }
            self.problem(
                self.place_of(born),
                "each round leaves this segment behind; remove it inside of the Repeat",
            );
        }
    }

    /// Actors that are alive before a loop and end in its first round.
    pub(super) fn end_in_the_first_round(&mut self, gone: &[usize], step: usize) {
        let ended: Vec<usize> = self.cast.gone.keys().copied().collect();
        for actor in ended {
            let one = &self.cast.actors[actor];
            if gone.contains(&actor) || one.born.is_some_and(|born| born >= step) {
                continue;
            }
            let message = format!(
                "`{}` ends in the first round; fork it inside of the Repeat",
                one.name
            );
            let last = self.steps.iter().rposition(|step| {
                step.actor == actor
                    || matches!(step.act, Act::Process(Process::Kill(whom, _)) if whom == actor)
            });
            self.problem(self.place_of(last.unwrap_or(step)), message);
        }
        for actor in 0..self.cast.actors.len() {
            let born = self.cast.actors[actor].born.filter(|born| *born >= step);
            if let (Some(born), false) = (born, self.cast.gone.contains_key(&actor)) {
                let name = self.cast.actors[actor].name.clone();
                let message =
                    format!("each round forks `{name}` and leaves it; end it inside of the Repeat");
                self.problem(self.place_of(born), message);
            }
        }
    }

    /// What can only be said of a whole script.
    pub(super) fn whole(&mut self, skeleton: &Skeleton) {
        if self.is_partial() {
            return;
        }
        if self.steps.is_empty() && self.problems.is_empty() {
            let message = match skeleton.rows.len() {
                1 => "the script has no step; a scenario without one proves nothing",
                _ => "one of the cases has no step; a case without one proves nothing",
            };
            self.problem(skeleton.script_at, message);
        }
        for object in 0..self.cast.objects.len() {
            if self.cast.removed.contains(&object) {
                continue;
            }
            self.problem(
                self.place_of(self.cast.objects[object].born),
                "nobody removes this segment; add a `shmctl(…, cmd: IPC_RMID, expect: Ok)`",
            );
        }
        // A turn that has a problem would have been somebody's.
        if self.problems.is_empty() {
            self.idle(skeleton.rows.len() > 1);
        }
    }

    /// Actors of no step, in one of several cases or in the only one.
    fn idle(&mut self, several: bool) {
        let acts = |actor: usize| {
            self.steps.iter().any(|step| {
                step.actor == actor
                    || matches!(step.act, Act::Process(Process::Kill(whom, _)) if whom == actor)
            })
        };
        let idle: Vec<usize> = (0..self.cast.actors.len())
            .filter(|actor| self.cast.actors[*actor].born.is_none() && !acts(*actor))
            .collect();
        for actor in idle {
            let name = &self.cast.actors[actor].name;
            let message = if several {
                format!("`{name}` never acts in one of the cases; give it a step in each")
            } else {
                format!("`{name}` never acts; give it a turn or remove it")
            };
            self.problem(self.actors_at[actor], message);
        }
    }
}
