//! Syntax → model for one row: its head, its turns, and what can only be said of the whole.

use super::cast::Cast;
use super::head;
use super::model::{Act, Actor, Block, Loop, Play, Requirement, Step, Turn, User};
use super::part::Part;
use super::problem::Problem;
use super::read::read;
use super::rows::Row;
use super::skeleton::{Passage, Skeleton, Spot};
use super::source::{Fragment, Source, without_expectation};
use super::steps;
use super::syntax;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is the same of a step in every row, by its place in the file.
#[derive(Default)]
pub(super) struct Cache(BTreeMap<usize, Rc<Known>>);

/// A step as the file has it.
struct Known {
    line: usize,
    comment: String,
    begins_paragraph: bool,
    text: String,
    /// Read once, if no row changes it.
    syntax: Option<syntax::Step>,
}

/// A row in the course of being checked.
pub(super) struct Checker<'c> {
    pub(super) source: Source<'c>,
    row: &'c Row,
    cache: &'c mut Cache,
    used: &'c mut BTreeSet<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) cast: Cast,
    pub(super) requires: Vec<Requirement>,
    pub(super) entry: syntax::Entry,
    pub(super) crowd: u32,
    /// Whether others act at the same time as the steps that are being read.
    pub(super) racing: bool,
    /// Texts of what could not be read; names that it would have bound are not reported as
    /// unknown.
    unread: Vec<String>,
    steps: Vec<Step>,
    blocks: Vec<Block>,
    loops: Vec<Loop>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(
        source: Source<'c>,
        row: &'c Row,
        cache: &'c mut Cache,
        used: &'c mut BTreeSet<String>,
    ) -> Self {
        Self {
            source,
            row,
            cache,
            used,
            problems: Vec::new(),
            cast: Cast::default(),
            requires: Vec::new(),
            entry: syntax::Entry::default(),
            crowd: 1,
            racing: false,
            unread: Vec::new(),
            steps: Vec::new(),
            blocks: Vec::new(),
            loops: Vec::new(),
        }
    }

    /// The play of the row, or all its problems.
    pub(super) fn play(mut self, skeleton: &Skeleton) -> Result<Play, Vec<Problem>> {
        self.head(skeleton);
        self.passages(&skeleton.script, None);
        self.whole(skeleton);
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok(Play {
            names: self.cast.names(),
            requires: self.requires,
            crowd: self.crowd,
            actors: self.cast.actors,
            objects: self.cast.objects,
            maps: self.cast.maps,
            labels: self.cast.labels,
            steps: self.steps,
            blocks: self.blocks,
            loops: self.loops,
        })
    }

    /// The part of the file that a spot is in this row.
    fn part(&mut self, spot: &Spot) -> Option<Part> {
        match Part::new(self.source, spot, self.row, self.used) {
            Ok(part) => Some(part),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn field<T: DeserializeOwned>(&mut self, spot: Option<&Spot>) -> Option<T> {
        let part = self.part(spot?)?;
        match read(self.source, &part) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    pub(super) fn problem(&mut self, offset: usize, message: impl Into<String>) {
        let problem = self.source.problem(offset, message);
        self.problems.push(problem);
    }

    fn head(&mut self, skeleton: &Skeleton) {
        let needs: Vec<syntax::Requirement> =
            self.field(skeleton.requires.as_ref()).unwrap_or_default();
        for need in &needs {
            match head::requirement(need) {
                Ok(need) => self.requires.push(need),
                Err(message) => {
                    let at = skeleton.requires.as_ref().map_or(0, |spot| spot.start);
                    self.problem(at, message);
                }
            }
        }
        self.entry = self.field(skeleton.entry.as_ref()).unwrap_or_default();
        self.crowd = self.field(skeleton.crowd.as_ref()).unwrap_or(1);
        if !(1..=head::LARGEST_CROWD).contains(&self.crowd) {
            let at = skeleton.crowd.as_ref().map_or(0, |spot| spot.start);
            let message = format!(
                "a crowd is a number from 1 to {}; change it",
                head::LARGEST_CROWD
            );
            self.problem(at, message);
        }
        self.actors(&skeleton.actors);
    }

    fn actors(&mut self, spot: &Spot) {
        let at = spot.start;
        let actors: Vec<syntax::Actor> = self.field(Some(spot)).unwrap_or_default();
        let root = self.requires.contains(&Requirement::Root);
        for actor in actors {
            let name = &actor.name;
            if self.cast.find(name).is_some() {
                self.problem(at, format!("two actors are named `{name}`; rename one"));
            }
            let count = actor.count.unwrap_or(1);
            if !(1..=u64::from(head::LARGEST_CROWD)).contains(&count) {
                let most = head::LARGEST_CROWD;
                self.problem(
                    at,
                    format!("`{name}` is 1 to {most} processes; change `count`"),
                );
            }
            let user = head::user(&actor);
            if user != User::default() && !root {
                self.problem(
                    at,
                    format!("`{name}` changes its user; add `requires: [Root]`"),
                );
            }
            self.cast.actors.push(Actor {
                name: actor.name,
                count: count as u32,
                user,
                born: None,
            });
        }
    }

    /// Reads turns in time order. `repeating` is where the loop around them began.
    fn passages(&mut self, script: &[Passage], repeating: Option<usize>) {
        let mut before: Option<String> = None;
        for passage in script {
            let mut now = None;
            match passage {
                Passage::By { name, steps } => {
                    now = self.name(name);
                    if now.is_some() && now == before {
                        let name = now.clone().unwrap_or_default();
                        let at = self.by(passage);
                        self.problem(at, format!("two turns in a row by `{name}`; make them one"));
                    }
                    if let Some(turn) = self.turn(name, now.as_deref(), steps) {
                        let none = self.steps.len();
                        self.blocks.push(Block {
                            turns: vec![turn],
                            claims: (none, none),
                        });
                    }
                }
                Passage::Together { turns, claims } => self.together(turns, claims),
                Passage::Repeat {
                    times,
                    seconds,
                    script,
                } => {
                    if repeating.is_some() {
                        let at = passage.first().map_or(0, |spot| spot.start);
                        self.problem(at, "a Repeat inside of a Repeat; make them one");
                    }
                    self.repeat(times.as_ref(), seconds.as_ref(), script);
                }
            }
            before = now;
        }
    }

    /// Where the `By` of a turn stands.
    fn by(&self, passage: &Passage) -> usize {
        let Passage::By { name, .. } = passage else {
            return 0;
        };
        self.source.text[..name.start]
            .rfind("By")
            .unwrap_or(name.start)
    }

    fn name(&mut self, spot: &Spot) -> Option<String> {
        self.field(Some(spot))
    }

    fn together(&mut self, turns: &[Passage], claims: &[Spot]) {
        let (mut taken, mut seen) = (Vec::new(), BTreeSet::new());
        self.racing = true;
        for passage in turns {
            let Passage::By { name, steps } = passage else {
                let at = passage.first().map_or(0, |spot| spot.start);
                self.problem(at, "what is taken together are turns; write `By(…)` here");
                continue;
            };
            let who = self.name(name);
            if let Some(who) = who.as_ref().filter(|who| !seen.insert((*who).clone())) {
                let at = self.by(passage);
                let message = format!("`{who}` has two turns at the same time; make them one");
                self.problem(at, message);
            }
            taken.extend(self.turn(name, who.as_deref(), steps));
        }
        self.racing = false;
        let first = self.steps.len();
        let group: Vec<usize> = taken.iter().flat_map(|turn| turn.first..turn.end).collect();
        for spot in claims {
            self.claim(spot, &group, taken.first().map_or(0, |turn| turn.actor));
        }
        if !taken.is_empty() {
            self.blocks.push(Block {
                turns: taken,
                claims: (first, self.steps.len()),
            });
        }
    }

    fn claim(&mut self, spot: &Spot, group: &[usize], actor: usize) {
        let Some(syntax) = self.field(Some(spot)) else {
            return;
        };
        let known = self.known(spot, None);
        match steps::claim(&self.steps, group, &syntax) {
            Ok((asked, counts, expect)) => self.steps.push(Step {
                line: known.line,
                comment: known.comment.clone(),
                text: known.text.clone(),
                told: known.text.clone(),
                actor,
                act: Act::Claim(asked, Box::new(counts)),
                expect,
            }),
            Err(message) => {
                let at = spot.start;
                self.problem(at, message);
            }
        }
    }

    fn repeat(&mut self, times: Option<&Spot>, seconds: Option<&Spot>, script: &[Passage]) {
        let at = times
            .or(seconds)
            .or_else(|| script.iter().find_map(Passage::first))
            .map_or(0, |spot| spot.start);
        let (first, step) = (self.blocks.len(), self.steps.len());
        let gone: BTreeSet<usize> = self.cast.gone.keys().copied().collect();
        let limits = (self.field::<u64>(times), self.field::<u64>(seconds));
        if times.is_none() && seconds.is_none() {
            self.problem(at, "a Repeat needs its end; write `times:` or `seconds:`");
        }
        if limits.0 == Some(0) || limits.1 == Some(0) {
            self.problem(at, "repeated not at all; write at least 1");
        }
        self.passages(script, Some(first));
        let born_here = |born: Option<usize>| born.is_some_and(|born| born >= step);
        for actor in self.cast.gone.keys().copied().collect::<Vec<_>>() {
            let one = &self.cast.actors[actor];
            if !gone.contains(&actor) && !born_here(one.born) {
                let name = one.name.clone();
                let message =
                    format!("`{name}` ends in the first round; fork it inside of the Repeat");
                self.problem(at, message);
            }
        }
        self.outlive(step);
        self.loops.push(Loop {
            first,
            end: self.blocks.len(),
            times: limits.0,
            seconds: limits.1,
        });
    }

    /// Segments that are made in each round and removed in none.
    fn outlive(&mut self, step: usize) {
        for object in 0..self.cast.objects.len() {
            let born = self.cast.objects[object].born;
            if born < step || !self.cast.removed.insert(object) || !self.unread.is_empty() {
                continue;
            }
            let at = self.line_of(born);
            self.problem(
                at,
                "each round leaves this segment behind; remove it inside of the Repeat",
            );
        }
    }

    /// Where the line of a step begins.
    fn line_of(&self, step: usize) -> usize {
        let line = self.steps.get(step).map_or(1, |step| step.line);
        super::source::offset_in(self.source.text, line, 1)
    }

    /// Reads the steps of a turn.
    fn turn(&mut self, spot: &Spot, name: Option<&str>, steps: &[Spot]) -> Option<Turn> {
        let name = name?;
        if steps.is_empty() {
            let message = format!("the turn of `{name}` is empty; give it a step or remove it");
            self.problem(spot.start, message);
            return None;
        }
        let Some(actor) = self.cast.find(name) else {
            self.stranger(spot, name);
            return None;
        };
        let troupe = self.cast.actors[actor].count > 1;
        let raced = self.racing;
        self.racing |= troupe;
        let first = self.steps.len();
        let mut comment = String::new();
        for spot in steps {
            self.step(actor, spot, &mut comment);
        }
        self.racing = raced;
        let end = self.steps.len();
        (end > first).then_some(Turn { actor, first, end })
    }

    fn stranger(&mut self, spot: &Spot, name: &str) {
        if self.excused(name) || self.cast.actors.is_empty() {
            return;
        }
        let known: Vec<_> = self
            .cast
            .actors
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let known = known.join("`, `");
        let message = format!("nobody is named `{name}` yet; known here: `{known}`");
        self.problem(spot.start, message);
    }

    /// What is the same of a step in every row.
    fn known(&mut self, spot: &Spot, syntax: Option<&syntax::Step>) -> Rc<Known> {
        if let Some(known) = self.cache.0.get(&spot.start) {
            return Rc::clone(known);
        }
        let fragment = Fragment::new(self.source, &self.source.text[spot.clone()]);
        let known = Rc::new(Known {
            line: self.source.position(fragment.offset).0,
            text: without_expectation(fragment.text),
            comment: fragment.comment,
            begins_paragraph: fragment.begins_paragraph,
            syntax: syntax.cloned(),
        });
        self.cache.0.insert(spot.start, Rc::clone(&known));
        known
    }

    fn step(&mut self, actor: usize, spot: &Spot, comment: &mut String) {
        let cached = self.cache.0.get(&spot.start).map(Rc::clone);
        let cached = cached.as_ref().and_then(|known| known.syntax.as_ref());
        let Some(part) = self.part(spot) else {
            self.unread.push(self.source.text[spot.clone()].to_owned());
            return;
        };
        let syntax = match cached.cloned().map_or_else(|| read(self.source, &part), Ok) {
            Ok(syntax) => syntax,
            Err(problem) => {
                self.problems.push(problem);
                self.unread.push(part.text);
                return;
            }
        };
        let fixed = part.is_the_same_in_every_row().then_some(&syntax);
        let known = self.known(spot, fixed);
        if known.begins_paragraph || !known.comment.is_empty() {
            comment.clone_from(&known.comment);
        }
        if let Some(why) = self.cast.gone.get(&actor) {
            let name = &self.cast.actors[actor].name;
            let message = format!("`{name}` {why}; let another actor take this step");
            self.problem(part.in_file(0), message);
            return;
        }
        let index = self.steps.len();
        let Some((act, expect)) = steps::act(self, actor, index, &part, syntax) else {
            self.unread.push(part.text);
            return;
        };
        let rule = comment.is_empty().then(|| self.source.opening_comment());
        self.steps.push(Step {
            line: known.line,
            comment: rule.unwrap_or_else(|| comment.clone()),
            text: known.text.clone(),
            told: without_expectation(&part.text),
            actor,
            act,
            expect,
        });
    }

    /// Whether a name is unknown only because its step could not be read.
    pub(super) fn excused(&self, name: &str) -> bool {
        let quoted = format!("\"{name}\"");
        self.unread.iter().any(|step| step.contains(&quoted))
    }

    /// What can only be said of a whole script.
    fn whole(&mut self, skeleton: &Skeleton) {
        if !self.unread.is_empty() {
            return;
        }
        if self.steps.is_empty() && self.problems.is_empty() {
            let message = "the script has no step; a scenario without one proves nothing";
            self.problem(0, message);
        }
        for object in 0..self.cast.objects.len() {
            if self.cast.removed.contains(&object) {
                continue;
            }
            let at = self.line_of(self.cast.objects[object].born);
            self.problem(
                at,
                "nobody removes this segment; add a `shmctl(…, cmd: IPC_RMID, expect: Ok)`",
            );
        }
        let acts = |actor: usize| {
            self.steps.iter().any(|step| {
                step.actor == actor || matches!(step.act, Act::Kill(whom, _) if whom == actor)
            })
        };
        let idle: Vec<_> = (0..self.cast.actors.len())
            .filter(|actor| self.cast.actors[*actor].born.is_none() && !acts(*actor))
            .map(|actor| self.cast.actors[actor].name.clone())
            .collect();
        for name in idle {
            let message = format!("`{name}` never acts; give it a turn or remove it");
            self.problem(skeleton.actors.start, message);
        }
    }
}
