//! What the rows of a file have in common, so that it is found out once.

use super::model::Written;
use super::source::{Fragment, Source, without_expectation};
use super::spot::Spot;
use super::syntax;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is the same of a step in every row, by its place in the file.
#[derive(Default)]
pub(super) struct Cache {
    pub(super) steps: BTreeMap<usize, Known>,
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

    /// How the file has a step of a turn, or a claim, which belongs to none. `paragraph` is the
    /// comment above the steps before it, which is about this one too, unless it has its own or
    /// a blank line parts them. Without any it is about what the whole file is about.
    pub(super) fn written(
        &mut self,
        source: Source<'_>,
        spot: &Spot,
        syntax: Option<&syntax::Step>,
        paragraph: Option<&mut String>,
    ) -> Written {
        if let Some(known) = self.steps.get(&spot.start) {
            return known.written.clone();
        }
        let Fragment {
            text,
            offset,
            comment,
            begins_paragraph,
        } = Fragment::new(source, &source.text[spot.clone()]);
        let comment = match paragraph {
            None => comment.into(),
            Some(paragraph) => {
                if begins_paragraph || !comment.is_empty() {
                    *paragraph = comment;
                }
                match paragraph.as_str() {
                    "" => Rc::clone(
                        self.rule
                            .get_or_insert_with(|| source.opening_comment().into()),
                    ),
                    comment => comment.into(),
                }
            }
        };
        let written = Written {
            line: self.line(source, offset),
            comment,
            text: without_expectation(text).into(),
        };
        let known = Known {
            written: written.clone(),
            syntax: syntax.cloned(),
        };
        self.steps.insert(spot.start, known);
        written
    }
}
