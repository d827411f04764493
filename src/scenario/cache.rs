//! What the rows of a file have in common, so that it is found out once.

use super::limits::MOST_STEPS;
use super::lists::{Given, Taken};
use super::model::Written;
use super::part::Part;
use super::problem::Problem;
use super::row::Row;
use super::source::{Above, Source, without_expectation};
use super::spot::Spot;
use super::syntax;
use super::text::read;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is the same of a step in every row, by its place in the file.
#[derive(Default)]
pub(super) struct Cache {
    steps: BTreeMap<(usize, usize), Written>,
    /// What each text says, which several rows may have: ron reads it once.
    texts: BTreeMap<String, syntax::Placed>,
    /// Lines and comments, by the place of what they belong to.
    comments: BTreeMap<usize, (usize, Own)>,
    /// Bytes of all texts that values were put into, in all rows so far.
    pub(super) filled: usize,
    /// Steps that came from values which are lists, in all rows so far.
    pub(super) in_lists: usize,
    /// How many lines end before a place.
    lines: (usize, usize),
    /// The comment that opens the file.
    rule: Option<Rc<str>>,
}

impl Cache {
    /// Whether values come to more steps than a file may have.
    pub(super) fn too_many(&self) -> bool {
        self.in_lists > MOST_STEPS
    }

    /// The line of an offset. Most steps come in the order of the file, so it goes on counting.
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

    /// The step that a text is.
    ///
    /// # Errors
    ///
    /// All its problems.
    pub(super) fn read(
        &mut self,
        source: Source<'_>,
        part: &Part,
    ) -> Result<syntax::Placed, Vec<Problem>> {
        if let Some(known) = self.texts.get(&part.text) {
            return Ok(known.clone());
        }
        let step: syntax::Placed = read(source, part)?;
        self.texts.insert(part.text.clone(), step.clone());
        Ok(step)
    }

    /// How the file has a step of a turn.
    pub(super) fn step(
        &mut self,
        source: Source<'_>,
        taken: &Taken,
        paragraph: &mut Paragraph,
    ) -> Written {
        if let Some(known) = self.steps.get(&key(taken)) {
            return known.clone();
        }
        let Taken { spot, given, .. } = taken;
        let (line, own) = self.in_file(source, spot);
        let by = given
            .as_ref()
            .map(|given| self.in_file(source, &given.by).1);
        let comment = match (given, by) {
            (Some(given), Some(by)) => paragraph.of_list(given, &by, &own),
            _ => paragraph.of(&own),
        };
        let comment = match comment.as_ref() {
            "" => Rc::clone(
                self.rule
                    .get_or_insert_with(|| source.opening_comment().into()),
            ),
            _ => comment,
        };
        let text = match given {
            None => source.text[spot.clone()].to_owned(),
            Some(given) => given_text(source, spot, given),
        };
        let written = Written {
            line,
            comment,
            text: without_expectation(&text).into(),
        };
        self.steps.insert(key(taken), written.clone());
        written
    }

    /// How the file has a claim.
    pub(super) fn claim(&mut self, source: Source<'_>, spot: &Spot) -> Written {
        let (line, own) = self.in_file(source, spot);
        Written {
            line,
            comment: own.comment,
            text: without_expectation(&source.text[spot.clone()]).into(),
        }
    }

    /// The line of what stands there, and its own comment.
    fn in_file(&mut self, source: Source<'_>, spot: &Spot) -> (usize, Own) {
        if let Some(known) = self.comments.get(&spot.start) {
            return known.clone();
        }
        let above = Above::new(source, spot.start);
        let own = Own {
            comment: above.comment.into(),
            begins_paragraph: above.begins_paragraph,
        };
        let found = (self.line(source, spot.start), own);
        self.comments.insert(spot.start, found.clone());
        found
    }
}

/// The comment above a step, and whether a blank line parts it from what stands before.
#[derive(Clone)]
struct Own {
    comment: Rc<str>,
    begins_paragraph: bool,
}

/// What the steps of a turn are about: the last comment above them, up to a blank line. The
/// steps of a list are about what their `Do` is about, if they have no comment of their own.
#[derive(Default)]
pub(super) struct Paragraph {
    comment: Rc<str>,
    in_list: Rc<str>,
    /// The `Do` and the line of values whose steps came last.
    by: Option<usize>,
    line: Option<usize>,
}

impl Paragraph {
    /// What a step of the turn is about, which has this comment.
    fn of(&mut self, own: &Own) -> Rc<str> {
        own.begins(&mut self.comment);
        Rc::clone(&self.comment)
    }

    /// The same of a step of a list.
    fn of_list(&mut self, given: &Given, by: &Own, own: &Own) -> Rc<str> {
        if self.by.replace(given.by.start) != Some(given.by.start) {
            by.begins(&mut self.comment);
        }
        if self.line.replace(given.line) != Some(given.line) {
            self.in_list = Rc::default();
        }
        own.begins(&mut self.in_list);
        match self.in_list.as_ref() {
            "" => Rc::clone(&self.comment),
            _ => Rc::clone(&self.in_list),
        }
    }
}

impl Own {
    /// Puts the comment in the place of the one before, if it begins anew here.
    fn begins(&self, comment: &mut Rc<str>) {
        if self.begins_paragraph || !self.comment.is_empty() {
            *comment = Rc::clone(&self.comment);
        }
    }
}

/// What tells a step from all others.
fn key(Taken { spot, given, .. }: &Taken) -> (usize, usize) {
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
