//! The head of a row: what it requires, how it enters the kernel, who acts.

use super::head;
use super::model::{Actor, Requirement, User};
use super::play::Checker;
use super::problem::ENOUGH_PROBLEMS;
use super::skeleton::Skeleton;
use super::spot::Spot;
use super::syntax;

/// The most actors of a scenario, those that are forked included.
pub(super) const MOST_ACTORS: usize = 256;

impl Checker<'_> {
    pub(super) fn head(&mut self, skeleton: &Skeleton) {
        let requires = self.field(skeleton.requires.as_ref());
        // Those that could not be read may be any.
        let unread = requires.is_none() && skeleton.requires.is_some();
        self.scope.requires = requires.unwrap_or_default();
        self.scope.entry = self.field(skeleton.entry.as_ref()).unwrap_or_default();
        self.crowd(skeleton.crowd.as_ref());
        let root = unread || self.scope.requires.contains(&Requirement::Root);
        self.actors(&skeleton.actors, root);
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

    fn actors(&mut self, spot: &Spot, root: bool) {
        let Some((actors, part)) = self.placed::<Vec<syntax::Actor>>(spot) else {
            return;
        };
        if actors.len() > MOST_ACTORS {
            let message = format!("a scenario has at most {MOST_ACTORS} actors; split it");
            self.scope.problem(spot.start, message);
            return;
        }
        for actor in actors {
            if self.scope.problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
            let (name, at) = (actor.name.value.clone(), part.in_file(actor.name.at.start));
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
            self.scope.actors_at.push(at);
            self.scope.cast.actors.push(Actor {
                name,
                count: u32::try_from(count).unwrap_or(most),
                user,
                born: None,
            });
        }
    }
}
