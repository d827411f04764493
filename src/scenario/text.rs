//! Reading pieces of a scenario's text: each value by ron, those inside of it by themselves, so
//! that a problem is known by its place and hides no other.

use super::part::Part;
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::raw::Raw;
use super::ron_error::describe;
use super::source::{Source, bare, trivia};
use ron::extensions::Extensions;
use serde::Deserialize;
use std::ops::Range;

/// A piece of a longer text.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    /// Where it begins in the longer text, in bytes.
    at: usize,
}

/// Something wrong in a text.
pub(super) struct Wrong {
    /// Where in the longer text, in bytes.
    pub(super) at: usize,
    pub(super) message: String,
}

impl<'t> Text<'t> {
    /// A text that is no piece of another.
    fn whole(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// A part of this text, without the white space and comments in front of it.
    pub(super) fn inside(self, raw: Raw<'t>) -> Self {
        let text = raw.0[trivia(raw.0)..].trim_end();
        Self {
            text,
            at: self.place_of(text),
        }
    }

    /// Where a part of it stands in the longer text, in bytes.
    pub(super) fn place_of(self, part: &str) -> usize {
        let (whole, part) = (self.text.as_ptr() as usize, part.as_ptr() as usize);
        debug_assert!((whole..=whole + self.text.len()).contains(&part));
        self.at + part.saturating_sub(whole).min(self.text.len())
    }

    /// Where it stands in the longer text, in bytes.
    pub(super) fn range(self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    /// What is wrong with it as a whole.
    pub(super) fn wrong(self, message: impl Into<String>) -> Wrong {
        Wrong {
            at: self.at,
            message: message.into(),
        }
    }

    /// What is wrong with a part of it, or of the value that it is part of.
    pub(super) fn wrong_at(self, part: &str, message: impl Into<String>) -> Wrong {
        Wrong {
            at: self.place_of(part),
            message: message.into(),
        }
    }

    /// The same as [`Self::ron`]; what is wrong is added to the others.
    pub(super) fn take<T: Deserialize<'t>>(self, wrong: &mut Vec<Wrong>) -> Option<T> {
        self.ron().map_err(|error| wrong.push(error)).ok()
    }

    /// The value that it is, read by ron in one go.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong in it.
    pub(super) fn ron<T: Deserialize<'t>>(self) -> Result<T, Wrong> {
        let options = ron::Options::default().with_default_extension(
            Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES,
        );
        options.from_str(self.text).map_err(|error| {
            let (at, message) = describe(self.text, &error);
            Wrong {
                at: self.at + at,
                message,
            }
        })
    }
}

/// What a piece of text can be read as.
pub(super) trait Read: Sized {
    /// Reads it. What is wrong in it is added to the others, and there is nothing then.
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self>;
}

/// Implements [`Read`] for types without values that are read by themselves.
macro_rules! by_ron {
    ($($type:ty)*) => {
        $(impl $crate::scenario::text::Read for $type {
            fn read(
                text: $crate::scenario::text::Text<'_>,
                wrong: &mut Vec<$crate::scenario::text::Wrong>,
            ) -> Option<Self> {
                text.take(wrong)
            }
        })*
    };
}
pub(super) use by_ron;

by_ron! { (String, String) String bool i32 u32 i64 u64 }

impl<T: Read> Read for Option<T> {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let given: Option<Raw<'_>> = text.take(wrong)?;
        given.map_or(Some(None), |raw| T::read(text.inside(raw), wrong).map(Some))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let items: Vec<Raw<'_>> = text.take(wrong)?;
        all(text, items, wrong)
    }
}

/// A value, and where it stands in the text that it was read from, in bytes.
#[derive(Clone)]
pub(super) struct Spanned<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

impl<T: Read> Read for Spanned<T> {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let value = T::read(text, wrong)?;
        let at = text.range();
        Some(Self { value, at })
    }
}

/// Reads each of some parts of a text, whatever is wrong with the others.
pub(super) fn all<'t, T: Read>(
    text: Text<'t>,
    parts: Vec<Raw<'t>>,
    wrong: &mut Vec<Wrong>,
) -> Option<Vec<T>> {
    let (count, read) = (parts.len(), each(text, parts, wrong));
    (read.len() == count).then_some(read)
}

