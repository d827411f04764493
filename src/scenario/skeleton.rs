//! The frame of a file: its head and its turns, every value and step still a place in the
//! text. It is the same for all rows.

use super::lists::{Lists, Taken};
use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::raw::Raw;
use super::row::Row;
use super::rows::rows;
use super::scan::{too_deep, unclosed};
use super::source::{Source, trivia};
use super::spot::{Spot, spot};
use super::syntax::{Outline, Turn};
use super::text::read_borrowed;

/// The longest file that is read, in bytes.
const LONGEST_FILE: usize = 1 << 20;

/// How deep brackets are nested. At each level ron looks ahead at all that are in it, and values
/// are read one in another.
const MOST_NESTED: usize = 20;

/// The frame of a file.
pub(super) struct Skeleton {
    pub(super) summary: Spot,
    pub(super) covers: Option<Spot>,
    pub(super) refs: Option<Spot>,
    pub(super) requires: Option<Spot>,
    pub(super) for_each: Option<Spot>,
    pub(super) crowd: Option<Spot>,
    pub(super) entry: Option<Spot>,
    pub(super) actors: Spot,
    pub(super) script: Vec<Passage>,
    /// Where the script begins.
    pub(super) script_at: usize,
    /// The axes, and where their names stand.
    pub(super) axes: Vec<(String, usize)>,
    pub(super) rows: Vec<Row>,
    pub(super) lists: Lists,
}

/// A part of the script.
pub(super) struct Passage {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) form: Form,
}

/// What a part of the script is.
pub(super) enum Form {
    By {
        name: Spot,
        steps: Vec<Taken>,
    },
    Together {
        turns: Vec<Passage>,
        claims: Vec<Spot>,
    },
    Repeat {
        times: Option<Spot>,
        seconds: Option<Spot>,
        script: Vec<Passage>,
    },
    /// Something that could not be read.
    Unread(Spot),
}

/// What a part of the script is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Script,
    Race,
    Loop,
}

impl Skeleton {
    /// Reads the frame, as far as it can be read, with the problems in it.
    ///
    /// # Errors
    ///
    /// The problem which leaves nothing to go on with.
    pub(super) fn read(source: Source<'_>) -> Result<(Self, Vec<Problem>), Problem> {
        if source.text.len() > LONGEST_FILE {
            let message = "a scenario has at most 1 MiB; split it";
            return Err(source.problem(0, message));
        }
        let start = trivia(source.text);
        let begins = |c: char| c.is_alphabetic() || c == '#';
        if !source.text[start..].starts_with(begins) {
            let message = "a scenario begins with `Scenario(`; write that first".to_owned();
            let endless = unclosed(source.text).filter(|_| start == source.text.len());
            let (at, message) = endless.unwrap_or((start, message));
            return Err(source.problem(at, message));
        }
        if let Some(at) = too_deep(source.text, MOST_NESTED) {
            return Err(source.problem(at, "nested too deep; flatten it"));
        }
        let outline: Outline<'_> =
            read_borrowed(source, 0..source.text.len()).map_err(|problem| {
                // An open bracket is noticed far behind it, and as something else.
                unclosed(source.text).map_or(problem, |(at, message)| source.problem(at, message))
            })?;
        let spot = |raw: Raw<'_>| spot(source, raw);
        let for_each = outline.for_each.map(spot);
        let mut problems = Vec::new();
        let (axes, rows) = rows(source, for_each.clone()).unwrap_or_else(|problem| {
            problems.push(problem);
            Default::default()
        });
        let lists = outline.lists.map(spot);
        let mut lists = Lists::new(source, lists, &axes, &mut problems);
        let script = match read_borrowed::<Vec<Raw<'_>>>(source, spot(outline.script)) {
            Ok(turns) => {
                let mut reader = Reader {
                    source,
                    lists: &mut lists,
                    problems: &mut problems,
                };
                reader.passages(&turns, Within::Script)
            }
            Err(problem) => {
                problems.push(problem);
                Vec::new()
            }
        };
        let skeleton = Self {
            summary: spot(outline.summary),
            covers: outline.covers.map(spot),
            refs: outline.refs.map(spot),
            requires: outline.requires.map(spot),
            crowd: outline.crowd.map(spot),
            entry: outline.entry.map(spot),
            actors: spot(outline.actors),
            script,
            script_at: spot(outline.script).start,
            axes,
            rows,
            lists,
            for_each,
        };
        Ok((skeleton, problems))
    }
}

/// Reads the script.
struct Reader<'r, 's> {
    source: Source<'s>,
    lists: &'r mut Lists,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_, '_> {
    fn passages(&mut self, turns: &[Raw<'_>], within: Within) -> Vec<Passage> {
        let mut all = Vec::new();
        for raw in turns {
            if self.problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
            let spot = spot(self.source, *raw);
            let form = self.form(spot.clone(), within).unwrap_or_else(|problem| {
                self.problems.push(problem);
                Form::Unread(spot.clone())
            });
            let at = spot.start;
            all.push(Passage { at, form });
        }
        all
    }

    /// The steps of a turn, those of lists among them.
    fn steps(&mut self, items: &[Raw<'_>]) -> Vec<Taken> {
        let mut steps = Vec::new();
        for item in items {
            let item = spot(self.source, *item);
            steps.extend(self.lists.steps(self.source, item, self.problems));
            if self.problems.len() >= ENOUGH_PROBLEMS {
                break;
            }
        }
        steps
    }

    fn form(&mut self, place: Spot, within: Within) -> Result<Form, Problem> {
        let source = self.source;
        let at = place.start;
        let spot = |raw: Raw<'_>| spot(source, raw);
        let spots = |list: &[Raw<'_>]| list.iter().map(|raw| spot(*raw)).collect();
        Ok(match read_borrowed(source, place)? {
            Turn::By(name, steps) => Form::By {
                name: spot(name),
                steps: self.steps(&steps),
            },
            _ if within == Within::Race => {
                let message = "what is taken together are turns; write `By(…)` here";
                return Err(source.problem(at, message));
            }
            Turn::Together { turns, .. } if turns.is_empty() => {
                return Err(source.problem(at, "nobody is together here; add turns to `turns:`"));
            }
            Turn::Together { turns, claims } => Form::Together {
                turns: self.passages(&turns, Within::Race),
                claims: spots(&claims),
            },
            Turn::Repeat { .. } if within == Within::Loop => {
                return Err(source.problem(at, "a Repeat inside of a Repeat; make them one"));
            }
            Turn::Repeat { script, .. } if script.is_empty() => {
                return Err(source.problem(at, "nothing is repeated; add turns to `script:`"));
            }
            Turn::Repeat {
                times,
                seconds,
                script,
            } => Form::Repeat {
                times: times.map(spot),
                seconds: seconds.map(spot),
                script: self.passages(&script, Within::Loop),
            },
        })
    }
}
