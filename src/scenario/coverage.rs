//! The known behaviours of the kernel's System V shared memory, by the numbers that
//! scenarios name in `covers`.

/// A chapter of behaviours, and how many there are in it.
pub const CHAPTERS: [(&str, u32); 10] = [
    ("GET", 41),
    ("AT", 50),
    ("DT", 18),
    ("CTL", 34),
    ("PROC", 13),
    ("CON", 12),
    ("NS", 12),
    ("CAP", 3),
    ("HP", 12),
    ("MM", 7),
];

/// Every row, such as `GET-05`.
pub fn rows() -> impl Iterator<Item = String> {
    CHAPTERS
        .iter()
        .flat_map(|(chapter, count)| (1..=*count).map(move |n| format!("{chapter}-{n:02}")))
}

/// What is wrong with the name of a row, if anything.
#[must_use]
pub fn problem(row: &str) -> Option<String> {
    if rows().any(|known| known == row) {
        return None;
    }
    let (chapter, number) = row.split_once('-').unwrap_or((row, ""));
    let known = CHAPTERS.iter().find(|(name, _)| *name == chapter);
    Some(match known {
        Some((_, count))
            if number
                .parse::<u32>()
                .is_ok_and(|n| (1..=*count).contains(&n)) =>
        {
            let n: u32 = number.parse().unwrap_or_default();
            format!("`{row}` is no row; did you mean `{chapter}-{n:02}`?")
        }
        Some((_, count)) => {
            format!(
                "`{row}` is no row; {chapter} has the rows {chapter}-01 to {chapter}-{count:02}"
            )
        }
        None => {
            let names = CHAPTERS.map(|(name, _)| name).join(", ");
            format!("`{row}` is no row; the chapters are {names}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{problem, rows};

    #[test]
    fn there_are_202_rows() {
        assert_eq!(rows().count(), 202);
        assert!(rows().all(|row| problem(&row).is_none()));
    }

    #[test]
    fn an_unknown_row_is_told_with_the_known_ones() {
        let is = |row, words: &str| assert_eq!(problem(row).as_deref(), Some(words));
        is("GET-5", "`GET-5` is no row; did you mean `GET-05`?");
        is(
            "CAP-4",
            "`CAP-4` is no row; CAP has the rows CAP-01 to CAP-03",
        );
        is(
            "SEM-01",
            "`SEM-01` is no row; the chapters are GET, AT, DT, CTL, PROC, CON, NS, CAP, HP, MM",
        );
    }
}
