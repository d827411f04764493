//! A scenario file: what it claims, its rows, and the play of each row.

use super::cache::Cache;
use super::coverage;
use super::model::Play;
use super::part::Part;
use super::play::Checker;
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::read::read;
use super::row::Row;
use super::rows::counted;
use super::scan::{Token, find, tokens};
use super::skeleton::{Form, Passage, Skeleton};
use super::source::Source;
use super::spot::Spot;
use super::syntax;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The most steps that all cases of a file may come to together.
const MOST_STEPS: usize = 100_000;

/// The most text that all cases of a file may come to together, in bytes.
const MOST_TEXT: usize = 6 << 20;

/// How many bytes all rows may come to, with the values in their places.
const MOST_FILLED: usize = 12 << 20;

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
        match Self::begin(file, text.into())? {
            (scenario, problems) if problems.is_empty() => Ok(scenario),
            (_, problems) => Err(problems),
        }
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// All problems of the file, in the order of their places.
    pub fn parse(file: &str, text: impl Into<Cow<'static, str>>) -> Result<Self, Vec<Problem>> {
        let (scenario, mut problems) = Self::begin(file, text.into())?;
        scenario.check(&mut problems);
        if problems.is_empty() {
            return Ok(scenario);
        }
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(problems)
    }

    /// Reads the frame and the head, as far as they can be read.
    fn begin(file: &str, text: Cow<'static, str>) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let text = without_mark(text);
        let source = Source { file, text: &text };
        let (skeleton, problems) = Skeleton::read(source).map_err(|problem| vec![problem])?;
        let mut head = Head { source, problems };
        let summary = head.summary(&skeleton.summary);
        let refs = head.field(skeleton.refs.as_ref()).unwrap_or_default();
        let covers = head.covers(skeleton.covers.as_ref());
        let problems = head.problems;
        let scenario = Self {
            name: name_of(file).to_owned(),
            summary,
            rule: source.opening_comment(),
            refs,
            covers,
            file: file.to_owned(),
            skeleton,
            text,
        };
        Ok((scenario, problems))
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

    /// Whether a case of it may wait for the clock; if not, none does. Reading all cases would
    /// tell for certain and take too long; a step may stand in the script or in a value.
    #[must_use]
    pub fn may_wait(&self) -> bool {
        let mut words = tokens(&self.text).filter(|(token, _)| *token == Token::Word);
        words.any(|(_, word)| syntax::Step::word_waits(&self.text[word]))
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
        self.plays().of(row)
    }

    /// The same of one row after the other: what they have in common is read once.
    #[must_use]
    pub fn plays(&self) -> Plays<'_> {
        Plays {
            scenario: self,
            cache: Cache::default(),
        }
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
    fn check(&self, problems: &mut Vec<Problem>) {
        let rows = self.skeleton.rows.len();
        let steps = steps(&self.skeleton.script);
        let work = self.text.len().saturating_mul(rows);
        if steps.saturating_mul(rows) > MOST_STEPS || work > MOST_TEXT {
            let at = self.skeleton.for_each.as_ref().map_or(0, |spot| spot.start);
            let (cases, steps) = (counted(rows, "case"), counted(steps, "step"));
            let message = format!("{cases} of {steps} are too many; split the scenario");
            problems.push(self.source().problem(at, message));
            return;
        }
        let (mut cache, mut used) = (Cache::default(), BTreeSet::new());
        for row in 0..rows {
            if problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
            if cache.filled > MOST_FILLED {
                let at = self.skeleton.for_each.as_ref().map_or(0, |spot| spot.start);
                let message = "values that ask for others make this too long; split the scenario";
                problems.push(self.source().problem(at, message));
                break;
            }
            if let Err(found) = self.checked(row, &mut cache, &mut used) {
                for problem in found {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
        }
        if problems.is_empty() {
            problems.extend(self.idle_axes(&used));
        }
    }

    /// Axes that nothing asks for.
    fn idle_axes(&self, used: &BTreeSet<String>) -> Vec<Problem> {
        let idle = self.skeleton.axes.iter();
        idle.filter(|(name, _)| !used.contains(name))
            .map(|(name, at)| {
                let message = format!(
                    "nothing uses the axis `{name}`; write `Each(\"{name}\")` or remove it"
                );
                self.source().problem(*at, message)
            })
            .collect()
    }
}

/// The plays of a scenario's rows.
pub struct Plays<'s> {
    scenario: &'s Scenario,
    cache: Cache,
}

impl Plays<'_> {
    /// What the row with this number comes to.
    ///
    /// # Errors
    ///
    /// As [`Scenario::play`].
    pub fn of(&mut self, row: usize) -> Result<Play, Vec<Problem>> {
        let unused = &mut BTreeSet::new();
        self.scenario.checked(row, &mut self.cache, unused)
    }
}

