//! A scenario file: what it claims, its rows, and the play of each row.

use super::cache::Cache;
use super::head::Head;
use super::limits::{MOST_STEPS, MOST_TEXT};
use super::model::{Act, Clock, Play, Step};
use super::numbers::{self, number};
use super::packed::Packed;
use super::play::Checker;
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::rows::counted;
use super::skeleton::{Form, Passage, Skeleton};
use super::source::Source;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::rc::Rc;

/// How many bytes all rows may come to, with the values in their places.
const MOST_FILLED: usize = 12 << 20;

/// A scenario: its head, and the play of each row.
#[derive(Deserialize, Serialize)]
pub struct Scenario {
    /// Path without `.ron`.
    pub name: String,
    /// The claim, in one line.
    pub summary: String,
    /// The comment that opens the file: the rule.
    #[serde(skip)]
    pub rule: String,
    /// Where the rule is written: man pages, commits.
    pub refs: Vec<String>,
    /// The known behaviours that it asserts, see [`coverage`].
    pub covers: Vec<String>,
    /// Where it was read from.
    pub file: String,
    /// The names of the rows, in the order of their cases; one empty name where nothing varies.
    pub rows: Vec<String>,
    /// The axes, each with its different values as the names of the rows tell them.
    pub axes: Vec<(String, Vec<String>)>,
    /// How many steps its rows have, one that several have counted once.
    pub steps: usize,
    /// Whether a case of it may wait for the clock.
    pub may_wait: bool,
    /// Whether chance has a part in a case of it.
    pub chance: bool,
    #[serde(skip)]
    pub(super) plays: Plays,
}

/// The play of each row.
pub(super) enum Plays {
    /// As they were read.
    Read(Vec<Rc<Play>>),
    /// As they were packed.
    Packed(Packed),
}

impl Default for Plays {
    fn default() -> Self {
        Self::Read(Vec::new())
    }
}

impl Scenario {
    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// All problems of the file, in the order of their places.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        const MARK: char = '\u{feff}';
        // Some editors put the mark in front of a file.
        let source = Source {
            file,
            text: text.trim_start_matches(MARK),
        };
        let (skeleton, problems) = Skeleton::read(source).map_err(|problem| vec![problem])?;
        let mut head = Head { source, problems };
        let summary = head.summary(&skeleton.summary);
        let refs = head.field(skeleton.refs.as_ref()).unwrap_or_default();
        let covers = head.covers(skeleton.covers.as_ref());
        let mut problems = head.problems;
        let mut rows = read(source, &skeleton, &mut problems);
        if !problems.is_empty() {
            problems.sort_by_key(|problem| (problem.line, problem.column));
            return Err(problems);
        }
        let steps = number(&mut rows);
        let plays: Vec<_> = rows.into_iter().map(|(play, _)| Rc::new(play)).collect();
        let waits = |step: &Step| matches!(step.act, Act::Clock(Clock::Tick));
        Ok(Self {
            name: name_of(file).to_owned(),
            summary,
            rule: source.opening_comment(),
            refs,
            covers,
            file: file.to_owned(),
            axes: super::rows::axes(source.text, &skeleton.rows),
            steps,
            chance: plays.iter().any(|play| play.has_races()),
            may_wait: plays.iter().flat_map(|play| &play.steps).any(waits),
            rows: skeleton.rows.into_iter().map(|row| row.name).collect(),
            plays: Plays::Read(plays),
        })
    }

    /// What the row with this number comes to.
    #[must_use]
    pub fn play(&self, row: usize) -> Rc<Play> {
        match &self.plays {
            Plays::Read(plays) => Rc::clone(&plays[row]),
            Plays::Packed(packed) => Rc::new(packed.play(row)),
        }
    }
}

