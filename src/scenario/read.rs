//! Reading RON into the syntax types, with errors in the words of the format.

use super::part::Part;
use super::problem::{Problem, nearest};
use super::source::{Source, offset_in};
use crate::abi;
use ron::error::SpannedError;
use ron::extensions::Extensions;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::Range;

/// Reads a part of the file.
///
/// # Errors
///
/// What is wrong with it, and where in the file.
pub(super) fn read<T: DeserializeOwned>(source: Source<'_>, part: &Part) -> Result<T, Problem> {
    options().from_str(&part.text).map_err(|error| {
        let (at, message) = describe(&part.text, &error);
        source.problem(part.in_file(at), message)
    })
}

/// The same of the file as it stands, for values that keep pieces of its text.
///
/// # Errors
///
/// As [`read`].
pub(super) fn read_borrowed<'a, T: Deserialize<'a>>(
    source: Source<'a>,
    range: Range<usize>,
) -> Result<T, Problem> {
    let part = &source.text[range.clone()];
    options().from_str(part).map_err(|error| {
        let (at, message) = describe(part, &error);
        source.problem(range.start + at, message)
    })
}

fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES)
}

/// The place in `text` of an error, and its words.
pub(super) fn describe(text: &str, error: &SpannedError) -> (usize, String) {
    if let ron::Error::Message(message) = &error.code
        && let Some((at, message)) = placed(message)
    {
        // A value of this text had the error, and told where it lies in memory.
        let within = at.wrapping_sub(text.as_ptr() as usize).min(text.len());
        return (within, message);
    }
    let start = offset_in(text, error.span.start.line, error.span.start.col);
    let end = offset_in(text, error.span.end.line, error.span.end.col);
    // ron's span ends behind the word it stumbled over and may begin before it.
    let at = match offending_word(&error.code) {
        Some(word) => {
            let until = (end + word.len()).min(text.len());
            let window = text.get(..until).unwrap_or(text);
            window.rfind(word).unwrap_or(start)
        }
        None if matches!(error.code, ron::Error::MissingStructField { .. }) => 0,
        None => start,
    };
    let ends = text.get(end..).is_some_and(|rest| rest.trim().is_empty());
    if ends && matches!(error.code, ron::Error::ExpectedComma) {
        return (end, reword(&ron::Error::Eof));
    }
    (at, reword(&error.code))
}

/// The place and the words of a message that a value has marked.
fn placed(message: &str) -> Option<(usize, String)> {
    let (at, message) = message.strip_prefix('\u{1}')?.split_once('\u{1}')?;
    Some((at.parse().ok()?, message.to_owned()))
}

fn offending_word(error: &ron::Error) -> Option<&str> {
    match error {
        ron::Error::NoSuchEnumVariant { found, .. }
        | ron::Error::NoSuchStructField { found, .. }
        | ron::Error::ExpectedDifferentStructName { found, .. } => Some(found),
        ron::Error::DuplicateStructField { field, .. } => Some(field),
        _ => None,
    }
}

fn reword(error: &ron::Error) -> String {
    use ron::Error as E;
    match error {
        E::NoSuchEnumVariant {
            expected,
            found,
            outer,
        } => {
            // A name stands inside of what ron takes for its type.
            let kind = abi::kind_of(expected).unwrap_or(outer.as_deref().unwrap_or("word"));
            format!("`{found}` is no {kind}; {}", advise(found, expected))
        }
        E::NoSuchStructField {
            expected,
            found,
            outer,
        } => {
            let of = outer.as_deref().unwrap_or("this");
            if expected.is_empty() {
                return format!("`{of}` takes no field `{found}`; remove it");
            }
            format!("`{of}` has no field `{found}`; {}", advise(found, expected))
        }
        E::MissingStructField {
            field: "expect",
            outer,
        } => {
            let of = outer.as_deref().unwrap_or("this");
            format!("`{of}` says no `expect:`; add what the kernel must do, such as `expect: Ok`")
        }
        E::MissingStructField { field, outer } => {
            format!(
                "`{}` lacks the field `{field}:`; add it",
                outer.as_deref().unwrap_or("this")
            )
        }
        E::DuplicateStructField { field, .. } => {
            format!("the field `{field}:` is given twice; remove one")
        }
        E::ExpectedDifferentStructName { expected, found } => {
            format!("expected `{expected}(`, found `{found}`; rename it")
        }
        E::InvalidIdentifier(_) | E::SuggestRawIdentifier(_) | E::ExpectedIdentifier => {
            "expected a word here, such as `Bytes(4096)` for a size or `EINVAL` for an error; \
             write the symbolic name"
                .to_owned()
        }
        E::ExpectedNamedStructLike(name) => {
            format!("expected `{name}(`, found nothing; begin the file with it")
        }
        E::ExpectedString => "expected text; write it in double quotes".to_owned(),
        E::TrailingCharacters => "something follows the scenario; remove it".to_owned(),
        E::IntegerOutOfBounds => "the number does not fit here; write a smaller one".to_owned(),
        E::Eof => "the file ends too early; close what is still open".to_owned(),
        E::ExpectedComma => "expected a comma; add `,` after the previous item".to_owned(),
        E::ExceededRecursionLimit => "nested too deep; flatten it".to_owned(),
        other => lower_first(&other.to_string()),
    }
}

fn advise(found: &str, expected: &[&str]) -> String {
    match nearest(found, expected.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None if expected.len() > 24 => "write one of those that the manual page lists".to_owned(),
        None => format!("write one of `{}`", expected.join("`, `")),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
