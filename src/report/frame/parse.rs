//! Finding intact frames in a piece of text.

use super::crc::crc32;

/// What a frame begins with. The digit is the version of the framing.
pub const MARKER: &str = "@shm1 ";

/// How many markers in one line are looked at. Two frames share a line when a
/// newline was lost; more than a few means garbage, which must not cost
/// quadratic time.
const MARKERS_A_LINE: usize = 64;

/// A frame whose CRC is right.
#[derive(Debug, PartialEq)]
pub(super) struct Intact<'a> {
    /// Where the frame begins.
    pub(super) start: usize,
    /// Where the text behind the frame begins.
    pub(super) end: usize,
    /// Which run it is of.
    pub(super) run: u16,
    /// The number of the event.
    pub(super) number: u64,
    /// The checksum, which tells one content from another.
    pub(super) crc: u32,
    /// The event.
    pub(super) json: &'a [u8],
}

/// The first intact frame in `text`.
pub(super) fn first_intact(text: &[u8]) -> Option<Intact<'_>> {
    markers(text)
        .take(MARKERS_A_LINE)
        .find_map(|start| intact_at(text, start))
}

/// Whether a frame begins in `text`, though not necessarily a good one.
pub(super) fn has_marker(text: &[u8]) -> bool {
    markers(text).next().is_some()
}

/// Whether `text` ends in the first bytes of a marker, so that what follows may complete it.
pub(super) fn ends_in_part_of_marker(text: &[u8]) -> bool {
    (1..MARKER.len()).any(|n| text.ends_with(&MARKER.as_bytes()[..n]))
}

fn markers(text: &[u8]) -> impl Iterator<Item = usize> {
    text.windows(MARKER.len())
        .enumerate()
        .filter(|(_, window)| *window == MARKER.as_bytes())
        .map(|(at, _)| at)
}

fn intact_at(text: &[u8], start: usize) -> Option<Intact<'_>> {
    let body = &text[start + MARKER.len()..];
    let digits = body.iter().position(|byte| *byte == b' ')?;
    let (run, number) = std::str::from_utf8(&body[..digits]).ok()?.split_once(':')?;
    let run = u16::from_str_radix(run, 16).ok()?;
    let number = number.parse().ok()?;

    let rest = &body[digits + 1..];
    let crc = u32::from_str_radix(std::str::from_utf8(rest.get(..8)?).ok()?, 16).ok()?;
    let json = rest[8..].strip_prefix(b" ")?;
    let json = &json[..object_end(json)?];

    let checked = [&body[..=digits], json].concat();
    let end = start + MARKER.len() + digits + 1 + 8 + 1 + json.len();
    (crc32(&checked) == crc).then_some(Intact {
        start,
        end,
        run,
        number,
        crc,
        json,
    })
}

/// Where the JSON object at the beginning of `text` ends. The frame's own end
/// must not depend on its newline, which a message of the kernel may precede.
fn object_end(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ends_in_part_of_marker, object_end};

    #[test]
    fn an_object_ends_at_its_own_brace() {
        for (text, end) in [
            (r#"{}"#, Some(2)),
            (r#"{"a":{"b":1}} tail}"#, Some(13)),
            (r#"{"a":"}"}"#, Some(9)),
            (r#"{"a":"\"}"}"#, Some(11)),
            (r#"{"a":"\\"}x"#, Some(10)),
            (r#"{"a":1"#, None),
            (r#"}"#, None),
            (r#"1"#, None),
            ("", None),
        ] {
            assert_eq!(object_end(text.as_bytes()), end, "{text}");
        }
    }

    #[test]
    fn a_marker_may_be_cut_at_any_byte() {
        for part in ["@", "@s", "@sh", "@shm", "@shm1", "text @shm"] {
            assert!(ends_in_part_of_marker(part.as_bytes()), "{part}");
        }
        for other in ["", "shm", "@x", "@ "] {
            assert!(!ends_in_part_of_marker(other.as_bytes()), "{other}");
        }
    }
}
