//! The tokens of RON, as far as they can be told apart without being understood: enough to
//! find a word that is no part of a text or a comment, and a bracket that is not closed.

use std::ops::Range;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// An opening bracket.
    Open(char),
    /// A closing bracket.
    Close(char),
    /// A word or a number.
    Word,
    /// A text with its quotes.
    Text,
    Comment,
    /// A text or a comment that goes on to the end of the file.
    Endless,
    Other,
}

/// All tokens, and where they stand; white space is left out.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (Token, Range<usize>)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text[at..].trim_start();
        let start = text.len() - rest.len();
        let (token, length) = first(rest)?;
        at = start + length;
        Some((token, start..at))
    })
}

/// The token that a text begins with, and its length.
fn first(text: &str) -> Option<(Token, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let endless = (Token::Endless, text.len());
    let closed = |token, length: Option<usize>| length.map_or(endless, |length| (token, length));
    Some(match first {
        '(' | '[' | '{' => (Token::Open(first), 1),
        ')' | ']' | '}' => (Token::Close(first), 1),
        '"' => closed(Token::Text, past_text(text)),
        '/' if text.starts_with("//") => (Token::Comment, text.find('\n').unwrap_or(text.len())),
        '/' if text.starts_with("/*") => closed(Token::Comment, past_comment(text)),
        'r' if raw_fence(text).is_some() => {
            let fence = raw_fence(text).unwrap_or_default();
            let end = text[fence + 1..].find(&format!("\"{}", "#".repeat(fence - 1)));
            closed(Token::Text, end.map(|end| fence + 1 + end + fence))
        }
        c if is_word(c) => {
            let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
            (Token::Word, end)
        }
        other => (Token::Other, other.len_utf8()),
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the text in quotes that stands first.
fn past_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        if byte == b'"' && !escaped {
            return Some(at + 1);
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

/// The length of the comment that stands first. Comments may contain comments.
pub(super) fn past_comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        at += text[at..].find(['/', '*'])?;
        let step = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The length of `r##` if a raw text stands first.
fn raw_fence(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?.trim_start_matches('#');
    rest.starts_with('"').then(|| text.len() - rest.len())
}

/// Where a word stands, or a text with its quotes.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    let mut all = tokens(text);
    all.find(|(_, range)| &text[range.clone()] == word)
        .map(|(_, range)| range.start)
}

/// The place of the first bracket that is nested deeper than this.
pub(super) fn too_deep(text: &str, most: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (token, range) in tokens(text) {
        match token {
            Token::Open(_) if depth == most => return Some(range.start),
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The place of a bracket, text or comment that is not closed as it was opened, and what is
/// wrong with it.
pub(super) fn unclosed(text: &str) -> Option<(usize, String)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut odd = None;
    // A text seldom has two lines. One that does most likely lacks its end.
    let mut wide = None;
    for (token, range) in tokens(text) {
        match token {
            Token::Open(bracket) => open.push((range.start, closing(bracket))),
            Token::Close(bracket) => match open.pop() {
                Some((_, expected)) if expected == bracket => {}
                before => odd = Some(mismatch(text, before, range.start, bracket)),
            },
            Token::Text if text[range.clone()].contains('\n') => wide = wide.or(Some(range.start)),
            Token::Endless if text[range.start..].starts_with("/*") => {
                let message = "this comment is never closed; add `*/`".to_owned();
                odd = Some((range.start, message));
            }
            Token::Endless => wide = wide.or(Some(range.start)),
            Token::Word | Token::Text | Token::Comment | Token::Other => {}
        }
        if odd.is_some() {
            break;
        }
    }
    let never = |(start, expected): (usize, char)| {
        let opened = text[start..].chars().next().unwrap_or(expected);
        let message = format!("this `{opened}` is never closed; add `{expected}`");
        (start, message)
    };
    let odd = odd.or_else(|| open.pop().map(never))?;
    let text = "this text does not end on its line; add `\"`".to_owned();
    Some(wide.map_or(odd, |wide| (wide, text)))
}

fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

fn mismatch(
    text: &str,
    opened: Option<(usize, char)>,
    at: usize,
    bracket: char,
) -> (usize, String) {
    let Some((start, expected)) = opened else {
        return (at, format!("this `{bracket}` closes nothing; remove it"));
    };
    let line = text[..at].matches('\n').count() + 1;
    let opening = text[start..].chars().next().unwrap_or(expected);
    let message = format!(
        "this `{opening}` is not closed before the `{bracket}` of line {line}; \
         add `{expected}` or remove that `{bracket}`"
    );
    (start, message)
}

#[cfg(test)]
mod tests {
    use super::{find, tokens, unclosed};

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<_> = tokens(text).map(|(_, range)| &text[range]).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn brackets_in_texts_and_comments_are_none() {
        check(r#"a("(\"", // ("#, &["a", "(", r#""(\"""#, ",", "// ("]);
        check(
            "[/* /* ] */ ] */ 0x1]",
            &["[", "/* /* ] */ ] */", "0x1", "]"],
        );
        check(r##"r#"a"b"# r"\" r"##, &[r##"r#"a"b"#"##, r#"r"\""#, "r"]);
        check("é\u{1f600}b", &["é", "\u{1f600}", "b"]);
    }

    #[test]
    fn words_are_found_whole() {
        let text = r#"shmat("seg", as: "mode", mode: 1)"#;
        assert_eq!(find(text, "mode"), Some(25));
        assert_eq!(find(text, "\"mode\""), Some(17));
        assert_eq!(find(text, "mod"), None);
    }

    #[test]
    fn what_is_open_is_told_where_it_opens() {
        let place = |text| unclosed(text).map(|(at, _)| at);
        assert_eq!(place("(a, [b])"), None);
        assert_eq!(place("(a, [b)"), Some(4));
        assert_eq!(place("(a, [b]"), Some(0));
        assert_eq!(place("a)"), Some(1));
        assert_eq!(place("(/* a)"), Some(1));
        assert_eq!(place("(a: \"b\n, c: \"d\")"), Some(4));
    }
}
