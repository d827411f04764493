//! The cast of a scenario while its script is read: who is alive, who holds
//! which attachment, which names are bound.

use super::model::{Actor, Map, Object, User};
use std::collections::BTreeMap;

/// Everything that the steps read so far have brought about.
#[derive(Default)]
pub(super) struct Cast {
    /// As the model has them.
    pub(super) actors: Vec<Actor>,
    /// Why an actor can do nothing any more, by its index.
    pub(super) gone: BTreeMap<usize, &'static str>,
    /// What each name of a segment means: object, and the step that bound it.
    pub(super) segments: BTreeMap<String, (usize, usize)>,
    /// What each name of an attachment means.
    pub(super) attachments: BTreeMap<String, usize>,
    /// Which attachments each actor has had.
    pub(super) holds: BTreeMap<usize, Vec<usize>>,
    /// As the model has them.
    pub(super) objects: Vec<Object>,
    /// As the model has them.
    pub(super) maps: Vec<Map>,
    /// Which objects the script removes.
    pub(super) removed: Vec<usize>,
    /// The words of the keys that are unique, by number.
    pub(super) unique: Vec<String>,
    /// The object that each shared key leads to, and whether it still does.
    pub(super) keys: BTreeMap<SharedKey, (usize, bool)>,
}

/// A key under which others find a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SharedKey {
    Unique(usize),
    Raw(i32),
}

impl Cast {
    /// The actor of this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.actors.iter().position(|actor| actor.name == name)
    }

    /// Adds the child of a fork, which inherits what its parent holds.
    pub(super) fn bear(&mut self, name: &str, parent: usize, step: usize) -> usize {
        let child = self.actors.len();
        self.actors.push(Actor {
            name: name.to_owned(),
            user: User::Caller,
            born: Some(step),
        });
        let inherited = self.holds.get(&parent).cloned().unwrap_or_default();
        self.holds.insert(child, inherited);
        child
    }

    /// The number of a key that is unique to the case.
    pub(super) fn unique_key(&mut self, word: &str) -> usize {
        let known = self.unique.iter().position(|one| one == word);
        known.unwrap_or_else(|| {
            self.unique.push(word.to_owned());
            self.unique.len() - 1
        })
    }

    /// A new segment, born in this step.
    pub(super) fn create(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len() - 1
    }

    /// The object is removed: its key leads to nothing any more.
    pub(super) fn remove(&mut self, object: usize) {
        self.removed.push(object);
        for (known, alive) in self.keys.values_mut() {
            *alive &= *known != object;
        }
    }
}
