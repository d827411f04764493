//! The head of a scenario: what is the same for all rows, which is its claim; and of a row what it
//! requires, how it enters the kernel, and who acts.

use super::configs::config;
use super::coverage;
use super::limits::{LARGEST_CROWD, MOST_ACTORS};
use super::model::{Actor, Condition, Requirement, Size, User};
use super::part::Part;
use super::play::Checker;
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::row::Row;
use super::scan::find;
use super::size::size;
use super::skeleton::Skeleton;
use super::source::Source;
use super::spot::Spot;
use super::syntax::{self, Quantity};
use super::text::{Read, Spanned, Text, Wrong, read, read_each};
use crate::abi::Capability;
use std::collections::BTreeSet;

/// The fields of the head that are the same for all rows.
pub(super) struct Head<'a> {
    pub(super) source: Source<'a>,
    pub(super) problems: Vec<Problem>,
}

impl Head<'_> {
    pub(super) fn field<T: Read>(&mut self, spot: Option<&Spot>) -> Option<T> {
        self.placed(spot?).map(|(value, _)| value)
    }

    /// The same, with the text that its places are in.
    fn placed<T: Read>(&mut self, spot: &Spot) -> Option<(T, Part)> {
        if let Some(within) = find(&self.source.text[spot.clone()], "Each") {
            let message = "this is the same in every case; write it out without `Each`";
            let problem = self.source.problem(spot.start + within, message);
            self.problems.push(problem);
            return None;
        }
        let part = Part::new(self.source, spot, &Row::default(), &mut BTreeSet::new());
        let value = part.map_err(|problem| vec![problem]);
        let value = value.and_then(|part| Ok((read(self.source, &part)?, part)));
        value
            .map_err(|problems| self.problems.extend(problems))
            .ok()
    }

    pub(super) fn summary(&mut self, spot: &Spot) -> String {
        let summary: Option<String> = self.field(Some(spot));
        let claims = |text: &String| !text.trim().is_empty() && !text.contains('\n');
        if summary.as_ref().is_some_and(|text| !claims(text)) {
            let message = "the summary is a claim in one line; write what is true if this passes";
            self.problems.push(self.source.problem(spot.start, message));
        }
        summary.unwrap_or_default()
    }

    pub(super) fn covers(&mut self, spot: Option<&Spot>) -> Vec<String> {
        let Some((rows, part)) = spot.and_then(|spot| self.placed::<Vec<Spanned<String>>>(spot))
        else {
            return Vec::new();
        };
        let wrong = rows.iter().filter_map(|row| {
            let message = coverage::problem(&row.value)?;
            Some(self.source.problem(part.in_file(row.at.start), message))
        });
        let room = ENOUGH_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(wrong.take(room));
        rows.into_iter().map(|row| row.value).collect()
    }
}

impl Checker<'_> {
    pub(super) fn head(&mut self, skeleton: &Skeleton) {
        let unread = self.requires(skeleton.requires.as_ref());
        self.scope.entry = self.field(skeleton.entry.as_ref()).unwrap_or_default();
        self.crowd(skeleton.crowd.as_ref());
        let root = unread || self.scope.requires.contains(&Requirement::Root);
        self.actors(&skeleton.actors, root);
    }

    /// Whether some could not be read, which may be any.
    fn requires(&mut self, spot: Option<&Spot>) -> bool {
        let Some(part) = spot.and_then(|spot| self.part(spot)) else {
            return spot.is_some();
        };
        let (requires, problems) = read_each(self.scope.source, &part);
        self.scope.requires = requires;
        let unread = !problems.is_empty();
        self.scope.problems.extend(problems);
        unread
    }

    fn crowd(&mut self, spot: Option<&Spot>) {
        let Some(spot) = spot else { return };
        let most = LARGEST_CROWD;
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
            let most = LARGEST_CROWD;
            if !(1..=u64::from(most)).contains(&count) {
                let message = format!("`{name}` is 1 to {most} processes; change `count`");
                self.scope.problem(at, message);
            }
            let user = user(&actor);
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

/// An item of `requires`.
impl Read for Requirement {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        use syntax::Requirement as R;
        let item: R<'_> = text.take(wrong)?;
        // What is wrong stands at a word of it.
        let mut refuse = |word: &str, message: String| {
            let at = find(text.text, word).unwrap_or(0);
            wrong.push(text.wrong_at(&text.text[at..], message));
            None
        };
        Some(match item {
            R::Root => Self::Root,
            R::Capability(capability) => Self::Capability(capability),
            R::Since(major, minor) => Self::Condition(Condition::Since(major, minor)),
            R::Before(major, minor) => Self::Condition(Condition::Before(major, minor)),
            R::Arch(list) if list.is_empty() => {
                return refuse("Arch", "no target has no architecture; name one".to_owned());
            }
            R::Arch(list) => Self::Condition(Condition::Arch(list)),
            R::Native => Self::Condition(Condition::Native),
            R::Compat => Self::Condition(Condition::Compat),
            R::Config(option) => match config(&option) {
                Ok(known) => Self::Condition(Condition::Config(known)),
                Err(message) => return refuse(&format!("\"{option}\""), message),
            },
            R::PageSize(size) => Self::Condition(Condition::PageSize(size)),
            R::IndexBits(bits) => Self::Condition(Condition::IndexBits(bits)),
            R::Memory(raw) => Self::Memory(amount(text.inside(raw), wrong)?),
            R::Swap(raw) => Self::Swap(amount(text.inside(raw), wrong)?),
            R::Cpus(count) => Self::Cpus(count),
            R::Nodes(count) => Self::Nodes(count),
            R::Proc => Self::Proc,
            R::MapFiles => Self::MapFiles,
            R::OwnMachine => Self::OwnMachine,
            R::OwnNamespace => Self::OwnNamespace,
        })
    }
}

fn amount(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Size> {
    let quantity = Quantity::read(text, wrong)?;
    let told = size(quantity).map_err(|(_, message)| wrong.push(text.wrong(message)));
    told.ok()
}

/// Whom an actor becomes.
fn user(actor: &syntax::Actor) -> User {
    // The overflow uid, which needs no entry in any passwd.
    const NOBODY: u32 = 65534;
    let uid = match actor.user {
        syntax::User::Caller | syntax::User::Unused(_) => None,
        syntax::User::Root => Some(0),
        syntax::User::Nobody => Some(NOBODY),
        syntax::User::Uid(uid) => Some(uid),
    };
    User {
        unused: match actor.user {
            syntax::User::Unused(number) => Some(number),
            _ => None,
        },
        uid,
        gid: actor.gid.or(uid),
        groups: actor.groups.clone(),
        caps: actor.caps.as_deref().map(Capability::mask),
    }
}
