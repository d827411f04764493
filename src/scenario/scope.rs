//! What the steps of a row stand in: who acts, what is bound so far, and what is wrong with it.

use super::cast::Cast;
use super::model::{Requirement, Step};
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::scan::{Token, tokens};
use super::source::Source;
use super::syntax;
use std::collections::BTreeSet;

/// What the steps of a row stand in.
pub(super) struct Scope<'c> {
    pub(super) source: Source<'c>,
    pub(super) problems: Vec<Problem>,
    pub(super) cast: Cast,
    pub(super) requires: Vec<Requirement>,
    pub(super) entry: syntax::Entry,
    pub(super) crowd: u32,
    /// Whether others act at the same time as the steps that are being read.
    pub(super) racing: bool,
    /// The texts in what could not be read; names that it would have bound are not reported
    /// as unknown.
    unread: BTreeSet<String>,
    /// Whether something could not be read.
    partial: bool,
    pub(super) steps: Vec<Step>,
    /// Where each step stands.
    pub(super) places: Vec<usize>,
    /// Where the name of each actor stands that is not born in the script.
    pub(super) actors_at: Vec<usize>,
}

impl<'c> Scope<'c> {
    pub(super) fn new(source: Source<'c>) -> Self {
        Self {
            source,
            problems: Vec::new(),
            cast: Cast::default(),
            requires: Vec::new(),
            entry: syntax::Entry::default(),
            crowd: 1,
            racing: false,
            unread: BTreeSet::new(),
            partial: false,
            steps: Vec::new(),
            places: Vec::new(),
            actors_at: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, offset: usize, message: impl Into<String>) {
        if self.problems.len() < ENOUGH_PROBLEMS {
            let problem = self.source.problem(offset, message);
            self.problems.push(problem);
        }
    }

    /// Where a step stands.
    pub(super) fn place_of(&self, step: usize) -> usize {
        self.places.get(step).copied().unwrap_or(0)
    }

    /// Remembers the names in a text that could not be read.
    pub(super) fn unread(&mut self, text: &str) {
        self.partial = true;
        let texts = tokens(text).filter(|(token, _)| *token == Token::Text);
        self.unread
            .extend(texts.map(|(_, range)| text[range].to_owned()));
    }

    /// Whether something could not be read, so that little can be said of the whole.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether a name is unknown only because its step could not be read.
    pub(super) fn excused(&self, name: &str) -> bool {
        self.unread.contains(&format!("\"{name}\""))
    }
}
