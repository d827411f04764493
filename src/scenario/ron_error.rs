//! Errors of ron in the words of the format, and where they belong.

use super::problem::nearest;
use super::scan::{Token, find, tokens};
use super::source::{offset_in, trivia};
use crate::abi::{self, Death, Errno};
use ron::error::SpannedError;
use std::borrow::Cow;

/// How much of an unknown word is shown, in characters.
const LONGEST_WORD_SHOWN: usize = 60;

/// The place in `text` of an error, and its words.
pub(super) fn describe(text: &str, error: &SpannedError) -> (usize, String) {
    let at = place(text, error);
    let fraction = !matches!(error.code, ron::Error::ExpectedComma);
    if fraction && text[at..].starts_with('.') && text[..at].ends_with(|c: char| c.is_ascii_digit())
    {
        let message = "expected a whole number; write it without a fraction";
        return (number(text, at - 1), message.to_owned());
    }
    let message = match &error.code {
        ron::Error::IntegerOutOfBounds if text[at..].starts_with('-') => {
            "a negative number does not fit here; write one from 0".to_owned()
        }
        ron::Error::InvalidIdentifier(_)
        | ron::Error::SuggestRawIdentifier(_)
        | ron::Error::ExpectedIdentifier => expected_word(&text[at..]).to_owned(),
        code => reword(code),
    };
    (at, message)
}

/// The place in `text` of an error. ron's span ends behind what it stumbled over, and may
/// begin before it.
fn place(text: &str, error: &SpannedError) -> usize {
    let start = offset_in(text, error.span.start.line, error.span.start.col);
    let end = offset_in(text, error.span.end.line, error.span.end.col);
    match &error.code {
        // What is in it is read by itself.
        ron::Error::MissingStructField { outer, .. } => {
            let named = outer.as_ref().and_then(|outer| find(text, outer));
            named.unwrap_or(0)
        }
        ron::Error::ExpectedRawValue => open_brackets(text, start).unwrap_or(start),
        ron::Error::IntegerOutOfBounds => number(text, start),
        code => match offending_word(code) {
            Some(word) => {
                let until = (end + word.len()).min(text.len());
                let window = text.get(..until).unwrap_or(text);
                window.rfind(word).unwrap_or(start)
            }
            None => start + trivia(&text[start..]),
        },
    }
}