/// A text without the byte order mark that some editors put in front of it.
fn without_mark(text: Cow<'static, str>) -> Cow<'static, str> {
    const MARK: char = '\u{feff}';
    if !text.starts_with(MARK) {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches(MARK)),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches(MARK).to_owned()),
    }
}

/// How many steps a script has.
fn steps(script: &[Passage]) -> usize {
    script
        .iter()
        .map(|passage| match &passage.form {
            Form::By { steps, .. } => steps.len(),
            Form::Together { turns, claims } => steps(turns) + claims.len(),
            Form::Repeat { script, .. } => steps(script),
            Form::Unread(_) => 0,
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
        let spot = spot?;
        if let Some(within) = find(&self.source.text[spot.clone()], "Each") {
            let message = "this is the same in every case; write it out without `Each`";
            let problem = self.source.problem(spot.start + within, message);
            self.problems.push(problem);
            return None;
        }
        let part = Part::new(self.source, spot, &Row::default(), &mut BTreeSet::new());
        match part.and_then(|part| read(self.source, &part)) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn summary(&mut self, spot: &Spot) -> String {
        let summary: Option<String> = self.field(Some(spot));
        let claims = |text: &String| !text.trim().is_empty() && !text.contains('\n');
        if summary.as_ref().is_some_and(|text| !claims(text)) {
            let message = "the summary is a claim in one line; write what is true if this passes";
            self.problems.push(self.source.problem(spot.start, message));
        }
        summary.unwrap_or_default()
    }

    fn covers(&mut self, spot: Option<&Spot>) -> Vec<String> {
        let rows: Vec<String> = self.field(spot).unwrap_or_default();
        let start = spot.map_or(0, |spot| spot.start);
        let mut wrong = rows
            .iter()
            .filter_map(|row| Some((row, coverage::problem(row)?)));
        while self.problems.len() < ENOUGH_PROBLEMS {
            let Some((row, message)) = wrong.next() else {
                break;
            };
            let within = find(&self.source.text[start..], &format!("\"{row}\"")).unwrap_or(0);
            self.problems
                .push(self.source.problem(start + within, message));
        }
        rows
    }
}

/// The name of a scenario: the path of its file without directory and `.ron`.
#[must_use]
pub fn name_of(file: &str) -> &str {
    let file = file.strip_suffix(".ron").unwrap_or(file);
    file.rsplit('/').next().unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    /// What is read of a step once is not taken for what it is in the next row.
    #[test]
    fn a_value_as_long_as_its_each_still_varies() {
        let text = r#"Scenario(
            summary: "a claim",
            for_each: [Axis("size", [Bytes(10000), Bytes(20000)])],
            actors: [(name: "a")],
            script: [By("a", [
                shmget(key: IPC_PRIVATE, size: Each("size"), expect: Err(EINVAL)),
            ])],
        )"#;
        let scenario = Scenario::parse("x.ron", text).expect("good");
        let acts: Vec<String> = (0..scenario.rows().len())
            .map(|row| format!("{:?}", scenario.play(row).expect("good").steps[0].act))
            .collect();
        assert!(acts[0].contains("Bytes(10000)"), "{acts:?}");
        assert!(acts[1].contains("Bytes(20000)"), "{acts:?}");
    }

    /// A name or a comment with the same word does not make it wait.
    #[test]
    fn a_step_that_waits_is_found_wherever_it_stands() {
        let waits = |axis: &str, step: &str| {
            let text = format!(
                "/* tick */ Scenario(summary: \"tick\", {axis} actors: [(name: \"tick\")], \
                 script: [By(\"tick\", [{step}, exit()])])"
            );
            let scenario =
                Scenario::parse("x.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
            scenario.may_wait()
        };
        let detach = "shmdt(at: Anywhere, expect: Err(EINVAL))";
        assert!(!waits("", detach));
        assert!(waits("", "tick()"));
        let axis = format!("for_each: [Axis(\"step\", [{detach}, tick()])],");
        assert!(waits(&axis, "Each(\"step\")"));
    }

    #[test]
    fn a_byte_order_mark_is_passed_by() {
        let text = "\u{feff}Scenario(summary: \"s\", actors: [(name: \"a\")], script: [By(\"a\", [exit()])])";
        assert!(Scenario::parse("x.ron", text).is_ok());
        assert!(Scenario::parse("x.ron", text.to_owned()).is_ok());
    }
}
