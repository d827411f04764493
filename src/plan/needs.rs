//! Which earlier steps must have passed for a step to mean anything.
//!
//! A failed step leaves the kernel in a state that the script did not foresee.
//! Later steps whose outcome rests on that state would fail for no reason of
//! their own, and point the reader at the wrong call; they are blocked instead.
//! All others still run. So a broken shmat turns the steps of shmat red, and no
//! others.
//!
//! The state is cut into facets, each changed by few kinds of step and looked at
//! by few others. A step needs all earlier steps that changed what it looks at.

use crate::abi::number;
use crate::scenario::{Act, Ctl, Finds, Scenario, Seg, Stat, Target};
use std::collections::{BTreeMap, BTreeSet};

/// A part of the state. The numbers are indices of objects, maps and actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Facet {
    /// Whether the segment is there, and under which key and shmid.
    Existence(usize),
    /// Who may do what with it, and whether it is locked.
    Rights(usize),
    /// How often it is attached.
    Attachments(usize),
    /// What it holds.
    Contents(usize),
    /// Whether and where an attachment is mapped.
    Mapping(usize),
    /// Whether an actor lives.
    Life(usize),
}

/// The needs of every step, in the order of the script.
pub(super) fn needs(scenario: &Scenario) -> Vec<Vec<usize>> {
    let mut state = State {
        scenario,
        writers: BTreeMap::new(),
        removed: BTreeSet::new(),
    };
    scenario
        .steps
        .iter()
        .enumerate()
        .map(|(index, _)| state.step(index))
        .collect()
}

struct State<'s> {
    scenario: &'s Scenario,
    writers: BTreeMap<Facet, Vec<usize>>,
    removed: BTreeSet<usize>,
}

impl State<'_> {
    fn step(&mut self, index: usize) -> Vec<usize> {
        let step = &self.scenario.steps[index];
        let (mut looks, changes) = self.facets(&step.act, step.actor);
        looks.push(Facet::Life(step.actor));
        let mut needs: BTreeSet<usize> = looks
            .iter()
            .flat_map(|facet| self.writers.get(facet).into_iter().flatten().copied())
            .collect();
        needs.extend(bound_by(&step.act));
        for facet in changes {
            self.writers.entry(facet).or_default().push(index);
        }
        if let Act::Shmctl(call) = &step.act
            && let (number::IPC_RMID, Ctl::Ok, Seg::Bound { object, .. }) =
                (call.cmd, &call.expect, call.seg)
        {
            self.removed.insert(object);
        }
        needs.into_iter().collect()
    }

    /// What a step looks at, and what it changes.
    fn facets(&self, act: &Act, actor: usize) -> (Vec<Facet>, Vec<Facet>) {
        use Facet::{Attachments, Contents, Existence, Life, Mapping, Rights};
        match act {
            Act::Shmget(call) => match call.finds {
                Finds::New(object) => (
                    vec![],
                    vec![Existence(object), Rights(object), Attachments(object)],
                ),
                Finds::Known(object) => (self.alive(object), vec![]),
                Finds::Nothing => (vec![], vec![]),
            },
            Act::Shmat(call) => {
                let Seg::Bound { object, .. } = call.seg else {
                    return (vec![], vec![]);
                };
                let mapping = call.binds.map(Mapping);
                let changes = [Some(Attachments(object)), mapping];
                (self.alive(object), changes.into_iter().flatten().collect())
            }
            Act::Shmdt(Target::Map(map), _) => {
                let object = self.scenario.maps[*map].object;
                (
                    vec![Mapping(*map)],
                    vec![Mapping(*map), Attachments(object)],
                )
            }
            Act::Shmdt(Target::At(_), _) => (vec![], vec![]),
            Act::Shmctl(call) => self.control(call.seg, call.cmd, &call.expect),
            Act::Write(place, ..) => {
                let object = self.scenario.maps[place.map].object;
                // A store may kill, which detaches.
                (
                    vec![Mapping(place.map)],
                    vec![Contents(object), Attachments(object)],
                )
            }
            Act::Read(place, _) => {
                let object = self.scenario.maps[place.map].object;
                (
                    vec![Mapping(place.map), Contents(object)],
                    vec![Attachments(object)],
                )
            }
            Act::Fork(child, _) => {
                let mut changes = self.all_attachments();
                changes.push(Life(*child));
                (vec![], changes)
            }
            Act::Exit => {
                let mut changes = self.all_attachments();
                changes.push(Life(actor));
                (vec![], changes)
            }
        }
    }

    fn control(&self, seg: Seg, cmd: i32, expect: &Ctl) -> (Vec<Facet>, Vec<Facet>) {
        let Seg::Bound { object, .. } = seg else {
            return (vec![], vec![]);
        };
        let mut looks = self.alive(object);
        if let Ctl::Stat(Stat {
            nattch: Some(_), ..
        }) = expect
        {
            looks.push(Facet::Attachments(object));
        }
        let changes = match cmd {
            number::IPC_STAT => vec![],
            number::IPC_RMID => vec![Facet::Existence(object)],
            number::SHM_LOCK | number::SHM_UNLOCK => vec![Facet::Rights(object)],
            // Numbers that mean nothing change nothing.
            _ => vec![],
        };
        (looks, changes)
    }

    /// What the answer to a call on a segment rests on. A removed one lives on
    /// while it is attached.
    fn alive(&self, object: usize) -> Vec<Facet> {
        let mut looks = vec![Facet::Existence(object), Facet::Rights(object)];
        if self.removed.contains(&object) {
            looks.push(Facet::Attachments(object));
        }
        looks
    }

    fn all_attachments(&self) -> Vec<Facet> {
        (0..self.scenario.objects.len())
            .map(Facet::Attachments)
            .collect()
    }
}

