//! A part of the file as one row of the matrix reads it: every `Each("axis")` has given
//! way to the value of the row. A place in such a text can be traced back to the file,
//! to the value itself where the text came from there.

use super::problem::{Problem, nearest};
use super::rows::Row;
use super::scan::{Token, tokens};
use super::source::{Source, trivia};
use std::collections::BTreeSet;
use std::ops::Range;

/// A text and where it comes from.
pub(super) struct Part {
    /// As it is read.
    pub(super) text: String,
    /// Where pieces of the text begin, and where in the file they were taken.
    pieces: Vec<(usize, usize)>,
}

impl Part {
    /// A part of the file with the values of a row. `used` collects the axes asked for.
    ///
    /// # Errors
    ///
    /// The problem of an `Each` that names no axis.
    pub(super) fn new(
        source: Source<'_>,
        range: &Range<usize>,
        row: &Row,
        used: &mut BTreeSet<String>,
    ) -> Result<Self, Problem> {
        let start = range.start + trivia(&source.text[range.clone()]);
        let raw = source.text[start..range.end].trim_end();
        let mut part = Self {
            text: String::with_capacity(raw.len()),
            pieces: Vec::new(),
        };
        let mut taken = 0;
        for each in find_each(raw) {
            let at = start + each.at.start;
            let Some(name) = each.name else {
                let message = "`Each` needs the name of its axis; write `Each(\"…\")`";
                return Err(source.problem(at, message));
            };
            let Some(value) = row.value(name) else {
                let known = row.names();
                let advice = match nearest(name, known.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add `Axis(\"{name}\", […])` to `for_each`"),
                };
                let message = format!("no axis is named `{name}`; {advice}");
                return Err(source.problem(at, message));
            };
            used.insert(name.to_owned());
            part.take(raw, taken..each.at.start, start);
            let spliced = each.in_list && source.text[value.clone()].starts_with('[');
            let value = if spliced {
                inside(&source, value)
            } else {
                value
            };
            part.take(source.text, value.clone(), 0);
            taken = each.at.end;
            if value.is_empty() {
                // An empty list leaves no item, and so no comma.
                let rest = &raw[taken..];
                let comma = trivia(rest);
                taken += if rest[comma..].starts_with(',') {
                    comma + 1
                } else {
                    0
                };
            }
        }
        part.take(raw, taken..raw.len(), start);
        Ok(part)
    }

    /// Whether the text is the same in every row.
    pub(super) fn is_plain(&self) -> bool {
        self.pieces.len() == 1
    }

    fn take(&mut self, text: &str, range: Range<usize>, base: usize) {
        self.pieces.push((self.text.len(), base + range.start));
        self.text.push_str(&text[range]);
    }

    /// The place in the file of a place in the text.
    pub(super) fn in_file(&self, at: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(start, _)| *start <= at);
        piece.map_or(0, |(start, from)| from + (at - start))
    }
}

/// The items of a list without its brackets.
fn inside(source: &Source<'_>, list: Range<usize>) -> Range<usize> {
    let items = source.text[list.start + 1..list.end].trim_end_matches(']');
    let start = list.start + 1 + trivia(items);
    let items = source.text[start.min(list.end)..list.end]
        .trim_end_matches(']')
        .trim_end()
        .trim_end_matches(',');
    start..start + items.len()
}

/// An `Each` in a text.
struct Each<'t> {
    at: Range<usize>,
    /// The axis that it names.
    name: Option<&'t str>,
    /// Whether it is an item of a list.
    in_list: bool,
}

/// Every `Each` that is no part of a text or a comment.
fn find_each(text: &str) -> Vec<Each<'_>> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    let mut past = 0;
    for (token, range) in tokens(text).filter(|(token, _)| *token != Token::Comment) {
        // The brackets of an `Each` are its own.
        if range.start < past {
            continue;
        }
        match token {
            Token::Open(bracket) => open.push(bracket),
            Token::Close(_) => drop(open.pop()),
            Token::Word if &text[range.clone()] == "Each" => {
                let (end, name) = argument(text, range.end);
                past = end;
                found.push(Each {
                    at: range.start..end,
                    name,
                    in_list: open.last() == Some(&'['),
                });
            }
            _ => {}
        }
    }
    found
}

/// The name in `("name")` behind an `Each`, and where that ends.
fn argument(text: &str, word: usize) -> (usize, Option<&str>) {
    let read = || {
        let open = text[word..].trim_start().strip_prefix('(')?;
        let (name, rest) = open.trim_start().strip_prefix('"')?.split_once('"')?;
        let rest = rest.trim_start().strip_prefix(')')?;
        Some((text.len() - rest.len(), name))
    };
    read().map_or((word, None), |(end, name)| (end, Some(name)))
}

#[cfg(test)]
mod tests {
    use super::{Part, Row, Source};
    use std::collections::BTreeSet;

    /// What a text becomes where `flags` and `size` are the axes of the row.
    #[track_caller]
    fn check(text: &str, flags: &str, expect: &str) {
        let file = format!("{text} {flags} Pages(1)");
        let source = Source {
            file: "x",
            text: &file,
        };
        let at = text.len() + 1;
        let row = Row::sample(&[
            ("flags", at..at + flags.len()),
            ("size", at + flags.len() + 1..file.len()),
        ]);
        let part = Part::new(source, &(0..text.len()), &row, &mut BTreeSet::new());
        assert_eq!(part.expect("good").text, expect);
    }

    #[test]
    fn a_value_takes_the_place_of_each() {
        check("a(size: Each(\"size\"))", "[]", "a(size: Pages(1))");
        check(
            "a(s: \"Each\" /* Each */)",
            "[]",
            "a(s: \"Each\" /* Each */)",
        );
    }

    #[test]
    fn a_list_in_a_list_gives_its_items() {
        check("[A, Each(\"flags\")]", "[B, C]", "[A, B, C]");
        check("[Each(\"flags\"), A]", "[ ]", "[ A]");
        check("[Each(\"flags\")]", "[B,]", "[B]");
        check("a(flags: Each(\"flags\"))", "[B]", "a(flags: [B])");
    }

    #[test]
    fn a_value_as_long_as_its_each_is_seen() {
        let text = "a(Each(\"x\")) Pages(99)";
        let source = Source { file: "x", text };
        let row = Row::sample(&[("x", 13..text.len())]);
        let part = Part::new(source, &(0..12), &row, &mut BTreeSet::new()).expect("good");
        assert_eq!(part.text.len(), 12);
        assert!(!part.is_plain());
    }

    #[test]
    fn places_lead_back_to_the_value() {
        let text = "a(Each(\"x\"), z) Wrong(1)";
        let source = Source { file: "x", text };
        let row = Row::sample(&[("x", 16..text.len())]);
        let part = Part::new(source, &(0..15), &row, &mut BTreeSet::new()).expect("good");
        assert_eq!(part.text, "a(Wrong(1), z)");
        assert_eq!(part.in_file(2), 16);
        assert_eq!(part.in_file(part.text.find('z').expect("there")), 13);
    }
}
