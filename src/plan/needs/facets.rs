//! The parts of the state that a step looks at, and those that it changes.

use crate::abi::Field;
use crate::scenario::{Act, At, Credentials, Expect, Ipc, Play, Proc, Range, Relation, Seg, Step};
use std::collections::BTreeSet;

/// A part of the state. The numbers are indices of objects, maps, actors and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) enum Facet {
    /// Whether the segment is there, and under which key and shmid.
    Existence(usize),
    /// Who may do what with it, and whether it is locked.
    Rights(usize),
    /// How often it is attached, and by whom last.
    Attachments(usize),
    /// What it holds.
    Contents(usize),
    /// Whether and where a mapping is.
    Mapping(usize),
    /// From which nodes a segment has its pages.
    Policy(usize),
    /// Whether an actor lives.
    Life(usize),
    /// Who an actor is: its user, limits, namespaces.
    Identity(usize),
    /// Sysctls and the clock.
    World,
    /// What a label holds.
    Label(usize),
}

/// What a step has to do with the state.
#[derive(Default)]
pub(super) struct Touched {
    pub(super) looks: Vec<Facet>,
    pub(super) changes: Vec<Facet>,
    /// The step that bound the name that it uses.
    pub(super) by: Option<usize>,
}

/// What is gathered of a step.
pub(in crate::plan) struct Touch<'t> {
    pub(in crate::plan) play: &'t Play,
    removed: &'t BTreeSet<usize>,
    pub(in crate::plan) actor: usize,
    touched: Touched,
}

impl<'t> Touch<'t> {
    /// Nothing yet, of a step of this play, where these segments are marked for removal.
    pub(super) fn new(play: &'t Play, step: &Step, removed: &'t BTreeSet<usize>) -> Self {
        Self {
            play,
            removed,
            actor: step.actor,
            touched: Touched::default(),
        }
    }

    /// All of it, once the step itself has told its part.
    pub(super) fn finish(mut self, step: &Step) -> Touched {
        self.expectation(step);
        self.looks(Facet::Life(step.actor));
        self.looks(Facet::Identity(step.actor));
        self.looks(Facet::World);
        self.touched
    }

    pub(in crate::plan) fn looks(&mut self, facet: Facet) {
        self.touched.looks.push(facet);
    }

    pub(in crate::plan) fn changes(&mut self, facet: Facet) {
        self.touched.changes.push(facet);
    }

    /// The answer to a call on a segment rests on it; a removed one lives on while it is
    /// attached, and so does each where a sysctl can have the last detach remove it.
    pub(in crate::plan) fn alive(&mut self, object: usize) {
        self.looks(Facet::Existence(object));
        self.looks(Facet::Rights(object));
        if self.removed.contains(&object) || self.sets_limits() {
            self.looks(Facet::Attachments(object));
        }
    }

    /// Whether the play changes the limits of its namespace, which count all segments.
    pub(in crate::plan) fn sets_limits(&self) -> bool {
        let sets = |step: &Step| matches!(step.act, Act::Proc(Proc::WriteSysctl(..)));
        self.play.steps.iter().any(sets)
    }

    /// Whether the play limits what a process may map, which counts all mappings.
    fn limits_itself(&self) -> bool {
        let limits = |step: &Step| match &step.act {
            Act::Credentials(Credentials::SetLimit(..)) => true,
            Act::Proc(Proc::WriteSysctl(name, _)) => name.starts_with("vm."),
            _ => false,
        };
        self.play.steps.iter().any(limits)
    }

    /// Which segments there are, whatever they are called.
    pub(in crate::plan) fn all_segments(&mut self) {
        for object in 0..self.play.objects.len() {
            self.looks(Facet::Existence(object));
            self.looks(Facet::Attachments(object));
        }
    }

    /// What is mapped anywhere.
    pub(in crate::plan) fn all_mappings(&mut self) {
        for map in 0..self.play.maps.len() {
            self.looks(Facet::Mapping(map));
        }
    }