/// The step that bound the name that a step uses.
fn bound_by(act: &Act) -> Option<usize> {
    let seg = match act {
        Act::Shmat(call) => call.seg,
        Act::Shmctl(call) => call.seg,
        Act::Shmget(_)
        | Act::Shmdt(..)
        | Act::Write(..)
        | Act::Read(..)
        | Act::Fork(..)
        | Act::Exit => {
            return None;
        }
    };
    match seg {
        Seg::Bound { by, .. } => Some(by),
        Seg::Raw(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::needs;
    use crate::scenario::parse;

    /// The needs of each step of a script, by the text of the calls.
    #[track_caller]
    fn check(script: &str, expect: &[&[usize]]) {
        let text = format!(
            "Scenario(summary: \"t\", requires: [Root], actors: [(name: \"a\")], script: [By(\"a\", [{script}])])"
        );
        let scenario = parse("t.ron", &text).expect("a good scenario");
        assert_eq!(needs(&scenario), expect);
    }

    const GET: &str = "shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok)";
    const AT: &str = "shmat(seg: \"s\", as: \"m\", expect: Ok)";
    const RMID: &str = "shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";

    #[test]
    fn removal_needs_the_segment_but_no_attachment() {
        check(&format!("{GET}, {AT}, {RMID}"), &[&[], &[0], &[0]]);
    }

    #[test]
    fn nattch_needs_every_attach_and_detach() {
        let stat = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(nattch: 0))";
        check(
            &format!("{GET}, {AT}, shmdt(map: \"m\", expect: Ok), {stat}, {RMID}"),
            &[&[], &[0], &[1], &[0, 1, 2], &[0]],
        );
    }

    #[test]
    fn a_mode_does_not_need_the_attachments() {
        let stat = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(mode: 0))";
        check(
            &format!("{GET}, {AT}, {stat}, {RMID}"),
            &[&[], &[0], &[0], &[0]],
        );
    }

    #[test]
    fn what_is_read_needs_what_was_written() {
        check(
            &format!(
                "{GET}, {AT}, write(map: \"m\", data: Text(\"x\"), expect: Ok), \
                 read(map: \"m\", expect: Text(\"x\")), {RMID}"
            ),
            &[&[], &[0], &[1], &[1, 2], &[0]],
        );
    }

    #[test]
    fn a_name_needs_the_step_that_bound_it() {
        let key = |more: &str| format!("shmget(key: Unique(\"k\"), size: Pages(1), {more})");
        let create = key("flags: [IPC_CREAT], as: \"s\", expect: Ok");
        let find = key("as: \"t\", expect: Ok");
        check(
            &format!("{create}, {find}, shmat(seg: \"t\", expect: Ok), {RMID}"),
            &[&[], &[0], &[0, 1], &[0]],
        );
    }

    #[test]
    fn a_removed_segment_is_there_as_long_as_it_is_attached() {
        check(
            &format!("{GET}, {AT}, {RMID}, shmat(seg: \"s\", expect: Err(EINVAL))"),
            &[&[], &[0], &[0], &[0, 1, 2]],
        );
    }
}
