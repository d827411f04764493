//! Steps: syntax → model, with all names resolved.

mod claims;
mod clock;
mod credentials;
mod entries;
mod expects;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;
mod tells;

use super::model::{Act, At, Expect, Is, Place, Range, Seg, Size};
use super::part::Part;
use super::scan::find;
use super::scope::Scope;
use super::syntax::{self, Argument, IdWord, Quantity};

pub(super) use claims::claim;
pub(super) use tells::Tells;

/// A step in the course of being checked.
struct Work<'w, 'c> {
    scope: &'w mut Scope<'c>,
    part: &'w Part,
    actor: usize,
    index: usize,
    arguments: Vec<Argument>,
}

/// Where a value stands in the text of the step, in bytes.
type Where = std::ops::Range<usize>;

/// The model of a step, and what it must come to; `None` if it has a problem.
pub(super) fn act(
    scope: &mut Scope<'_>,
    actor: usize,
    index: usize,
    part: &Part,
    placed: syntax::Placed,
) -> Option<(Act, Expect)> {
    let before = scope.problems.len();
    let mut work = Work {
        scope,
        part,
        actor,
        index,
        arguments: placed.arguments,
    };
    let done = work.step(placed.step)?;
    (work.scope.problems.len() == before).then_some(done)
}

impl Work<'_, '_> {
    fn step(&mut self, step: syntax::Step) -> Option<(Act, Expect)> {
        use syntax::Step as S;
        Some(match step {
            S::Ipc(step) => in_family(Act::Ipc, self.ipc(step)?),
            S::Memory(step) => in_family(Act::Memory, self.memory(step)?),
            S::Mapping(step) => in_family(Act::Mapping, self.mapping(step)?),
            S::Process(step) => in_family(Act::Process, self.process(step)?),
            S::Credentials(step) => in_family(Act::Credentials, self.credentials(step)?),
            S::Namespace(step) => in_family(Act::Namespace, self.namespace(step)?),
            S::Proc(step) => in_family(Act::Proc, self.proc(step)?),
            S::Clock(step) => in_family(Act::Clock, self.clock(step)?),
        })
    }

    /// Reports a problem at the name of an argument, or at another word of the step.
    fn wrong<T>(&mut self, word: &str, message: impl Into<String>) -> Option<T> {
        let argument = self.arguments.iter().find(|one| one.name == word);
        let at = argument.map(|argument| argument.at);
        let at = at.or_else(|| find(&self.part.text, word)).unwrap_or(0);
        self.scope.problem(self.part.in_file(at), message);
        None
    }

    /// Reports a problem at `word` in the value of an argument.
    fn wrong_in<T>(&mut self, argument: &str, word: &str, why: impl Into<String>) -> Option<T> {
        self.wrong_at(&self.argument(argument), word, why)
    }

    /// Reports a problem at `word` in the value that stands there.
    fn wrong_at<T>(&mut self, place: &Where, word: &str, why: impl Into<String>) -> Option<T> {
        let within = find(&self.part.text[place.clone()], word).unwrap_or(0);
        let at = self.part.in_file(place.start + within);
        self.scope.problem(at, why);
        None
    }

    /// Where the value of an argument stands; the whole step if it is not given.
    fn argument(&self, name: &str) -> Where {
        let argument = self.arguments.iter().find(|one| one.name == name);
        argument.map_or(0..self.part.text.len(), |argument| argument.value.clone())
    }

    /// The name of the call, for messages.
    fn verb(&self) -> &str {
        let text = &self.part.text;
        text.split('(').next().unwrap_or(text).trim()
    }

    fn size(&mut self, argument: &str, quantity: Quantity) -> Option<Size> {
        super::size::size(quantity).map_or_else(
            |(unit, message)| self.wrong_in(argument, unit, message),
            Some,
        )
    }

    fn offset(&mut self, offset: Option<Quantity>) -> Option<Size> {
        offset.map_or(Some(Size::Bytes(0)), |offset| self.size("offset", offset))
    }

    fn place(&mut self, map: &str, offset: Option<Quantity>) -> Option<Place> {
        Some(Place {
            map: self.map("map", map)?,
            offset: self.offset(offset)?,
        })
    }

    fn range(
        &mut self,
        map: &str,
        offset: Option<Quantity>,
        length: Option<Quantity>,
    ) -> Option<Range> {
        let length = match length {
            None => None,
            Some(length) => Some(self.size("length", length)?),
        };
        Some(Range {
            place: self.place(map, offset)?,
            length,
        })
    }

    fn at(&mut self, argument: &str, at: Option<&syntax::Place>) -> Option<At> {
        use syntax::Place as P;
        Some(match at {
            None | Some(P::Anywhere) => At::Anywhere,
            Some(P::Aligned) => At::Aligned,
            Some(P::Unaligned) => At::Unaligned,
            Some(P::PageAligned) => At::PageAligned,
            Some(P::HugeAligned) => At::HugeAligned,
            Some(P::Freed(map)) => At::Freed(self.map(argument, map)?),
            Some(P::Over(map)) => At::Over(self.map(argument, map)?),
            Some(P::Inside(map, offset)) => {
                At::Inside(self.map(argument, map)?, self.size(argument, *offset)?)
            }
            Some(P::Page0) => At::Page0,
            Some(P::BelowStack) => At::BelowStack,
            Some(P::AboveBreak) => At::AboveBreak,
            Some(P::LastPage) => At::LastPage,
            Some(P::PastEnd) => At::PastEnd,
            Some(P::Raw(address)) => At::Raw(*address),
        })
    }