/// Where the brackets begin that are open at a place.
fn open_brackets(text: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (token, range) in tokens(text).take_while(|(_, range)| range.start < at) {
        match token {
            Token::Open(_) => open.push(range.start),
            Token::Close(_) => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// Where the number begins that stands at or behind a place.
fn number(text: &str, at: usize) -> usize {
    let digits = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '+';
    let at = text[at..].find(digits).map_or(at, |skipped| at + skipped);
    text[..at].trim_end_matches(digits).len()
}

/// What is missing where something else than a word stands.
fn expected_word(found: &str) -> &'static str {
    match found.bytes().next() {
        Some(b'"') => "expected a word here; write it without quotes",
        Some(b'[' | b'(' | b'{') => "expected the name of a field here; write `name: value`",
        _ => {
            "expected a word here, such as `EINVAL` for an error, `Raw(7)` for a key or \
             `Uid(1000)` for a user; write the symbolic name"
        }
    }
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

/// An error in the words of the format.
pub(super) fn reword(error: &ron::Error) -> String {
    use ron::Error as E;
    match error {
        E::NoSuchEnumVariant {
            expected,
            found,
            outer,
        } => {
            // A name stands inside of what ron takes for its type.
            let kind = abi::kind_of(expected).unwrap_or(outer.as_deref().unwrap_or("word"));
            let advice = match kind {
                "result" if Errno::NAMES.contains(&found.as_str()) => {
                    format!("did you mean `Err({found})`?")
                }
                "result" if Death::NAMES.contains(&found.as_str()) => {
                    format!("did you mean `Killed({found})`?")
                }
                _ => advise(found, expected),
            };
            format!("`{}` is no {kind}; {advice}", brief(found))
        }
        E::NoSuchStructField {
            expected,
            found,
            outer,
        } => {
            let of = outer.as_deref().unwrap_or("this");
            if expected.is_empty() {
                return format!("`{of}` takes no field `{}`; remove it", brief(found));
            }
            let advice = advise(found, expected);
            format!("`{of}` has no field `{}`; {advice}", brief(found))
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
            format!(
                "expected `{expected}(`, found `{}`; rename it",
                brief(found)
            )
        }
        E::ExpectedNamedStructLike("Scenario") => {
            "a scenario begins with `Scenario(`; write that first".to_owned()
        }
        E::ExpectedNamedStructLike(name) => {
            format!("expected the {name} in brackets; write `(field: value)`")
        }
        E::ExpectedDifferentLength { expected, found } => wrong_length(expected, *found),
        E::ExpectedStructLike | E::ExpectedStructLikeEnd | E::ExpectedOptionEnd => {
            "expected brackets here; write what belongs to the word, as in `Err(EINVAL)`".to_owned()
        }
        E::ExpectedRawValue => "expected one value in these brackets; write it".to_owned(),
        E::ExpectedArray => "expected a list; write it in `[` and `]`".to_owned(),
        E::ExpectedString => "expected text; write it in double quotes".to_owned(),
        E::ExpectedInteger => "expected a number; write it in digits".to_owned(),
        E::ExpectedBoolean => "expected `true` or `false`; write one of them".to_owned(),
        E::ExpectedMapColon => "expected a colon; write `name: value`".to_owned(),
        E::TrailingCharacters => "something follows what is complete; remove it".to_owned(),
        E::IntegerOutOfBounds => "the number does not fit here; write a smaller one".to_owned(),
        E::Eof => "the file ends too early; close what is still open".to_owned(),
        E::ExpectedComma => "expected a comma; add `,` after the previous item".to_owned(),
        E::InvalidIntegerDigit { digit, base } => {
            format!("`{digit}` is no digit of a number of base {base}; write another")
        }
        E::InvalidEscape(_) => r"nothing is escaped so; write `\\` for a backslash".to_owned(),
        E::NoSuchExtension(_) => "ron has no such extension; remove it".to_owned(),
        E::UnexpectedChar(c) => format!("nothing can be read from `{c}` on; remove it"),
        E::ExceededRecursionLimit => "nested too deep; flatten it".to_owned(),
        other => lower_first(&other.to_string()),
    }
}

/// Too few or too many values in brackets, told of `tuple variant Turn::By with 2 elements`.
fn wrong_length(expected: &str, found: usize) -> String {
    let (what, count) = expected
        .split_once(" with ")
        .unwrap_or((expected, "others"));
    let name = what.rsplit([' ', ':']).next().unwrap_or(what);
    let count = count
        .trim_end_matches(" elements")
        .trim_end_matches(" element");
    format!("`{name}` takes {count} values, not {found}; give it as many")
}

/// Words of earlier versions, and what they are called now.
const RENAMED: [(&str, &str); 4] = [
    ("Kernel", "Since"),
    ("at", "offset"),
    ("read", "load"),
    ("write", "store"),
];

fn advise(found: &str, expected: &[&str]) -> String {
    let renamed = |(old, new): &&(&str, &str)| *old == found && expected.contains(new);
    if let Some((_, new)) = RENAMED.iter().find(renamed) {
        return format!("it is called `{new}` now");
    }
    match nearest(found, expected.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None if expected.len() > 24 => "write one of those that the manual page lists".to_owned(),
        None => format!("write one of `{}`", expected.join("`, `")),
    }
}

/// A word as it is quoted: whoever wrote a long one knows how it goes on.
fn brief(word: &str) -> Cow<'_, str> {
    match word.char_indices().nth(LONGEST_WORD_SHOWN) {
        None => Cow::Borrowed(word),
        Some((end, _)) => Cow::Owned(format!("{}…", &word[..end])),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
