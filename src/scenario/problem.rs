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

/// The known word that the author most likely meant, if one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (
                distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(far, candidate)| *far <= candidate.len().max(word.len()) / 3)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped or changed to turn one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("natch", "nattch"), 1);
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
