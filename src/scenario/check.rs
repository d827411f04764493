//! Syntax → model: reads a file whole and collects every problem it has.

use super::cast::Cast;
use super::head;
use super::model::{Actor, Axes, Requirement, Scenario, Step, User};
use super::problem::Problem;
use super::read::read;
use super::script;
use super::source::{Fragment, Source, without_expectation};
use super::syntax::{self, Outline, Turn};
use ron::value::RawValue;
use serde::Deserialize;

/// Reads a scenario.
///
/// # Errors
///
/// All problems of the file, in the order of their lines.
pub fn parse(file: &str, text: &str) -> Result<Scenario, Vec<Problem>> {
    let source = Source { file, text };
    let outline: Outline<'_> = read(source, text, 0).map_err(|problem| vec![problem])?;
    let mut checker = Checker::new(source);
    let scenario = checker.scenario(&outline);
    checker
        .problems
        .sort_by_key(|problem| (problem.line, problem.column));
    if checker.problems.is_empty() {
        Ok(scenario)
    } else {
        Err(checker.problems)
    }
}

/// The axes that some step refers to by `Each`.
#[derive(Default)]
pub(super) struct AxesUsed {
    pub(super) size: bool,
    pub(super) get: bool,
    pub(super) attach: bool,
}

/// A file in the course of being checked.
pub(super) struct Checker<'a> {
    pub(super) source: Source<'a>,
    pub(super) problems: Vec<Problem>,
    pub(super) cast: Cast,
    pub(super) axes: Axes,
    pub(super) used: AxesUsed,
    /// Steps that could not be read; names they would have bound are not
    /// reported as unknown.
    pub(super) unread: Vec<&'a str>,
    steps: Vec<Step>,
}