/// Reads each row. All their problems are added to the others, each once.
fn read(source: Source<'_>, skeleton: &Skeleton, problems: &mut Vec<Problem>) -> Vec<numbers::Row> {
    let rows = skeleton.rows.len();
    let steps = steps(&skeleton.script);
    let text = source.text.len().saturating_add(skeleton.lists.bytes);
    let work = text.saturating_mul(rows);
    let at = skeleton.for_each.as_ref().map_or(0, |spot| spot.start);
    if steps.saturating_mul(rows) > MOST_STEPS || work > MOST_TEXT {
        let (cases, steps) = (counted(rows, "case"), counted(steps, "step"));
        let message = format!("{cases} of {steps} are too many; split the scenario");
        problems.push(source.problem(at, message));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(rows);
    let (mut cache, mut used) = (Cache::default(), BTreeSet::new());
    for row in &skeleton.rows {
        if problems.len() >= ENOUGH_PROBLEMS || cache.too_many() {
            break;
        }
        if cache.filled > MOST_FILLED {
            let message = "values that ask for others make this too long; split the scenario";
            problems.push(source.problem(at, message));
            break;
        }
        match Checker::new(source, row, &mut cache, &mut used).play(skeleton) {
            Ok(row) => read.push(row),
            Err(found) => {
                for problem in found {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
        }
    }
    if problems.is_empty() {
        problems.extend(idle_axes(source, skeleton, &used));
        problems.extend(skeleton.lists.idle(source, &used));
    }
    read
}

/// Axes that nothing asks for.
fn idle_axes(source: Source<'_>, skeleton: &Skeleton, used: &BTreeSet<String>) -> Vec<Problem> {
    let idle = skeleton.axes.iter();
    idle.filter(|(name, _)| !used.contains(name))
        .map(|(name, at)| {
            let message =
                format!("nothing uses the axis `{name}`; write `Each(\"{name}\")` or remove it");
            source.problem(*at, message)
        })
        .collect()
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
        let acts: Vec<String> = (0..scenario.rows.len())
            .map(|row| format!("{:?}", scenario.play(row).steps[0].act))
            .collect();
        assert!(acts[0].contains("Bytes(10000)"), "{acts:?}");
        assert!(acts[1].contains("Bytes(20000)"), "{acts:?}");
    }

    /// Each line of a `Do` has its values, in every row, and what the list or the turn says of it.
    #[test]
    fn a_step_of_a_list_is_told_with_its_values_and_its_comment() {
        let text = r#"// the rule
Scenario(
    summary: "a claim",
    for_each: [Axis("at", [Anywhere, Raw(4096)])],
    lists: [List("tries", ["seg", "as"], [
        shmget(key: IPC_PRIVATE, size: 1, as: Each("as"), expect: Ok),
        // inside
        shmdt(at: Each("at"), expect: Err(EINVAL)),
        shmctl(seg: Each("seg"), cmd: IPC_STAT, expect: Ok),
    ])],
    actors: [(name: "a")],
    script: [By("a", [
        // above
        Do("tries", [["x", "x"], ["y", "y"]]),
        shmctl(seg: "x", cmd: IPC_RMID, expect: Ok),

        shmctl(seg: "y", cmd: IPC_RMID, expect: Ok),
    ])],
)"#;
        let scenario = Scenario::parse("x.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(1);
        let told: Vec<String> = play
            .steps
            .iter()
            .map(|step| {
                let (written, told) = (&step.written, step.told());
                format!("{} {}: {told}", written.line, written.comment)
            })
            .collect();
        let get = |name| format!("6 above: shmget(key: IPC_PRIVATE, size: 1, as: \"{name}\")");
        let stat = |name| format!("9 inside: shmctl(seg: \"{name}\", cmd: IPC_STAT)");
        let (detach, remove) = (
            "8 inside: shmdt(at: Raw(4096))".to_owned(),
            |line, comment, name| {
                format!("{line} {comment}: shmctl(seg: \"{name}\", cmd: IPC_RMID)")
            },
        );
        let expect = [
            get("x"),
            detach.clone(),
            stat("x"),
            get("y"),
            detach,
            stat("y"),
            remove(15, "above", "x"),
            remove(17, "the rule", "y"),
        ];
        assert_eq!(told, expect);
        assert_eq!(&*play.steps[1].written.text, "shmdt(at: Each(\"at\"))");
        assert_eq!(
            &*play.steps[5].written.text,
            "shmctl(seg: \"y\", cmd: IPC_STAT)"
        );
    }

    /// A row has as many steps as its values come to, and each has the same number in all.
    #[test]
    fn rows_need_not_have_the_same_steps() {
        let text = r#"Scenario(
            summary: "a claim",
            for_each: [Axis("more", [[], [tick(), tick()], tick(), [fork(child: "b", expect: Ok)]])],
            actors: [(name: "a")],
            script: [
                By("a", [shmdt(at: Raw(4096), expect: Err(EINVAL)), Each("more")]),
                Together(
                    turns: [By("a", [shmdt(at: Anywhere, expect: Err(EINVAL))])],
                    claims: [Exactly(1, "shmdt", Err(EINVAL))],
                ),
            ],
        )"#;
        let scenario = Scenario::parse("x.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        assert_eq!(scenario.steps, 5);
        let told = |row: usize| {
            let play = scenario.play(row);
            let told = play
                .steps
                .iter()
                .map(|step| (step.number, step.told().to_owned()));
            told.collect::<Vec<_>>()
        };
        let (first, last) = ("shmdt(at: Raw(4096))", "shmdt(at: Anywhere)");
        let claim = scenario.play(0).steps[2].told().to_owned();
        let row = |steps: &[(usize, &str)]| {
            let steps = steps
                .iter()
                .map(|(number, told)| (*number, (*told).to_owned()));
            steps.collect::<Vec<_>>()
        };
        assert_eq!(told(0), row(&[(0, first), (3, last), (4, &claim)]));
        assert_eq!(
            told(1),
            row(&[
                (0, first),
                (1, "tick()"),
                (2, "tick()"),
                (3, last),
                (4, &claim)
            ])
        );
        assert_eq!(
            told(2),
            row(&[(0, first), (1, "tick()"), (3, last), (4, &claim)])
        );
        assert_eq!(
            told(3),
            row(&[
                (0, first),
                (1, "fork(child: \"b\")"),
                (3, last),
                (4, &claim)
            ])
        );
    }

    /// What stands behind a value on its line is no part of its comment.
    #[test]
    fn a_comment_behind_a_value_takes_nothing_along() {
        let text = r#"Scenario(
            summary: "a claim",
            requires: [Each("needs"), Arch([arm])],
            for_each: [Table(["needs", "inner", "outer", "result"], [[
                [Native, // said here
                ],
                [tick(), // said here
                ],
                [Each("inner"), tick(), tick()],
                Err(EINVAL) // said here
            ]])],
            actors: [(name: "a")],
            script: [By("a", [Each("outer"), shmdt(at: Anywhere, expect: Each("result")), exit()])],
        )"#;
        let scenario = Scenario::parse("x.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(0);
        assert_eq!((play.requires.len(), play.steps.len()), (2, 5));
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
                Scenario::parse("x.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
            scenario.may_wait
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
    }
}
