//! The known behaviours of the kernel's System V shared memory, by the ids that scenarios
//! name in `covers`. All of it comes from scenarios/coverage.txt.

/// The id of every row, such as `GET-05`, chapter by chapter. The compiler reads the table: of
/// its texts, which are larger than what else a board needs to list, nothing is left there.
pub const ROWS: &[&str] = &ids();

const TABLE: &str = include_str!("../../scenarios/coverage.txt");

const COUNT: usize = count();

/// The longest id, in bytes.
const LONGEST: usize = 8;

/// Each id, and how long it is.
static IDS: [([u8; LONGEST], usize); COUNT] = collect();

/// Where the next row begins, at or behind an offset: its line begins with a capital letter.
const fn next(mut at: usize) -> Option<usize> {
    let table = TABLE.as_bytes();
    while at < table.len() {
        if table[at].is_ascii_uppercase() && (at == 0 || table[at - 1] == b'\n') {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn count() -> usize {
    let (mut count, mut from) = (0, 0);
    while let Some(at) = next(from) {
        (count, from) = (count + 1, at + 1);
    }
    count
}

const fn collect() -> [([u8; LONGEST], usize); COUNT] {
    let mut all = [([0; LONGEST], 0); COUNT];
    let (mut row, mut from) = (0, 0);
    while let Some(at) = next(from) {
        let mut length = 0;
        while TABLE.as_bytes()[at + length] != b' ' {
            all[row].0[length] = TABLE.as_bytes()[at + length];
            length += 1;
        }
        all[row].1 = length;
        (row, from) = (row + 1, at + 1);
    }
    all
}

const fn ids() -> [&'static str; COUNT] {
    let mut all = [""; COUNT];
    let mut row = 0;
    while row < COUNT {
        let (id, length) = &IDS[row];
        let Ok(id) = std::str::from_utf8(id.split_at(*length).0) else {
            panic!("an id in scenarios/coverage.txt is no text");
        };
        all[row] = id;
        row += 1;
    }
    all
}

/// Every chapter and its rows.
pub fn chapters() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ROWS.chunk_by(|one, next| chapter(one) == chapter(next))
        .map(|rows| (chapter(rows[0]), rows))
}

fn chapter(row: &str) -> &str {
    row.split_once('-').map_or(row, |(chapter, _)| chapter)
}

/// What a row says, empty on a board, and why no scenario covers it where that is so.
#[must_use]
pub fn text(row: &str) -> (String, Option<String>) {
    let table = if cfg!(feature = "host") { TABLE } else { "" };
    let mut lines = table
        .lines()
        .skip_while(|line| line.split(' ').next() != Some(row));
    let first = lines.next().and_then(|line| line.strip_prefix(row));
    let words: Vec<&str> = first
        .into_iter()
        .chain(lines.take_while(|line| line.starts_with(' ')))
        .flat_map(str::split_whitespace)
        .collect();
    let words = words.join(" ");
    match words.split_once(" no scenario: ") {
        Some((text, reason)) => (text.to_owned(), Some(reason.to_owned())),
        None => (words, None),
    }
}

/// What is wrong with the name of a row, if anything.
#[must_use]
pub fn problem(row: &str) -> Option<String> {
    if ROWS.contains(&row) {
        return None;
    }
    let (name, number) = row.split_once('-').unwrap_or((row, ""));
    let Some((_, rows)) = chapters().find(|(chapter, _)| *chapter == name) else {
        let names: Vec<&str> = chapters().map(|(chapter, _)| chapter).collect();
        let names = names.join(", ");
        return Some(format!("`{row}` is no row; the chapters are {names}"));
    };
    let number: u32 = number.parse().unwrap_or(0);
    let meant = format!("{name}-{number:02}");
    Some(if rows.contains(&meant.as_str()) {
        format!("`{row}` is no row; did you mean `{meant}`?")
    } else {
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        format!("`{row}` is no row; {name} has the rows {first} to {last}")
    })
}

#[cfg(test)]
mod tests {
    use super::{ROWS, chapters, problem};

    #[test]
    fn there_are_203_rows_numbered_without_gaps() {
        assert_eq!(ROWS.len(), 203);
        for (chapter, rows) in chapters() {
            let numbers = 1..=rows.len();
            let ids: Vec<String> = numbers.map(|n| format!("{chapter}-{n:02}")).collect();
            assert_eq!(rows, ids);
        }
        assert!(ROWS.iter().all(|row| problem(row).is_none()));
    }

    #[cfg(feature = "host")]
    #[test]
    fn every_row_says_a_sentence() {
        for row in ROWS {
            let (text, reason) = super::text(row);
            for text in [Some(text), reason].into_iter().flatten() {
                assert!(text.len() > 20 && text.ends_with('.'), "{row}: {text}");
                assert!(!text.contains("no scenario"), "{row}: {text}");
            }
        }
        assert_eq!(super::text("GET-42"), (String::new(), None));
    }

    #[test]
    fn an_unknown_row_is_told_with_the_known_ones() {
        let is = |row, words: &str| assert_eq!(problem(row).as_deref(), Some(words));
        is("GET-5", "`GET-5` is no row; did you mean `GET-05`?");
        is(
            "CAP-4",
            "`CAP-4` is no row; CAP has the rows CAP-01 to CAP-03",
        );
        is("CAP", "`CAP` is no row; CAP has the rows CAP-01 to CAP-03");
        is(
            "SEM-01",
            "`SEM-01` is no row; the chapters are GET, AT, DT, CTL, PROC, CON, NS, CAP, HP, MM",
        );
    }
}
