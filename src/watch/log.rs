//! The runs that a captured console log holds.

use crate::report::frame::MARKER;

/// Every run of the log, each up to where the next begins; what is before the first belongs
/// to none. The whole log where no run shows.
///
/// A run begins with frame number 0. The same frame twice is one run, told twice.
#[must_use]
pub fn runs(log: &[u8]) -> Vec<&[u8]> {
    let first = format!("{MARKER}000000 ");
    let first = first.as_bytes();
    let mut starts: Vec<(usize, &[u8])> = Vec::new();
    for at in occurrences(log, first) {
        let checksum = log[at + first.len()..].get(..8).unwrap_or_default();
        if starts.last().is_none_or(|(_, last)| *last != checksum) {
            starts.push((at, checksum));
        }
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([log.len()]);
    let runs = starts.iter().zip(ends);
    let mut runs: Vec<&[u8]> = runs.map(|((start, _), end)| &log[*start..end]).collect();
    if runs.is_empty() {
        runs.push(log);
    }
    runs
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
    }
}
