//! Where things stand in a scenario file: offsets, lines, comments, and the
//! words of a step as a report repeats them.

use super::problem::Problem;
use super::scan::{Token, past_comment, tokens};

/// How much of a line is shown under a problem, in characters.
const LONGEST_LINE_SHOWN: usize = 160;

/// How much of a comment or a message is shown, in characters.
const LONGEST_TEXT_SHOWN: usize = 1000;

/// A scenario file.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// As the user named it.
    pub(super) file: &'a str,
    /// All of it.
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// The problem `message` at a byte offset.
    pub(super) fn problem(&self, offset: usize, message: impl Into<String>) -> Problem {
        let (line, column) = self.position(offset);
        let start = self.line_start(offset);
        let source = self.text[start..].lines().next().unwrap_or_default();
        // A line that nobody could read anyway does not fill the terminal.
        let skipped = column.saturating_sub(1 + LONGEST_LINE_SHOWN / 2);
        let source = source.chars().skip(skipped).take(LONGEST_LINE_SHOWN);
        Problem {
            file: self.file.to_owned(),
            line,
            column,
            message: shortened(&message.into()),
            source: source.collect(),
            skipped,
        }
    }

    /// Line and column, from 1, of a byte offset.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let start = self.line_start(offset);
        let line = self.text[..start]
            .bytes()
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        let within = self.text.get(start..offset).unwrap_or_default();
        (line, within.chars().count() + 1)
    }

    fn line_start(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The offset of a part of this text, by where it lies in memory.
    pub(super) fn offset_of(&self, part: &str) -> usize {
        (part.as_ptr() as usize)
            .saturating_sub(self.text.as_ptr() as usize)
            .min(self.text.len())
    }

    /// The comment that opens the file, on one line.
    pub(super) fn opening_comment(&self) -> String {
        join(
            self.text
                .lines()
                .take_while(|line| line.trim_start().starts_with("//")),
        )
    }
}

/// The byte offset of a line and column, from 1, in a text.
pub(super) fn offset_in(text: &str, line: usize, column: usize) -> usize {
    let line_start = match line {
        0 | 1 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let in_line = text[line_start..]
        .char_indices()
        .nth(column.saturating_sub(1));
    in_line.map_or(text.len(), |(at, _)| line_start + at)
}

/// The comments in front of a value of the file.
pub(super) struct Above {
    /// Its own comment, on one line; empty if it has none.
    pub(super) comment: String,
    /// Whether a blank line parts it from what comes before.
    pub(super) begins_paragraph: bool,
}

impl Above {
    /// Of the value that begins at this offset.
    pub(super) fn new(source: Source<'_>, offset: usize) -> Self {
        // A value in the middle of a line has no comment above it.
        let indent = |c: char| c != '\n' && c.is_whitespace();
        let above = source.text[..offset].trim_end_matches(indent);
        let alone = above.is_empty() || above.ends_with('\n');
        let mut own = Vec::new();
        let mut begins_paragraph = false;
        let lines = if alone { above } else { "" };
        for line in lines.lines().rev() {
            if !line.trim_start().starts_with("//") {
                begins_paragraph = line.trim().is_empty();
                break;
            }
            own.push(line);
        }
        Self {
            comment: join(own.into_iter().rev()),
            begins_paragraph,
        }
    }
}

/// How many bytes of white space and comments stand before a value.
pub(super) fn trivia(raw: &str) -> usize {
    let mut rest = raw;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with("/*") {
            rest = &rest[past_comment(rest).unwrap_or(rest.len())..];
        } else {
            return raw.len() - rest.len();
        }
    }
}

/// A text without the white space and comments around it.
pub(super) fn bare(text: &str) -> &str {
    let text = &text[trivia(text)..];
    let words = tokens(text).filter(|(token, _)| *token != Token::Comment);
    let end = words.last().map_or(0, |(_, range)| range.end);
    &text[..end]
}

/// The lines of a comment as one. Every step below a comment quotes it, so it has an end.
fn join<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let words = lines.map(|line| line.trim().trim_start_matches('/').trim());
    let words = words.filter(|line| !line.is_empty());
    shortened(&words.collect::<Vec<_>>().join(" "))
}

/// The beginning of a text that is too long to be shown.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A step's text on one line, without its expectation.
pub(super) fn without_expectation(step: &str) -> String {
    let mut shown = String::new();
    let mut depth = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in step.char_indices() {
        if !quoted && depth == 1 && step[at..].starts_with("expect:") {
            shown.truncate(shown.trim_end().trim_end_matches(',').len());
            shown.push(')');
            break;
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        shown.push(c);
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Above, Source, offset_in, without_expectation};

    #[track_caller]
    fn check_text(step: &str, expect: &str) {
        assert_eq!(without_expectation(step), expect);
    }

    #[test]
    fn a_step_is_shown_without_its_expectation() {
        check_text(r#"shmdt(map: "v", expect: Ok)"#, r#"shmdt(map: "v")"#);
        check_text(
            "store(\n    map: \"v\",\n    data: Text(\"a) expect: \\\"\"),\n expect: Killed(SIGSEGV))",
            r#"store( map: "v", data: Text("a) expect: \""))"#,
        );
        check_text("exit()", "exit()");
    }

    #[test]
    fn a_comment_belongs_to_the_step_below_it() {
        let text = "[a(), // about a\n\n  // one\n  // two\n  b()]";
        let source = Source { file: "x", text };
        let at = text.find("b()").expect("there");
        let b = Above::new(source, at);
        assert_eq!(b.comment, "one two");
        assert!(b.begins_paragraph);
        assert_eq!(source.position(at), (5, 3));
    }

    #[test]
    fn a_comment_is_seen_without_indentation() {
        let text = "[\n// why\na()]";
        let at = text.find("a()").expect("there");
        let a = Above::new(Source { file: "x", text }, at);
        assert_eq!(a.comment, "why");
    }

    #[test]
    fn offsets_and_positions_are_inverse() {
        let source = Source {
            file: "x",
            text: "ab\nçd\n\ne",
        };
        for (offset, _) in source.text.char_indices() {
            let (line, column) = source.position(offset);
            assert_eq!(offset_in(source.text, line, column), offset);
        }
    }
}
