//! Syntax → model for one row: its head, its turns, and what can only be said of the whole.

use super::cache::{Cache, Paragraph};
use super::lists::{Given, Taken, asked};
use super::model::{Act, Block, Loop, Play, Step, Turn, Written};
use super::numbers::{self, Origin};
use super::part::Part;
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::row::Row;
use super::scan::find;
use super::scope::Scope;
use super::skeleton::{Form, Passage, Skeleton};
use super::source::{Source, without_expectation};
use super::spot::Spot;
use super::steps;
use super::text::{Read, items, read};
use std::collections::BTreeSet;

/// A row in the course of being checked.
pub(super) struct Checker<'c> {
    pub(super) scope: Scope<'c>,
    row: &'c Row,
    cache: &'c mut Cache,
    used: &'c mut BTreeSet<String>,
    blocks: Vec<Block>,
    loops: Vec<Loop>,
    /// How many steps of the script were come by.
    passed: usize,
    /// Where each step comes from.
    origins: Vec<Origin>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(
        source: Source<'c>,
        row: &'c Row,
        cache: &'c mut Cache,
        used: &'c mut BTreeSet<String>,
    ) -> Self {
        Self {
            scope: Scope::new(source),
            row,
            cache,
            used,
            blocks: Vec::new(),
            loops: Vec::new(),
            passed: 0,
            origins: Vec::new(),
        }
    }

    /// The play of the row, and where its steps come from; or all its problems.
    pub(super) fn play(mut self, skeleton: &Skeleton) -> Result<numbers::Row, Vec<Problem>> {
        self.head(skeleton);
        self.passages(&skeleton.script);
        self.scope.whole(skeleton);
        if !self.scope.problems.is_empty() {
            return Err(self.scope.problems);
        }
        let play = Play {
            names: self.scope.cast.names(),
            requires: self.scope.requires,
            crowd: self.scope.crowd,
            actors: self.scope.cast.actors,
            objects: self.scope.cast.objects,
            maps: self.scope.cast.maps,
            labels: self.scope.cast.labels.words,
            steps: self.scope.steps,
            blocks: self.blocks,
            loops: self.loops,
        };
        Ok((play, self.origins))
    }

    /// The part of the file that a spot is in this row.
    pub(super) fn part(&mut self, spot: &Spot) -> Option<Part> {
        let part = Part::new(self.scope.source, spot, self.row, self.used);
        self.filled(part)
    }

    /// The same of a step of a list.
    fn part_given(&mut self, spot: &Spot, given: &Given) -> Option<Part> {
        let mut names = BTreeSet::new();
        let row = self.row.with(&given.values);
        let part = Part::new(self.scope.source, spot, &row, &mut names);
        for name in names {
            let is_parameter = given.values.iter().any(|(parameter, _)| *parameter == name);
            self.used.insert(if is_parameter {
                asked(&given.list, &name)
            } else {
                name
            });
        }
        self.filled(part)
    }

    fn filled(&mut self, part: Result<Part, Problem>) -> Option<Part> {
        match part {
            Ok(part) => {
                self.cache.filled += part.text.len();
                Some(part)
            }
            Err(problem) => {
                self.scope.problems.push(problem);
                None
            }
        }
    }

    pub(super) fn field<T: Read>(&mut self, spot: Option<&Spot>) -> Option<T> {
        self.placed(spot?).map(|(value, _)| value)
    }

    /// The same, with the text that its places are in.
    pub(super) fn placed<T: Read>(&mut self, spot: &Spot) -> Option<(T, Part)> {
        let part = self.part(spot)?;
        match read(self.scope.source, &part) {
            Ok(value) => Some((value, part)),
            Err(problems) => {
                self.scope.problems.extend(problems);
                None
            }
        }
    }

    /// Reads turns in time order.
    fn passages(&mut self, script: &[Passage]) {
        let mut before: Option<String> = None;
        for passage in script {
            if self.scope.problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
            let mut now = None;
            match &passage.form {
                Form::By { name, steps } => {
                    now = self.field(Some(name));
                    if let Some(name) = now.as_ref().filter(|_| now == before) {
                        let message = format!("two turns in a row by `{name}`; make them one");
                        self.scope.problem(passage.at, message);
                    }
                    if let Some(turn) = self.turn(name, now.as_deref(), steps) {
                        let none = self.scope.steps.len();
                        self.blocks.push(Block {
                            turns: vec![turn],
                            claims: (none, none),
                        });
                    }
                }
                Form::Together { turns, claims } => self.together(turns, claims),
                Form::Repeat {
                    times,
                    seconds,
                    script,
                } => self.repeat(passage.at, [times.as_ref(), seconds.as_ref()], script),
                Form::Unread(spot) => self.scope.unread(&self.scope.source.text[spot.clone()]),
            }
            before = now;
        }
    }

    fn together(&mut self, turns: &[Passage], claims: &[Spot]) {
        let (mut taken, mut seen) = (Vec::new(), BTreeSet::new());
        self.scope.racing = true;
        for passage in turns {
            let Form::By { name, steps } = &passage.form else {
                if let Form::Unread(spot) = &passage.form {
                    self.scope.unread(&self.scope.source.text[spot.clone()]);
                }
                continue;
            };
            let who: Option<String> = self.field(Some(name));
            if let Some(who) = who.as_ref().filter(|who| !seen.insert((*who).clone())) {
                let message = format!("`{who}` has two turns at the same time; make them one");
                self.scope.problem(passage.at, message);
            }
            taken.extend(self.turn(name, who.as_deref(), steps));
        }
        self.scope.racing = false;
        let first = self.scope.steps.len();
        let group: Vec<usize> = taken.iter().flat_map(|turn| turn.first..turn.end).collect();
        for spot in claims {
            self.claim(spot, &group, taken.first().map_or(0, |turn| turn.actor));
        }
        if !taken.is_empty() {
            self.blocks.push(Block {
                turns: taken,
                claims: (first, self.scope.steps.len()),
            });
        }
    }

    fn claim(&mut self, spot: &Spot, group: &[usize], actor: usize) {
        self.passed += 1;
        let Some(syntax) = self.field(Some(spot)) else {
            return;
        };
        let counts = |step: usize| self.scope.cast.actors[self.scope.steps[step].actor].count;
        match steps::claim(&self.scope.steps, group, counts, &syntax) {
            Ok((asked, counts, expect)) => {
                self.scope.places.push(spot.start);
                self.origins.push((self.passed, 0));
                let source = self.scope.source;
                self.scope.steps.push(Step {
                    written: self.cache.claim(source, spot),
                    number: 0,
                    with_values: None,
                    actor,
                    act: Act::Claim(asked, Box::new(counts)),
                    expect,
                });
            }
            // What is claimed of a step that has a problem itself cannot be said.
            Err(_) if self.scope.is_partial() => {}
            Err((word, message)) => {
                let text = &self.scope.source.text[spot.clone()];
                let at = spot.start + find(text, &word).unwrap_or(0);
                self.scope.problem(at, message);
            }
        }
    }

    fn repeat(&mut self, at: usize, ends: [Option<&Spot>; 2], script: &[Passage]) {
        let (first, step) = (self.blocks.len(), self.scope.steps.len());
        let gone: Vec<usize> = self.scope.cast.gone.keys().copied().collect();
        if ends == [None, None] {
            self.scope
                .problem(at, "a Repeat needs its end; write `times:` or `seconds:`");
        }
        let [times, seconds] = ends.map(|end| {
            let rounds = self.field::<u64>(end);
            if let Some(end) = end.filter(|_| rounds == Some(0)) {
                self.scope
                    .problem(end.start, "repeated not at all; write at least 1");
            }
            rounds
        });
        self.passages(script);
        if self.blocks.len() == first && !self.scope.is_partial() {
            let message = "nothing is repeated in one of the cases; give each a step";
            self.scope.problem(at, message);
        }
        self.scope.end_in_the_first_round(&gone, step);
        self.scope.outlive(step);
        self.loops.push(Loop {
            first,
            end: self.blocks.len(),
            times,
            seconds,
        });
    }

    /// Reads the steps of a turn.
    fn turn(&mut self, spot: &Spot, name: Option<&str>, steps: &[Taken]) -> Option<Turn> {
        let name = name?;
        if steps.is_empty() {
            let message = format!("the turn of `{name}` is empty; give it a step or remove it");
            self.scope.problem(spot.start, message);
            return None;
        }
        let Some(actor) = self.scope.cast.find(name) else {
            self.stranger(spot, name);
            return None;
        };
        let troupe = self.scope.cast.actors[actor].count > 1;
        let raced = self.scope.racing;
        self.scope.racing |= troupe;
        let first = self.scope.steps.len();
        let mut paragraph = Paragraph::default();
        for taken in steps {
            if self.scope.problems.len() >= ENOUGH_PROBLEMS || self.cache.too_many() {
                break;
            }
            self.step(actor, taken, &mut paragraph);
        }
        self.scope.racing = raced;
        let end = self.scope.steps.len();
        (end > first).then_some(Turn { actor, first, end })
    }

    fn stranger(&mut self, spot: &Spot, name: &str) {
        if !self.scope.excused(name) && !self.scope.cast.actors.is_empty() {
            let message = self.scope.cast.unknown(name);
            self.scope.problem(spot.start, message);
        }
    }

    /// Reads a step of the script, which may be several in this row, or none.
    fn step(&mut self, actor: usize, taken: &Taken, paragraph: &mut Paragraph) {
        self.passed += 1;
        let Taken {
            spot,
            given,
            unread,
        } = taken;
        if let Some(lists) = unread {
            for spot in [spot, lists] {
                self.scope.unread(&self.scope.source.text[spot.clone()]);
            }
            return;
        }
        let part = match given {
            None => self.part(spot),
            Some(given) => self.part_given(spot, given),
        };
        let Some(part) = part else {
            self.scope.unread(&self.scope.source.text[spot.clone()]);
            return;
        };
        let source = self.scope.source;
        let written = self.cache.step(source, taken, paragraph);
        // The value of an `Each` may be a list, as anywhere in a list.
        if !part.text.starts_with('[') || source.text[spot.clone()].starts_with('[') {
            self.one(actor, &part, written, 0);
            return;
        }
        match items(source, &part) {
            Ok(items) => {
                self.cache.in_lists += items.len();
                if self.cache.too_many() {
                    let message = "the values come to too many steps; split the scenario";
                    self.scope.problem(spot.start, message);
                    return;
                }
                for (item, range) in items.into_iter().enumerate() {
                    if self.scope.problems.len() >= ENOUGH_PROBLEMS {
                        break;
                    }
                    self.one(actor, &part.piece(range), written.clone(), item);
                }
            }
            Err(problem) => {
                self.scope.problems.push(problem);
                self.scope.unread(&part.text);
            }
        }
    }

    /// Reads one step, the item of its value with this number.
    fn one(&mut self, actor: usize, part: &Part, written: Written, item: usize) {
        let source = self.scope.source;
        if part.text.starts_with('[') {
            let message = "a list of steps within a list of steps; write its steps here";
            self.scope.problem(part.in_file(0), message);
            self.scope.unread(&part.text);
            return;
        }
        let syntax = match self.cache.read(source, part) {
            Ok(syntax) => syntax,
            Err(problems) => {
                self.scope.problems.extend(problems);
                self.scope.unread(&part.text);
                return;
            }
        };
        if let Some(why) = self.scope.cast.gone.get(&actor) {
            let name = &self.scope.cast.actors[actor].name;
            let message = format!("`{name}` {why}; let another actor take this step");
            self.scope.problem(part.in_file(0), message);
            self.scope.unread(&part.text);
            return;
        }
        let index = self.scope.steps.len();
        let Some((act, expect)) = steps::act(&mut self.scope, actor, index, part, syntax) else {
            self.scope.unread(&part.text);
            return;
        };
        self.scope.places.push(part.in_file(0));
        self.origins.push((self.passed, item));
        let told = without_expectation(&part.text);
        self.scope.steps.push(Step {
            with_values: (told != *written.text).then_some(told),
            written,
            number: 0,
            actor,
            act,
            expect,
        });
    }
}
