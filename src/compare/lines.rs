//! What the renderers for people have in common: a line a report, a letter a reason, and the
//! words for what a case came to.

use super::comparison::cell;
use super::{Cell, Column, Comparison, Group, NoReport, Trouble};
use crate::report::record::Document;

/// How many rows are named where many cases differ alike.
const ROWS_NAMED: usize = 3;

/// The heads of [`numbers`].
pub(super) const NUMBERS: [&str; 4] = ["pass", "fail", "skip", "time"];

impl<'c> Comparison<'c> {
    /// Each column with its number, if it has one.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (Option<usize>, &'c Column)> {
        let mut last = 0;
        self.columns.iter().map(move |column| {
            let number = column.report.is_ok().then(|| {
                last += 1;
                last
            });
            (number, column)
        })
    }

    /// The letter of a cell: that of the reason for a skip, which is told beside the table.
    pub(super) fn letter(&self, cell: Cell<'_>) -> String {
        match cell {
            Cell::Unknown => "-".to_owned(),
            Cell::Pass => "P".to_owned(),
            Cell::Fail(_) => "F".to_owned(),
            Cell::Broken(_) => "X".to_owned(),
            Cell::Skip(why) => {
                let at = self.reasons.iter().position(|reason| *reason == why);
                letters(at.unwrap_or(self.reasons.len()))
            }
        }
    }

    /// The reasons that a column has, by their places in `reasons`, with the numbers of cases.
    pub(super) fn counts(&self, column: &Column) -> Vec<(usize, usize)> {
        let Ok(report) = &column.report else {
            return Vec::new();
        };
        let cases = || report.scenarios.iter().flat_map(|scenario| &scenario.cases);
        let counts = self.reasons.iter().enumerate().map(|(at, reason)| {
            let has = |cell| cell == Cell::Skip(reason);
            (at, cases().filter(|case| has(cell(case))).count())
        });
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// The same in letters: `a×8 c×2`.
    pub(super) fn skips(&self, column: &Column) -> String {
        let counts = self.counts(column).into_iter();
        let words = counts.map(|(at, count)| format!("{}×{count}", letters(at)));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The last line: what there is in all.
    pub(super) fn sum(&self) -> String {
        let (differ, alike) = (self.count(), &self.alike);
        let reports = self.read().count();
        if reports == 0 {
            return "no report can be read".to_owned();
        }
        let all = differ + alike.pass + alike.skip + alike.fail.len();
        let mut words = format!(
            "{reports} report{}, {all} case{}: {differ} differ, {} pass and {} are skipped in all of them alike",
            if reports == 1 { "" } else { "s" },
            if all == 1 { "" } else { "s" },
            alike.pass,
            alike.skip
        );
        if !alike.fail.is_empty() {
            words.push_str(&format!(
                ", {} fail alike: {}",
                alike.fail.len(),
                alike.fail.join(", ")
            ));
        }
        words
    }
}

/// `a` to `z`, then `aa`, `ab` and so on.
fn letters(at: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    match at / 26 {
        0 => letter.to_string(),
        more => letters(more - 1) + &letter.to_string(),
    }
}

/// The kernel of a report, and the firmware that asked it.
pub(super) fn kernel(document: &Document<'_>) -> String {
    let Some(hello) = &document.target else {
        return "no kernel was heard of".to_owned();
    };
    let kernel = &hello.kernel;
    let mut words = format!(
        "{} {} {}, {} firmware",
        kernel.sysname, kernel.release, kernel.machine, hello.arch
    );
    if let Some(fault) = &hello.inject {
        words.push_str(&format!(", injected {fault}"));
    }
    words
}

/// Cases passed, failed and skipped, and the time that the run took.
pub(super) fn numbers(document: &Document<'_>) -> [String; 4] {
    let cases = document.scenarios.iter().flat_map(|one| &one.cases);
    let seconds = document.host.as_ref().map_or_else(
        || cases.map(|case| case.us).sum::<u64>() as f64 / 1e6,
        |host| host.seconds,
    );
    let of = &document.cases;
    let [pass, fail, skip] = [of.pass, of.fail, of.skip].map(|count| count.to_string());
    [pass, fail, skip, format!("{seconds:.1} s")]
}

/// How a run ended, with what is bad about it.
pub(super) fn verdict(column: &Column) -> String {
    let document = match &column.report {
        Ok(document) => document,
        Err(NoReport::Meant(why)) => return why.clone(),
        Err(NoReport::Bad(why)) => return format!("NO REPORT: {why}"),
    };
    let mut words = document.verdict.to_string();
    for (count, what) in [
        (document.cases.broken, "broken"),
        (document.cases.missing, "not heard of"),
    ] {
        if count > 0 {
            words.push_str(&format!(", {count} {what}"));
        }
    }
    if let Some(why) = &document.ending {
        words.push_str(&format!(", {why}"));
    }
    for splat in document.host.iter().flat_map(|host| &host.splats) {
        words.push_str(&format!(", {splat}"));
    }
    if column.is_whole() {
        words
    } else {
        format!("NOT WHOLE: {words}")
    }
}

impl<'c> Group<'c> {
    /// The scenario, and which of its cases where it is not all of them: `name/1,3-5`.
    pub(super) fn name(&self) -> String {
        if self.cases.len() == self.of {
            return self.scenario.to_owned();
        }
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for (number, _) in &self.cases {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *number => *last = *number,
                _ => runs.push((*number, *number)),
            }
        }
        let runs = runs.iter().map(|(first, last)| match last - first {
            0 => first.to_string(),
            _ => format!("{first}-{last}"),
        });
        format!("{}/{}", self.scenario, runs.collect::<Vec<_>>().join(","))
    }

    /// The rows, or the first of them; nothing if it is the whole scenario.
    pub(super) fn rows(&self) -> String {
        if self.cases.len() == self.of {
            return String::new();
        }
        let named: Vec<&str> = self.cases.iter().map(|(_, row)| *row).collect();
        let first = named.iter().take(ROWS_NAMED).copied();
        let mut words = first.collect::<Vec<_>>().join("; ");
        if named.len() > ROWS_NAMED {
            words.push_str(&format!("; and {} more", named.len() - ROWS_NAMED));
        }
        words
    }

    /// Each trouble once, with the numbers of the reports that have it.
    pub(super) fn troubles(&self) -> Vec<(Trouble<'c>, Vec<usize>)> {
        let mut troubles: Vec<(Trouble<'c>, Vec<usize>)> = Vec::new();
        for (number, cell) in (1..).zip(&self.cells) {
            let (Cell::Fail(trouble) | Cell::Broken(trouble)) = *cell else {
                continue;
            };
            match troubles.iter_mut().find(|(known, _)| *known == trouble) {
                Some((_, numbers)) => numbers.push(number),
                None => troubles.push((trouble, vec![number])),
            }
        }
        troubles
    }
}

impl Trouble<'_> {
    /// Where it is: `hello:12  owner  shmget(…)`.
    pub(super) fn place(&self, scenario: &str) -> String {
        if self.line == 0 {
            return scenario.to_owned();
        }
        format!("{scenario}:{}  {}  {}", self.line, self.actor, self.text)
    }
}
