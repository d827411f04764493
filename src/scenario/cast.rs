//! The cast of a scenario while its script is read: who is alive, who holds
//! which attachment, which names are bound.

use super::model::{Actor, Map, Names, Object, User};
use super::problem::nearest;
use super::steps::Tells;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the steps read so far have brought about.
#[derive(Default)]
pub(super) struct Cast {
    /// As the model has them.
    pub(super) actors: Vec<Actor>,
    /// Why an actor can do nothing any more, by its index.
    pub(super) gone: BTreeMap<usize, &'static str>,
    /// What each name of a segment means: object, and the step that bound it.
    pub(super) segments: BTreeMap<String, (usize, usize)>,
    /// What each name of a mapping means.
    pub(super) mappings: BTreeMap<String, usize>,
    /// Which mappings each actor has had.
    pub(super) holds: BTreeMap<usize, BTreeSet<usize>>,
    /// Whose children to come live in another PID namespace.
    pub(super) nests: BTreeSet<usize>,
    /// Who lives in another PID namespace than the case began in.
    pub(super) nested: BTreeSet<usize>,
    /// As the model has them.
    pub(super) objects: Vec<Object>,
    /// As the model has them.
    pub(super) maps: Vec<Map>,
    /// The names that answers are kept under.
    pub(super) labels: Words,
    /// What kind of answer each label holds.
    pub(super) tells: BTreeMap<usize, Tells>,
    /// Which objects the script removes.
    pub(super) removed: BTreeSet<usize>,
    /// The words of the keys that are unique, by number.
    unique: Words,
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

    /// That nobody has this name, and who might be meant.
    pub(super) fn unknown(&self, name: &str) -> String {
        let names = self.actors.iter().map(|actor| actor.name.as_str());
        let advice = match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: `{}`", names.collect::<Vec<_>>().join("`, `")),
        };
        format!("nobody is named `{name}` yet; {advice}")
    }

    /// Adds the child of a fork, which inherits what its parent holds. A child of the same
    /// name that is gone makes room for the next.
    pub(super) fn bear(&mut self, name: &str, parent: usize, step: usize) -> usize {
        let child = self.find(name).unwrap_or(self.actors.len());
        if child == self.actors.len() {
            self.actors.push(Actor {
                name: name.to_owned(),
                count: 1,
                user: User::default(),
                born: Some(step),
            });
        }
        self.gone.remove(&child);
        self.nests.remove(&child);
        if self.nests.contains(&parent) {
            self.nested.insert(child);
        } else {
            self.nested.remove(&child);
        }
        let inherited = self.holds.get(&parent).cloned().unwrap_or_default();
        self.holds.insert(child, inherited);
        child
    }

    /// The number of a key that is unique to the case.
    pub(super) fn unique_key(&mut self, word: &str) -> usize {
        self.unique.number(word)
    }

    /// The number of a label, which is new or known, and tells this from now on.
    pub(super) fn label(&mut self, word: &str, tells: Tells) -> usize {
        let label = self.labels.number(word);
        self.tells.insert(label, tells);
        label
    }

    /// The name of a mapping.
    pub(super) fn name_of(&self, map: usize) -> &str {
        let named = self.mappings.iter().find(|(_, known)| **known == map);
        named.map_or("", |(name, _)| name)
    }

    /// What the script calls its segments, mappings and keys.
    pub(super) fn names(&self) -> Names {
        let mut maps = vec![String::new(); self.maps.len()];
        for (name, map) in &self.mappings {
            maps[*map].clone_from(name);
        }
        Names {
            segments: self
                .segments
                .iter()
                .map(|(name, (_, by))| (*by, name.clone()))
                .collect(),
            maps,
            keys: self.unique.words.clone(),
        }
    }

    /// A new segment, born in this step.
    pub(super) fn create(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len() - 1
    }

    /// A new mapping that an actor has.
    pub(super) fn map(&mut self, name: &str, actor: usize, map: Map) -> usize {
        let index = self.maps.len();
        self.maps.push(map);
        self.mappings.insert(name.to_owned(), index);
        self.holds.entry(actor).or_default().insert(index);
        index
    }

    /// The object is removed: its key leads to nothing any more.
    pub(super) fn remove(&mut self, object: usize) {
        self.removed.insert(object);
        for (known, alive) in self.keys.values_mut() {
            *alive &= *known != object;
        }
    }
}

/// Words, and the number of each.
#[derive(Default)]
pub(super) struct Words {
    /// By number.
    pub(super) words: Vec<String>,
    numbers: BTreeMap<String, usize>,
}

impl Words {
    /// The number of a word that is known.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        self.numbers.get(word).copied()
    }

    /// The number of a word, which is new or known.
    fn number(&mut self, word: &str) -> usize {
        self.find(word).unwrap_or_else(|| {
            self.words.push(word.to_owned());
            self.numbers.insert(word.to_owned(), self.words.len() - 1);
            self.words.len() - 1
        })
    }
}
