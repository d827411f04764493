//! Console bytes as text that can be shown and searched.

/// How much of a line is shown when it is too damaged to be read.
const EXCERPT: usize = 200;

/// The line without escape sequences and control characters; bytes that are
/// not UTF-8 become replacement characters.
pub(super) fn clean(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        match next {
            '\x1b' => skip_escape(&mut rest),
            '\t' => out.push(next),
            _ if next.is_control() => {}
            _ => out.push(next),
        }
    }
    out
}

/// The beginning of a line, for a message about it.
pub(super) fn excerpt(line: &[u8]) -> String {
    let text = clean(&line[..line.len().min(4 * EXCERPT)]);
    let mut short: String = text.chars().take(EXCERPT).collect();
    if short.len() < text.len() || line.len() > 4 * EXCERPT {
        short.push('…');
    }
    short
}

/// Skips what follows ESC: `[` parameters and a final byte (CSI, colours and
/// cursor), `]` up to BEL (OSC, window titles), or a single character.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
        Some(']') => while rest.next().is_some_and(|c| c != '\x07') {},
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{clean, excerpt};

    #[test]
    fn escapes_and_controls_are_dropped() {
        for (raw, text) in [
            (&b"plain\r"[..], "plain"),
            (b"\x1bc\x1b[?7l\x1b[2JSeaBIOS", "SeaBIOS"),
            (b"\x1b[1;31mred\x1b[0m\tback", "red\tback"),
            (b"\x1b]0;title\x07text", "text"),
            (b"nul\0 and \xff", "nul and \u{fffd}"),
            (b"cut \x1b[3", "cut "),
        ] {
            assert_eq!(clean(raw), text);
        }
    }

    #[test]
    fn excerpts_are_short() {
        assert_eq!(excerpt(b"short\r"), "short");
        assert_eq!(excerpt(&[b'x'; 10_000]).chars().count(), 201);
    }
}
