//! The runs that a captured console log holds.

use crate::report::frame::MARKER;
use std::collections::BTreeMap;

/// Every run of the log, each up to where the next begins; what is before the first belongs
/// to none. The whole log where no run shows.
///
/// A run begins with frame number 0, or, where that was lost, with another frame than the one
/// before it of the same number. The same frame twice is one run, told twice.
#[must_use]
pub fn runs(log: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = Vec::new();
    let mut seen: BTreeMap<&[u8], &[u8]> = BTreeMap::new();
    for at in occurrences(log, MARKER.as_bytes()) {
        let Some((number, checksum)) = label(&log[at + MARKER.len()..]) else {
            continue;
        };
        let begins = match seen.get(number) {
            Some(before) => *before != checksum,
            None => starts.is_empty() || number == FIRST,
        };
        if begins {
            starts.push(at);
            seen.clear();
        }
        seen.insert(number, checksum);
    }
    let ends = starts.iter().skip(1).copied().chain([log.len()]);
    let runs = starts.iter().zip(ends);
    let mut runs: Vec<&[u8]> = runs.map(|(start, end)| &log[*start..end]).collect();
    if runs.is_empty() {
        runs.push(log);
    }
    runs
}

/// The number of a run's first frame.
const FIRST: &[u8] = b"000000";

/// The number and the checksum of a frame, which stand behind its marker.
fn label(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = text.iter().take(21).position(|byte| *byte == b' ')?;
    let number = &text[..space];
    let checksum = text.get(space + 1..space + 9)?;
    let whole = number.len() >= FIRST.len()
        && number.iter().all(u8::is_ascii_digit)
        && checksum.iter().all(u8::is_ascii_hexdigit);
    whole.then_some((number, checksum))
}

fn occurrences<'l>(log: &'l [u8], what: &'l [u8]) -> impl Iterator<Item = usize> + 'l {
    let all = log.windows(what.len()).enumerate();
    all.filter(move |(_, part)| *part == what).map(|(at, _)| at)
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
            "@shm1 000000 0000000a {}\n@shm1 000000 0000000a {}\n",
            &["@shm1 000000 0000000a {}\n@shm1 000000 0000000a {}\n"],
        );
        check("@shm1 000000 00", &["@shm1 000000 00"]);
        // The second's first frame did not arrive, nor did anything of the third but its end.
        check(
            "@shm1 000000 0000000a {}\n@shm1 000001 0000000b {}\n@shm1 000001 0000000c {}\n@shm1 000001 0000000d {}\n",
            &[
                "@shm1 000000 0000000a {}\n@shm1 000001 0000000b {}\n",
                "@shm1 000001 0000000c {}\n",
                "@shm1 000001 0000000d {}\n",
            ],
        );
    }
}