/// The same, without those in which something is wrong.
fn each<'t, T: Read>(text: Text<'t>, parts: Vec<Raw<'t>>, wrong: &mut Vec<Wrong>) -> Vec<T> {
    let mut read = Vec::with_capacity(parts.len());
    for raw in parts {
        if wrong.len() >= ENOUGH_PROBLEMS {
            break;
        }
        read.extend(T::read(text.inside(raw), wrong));
    }
    read
}

/// Reads the items of a part that is a list, those without a problem, and tells the problems of
/// the others.
pub(super) fn read_each<T: Read>(source: Source<'_>, part: &Part) -> (Vec<T>, Vec<Problem>) {
    let (text, mut wrong) = (Text::whole(&part.text), Vec::new());
    let items: Option<Vec<Raw<'_>>> = text.take(&mut wrong);
    let read = each(text, items.unwrap_or_default(), &mut wrong);
    (read, problems(source, part, wrong))
}

/// Where the items of a part stand that is a list, each to be read by itself.
///
/// # Errors
///
/// Why it is no list.
pub(super) fn items(source: Source<'_>, part: &Part) -> Result<Vec<Range<usize>>, Problem> {
    let text = Text::whole(&part.text);
    let items: Vec<Raw<'_>> = text
        .ron()
        .map_err(|wrong| source.problem(part.in_file(wrong.at), wrong.message))?;
    let range = |raw: Raw<'_>| {
        let start = text.place_of(bare(raw.0));
        start..start + bare(raw.0).len()
    };
    Ok(items.into_iter().map(range).collect())
}

fn problems(source: Source<'_>, part: &Part, wrong: Vec<Wrong>) -> Vec<Problem> {
    let problem = |wrong: Wrong| source.problem(part.in_file(wrong.at), wrong.message);
    wrong
        .into_iter()
        .take(ENOUGH_PROBLEMS)
        .map(problem)
        .collect()
}

/// Reads a part of the file.
///
/// # Errors
///
/// Everything that is wrong with it.
pub(super) fn read<T: Read>(source: Source<'_>, part: &Part) -> Result<T, Vec<Problem>> {
    let mut wrong = Vec::new();
    let value = T::read(Text::whole(&part.text), &mut wrong);
    match value {
        Some(value) if wrong.is_empty() => Ok(value),
        _ => {
            debug_assert!(!wrong.is_empty(), "refused without a word: {}", part.text);
            Err(problems(source, part, wrong))
        }
    }
}

/// Reads a piece of the file as it stands, for values that keep pieces of its text.
///
/// # Errors
///
/// What is wrong with it, and where in the file.
pub(super) fn read_borrowed<'a, T: Deserialize<'a>>(
    source: Source<'a>,
    range: Range<usize>,
) -> Result<T, Problem> {
    let text = Text {
        text: &source.text[range.clone()],
        at: range.start,
    };
    let told = |wrong: Wrong| source.problem(wrong.at, wrong.message);
    text.ron().map_err(told)
}

#[cfg(test)]
mod tests {
    use super::{Read, Text};

    #[test]
    fn what_may_be_left_out_may_be_written_in_full() {
        let read = |text| {
            let mut wrong = Vec::new();
            let read = Option::<u32>::read(Text::whole(text), &mut wrong);
            (read, wrong.len())
        };
        assert_eq!(read("7"), (Some(Some(7)), 0));
        assert_eq!(read("Some(7)"), (Some(Some(7)), 0));
        assert_eq!(read("None"), (Some(None), 0));
        assert_eq!(read("x"), (None, 1));
    }

    #[test]
    fn a_list_tells_no_more_problems_than_anybody_reads() {
        let (text, mut wrong) = (format!("[{}]", "x, ".repeat(1000)), Vec::new());
        assert!(Vec::<u32>::read(Text::whole(&text), &mut wrong).is_none());
        assert_eq!(wrong.len(), super::ENOUGH_PROBLEMS);
    }
}