    pub(in crate::plan) fn named(&mut self, seg: Seg) -> Option<usize> {
        let Some((object, by)) = seg.object() else {
            // A number may be that of any segment.
            if !matches!(seg, Seg::Raw(i32::MIN..0)) {
                self.all_segments();
            }
            return None;
        };
        self.touched.by = Some(by);
        self.alive(object);
        Some(object)
    }

    pub(in crate::plan) fn address(&mut self, at: At, replaces: bool) {
        if at != At::Anywhere || self.limits_itself() {
            self.all_mappings();
        }
        if let (Some(map), true) = (at.map(), replaces) {
            self.remaps(map);
        }
    }

    /// What is mapped there changes, and with it how often its segment is attached.
    pub(in crate::plan) fn remaps(&mut self, map: usize) {
        self.changes(Facet::Mapping(map));
        if let Some(object) = self.play.maps[map].object {
            self.changes(Facet::Attachments(object));
        }
    }

    pub(in crate::plan) fn everything_attached(&mut self) {
        for object in 0..self.play.objects.len() {
            self.changes(Facet::Attachments(object));
        }
    }

    /// A store changes what the segment holds, and may kill, which detaches.
    pub(in crate::plan) fn stores(&mut self, map: usize) {
        if let Some(object) = self.play.maps[map].object {
            self.changes(Facet::Contents(object));
            self.changes(Facet::Attachments(object));
        }
    }

    pub(in crate::plan) fn loads(&mut self, map: usize) {
        self.looks(Facet::Mapping(map));
        if let Some(object) = self.play.maps[map].object {
            self.looks(Facet::Contents(object));
            self.changes(Facet::Attachments(object));
        }
    }

    /// A file of /proc may tell of anything.
    pub(in crate::plan) fn everything(&mut self) {
        self.all_segments();
        self.all_mappings();
        for object in 0..self.play.objects.len() {
            self.looks(Facet::Contents(object));
        }
    }

    pub(in crate::plan) fn range(&mut self, range: &Range) {
        self.looks(Facet::Mapping(range.place.map));
        self.remaps(range.place.map);
    }

    /// A policy is that of the segment, or of private memory.
    pub(in crate::plan) fn policy(&self, map: usize) -> Facet {
        let object = self.play.maps[map].object;
        object.map_or(Facet::Mapping(map), Facet::Policy)
    }

    pub(in crate::plan) fn keeps(&mut self, label: Option<usize>) {
        if let Some(label) = label {
            self.changes(Facet::Label(label));
        }
    }

    /// What the numbers of an expectation refer to.
    fn expectation(&mut self, step: &Step) {
        if step.expect.may_kill() {
            self.everything_attached();
            self.changes(Facet::Life(self.actor));
        }
        let counts = |field: &Field| {
            matches!(
                field,
                Field::Nattch | Field::Lpid | Field::Atime | Field::Dtime
            )
        };
        let object = match &step.act {
            Act::Ipc(Ipc::Shmctl(call)) => call.seg.object().map(|(object, _)| object),
            _ => None,
        };
        let told = step.expect.any(&|one| match one {
            Expect::Fields(fields) => fields.iter().any(|(field, _)| counts(field)),
            _ => false,
        });
        if let (Some(object), true) = (object, told) {
            self.looks(Facet::Attachments(object));
        }
        for (_, relation) in step.expect.relations() {
            match relation {
                Relation::IdOf(object) | Relation::IndexOf(object) => {
                    self.looks(Facet::Existence(object));
                }
                Relation::Same(label, _) | Relation::Near(label, ..) | Relation::After(label) => {
                    self.looks(Facet::Label(label));
                }
                Relation::PidOf(_) | Relation::KeyOf(_) | Relation::Mine | Relation::Now => {}
            }
        }
    }
}