impl<'a> Checker<'a> {
    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            problems: Vec::new(),
            cast: Cast::default(),
            axes: Axes::default(),
            used: AxesUsed::default(),
            unread: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn scenario(&mut self, outline: &Outline<'a>) -> Scenario {
        let summary = self.summary(outline);
        let refs: Vec<String> = self.field(outline.refs).unwrap_or_default();
        let requires = self.requires(outline);
        self.for_each(outline);
        self.actors(outline, &requires);
        for (at, turn) in outline.script.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &outline.script[before]);
            self.turn(turn, before);
        }
        self.whole(outline);
        Scenario {
            name: super::name_of(self.source.file).to_owned(),
            summary,
            refs,
            requires,
            axes: std::mem::take(&mut self.axes),
            actors: std::mem::take(&mut self.cast.actors),
            objects: std::mem::take(&mut self.cast.objects),
            maps: std::mem::take(&mut self.cast.maps),
            steps: std::mem::take(&mut self.steps),
        }
    }

    fn field<T: Deserialize<'a>>(&mut self, raw: Option<&'a RawValue>) -> Option<T> {
        let fragment = Fragment::new(self.source, raw?.get_ron());
        match read(self.source, fragment.text, fragment.offset) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn offset(&self, raw: &'a RawValue) -> usize {
        Fragment::new(self.source, raw.get_ron()).offset
    }

    pub(super) fn problem(&mut self, offset: usize, message: impl Into<String>) {
        let problem = self.source.problem(offset, message);
        self.problems.push(problem);
    }

    fn summary(&mut self, outline: &Outline<'a>) -> String {
        let summary: String = self
            .field(Some(outline.summary))
            .unwrap_or_else(|| "?".to_owned());
        if summary.trim().is_empty() || summary.contains('\n') {
            let at = self.offset(outline.summary);
            self.problem(
                at,
                "the summary is a claim in one line; write what is true if this passes",
            );
        }
        summary
    }

    fn requires(&mut self, outline: &Outline<'a>) -> Vec<Requirement> {
        let syntax: Vec<syntax::Requirement> = self.field(outline.requires).unwrap_or_default();
        syntax.iter().map(head::requirement).collect()
    }

    fn for_each(&mut self, outline: &Outline<'a>) {
        let Some(raw) = outline.for_each else { return };
        let matrix: syntax::Matrix = self.field(Some(raw)).unwrap_or_default();
        let (axes, wrong) = head::axes(&matrix);
        self.axes = axes;
        let at = self.offset(raw);
        for message in wrong {
            self.problem(at, message);
        }
    }

    fn actors(&mut self, outline: &Outline<'a>, requires: &[Requirement]) {
        let at = self.offset(outline.actors);
        let actors: Vec<syntax::Actor> = self.field(Some(outline.actors)).unwrap_or_default();
        let root = requires.contains(&Requirement::Root);
        for actor in actors {
            if self.cast.find(&actor.name).is_some() {
                self.problem(
                    at,
                    format!("two actors are named `{}`; rename one", actor.name),
                );
            }
            let user = match actor.user {
                syntax::User::Caller => User::Caller,
                syntax::User::Root => User::Uid(0),
                // The overflow uid, which needs no entry in any passwd.
                syntax::User::Nobody => User::Uid(65534),
                syntax::User::Uid(uid) => User::Uid(uid),
            };
            if user != User::Caller && !root {
                let name = &actor.name;
                self.problem(
                    at,
                    format!("`{name}` changes its user; add `requires: [Root]`"),
                );
            }
            self.cast.actors.push(Actor {
                name: actor.name,
                user,
                born: None,
            });
        }
    }

    fn turn(&mut self, turn: &Turn<'a>, before: Option<&Turn<'a>>) {
        let Turn::By(name, steps) = turn;
        let Some(first) = steps.first() else {
            let at = self.source.text.rfind(&format!("\"{name}\"")).unwrap_or(0);
            self.problem(
                at,
                format!("the turn of `{name}` is empty; give it a step or remove it"),
            );
            return;
        };
        let at = self.offset(first);
        let at = self.source.text[..at].rfind("By").unwrap_or(at);
        if before.is_some_and(|Turn::By(other, _)| other == name) {
            self.problem(at, format!("two turns in a row by `{name}`; make them one"));
        }
        let Some(actor) = self.cast.find(name) else {
            if !self.excused(name) && !self.cast.actors.is_empty() {
                let known: Vec<_> = self
                    .cast
                    .actors
                    .iter()
                    .map(|one| one.name.as_str())
                    .collect();
                let known = known.join("`, `");
                let message = format!("nobody is named `{name}` yet; known here: `{known}`");
                self.problem(at, message);
            }
            return;
        };
        let mut comment = String::new();
        for raw in steps {
            let fragment = Fragment::new(self.source, raw.get_ron());
            if fragment.begins_paragraph || !fragment.comment.is_empty() {
                comment.clone_from(&fragment.comment);
            }
            self.step(actor, &fragment, &comment);
        }
    }

    fn step(&mut self, actor: usize, fragment: &Fragment<'a>, comment: &str) {
        let syntax = match read(self.source, fragment.text, fragment.offset) {
            Ok(syntax) => syntax,
            Err(problem) => {
                self.problems.push(problem);
                self.unread.push(fragment.text);
                return;
            }
        };
        if let Some(why) = self.cast.gone.get(&actor) {
            let message = format!(
                "`{}` {why}; let another actor take this step",
                self.cast.actors[actor].name
            );
            self.problem(fragment.offset, message);
            return;
        }
        let index = self.steps.len();
        let Some(act) = script::act(self, actor, index, fragment, syntax) else {
            self.unread.push(fragment.text);
            return;
        };
        let comment = if comment.is_empty() {
            self.source.opening_comment()
        } else {
            comment.to_owned()
        };
        self.steps.push(Step {
            line: self.source.position(fragment.offset).0,
            comment,
            text: without_expectation(fragment.text),
            actor,
            act,
        });
    }

    /// Whether a name is unknown only because its step could not be read.
    pub(super) fn excused(&self, name: &str) -> bool {
        let quoted = format!("\"{name}\"");
        self.unread.iter().any(|step| step.contains(&quoted))
    }

    /// What can only be said of a whole script.
    fn whole(&mut self, outline: &Outline<'a>) {
        if self.steps.is_empty() && self.problems.is_empty() {
            self.problem(
                0,
                "the script has no step; a scenario without one proves nothing",
            );
        }
        let head = outline.for_each.map_or(0, |raw| self.offset(raw));
        for (axis, listed, used) in [
            ("size", !self.axes.size.is_empty(), self.used.size),
            ("get", !self.axes.get.is_empty(), self.used.get),
            ("attach", !self.axes.attach.is_empty(), self.used.attach),
        ] {
            if listed && !used && self.unread.is_empty() {
                self.problem(
                    head,
                    format!("no step uses the axis `{axis}`; write `Each` in one or remove it"),
                );
            }
        }
        for object in 0..self.cast.objects.len() {
            if self.cast.removed.contains(&object) || !self.unread.is_empty() {
                continue;
            }
            let line = self
                .steps
                .get(self.cast.objects[object].born)
                .map_or(1, |step| step.line);
            let at = self.source.offset(0, line, 1);
            self.problem(
                at,
                "nobody removes this segment; add a `shmctl(…, cmd: IPC_RMID, expect: Ok)`",
            );
        }
        let actors = outline.actors;
        let idle: Vec<_> = (0..self.cast.actors.len())
            .filter(|actor| self.steps.iter().all(|step| step.actor != *actor))
            .filter(|actor| self.cast.actors[*actor].born.is_none())
            .map(|actor| self.cast.actors[actor].name.clone())
            .collect();
        let idle = if self.unread.is_empty() {
            idle
        } else {
            Vec::new()
        };
        for name in idle {
            let at = self.offset(actors);
            self.problem(
                at,
                format!("`{name}` never acts; give it a turn or remove it"),
            );
        }
    }
}
