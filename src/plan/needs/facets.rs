//! The parts of the state that a step looks at, and those that it changes.

mod world;

use crate::abi::{Field, number};
use crate::scenario::{
    Act, At, Command, Expect, Finds, Key, Play, Relation, Seg, Shmctl, Shmget, Step, Target, World,
};
use std::collections::BTreeSet;

/// A part of the state. The numbers are indices of objects, maps, actors and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Facet {
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

/// What a step looks at and changes, where these segments are marked for removal.
pub(super) fn of(play: &Play, step: &Step, removed: &BTreeSet<usize>) -> Touched {
    let mut touch = Touch {
        play,
        removed,
        actor: step.actor,
        touched: Touched::default(),
    };
    touch.act(step);
    touch.expectation(step);
    touch.looks(Facet::Life(step.actor));
    touch.looks(Facet::Identity(step.actor));
    touch.looks(Facet::World);
    touch.touched
}

struct Touch<'t> {
    play: &'t Play,
    removed: &'t BTreeSet<usize>,
    actor: usize,
    touched: Touched,
}

impl Touch<'_> {
    fn looks(&mut self, facet: Facet) {
        self.touched.looks.push(facet);
    }

    fn changes(&mut self, facet: Facet) {
        self.touched.changes.push(facet);
    }

    /// The answer to a call on a segment rests on it; a removed one lives on while it is
    /// attached, and so does each where a sysctl can have the last detach remove it.
    fn alive(&mut self, object: usize) {
        self.looks(Facet::Existence(object));
        self.looks(Facet::Rights(object));
        if self.removed.contains(&object) || self.sets_limits() {
            self.looks(Facet::Attachments(object));
        }
    }

    /// Whether the play changes the limits of its namespace, which count all segments.
    fn sets_limits(&self) -> bool {
        let sets = |step: &Step| matches!(step.act, Act::World(World::WriteSysctl(..)));
        self.play.steps.iter().any(sets)
    }

    /// Whether the play limits what a process may map, which counts all mappings.
    fn limits_itself(&self) -> bool {
        let limits = |step: &Step| match &step.act {
            Act::World(World::SetLimit(..)) => true,
            Act::World(World::WriteSysctl(name, _)) => name.starts_with("vm."),
            _ => false,
        };
        self.play.steps.iter().any(limits)
    }

    /// Which segments there are, whatever they are called.
    fn all_segments(&mut self) {
        for object in 0..self.play.objects.len() {
            self.looks(Facet::Existence(object));
            self.looks(Facet::Attachments(object));
        }
    }

    /// What is mapped anywhere.
    fn all_mappings(&mut self) {
        for map in 0..self.play.maps.len() {
            self.looks(Facet::Mapping(map));
        }
    }

    fn named(&mut self, seg: Seg) -> Option<usize> {
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

    fn address(&mut self, at: At, replaces: bool) {
        if at != At::Anywhere || self.limits_itself() {
            self.all_mappings();
        }
        if let (Some(map), true) = (at.map(), replaces) {
            self.remaps(map);
        }
    }

    /// What a shmget finds or makes, or that it does not.
    fn get(&mut self, call: &Shmget, step: &Step) {
        let exact = step.expect.any(&|one| matches!(one, Expect::Fields(_)));
        if exact || self.sets_limits() {
            self.all_segments();
        }
        // Whoever had the key before has it no more, or still.
        for other in &self.play.steps {
            if let Act::Shmget(before) = &other.act
                && let Finds::New(object) | Finds::Either(object) = before.finds
                && before.key == call.key
                && call.key != Key::Private
            {
                self.looks(Facet::Existence(object));
            }
        }
        match call.finds {
            Finds::New(object) | Finds::Either(object) => {
                self.changes(Facet::Existence(object));
                self.changes(Facet::Rights(object));
                self.changes(Facet::Attachments(object));
            }
            Finds::Known(object) => self.alive(object),
            Finds::Nothing => {}
        }
    }

    /// What is mapped there changes, and with it how often its segment is attached.
    fn remaps(&mut self, map: usize) {
        self.changes(Facet::Mapping(map));
        if let Some(object) = self.play.maps[map].object {
            self.changes(Facet::Attachments(object));
        }
    }

    fn everything_attached(&mut self) {
        for object in 0..self.play.objects.len() {
            self.changes(Facet::Attachments(object));
        }
    }

    fn act(&mut self, step: &Step) {
        match &step.act {
            Act::Shmget(call) => self.get(call, step),
            Act::Shmat(call) => {
                self.address(call.at, call.flags & number::SHM_REMAP != 0);
                match self.named(call.seg) {
                    Some(object) => self.changes(Facet::Attachments(object)),
                    None => self.everything_attached(),
                }
                if let Some(map) = call.binds {
                    self.changes(Facet::Mapping(map));
                }
            }
            Act::Shmdt { target, .. } => match target {
                Target::Map(map) => {
                    self.looks(Facet::Mapping(*map));
                    self.remaps(*map);
                }
                Target::At(at) => self.address(*at, true),
            },
            Act::Shmctl(call) => self.control(call),
            Act::Ipc(ipc) => {
                if let Some(object) = self.named(ipc.seg) {
                    self.changes(Facet::Attachments(object));
                }
            }
            Act::Write(place, ..) | Act::Poke(place, _) => {
                self.looks(Facet::Mapping(place.map));
                self.stores(place.map);
            }
            Act::Produce(map, _) => {
                self.looks(Facet::Mapping(*map));
                self.stores(*map);
            }
            Act::Read(place, _) | Act::Execute(place) | Act::Peek(place, _) => {
                self.loads(place.map);
            }
            Act::Consume(map, _) => self.loads(*map),
            Act::Fork(child) => {
                self.everything_attached();
                self.changes(Facet::Life(*child));
            }
            Act::Exit => {
                self.everything_attached();
                self.changes(Facet::Life(self.actor));
            }
            Act::Kill(whom, _) => {
                self.looks(Facet::Life(*whom));
                self.everything_attached();
                self.changes(Facet::Life(*whom));
            }
            Act::Claim(..) => {}
            Act::World(world) => self.world(world),
        }
    }

    /// A store changes what the segment holds, and may kill, which detaches.
    fn stores(&mut self, map: usize) {
        if let Some(object) = self.play.maps[map].object {
            self.changes(Facet::Contents(object));
            self.changes(Facet::Attachments(object));
        }
    }

    fn loads(&mut self, map: usize) {
        self.looks(Facet::Mapping(map));
        if let Some(object) = self.play.maps[map].object {
            self.looks(Facet::Contents(object));
            self.changes(Facet::Attachments(object));
        }
    }

    fn control(&mut self, call: &Shmctl) {
        if let crate::scenario::Buf::At(map) = call.buf {
            self.looks(Facet::Mapping(map));
            // The answer is written there; what no segment is has no contents of its own here.
            match self.play.maps[map].object {
                Some(object) => self.changes(Facet::Contents(object)),
                None => self.changes(Facet::Mapping(map)),
            }
        }
        if let Some(label) = call.label {
            self.changes(Facet::Label(label));
        }
        if matches!(call.cmd, Command::Info | Command::Usage) {
            self.all_segments();
        }
        let Some(object) = self.named(call.seg) else {
            if let (Command::Plain(number::IPC_RMID), Seg::Raw(0..)) = (call.cmd, call.seg) {
                for object in 0..self.play.objects.len() {
                    self.changes(Facet::Existence(object));
                }
            }
            return;
        };
        match call.cmd {
            Command::Plain(number::IPC_RMID) => self.changes(Facet::Existence(object)),
            Command::Plain(number::SHM_LOCK | number::SHM_UNLOCK) | Command::Set { .. } => {
                self.changes(Facet::Rights(object));
            }
            // Commands that only tell, and numbers that mean nothing, change nothing.
            Command::Plain(_) | Command::Stat(_) | Command::Info | Command::Usage => {}
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
            Act::Shmctl(call) => call.seg.object().map(|(object, _)| object),
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
