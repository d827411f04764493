//! The runs that a captured console log holds.

use crate::report::frame::MARKER;

/// Every run of the log, each up to where the next begins. The whole log where no run shows.
///
/// The numbers of a run's frames grow from 0 to its closing frame. Whatever else comes begins
/// another run, but for a later frame told twice. Where the first frame of a run was lost, all
/// that is behind the run before belongs to it: a piece of that frame may be there.
#[must_use]
pub fn runs(log: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = Vec::new();
    let mut last: Option<Frame<'_>> = None;
    for frame in frames(log) {
        let goes_on = |last: &Frame<'_>| {
            let again = (last.number, last.checksum) == (frame.number, frame.checksum);
            frame.number > 0 && (again || (frame.number > last.number && !last.closes))
        };
        if !last.as_ref().is_some_and(goes_on) {
            let before = last.as_ref().map_or(0, |last| last.end);
            starts.push(if frame.number == 0 {
                frame.start
            } else {
                before
            });
        }
        last = Some(frame);
    }
    let ends = starts.iter().skip(1).copied().chain([log.len()]);
    let runs = starts.iter().zip(ends);
    let mut runs: Vec<&[u8]> = runs.map(|(start, end)| &log[*start..end]).collect();
    if runs.is_empty() {
        runs.push(log);
    }
    runs
}

/// A frame as far as it tells itself from others.
struct Frame<'l> {
    start: usize,
    /// Behind its line.
    end: usize,
    number: u64,
    checksum: &'l [u8],
    /// It is the last of its run.
    closes: bool,
}

/// Whatever looks like a frame.
fn frames(log: &[u8]) -> impl Iterator<Item = Frame<'_>> {
    let marker = MARKER.as_bytes();
    let found = log.windows(marker.len()).enumerate();
    let found = found.filter(move |(_, part)| *part == marker);
    found.filter_map(move |(start, _)| {
        let rest = &log[start..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let line = &rest[..length.map_or(rest.len(), |length| length + 1)];
        let (number, checksum) = label(&line[marker.len()..])?;
        let closing: &[u8] = br#" {"ev":"done""#;
        Some(Frame {
            start,
            end: start + line.len(),
            number,
            checksum,
            closes: line.windows(closing.len()).any(|part| part == closing),
        })
    })
}

/// The number and the checksum of a frame, which stand behind its marker.
fn label(text: &[u8]) -> Option<(u64, &[u8])> {
    let space = text.iter().take(21).position(|byte| *byte == b' ')?;
    let number = std::str::from_utf8(&text[..space]).ok()?.parse().ok()?;
    let checksum = text.get(space + 1..space + 9)?;
    let whole = checksum.iter().all(u8::is_ascii_hexdigit);
    whole.then_some((number, checksum))
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[track_caller]
    fn check(log: &str, expect: &[&str]) {
        let found: Vec<String> = runs(log.as_bytes())
            .iter()
            .map(|run| String::from_utf8_lossy(run).into_owned())
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_log_is_cut_where_runs_begin() {
        check("boot\n", &["boot\n"]);
        check("", &[""]);
        check(
            "boot\n@shm1 000000 0000000a {}\nx\n",
            &["@shm1 000000 0000000a {}\nx\n"],
        );
        check(
            "@shm1 000000 0000000a {}\nx\n[12:01] @shm1 000000 0000000b {}\ny",
            &[
                "@shm1 000000 0000000a {}\nx\n[12:01] ",
                "@shm1 000000 0000000b {}\ny",
            ],
        );
        check(
            "@shm1 000000 0000000a {}\n@shm1 000001 0000000b {}\n@shm1 000001 0000000b {}\n",
            &["@shm1 000000 0000000a {}\n@shm1 000001 0000000b {}\n@shm1 000001 0000000b {}\n"],
        );
        check("@shm1 000000 00", &["@shm1 000000 00"]);
        // Frame 0 of the second run did not arrive, and that of the third is just as before.
        let (first, second) = (
            "@shm1 000000 0000000a {}\n@shm1 000001 0000000b {\"ev\":\"done\"}\n",
            "@shm1 00[  9.1] usb\n0000 0000000c {}\n@shm1 000001 0000000d {}\n",
        );
        let third = "@shm1 000000 0000000a {}\n";
        check(&format!("{first}{second}"), &[first, second]);
        check(&format!("{first}{third}"), &[first, third]);
        check(
            &format!("{third}x\n{first}"),
            &[&format!("{third}x\n"), first],
        );
        check(&format!("{second}{third}"), &[second, third]);
    }
}
