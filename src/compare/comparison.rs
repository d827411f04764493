//! What reports say of each other, case by case.

use super::Column;
use crate::report::record::{CaseDocument, StepDocument};
use crate::verdict::{Outcome, RunVerdict, Verdict};
use std::collections::{BTreeSet, HashMap};

/// Everything that the reports say of each other.
#[derive(Debug)]
pub struct Comparison<'c> {
    /// The reports.
    pub columns: &'c [Column],
    /// Why cases were skipped, each reason once.
    pub reasons: Vec<&'c str>,
    /// Cases that came to something else somewhere.
    pub differing: Vec<Group<'c>>,
    /// Cases that came to the same wherever it is known.
    pub alike: Alike,
}

/// Cases of one scenario that came to the same things in the same reports.
#[derive(Debug)]
pub struct Group<'c> {
    /// The scenario.
    pub scenario: &'c str,
    /// How many cases the scenario has.
    pub of: usize,
    /// The number of each case, from 1, and its row.
    pub cases: Vec<(u64, &'c str)>,
    /// What they came to, by the order of the columns.
    pub cells: Vec<Cell<'c>>,
}

/// Cases that came to the same everywhere.
#[derive(Debug, Default)]
pub struct Alike {
    /// They passed.
    pub pass: usize,
    /// They were skipped for the same reason.
    pub skip: usize,
    /// They failed in the same way; these are named.
    pub fail: Vec<String>,
}

/// What a case came to in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'c> {
    /// The report does not say.
    Unknown,
    /// Every step passed.
    Pass,
    /// It was not run, and why.
    Skip(&'c str),
    /// The kernel did something else.
    Fail(Trouble<'c>),
    /// We failed.
    Broken(Trouble<'c>),
}

/// The first step that did not pass, or what was wrong with the case as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble<'c> {
    /// The line of the step in the scenario's file; 0 for the case as a whole.
    pub line: u64,
    /// Who took the step.
    pub actor: &'c str,
    /// The step.
    pub text: &'c str,
    /// What was to happen.
    pub expected: &'c str,
    /// What happened.
    pub observed: &'c str,
}

impl<'c> Comparison<'c> {
    /// Lays the reports side by side.
    #[must_use]
    pub fn new(columns: &'c [Column]) -> Self {
        let mut comparison = Self {
            columns,
            reasons: reasons(columns),
            differing: Vec::new(),
            alike: Alike::default(),
        };
        let rows = rows(columns);
        let mut sizes: HashMap<&str, usize> = HashMap::new();
        for row in &rows {
            *sizes.entry(row.scenario).or_default() += 1;
        }
        for row in rows {
            let of = sizes.get(row.scenario).copied().unwrap_or(1);
            match common(&row.cells) {
                None => comparison.differs(row, of),
                Some(Cell::Unknown) => {}
                Some(Cell::Pass) => comparison.alike.pass += 1,
                Some(Cell::Skip(_)) => comparison.alike.skip += 1,
                Some(Cell::Fail(_) | Cell::Broken(_)) => {
                    let name = match of {
                        1 => row.scenario.to_owned(),
                        _ => format!("{}/{}", row.scenario, row.number),
                    };
                    comparison.alike.fail.push(name);
                }
            }
        }
        comparison
    }

    fn differs(&mut self, row: Row<'c>, of: usize) {
        let case = (row.number, row.row);
        let same =
            |group: &&mut Group<'c>| group.scenario == row.scenario && group.cells == row.cells;
        match self.differing.iter_mut().find(same) {
            Some(group) => group.cases.push(case),
            None => self.differing.push(Group {
                scenario: row.scenario,
                of,
                cases: vec![case],
                cells: row.cells,
            }),
        }
    }

    /// The reports that can be compared. The cells of a group have their order, and tables show
    /// them by their numbers.
    pub(super) fn read(&self) -> impl Iterator<Item = (usize, &'c Column)> {
        let columns = self.columns.iter().filter(|column| column.report.is_ok());
        (1..).zip(columns)
    }

    /// How many cases differ.
    #[must_use]
    pub fn count(&self) -> usize {
        self.differing.iter().map(|group| group.cases.len()).sum()
    }

    /// The worst of what the runs came to.
    #[must_use]
    pub fn verdict(&self) -> RunVerdict {
        RunVerdict::worst(self.verdicts())
    }

    /// What the runs came to; without any, that nothing ran.
    fn verdicts(&self) -> impl Iterator<Item = RunVerdict> {
        let none = self.read().next().is_none();
        let verdicts = self.columns.iter().map(Column::verdict);
        verdicts.chain(none.then_some(RunVerdict::NothingRan))
    }

    /// A pass where the runs are whole and alike, a failure where cases differ, and what a run
    /// came to that cannot be compared.
    #[must_use]
    pub fn verdict_of_differences(&self) -> RunVerdict {
        let unlike = if self.differing.is_empty() {
            RunVerdict::Pass
        } else {
            RunVerdict::Fail
        };
        let compared = |verdict: &RunVerdict| match verdict {
            RunVerdict::Pass | RunVerdict::Fail => true,
            RunVerdict::NothingRan => self.read().next().is_some(),
            RunVerdict::NotStarted
            | RunVerdict::Broken
            | RunVerdict::Lost
            | RunVerdict::Hung
            | RunVerdict::Warned
            | RunVerdict::Crashed
            | RunVerdict::Interrupted => false,
        };
        let apart = self.verdicts().filter(|verdict| !compared(verdict));
        RunVerdict::worst(apart.chain([unlike]))
    }
}

/// What all cells have in common that say something. A failure is never like what nobody knows.
fn common<'c>(cells: &[Cell<'c>]) -> Option<Cell<'c>> {
    let known: Vec<Cell<'c>> = cells
        .iter()
        .copied()
        .filter(|cell| *cell != Cell::Unknown)
        .collect();
    let first = known.first().copied().unwrap_or(Cell::Unknown);
    let failed = matches!(first, Cell::Fail(_) | Cell::Broken(_));
    let same = known.iter().all(|cell| *cell == first);
    (same && (!failed || known.len() == cells.len())).then_some(first)
}

