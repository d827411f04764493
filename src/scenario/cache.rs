//! What the rows of a file have in common, so that it is found out once.

use super::source::{Fragment, Source, without_expectation};
use super::spot::Spot;
use super::syntax;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is the same of a step in every row, by its place in the file.
#[derive(Default)]
pub(super) struct Cache {
    pub(super) steps: BTreeMap<usize, Rc<Known>>,
    /// Bytes of all texts that values were put into, in all rows so far.
    pub(super) filled: usize,
    /// How many lines end before a place.
    lines: (usize, usize),
    /// The comment that opens the file.
    pub(super) rule: Option<Rc<str>>,
}

impl Cache {
    /// The line of an offset. Steps come in the order of the file, so it goes on counting.
    fn line(&mut self, source: Source<'_>, offset: usize) -> usize {
        let (lines, from) = self.lines;
        let (lines, from) = if from <= offset {
            (lines, from)
        } else {
            (0, 0)
        };
        let lines = lines + source.text[from..offset].matches('\n').count();
        self.lines = (lines, offset);
        lines + 1
    }

    /// What is the same of a step in every row.
    pub(super) fn known(
        &mut self,
        source: Source<'_>,
        spot: &Spot,
        syntax: Option<&syntax::Step>,
    ) -> Rc<Known> {
        if let Some(known) = self.steps.get(&spot.start) {
            return Rc::clone(known);
        }
        let fragment = Fragment::new(source, &source.text[spot.clone()]);
        let known = Rc::new(Known {
            line: self.line(source, fragment.offset),
            text: without_expectation(fragment.text),
            comment: fragment.comment,
            begins_paragraph: fragment.begins_paragraph,
            syntax: syntax.cloned(),
        });
        self.steps.insert(spot.start, Rc::clone(&known));
        known
    }
}

/// A step as the file has it.
pub(super) struct Known {
    pub(super) line: usize,
    pub(super) comment: String,
    pub(super) begins_paragraph: bool,
    pub(super) text: String,
    /// Read once, if no row changes it.
    pub(super) syntax: Option<syntax::Step>,
}