    /// The segment of a name: its object, and the step that bound it.
    fn segment(&mut self, place: &Where, name: &str) -> Option<(usize, usize)> {
        if let Some(known) = self.scope.cast.segments.get(name) {
            return Some(*known);
        }
        if self.scope.excused(name) {
            return None;
        }
        let near =
            super::problem::nearest(name, self.scope.cast.segments.keys().map(String::as_str));
        let advice = near.map_or_else(
            || format!("bind it by `as: \"{name}\"` in a shmget"),
            |near| format!("did you mean `{near}`?"),
        );
        let quoted = format!("\"{name}\"");
        self.wrong_at(
            place,
            &quoted,
            format!("no segment is bound to `{name}` yet; {advice}"),
        )
    }

    fn seg(&mut self, name: Option<&str>, id: Option<&syntax::Id>) -> Option<Seg> {
        match (name, id.map(|id| &id.0)) {
            (Some(name), None) => {
                let (object, by) = self.segment(&self.argument("seg"), name)?;
                Some(Seg::Bound { object, by })
            }
            (None, Some(IdWord::Raw(id))) => Some(Seg::Raw(*id)),
            (None, Some(IdWord::Unused)) => Some(Seg::Unused),
            (None, Some(IdWord::IndexOf(name))) => {
                let (object, by) = self.segment(&self.argument("id"), name)?;
                Some(Seg::IndexOf { object, by })
            }
            (None, Some(IdWord::Stale(name))) => {
                let (object, by) = self.segment(&self.argument("id"), name)?;
                Some(Seg::Stale { object, by })
            }
            _ => self.wrong("", "name the segment by either `seg:` or `id:`; give one"),
        }
    }

    fn map(&mut self, argument: &str, name: &str) -> Option<usize> {
        let quoted = format!("\"{name}\"");
        let Some(map) = self.scope.cast.mappings.get(name).copied() else {
            if self.scope.excused(name) {
                return None;
            }
            let known = self.scope.cast.mappings.keys().map(String::as_str);
            let advice = super::problem::nearest(name, known).map_or_else(
                || format!("bind it by `as: \"{name}\"` in a shmat"),
                |near| format!("did you mean `{near}`?"),
            );
            return self.wrong_in(
                argument,
                &quoted,
                format!("nothing is attached as `{name}` yet; {advice}"),
            );
        };
        let held = self.scope.cast.holds.get(&self.actor);
        if !held.is_some_and(|held| held.contains(&map)) {
            let actor = self.scope.cast.actors[self.actor].name.clone();
            return self.wrong_in(argument, &quoted, format!("`{actor}` never had `{name}`, another process attached it; let `{actor}` attach it itself, or be forked after the shmat"));
        }
        Some(map)
    }

    /// Another actor, or this one, by name.
    fn person(&mut self, place: &Where, name: &str) -> Option<usize> {
        if let Some(actor) = self.scope.cast.find(name) {
            return Some(actor);
        }
        if self.scope.excused(name) {
            return None;
        }
        let message = self.scope.cast.unknown(name);
        self.wrong_at(place, &format!("\"{name}\""), message)
    }

    /// Keeps a name for a mapping from being bound twice.
    fn fresh_map(&mut self, name: &str) -> Option<()> {
        if self.scope.cast.mappings.contains_key(name) {
            return self.wrong(
                "as",
                format!("`{name}` is bound already; choose another name"),
            );
        }
        Some(())
    }

    /// The label that an answer is kept under, and what it tells. A step that may end without
    /// an answer keeps none: nothing could be compared with it.
    fn label(
        &mut self,
        name: Option<&str>,
        expect: &Expect,
        tells: Tells,
    ) -> Option<Option<usize>> {
        let Some(name) = name else { return Some(None) };
        let silent =
            |one: &Expect| matches!(one, Expect::Err(_) | Expect::Absent | Expect::Killed(_));
        if expect.any(&silent) {
            return self.wrong(
                "as",
                "this step may end without an answer to keep; split it, or remove `as:`",
            );
        }
        Some(Some(self.scope.cast.label(name, tells)))
    }

    /// The actor ends in this step.
    fn ends(&mut self, why: &'static str) {
        self.scope.cast.gone.insert(self.actor, why);
    }

    fn bits(list: impl IntoIterator<Item = i32>) -> i32 {
        list.into_iter().fold(0, |bits, bit| bits | bit)
    }
}

fn in_family<A>(family: fn(A) -> Act, (act, expect): (A, Expect)) -> (Act, Expect) {
    (family(act), expect)
}