/// A case, and what it came to in each report.
struct Row<'c> {
    scenario: &'c str,
    number: u64,
    row: &'c str,
    cells: Vec<Cell<'c>>,
}

/// All cases, in the order in which the first report that has them tells them.
fn rows(columns: &[Column]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    // A row may stand in a scenario more than once.
    let mut places: HashMap<(&str, &str, usize), usize> = HashMap::new();
    let reports: Vec<_> = columns
        .iter()
        .filter_map(|column| column.report.as_ref().ok())
        .collect();
    let mut at = 0;
    for column in columns {
        let Ok(report) = &column.report else { continue };
        for scenario in &report.scenarios {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for (index, case) in scenario.cases.iter().enumerate() {
                let (name, row) = (scenario.name.as_ref(), case.row.as_ref());
                let nth = seen.entry(row).or_default();
                let place = *places.entry((name, row, *nth)).or_insert_with(|| {
                    // Reports of earlier versions do not number their cases.
                    let number = if case.number > 0 {
                        case.number
                    } else {
                        index as u64 + 1
                    };
                    rows.push(Row {
                        scenario: name,
                        number,
                        row,
                        cells: vec![Cell::Unknown; reports.len()],
                    });
                    rows.len() - 1
                });
                *nth += 1;
                rows[place].cells[at] = cell(case);
            }
        }
        at += 1;
    }
    rows
}

/// What a case came to.
pub(super) fn cell<'c>(case: &'c CaseDocument<'_>) -> Cell<'c> {
    match case.outcome {
        Outcome::Pass => Cell::Pass,
        Outcome::Skip => Cell::Skip(case.why.as_deref().unwrap_or("no reason is told")),
        Outcome::Missing => Cell::Unknown,
        Outcome::Fail => Cell::Fail(trouble(case)),
        Outcome::Broken => Cell::Broken(trouble(case)),
    }
}

fn trouble<'c>(case: &'c CaseDocument<'_>) -> Trouble<'c> {
    let bad = |verdict| case.steps.iter().find(|step| step.verdict == verdict);
    let order = [Verdict::Fail, Verdict::Broken, Verdict::Blocked];
    let step: Option<&StepDocument<'_>> = order.into_iter().find_map(bad);
    match (step, case.why.as_deref()) {
        (Some(step), why) => Trouble {
            line: step.line,
            actor: &step.actor,
            text: &step.text,
            expected: step.expected.as_deref().unwrap_or_default(),
            observed: step.observed.as_deref().or(why).unwrap_or_default(),
        },
        (None, why) => Trouble {
            observed: why.unwrap_or_default(),
            ..Trouble::default()
        },
    }
}

/// Each reason of a skip once, in the order of the alphabet.
fn reasons(columns: &[Column]) -> Vec<&str> {
    let reports = columns
        .iter()
        .filter_map(|column| column.report.as_ref().ok());
    let cases = reports.flat_map(|report| report.scenarios.iter().flat_map(|one| &one.cases));
    let all: BTreeSet<&str> = cases
        .filter_map(|case| match cell(case) {
            Cell::Skip(why) => Some(why),
            _ => None,
        })
        .collect();
    all.into_iter().collect()
}
