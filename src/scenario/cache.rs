//! What the rows of a file have in common, so that it is found out once.

use super::lists::{Given, Place};
use super::model::Written;
use super::part::Part;
use super::row::Row;
use super::source::{Fragment, Source, without_expectation};
use super::spot::Spot;
use super::syntax;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is the same of a step in every row, by its place in the file.
#[derive(Default)]
pub(super) struct Cache {
    steps: BTreeMap<(usize, usize), Known>,
    /// The list whose steps came last.
    begun: Option<usize>,
    /// Bytes of all texts that values were put into, in all rows so far.
    pub(super) filled: usize,
    /// How many lines end before a place.
    lines: (usize, usize),
    /// The comment that opens the file.
    rule: Option<Rc<str>>,
}

/// What is known of a step.
pub(super) struct Known {
    pub(super) written: Written,
    /// Read once, if no row changes it.
    pub(super) syntax: Option<syntax::Step>,
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

    /// What is known of a step.
    pub(super) fn known(&self, place: &Place) -> Option<&Known> {
        self.steps.get(&key(place))
    }

    /// How the file has a step of a turn. `paragraph` is the comment above the steps before it,
    /// which is about this one too, unless it has its own or a blank line parts them. Without any
    /// it is about what the whole file is about.
    pub(super) fn step(
        &mut self,
        source: Source<'_>,
        place: &Place,
        syntax: Option<&syntax::Step>,
        paragraph: &mut String,
    ) -> Written {
        if let Some(known) = self.known(place) {
            return known.written.clone();
        }
        let Place { spot, given, .. } = place;
        let mut begins = |spot: &Spot, always: bool| {
            let fragment = Fragment::new(source, &source.text[spot.clone()]);
            if (fragment.begins_paragraph && always) || !fragment.comment.is_empty() {
                paragraph.clone_from(&fragment.comment);
            }
        };
        match given {
            None => begins(spot, true),
            Some(given) => {
                if self.begun != Some(given.by.start) {
                    begins(&given.by, true);
                }
                self.begun = Some(given.by.start);
                begins(spot, false);
            }
        }
        let comment = match paragraph.as_str() {
            "" => Rc::clone(
                self.rule
                    .get_or_insert_with(|| source.opening_comment().into()),
            ),
            comment => comment.into(),
        };
        let text = match given {
            None => source.text[spot.clone()].to_owned(),
            Some(given) => given_text(source, spot, given),
        };
        let written = Written {
            line: self.line(source, spot.start),
            comment,
            text: without_expectation(&text).into(),
        };
        let known = Known {
            written: written.clone(),
            syntax: syntax.cloned(),
        };
        self.steps.insert(key(place), known);
        written
    }

    /// How the file has a claim.
    pub(super) fn claim(&mut self, source: Source<'_>, spot: &Spot) -> Written {
        let fragment = Fragment::new(source, &source.text[spot.clone()]);
        Written {
            line: self.line(source, fragment.offset),
            comment: fragment.comment.into(),
            text: without_expectation(fragment.text).into(),
        }
    }
}

/// What tells a step from all others.
fn key(Place { spot, given, .. }: &Place) -> (usize, usize) {
    (spot.start, given.as_ref().map_or(0, |given| given.line))
}

/// The text of a step with the parameters of its list, which are the same in every row.
fn given_text(source: Source<'_>, spot: &Spot, given: &Given) -> String {
    let row = Row {
        values: given.values.clone(),
        partial: true,
        ..Row::default()
    };
    let part = Part::new(source, spot, &row, &mut BTreeSet::new());
    part.map_or_else(|_| source.text[spot.clone()].to_owned(), |part| part.text)
}
