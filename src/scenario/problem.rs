//! What is wrong with a scenario file, told so that it can be mended at once.

use std::fmt;

/// One problem, at one place of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// The line itself, or what stands around the place if it is long.
    pub source: String,
    /// How many characters of the line were left out in front of that.
    pub skipped: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
            source,
            skipped,
        } = self;
        writeln!(f, "{file}:{line}:{column}: {message}")?;
        // Tabs are kept, so that the caret stands where the terminal puts the column.
        let indent: String = source
            .chars()
            .take(column.saturating_sub(1 + skipped))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(f, "    {source}")?;
        write!(f, "    {indent}^")
    }
}

/// When a file has so many problems, the rest of it is not looked at.
pub(super) const ENOUGH_PROBLEMS: usize = 200;

/// Longer words are no misspelt ones, and take long to compare.
const LONGEST_WORD: usize = 64;

/// The known word that the author most likely meant, if one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let word = word.to_lowercase();
    let length = word.chars().count();
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_WORD)
        // One that is so much longer or shorter is far, whatever its letters.
        .filter(|candidate| candidate.len().abs_diff(length) <= candidate.len().max(word.len()) / 3)
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(far, candidate)| *far <= candidate.len().max(word.len()) / 3)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to turn
/// one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut far = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                far = far.min(before[j - 2] + 1);
            }
            row.push(far);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("natch", "nattch"), 1);
        assert_eq!(distance("SIGTREM", "SIGTERM"), 1);
    }

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(
            nearest("IPC_CREATE", ["IPC_EXCL", "IPC_CREAT"]),
            Some("IPC_CREAT")
        );
        assert_eq!(
            nearest("shm_dt", ["shmget", "shmat", "shmdt"]),
            Some("shmdt")
        );
        assert_eq!(nearest("banana", ["shmget", "shmat"]), None);
    }
}
