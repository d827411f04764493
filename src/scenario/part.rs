//! A part of the file as one row of the matrix reads it: every `Each("axis")` has given
//! way to the value of the row. A place in such a text can be traced back to the file,
//! to the value itself where the text came from there.

use super::problem::{Problem, nearest};
use super::row::Row;
use super::scan::{Token, tokens};
use super::source::{Source, bare, trivia};
use std::collections::BTreeSet;
use std::ops::Range;

/// How many values may ask for another in turn.
const DEEPEST: usize = 8;

/// How many values a text may take up, and how long it may get by that.
const MOST_PIECES: usize = 10_000;
const LONGEST_TEXT: usize = 1 << 16;

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
        let mut part = Self {
            text: String::with_capacity(range.len()),
            pieces: Vec::new(),
        };
        let start = range.start + trivia(&source.text[range.clone()]);
        let end = start + source.text[start..range.end].trim_end().len();
        part.fill(source, start..end, false, row, used, DEEPEST)?;
        Ok(part)
    }

    /// Adds a range of the file, with the values of the row; it may be the items of a list. Values
    /// may ask for others.
    fn fill(
        &mut self,
        source: Source<'_>,
        range: Range<usize>,
        in_list: bool,
        row: &Row,
        used: &mut BTreeSet<String>,
        depth: usize,
    ) -> Result<(), Problem> {
        let raw = &source.text[range.clone()];
        let mut taken = 0;
        for each in find_each(raw, in_list) {
            let at = range.start + each.at.start;
            let Some((value, items)) = value(source, &each, at, row)? else {
                continue;
            };
            if depth == 0 {
                let message = "these values lead to themselves; break the circle";
                return Err(source.problem(at, message));
            }
            let long = self.text.len() > LONGEST_TEXT && depth < DEEPEST;
            if self.pieces.len() > MOST_PIECES || long {
                let message = "the values of the row make this too long; write less in one place";
                return Err(source.problem(at, message));
            }
            used.extend(each.name.map(ToOwned::to_owned));
            self.take(raw, taken..each.at.start, range.start);
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
            self.fill(source, value, items, row, used, depth - 1)?;
        }
        self.take(raw, taken..raw.len(), range.start);
        Ok(())
    }

    /// A piece of it.
    pub(super) fn piece(&self, range: Range<usize>) -> Self {
        let behind = |at: usize| self.pieces.partition_point(|(start, _)| *start <= at);
        let inside = &self.pieces[behind(range.start)..behind(range.end)];
        let first = (range.start, self.in_file(range.start));
        let pieces = std::iter::once(first).chain(inside.iter().copied());
        Self {
            text: self.text[range.clone()].to_owned(),
            pieces: pieces
                .map(|(start, from)| (start - range.start, from))
                .collect(),
        }
    }

    fn take(&mut self, text: &str, range: Range<usize>, base: usize) {
        self.pieces.push((self.text.len(), base + range.start));
        self.text.push_str(&text[range]);
    }

    /// The place in the file of a place in the text.
    pub(super) fn in_file(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|(start, _)| *start <= at);
        let piece = behind.checked_sub(1).map(|last| self.pieces[last]);
        piece.map_or(0, |(start, from)| from + (at - start))
    }
}

/// Where the value of an `Each` stands, and whether it is the items alone, as of a list in a list.
fn value(
    source: Source<'_>,
    each: &Each<'_>,
    at: usize,
    row: &Row,
) -> Result<Option<(Range<usize>, bool)>, Problem> {
    let Some(name) = each.name else {
        let message = "`Each` needs the name of an axis or a parameter; write `Each(\"…\")`";
        return Err(source.problem(at, message));
    };
    let Some(value) = row.value(name) else {
        if row.partial {
            return Ok(None);
        }
        let advice = match nearest(name, row.names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add `Axis(\"{name}\", […])` to `for_each`"),
        };
        let message = format!("no axis or parameter is named `{name}`; {advice}");
        return Err(source.problem(at, message));
    };
    if each.in_list && source.text[value.clone()].starts_with('[') {
        Ok(Some((inside(&source, value), true)))
    } else {
        Ok(Some((value, false)))
    }
}

/// The items of a list without its brackets, and without the comma behind the last.
fn inside(source: &Source<'_>, list: Range<usize>) -> Range<usize> {
    let list = &source.text[list];
    let items = list
        .strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'));
    let items = bare(items.unwrap_or(list));
    let items = bare(items.strip_suffix(',').unwrap_or(items));
    let start = source.offset_of(items);
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

/// Every `Each` that is no part of a text or a comment. The text may be the items of a list.
fn find_each(text: &str, in_list: bool) -> Vec<Each<'_>> {
    let mut found = Vec::new();
    let mut open = Vec::from_iter(in_list.then_some('['));
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
        check("[Each(\"flags\")]", "[[B]]", "[[B]]");
        // What stands behind it on its line is no comment.
        check("[Each(\"flags\"), A]", "[B, // one\n]", "[B, A]");
        check("[Each(\"flags\"), A]", "[B /* one */,]", "[B, A]");
        check("[Each(\"flags\"), A]", "[ // none\n]", "[ A]");
    }

    #[test]
    fn a_value_may_ask_for_another() {
        check("b(Each(\"flags\"))", "f(Each(\"size\"))", "b(f(Pages(1)))");
        let text = "Each(\"x\")";
        let source = Source { file: "x", text };
        let row = Row::sample(&[("x", 0..text.len())]);
        let part = Part::new(source, &(0..text.len()), &row, &mut BTreeSet::new());
        let problem = part.err().expect("a circle").message;
        assert!(problem.contains("lead to themselves"), "{problem}");
    }

    #[test]
    fn a_value_as_long_as_its_each_is_seen() {
        let text = "a(Each(\"x\")) Pages(99)";
        let source = Source { file: "x", text };
        let row = Row::sample(&[("x", 13..text.len())]);
        let part = Part::new(source, &(0..12), &row, &mut BTreeSet::new()).expect("good");
        assert_eq!(part.text.len(), 12);
        assert_eq!(part.text, "a(Pages(99))");
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
