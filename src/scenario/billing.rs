//! The head of a row: what it requires, how it enters the kernel, who acts.

use super::head;
use super::model::{Actor, Requirement, User};
use super::play::Checker;
use super::problem::ENOUGH_PROBLEMS;
use super::scan::{find, items};
use super::skeleton::Skeleton;
use super::spot::Spot;
use super::syntax;

/// The most actors of a scenario, those that are forked included.
pub(super) const MOST_ACTORS: usize = 256;

impl Checker<'_> {
    pub(super) fn head(&mut self, skeleton: &Skeleton) {
        self.requirements(skeleton.requires.as_ref());
        self.scope.entry = self.field(skeleton.entry.as_ref()).unwrap_or_default();
        self.crowd(skeleton.crowd.as_ref());
        self.actors(&skeleton.actors);
    }

    fn requirements(&mut self, spot: Option<&Spot>) {
        let needs: Vec<syntax::Requirement> = self.field(spot).unwrap_or_default();
        let Some(part) = spot.and_then(|spot| self.part(spot)) else {
            return;
        };
        let items = items(&part.text);
        for (need, item) in needs.iter().zip(items) {
            match head::requirement(need) {
                Ok(need) => self.scope.requires.push(need),
                Err((word, message)) => {
                    let within = find(&part.text[item.clone()], &word).unwrap_or(0);
                    let at = part.in_file(item.start + within);
                    self.scope.problem(at, message);
                }
            }
        }
    }

    fn crowd(&mut self, spot: Option<&Spot>) {
        let Some(spot) = spot else { return };
        let most = head::LARGEST_CROWD;
        self.scope.crowd = self.field(Some(spot)).unwrap_or(1);
        if !(1..=most).contains(&self.scope.crowd) {
            // A number that comes from an axis is wrong there.
            let at = self.part(spot).map_or(spot.start, |part| part.in_file(0));
            self.scope.problem(
                at,
                format!("a crowd is a number from 1 to {most}; change it"),
            );
        }
    }

    fn actors(&mut self, spot: &Spot) {
        let actors: Vec<syntax::Actor> = self.field(Some(spot)).unwrap_or_default();
        let root = self.scope.requires.contains(&Requirement::Root);
        if actors.len() > MOST_ACTORS {
            let message = format!("a scenario has at most {MOST_ACTORS} actors; split it");
            self.scope.problem(spot.start, message);
            return;
        }
        for (number, actor) in actors.into_iter().enumerate() {
            if self.scope.problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
            let (name, at) = (actor.name.clone(), self.scope.place_of_actor(spot, number));
            if self.scope.cast.find(&name).is_some() {
                self.scope
                    .problem(at, format!("two actors are named `{name}`; rename one"));
                continue;
            }
            let count = actor.count.unwrap_or(1);
            let most = head::LARGEST_CROWD;
            if !(1..=u64::from(most)).contains(&count) {
                let message = format!("`{name}` is 1 to {most} processes; change `count`");
                self.scope.problem(at, message);
            }
            let user = head::user(&actor);
            if user != User::default() && !root {
                let message = format!("`{name}` changes its user; add `requires: [Root]`");
                self.scope.problem(at, message);
            }
            self.scope.cast.actors.push(Actor {
                name,
                count: u32::try_from(count).unwrap_or(most),
                user,
                born: None,
            });
        }
    }
}
