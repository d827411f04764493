//! A scenario file: what it claims, its rows, and the play of each row.

use super::coverage;
use super::model::Play;
use super::part::Part;
use super::play::{Cache, Checker};
use super::problem::Problem;
use super::read::read;
use super::rows::Row;
use super::skeleton::{Passage, Skeleton, Spot};
use super::source::{Source, trivia};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// When a file has so many problems, the rest of its rows is not looked at.
const ENOUGH_PROBLEMS: usize = 200;

/// The most steps that all cases of a file may come to together.
const MOST_STEPS: usize = 100_000;

/// A scenario: its head, and the plays that its rows come to.
pub struct Scenario {
    /// Path without `.ron`.
    pub name: String,
    /// The claim, in one line.
    pub summary: String,
    /// The comment that opens the file: the rule.
    pub rule: String,
    /// Where the rule is written: man pages, commits.
    pub refs: Vec<String>,
    /// The known behaviours that it asserts, see [`coverage`].
    pub covers: Vec<String>,
    file: String,
    text: Cow<'static, str>,
    skeleton: Skeleton,
}

impl Scenario {
    /// Reads the head alone. A file that was checked before is opened quickly so.
    ///
    /// # Errors
    ///
    /// The problems of the head.
    pub fn open(file: &str, text: impl Into<Cow<'static, str>>) -> Result<Self, Vec<Problem>> {
        let text = text.into();
        let source = Source { file, text: &text };
        let skeleton = Skeleton::read(source).map_err(|problem| vec![problem])?;
        let mut head = Head {
            source,
            problems: Vec::new(),
        };
        let summary = head.summary(&skeleton.summary);
        let refs = head.field(skeleton.refs.as_ref()).unwrap_or_default();
        let covers = head.covers(skeleton.covers.as_ref());
        let problems = head.problems;
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            name: super::name_of(file).to_owned(),
            summary,
            rule: source.opening_comment(),
            refs,
            covers,
            file: file.to_owned(),
            skeleton,
            text,
        })
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// All problems of the file, in the order of their places.
    pub fn parse(file: &str, text: impl Into<Cow<'static, str>>) -> Result<Self, Vec<Problem>> {
        let scenario = Self::open(file, text)?;
        let problems = scenario.problems();
        if problems.is_empty() {
            Ok(scenario)
        } else {
            Err(problems)
        }
    }

    /// The names of the rows, in the order of their cases; one empty name where nothing varies.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &str> {
        self.skeleton.rows.iter().map(|row| row.name.as_str())
    }

    /// The axes, each with its different values as the names of the rows tell them.
    #[must_use]
    pub fn axes(&self) -> Vec<(String, Vec<String>)> {
        super::rows::axes(&self.text, &self.skeleton.rows)
    }

    /// Where it was read from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What the row with this number comes to.
    ///
    /// # Errors
    ///
    /// The problems of the row; none if the file was parsed.
    pub fn play(&self, row: usize) -> Result<Play, Vec<Problem>> {
        self.checked(row, &mut Cache::default(), &mut BTreeSet::new())
    }

    fn checked(
        &self,
        row: usize,
        cache: &mut Cache,
        used: &mut BTreeSet<String>,
    ) -> Result<Play, Vec<Problem>> {
        let none = Row::default();
        let row = self.skeleton.rows.get(row).unwrap_or(&none);
        Checker::new(self.source(), row, cache, used).play(&self.skeleton)
    }

    fn source(&self) -> Source<'_> {
        Source {
            file: &self.file,
            text: &self.text,
        }
    }

    /// The problems of all rows, each told once.
    fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        let rows = self.skeleton.rows.len();
        let steps = steps(&self.skeleton.script);
        if steps.saturating_mul(rows) > MOST_STEPS {
            let message = format!(
                "{rows} cases of {steps} steps are more than {MOST_STEPS} steps; split the scenario"
            );
            return vec![self.source().problem(0, message)];
        }
        let (mut cache, mut used) = (Cache::default(), BTreeSet::new());
        for row in 0..rows {
            if let Err(found) = self.checked(row, &mut cache, &mut used) {
                for problem in found {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
            if problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
        }
        if problems.is_empty() {
            problems.extend(self.idle_axes(&used));
        }
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    }

    /// Axes that nothing asks for.
    fn idle_axes(&self, used: &BTreeSet<String>) -> Vec<Problem> {
        let at = self.skeleton.for_each.as_ref().map_or(0, |spot| spot.start);
        let names = self.skeleton.rows.first().into_iter().flat_map(Row::names);
        names
            .filter(|name| !used.contains(*name))
            .map(|name| {
                let message = format!(
                    "nothing uses the axis `{name}`; write `Each(\"{name}\")` or remove it"
                );
                self.source().problem(at, message)
            })
            .collect()
    }
}

/// How many steps a script has.
fn steps(script: &[Passage]) -> usize {
    script
        .iter()
        .map(|passage| match passage {
            Passage::By { steps, .. } => steps.len(),
            Passage::Together { turns, claims } => steps(turns) + claims.len(),
            Passage::Repeat { script, .. } => steps(script),
        })
        .sum()
}

/// The fields of the head that are the same for all rows.
struct Head<'a> {
    source: Source<'a>,
    problems: Vec<Problem>,
}

impl Head<'_> {
    fn field<T: DeserializeOwned>(&mut self, spot: Option<&Spot>) -> Option<T> {
        let part = Part::new(self.source, spot?, &Row::default(), &mut BTreeSet::new());
        match part.and_then(|part| read(self.source, &part)) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn summary(&mut self, spot: &Spot) -> String {
        let summary: String = self.field(Some(spot)).unwrap_or_else(|| "?".to_owned());
        if summary.trim().is_empty() || summary.contains('\n') {
            let message = "the summary is a claim in one line; write what is true if this passes";
            self.problems.push(self.source.problem(spot.start, message));
        }
        summary
    }

    fn covers(&mut self, spot: Option<&Spot>) -> Vec<String> {
        let rows: Vec<String> = self.field(spot).unwrap_or_default();
        let start = spot.map_or(0, |spot| {
            spot.start + trivia(&self.source.text[spot.clone()])
        });
        for row in &rows {
            if let Some(message) = coverage::problem(row) {
                let within = self.source.text[start..].find(row.as_str()).unwrap_or(0);
                self.problems
                    .push(self.source.problem(start + within, message));
            }
        }
        rows
    }
}
